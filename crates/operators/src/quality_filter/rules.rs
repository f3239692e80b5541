//! The table of rules: set, param, limit, reason and where the value comes from. Params and reasons are derived from it.

use quarry_engine::operator::{ParamDef, ParamKind, ParamValue, ReasonDef};

use super::c4::C4;
use super::fineweb::FineWeb;
use super::gopher::Gopher;
use super::repetition::Repetition;

/// One rule of the filter.
pub(super) struct Rule {
    pub(super) set: Set,
    pub(super) param: &'static str,
    pub(super) limit: Limit,
    pub(super) reason: &'static str,
    pub(super) measure: Measure,
    default: f64,
    doc: &'static str,
    reason_doc: &'static str,
}

/// Rules that were published together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Set {
    GopherRepetition,
    GopherQuality,
    C4,
    FineWeb,
    Boilerplate,
}

/// Which side of the limit is refused; the limit itself passes.
pub(super) enum Limit {
    Least,
    Most,
}

/// Where a rule's value comes from. A group is measured when its first rule is reached.
pub(super) enum Measure {
    NumChars,
    Repetition(fn(&Repetition) -> f64),
    TopGram(usize),
    DuplicateGrams(usize),
    Gopher(fn(&Gopher) -> f64),
    C4(fn(&C4) -> f64),
    FineWeb(fn(&FineWeb) -> f64),
    Boilerplate,
}

impl Set {
    /// The set of a name, as the param `rules` has it.
    pub(super) fn named(name: &str) -> Option<Set> {
        Some(match name {
            "gopher_repetition" => Set::GopherRepetition,
            "gopher_quality" => Set::GopherQuality,
            "c4" => Set::C4,
            "fineweb" => Set::FineWeb,
            "boilerplate" => Set::Boilerplate,
            _ => return None,
        })
    }
}

/// The sets in the order in which FineWeb applies them.
const DEFAULT_SETS: &[&str] = &["gopher_repetition", "gopher_quality", "c4", "fineweb"];

const fn least(set: Set, param: &'static str, default: f64, reason: &'static str, measure: Measure) -> Rule {
    Rule { set, param, limit: Limit::Least, reason, measure, default, doc: "", reason_doc: "" }
}

const fn most(set: Set, param: &'static str, default: f64, reason: &'static str, measure: Measure) -> Rule {
    Rule { set, param, limit: Limit::Most, reason, measure, default, doc: "", reason_doc: "" }
}

impl Rule {
    const fn doc(mut self, doc: &'static str, reason_doc: &'static str) -> Rule {
        self.doc = doc;
        self.reason_doc = reason_doc;
        self
    }
}

pub(super) const NUM_RULES: usize = 33;

/// All rules; within a set in the order in which they are tried.
pub(super) static RULES: [Rule; NUM_RULES] = RULE_TABLE;

use Set::{Boilerplate, C4 as OfC4, FineWeb as OfFineWeb, GopherQuality, GopherRepetition};

const RULE_TABLE: [Rule; NUM_RULES] = [
    least(GopherRepetition, "min_chars", 1.0, "empty_text", Measure::NumChars)
        .doc("fewest characters (gopher_repetition, as datatrove has it)", "the text is empty"),
    most(GopherRepetition, "max_duplicate_paragraphs", 0.3, "duplicate_paragraphs", {
        Measure::Repetition(|text| text.paragraphs)
    })
    .doc("greatest share of repeated paragraphs (gopher_repetition)", "too many paragraphs are repeated"),
    most(GopherRepetition, "max_duplicate_paragraph_chars", 0.2, "duplicate_paragraph_chars", {
        Measure::Repetition(|text| text.paragraph_chars)
    })
    .doc(
        "greatest share of characters in repeated paragraphs (gopher_repetition)",
        "repeated paragraphs take too much room",
    ),
    most(GopherRepetition, "max_duplicate_lines", 0.3, "duplicate_lines", Measure::Repetition(|text| text.lines))
        .doc("greatest share of repeated lines (gopher_repetition)", "too many lines are repeated"),
    most(GopherRepetition, "max_duplicate_line_chars", 0.2, "duplicate_line_chars", {
        Measure::Repetition(|text| text.line_chars)
    })
    .doc("greatest share of characters in repeated lines (gopher_repetition)", "repeated lines take too much room"),
    most(GopherRepetition, "max_top_2_gram_chars", 0.2, "top_2_gram", Measure::TopGram(2))
        .doc("greatest share of characters in the commonest 2-gram (gopher_repetition)", "one 2-gram takes too much room"),
    most(GopherRepetition, "max_top_3_gram_chars", 0.18, "top_3_gram", Measure::TopGram(3))
        .doc("greatest share of characters in the commonest 3-gram (gopher_repetition)", "one 3-gram takes too much room"),
    most(GopherRepetition, "max_top_4_gram_chars", 0.16, "top_4_gram", Measure::TopGram(4))
        .doc("greatest share of characters in the commonest 4-gram (gopher_repetition)", "one 4-gram takes too much room"),
    most(GopherRepetition, "max_duplicate_5_gram_chars", 0.15, "duplicate_5_grams", Measure::DuplicateGrams(5))
        .doc("greatest share of characters in repeated 5-grams (gopher_repetition)", "repeated 5-grams take too much room"),
    most(GopherRepetition, "max_duplicate_6_gram_chars", 0.14, "duplicate_6_grams", Measure::DuplicateGrams(6))
        .doc("greatest share of characters in repeated 6-grams (gopher_repetition)", "repeated 6-grams take too much room"),
    most(GopherRepetition, "max_duplicate_7_gram_chars", 0.13, "duplicate_7_grams", Measure::DuplicateGrams(7))
        .doc("greatest share of characters in repeated 7-grams (gopher_repetition)", "repeated 7-grams take too much room"),
    most(GopherRepetition, "max_duplicate_8_gram_chars", 0.12, "duplicate_8_grams", Measure::DuplicateGrams(8))
        .doc("greatest share of characters in repeated 8-grams (gopher_repetition)", "repeated 8-grams take too much room"),
    most(GopherRepetition, "max_duplicate_9_gram_chars", 0.11, "duplicate_9_grams", Measure::DuplicateGrams(9))
        .doc("greatest share of characters in repeated 9-grams (gopher_repetition)", "repeated 9-grams take too much room"),
    most(GopherRepetition, "max_duplicate_10_gram_chars", 0.1, "duplicate_10_grams", Measure::DuplicateGrams(10)).doc(
        "greatest share of characters in repeated 10-grams (gopher_repetition)",
        "repeated 10-grams take too much room",
    ),
    least(GopherQuality, "min_words", 50.0, "too_few_words", Measure::Gopher(|text| text.num_words))
        .doc("fewest words that hold more than punctuation (gopher_quality)", "the text has too few words"),
    most(GopherQuality, "max_words", 100_000.0, "too_many_words", Measure::Gopher(|text| text.num_words))
        .doc("most words that hold more than punctuation (gopher_quality)", "the text has too many words"),
    least(GopherQuality, "min_mean_word_chars", 3.0, "words_too_short", Measure::Gopher(|text| text.mean_word_chars))
        .doc("least mean length of a word (gopher_quality)", "the words are too short on average"),
    most(GopherQuality, "max_mean_word_chars", 10.0, "words_too_long", Measure::Gopher(|text| text.mean_word_chars))
        .doc("greatest mean length of a word (gopher_quality)", "the words are too long on average"),
    most(GopherQuality, "max_hashes_per_word", 0.1, "too_many_hashes", Measure::Gopher(|text| text.hashes_per_word))
        .doc("most `#` a word (gopher_quality)", "the text has too many `#`"),
    most(GopherQuality, "max_ellipses_per_word", 0.1, "too_many_ellipses", {
        Measure::Gopher(|text| text.ellipses_per_word)
    })
    .doc("most ellipses a word (gopher_quality)", "the text has too many ellipses"),
    most(GopherQuality, "max_bullet_lines", 0.9, "too_many_bullets", Measure::Gopher(|text| text.bullet_lines))
        .doc("greatest share of lines that begin with a bullet (gopher_quality)", "most lines begin with a bullet"),
    most(GopherQuality, "max_ellipsis_lines", 0.3, "too_many_cut_lines", Measure::Gopher(|text| text.ellipsis_lines))
        .doc("greatest share of lines that end in an ellipsis (gopher_quality)", "too many lines end in an ellipsis"),
    least(GopherQuality, "min_letter_words", 0.8, "too_few_letters", Measure::Gopher(|text| text.letter_words))
        .doc("least share of words with a letter (gopher_quality)", "too many words have no letter"),
    least(GopherQuality, "min_stop_words", 2.0, "too_few_stop_words", Measure::Gopher(|text| text.num_stop_words)).doc(
        "fewest different words out of the, be, to, of, and, that, have, with (gopher_quality)",
        "the text is not made of English sentences",
    ),
    most(OfC4, "max_lorem_ipsum", 0.0, "placeholder_text", Measure::C4(|text| text.num_lorem_ipsum))
        .doc("most mentions of `lorem ipsum` (c4)", "the text holds `lorem ipsum`"),
    most(OfC4, "max_curly_brackets", 0.0, "curly_bracket", Measure::C4(|text| text.num_curly_brackets)).doc(
        "most `{` on lines that C4 would keep but for its phrases; raise it for code and mathematics (c4)",
        "the text holds a curly bracket, which prose rarely does",
    ),
    least(OfC4, "min_sentences", 5.0, "too_few_sentences", Measure::C4(|text| text.num_sentences)).doc(
        "fewest sentences on lines that C4 would keep; lower it for short reference articles (c4)",
        "C4's rules for lines would leave too few sentences",
    ),
    least(OfFineWeb, "min_lines", 1.0, "no_lines", Measure::FineWeb(|text| text.num_lines))
        .doc("fewest lines that are not blank (fineweb)", "no line is left"),
    least(OfFineWeb, "min_ended_lines", 0.12, "too_few_ended_lines", Measure::FineWeb(|text| text.ended_lines))
        .doc("least share of lines that end in a mark for the end of a sentence (fineweb)", "too few lines end a sentence"),
    most(OfFineWeb, "max_short_lines", 0.67, "too_many_short_lines", Measure::FineWeb(|text| text.short_lines))
        .doc("greatest share of short lines (fineweb)", "too many lines are short"),
    most(OfFineWeb, "max_repeated_line_chars", 0.01, "repeated_line_chars", {
        Measure::FineWeb(|text| text.repeated_line_chars)
    })
    .doc(
        "greatest share of characters in repeated lines, line breaks left out (fineweb)",
        "repeated lines take more room than web pages of worth give them",
    ),
    most(OfFineWeb, "max_line_breaks_per_word", 0.3, "too_many_line_breaks", {
        Measure::FineWeb(|text| text.breaks_per_word)
    })
    .doc("most line breaks a word (fineweb)", "the text is a list more than prose"),
    most(Boilerplate, "max_boilerplate", 0.4, "boilerplate", Measure::Boilerplate).doc(
        "greatest share of characters on lines of menus, cookie notices, calls to subscribe and the like (boilerplate; NeMo's limit)",
        "the text is largely the furniture of a web page",
    ),
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

const SETTINGS: [ParamDef; 7] = [
    ParamDef {
        name: "rules",
        kind: ParamKind::TextList,
        default: Some(ParamValue::TextList(DEFAULT_SETS)),
        doc: "sets of rules, tried in the order written: gopher_repetition, gopher_quality, c4, fineweb, and boilerplate; \
              after c4, fineweb's rules judge the lines that C4 would leave",
    },
    ParamDef {
        name: "tokens",
        kind: ParamKind::Choice(&["whitespace", "uax29"]),
        default: Some(ParamValue::Text("whitespace")),
        doc: "what a word is: what stands between white space, without the punctuation around it, or a word of UAX 29",
    },
    ParamDef {
        name: "needs_line_end",
        kind: ParamKind::Bool,
        default: Some(ParamValue::Bool(false)),
        doc: "whether only lines that end like a sentence count for `min_sentences`, as in C4; FineWeb does without",
    },
    ParamDef {
        name: "drops_javascript",
        kind: ParamKind::Bool,
        default: Some(ParamValue::Bool(true)),
        doc: "whether lines that say `javascript` do not count, as in C4; turn it off for texts about programming",
    },
    ParamDef {
        name: "min_line_words",
        kind: ParamKind::Int { min: 0, max: 1_000_000 },
        default: Some(ParamValue::Int(3)),
        doc: "fewest words of a line that counts (c4)",
    },
    ParamDef {
        name: "max_line_word_chars",
        kind: ParamKind::Int { min: 1, max: 1_000_000_000 },
        default: Some(ParamValue::Int(1000)),
        doc: "most characters of a word on a line that counts (c4)",
    },
    ParamDef {
        name: "short_line_chars",
        kind: ParamKind::Int { min: 0, max: 1_000_000 },
        default: Some(ParamValue::Int(30)),
        doc: "most characters of a short line (fineweb)",
    },
];

const NUM_PARAMS: usize = NUM_RULES + SETTINGS.len();

pub(super) const PARAMS: [ParamDef; NUM_PARAMS] = {
    let mut params = [SETTINGS[0]; NUM_PARAMS];
    let mut idx = 0;
    while idx < NUM_PARAMS {
        params[idx] = match idx.checked_sub(SETTINGS.len()) {
            None => SETTINGS[idx],
            Some(rule) => limit_param(&RULE_TABLE[rule]),
        };
        idx += 1;
    }
    params
};

const fn limit_param(rule: &Rule) -> ParamDef {
    ParamDef {
        name: rule.param,
        kind: ParamKind::Float { min: 0.0, max: 1e12 },
        default: Some(ParamValue::Float(rule.default)),
        doc: rule.doc,
    }
}
