//! Numbers with units, money among them: a reply is converted into the gold's unit and then compared.
//!
//! In the gold's own unit only the rounding of the stated digits is allowed; the relative tolerance is for replies in
//! other units, whose conversion rounds. A reply without a unit counts only where the question named it.

use std::sync::LazyLock;

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{Signed, ToPrimitive, Zero};
use regex::{Captures, Regex};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::error::{Error, NotVerifiable};
use crate::infer::Candidate;
use crate::noun;
use crate::number::{Number, REL_TOL, split_amount, tolerance};
use crate::number_words::strip_word;
use crate::pattern::pattern;
use crate::question::Question;
use crate::spec::AnswerSpec;
use crate::stated;
use crate::units::{Unit, convertible, decimal_places, ratio, ratio_text, resolve, resolve_gold, spellings, with_id};
use crate::verdict::{Cause, Verdict};

mod compound;

/// The gold side of a number with a unit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuantitySpec {
    /// The number as plain decimal digits or a ratio, in the canonical unit.
    pub value: String,
    /// Canonical name of the unit, or the noun of the things counted.
    pub unit: String,
    /// Units in which a reply may be given, the canonical one first; others of the same dimension are converted, too.
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
        r"^(?P<sign>[+-] ?)?(?P<currency>(?:[A-Z]{0,3}|U\.S\.|Can|Mex) ?[$€£¥₹₽₩₿฿₺₪₦]|(?:USD|CAD|AUD|NZD|HKD|SGD|EUR|GBP|JPY|CNY|RMB|INR|CHF|RUB|KRW|BRL|ZAR|SEK|NOK|DKK|MXN|THB|TRY|ILS|PLN|HUF|NGN|CZK|BTC|Rs\.?) ?) ?(?P<rest>[+-]? ?[0-9.].*)$",
    )
});
/// Abbreviated scales, read only beside money, where "m" is not a metre.
static MONEY_SCALE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^ ?(?P<scale>k|K|m|M|mm|MM|b|B|t|T|mil)(?P<rest>(?:[ /-].*)?)$"));
/// A scale between a number and the name of a currency: "5M USD".
static MONEY_BEHIND: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^(?P<scale>k|K|m|M|mm|MM|b|B|t|T|mil)[ -]?(?P<rest>[^ 0-9].*)$"));
/// What each of them stands for.
const MONEY_SCALES: [(&str, u32); 11] = [
    ("k", 3),
    ("K", 3),
    ("m", 6),
    ("M", 6),
    ("mm", 6),
    ("MM", 6),
    ("mil", 6),
    ("b", 9),
    ("B", 9),
    ("t", 12),
    ("T", 12),
];
/// `\pi`, `2π`, `3π/4`, `\frac{\pi}{2}`: angles are given so.
static PI: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?P<sign>- ?)?(?:(?P<num>[0-9]{1,6}(?:\.[0-9]{1,6})?)? ?\*? ?(?:π|\\pi)(?: ?/ ?(?P<den>[0-9]{1,6}))?|\\[dt]?frac ?\{ ?(?P<num1>[0-9]{1,6})? ?(?:π|\\pi) ?\} ?\{ ?(?P<den1>[0-9]{1,6}) ?\})",
    )
});
/// More digits than any reply has.
const PI_DIGITS: &str = "3.1415926535897932384626433832795";
/// Words behind a measure that say of what, not how much.
const TAILS: [&str; 15] = [
    " long",
    " tall",
    " high",
    " wide",
    " deep",
    " thick",
    " away",
    " old",
    " in length",
    " in height",
    " in width",
    " in depth",
    " in diameter",
    " in area",
    " in total",
];
/// Shares said behind the unit: "two hours and a half".
const SHARES: [(&str, &str); 4] =
    [(" and a half", "1/2"), (" and one half", "1/2"), (" and a quarter", "1/4"), (" and three quarters", "3/4")];
/// An exact conversion of few digits leaves no room but for rounding.
const MAX_EXACT_DIGITS: usize = 6;

/// A number and the text of its unit.
struct Measured {
    number: Number,
    unit: String,
    /// Whether a blank stands between them, or the unit before.
    spaced: bool,
    /// Whether an article stands for the number: "an hour".
    article: bool,
}

/// The gold's number with its tolerances.
struct Gold {
    value: BigRational,
    rel_tol: BigRational,
    abs_tol: BigRational,
}

/// Compares a normalised reply with the spec.
pub(crate) fn check(spec: &QuantitySpec, reply: &str) -> Verdict {
    let (Some(value), Some(rel_tol), Some(abs_tol)) =
        (ratio(&spec.value), tolerance(spec.rel_tol), tolerance(spec.abs_tol))
    else {
        return Verdict::unknown(Cause::InvalidSpec);
    };
    let gold = Gold { value, rel_tol, abs_tol };
    stated::judge(reply, !gold.abs_tol.is_zero(), |text| check_stated(spec, &gold, text))
}

fn check_stated(spec: &QuantitySpec, gold: &Gold, text: &str) -> Verdict {
    let sums = compound::read(text, resolve);
    if !sums.is_empty() {
        let own = with_id(&spec.unit);
        let fitting = sums.into_iter().find_map(|(value, unit)| Some((value, conversion(spec, &own, &unit)?)));
        return match fitting {
            Some((value, conversion)) => compare(gold, &value, None, &conversion),
            None => Verdict::incorrect(Cause::WrongUnit),
        };
    }
    let Some(measured) = split(text) else { return Verdict::incorrect(Cause::Unreadable) };
    let (value, half) = (measured.number.value(), measured.number.last_half());
    if measured.unit.is_empty() {
        return if spec.unit_optional {
            Verdict::of((value - &gold.value).abs() <= gold.abs_tol)
        } else {
            Verdict::incorrect(Cause::MissingUnit)
        };
    }
    if measured.unit == spec.unit {
        return Verdict::of((value - &gold.value).abs() <= gold.abs_tol);
    }
    if spec.accepted_units.is_empty() {
        return if noun::is_of(&measured.unit, &spec.unit) {
            Verdict::of((value - &gold.value).abs() <= gold.abs_tol)
        } else {
            Verdict::incorrect(Cause::WrongUnit)
        };
    }
    let own = with_id(&spec.unit);
    let mut meanings = meanings(&measured.unit, resolve).into_iter();
    // A unit that the table does not know is compared as a noun.
    let is_named = |unit: &str| unit == measured.unit || own.is_none() && noun::is_same(unit, &measured.unit);
    let named = spec.accepted_units.iter().find(|accepted| is_named(&accepted.unit));
    match meanings.find_map(|unit| conversion(spec, &own, &unit)).or_else(|| stored_conversion(named?)) {
        Some(conversion) => compare(gold, &value, half, &conversion),
        None => Verdict::incorrect(Cause::WrongUnit),
    }
}

/// Returns factor and summand from a reply's unit to the gold's: those of the spec, else those of the table.
fn conversion(spec: &QuantitySpec, own: &Option<Unit>, unit: &Unit) -> Option<(BigRational, BigRational)> {
    match spec.accepted_units.iter().find(|accepted| accepted.unit == unit.id) {
        Some(accepted) => stored_conversion(accepted),
        None => unit.conversion_to(own.as_ref()?),
    }
}

/// Converts a value into the gold's unit and compares it there.
fn compare(
    gold: &Gold,
    value: &BigRational,
    half: Option<BigRational>,
    (factor, summand): &(BigRational, BigRational),
) -> Verdict {
    let difference = (value * factor + summand - &gold.value).abs();
    if difference <= gold.abs_tol {
        return Verdict::Correct;
    }
    // From metres to kilometres nothing is rounded.
    let is_shift = summand.is_zero() && digits_of(factor) == Some(1) && decimal_factor(factor);
    if is_shift || difference > gold.value.abs() * &gold.rel_tol {
        return Verdict::incorrect(Cause::DifferentValue);
    }
    // An hour has 3600 seconds, and 3601 is not its rounding; but five kilograms have 11.02 pounds.
    let exact = (&gold.value - summand) / factor;
    let is_short = digits_of(&exact).is_some_and(|digits| digits <= MAX_EXACT_DIGITS);
    let is_rounding = half.is_some_and(|half| (value - &exact).abs() <= half);
    Verdict::of(!is_short || is_rounding)
}

/// Returns how many digits a number has without the zeros around them, or nothing if they do not end.
fn digits_of(value: &BigRational) -> Option<usize> {
    let places = decimal_places(value)?;
    let digits = (value * BigRational::from_integer(BigInt::from(10).pow(places))).numer().magnitude().to_string();
    Some(digits.trim_end_matches('0').len())
}

/// Returns whether a number of one digit is a power of ten.
fn decimal_factor(value: &BigRational) -> bool {
    let text = if value.is_integer() { value.numer() } else { value.denom() }.magnitude().to_string();
    text.starts_with('1') && text.trim_end_matches('0') == "1"
}

/// Reads a number with a known unit, or with a noun that the question counts.
pub(crate) fn infer(candidate: &Candidate<'_>) -> Result<Option<AnswerSpec>, NotVerifiable> {
    let plain = stated::tidy(candidate.text);
    let sum = compound::read(&plain, resolve_gold).into_iter().find(|(_, unit)| with_id(&unit.id).is_some());
    if let Some((value, unit)) = sum {
        // Every part is exact but for the digits of the last, which are kept as they stand.
        return Ok(split_amount(&ratio_text(&value))
            .map(|(number, _)| AnswerSpec::Quantity(spec_of(&number, &unit, "", candidate.question))));
    }
    let Some(measured) = split(&plain) else {
        // "$23 billion in aid" says more than a sum of money.
        return if CURRENCY.is_match(&plain) { Err(NotVerifiable::UnknownUnit) } else { Ok(None) };
    };
    // "A bar" may be a place.
    let is_article = measured.article && !candidate.question.asks_amount();
    // "1870s" is a decade, not a time in seconds, and "4K" says kelvin only where heat is asked for.
    let decade = measured.unit == "s" && !measured.spaced && candidate.text.ends_with("0s");
    let thousands = measured.unit == "K" && !measured.spaced && !candidate.question.is_about_heat();
    if measured.unit.is_empty() || is_article || decade || thousands {
        return Ok(None);
    }
    let meanings = meanings(&measured.unit, resolve_gold);
    if let Some(unit) = meant(&meanings, &measured.unit, candidate.question)? {
        let mut spec = spec_of(&measured.number, &unit, &measured.unit, candidate.question);
        if PI.is_match(&plain) {
            // No reply has all the digits: three behind the first have to be right.
            let value = measured.number.value().to_f64().unwrap_or(0.0);
            let power = format!("{value:e}").rsplit('e').next().and_then(|power| power.parse::<i32>().ok());
            spec.abs_tol = power.and_then(|power| format!("1e{}", power - 3).parse().ok()).unwrap_or(0.0);
        }
        return Ok(Some(AnswerSpec::Quantity(spec)));
    }
    // "An electron" counts nothing.
    if split_amount(&plain).is_none() {
        return Ok(None);
    }
    counted(&measured, candidate.question)
}

impl QuantitySpec {
    pub(crate) fn validate(&self) -> Result<(), Error> {
        ratio(&self.value).ok_or(Error::field("quantity", "value"))?;
        tolerance(self.rel_tol).ok_or(Error::field("quantity", "rel_tol"))?;
        tolerance(self.abs_tol).ok_or(Error::field("quantity", "abs_tol"))?;
        if self.unit.trim().is_empty() {
            return Err(Error::field("quantity", "unit"));
        }
        let usable = self.accepted_units.iter().all(|accepted| stored_conversion(accepted).is_some());
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
        unit_optional: names_unit(question, unit, written),
    }
}

/// Returns whether the question already says in which unit it wants the number.
fn names_unit(question: &Question, unit: &Unit, written: &str) -> bool {
    let written = written.trim_start_matches('-').trim().to_lowercase();
    if question.counted().is_some_and(|counted| noun::is_of(&unit.id, &counted) || noun::is_of(&written, &counted)) {
        return true;
    }
    let mut names = spellings(unit).into_iter().chain([written]).filter(|name| !name.is_empty());
    !unit.is_money() && names.any(|name| question.names_unit(&name))
}

/// Picks the meaning of a unit, with the question's help where the word has several.
fn meant(meanings: &[Unit], text: &str, question: &Question) -> Result<Option<Unit>, NotVerifiable> {
    match meanings {
        [] if is_bare_degree(text) => bare_degree(text, question).map(Some).ok_or(NotVerifiable::AmbiguousUnit),
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

/// "35 C" may be degrees or coulomb, unless the question says which.
fn bare_degree(text: &str, question: &Question) -> Option<Unit> {
    let electric = ["charge", "charges", "capacitance", "capacitor"].iter().any(|word| question.mentions(word));
    match (text, question.is_about_heat(), electric) {
        ("C", true, false) => with_id("degC"),
        ("F", true, false) => with_id("degF"),
        (_, false, true) => with_id(text),
        _ => None,
    }
}

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

fn stored_conversion(accepted: &AcceptedUnit) -> Option<(BigRational, BigRational)> {
    let factor = ratio(&accepted.factor).filter(|factor| !factor.is_zero())?;
    let summand = match &accepted.summand {
        Some(summand) => ratio(summand)?,
        None => BigRational::zero(),
    };
    Some((factor, summand))
}

/// Returns the meanings of a unit, without the words behind it that say of what it is the measure.
fn meanings(text: &str, resolve: fn(&str) -> Vec<Unit>) -> Vec<Unit> {
    let found = resolve(text);
    let bare = TAILS.into_iter().find_map(|tail| text.strip_suffix(tail));
    match bare {
        Some(bare) if found.is_empty() => resolve(bare),
        _ => found,
    }
}

/// Splits a text into its number and what it counts.
pub(crate) fn split_unit(text: &str) -> Option<(Number, String)> {
    split(text).map(|measured| (measured.number, measured.unit))
}

/// Splits a text into its number and the spelling of its unit, which may stand before a sum of money.
fn split(text: &str) -> Option<Measured> {
    if let Some(found) = CURRENCY.captures(text) {
        return split_money(&found);
    }
    if let Some(found) = PI.captures(text) {
        return split_pi(&found, text);
    }
    // "An hour and a half".
    let one = ["a ", "an "].into_iter().find_map(|article| strip_word(text, article));
    let (number, rest) = match (split_amount(text), one) {
        (Some(found), _) => found,
        (None, Some(rest)) => (Number::whole(1), rest),
        (None, None) => return None,
    };
    let spaced = one.is_some() || rest.starts_with([' ', '-']);
    let unit = strip_of(rest);
    let share = SHARES.into_iter().find_map(|(words, share)| Some((unit.strip_suffix(words)?, ratio(share)?)));
    if let Some((unit, share)) = share {
        return Some(Measured { number: number.plus(&share)?, unit: unit.to_owned(), spaced, article: one.is_some() });
    }
    if let Some(found) = MONEY_BEHIND.captures(unit) {
        let name = found.name("rest").map_or("", |group| group.as_str());
        if resolve_gold(name).iter().any(Unit::is_money) {
            return Some(Measured {
                number: number.scaled(money_scale(&found)),
                unit: name.to_owned(),
                spaced,
                article: false,
            });
        }
    }
    Some(Measured { number, unit: unit.to_owned(), spaced, article: one.is_some() })
}

fn split_pi(found: &Captures<'_>, text: &str) -> Option<Measured> {
    let part = |name: &str| found.name(name).or_else(|| found.name(&format!("{name}1"))).map_or("1", |it| it.as_str());
    let value = ratio(PI_DIGITS)? * ratio(part("num"))? / ratio(part("den")).filter(|den| !den.is_zero())?;
    let value = if found.name("sign").is_some() { -value } else { value };
    let unit = strip_of(text.get(found.get(0)?.end()..)?).to_owned();
    Some(Measured {
        number: Number::ratio(value.numer().clone(), value.denom().clone())?,
        unit,
        spaced: true,
        article: false,
    })
}

/// "$5M", "-£3.50", "US$5 per hour", "$5 CAD".
fn split_money(found: &Captures<'_>) -> Option<Measured> {
    let part = |name: &str| found.name(name).map_or("", |group| group.as_str());
    let amount = format!("{}{}", part("sign").trim(), part("rest").replacen("- ", "-", 1));
    let (mut number, mut rest) = split_amount(&amount)?;
    if let Some(scaled) = MONEY_SCALE.captures(rest) {
        number = number.scaled(money_scale(&scaled));
        rest = rest.get(scaled.name("rest")?.start()..)?;
    }
    let currency = part("currency").replace(' ', "");
    let rest = rest.trim();
    let unit = if rest.is_empty() {
        currency
    } else if rest.starts_with('/') || ["per ", "a ", "an "].iter().any(|word| rest.starts_with(word)) {
        format!("{currency} {rest}")
    } else {
        // "$5 USD" repeats the currency, and "$5 CAD" names it more exactly.
        let (before, behind) = (resolve(&currency), resolve(rest));
        let repeats = behind.iter().any(|unit| before.iter().any(|other| other.id == unit.id));
        let names = currency == "$" && behind.iter().any(|unit| unit.is_money() && unit.id.ends_with('D'));
        (repeats || names).then(|| rest.to_owned())?
    };
    Some(Measured { number, unit, spaced: true, article: false })
}

fn money_scale(found: &Captures<'_>) -> u32 {
    let scale = found.name("scale").map_or("", |scale| scale.as_str());
    MONEY_SCALES.into_iter().find(|(name, _)| *name == scale).map_or(0, |(_, power)| power)
}

/// "million of years" and "2 million of dollars" are said, too.
fn strip_of(rest: &str) -> &str {
    let rest = rest.trim();
    rest.strip_prefix("of ").map_or(rest, str::trim)
}

/// What the Python side shares.
pub(crate) fn rules() -> Value {
    json!({
        "currency": CURRENCY.as_str(),
        "money_scale": MONEY_SCALE.as_str(),
        "money_behind": MONEY_BEHIND.as_str(),
        "money_scales": MONEY_SCALES,
        "tails": TAILS,
        "shares": SHARES,
        "max_exact_digits": MAX_EXACT_DIGITS,
        "max_parts": compound::MAX_PARTS,
        "max_spoken": compound::MAX_SPOKEN,
        "pi": PI.as_str(),
        "pi_digits": PI_DIGITS,
    })
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
