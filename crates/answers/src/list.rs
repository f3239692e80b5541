//! Lists and sets: several answers, each with a spec of its own, in order or not.
//!
//! A reply is cut into items in the same way as a gold answer. Every item has to be there, and nothing besides, unless
//! the spec allows extra items.

use std::sync::LazyLock;

use regex::Regex;
use serde::{Deserialize, Serialize};

use crate::check::check_normalized;
use crate::error::{Error, NotVerifiable};
use crate::infer::{Candidate, infer_item};
use crate::normalize::trim_wrappers;
use crate::number::{parse_number, split_number};
use crate::pattern::pattern;
use crate::spec::AnswerSpec;
use crate::verdict::{Cause, Verdict};

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

/// The last separator of an English enumeration.
static LAST_WORD: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(?i:and|&|as well as) +"));
static AND: LazyLock<Regex> = LazyLock::new(|| pattern(r" (?i:and|&|as well as) "));
/// Words that open an alternative: a reply of several guesses.
static ALTERNATIVE: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i:\b(?:or|either|neither|nor)\b)"));

/// Compares a normalised reply with the spec.
pub(crate) fn check(spec: &ItemsSpec, reply: &str) -> Verdict {
    let items = split(reply);
    let (num_gold, num_given) = (spec.items.len(), items.len());
    if num_given > MAX_ITEMS || num_given < num_gold || (num_given > num_gold && !spec.allow_extra) {
        return Verdict::incorrect(Cause::WrongCount);
    }
    let verdicts: Vec<Vec<Verdict>> =
        spec.items.iter().map(|gold| items.iter().map(|item| check_normalized(gold, item)).collect()).collect();
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
    let items = parts.iter().map(|part| infer_item(part, candidate.question)).collect::<Result<Vec<_>, _>>()?;
    let ordered = candidate.question.asks_order();
    let spec = ItemsSpec { items, ordered, allow_extra: false };
    Ok(Some(if ordered { AnswerSpec::List(spec) } else { AnswerSpec::Set(spec) }))
}

impl ItemsSpec {
    pub(crate) fn validate(&self) -> Result<(), Error> {
        if self.items.is_empty() || self.items.len() > MAX_ITEMS {
            return Err(Error::field("list", "items"));
        }
        self.items.iter().try_for_each(AnswerSpec::validate)
    }
}

/// Cuts a text into items at semicolons, else at commas, and at the "and" before the last one.
pub(crate) fn split(text: &str) -> Vec<String> {
    let text = strip_brackets(trim_wrappers(text));
    let separator = if top_level(text, ';').len() > 1 { ';' } else { ',' };
    let mut parts = top_level(text, separator);
    if let Some(last) = parts.pop() {
        let last = last.trim();
        let bare = LAST_WORD.find(last).map(|found| found.end());
        match (bare, AND.find(last)) {
            (Some(start), _) => parts.push(last.get(start..).unwrap_or(last)),
            (None, Some(found)) => {
                parts.push(last.get(..found.start()).unwrap_or(last));
                parts.push(last.get(found.end()..).unwrap_or(""));
            }
            (None, None) => parts.push(last),
        }
    }
    parts.into_iter().map(|part| trim_wrappers(part).to_owned()).collect()
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
    let joined = AND.is_match(text);
    let plain = !parts.iter().any(|part| part.contains(char::is_uppercase));
    braced
        || numbers
        || (parts.len() >= 3 && (joined || candidate.question.asks_several()))
        || (parts.len() == 2 && joined && (plain || candidate.question.asks_several()))
}

fn strip_brackets(text: &str) -> &str {
    for (open, close) in [("\\{", "\\}"), ("{", "}"), ("[", "]"), ("(", ")")] {
        let inner = text.strip_prefix(open).and_then(|rest| rest.strip_suffix(close));
        if let Some(inner) = inner
            .filter(|inner| !inner.contains([open.chars().last().unwrap_or('{'), close.chars().last().unwrap_or('}')]))
        {
            return inner.trim();
        }
    }
    text
}

/// Cuts at a separator outside brackets; a comma before three digits belongs to a number.
fn top_level(text: &str, separator: char) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut depth = 0_usize;
    let mut start = 0;
    for (idx, ch) in text.char_indices() {
        match ch {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            _ if ch == separator && depth == 0 && !groups_digits(text, idx) => {
                parts.push(text.get(start..idx).unwrap_or(""));
                start = idx + ch.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(text.get(start..).unwrap_or(""));
    parts
}

fn groups_digits(text: &str, comma: usize) -> bool {
    let before = text.as_bytes().get(comma.wrapping_sub(1)).is_some_and(u8::is_ascii_digit);
    let after: Vec<bool> = text.bytes().skip(comma + 1).take(4).map(|byte| byte.is_ascii_digit()).collect();
    before
        && text.as_bytes().get(comma) == Some(&b',')
        && matches!(after.as_slice(), [true, true, true] | [true, true, true, false])
}

/// Every gold item in turn, with extra items passed over.
fn is_in_order(verdicts: &[Vec<Verdict>], edge: fn(Verdict) -> bool) -> bool {
    let mut next = 0;
    verdicts.iter().all(|row| {
        let found = row.iter().skip(next).position(|verdict| edge(*verdict));
        next += found.map_or(0, |offset| offset + 1);
        found.is_some()
    })
}

/// Whether every gold item gets a reply item of its own (augmenting paths).
pub(crate) fn has_assignment(verdicts: &[Vec<Verdict>], num_given: usize, edge: fn(Verdict) -> bool) -> bool {
    let mut owner: Vec<Option<usize>> = vec![None; num_given];
    (0..verdicts.len()).all(|gold| {
        let mut visited = vec![false; num_given];
        assign(gold, verdicts, edge, &mut owner, &mut visited)
    })
}

/// Recursion goes at most as deep as there are items.
fn assign(
    gold: usize,
    verdicts: &[Vec<Verdict>],
    edge: fn(Verdict) -> bool,
    owner: &mut [Option<usize>],
    visited: &mut [bool],
) -> bool {
    let Some(row) = verdicts.get(gold) else { return false };
    for (given, verdict) in row.iter().enumerate() {
        if !edge(*verdict) || visited.get(given).copied().unwrap_or(true) {
            continue;
        }
        if let Some(seen) = visited.get_mut(given) {
            *seen = true;
        }
        let free = match owner.get(given).copied().flatten() {
            None => true,
            Some(other) => assign(other, verdicts, edge, owner, visited),
        };
        if free {
            if let Some(slot) = owner.get_mut(given) {
                *slot = Some(gold);
            }
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests;
