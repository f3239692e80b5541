//! Numbers in digits and words, and the two types that are a bare number: `integer` and `decimal`.
//!
//! How numbers are spelled is in `read`. A number keeps how it was written, since the last stated digit sets the tolerance of a decimal. Units, percent
//! signs and fractions belong to other modules; here they are "the rest" that follows a number.

use std::sync::LazyLock;

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Signed, ToPrimitive};
use regex::Regex;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::error::{Error, NotVerifiable};
use crate::fraction;
use crate::infer::Candidate;
use crate::noun;
use crate::number_words as words;
use crate::pattern::pattern;
use crate::quantity;
use crate::spec::AnswerSpec;
use crate::stated;
use crate::verdict::{Cause, Verdict};

mod read;

use read::MAX_DIGITS;
pub(crate) use read::{Number, parse_number, split_amount, split_number, split_written};

/// The gold side of a whole number.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IntegerSpec {
    /// Decimal digits with an optional minus, of any length.
    pub value: String,
    /// Whether the number is a place in an order, so that "3rd" counts.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ordinal: bool,
    /// What the question counts, so that "5 apples" counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counted: Option<String>,
}

/// The gold side of a number with a tolerance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecimalSpec {
    /// The number as plain decimal digits.
    pub value: String,
    /// Tolerance as a share of the value.
    pub rel_tol: f64,
    /// Tolerance as a number: half a unit of the last stated digit. The larger tolerance holds.
    pub abs_tol: f64,
    /// Significant digits stated.
    pub sig_figs: u32,
    /// The unit that the question asks for, so that "5.2 km" counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counted: Option<String>,
}

/// Share of the value by which a decimal may be off.
pub(crate) const REL_TOL: f64 = 1e-3;

/// `2^{10}`, `10**3`, `2^{-3}`.
static POWER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?P<sign>[+-] ?)?(?P<base>[0-9]{1,6}) ?(?:\^|\*\*|to the(?: power(?: of)?)?) ?[{(]? ?(?P<pow>-? ?[0-9]{1,4}) ?[})]?$",
    )
});
static FACTORIAL: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(?P<base>[0-9]{1,3}) ?!$"));
/// Larger factorials have more digits than any answer.
const MAX_FACTORIAL: u32 = 300;
/// Scales of one letter, right behind the digits.
const LETTERS: [(&str, u32); 5] = [("k", 3), ("K", 3), ("M", 6), ("B", 9), ("T", 12)];
/// "3rd": digits with the ending that belongs to them.
static RANK: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"^(?P<digits>[0-9]{0,17}(?P<last>[0-9])) ?(?:\^ ?)?(?:\{ ?)?(?P<ending>st|nd|rd|th|ST|ND|RD|TH)(?: ?\})?$")
});

/// Words behind a place in an order.
const RANK_TAILS: [&str; 3] = [" place", " position", " rank"];

/// Reads a number stored in a spec: digits with an optional minus, point and power of ten, without the patterns that
/// the many spellings of a reply need.
pub(crate) fn stored(value: &str) -> Option<BigRational> {
    let (digits, power) = value.split_once('e').unwrap_or((value, "0"));
    let (negative, digits) = digits.strip_prefix('-').map_or((false, digits), |rest| (true, rest));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty()
        || digits.ends_with('.')
        || !is_digits(whole)
        || !is_digits(fraction)
        || digits.len() > MAX_DIGITS
        || power.is_empty()
    {
        return None;
    }
    let mantissa: BigInt = format!("{whole}{fraction}").parse().ok()?;
    let exponent = read::power(power)?.checked_sub(fraction.len().to_i32()?)?;
    Some(Number::new(if negative { -mantissa } else { mantissa }, exponent).value())
}

/// Reads a tolerance as the decimal number that it is written as, not as the float next to it.
pub(crate) fn tolerance(value: f64) -> Option<BigRational> {
    if !value.is_finite() || value < 0.0 {
        return None;
    }
    stored(&format!("{value:e}"))
}

/// Compares a normalised reply with an integer.
pub(crate) fn check_integer(spec: &IntegerSpec, reply: &str) -> Verdict {
    let Some(gold) = stored(&spec.value) else { return Verdict::unknown(Cause::InvalidSpec) };
    stated::judge(reply, false, |text| {
        if let Some(number) = parse_value(text) {
            return Verdict::of(number.value() == gold);
        }
        if let Some(rank) = parse_rank(text).filter(|_| spec.ordinal) {
            return Verdict::of(BigRational::from_integer(rank) == gold);
        }
        match spec.counted.as_ref().and_then(|counted| parse_counted(text, counted)) {
            Some(number) => Verdict::of(number.value() == gold),
            None => Verdict::incorrect(Cause::Unreadable),
        }
    })
}

/// Compares a normalised reply with a decimal. A fraction says that it is exact, and is held to it.
pub(crate) fn check_decimal(spec: &DecimalSpec, reply: &str) -> Verdict {
    let (Some(gold), Some(rel_tol), Some(abs_tol)) =
        (stored(&spec.value), tolerance(spec.rel_tol), tolerance(spec.abs_tol))
    else {
        return Verdict::unknown(Cause::InvalidSpec);
    };
    let parse = |text: &str| parse_value(text).or_else(|| parse_counted(text, spec.counted.as_ref()?));
    stated::judge(reply, true, |text| match parse(text) {
        Some(number) if number.is_ratio() => Verdict::of(number.value() == gold),
        Some(number) => Verdict::of(is_close(&number.value(), &gold, &rel_tol, &abs_tol)),
        None => Verdict::incorrect(Cause::Unreadable),
    })
}

/// Returns whether two numbers differ by at most the larger tolerance.
pub(crate) fn is_close(value: &BigRational, gold: &BigRational, rel_tol: &BigRational, abs_tol: &BigRational) -> bool {
    let allowed = (gold.abs() * rel_tol).max(abs_tol.clone());
    (value - gold).abs() <= allowed
}

/// Reads a text that is a number in any spelling and nothing else.
pub(crate) fn parse_value(text: &str) -> Option<Number> {
    if let Some((number, rest)) = split_amount(text) {
        if rest.trim().is_empty() {
            return Some(number);
        }
        if let Some((_, power)) = LETTERS.into_iter().find(|(letter, _)| *letter == rest) {
            return Some(number.scaled(power));
        }
    }
    parse_power(text).or_else(|| parse_factorial(text)).or_else(|| fraction::spoken(text))
}

/// Reads a number with the name of what the question counts, or with the unit that it asks for.
fn parse_counted(text: &str, counted: &str) -> Option<Number> {
    let (number, unit) = quantity::split_unit(text)?;
    noun::is_of(&unit, counted).then_some(number)
}

fn parse_power(text: &str) -> Option<Number> {
    let found = POWER.captures(text)?;
    let (base, pow) = (found.name("base")?.as_str(), found.name("pow")?.as_str());
    let (is_share, pow) = pow.strip_prefix('-').map_or((false, pow), |pow| (true, pow.trim_start()));
    let pow: u32 = pow.parse().ok()?;
    let value = (base.len().checked_mul(pow as usize)? <= MAX_DIGITS).then(|| base.parse::<BigInt>().ok())??.pow(pow);
    let negative = found.name("sign").is_some_and(|sign| sign.as_str().starts_with('-'));
    let sign = BigInt::from(if negative { -1 } else { 1 });
    if is_share { Number::ratio(sign, value) } else { Some(Number::new(sign * value, 0)) }
}

fn parse_factorial(text: &str) -> Option<Number> {
    let base: u32 = FACTORIAL.captures(text)?.name("base")?.as_str().parse().ok()?;
    (base <= MAX_FACTORIAL).then(|| Number::new((1..=base).fold(BigInt::one(), |product, next| product * next), 0))
}

/// Reads a place in an order: "3rd", "the third".
fn parse_rank(text: &str) -> Option<BigInt> {
    let text = words::strip_word(text, "the ").unwrap_or(text);
    let text = RANK_TAILS.into_iter().find_map(|tail| text.strip_suffix(tail)).unwrap_or(text);
    let Some(found) = RANK.captures(text) else { return words::ordinal(text) };
    let part = |name: &str| found.name(name).map_or("", |part| part.as_str());
    let digits = part("digits");
    let is_teen = digits.len() > 1 && digits.get(digits.len() - 2..digits.len() - 1) == Some("1");
    let ending = match part("last") {
        "1" if !is_teen => "st",
        "2" if !is_teen => "nd",
        "3" if !is_teen => "rd",
        _ => "th",
    };
    part("ending").eq_ignore_ascii_case(ending).then(|| digits.parse().ok())?
}

/// What the Python side shares.
pub(crate) fn rules() -> Value {
    let mut rules = read::rules();
    if let Value::Object(tables) = &mut rules {
        tables.insert("power".to_owned(), json!(POWER.as_str()));
        tables.insert("factorial".to_owned(), json!(FACTORIAL.as_str()));
        tables.insert("max_factorial".to_owned(), json!(MAX_FACTORIAL));
        tables.insert("letters".to_owned(), json!(LETTERS));
        tables.insert("rank".to_owned(), json!(RANK.as_str()));
        tables.insert("rank_tails".to_owned(), json!(RANK_TAILS));
    }
    rules
}

impl IntegerSpec {
    pub(crate) fn validate(&self) -> Result<(), Error> {
        match stored(&self.value) {
            Some(value) if value.is_integer() => Ok(()),
            _ => Err(Error::field("integer", "value")),
        }
    }
}

impl DecimalSpec {
    pub(crate) fn validate(&self) -> Result<(), Error> {
        stored(&self.value).ok_or(Error::field("decimal", "value"))?;
        tolerance(self.rel_tol).ok_or(Error::field("decimal", "rel_tol"))?;
        tolerance(self.abs_tol).ok_or(Error::field("decimal", "abs_tol"))?;
        Ok(())
    }
}

/// Reads a bare number.
pub(crate) fn infer(candidate: &Candidate<'_>) -> Result<Option<AnswerSpec>, NotVerifiable> {
    let Some(number) = parse_number(candidate.text) else { return Ok(None) };
    if !number.is_rounded() {
        return Ok(Some(AnswerSpec::Integer(IntegerSpec {
            value: number.to_plain(),
            ordinal: candidate.question.asks_rank(),
            counted: candidate.question.counted(),
        })));
    }
    Ok(Some(AnswerSpec::Decimal(DecimalSpec {
        value: number.to_plain(),
        rel_tol: REL_TOL,
        abs_tol: number.half_unit(),
        sig_figs: number.sig_figs(),
        counted: candidate.question.counted(),
    })))
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
