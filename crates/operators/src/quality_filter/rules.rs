//! The table of rules: param, limit, reason and where the value comes from. Params and reasons are derived from it.

use quarry_engine::operator::{ParamDef, ParamKind, ParamValue, ReasonDef};

use super::gopher::Gopher;
use super::repetition::Repetition;
use super::web::{LineRules, Web};
use super::words::Words;

/// One rule of the filter.
pub(super) struct Rule {
    pub(super) param: &'static str,
    pub(super) limit: Limit,
    pub(super) reason: &'static str,
    default: f64,
    doc: &'static str,
    reason_doc: &'static str,
    measure: Measure,
}

/// Which side of the limit is refused; the limit itself passes.
pub(super) enum Limit {
    Least,
    Most,
}

/// Where a rule's value comes from. A group is measured when its first rule is reached.
enum Measure {
    Gopher(fn(&Gopher) -> f64),
    Web(fn(&Web) -> f64),
    Repetition(fn(&Repetition) -> f64),
    TopGram(usize),
    DuplicateGrams(usize),
}

/// The values of one text, as far as they were needed.
pub(super) struct Measured {
    words: Words,
    line_rules: LineRules,
    gopher: Option<Gopher>,
    web: Option<Web>,
    repetition: Option<Repetition>,
}

impl Measured {
    pub(super) fn new(line_rules: LineRules) -> Measured {
        Measured { words: Words::default(), line_rules, gopher: None, web: None, repetition: None }
    }

    pub(super) fn begin(&mut self, text: &str) {
        self.words.read(text);
        self.gopher = None;
        self.web = None;
        self.repetition = None;
    }

    pub(super) fn value(&mut self, rule: &Rule, text: &str) -> f64 {
        let words = &mut self.words;
        match rule.measure {
            Measure::Gopher(read) => read(self.gopher.get_or_insert_with(|| Gopher::measure(text, words))),
            Measure::Web(read) => {
                read(self.web.get_or_insert_with(|| Web::measure(text, self.line_rules, words.longest_chars())))
            }
            Measure::Repetition(read) => read(self.repetition.get_or_insert_with(|| Repetition::measure(text))),
            Measure::TopGram(n) => words.top_gram_share(n),
            Measure::DuplicateGrams(n) => words.duplicate_gram_share(n),
        }
    }
}

const fn least(param: &'static str, default: f64, reason: &'static str, measure: Measure) -> Rule {
    Rule { param, limit: Limit::Least, reason, default, doc: "", reason_doc: "", measure }
}

const fn most(param: &'static str, default: f64, reason: &'static str, measure: Measure) -> Rule {
    Rule { param, limit: Limit::Most, reason, default, doc: "", reason_doc: "", measure }
}

impl Rule {
    const fn doc(mut self, doc: &'static str, reason_doc: &'static str) -> Rule {
        self.doc = doc;
        self.reason_doc = reason_doc;
        self
    }
}

pub(super) const NUM_RULES: usize = 27;

/// All rules, in the order in which they are tried.
pub(super) static RULES: [Rule; NUM_RULES] = RULE_TABLE;

const RULE_TABLE: [Rule; NUM_RULES] = [
    least("min_words", 50.0, "too_few_words", Measure::Gopher(|text| text.num_words))
        .doc("fewest words that hold more than punctuation (Gopher)", "the text has too few words"),
    most("max_words", 100_000.0, "too_many_words", Measure::Gopher(|text| text.num_words))
        .doc("most words that hold more than punctuation (Gopher)", "the text has too many words"),
    least("min_mean_word_chars", 3.0, "words_too_short", Measure::Gopher(|text| text.mean_word_chars))
        .doc("least mean length of a word (Gopher)", "the words are too short on average"),
    most("max_mean_word_chars", 10.0, "words_too_long", Measure::Gopher(|text| text.mean_word_chars))
        .doc("greatest mean length of a word (Gopher)", "the words are too long on average"),
    most("max_hashes_per_word", 0.1, "too_many_hashes", Measure::Gopher(|text| text.hashes_per_word))
        .doc("most `#` a word (Gopher)", "the text has too many `#`"),
    most("max_ellipses_per_word", 0.1, "too_many_ellipses", Measure::Gopher(|text| text.ellipses_per_word))
        .doc("most ellipses a word (Gopher)", "the text has too many ellipses"),
    most("max_bullet_lines", 0.9, "too_many_bullets", Measure::Gopher(|text| text.bullet_lines))
        .doc("greatest share of lines that begin with a bullet (Gopher)", "most lines begin with a bullet"),
    most("max_ellipsis_lines", 0.3, "too_many_cut_lines", Measure::Gopher(|text| text.ellipsis_lines))
        .doc("greatest share of lines that end in an ellipsis (Gopher)", "too many lines end in an ellipsis"),
    least("min_letter_words", 0.8, "too_few_letters", Measure::Gopher(|text| text.letter_words))
        .doc("least share of words with a letter (Gopher)", "too many words have no letter"),
    least("min_stop_words", 2.0, "too_few_stop_words", Measure::Gopher(|text| text.num_stop_words)).doc(
        "fewest different words out of the, be, to, of, and, that, have, with (Gopher)",
        "the text is not made of English sentences",
    ),
    most("max_lorem_ipsum", 0.0, "placeholder_text", Measure::Web(|text| text.num_lorem_ipsum))
        .doc("most mentions of `lorem ipsum` (C4)", "the text holds `lorem ipsum`"),
    most("max_curly_brackets", 0.0, "curly_bracket", Measure::Web(|text| text.num_curly_brackets)).doc(
        "most `{` on lines that C4 would keep; raise it for code and mathematics (C4)",
        "the text holds a curly bracket, which prose rarely does",
    ),
    most("max_boilerplate", 0.4, "boilerplate", Measure::Web(|text| text.boilerplate)).doc(
        "greatest share of characters on lines of menus, cookie notices, calls to subscribe and the like (NeMo's limit)",
        "the text is largely the furniture of a web page",
    ),
    least("min_sentences", 5.0, "too_few_sentences", Measure::Web(|text| text.num_sentences)).doc(
        "fewest sentences on lines that C4 would keep; lower it for short reference articles (C4)",
        "C4's rules for lines would leave too few sentences",
    ),
    most("max_duplicate_paragraphs", 0.3, "duplicate_paragraphs", Measure::Repetition(|text| text.paragraphs))
        .doc("greatest share of repeated paragraphs (Gopher)", "too many paragraphs are repeated"),
    most("max_duplicate_paragraph_chars", 0.2, "duplicate_paragraph_chars", {
        Measure::Repetition(|text| text.paragraph_chars)
    })
    .doc("greatest share of characters in repeated paragraphs (Gopher)", "repeated paragraphs take too much room"),
    most("max_duplicate_lines", 0.3, "duplicate_lines", Measure::Repetition(|text| text.lines))
        .doc("greatest share of repeated lines (Gopher)", "too many lines are repeated"),
    most("max_duplicate_line_chars", 0.2, "duplicate_line_chars", Measure::Repetition(|text| text.line_chars))
        .doc("greatest share of characters in repeated lines (Gopher)", "repeated lines take too much room"),
    most("max_top_2_gram_chars", 0.2, "top_2_gram", Measure::TopGram(2))
        .doc("greatest share of characters in the commonest 2-gram (Gopher)", "one 2-gram takes too much room"),
    most("max_top_3_gram_chars", 0.18, "top_3_gram", Measure::TopGram(3))
        .doc("greatest share of characters in the commonest 3-gram (Gopher)", "one 3-gram takes too much room"),
    most("max_top_4_gram_chars", 0.16, "top_4_gram", Measure::TopGram(4))
        .doc("greatest share of characters in the commonest 4-gram (Gopher)", "one 4-gram takes too much room"),
    most("max_duplicate_5_gram_chars", 0.15, "duplicate_5_grams", Measure::DuplicateGrams(5))
        .doc("greatest share of characters in repeated 5-grams (Gopher)", "repeated 5-grams take too much room"),
    most("max_duplicate_6_gram_chars", 0.14, "duplicate_6_grams", Measure::DuplicateGrams(6))
        .doc("greatest share of characters in repeated 6-grams (Gopher)", "repeated 6-grams take too much room"),
    most("max_duplicate_7_gram_chars", 0.13, "duplicate_7_grams", Measure::DuplicateGrams(7))
        .doc("greatest share of characters in repeated 7-grams (Gopher)", "repeated 7-grams take too much room"),
    most("max_duplicate_8_gram_chars", 0.12, "duplicate_8_grams", Measure::DuplicateGrams(8))
        .doc("greatest share of characters in repeated 8-grams (Gopher)", "repeated 8-grams take too much room"),
    most("max_duplicate_9_gram_chars", 0.11, "duplicate_9_grams", Measure::DuplicateGrams(9))
        .doc("greatest share of characters in repeated 9-grams (Gopher)", "repeated 9-grams take too much room"),
    most("max_duplicate_10_gram_chars", 0.1, "duplicate_10_grams", Measure::DuplicateGrams(10))
        .doc("greatest share of characters in repeated 10-grams (Gopher)", "repeated 10-grams take too much room"),
];

pub(super) const REASONS: [ReasonDef; NUM_RULES] = {
    let mut reasons = [ReasonDef { name: "", doc: "" }; NUM_RULES];
    let mut idx = 0;
    while idx < NUM_RULES {
        reasons[idx] = ReasonDef { name: RULE_TABLE[idx].reason, doc: RULE_TABLE[idx].reason_doc };
        idx += 1;
    }
    reasons
};

const NEEDS_LINE_END: ParamDef = ParamDef {
    name: "needs_line_end",
    kind: ParamKind::Bool,
    default: Some(ParamValue::Bool(false)),
    doc: "whether only lines that end like a sentence count for `min_sentences`, as in C4; FineWeb does without",
};

const DROPS_JAVASCRIPT: ParamDef = ParamDef {
    name: "drops_javascript",
    kind: ParamKind::Bool,
    default: Some(ParamValue::Bool(true)),
    doc: "whether lines that say `javascript` do not count, as in C4; turn it off for texts about programming",
};

const NUM_PARAMS: usize = NUM_RULES + 2;

pub(super) const PARAMS: [ParamDef; NUM_PARAMS] = {
    let mut params = [NEEDS_LINE_END; NUM_PARAMS];
    params[NUM_PARAMS - 1] = DROPS_JAVASCRIPT;
    let mut idx = 0;
    while idx < NUM_RULES {
        let rule = &RULE_TABLE[idx];
        params[idx] = ParamDef {
            name: rule.param,
            kind: ParamKind::Float { min: 0.0, max: 1e12 },
            default: Some(ParamValue::Float(rule.default)),
            doc: rule.doc,
        };
        idx += 1;
    }
    params
};
