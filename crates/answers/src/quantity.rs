//! Numbers with units, money among them: a reply is converted into the gold's unit and then compared.
//!
//! In the gold's own unit only the rounding of the stated digits is allowed; the relative tolerance is for replies in
//! other units, whose conversion rounds. A reply without a unit counts only where the question named it.

use std::sync::LazyLock;

use num_rational::BigRational;
use num_traits::{Signed, Zero};
use regex::Regex;
use serde::{Deserialize, Serialize};

use crate::error::{Error, NotVerifiable};
use crate::infer::Candidate;
use crate::latex;
use crate::number::{Number, REL_TOL, split_number, stored, tolerance};
use crate::pattern::pattern;
use crate::question::Question;
use crate::spec::AnswerSpec;
use crate::string::fold;
use crate::units::{Unit, convertible, ratio, ratio_text, resolve, spellings};
use crate::verdict::{Cause, Verdict};

mod compound;

/// The gold side of a number with a unit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuantitySpec {
    /// The number as plain decimal digits, in the canonical unit.
    pub value: String,
    /// Canonical name of the unit, or the noun of the things counted.
    pub unit: String,
    /// Units in which a reply may be given, the canonical one first.
    pub accepted_units: Vec<AcceptedUnit>,
    /// Tolerance as a share of the value, for replies in another unit.
    pub rel_tol: f64,
    /// Tolerance in the canonical unit: half a unit of the last stated digit.
    pub abs_tol: f64,
    /// Whether the bare number counts, since the question names the unit.
    pub unit_optional: bool,
}

/// A unit that a reply may use: value in the canonical unit = reply x factor + summand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AcceptedUnit {
    /// Canonical name.
    pub unit: String,
    /// Factor, as decimal digits or a ratio.
    pub factor: String,
    /// Summand, for temperatures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summand: Option<String>,
}

/// A currency before its number: "$", "US$", "EUR ".
static CURRENCY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?P<sign>[+-] ?)?(?P<currency>[A-Z]{0,3}[$€£¥₹₽₩₿฿₺₪₦]|(?:USD|CAD|AUD|NZD|EUR|GBP|JPY|CNY|RMB|INR|CHF|Rs\.?) ?) ?(?P<rest>[+-]?[0-9.].*)$",
    )
});
/// Abbreviated scales, read only behind an amount of money, where "m" is not a metre.
static MONEY_SCALE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^ ?(?P<scale>k|K|m|M|mm|MM|b|B|t|T)(?P<rest>(?: .*)?)$"));

/// A number and the text of its unit.
struct Measured {
    number: Number,
    unit: String,
    /// Whether a blank stands between them, or the unit before.
    spaced: bool,
}

/// Compares a normalised reply with the spec.
pub(crate) fn check(spec: &QuantitySpec, reply: &str) -> Verdict {
    let (Some(gold), Some(rel_tol), Some(abs_tol)) =
        (stored(&spec.value), tolerance(spec.rel_tol), tolerance(spec.abs_tol))
    else {
        return Verdict::unknown(Cause::InvalidSpec);
    };
    if let Some((value, unit)) = compound::read(&latex::plain(reply)) {
        return match spec.accepted_units.iter().find(|accepted| accepted.unit == unit.id) {
            Some(accepted) => compare(spec, accepted, value, (&gold, &rel_tol, &abs_tol)),
            None => Verdict::incorrect(Cause::WrongUnit),
        };
    }
    let Some(measured) = split(reply) else { return Verdict::incorrect(Cause::Unreadable) };
    let value = measured.number.value();
    if measured.unit.is_empty() {
        return if spec.unit_optional {
            Verdict::of((value - gold).abs() <= abs_tol)
        } else {
            Verdict::incorrect(Cause::MissingUnit)
        };
    }
    if spec.accepted_units.is_empty() {
        return check_counted(spec, &measured, &gold, &abs_tol);
    }
    let Some(accepted) = accepted(spec, &measured.unit) else { return Verdict::incorrect(Cause::WrongUnit) };
    compare(spec, accepted, value, (&gold, &rel_tol, &abs_tol))
}

/// Converts a value into the gold's unit and compares it with the gold and its relative and absolute tolerance.
fn compare(
    spec: &QuantitySpec,
    accepted: &AcceptedUnit,
    value: BigRational,
    (gold, rel_tol, abs_tol): (&BigRational, &BigRational, &BigRational),
) -> Verdict {
    let Some((factor, summand)) = conversion(accepted) else { return Verdict::unknown(Cause::InvalidSpec) };
    let converted = value * factor + summand;
    let allowed =
        if accepted.unit == spec.unit { abs_tol.clone() } else { (gold.abs() * rel_tol).max(abs_tol.clone()) };
    Verdict::of((converted - gold).abs() <= allowed)
}

/// Reads a number with a known unit, or with a noun that the question counts.
pub(crate) fn infer(candidate: &Candidate<'_>) -> Result<Option<AnswerSpec>, NotVerifiable> {
    let plain = latex::plain(candidate.text);
    if let Some((value, unit)) = compound::read(&plain) {
        // Every part is exact but for the digits of the last, which are kept as they stand.
        return Ok(split_number(&ratio_text(&value))
            .map(|(number, _)| AnswerSpec::Quantity(spec_of(&number, &unit, "", candidate.question))));
    }
    let Some(measured) = split(candidate.text) else {
        // "$23 billion in aid" says more than a sum of money.
        return if CURRENCY.is_match(&plain) { Err(NotVerifiable::UnknownUnit) } else { Ok(None) };
    };
    // "1870s" is a decade, not a time in seconds, and "4K" says kelvin only where heat is asked for.
    let decade = measured.unit == "s" && !measured.spaced && candidate.text.ends_with("0s");
    let thousands = measured.unit == "K" && !measured.spaced && !candidate.question.is_about_heat();
    if measured.unit.is_empty() || decade || thousands {
        return Ok(None);
    }
    let meanings = resolve(&measured.unit);
    if let Some(unit) = meant(&meanings, &measured.unit, candidate.question)? {
        return Ok(Some(AnswerSpec::Quantity(spec_of(&measured.number, &unit, &measured.unit, candidate.question))));
    }
    counted(&measured, candidate.question)
}

impl QuantitySpec {
    pub(crate) fn validate(&self) -> Result<(), Error> {
        stored(&self.value).ok_or(Error::field("quantity", "value"))?;
        tolerance(self.rel_tol).ok_or(Error::field("quantity", "rel_tol"))?;
        tolerance(self.abs_tol).ok_or(Error::field("quantity", "abs_tol"))?;
        if fold(&self.unit, true).is_empty() {
            return Err(Error::field("quantity", "unit"));
        }
        let usable = self.accepted_units.iter().all(|accepted| conversion(accepted).is_some());
        let has_own =
            self.accepted_units.is_empty() || self.accepted_units.iter().any(|accepted| accepted.unit == self.unit);
        if usable && has_own { Ok(()) } else { Err(Error::field("quantity", "accepted_units")) }
    }
}

fn spec_of(number: &Number, unit: &Unit, written: &str, question: &Question) -> QuantitySpec {
    let accepted_units = convertible(unit)
        .iter()
        .filter_map(|other| {
            let (factor, summand) = other.conversion_to(unit)?;
            let summand = (!summand.is_zero()).then(|| ratio_text(&summand));
            Some(AcceptedUnit { unit: other.id.clone(), factor: ratio_text(&factor), summand })
        })
        .collect();
    QuantitySpec {
        value: number.to_plain(),
        unit: unit.id.clone(),
        accepted_units,
        rel_tol: REL_TOL,
        abs_tol: number.half_unit(),
        unit_optional: !unit.is_money() && names_unit(question, unit, written),
    }
}

/// Returns whether the question already says in which unit it wants the number.
fn names_unit(question: &Question, unit: &Unit, written: &str) -> bool {
    let written = written.trim_start_matches('-').trim().to_lowercase();
    let mut names = spellings(unit).iter().chain(std::iter::once(&written)).filter(|name| !name.is_empty());
    names.any(|name| question.names_unit(name))
}

/// Picks the meaning of a unit, with the question's help where the word has several.
fn meant(meanings: &[Unit], text: &str, question: &Question) -> Result<Option<Unit>, NotVerifiable> {
    match meanings {
        [] if is_bare_degree(text) => Err(NotVerifiable::AmbiguousUnit),
        [] => Ok(None),
        [unit] if unit.id == "deg" && question.is_about_heat() => Err(NotVerifiable::AmbiguousUnit),
        [unit] => Ok(Some(unit.clone())),
        several => {
            let (money, weight) = (question.is_about_money(), question.is_about_weight());
            if money == weight {
                return Err(NotVerifiable::AmbiguousUnit);
            }
            let mut fitting = several.iter().filter(|unit| unit.is_money() == money);
            match (fitting.next(), fitting.next()) {
                (Some(unit), None) => Ok(Some(unit.clone())),
                _ => Err(NotVerifiable::AmbiguousUnit),
            }
        }
    }
}

/// "35 C" may be degrees or coulomb.
fn is_bare_degree(text: &str) -> bool {
    matches!(text, "C" | "F")
}

/// Makes a spec of counted things, such as "12 apostles", where the question names them.
fn counted(measured: &Measured, question: &Question) -> Result<Option<AnswerSpec>, NotVerifiable> {
    let noun = measured.unit.as_str();
    let is_noun = noun.chars().all(|ch| ch.is_alphabetic() || matches!(ch, ' ' | '-' | '\''));
    // "21st", "2n" and "3D" are no counts: their letters belong to the digits.
    if !is_noun || !measured.spaced || !noun.starts_with(char::is_lowercase) {
        return Ok(None);
    }
    let named = noun.split_whitespace().next_back().is_some_and(|word| question.mentions(&word.to_lowercase()));
    if !named || !question.asks_amount() || noun.split_whitespace().count() > 3 {
        return Err(NotVerifiable::UnknownUnit);
    }
    Ok(Some(AnswerSpec::Quantity(QuantitySpec {
        value: measured.number.to_plain(),
        unit: noun.to_owned(),
        accepted_units: Vec::new(),
        rel_tol: 0.0,
        abs_tol: measured.number.half_unit(),
        unit_optional: true,
    })))
}

fn check_counted(spec: &QuantitySpec, measured: &Measured, gold: &BigRational, abs_tol: &BigRational) -> Verdict {
    let singular = |noun: &str| {
        let folded = fold(noun, false);
        folded.strip_suffix('s').map(str::to_owned).unwrap_or(folded)
    };
    if singular(&measured.unit) != singular(&spec.unit) {
        return Verdict::incorrect(Cause::WrongUnit);
    }
    Verdict::of((measured.number.value() - gold).abs() <= *abs_tol)
}

fn accepted<'s>(spec: &'s QuantitySpec, text: &str) -> Option<&'s AcceptedUnit> {
    resolve(text).iter().find_map(|unit| spec.accepted_units.iter().find(|accepted| accepted.unit == unit.id))
}

fn conversion(accepted: &AcceptedUnit) -> Option<(BigRational, BigRational)> {
    let factor = ratio(&accepted.factor).filter(|factor| !factor.is_zero())?;
    let summand = match &accepted.summand {
        Some(summand) => ratio(summand)?,
        None => BigRational::zero(),
    };
    Some((factor, summand))
}

/// Splits a text into its number and the spelling of its unit, which may stand before a sum of money.
fn split(text: &str) -> Option<Measured> {
    let plain = latex::plain(text);
    if let Some(found) = CURRENCY.captures(&plain) {
        let part = |name: &str| found.name(name).map_or("", |group| group.as_str());
        let amount = format!("{}{}", part("sign").trim(), part("rest"));
        let (number, rest) = split_number(&amount)?;
        let (number, rest) = split_money_scale(number, rest);
        let unit = part("currency").trim();
        return is_repeated_currency(unit, rest.trim()).then(|| Measured {
            number,
            unit: unit.to_owned(),
            spaced: true,
        });
    }
    let (number, rest) = split_number(&plain)?;
    Some(Measured { number, unit: strip_of(rest).to_owned(), spaced: rest.starts_with([' ', '-']) })
}

/// "million of years" and "2 million of dollars" are said, too.
fn strip_of(rest: &str) -> &str {
    let rest = rest.trim();
    rest.strip_prefix("of ").map_or(rest, str::trim)
}

/// Nothing may follow "$5" but the name of the same currency.
fn is_repeated_currency(symbol: &str, rest: &str) -> bool {
    rest.is_empty() || {
        let before = resolve(symbol);
        // "$5 CAD" names the currency more exactly, which is another answer than "$5".
        resolve(rest).iter().any(|unit| before.iter().any(|other| other.id == unit.id))
    }
}

fn split_money_scale(number: Number, rest: &str) -> (Number, &str) {
    let Some(found) = MONEY_SCALE.captures(rest) else { return (number, rest) };
    let power = match found.name("scale").map_or("", |scale| scale.as_str()) {
        "k" | "K" => 3,
        "b" | "B" => 9,
        "t" | "T" => 12,
        _ => 6,
    };
    let after = found.name("rest").map_or(0, |group| group.start());
    (number.scaled(power), rest.get(after..).unwrap_or(""))
}

#[cfg(test)]
mod tests;
