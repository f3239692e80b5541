//! What stands around a mark: a reply may take its marked answer back, or make it a part of something else.
//!
//! "Not \boxed{5}", "\boxed{5} is wrong", "-\boxed{5}", "\boxed{5}^2". Only a closed list of such words and signs on the
//! line of the mark is known; all else around a mark is the way to the answer, and says nothing of it.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::{Value, json};

use crate::pattern::pattern;

/// No more of a line is read on either side of a mark.
const MAX_CHARS: usize = 64;
/// Only around so many marks, the last ones, is anything read.
pub(super) const MAX_MARKS: usize = 64;

/// Before a mark: "not", "the wrong answer is".
static DENIED_BEFORE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"(?i)(?:^|[^a-z])(?:not|isn['’]t|wasn['’]t|never|cannot be|can['’]t be|rather than|instead of|anything but|anyone but|except(?: for)?|other than|wrong to say|incorrect to say|(?:wrong|incorrect|false) (?:answer|result|value|solution)(?: is| was|:)?)[ \t$*_"'(:\\\[]{0,8}$"#,
    )
});
/// Right before a mark: another digit, a sign, the opening of a root or a fraction.
static JOINED_BEFORE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:[0-9]\.?|(?:^|[ \t=($:,{])[-−]|±|\\pm ?|≠ ?|\\neq? ?|\\not ?=? ?|\^ ?\{? ?|\\sqrt ?\{ ?|\\[dtc]?frac ?\{ ?|\\[dtc]?frac ?\{[^{}]{0,24}\} ?\{ ?)$",
    )
});
/// Behind a mark: "is wrong", "? No.", "wait", "or".
static DENIED_AFTER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"(?i)^[ \t$*_"'’()%.,;:…\]\\-]{0,8}(?:\?.*|(?:is|was|would be|must be|seems|looks)(?: [a-z]{1,12})?(?: the| an?)? (?:wrong|incorrect|false|invalid|mistaken).*|(?:isn['’]t|is not|wasn['’]t|was not|cannot be|can['’]t be)(?: the| my)? (?:correct|right|true|valid|it|answer|final|possible|solution).*|\(?(?:wrong|incorrect|false)[ .!)]*|(?:wait|hmm|actually|oops|scratch that|correction|no, |no wait|or|(?:\\text|\\mathrm|\\mbox) ?\{ ?or|\\lor|\\vee)(?:[^a-z].*)?)$"#,
    )
});
/// Right behind a mark: another digit, a power, a sum or product that goes on to the end of the line.
static JOINED_AFTER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:[0-9].*| ?\\?% ?\\?%.*|\.[0-9].*|\^ ?\{? ?[0-9a-zA-Z(-].*| ?(?:[-−+*/×·÷±]|\\pm|\\cdot|\\times|\\div) ?\$?[0-9][0-9.,]{0,12}[ $.)\]\\]{0,6})$",
    )
});
/// A sign of percent right behind a mark belongs to the answer.
static PERCENT: LazyLock<Regex> = LazyLock::new(|| pattern(r"^ ?\\?%"));

/// Returns whether the line of a mark takes the marked answer back, or makes it a part of something else.
pub(super) fn is_disowned(text: &str, start: usize, end: usize) -> bool {
    let before = before(text, start);
    let after = after(text, end);
    DENIED_BEFORE.is_match(before)
        || JOINED_BEFORE.is_match(before)
        || DENIED_AFTER.is_match(after)
        || JOINED_AFTER.is_match(after)
}

/// Returns whether a sign of percent follows a mark.
pub(super) fn has_percent(text: &str, end: usize) -> bool {
    PERCENT.is_match(after(text, end))
}

/// What the Python side shares.
pub(super) fn rules() -> Value {
    json!({
        "max_chars": MAX_CHARS,
        "max_marks": MAX_MARKS,
        "denied_before": DENIED_BEFORE.as_str(),
        "joined_before": JOINED_BEFORE.as_str(),
        "denied_after": DENIED_AFTER.as_str(),
        "joined_after": JOINED_AFTER.as_str(),
        "percent": PERCENT.as_str(),
    })
}

fn before(text: &str, start: usize) -> &str {
    let before = text.get(..start).unwrap_or("");
    let from = before.char_indices().rev().take(MAX_CHARS).last().map_or(start, |(idx, _)| idx);
    let near = before.get(from..).unwrap_or("");
    near.rsplit('\n').next().unwrap_or(near)
}

fn after(text: &str, end: usize) -> &str {
    let after = text.get(end..).unwrap_or("");
    let to = after.char_indices().nth(MAX_CHARS).map_or(after.len(), |(idx, _)| idx);
    let near = after.get(..to).unwrap_or("");
    near.split('\n').next().unwrap_or(near)
}
