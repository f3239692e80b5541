//! Times of the day, which are names with a grammar of their own: "7 p.m." is "19:00", and "7:00" may be either.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::{Value, json};

use crate::pattern::pattern;

/// "7 pm", "7:30 a.m.", "19:30:05", "12 noon", in lower case.
static TIME: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?P<hour>[0-9]{1,2})(?:(?P<mark>[:.])(?P<minute>[0-5][0-9])(?::(?P<second>[0-5][0-9]))?)?(?: ?(?P<half>[ap]m|[ap]\.m\.?|noon|midnight))?$",
    )
});

/// Times that have names, in seconds from midnight.
const NAMED: [(&str, u32); 3] = [("noon", 43_200), ("midday", 43_200), ("midnight", 0)];

/// A time of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Time {
    /// Seconds from midnight; from noon or midnight where that is open.
    seconds: u32,
    half: Half,
}

/// How a time says which half of the day it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Half {
    /// By a word: "7 pm".
    Said,
    /// By its digits: "19:00", "07:00".
    Shown,
    /// Not at all: "7:00".
    Open,
}

/// Returns whether two times are the same, as far as both say.
pub(super) fn same(first: Time, second: Time) -> bool {
    let is_open = matches!((first.half, second.half), (Half::Said, Half::Open) | (Half::Open, Half::Said));
    first.seconds == second.seconds && !is_open
}

/// Reads a normalised text that is a time and nothing else.
pub(super) fn read(text: &str) -> Option<Time> {
    let lower = text.to_ascii_lowercase();
    if let Some((_, seconds)) = NAMED.iter().find(|(name, _)| *name == lower) {
        return Some(Time { seconds: *seconds, half: Half::Said });
    }
    let found = TIME.captures(&lower)?;
    let number = |name: &str| found.name(name).map_or(Some(0), |digits| digits.as_str().parse::<u32>().ok());
    let (hour, minute, second) = (number("hour")?, number("minute")?, number("second")?);
    let within = minute * 60 + second;
    let Some(half) = found.name("half") else {
        // "7.30" is a number, and so is "7".
        if found.name("mark")?.as_str() != ":" || hour > 24 || (hour == 24 && within > 0) {
            return None;
        }
        let is_shown = hour == 0 || hour > 12 || found.name("hour")?.as_str().starts_with('0');
        let half = if is_shown { Half::Shown } else { Half::Open };
        return Some(Time { seconds: hour % 24 * 3_600 + within, half });
    };
    let half = half.as_str();
    let is_named = half == "noon" || half == "midnight";
    if !(1..=12).contains(&hour) || (is_named && (hour != 12 || within > 0)) {
        return None;
    }
    let afternoon = if half.starts_with('p') || half == "noon" { 43_200 } else { 0 };
    Some(Time { seconds: hour % 12 * 3_600 + within + afternoon, half: Half::Said })
}

/// What the Python side shares.
pub(super) fn rules() -> Value {
    json!({ "time": TIME.as_str(), "named": NAMED })
}
