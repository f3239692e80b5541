//! A judge tries the rules on one text after the other. It knows no rows, so that it serves callers outside of recipes.

use quarry_engine::operator::{BuildError, Params};

use super::boilerplate;
use super::c4::{C4, LineRules};
use super::fineweb::FineWeb;
use super::gopher::Gopher;
use super::lines::trim;
use super::repetition::Repetition;
use super::rules::{Limit, Measure, NUM_RULES, RULES, Rule, Set};
use super::table::Table;
use super::tokens::Tokens;
use super::words::Words;

/// The params of `quality_filter`, checked: which rules are tried, in which order, and their limits.
#[derive(Clone, Debug)]
pub struct QualityRules {
    /// Rules to try, by their place in the table.
    order: Vec<usize>,
    limits: [f64; NUM_RULES],
    line_rules: LineRules,
    short_line_chars: usize,
    /// FineWeb's rules come after C4's.
    judges_what_is_left: bool,
    uses_uax29: bool,
}

impl QualityRules {
    /// Reads the operator's params.
    ///
    /// # Errors
    /// `rules` names no set, an unknown one, or one twice.
    pub fn new(params: &Params) -> Result<QualityRules, BuildError> {
        let mut limits = [0.0; NUM_RULES];
        for (limit, rule) in limits.iter_mut().zip(&RULES) {
            *limit = params.float(rule.param)?;
        }
        let sets = read_sets(&params.list("rules")?)?;
        let place = |set| sets.iter().position(|&other| other == set);
        Ok(QualityRules {
            order: sets.iter().flat_map(|&set| (0..NUM_RULES).filter(move |&idx| RULES[idx].set == set)).collect(),
            limits,
            line_rules: LineRules {
                needs_end: params.flag("needs_line_end")?,
                drops_javascript: params.flag("drops_javascript")?,
                min_words: params.count("min_line_words")?,
                max_word_chars: params.count("max_line_word_chars")?,
                max_lorem_ipsum: params.float("max_lorem_ipsum")?,
                max_curly_brackets: params.float("max_curly_brackets")?,
            },
            short_line_chars: params.count("short_line_chars")?,
            judges_what_is_left: place(Set::C4).is_some_and(|c4| place(Set::FineWeb).is_some_and(|after| c4 < after)),
            uses_uax29: params.text("tokens")? == "uax29",
        })
    }

    /// Where words come from, by the param `tokens`.
    pub fn tokens(&self) -> Tokens<'static> {
        if self.uses_uax29 { Tokens::Uax29 } else { Tokens::Whitespace }
    }
}

fn read_sets(names: &[String]) -> Result<Vec<Set>, BuildError> {
    let mut sets = Vec::new();
    for name in names {
        let set = Set::named(name).ok_or_else(|| {
            let known = "`gopher_repetition`, `gopher_quality`, `c4`, `fineweb` and `boilerplate`";
            BuildError::param("rules", format!("`{name}` is no set of rules; there are {known}"))
        })?;
        if sets.contains(&set) {
            return Err(BuildError::param("rules", format!("`{name}` stands there twice")));
        }
        sets.push(set);
    }
    match sets.is_empty() {
        true => Err(BuildError::param("rules", "no set of rules is named, so nothing would be refused")),
        false => Ok(sets),
    }
}

/// The first rule that a text breaks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Broken {
    /// The reason of `quality_filter`.
    pub reason: &'static str,
    /// What was measured.
    pub value: f64,
}

/// Tries rules on texts, one after the other; what is kept in between is room alone.
pub struct QualityJudge<'r> {
    rules: &'r QualityRules,
    words: Words,
    table: Table,
    left: String,
}

/// The values of one text, as far as they were needed.
#[derive(Default)]
struct Measured {
    num_chars: usize,
    has_words: bool,
    repetition: Option<Repetition>,
    gopher: Option<Gopher>,
    c4: Option<C4>,
    fineweb: Option<FineWeb>,
}

impl<'r> QualityJudge<'r> {
    /// A judge by these rules.
    pub fn new(rules: &'r QualityRules) -> QualityJudge<'r> {
        QualityJudge { rules, words: Words::default(), table: Table::default(), left: String::new() }
    }

    /// The first rule that the text breaks, in the order of the rules; none if it breaks none.
    pub fn judge(&mut self, text: &str, tokens: Tokens<'_>) -> Option<Broken> {
        let rules = self.rules;
        let mut measured = Measured { num_chars: text.chars().count(), ..Measured::default() };
        rules.order.iter().find_map(|&idx| {
            let (rule, limit) = (&RULES[idx], rules.limits[idx]);
            let value = self.value(rule, text, tokens, &mut measured);
            let is_broken = match rule.limit {
                Limit::Least => value < limit,
                Limit::Most => value > limit,
            };
            is_broken.then_some(Broken { reason: rule.reason, value })
        })
    }

    fn value(&mut self, rule: &Rule, text: &str, tokens: Tokens<'_>, measured: &mut Measured) -> f64 {
        let num_chars = measured.num_chars;
        match rule.measure {
            Measure::NumChars => num_chars as f64,
            Measure::Repetition(read) => {
                let table = &mut self.table;
                read(measured.repetition.get_or_insert_with(|| Repetition::measure(text, num_chars, table)))
            }
            Measure::TopGram(n) => self.words(text, tokens, measured).top_gram_share(n),
            Measure::DuplicateGrams(n) => self.words(text, tokens, measured).duplicate_gram_share(n),
            Measure::Gopher(read) => {
                let words = self.words(text, tokens, measured);
                read(measured.gopher.get_or_insert_with(|| Gopher::measure(text, words)))
            }
            Measure::C4(read) => {
                let (rules, left) = (&self.rules.line_rules, &mut self.left);
                read(measured.c4.get_or_insert_with(|| C4::measure(text, rules, tokens, left)))
            }
            Measure::FineWeb(read) => match &measured.fineweb {
                Some(fineweb) => read(fineweb),
                None => read(measured.fineweb.insert(self.fineweb(text, tokens, measured.has_words))),
            },
            Measure::Boilerplate => boilerplate::share(text),
        }
    }

    fn words(&mut self, text: &str, tokens: Tokens<'_>, measured: &mut Measured) -> &mut Words {
        if !measured.has_words {
            self.words.read(text, tokens, measured.num_chars);
            measured.has_words = true;
        }
        &mut self.words
    }

    fn fineweb(&mut self, text: &str, tokens: Tokens<'_>, has_words: bool) -> FineWeb {
        let short_chars = self.rules.short_line_chars;
        if self.rules.judges_what_is_left {
            let left = trim(&self.left);
            return FineWeb::measure(left, tokens.count_left(left), short_chars, &mut self.table);
        }
        let num_words = if has_words { self.words.num_tokens } else { tokens.count(text) };
        FineWeb::measure(text, num_words, short_chars, &mut self.table)
    }
}
