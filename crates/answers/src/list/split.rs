//! Cutting a text into items, in each of the ways in which it can be meant.
//!
//! "Trinidad and Tobago, Cuba and Haiti" are three items or four, and only the answer can tell. A reply is cut in every
//! way that its separators allow; it is right if one of them gives the items asked for.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;
use serde_json::{Value, json};

use super::MAX_ITEMS;
use crate::latex;
use crate::normalize::trim_wrappers;
use crate::pattern::pattern;

/// The last separator of an English enumeration.
static LAST_WORD: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(?:and then|and|And|AND|&|as well as|then) +"));
static AND: LazyLock<Regex> = LazyLock::new(|| pattern(r" (?:and then|and|And|AND|&|as well as) "));
/// The mark of an item on a line of its own.
static BULLET: LazyLock<Regex> = LazyLock::new(|| pattern(r"^[-*+•‣◦·–—][ \t]+"));
/// The number of an item.
static NUMBER: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\(?(?P<number>[0-9]{1,2}|[a-z])[.)][ \t]+"));
/// A line above the items, in lower case.
static HEADING: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"^[*_#]{0,3} ?(?:the )?(?:final |correct )?(?:answers?|items?|list)(?: is| are)?:[*_]{0,3}$")
});

/// More of them are cut all or none.
const MAX_ANDS: usize = 5;

/// Brackets around a whole enumeration.
const BRACKETS: [(&str, &str); 7] = [
    ("\\langle", "\\rangle"),
    ("\\left\\{", "\\right\\}"),
    ("\\{", "\\}"),
    ("{", "}"),
    ("[", "]"),
    ("(", ")"),
    ("⟨", "⟩"),
];

/// The name of a set or of its items: "x = ", "S = ", "x ∈ ", "x_1 = ".
static VARIABLE: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(?P<name>[A-Za-z])(?:_\{?[0-9]\}?)? ?(?:=|∈|\\in) ?"));
static OR: LazyLock<Regex> = LazyLock::new(|| pattern(r" (?:or|OR|\\vee|∨) "));
/// A comma inside a date: "March 14, 1879".
static DATED: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?P<day>[A-Za-z]{3,9}\.? [0-9]{1,2}(?:st|nd|rd|th)?), (?P<year>[0-9]{3,4})"));
/// Two items are announced by this word.
static BOTH: LazyLock<Regex> = LazyLock::new(|| pattern(r"^[Bb]oth "));

/// Separators that count where there are neither commas nor semicolons: the first where there are no digits either.
const SLASHES: [&str; 2] = [" / ", "/"];
const BARS: [&str; 2] = ["|", "•"];

/// Separators of items in order.
const ARROWS: [&str; 4] = ["→", "->", "=>", ">"];

/// What the Python side shares.
pub(super) fn rules() -> Value {
    json!({
        "last_word": LAST_WORD.as_str(),
        "and": AND.as_str(),
        "bullet": BULLET.as_str(),
        "number": NUMBER.as_str(),
        "heading": HEADING.as_str(),
        "variable": VARIABLE.as_str(),
        "or": OR.as_str(),
        "both": BOTH.as_str(),
        "dated": DATED.as_str(),
        "max_ands": MAX_ANDS,
        "brackets": BRACKETS,
        "slashes": SLASHES,
        "bars": BARS,
        "arrows": ARROWS,
    })
}

/// Cuts a text into items at semicolons, else at commas, and at the "and" before the last one; at every "and" if there
/// is nothing else to cut at.
pub(crate) fn split(text: &str) -> Vec<String> {
    let text = strip_brackets(trim_wrappers(text));
    trimmed(at_usual_and(&at_separators(text, true)))
}

/// Cuts a text in every way that its separators allow, the most usual one first.
pub(super) fn readings(text: &str, ordered: bool) -> Vec<Vec<String>> {
    let outer = trim_wrappers(text);
    let outer = BOTH.find(outer).map_or(outer, |word| outer.get(word.end()..).unwrap_or(outer));
    let inner = strip_brackets(outer);
    let is_bracketed = inner.len() < outer.len();
    let parts = at_separators(inner, true);
    let mut found = vec![trimmed(at_usual_and(&parts))];
    found.extend(at_some_ands(&parts));
    let digits_apart = at_separators(inner, false);
    if digits_apart.len() > parts.len() && (is_bracketed || digits_apart.len() > 2) {
        found.push(trimmed(digits_apart));
    }
    if parts.len() == 1 {
        // "1/2" is one number.
        let slashes = if inner.contains(|ch: char| ch.is_ascii_digit()) { &[] } else { &SLASHES[..] };
        let arrows = if ordered { &ARROWS[..] } else { &[] };
        let others = slashes.iter().chain(&BARS).chain(arrows).filter(|separator| inner.contains(**separator));
        found.extend(others.map(|separator| {
            // "• red • green" begins with its separator.
            trimmed(inner.strip_prefix(*separator).unwrap_or(inner).split(separator).collect())
        }));
    }
    found.extend(numbered(inner));
    if let Some(named) = VARIABLE.find(outer) {
        found.push(split(outer.get(named.end()..).unwrap_or(outer)));
        found.extend(without_variables(&parts));
    }
    if text.contains("\\text") {
        found.push(split(&latex::plain(inner)));
    }
    if let Cow::Owned(dates) = DATED.replace_all(inner, "${day} ${year}") {
        found.push(split(&dates));
    }
    let mut readings: Vec<Vec<String>> = Vec::new();
    for reading in found {
        let reading = without_numbers(reading);
        if !readings.contains(&reading) {
            readings.push(reading);
        }
    }
    readings
}

/// Puts items that stand on lines of their own behind each other, which normalisation would run together.
pub(crate) fn lines(text: &str) -> Cow<'_, str> {
    let mut lines: Vec<&str> = text.split('\n').map(str::trim).filter(|line| !line.is_empty()).collect();
    if lines.len() > 2 && lines.first().is_some_and(|line| HEADING.is_match(&line.to_ascii_lowercase())) {
        lines.remove(0);
    }
    if lines.len() < 2 || lines.len() > MAX_ITEMS || text.contains(';') {
        return Cow::Borrowed(text);
    }
    let bulleted: Option<Vec<&str>> = lines.iter().map(|line| line.get(BULLET.find(line)?.end()..)).collect();
    let is_plain = lines.iter().all(|line| !line.contains(',') && !AND.is_match(line) && !LAST_WORD.is_match(line));
    let items = match bulleted.or_else(|| strip_numbers(&lines)) {
        Some(items) => items,
        None if is_plain => lines,
        None => return Cow::Borrowed(text),
    };
    let bare = items.iter().map(|item| without_last_word(item.trim().trim_end_matches([',', '.'])));
    Cow::Owned(bare.collect::<Vec<_>>().join("; "))
}

/// Returns whether a text has an "and" between other words.
pub(super) fn has_and(text: &str) -> bool {
    AND.is_match(text)
}

fn trimmed(parts: Vec<&str>) -> Vec<String> {
    parts.into_iter().map(|part| trim_wrappers(part).to_owned()).collect()
}

fn at_separators(text: &str, grouped: bool) -> Vec<&str> {
    let semicolons = top_level(text, ';', grouped);
    if semicolons.len() > 1 { semicolons } else { top_level(text, ',', grouped) }
}

fn at_usual_and<'t>(parts: &[&'t str]) -> Vec<&'t str> {
    if parts.len() == 1 { at_every_and(parts) } else { at_last_and(parts) }
}

/// Cuts the last part at its first "and", or takes off the "and" that it begins with.
fn at_last_and<'t>(parts: &[&'t str]) -> Vec<&'t str> {
    let Some((last, before)) = parts.split_last() else { return Vec::new() };
    let mut parts = before.to_vec();
    let last = last.trim();
    match (LAST_WORD.find(last), AND.find(last)) {
        (Some(word), _) => parts.push(last.get(word.end()..).unwrap_or(last)),
        (None, Some(word)) => {
            parts.push(last.get(..word.start()).unwrap_or(last));
            parts.push(last.get(word.end()..).unwrap_or(""));
        }
        (None, None) => parts.push(last),
    }
    parts
}

fn at_every_and<'t>(parts: &[&'t str]) -> Vec<&'t str> {
    parts.iter().flat_map(|part| AND.split(without_last_word(part))).collect()
}

/// Cuts at each choice of the "and"s: "The Beatles and Simon and Garfunkel" are two, and only the answer tells which.
fn at_some_ands(parts: &[&str]) -> Vec<Vec<String>> {
    let parts: Vec<&str> = parts.iter().map(|part| without_last_word(part)).collect();
    let num_ands: usize = parts.iter().map(|part| AND.find_iter(part).count()).sum();
    if num_ands > MAX_ANDS {
        return vec![trimmed(parts.clone()), trimmed(at_every_and(&parts))];
    }
    let cut = |choice: usize| {
        let mut pieces = Vec::new();
        let mut seen = 0;
        for part in &parts {
            let mut start = 0;
            for word in AND.find_iter(part) {
                if choice >> seen & 1 == 1 {
                    pieces.push(part.get(start..word.start()).unwrap_or(""));
                    start = word.end();
                }
                seen += 1;
            }
            pieces.push(part.get(start..).unwrap_or(""));
        }
        trimmed(pieces)
    };
    (0..1_usize << num_ands).map(cut).collect()
}

fn without_last_word(part: &str) -> &str {
    let part = part.trim();
    LAST_WORD.find(part).map_or(part, |word| part.get(word.end()..).unwrap_or(part))
}

/// Cuts "1) red 2) green" at its numbers.
fn numbered(text: &str) -> Option<Vec<String>> {
    let opening = ["(1) ", "1) ", "1. "].into_iter().find(|opening| text.starts_with(opening))?;
    let mut parts = Vec::new();
    let mut rest = text.get(opening.len()..)?;
    for number in 2..=MAX_ITEMS {
        let mark = format!(" {}", opening.replace('1', &number.to_string()));
        let Some((part, behind)) = rest.split_once(&mark) else { break };
        parts.push(part);
        rest = behind;
    }
    parts.push(rest);
    (parts.len() > 1)
        .then(|| parts.iter().map(|part| trim_wrappers(part.trim().trim_end_matches([',', ';'])).to_owned()).collect())
}

/// "x = 1 or x = 2" are the values 1 and 2, if all are values of the same variable.
fn without_variables(parts: &[&str]) -> Option<Vec<String>> {
    let mut values = Vec::new();
    let mut names: Vec<&str> = Vec::new();
    for piece in at_every_and(parts).into_iter().flat_map(|part| OR.split(part)) {
        let piece = trim_wrappers(piece);
        let found = VARIABLE.captures(piece)?;
        names.push(found.name("name")?.as_str());
        values.push(piece.get(found.get(0)?.end()..)?);
    }
    names.dedup();
    (names.len() == 1).then(|| trimmed(values))
}

fn without_numbers(items: Vec<String>) -> Vec<String> {
    let texts: Vec<&str> = items.iter().map(String::as_str).collect();
    match strip_numbers(&texts) {
        Some(bare) => bare.into_iter().map(|item| trim_wrappers(item).to_owned()).collect(),
        None => items,
    }
}

/// Takes the numbers off items that are numbered from one, or lettered from "a", without a gap.
fn strip_numbers<'t>(items: &[&'t str]) -> Option<Vec<&'t str>> {
    if items.len() < 2 {
        return None;
    }
    let mut bare = Vec::with_capacity(items.len());
    for (idx, item) in items.iter().enumerate() {
        let found = NUMBER.captures(item)?;
        let number = found.name("number")?.as_str();
        let letter = u8::try_from(idx).ok().and_then(|idx| b'a'.checked_add(idx)).map(char::from);
        let is_next = number == (idx + 1).to_string() || letter.is_some_and(|letter| number == letter.to_string());
        if !is_next {
            return None;
        }
        bare.push(item.get(found.get(0)?.end()..)?);
    }
    Some(bare)
}

/// Takes off the brackets around a whole text.
fn strip_brackets(text: &str) -> &str {
    for (open, close) in BRACKETS {
        if let Some(inner) = text.strip_prefix(open).and_then(|rest| rest.strip_suffix(close))
            && (open.ends_with(char::is_alphabetic) || is_balanced(inner, open.chars().last(), close.chars().last()))
        {
            return inner.trim();
        }
    }
    text
}

/// Returns whether brackets inside a text close as often as they open: those around it belong together.
fn is_balanced(inner: &str, open: Option<char>, close: Option<char>) -> bool {
    let mut depth = 0_usize;
    for ch in inner.chars() {
        if Some(ch) == open {
            depth += 1;
        } else if Some(ch) == close {
            match depth.checked_sub(1) {
                Some(outer) => depth = outer,
                None => return false,
            }
        }
    }
    depth == 0
}

/// Cuts at a separator outside brackets; where digits are grouped, a comma before three of them belongs to a number.
fn top_level(text: &str, separator: char, grouped: bool) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut depth = 0_usize;
    let mut start = 0;
    for (idx, ch) in text.char_indices() {
        match ch {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            _ if ch == separator && depth == 0 && !(grouped && groups_digits(text, idx)) => {
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
