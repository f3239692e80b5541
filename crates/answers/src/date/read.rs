//! Reading a date out of its many spellings.

use std::sync::LazyLock;

use jiff::civil;
use regex::{Captures, Regex};
use serde_json::{Value, json};

use super::Granularity;
use super::undecorate::{MONTHS, month_number, undecorate};
use crate::pattern::pattern;

/// "14 March 1879", "14th Mar. 1879", "14-Mar-1879".
static DAY_FIRST: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?(?: |-|/|\. )(?P<month>[a-z]{3,9})\.?[ /-](?:(?P<before>a\.?d\.?|c\.?e\.?|anno domini) ?)?(?P<year>[0-9]{1,5})(?: ?(?P<era>b\.? ?c\.?(?: ?e\.?)?|c\.? ?e\.?|a\.? ?d\.?))?$",
    )
});
/// "March 14 1879", "Mar. 14th 1879".
static MONTH_FIRST: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?P<month>[a-z]{3,9})(?:\.? |-|/)(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?[ /-](?:(?P<before>a\.?d\.?|c\.?e\.?|anno domini) ?)?(?P<year>[0-9]{1,5})(?: ?(?P<era>b\.? ?c\.?(?: ?e\.?)?|c\.? ?e\.?|a\.? ?d\.?))?$",
    )
});
/// "March 1879", "Mar-1879".
static MONTH_YEAR: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?P<month>[a-z]{3,9})\.?[ /-](?:(?P<before>a\.?d\.?|c\.?e\.?|anno domini) ?)?(?P<year>[0-9]{1,5})(?: ?(?P<era>b\.? ?c\.?(?: ?e\.?)?|c\.? ?e\.?|a\.? ?d\.?))?$",
    )
});
/// "1879 March 14", "1879-Mar".
static YEAR_FIRST: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"^(?P<year>[0-9]{4})[ /-](?P<month>[a-z]{3,9})(?:(?:\.? |-|/)(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?)?$")
});
/// "1879", "AD 79", "44 BC", "10,000 BC", "-0043".
static YEAR_ONLY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:year )?(?:(?P<before>a\.?d\.?|c\.?e\.?|anno domini) ?)?(?P<year>-?(?:[0-9]{1,5}|[0-9]{1,2},[0-9]{3}))(?: ?(?P<era>b\.? ?c\.?(?: ?e\.?)?|c\.? ?e\.?|a\.? ?d\.?))?$",
    )
});
static ISO: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"^(?P<year>-?[0-9]{4})[-/.](?P<month>[0-9]{1,2})(?:[-/.](?P<day>[0-9]{1,2})(?:t00:00(?::00)?z?)?)?$")
});
static NUMERIC: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"^(?P<first>[0-9]{1,2}) ?[./-] ?(?P<second>[0-9]{1,2}) ?[./-] ?(?P<year>[0-9]{2}|[0-9]{4})$")
});
/// "11/1918", which is a fraction unless a date is asked for.
static SLASHED_MONTH: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(?P<month>[0-9]{1,2}) ?[/-] ?(?P<year>[0-9]{4})$"));
/// "1905-06", which is a month in ISO 8601 and two years elsewhere.
static SPAN: LazyLock<Regex> = LazyLock::new(|| pattern(r"^[0-9]{2}(?P<from>[0-9]{2})[/-](?P<to>[0-9]{2})$"));
static MONTH_DAY: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^(?P<month>[a-z]{3,9})\.?[ -](?P<day>[0-9]{1,2})(?:st|nd|rd|th)?$"));
static DAY_MONTH: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?[ -](?P<month>[a-z]{3,9})\.?$"));
static SLASHED_PAIR: LazyLock<Regex> = LazyLock::new(|| pattern(r"^[0-9]{1,2}/[0-9]{1,2}$"));

/// Weekdays of earlier years are those of another calendar.
const FIRST_GREGORIAN_YEAR: i16 = 1583;

/// A date as far as it was stated. Years count astronomically: 1 BC is 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stated {
    pub(super) year: i16,
    pub(super) month: Option<u8>,
    pub(super) day: Option<u8>,
    /// Whether the text reads as a number as well: a year alone, a month and a year with a slash.
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

    /// Returns whether the text is a number as well.
    pub(super) fn is_bare(&self) -> bool {
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
    let (plain, weekday) = undecorate(text);
    let reading = read_undecorated(&plain);
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
    match stated(&found, number(&found, "month"), number(&found, "day")) {
        Reading::Date(stated) => Some(stated),
        _ => None,
    }
}

/// Returns whether a text may name the two years at the ends of a span: "1905-06".
pub(super) fn is_span(text: &str) -> bool {
    let (plain, _) = undecorate(text);
    SPAN.captures(&plain).is_some_and(|found| number(&found, "to") > number(&found, "from"))
}

/// Returns whether a text is of the form "9/11".
pub(super) fn is_slashed_pair(text: &str) -> bool {
    SLASHED_PAIR.is_match(text)
}

/// Reads a day of no particular year and no weekday: its month and day.
pub(super) fn read_month_day(text: &str) -> Option<(u8, u8)> {
    let (plain, weekday) = undecorate(text);
    if weekday.is_some() {
        return None;
    }
    let found = MONTH_DAY.captures(&plain).or_else(|| DAY_MONTH.captures(&plain))?;
    let month = month_number(found.name("month")?.as_str())?;
    let day = number(&found, "day").filter(|day| (1..=31).contains(day))?;
    Some((month, day))
}

/// Returns the spellings of a day without a year, the given one first.
pub(super) fn month_day_spellings(text: &str) -> Option<Vec<String>> {
    let (month, day) = read_month_day(text)?;
    let lower = text.to_lowercase();
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

/// What the Python side shares.
pub(super) fn rules() -> Value {
    json!({
        "named": [DAY_FIRST.as_str(), MONTH_FIRST.as_str(), MONTH_YEAR.as_str(), YEAR_FIRST.as_str()],
        "year_only": YEAR_ONLY.as_str(),
        "iso": ISO.as_str(),
        "span": SPAN.as_str(),
        "slashed_month": SLASHED_MONTH.as_str(),
        "numeric": NUMERIC.as_str(),
        "month_day": [MONTH_DAY.as_str(), DAY_MONTH.as_str()],
        "first_gregorian_year": FIRST_GREGORIAN_YEAR,
        "months": MONTHS,
    })
}

fn read_undecorated(text: &str) -> Reading {
    // "1234.56" is a number: behind a point only a whole date is one.
    let is_date = |found: &Captures<'_>| found.name("day").is_some() || !text.contains('.');
    if let Some(found) = ISO.captures(text).filter(is_date) {
        return stated(&found, number(&found, "month"), number(&found, "day"));
    }
    for form in [&DAY_FIRST, &MONTH_FIRST, &MONTH_YEAR, &YEAR_FIRST] {
        if let Some(found) = form.captures(text) {
            let Some(month) = found.name("month").and_then(|name| month_number(name.as_str())) else { continue };
            return stated(&found, Some(month), number(&found, "day"));
        }
    }
    if let Some(found) = YEAR_ONLY.captures(text) {
        let has_digits = found.name("year").is_some_and(|year| {
            let digits = year.as_str().trim_start_matches('-');
            // Of years before 1, ISO 8601 has all four digits; others who write "-490" mean 490 BC.
            let fewest = if digits.len() < year.len() { 4 } else { 3 };
            (fewest..=4).contains(&digits.len()) && !digits.contains(',')
        });
        // "79" alone is a number; "AD 79" is a year.
        return if has_era(&found) || has_digits { stated(&found, None, None) } else { Reading::None };
    }
    if let Some(found) = SLASHED_MONTH.captures(text) {
        return match stated(&found, number(&found, "month"), None) {
            Reading::Date(stated) => Reading::Date(Stated { bare: true, ..stated }),
            other => other,
        };
    }
    NUMERIC.captures(text).map_or(Reading::None, |found| numeric(&found))
}

fn has_era(found: &Captures<'_>) -> bool {
    found.name("era").is_some() || found.name("before").is_some()
}

/// Puts the parts together and makes sure that the date exists.
fn stated(found: &Captures<'_>, month: Option<u8>, day: Option<u8>) -> Reading {
    let written = found.name("year").map_or("", |year| year.as_str());
    let has_era = has_era(found);
    if month.is_some() && !has_era && written.len() <= 2 {
        return Reading::TwoDigitYear;
    }
    let Ok(mut year) = written.replace(',', "").parse::<i16>() else { return Reading::Invalid };
    if has_era && year <= 0 {
        return Reading::Invalid;
    }
    if found.name("era").is_some_and(|era| era.as_str().starts_with('b')) {
        if found.name("before").is_some() {
            return Reading::Invalid;
        }
        year = 1 - year;
    }
    let exists = match (month, day) {
        (None, None) => true,
        (Some(month), day) => civil_date(year, month, day.unwrap_or(1)).is_some(),
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
    match (stated(found, second, first), stated(found, first, second)) {
        (Reading::Date(day_first), Reading::Date(month_first)) if day_first != month_first => {
            Reading::Ambiguous(day_first, month_first)
        }
        (Reading::Date(one), _) | (_, Reading::Date(one)) => Reading::Date(one),
        _ => Reading::Invalid,
    }
}

/// Returns whether a day falls on a weekday, counted from Monday.
fn falls_on(stated: &Stated, weekday: usize) -> bool {
    let (Some(month), Some(day)) = (stated.month, stated.day) else { return false };
    if stated.year < FIRST_GREGORIAN_YEAR {
        return true;
    }
    civil_date(stated.year, month, day)
        .is_some_and(|date| usize::try_from(date.weekday().to_monday_zero_offset()) == Ok(weekday))
}

fn civil_date(year: i16, month: u8, day: u8) -> Option<civil::Date> {
    civil::Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

fn number(found: &Captures<'_>, name: &str) -> Option<u8> {
    found.name(name)?.as_str().parse().ok()
}
