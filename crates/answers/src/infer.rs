//! From the text of a gold answer to its spec, or to the reason why plain code could not check it.
//!
//! Each type reads the answer in turn, from the most specific form to the string. A spec that would not accept the
//! very answer it was made from is never returned.

use std::sync::LazyLock;

use regex::Regex;

use crate::check::check;
use crate::error::NotVerifiable;
use crate::normalize::normalize;
use crate::number::split_number;
use crate::pattern::pattern;
use crate::question::Question;
use crate::spec::{AnswerSpec, gold_text};
use crate::{boolean, date, expression, fraction, list, number, percentage, quantity, string};

mod as_type;

pub use as_type::infer_as;

/// An answer on its way to a spec.
pub(crate) struct Candidate<'t> {
    /// The normalised answer.
    pub(crate) text: &'t str,
    /// What the question says of it.
    pub(crate) question: &'t Question,
}

/// Reads an answer as one type: a spec, nothing, or a reason to refuse it altogether.
type Reader = fn(&Candidate<'_>) -> Result<Option<AnswerSpec>, NotVerifiable>;

/// Every type in the order of trying. A choice is made by [`crate::choice`], from its options.
const READERS: [Reader; 10] = [
    boolean::infer,
    string::infer_code,
    percentage::infer,
    date::infer,
    fraction::infer,
    number::infer,
    quantity::infer,
    expression::infer,
    list::infer,
    string::infer,
];

/// Longer answers could not be repeated word for word.
const MAX_WORDS: usize = 12;
/// No answer of a few words has more characters.
const MAX_CHARS: usize = 240;

static HEDGE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?i:(?:[~≈<>]|c\.|ca\.|approx\.) ?|(?:about|around|approximately|roughly|nearly|almost|circa|over|more than|less than|at least|at most|up to|fewer than|under|some|an estimated|estimated|early|mid|late|before|after)[ -])",
    )
});
static RANGE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?i:[$€£¥]?[0-9][0-9.,]*%? ?(?:-|to) ?[$€£¥]?[0-9][0-9.,]*(?: ?[a-z°%][^0-9]*)?|[0-9][0-9.,]* ?[a-z°]+ ?(?:-|to) ?[0-9][0-9.,]* ?[a-z°]+|(?:between|from) .*[0-9].* (?:and|to) .*[0-9].*)$",
    )
});
/// "1.6e-19 C" has a minus, and is no range.
static POWER: LazyLock<Regex> = LazyLock::new(|| pattern(r"^[+-]?[0-9.,]+[eE]-[0-9]{1,3}(?:[^0-9-]|$)"));
static CODE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"```|;\s*\}|\);$|\(\)|^(?:def|class|fn|import|return|function|select|public|#include)\b.*[({;*]|=>|==|&&")
});

/// Words that say that there is no answer.
static NOTHING: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?i:unknown|n/?a|(?:it is |is )?not (?:known|given|stated|specified|mentioned|applicable|available|provided|clear)|no answer|none of (?:them|these|those))$",
    )
});
/// Two answers in place of one; with capitals it may be a name ("Truth or Dare").
static EITHER: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(?i:either) .* or |^[^A-Z0-9=<>]* or [^A-Z0-9=<>]*$"));
/// A verdict with more words behind it.
static EXPLAINED: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(?i:yes|no|true|false), "));

/// Makes the spec of an answer out of its text.
///
/// # Errors
/// No plain code could check a reply against the answer; the reason says why.
pub fn infer(answer: &str, question: &str) -> Result<AnswerSpec, NotVerifiable> {
    let question = Question::new(question);
    if question.is_open() {
        return Err(NotVerifiable::OpenQuestion);
    }
    let spec = infer_item(&normalize(answer), &question)?;
    accepting(spec, answer)
}

/// Returns a spec that accepts the answer as given and as the spec writes it: a gap would punish right replies.
fn accepting(spec: AnswerSpec, answer: &str) -> Result<AnswerSpec, NotVerifiable> {
    let accepts = |reply: &str| check(&spec, reply).is_correct();
    if spec.validate().is_ok() && accepts(answer) && accepts(&gold_text(&spec)) {
        Ok(spec)
    } else {
        Err(NotVerifiable::NotItself)
    }
}

/// Makes the spec of a normalised answer, or of one item of a list.
pub(crate) fn infer_item(text: &str, question: &Question) -> Result<AnswerSpec, NotVerifiable> {
    refuse(text)?;
    let candidate = Candidate { text, question };
    for reader in READERS {
        if let Some(spec) = reader(&candidate)? {
            return Ok(spec);
        }
    }
    Err(NotVerifiable::Freeform)
}

/// Refuses what no type could check.
fn refuse(text: &str) -> Result<(), NotVerifiable> {
    if !text.contains(char::is_alphanumeric) || NOTHING.is_match(text) {
        return Err(NotVerifiable::Empty);
    }
    if EXPLAINED.is_match(text) {
        return Err(NotVerifiable::Freeform);
    }
    if EITHER.is_match(text) {
        return Err(NotVerifiable::Hedged);
    }
    // Blanks between the signs of LaTeX part no words.
    let is_word = |word: &&str| !text.contains('\\') || (word.len() > 1 && word.chars().all(char::is_alphabetic));
    if text.chars().count() > MAX_CHARS || text.split_whitespace().filter(is_word).count() > MAX_WORDS {
        return Err(NotVerifiable::Freeform);
    }
    if CODE.is_match(text) {
        return Err(NotVerifiable::Code);
    }
    if is_hedged(text) {
        return Err(NotVerifiable::Hedged);
    }
    if text.split_once(" to ").is_some_and(|(from, to)| split_number(from).is_some() && split_number(to).is_some()) {
        return Err(NotVerifiable::Range);
    }
    // "14-03-1990" looks like a range and is a date; "1910-12" may be both, and so is none.
    let is_date = text.matches('-').count() == 2;
    if RANGE.is_match(text) && !is_date && !POWER.is_match(text) && !text.contains(", ") {
        return Err(NotVerifiable::Range);
    }
    Ok(())
}

/// Returns whether a number follows words such as "about"; before other words they may be part of a name.
fn is_hedged(text: &str) -> bool {
    let rest = HEDGE.find(text).and_then(|found| text.get(found.end()..));
    rest.is_some_and(|rest| {
        let amount = rest.trim_start_matches(['-', '$', '€', '£', '¥', ' ']);
        split_number(amount).is_some() || amount.starts_with("half") || fraction::parse(amount).is_some()
    })
}

#[cfg(test)]
mod golds;
#[cfg(test)]
mod tests;
