//! Comparing a reply with a spec: what the reply commits itself to, caps, normalisation, and the hand-over to the type.

use std::borrow::Cow;

use serde_json::{Value, json};

use crate::extract::{Finals, finals};
use crate::normalize::normalize_within;
use crate::spec::AnswerSpec;
use crate::verdict::{Cause, Verdict};
use crate::{boolean, choice, date, expression, fraction, list, number, percentage, quantity, string};

/// No more of a reply is read than its last characters.
pub const MAX_REPLY_CHARS: usize = 50_000;

/// No number, date, label or expression is spelled longer, and their parsers need not look.
const MAX_VALUE_CHARS: usize = 4_096;
/// A reply to a longer gold may be so many times its length.
const MAX_GROWTH: usize = 4;
/// A reply with more marked answers lists guesses.
const MAX_FINALS: usize = 16;

/// What was found in a reply and what it is worth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// Whether the reply is the answer.
    pub verdict: Verdict,
    /// The last answer that the reply commits itself to, as written; nothing if it has none.
    pub extracted: Option<String>,
}

/// Says whether a reply is the answer. Never panics; time grows with the length of the reply.
///
/// The answer is what the reply marks as final, see [`judge`]; a reply without a mark is the answer itself.
pub fn check(spec: &AnswerSpec, reply: &str) -> Verdict {
    judge(spec, reply).verdict
}

/// Finds the final answers of a reply and compares them with a spec.
///
/// Marks are `<answer>…</answer>`, `\boxed{…}`, `#### …` and `Answer: …`. A reply that marks several different answers
/// is correct only if each of them is.
pub fn judge(spec: &AnswerSpec, reply: &str) -> Judgement {
    let marked = match finals(last_chars(reply, MAX_REPLY_CHARS)) {
        Finals::Marked(marked) => marked,
        Finals::Whole(whole) => vec![Cow::Borrowed(whole)],
        Finals::Disowned => return Judgement { verdict: Verdict::incorrect(Cause::Disowned), extracted: None },
        Finals::Unfinished => return Judgement { verdict: Verdict::incorrect(Cause::Unfinished), extracted: None },
    };
    let extracted = marked.last().filter(|answer| !answer.is_empty()).map(|answer| answer.clone().into_owned());
    Judgement { verdict: check_finals(spec, &marked), extracted }
}

fn check_finals(spec: &AnswerSpec, marked: &[Cow<'_, str>]) -> Verdict {
    let max_chars = spec.longest().saturating_mul(MAX_GROWTH).max(MAX_VALUE_CHARS);
    let mut different: Vec<&str> = Vec::new();
    let mut num_bytes = 0_usize;
    for answer in marked {
        let answer = answer.as_ref();
        if !different.contains(&answer) {
            different.push(answer);
            num_bytes = num_bytes.saturating_add(answer.len());
        }
        // All of them together may not cost more than a few answers of the greatest length.
        if different.len() > MAX_FINALS || (different.len() > 1 && num_bytes > max_chars.saturating_mul(2)) {
            return Verdict::incorrect(Cause::SeveralAnswers);
        }
    }
    let mut texts: Vec<String> = Vec::new();
    for answer in different {
        match spelled(spec, answer, max_chars) {
            Some(text) if !texts.contains(&text) => texts.push(text),
            Some(_) => {}
            None => return Verdict::incorrect(Cause::TooLong),
        }
    }
    let verdicts: Vec<Verdict> = texts.iter().map(|text| check_normalized(spec, text)).collect();
    match verdicts.as_slice() {
        [verdict] => *verdict,
        _ if verdicts.iter().all(|verdict| verdict.is_correct()) => Verdict::Correct,
        _ if verdicts.iter().any(|verdict| matches!(verdict, Verdict::Incorrect { .. })) => {
            Verdict::incorrect(Cause::SeveralAnswers)
        }
        _ => Verdict::unknown(Cause::SeveralAnswers),
    }
}

/// Spells an answer for its type, unless it is too long.
fn spelled(spec: &AnswerSpec, answer: &str, max_chars: usize) -> Option<String> {
    match spec {
        // A published normaliser is the only one that touches the text.
        AnswerSpec::String(spec) if spec.published().is_some() => {
            answer.chars().nth(max_chars).is_none().then(|| answer.to_owned())
        }
        AnswerSpec::List(_) | AnswerSpec::Set(_) => normalize_within(&list::lines(answer), max_chars),
        _ => normalize_within(answer, max_chars),
    }
}

/// Returns the last characters of a text, all if it has no more.
fn last_chars(text: &str, max_chars: usize) -> &str {
    if text.len() <= max_chars {
        return text;
    }
    let start = text.char_indices().rev().nth(max_chars.saturating_sub(1)).map_or(0, |(start, _)| start);
    text.get(start..).unwrap_or(text)
}

/// What the Python side shares.
pub(crate) fn rules() -> Value {
    json!({
        "max_reply_chars": MAX_REPLY_CHARS,
        "max_value_chars": MAX_VALUE_CHARS,
        "max_growth": MAX_GROWTH,
        "max_finals": MAX_FINALS,
    })
}

/// Compares a text that went through the normaliser.
pub(crate) fn check_normalized(spec: &AnswerSpec, reply: &str) -> Verdict {
    if reply.is_empty() {
        return Verdict::incorrect(Cause::Empty);
    }
    match spec {
        AnswerSpec::Integer(spec) => number::check_integer(spec, reply),
        AnswerSpec::Decimal(spec) => number::check_decimal(spec, reply),
        AnswerSpec::Quantity(spec) => quantity::check(spec, reply),
        AnswerSpec::Percentage(spec) => percentage::check(spec, reply),
        AnswerSpec::Fraction(spec) => fraction::check(spec, reply),
        AnswerSpec::Boolean(spec) => boolean::check(spec, reply),
        AnswerSpec::Choice(spec) => choice::check(spec, reply),
        AnswerSpec::String(spec) => string::check(spec, reply),
        AnswerSpec::Date(spec) => date::check(spec, reply),
        AnswerSpec::List(spec) | AnswerSpec::Set(spec) => list::check(spec, reply),
        AnswerSpec::Expression(spec) => expression::check(spec, reply),
    }
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod wrong_accepts;
