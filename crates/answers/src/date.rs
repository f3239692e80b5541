//! Dates of the Gregorian or Julian calendar: a year, a month of a year, or a day, compared as far as the gold goes.
//!
//! Two-digit years are refused. Numeric dates whose day and month could change places are refused as gold answers, and
//! as replies they are never counted as correct.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::error::{Error, NotVerifiable};
use crate::infer::Candidate;
use crate::normalize::{NORMALISER, without_frame};
use crate::spec::AnswerSpec;
use crate::string::StringSpec;
use crate::verdict::{Cause, Verdict};

mod read;
mod undecorate;

use read::{Reading, Stated, is_span, month_day_spellings, read, read_iso};

/// The gold side of a date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DateSpec {
    /// ISO 8601 as far as the granularity goes: `1879`, `1879-03`, `1879-03-14`. 44 BC is `-0043`.
    pub value: String,
    /// How much of the date counts.
    pub granularity: Granularity,
    /// Calendar in which the date is given.
    pub calendar: Calendar,
}

/// How much of a date counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Granularity {
    /// The year alone.
    Year,
    /// Year and month.
    Month,
    /// Year, month and day.
    Day,
}

/// The calendar of a date. Dates are compared as written; none is converted into another calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Calendar {
    /// The civil calendar of today.
    Gregorian,
    /// The calendar before it.
    Julian,
}

/// Compares a normalised reply with the spec, at the granularity of the spec.
pub(crate) fn check(spec: &DateSpec, reply: &str) -> Verdict {
    let Some(gold) = read_iso(&spec.value) else { return Verdict::unknown(Cause::InvalidSpec) };
    let (text, reading) = match (read(reply), without_frame(reply)) {
        (Reading::None, Some(rest)) => (rest, read(rest)),
        (reading, _) => (reply, reading),
    };
    match reading {
        Reading::Date(stated) if spec.granularity == Granularity::Year && is_span(text) && gold.year == stated.year => {
            Verdict::unknown(Cause::AmbiguousDate)
        }
        Reading::Date(stated) => Verdict::of(agrees(&gold, &stated, spec.granularity)),
        Reading::Ambiguous(first, second) => {
            let fits = |stated: &Stated| agrees(&gold, stated, spec.granularity);
            match (fits(&first), fits(&second)) {
                (true, true) => Verdict::Correct,
                (false, false) => Verdict::incorrect(Cause::DifferentValue),
                _ => Verdict::unknown(Cause::AmbiguousDate),
            }
        }
        _ => Verdict::incorrect(Cause::Unreadable),
    }
}

/// Reads a date; a bare year only where the question asks for one.
pub(crate) fn infer(candidate: &Candidate<'_>) -> Result<Option<AnswerSpec>, NotVerifiable> {
    if let Some(spellings) = month_day_spellings(candidate.text) {
        return Ok(Some(month_day(spellings)));
    }
    let stated = match read(candidate.text) {
        Reading::Date(stated) => stated,
        Reading::Ambiguous(..) => return Err(NotVerifiable::AmbiguousDate),
        Reading::TwoDigitYear => return Err(NotVerifiable::TwoDigitYear),
        Reading::Invalid => return Err(NotVerifiable::InvalidDate),
        Reading::None if candidate.question.asks_date() && read::is_slashed_pair(candidate.text) => {
            return Err(NotVerifiable::AmbiguousDate);
        }
        Reading::None => return Ok(None),
    };
    // A year below 1000 without its era is a number as well.
    if stated.is_bare() && (!candidate.question.asks_date() || stated.year.abs() < 1000) {
        return Ok(None);
    }
    let calendar = if candidate.question.mentions("julian") { Calendar::Julian } else { Calendar::Gregorian };
    Ok(Some(AnswerSpec::Date(DateSpec { value: stated.to_iso(), granularity: stated.granularity(), calendar })))
}

impl DateSpec {
    pub(crate) fn validate(&self) -> Result<(), Error> {
        let gold = read_iso(&self.value).ok_or(Error::field("date", "value"))?;
        if gold.granularity() < self.granularity {
            return Err(Error::field("date", "granularity"));
        }
        Ok(())
    }
}

/// Reads a day of no particular year: its month and day.
pub(crate) fn month_and_day(text: &str) -> Option<(u8, u8)> {
    read::read_month_day(text)
}

/// What the Python side shares.
pub(crate) fn rules() -> Value {
    json!({ "read": read::rules(), "undecorate": undecorate::rules() })
}

/// A day of no particular year is a name: "14 March", "March 14", "14th of March".
fn month_day(mut spellings: Vec<String>) -> AnswerSpec {
    let canonical = if spellings.is_empty() { String::new() } else { spellings.remove(0) };
    AnswerSpec::String(StringSpec {
        canonical,
        aliases: spellings,
        normaliser: NORMALISER.to_owned(),
        case_sensitive: false,
    })
}

/// A reply that says less than the gold is wrong; one that says more has to agree as far as the gold goes.
fn agrees(gold: &Stated, stated: &Stated, granularity: Granularity) -> bool {
    let month = granularity == Granularity::Year || (gold.month.is_some() && gold.month == stated.month);
    let day = granularity != Granularity::Day || (gold.day.is_some() && gold.day == stated.day);
    gold.year == stated.year && month && day
}

#[cfg(test)]
mod tests;
