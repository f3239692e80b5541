//! Yes and no: a closed list of words, each of which "not" turns round.

use serde::{Deserialize, Serialize};

use crate::error::NotVerifiable;
use crate::infer::Candidate;
use crate::spec::AnswerSpec;
use crate::verdict::{Cause, Verdict};

/// The gold side of a yes-or-no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BooleanSpec {
    /// Whether the answer is yes.
    pub value: bool,
}

/// Words for yes and no. Only the first two of each make a gold answer: the third is also an adjective.
const YES: [&str; 3] = ["yes", "true", "correct"];
const NO: [&str; 3] = ["no", "false", "incorrect"];

/// Compares a normalised reply with the spec.
pub(crate) fn check(spec: &BooleanSpec, reply: &str) -> Verdict {
    match parse(reply) {
        Some(value) => Verdict::of(value == spec.value),
        None => Verdict::incorrect(Cause::Unreadable),
    }
}

/// Reads a gold answer of one word.
pub(crate) fn infer(candidate: &Candidate<'_>) -> Result<Option<AnswerSpec>, NotVerifiable> {
    let word = candidate.text.to_lowercase();
    let value = match word.as_str() {
        "yes" | "true" => true,
        "no" | "false" => false,
        _ => return Ok(None),
    };
    Ok(Some(AnswerSpec::Boolean(BooleanSpec { value })))
}

fn parse(text: &str) -> Option<bool> {
    let lower = text.to_lowercase();
    let (negated, word) = match lower.strip_prefix("not ") {
        Some(rest) => (true, rest.trim_start()),
        None => (false, lower.trim_end_matches('!')),
    };
    // "not yes" and "not no" are no English answers.
    if negated && matches!(word, "yes" | "no") {
        return None;
    }
    if YES.contains(&word) {
        Some(!negated)
    } else if NO.contains(&word) {
        Some(negated)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn words_are_read_and_not_turns_them_round() {
        for yes in ["yes", "Yes!", "TRUE", "correct", "not false", "not incorrect"] {
            assert_eq!(parse(yes), Some(true), "{yes}");
        }
        for no in ["no", "No", "false", "incorrect", "not true", "Not correct"] {
            assert_eq!(parse(no), Some(false), "{no}");
        }
    }

    #[test]
    fn anything_else_is_no_boolean() {
        for other in ["", "yes and no", "yes no", "maybe", "not", "not yes", "not not true", "y", "1", "yesno", "{"] {
            assert_eq!(parse(other), None, "{other}");
        }
    }
}
