//! Reading a date out of its many spellings.

use std::sync::LazyLock;

use jiff::civil;
use regex::{Captures, Regex};

use super::Granularity;
use crate::pattern::pattern;

/// Month names as written in English, with their usual abbreviations.
const MONTHS: [(&str, &str); 12] = [
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

const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// A year with its era: "1879", "AD 79", "44 BC", "-0043".
const YEAR: &str =
    r"(?:(?P<before>ad|ce) ?)?(?P<year>-?[0-9]{1,4})(?: ?(?P<era>bce|bc|ce|ad|b\.c\.e?\.?|a\.d\.?|c\.e\.?))?";

static DAY_FIRST: LazyLock<Regex> = LazyLock::new(|| {
    pattern_of(&format!(
        r"^(?:the )?(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?(?: of)?[ -](?P<month>[a-z]{{3,9}})\.?,?[ -](?:in )?{YEAR}$"
    ))
});
static MONTH_FIRST: LazyLock<Regex> = LazyLock::new(|| {
    pattern_of(&format!(
        r"^(?P<month>[a-z]{{3,9}})\.? (?:the )?(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?(?:,|,? of)? {YEAR}$"
    ))
});
static MONTH_YEAR: LazyLock<Regex> =
    LazyLock::new(|| pattern_of(&format!(r"^(?P<month>[a-z]{{3,9}})\.?,?(?: of)? {YEAR}$")));
static YEAR_ONLY: LazyLock<Regex> = LazyLock::new(|| pattern_of(&format!(r"^(?:(?:the )?year )?{YEAR}$")));
static ISO: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^(?P<year>-?[0-9]{4})[-/](?P<month>[0-9]{1,2})(?:[-/](?P<day>[0-9]{1,2}))?$"));
static NUMERIC: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^(?P<first>[0-9]{1,2})[./-](?P<second>[0-9]{1,2})[./-](?P<year>[0-9]{2}|[0-9]{4})$"));
static MONTH_DAY: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^(?P<month>[a-z]{3,9})\.? (?P<day>[0-9]{1,2})(?:st|nd|rd|th)?$"));
static DAY_MONTH: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^(?:the )?(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?(?: of)? (?P<month>[a-z]{3,9})$"));
static SLASHED_PAIR: LazyLock<Regex> = LazyLock::new(|| pattern(r"^[0-9]{1,2}/[0-9]{1,2}$"));

/// A date as far as it was stated. Years count astronomically: 1 BC is 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stated {
    pub(super) year: i16,
    pub(super) month: Option<u8>,
    pub(super) day: Option<u8>,
    /// Whether only digits were given, which also reads as a number.
    bare: bool,
}

/// What a text is as a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    /// One date.
    Date(Stated),
    /// Day before month, or month before day.
    Ambiguous(Stated, Stated),
    /// The century is missing.
    TwoDigitYear,
    /// Of the form of a date, but not in the calendar.
    Invalid,
    /// No date.
    None,
}

impl Stated {
    pub(super) fn granularity(&self) -> Granularity {
        match (self.month, self.day) {
            (Some(_), Some(_)) => Granularity::Day,
            (Some(_), None) => Granularity::Month,
            _ => Granularity::Year,
        }
    }

    /// Returns whether only a number was given.
    pub(super) fn is_bare_year(&self) -> bool {
        self.bare
    }

    /// Writes the date as ISO 8601.
    pub(super) fn to_iso(self) -> String {
        let sign = if self.year < 0 { "-" } else { "" };
        let mut iso = format!("{sign}{:04}", self.year.unsigned_abs());
        for part in [self.month, self.day].into_iter().flatten() {
            iso.push_str(&format!("-{part:02}"));
        }
        iso
    }
}

/// Reads a text that is a date and nothing else.
pub(super) fn read(text: &str) -> Reading {
    let lower = text.to_lowercase();
    let (weekday, rest) = split_weekday(&lower);
    let reading = read_undecorated(rest);
    match (reading, weekday) {
        (Reading::Date(stated), Some(weekday)) if !falls_on(&stated, weekday) => Reading::Invalid,
        _ => reading,
    }
}

/// Reads a date stored in a spec.
pub(super) fn read_iso(value: &str) -> Option<Stated> {
    let found = if let Some(found) = ISO.captures(value) {
        found
    } else {
        YEAR_ONLY.captures(value).filter(|found| found.name("era").is_none() && found.name("before").is_none())?
    };
    match stated(&found, None, number(&found, "month"), number(&found, "day")) {
        Reading::Date(stated) => Some(stated),
        _ => None,
    }
}

/// Returns whether a text is of the form "9/11".
pub(super) fn is_slashed_pair(text: &str) -> bool {
    SLASHED_PAIR.is_match(text)
}

/// Returns the spellings of a day without a year, the given one first.
pub(super) fn month_day_spellings(text: &str) -> Option<Vec<String>> {
    let lower = text.to_lowercase();
    let found = MONTH_DAY.captures(&lower).or_else(|| DAY_MONTH.captures(&lower))?;
    let month = month_number(found.name("month")?.as_str())?;
    let day = number(&found, "day").filter(|day| (1..=31).contains(day))?;
    let name = MONTHS.get(usize::from(month).checked_sub(1)?)?.0;
    let suffix = match day {
        1 | 21 | 31 => "st",
        2 | 22 => "nd",
        3 | 23 => "rd",
        _ => "th",
    };
    let mut spellings = vec![text.to_owned()];
    for spelling in [
        format!("{day} {name}"),
        format!("{name} {day}"),
        format!("{day}{suffix} {name}"),
        format!("{day}{suffix} of {name}"),
        format!("{name} {day}{suffix}"),
    ] {
        if spelling != lower {
            spellings.push(spelling);
        }
    }
    Some(spellings)
}

fn read_undecorated(text: &str) -> Reading {
    if let Some(found) = ISO.captures(text) {
        return stated(&found, None, number(&found, "month"), number(&found, "day"));
    }
    for form in [&DAY_FIRST, &MONTH_FIRST, &MONTH_YEAR] {
        if let Some(found) = form.captures(text) {
            let Some(month) = found.name("month").and_then(|name| month_number(name.as_str())) else { continue };
            return stated(&found, found.name("era").map(|era| era.as_str()), Some(month), number(&found, "day"));
        }
    }
    if let Some(found) = YEAR_ONLY.captures(text) {
        let era = found.name("era").map(|era| era.as_str());
        let has_era = era.is_some() || found.name("before").is_some();
        let four_digits = found.name("year").is_some_and(|year| year.as_str().trim_start_matches('-').len() == 4);
        // "79" alone is a number; "AD 79" is a year.
        return if has_era || four_digits { stated(&found, era, None, None) } else { Reading::None };
    }
    NUMERIC.captures(text).map_or(Reading::None, |found| numeric(&found))
}

/// Puts the parts together and makes sure that the date exists.
fn stated(found: &Captures<'_>, era: Option<&str>, month: Option<u8>, day: Option<u8>) -> Reading {
    let written = found.name("year").map_or("", |year| year.as_str());
    let has_era = era.is_some() || found.name("before").is_some();
    if month.is_some() && !has_era && written.len() <= 2 {
        return Reading::TwoDigitYear;
    }
    let Ok(mut year) = written.parse::<i16>() else { return Reading::Invalid };
    if has_era && year <= 0 {
        return Reading::Invalid;
    }
    if era.is_some_and(|era| era.starts_with('b')) {
        year = 1 - year;
    }
    let exists = match (month, day) {
        (None, None) => true,
        (Some(month), day) => i8::try_from(month)
            .ok()
            .zip(i8::try_from(day.unwrap_or(1)).ok())
            .is_some_and(|(month, day)| civil::Date::new(year, month, day).is_ok()),
        (None, Some(_)) => false,
    };
    if !exists {
        return Reading::Invalid;
    }
    Reading::Date(Stated { year, month, day, bare: month.is_none() && !has_era })
}

fn numeric(found: &Captures<'_>) -> Reading {
    if found.name("year").is_some_and(|year| year.as_str().len() == 2) {
        return Reading::TwoDigitYear;
    }
    let (first, second) = (number(found, "first"), number(found, "second"));
    match (stated(found, None, second, first), stated(found, None, first, second)) {
        (Reading::Date(day_first), Reading::Date(month_first)) if day_first != month_first => {
            Reading::Ambiguous(day_first, month_first)
        }
        (Reading::Date(one), _) | (_, Reading::Date(one)) => Reading::Date(one),
        _ => Reading::Invalid,
    }
}

fn split_weekday(text: &str) -> (Option<usize>, &str) {
    let found = WEEKDAYS.iter().enumerate().find_map(|(idx, name)| {
        let rest = text.strip_prefix(name).or_else(|| {
            text.strip_prefix(name.get(..3)?)?.strip_prefix('.').or_else(|| text.strip_prefix(name.get(..3)?))
        })?;
        let rest = rest.strip_prefix(',').unwrap_or(rest);
        Some((Some(idx), rest.strip_prefix(' ')?))
    });
    found.unwrap_or((None, text))
}

/// Returns whether a day falls on a weekday, counted from Monday. Days before 1583 are in another calendar.
fn falls_on(stated: &Stated, weekday: usize) -> bool {
    let (Some(month), Some(day)) = (stated.month, stated.day) else { return false };
    if stated.year < 1583 {
        return true;
    }
    let date = i8::try_from(month)
        .ok()
        .zip(i8::try_from(day).ok())
        .and_then(|(month, day)| civil::Date::new(stated.year, month, day).ok());
    date.is_some_and(|date| usize::try_from(date.weekday().to_monday_zero_offset()) == Ok(weekday))
}

fn month_number(name: &str) -> Option<u8> {
    let idx =
        MONTHS.iter().position(|(long, short)| *long == name || *short == name || name == "sept" && *short == "sep")?;
    u8::try_from(idx + 1).ok()
}

fn number(found: &Captures<'_>, name: &str) -> Option<u8> {
    found.name(name)?.as_str().parse().ok()
}

/// Compiles a pattern that has the year pattern inside.
#[expect(clippy::expect_used, reason = "the parts are literals, and the tests compile every one of them")]
fn pattern_of(source: &str) -> Regex {
    Regex::new(source).expect("a literal pattern compiles")
}
