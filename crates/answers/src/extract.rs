//! Finding the answers that a reply commits itself to.
//!
//! A reply may mark its final answer in four ways: a complete `<answer>` tag, a balanced `\boxed{}`, a line `#### x`,
//! a line `Answer: x`. What stands before the last `</think>` is no part of the answer. All marked answers count, since
//! a reply with two different ones has not decided, and neither has one that takes an answer back; a reply without a mark
//! is its own answer, as a whole. Every scan is one pass.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::sync::LazyLock;

use regex::Regex;
use serde_json::{Value, json};

use crate::pattern::pattern;

mod context;

/// What a reply commits itself to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Finals<'r> {
    /// Marked answers in the order of their ends; at least one.
    Marked(Vec<Cow<'r, str>>),
    /// Nothing is marked: the reply is the answer.
    Whole(&'r str),
    /// The reply broke off while it was still thinking.
    Unfinished,
    /// The reply takes a marked answer back: "\boxed{5} is wrong".
    Disowned,
}

/// Where a marked answer stands: from `start` to `end` with its mark, from `from` to `to` without.
#[derive(Debug, Clone, Copy)]
struct Span {
    start: usize,
    from: usize,
    to: usize,
    end: usize,
}

static THINK: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)</think(?:ing)?>"));
static THINKING: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)^[ \t\r\n]{0,64}<think(?:ing)?>"));
static TAG: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)<(?P<close>/?)answer>"));
static BOX: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\\(?:boxed|fbox)[ \t\n]{0,8}\{"));
/// "Answer: 5", "**Final answer:** 5", "### Answer: 5", "So the answer is: 5", on a line of its own or behind a sentence.
static LINE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?im)(?:^|[.!?)] )[ \t>#*_-]{0,16}(?:(?:so|thus|hence|therefore),? )?(?:the )?(?:final |correct )?(?:answer(?: is)?|ans\.?)[ \t]?[*_]{0,3}[ \t]?[:：][*_]{0,3}(?P<answer>[^\n]*)",
    )
});
const HASHES: &str = "####";
/// A heading of a step: "#### Step 1", "#### 2. Setup".
static HEADING: LazyLock<Regex> = LazyLock::new(|| pattern(r"^[*_]{0,3}(?:[A-Za-z]|[0-9]{1,2}[.)] )"));
/// Bulleted or numbered lines, which are one answer.
static ITEMS: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^(?:[ \t]{0,8}(?:[-*+•‣◦–—]|\(?[0-9]{1,2}[.)])[ \t]+[^\n]*(?:\n|$)){1,64}"));
/// Words before the answer proper: "The answer is", "x =".
static LEAD_IN: LazyLock<Regex> = LazyLock::new(|| pattern(r"^[A-Za-z \t\r\n:=,.*_$#>-]{0,200}$"));
/// A sentence that is nothing but the answer: "So the correct answer is Paris."
static SENTENCE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?i:(?:(?:so|thus|hence|therefore),? )?(?:the |my )?(?:(?:final|correct|right) )?(?:answer|option|choice) is:? )(?P<answer>[^\n]+)$",
    )
});
/// A heading over the last line: "**Final Answer**", "### Answer".
static TITLED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)(?:^|\n)[ \t]{0,8}(?:#{1,6} |\*\*|__)(?:the )?(?:final |correct )?answer(?:\*\*|__)?[ \t]{0,8}\n[ \t\r\n]{0,16}(?P<answer>[^\n]+)$",
    )
});
/// What such a sentence may not follow: another one.
static COMMITMENT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)(?:answer|option|choice)(?:[*_:]| (?:is|was|isn't|cannot|can|could|may|might|must|would|should))")
});
static LEAD_OUT: LazyLock<Regex> = LazyLock::new(|| pattern(r"^[ \t\r\n.!*_$]{0,40}$"));

/// What some trainers leave at the end of a decoded reply, besides tokens such as `<|im_end|>`.
const END_TOKENS: [&str; 4] = ["</s>", "<eos>", "<end_of_turn>", "[EOS]"];
/// More tokens at the end are no reply.
const MAX_END_TOKENS: usize = 64;

/// Finds the final answers of a reply.
pub(crate) fn finals(reply: &str) -> Finals<'_> {
    let reply = without_end_tokens(reply);
    let text = match THINK.find_iter(reply).last() {
        Some(end) => reply.get(end.end()..).unwrap_or(""),
        None if THINKING.is_match(reply) => return Finals::Unfinished,
        None => reply,
    };
    let mut spans = tags(text);
    spans.extend(boxes(text));
    spans.extend(hashes(text));
    spans.extend(lines(text));
    let spans = innermost(text, spans);
    if spans.iter().rev().take(context::MAX_MARKS).any(|span| {
        !span.answer(text).is_empty() && span.is_enclosed(text) && context::is_disowned(text, span.start, span.end)
    }) {
        return Finals::Disowned;
    }
    let marked: Vec<Cow<'_, str>> =
        spans.iter().map(|span| span.final_answer(text)).filter(|answer| !answer.is_empty()).collect();
    if !marked.is_empty() {
        return Finals::Marked(marked);
    }
    // "Write it in \boxed{}" marks nothing, but a reply that is all empty marks has no answer.
    if spans.is_empty() { Finals::Whole(whole(text.trim())) } else { Finals::Marked(vec![Cow::Borrowed("")]) }
}

fn without_end_tokens(reply: &str) -> &str {
    let mut text = reply.trim_end();
    for _ in 0..MAX_END_TOKENS {
        let special = text.strip_suffix("|>").and_then(|inner| inner.rsplit_once("<|"));
        let rest = match special {
            Some((rest, name)) if is_token_name(name) => Some(rest),
            _ => END_TOKENS.iter().find_map(|token| text.strip_suffix(token)),
        };
        match rest {
            Some(rest) => text = rest.trim_end(),
            None => break,
        }
    }
    text
}

fn is_token_name(name: &str) -> bool {
    (1..40).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}

/// A reply without a mark, less the words of a sentence around the answer and what led to that sentence.
fn whole(text: &str) -> &str {
    if let Some(answer) = said(text) {
        return answer;
    }
    let titled = TITLED.captures(text).and_then(|found| Some((found.get(0)?.start(), found.name("answer")?.as_str())));
    if let Some((_, answer)) = titled.filter(|(start, _)| !COMMITMENT.is_match(text.get(..*start).unwrap_or(""))) {
        return said(answer).unwrap_or(answer);
    }
    let ends = [text.rfind('\n'), text.rfind(". ")];
    let last = ends.into_iter().flatten().find_map(|end| {
        let answer = said(text.get(end + 1..)?.trim())?;
        (!COMMITMENT.is_match(text.get(..end)?)).then_some(answer)
    });
    last.unwrap_or(text)
}

/// The answer in a sentence that is nothing but the answer.
fn said(text: &str) -> Option<&str> {
    SENTENCE.captures(text)?.name("answer").map(|answer| answer.as_str())
}

impl Span {
    fn answer<'r>(&self, text: &'r str) -> &'r str {
        text.get(self.from..self.to).unwrap_or("").trim()
    }

    /// The answer without a sentence around it, and with the sign of percent that follows a box.
    fn final_answer<'r>(&self, text: &'r str) -> Cow<'r, str> {
        let answer = self.answer(text);
        let answer = said(answer).map_or(answer, str::trim);
        let is_box = text.get(self.start..).is_some_and(|mark| mark.starts_with('\\'));
        if is_box && !answer.is_empty() && context::has_percent(text, self.end) {
            return Cow::Owned(format!("{answer}%"));
        }
        Cow::Borrowed(answer)
    }

    /// Whether the mark has an end of its own, which lines do not.
    fn is_enclosed(&self, text: &str) -> bool {
        text.get(self.start..).is_some_and(|mark| mark.starts_with(['\\', '<']))
    }
}

/// What the Python side shares.
pub(crate) fn rules() -> Value {
    json!({
        "think": THINK.as_str(),
        "thinking": THINKING.as_str(),
        "tag": TAG.as_str(),
        "box": BOX.as_str(),
        "line": LINE.as_str(),
        "hashes": HASHES,
        "items": ITEMS.as_str(),
        "heading": HEADING.as_str(),
        "end_tokens": END_TOKENS,
        "max_end_tokens": MAX_END_TOKENS,
        "sentence": SENTENCE.as_str(),
        "titled": TITLED.as_str(),
        "commitment": COMMITMENT.as_str(),
        "context": context::rules(),
        "lead_in": LEAD_IN.as_str(),
        "lead_out": LEAD_OUT.as_str(),
    })
}

/// Complete tags: from the last opening before each closing.
fn tags(text: &str) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut open: Option<(usize, usize)> = None;
    for found in TAG.captures_iter(text) {
        let (Some(whole), Some(close)) = (found.get(0), found.name("close")) else { continue };
        if close.is_empty() {
            open = Some((whole.start(), whole.end()));
        } else if let Some((start, from)) = open.take() {
            spans.push(Span { start, from, to: whole.start(), end: whole.end() });
        }
    }
    spans
}

/// Balanced boxes, the outermost of nested ones. A brace behind a backslash is a character, not a group.
fn boxes(text: &str) -> Vec<Span> {
    let bytes = text.as_bytes();
    let mut spans: Vec<Span> = Vec::new();
    let mut groups: Vec<Option<(usize, usize)>> = Vec::new();
    let mut idx = 0;
    while let Some(byte) = bytes.get(idx) {
        let mut next = idx + 1;
        match byte {
            b'\\' => match text.get(idx..).and_then(|rest| BOX.find(rest)) {
                Some(found) => {
                    next = idx + found.end();
                    groups.push(Some((idx, next)));
                }
                None => next = idx + 2,
            },
            b'{' => groups.push(None),
            b'}' => {
                if let Some(Some((start, from))) = groups.pop() {
                    while spans.last().is_some_and(|inner| inner.start > start) {
                        spans.pop();
                    }
                    spans.push(Span { start, from, to: idx, end: next });
                }
            }
            _ => {}
        }
        idx = next;
    }
    spans
}

/// `#### x`. With a text after it, four hashes before a word are a heading.
fn hashes(text: &str) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    let mut end = text.len();
    let mut is_last = true;
    for line in text.rsplit('\n') {
        let start = end - line.len();
        match hash_mark(line) {
            Some(from) if is_last || !HEADING.is_match(line.get(from..).unwrap_or("").trim()) => {
                spans.push(Span { start: start + from - HASHES.len(), from: start + from, to: end, end });
            }
            None => is_last &= line.trim().is_empty(),
            Some(_) => {}
        }
        end = start.saturating_sub(1);
    }
    spans
}

/// Returns where the text after the last group of exactly four hashes in a line begins.
fn hash_mark(line: &str) -> Option<usize> {
    let at = line.rfind(HASHES)?;
    let before = line.get(..at)?;
    (before.is_empty() || before.ends_with([' ', '\t'])).then_some(at + HASHES.len())
}

/// `Answer: x`, where x may stand on the next line, or on the next lines if they are items.
fn lines(text: &str) -> Vec<Span> {
    let mut spans = Vec::new();
    for found in LINE.captures_iter(text) {
        let (Some(whole), Some(answer)) = (found.get(0), found.name("answer")) else { continue };
        let (mut from, mut to) = (answer.start(), answer.end());
        if answer.as_str().trim().is_empty() {
            let rest = text.get(to..).unwrap_or("");
            let below = rest.trim_start();
            from = text.len() - below.len();
            let block = display(below).or_else(|| ITEMS.find(below).map(|items| items.as_str()));
            to = from + block.unwrap_or_else(|| below.split('\n').next().unwrap_or("")).len();
        }
        // "**Answer: 5**": the emphasis began before the mark.
        let mark = text.get(whole.start()..answer.start()).unwrap_or("");
        let answer = text.get(from..to).unwrap_or("").trim();
        let end = to;
        if mark.contains(['*', '_']) && !answer.starts_with(['*', '_']) {
            to = from + text.get(from..to).unwrap_or("").trim_end().trim_end_matches(['*', '_']).len();
        }
        spans.push(Span { start: whole.start(), from, to, end });
    }
    spans
}

/// Mathematics on lines of its own, delimiters included.
fn display(text: &str) -> Option<&str> {
    [("\\[", "\\]"), ("$$", "$$")].into_iter().find_map(|(open, close)| {
        let inner = text.strip_prefix(open)?;
        text.get(..open.len() + inner.find(close)? + close.len())
    })
}

/// Where one marked answer lies in another: the inner one if only words lead to it, else the outer one.
fn innermost(text: &str, mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_by_key(|span| (span.start, Reverse(span.end)));
    let mut kept: Vec<Span> = Vec::new();
    for span in spans {
        match kept.last() {
            Some(outer) if span.start < outer.end => {
                let before = text.get(outer.from..span.start).unwrap_or("");
                let after = text.get(span.end..outer.to).unwrap_or("");
                if !span.answer(text).is_empty() && LEAD_IN.is_match(before) && LEAD_OUT.is_match(after) {
                    kept.pop();
                    kept.push(span);
                }
            }
            _ => kept.push(span),
        }
    }
    kept
}

#[cfg(test)]
mod tests;
