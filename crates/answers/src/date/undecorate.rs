//! Taking off what stands around a date and says nothing more: weekday, articles, commas, ordinals in words.

use serde_json::{Value, json};

use crate::latex;
use crate::string::ordinal_of;

/// Month names as written in English, with their usual abbreviations.
pub(super) const MONTHS: [(&str, &str); 12] = [
    ("january", "jan"),
    ("february", "feb"),
    ("march", "mar"),
    ("april", "apr"),
    ("may", "may"),
    ("june", "jun"),
    ("july", "jul"),
    ("august", "aug"),
    ("september", "sep"),
    ("october", "oct"),
    ("november", "nov"),
    ("december", "dec"),
];

/// Another abbreviation of a month.
const SEPT: (&str, u8) = ("sept", 9);

/// Weekdays from Monday on, with their abbreviations.
const WEEKDAYS: [&[&str]; 7] = [
    &["monday", "mon"],
    &["tuesday", "tue", "tues"],
    &["wednesday", "wed", "weds"],
    &["thursday", "thu", "thur", "thurs"],
    &["friday", "fri"],
    &["saturday", "sat"],
    &["sunday", "sun"],
];

/// No date is written with more words.
const MAX_WORDS: usize = 10;

/// Words before a date.
const BEFORE: [&str; 2] = ["on", "in"];

/// What a date is, before "of" and the date.
const KINDS: [&str; 3] = ["month", "day", "date"];

/// Returns the date in lower case without its decoration, and the weekday that it named.
pub(super) fn undecorate(text: &str) -> (String, Option<usize>) {
    let lower = latex::plain(text).to_ascii_lowercase().replace(" ,", ",").replace(", ", " ");
    let mut words: Vec<&str> = lower.split(' ').take(MAX_WORDS + 1).collect();
    if words.len() > MAX_WORDS {
        return (lower, None);
    }
    if words.len() > 1 && words.first().is_some_and(|word| BEFORE.contains(word)) {
        words.remove(0);
    }
    let mut weekday = None;
    if words.len() > 1 {
        if let Some(named) = words.first().and_then(|word| weekday_number(word)) {
            weekday = Some(named);
            words.remove(0);
        } else if let Some(named) = words.last().and_then(|word| weekday_number(word)) {
            weekday = Some(named);
            words.pop();
        }
    }
    (join(&words), weekday)
}

/// Returns the number of a month, from 1 for January.
pub(super) fn month_number(name: &str) -> Option<u8> {
    if name == SEPT.0 {
        return Some(SEPT.1);
    }
    let idx = MONTHS.iter().position(|(long, short)| *long == name || *short == name)?;
    u8::try_from(idx + 1).ok()
}

/// What the Python side shares.
pub(super) fn rules() -> Value {
    json!({ "weekdays": WEEKDAYS, "max_words": MAX_WORDS, "before": BEFORE, "kinds": KINDS, "sept": SEPT })
}

/// Leaves out "the" before the day or the year, "of" between two words, and writes ordinals in digits.
fn join(words: &[&str]) -> String {
    let mut kept: Vec<String> = Vec::with_capacity(words.len());
    let mut idx = 0;
    while let Some(word) = words.get(idx) {
        let next = words.get(idx + 1).copied();
        let (first, second) = word.split_once('-').map_or((*word, next), |(first, second)| (first, Some(second)));
        if let Some((ordinal, num_words)) = ordinal_of(first, second) {
            let is_hyphened = word.contains('-');
            if !is_hyphened || num_words == 2 {
                kept.push(ordinal);
                idx += if is_hyphened { 1 } else { num_words };
                continue;
            }
        }
        if KINDS.contains(word) && next == Some("of") {
            idx += 2;
            continue;
        }
        let is_article = *word == "the" && next.is_some_and(|next| is_day_or_year(next) || KINDS.contains(&next));
        let is_of = *word == "of" && next.is_some_and(|next| next != "of") && !kept.is_empty();
        if !is_article && !is_of {
            kept.push((*word).to_owned());
        }
        idx += 1;
    }
    kept.join(" ")
}

fn is_day_or_year(word: &str) -> bool {
    let first = word.split('-').next().unwrap_or(word);
    word == "year"
        || word.starts_with(|ch: char| ch.is_ascii_digit())
        || ordinal_of(first, None).is_some()
        || first == "twenty"
        || first == "thirty"
}

fn weekday_number(word: &str) -> Option<usize> {
    let name = word.strip_suffix(['.', ',']).unwrap_or(word);
    WEEKDAYS.iter().position(|names| names.contains(&name))
}
