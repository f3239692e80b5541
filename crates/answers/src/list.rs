//! Lists and sets: several answers, each with a spec of its own, in order or not.
//!
//! A reply is cut into items in the same way as a gold answer. Every item has to be there, and nothing besides, unless
//! the spec allows extra items.

use std::sync::LazyLock;

use regex::Regex;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::check::check_normalized;
use crate::error::{Error, NotVerifiable};
use crate::infer::{Candidate, infer_item};
use crate::number::{parse_number, split_number};
use crate::pattern::pattern;
use crate::question::Question;
use crate::spec::AnswerSpec;
use crate::string::{ReadItems, check_each, spec_of};
use crate::verdict::{Cause, Verdict};

mod assign;
mod split;

pub(crate) use assign::has_assignment;
use assign::is_in_order;
use split::readings;
pub(crate) use split::{lines, split};

/// The gold side of a list or a set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ItemsSpec {
    /// What each item has to be.
    pub items: Vec<AnswerSpec>,
    /// Whether the order matters.
    pub ordered: bool,
    /// Whether a reply may have more items.
    pub allow_extra: bool,
}

/// More items are no answer, and the matching of a set costs the product of both counts.
const MAX_ITEMS: usize = 64;

/// Words that open an alternative: a reply of several guesses.
static ALTERNATIVE: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i:\b(?:or|either|neither|nor)\b)"));

/// Compares a normalised reply with the spec.
pub(crate) fn check(spec: &ItemsSpec, reply: &str) -> Verdict {
    let mut first = None;
    let mut undecided = false;
    for items in readings(reply, spec.ordered) {
        let verdict = check_items(spec, &items);
        if verdict.is_correct() {
            return verdict;
        }
        undecided |= matches!(verdict, Verdict::Unknown { .. });
        first = first.or(Some(verdict));
    }
    match first {
        Some(verdict) if !undecided => verdict,
        _ => Verdict::unknown(Cause::Undecided),
    }
}

fn check_items(spec: &ItemsSpec, items: &[String]) -> Verdict {
    let (num_gold, num_given) = (spec.items.len(), items.len());
    if num_given > MAX_ITEMS || num_given < num_gold || (num_given > num_gold && !spec.allow_extra) {
        return Verdict::incorrect(Cause::WrongCount);
    }
    let mut read = ReadItems::new();
    let verdicts: Vec<Vec<Verdict>> = spec
        .items
        .iter()
        .map(|gold| match gold {
            AnswerSpec::String(gold) if gold.published().is_none() => check_each(gold, items, &mut read),
            _ => items.iter().map(|item| check_normalized(gold, item)).collect(),
        })
        .collect();
    let possible = |edge: fn(Verdict) -> bool| {
        if spec.ordered { is_in_order(&verdicts, edge) } else { has_assignment(&verdicts, num_given, edge) }
    };
    if possible(Verdict::is_correct) {
        Verdict::Correct
    } else if possible(|verdict| !matches!(verdict, Verdict::Incorrect { .. })) {
        Verdict::unknown(Cause::Undecided)
    } else {
        Verdict::incorrect(Cause::DifferentValue)
    }
}

/// What the Python side shares.
pub(crate) fn rules() -> Value {
    json!({ "max_items": MAX_ITEMS, "split": split::rules() })
}

/// Reads an enumeration of three or more items, or of two where the question asks for several.
pub(crate) fn infer(candidate: &Candidate<'_>) -> Result<Option<AnswerSpec>, NotVerifiable> {
    let text = candidate.text;
    if ALTERNATIVE.is_match(text) || !is_enumeration(candidate) {
        return Ok(None);
    }
    let parts = split(text);
    if parts.len() > MAX_ITEMS {
        return Err(NotVerifiable::Freeform);
    }
    let items = parts.iter().map(|part| infer_part(part, candidate.question)).collect::<Result<Vec<_>, _>>()?;
    let ordered = candidate.question.asks_order();
    let spec = ItemsSpec { items, ordered, allow_extra: false };
    Ok(Some(if ordered { AnswerSpec::List(spec) } else { AnswerSpec::Set(spec) }))
}

/// Makes the spec of one item. What has an "and" beside other separators is one name: "Trinidad and Tobago".
fn infer_part(part: &str, question: &Question) -> Result<AnswerSpec, NotVerifiable> {
    match infer_item(part, question)? {
        AnswerSpec::List(_) | AnswerSpec::Set(_) => Ok(AnswerSpec::String(spec_of(part))),
        spec => Ok(spec),
    }
}

impl ItemsSpec {
    pub(crate) fn validate(&self) -> Result<(), Error> {
        if self.items.is_empty() || self.items.len() > MAX_ITEMS {
            return Err(Error::field("list", "items"));
        }
        self.items.iter().try_for_each(AnswerSpec::validate)
    }
}

/// Two names with "and" between them may be one name ("Trinidad and Tobago"), and so may two with a comma
/// ("Paris, France"): those need a question for several things.
fn is_enumeration(candidate: &Candidate<'_>) -> bool {
    let text = candidate.text;
    let parts = split(text);
    if parts.len() < 2 || parts.iter().any(String::is_empty) || parse_number(text).is_some() {
        return false;
    }
    // Clauses with commas are prose, not enumerations.
    if parts.iter().any(|part| part.split_whitespace().count() > 5) {
        return false;
    }
    let braced = text.starts_with('{') && text.ends_with('}');
    let numbers = parts.iter().all(|part| parse_number(part).is_some());
    // "1972, and for" is no enumeration: items are of one kind.
    let num_amounts = parts.iter().filter(|part| split_number(part).is_some()).count();
    if num_amounts != 0 && num_amounts != parts.len() {
        return false;
    }
    let joined = split::has_and(text);
    let plain = !parts.iter().any(|part| part.contains(char::is_uppercase));
    braced
        || numbers
        || (parts.len() >= 3 && (joined || candidate.question.asks_several()))
        || (parts.len() == 2 && joined && (plain || candidate.question.asks_several()))
}

#[cfg(test)]
mod tests;
