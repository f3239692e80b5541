//! Numbers in digits and words, and the two types that are a bare number: `integer` and `decimal`.
//!
//! A number keeps how it was written, since the last stated digit sets the tolerance of a decimal. Units, percent
//! signs and fractions belong to other modules; here they are "the rest" that follows a number.

use std::sync::LazyLock;

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{Signed, ToPrimitive, Zero};
use regex::Regex;
use serde::{Deserialize, Serialize};

use crate::error::{Error, NotVerifiable};
use crate::infer::Candidate;
use crate::latex;
use crate::number_words::{self, SCALES};
use crate::pattern::pattern;
use crate::spec::AnswerSpec;
use crate::verdict::{Cause, Verdict};

/// The gold side of a whole number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IntegerSpec {
    /// Decimal digits with an optional minus, of any length.
    pub value: String,
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
}

/// Share of the value by which a decimal may be off.
pub(crate) const REL_TOL: f64 = 1e-3;

/// Longer digit strings are no answers, and their arithmetic would cost more than linear time.
const MAX_DIGITS: usize = 2_000;
/// Powers of ten beyond this are not written out.
const MAX_EXPONENT: i32 = 400;

static DIGITS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?P<sign>[+-] ?|(?i:minus|negative) )?(?:(?P<int>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,3}(?: [0-9]{3})+|[0-9]+)(?P<frac>\.[0-9]+)?|(?P<bare>\.[0-9]+))(?:[eE](?P<exp>[+-]?[0-9]{1,4}))?(?: ?[*x] ?10 ?\^ ?[{(]?(?P<pow>[+-]?[0-9]{1,4})[})]?)?",
    )
});
static ARTICLE: LazyLock<Regex> = LazyLock::new(|| pattern(r"^[aA](?i:( dozen))\b"));
static HALF_A: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(?i:half a)\b"));
static POWER_OF_TEN: LazyLock<Regex> = LazyLock::new(|| pattern(r"^10 ?\^ ?[{(]?(?P<pow>[+-]?[0-9]{1,4})[})]?"));
static SCALE_WORD: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"^[ -]?(?i:(hundred|thousand|million|billion|trillion|quadrillion|dozen|lakh|crore|mn|bn|tn))\b")
});

/// A number and how it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Number {
    /// All stated digits as a whole number.
    mantissa: BigInt,
    /// Power of ten of the last stated digit.
    exponent: i32,
    /// Whether digits follow a decimal point, so that the number reads as rounded.
    pointed: bool,
}

impl Number {
    /// Returns the exact value.
    pub(crate) fn value(&self) -> BigRational {
        let power = BigInt::from(10).pow(self.exponent.unsigned_abs());
        if self.exponent < 0 {
            BigRational::new(self.mantissa.clone(), power)
        } else {
            BigRational::from_integer(&self.mantissa * power)
        }
    }

    /// Returns whether the number was written with a decimal point or a negative power of ten.
    pub(crate) fn is_rounded(&self) -> bool {
        self.pointed || self.exponent < 0
    }

    /// Returns half a unit of the last stated digit, or zero for a number that reads as exact.
    pub(crate) fn half_unit(&self) -> f64 {
        // Parsing "5e-3" gives the closest float; multiplying powers would not.
        if self.is_rounded() { format!("5e{}", self.exponent - 1).parse().unwrap_or(0.0) } else { 0.0 }
    }

    /// Multiplies by a power of ten.
    pub(crate) fn scaled(mut self, power: u32) -> Self {
        self.exponent = self.exponent.saturating_add(i32::try_from(power).unwrap_or(i32::MAX));
        self
    }

    /// Writes the number as plain decimal digits, with the stated zeros.
    pub(crate) fn to_plain(&self) -> String {
        let digits = self.mantissa.abs().to_string();
        let places = usize::try_from(self.exponent.unsigned_abs()).unwrap_or(0);
        let body = if self.exponent >= 0 {
            if self.mantissa.is_zero() { digits } else { format!("{digits}{}", "0".repeat(places)) }
        } else {
            let padded = format!("{digits:0>width$}", width = places + 1);
            let (whole, fraction) = padded.split_at(padded.len() - places);
            format!("{whole}.{fraction}")
        };
        if self.mantissa.is_negative() { format!("-{body}") } else { body }
    }

    fn sig_figs(&self) -> u32 {
        u32::try_from(self.mantissa.abs().to_string().len()).unwrap_or(u32::MAX)
    }
}

/// Splits a text into the number it begins with and the rest.
pub(crate) fn split_number(text: &str) -> Option<(Number, &str)> {
    let (number, rest) = split_power_of_ten(text).or_else(|| split_digits(text)).or_else(|| split_words(text))?;
    // A digit right behind means that the digits were grouped wrongly: "1,2345" is no 1,234.
    if rest.starts_with(|ch: char| ch.is_ascii_digit()) {
        return None;
    }
    Some(split_scale(number, rest))
}

/// Reads a text that is a number and nothing else.
pub(crate) fn parse_number(text: &str) -> Option<Number> {
    let plain = latex::plain(text);
    let (number, rest) = split_number(plain.trim())?;
    rest.trim().is_empty().then_some(number)
}

/// Reads a number stored in a spec: digits with an optional minus, point and power of ten, without the pattern that
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
    {
        return None;
    }
    let mantissa: BigInt = format!("{whole}{fraction}").parse().ok()?;
    let exponent = self::power(power)?.checked_sub(fraction.len().to_i32()?)?;
    let mantissa = if negative { -mantissa } else { mantissa };
    Some(Number { mantissa, exponent, pointed: false }.value())
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
    match parse_number(reply) {
        Some(number) => Verdict::of(number.value() == gold),
        None => Verdict::incorrect(Cause::Unreadable),
    }
}

/// Compares a normalised reply with a decimal.
pub(crate) fn check_decimal(spec: &DecimalSpec, reply: &str) -> Verdict {
    let (Some(gold), Some(rel_tol), Some(abs_tol)) =
        (stored(&spec.value), tolerance(spec.rel_tol), tolerance(spec.abs_tol))
    else {
        return Verdict::unknown(Cause::InvalidSpec);
    };
    match parse_number(reply) {
        Some(number) => Verdict::of(is_close(&number.value(), &gold, &rel_tol, &abs_tol)),
        None => Verdict::incorrect(Cause::Unreadable),
    }
}

/// Returns whether two numbers differ by at most the larger tolerance.
pub(crate) fn is_close(value: &BigRational, gold: &BigRational, rel_tol: &BigRational, abs_tol: &BigRational) -> bool {
    let allowed = (gold.abs() * rel_tol).max(abs_tol.clone());
    (value - gold).abs() <= allowed
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
        let value = Number { mantissa: number.mantissa, exponent: number.exponent, pointed: false }.to_plain();
        return Ok(Some(AnswerSpec::Integer(IntegerSpec { value })));
    }
    Ok(Some(AnswerSpec::Decimal(DecimalSpec {
        value: number.to_plain(),
        rel_tol: REL_TOL,
        abs_tol: number.half_unit(),
        sig_figs: number.sig_figs(),
    })))
}

fn split_digits(text: &str) -> Option<(Number, &str)> {
    let found = DIGITS.captures(text)?;
    let part = |name: &str| found.name(name).map_or("", |group| group.as_str());
    let fraction = format!("{}{}", part("frac"), part("bare")).replace('.', "");
    let digits = format!("{}{fraction}", part("int").replace([',', ' '], ""));
    if digits.len() > MAX_DIGITS {
        return None;
    }
    let power = power(part("exp"))?.checked_add(power(part("pow"))?)?;
    let mantissa: BigInt = digits.parse().ok()?;
    let negative = !matches!(part("sign").trim(), "" | "+");
    let exponent = power.checked_sub(fraction.len().to_i32()?)?;
    let number =
        Number { mantissa: if negative { -mantissa } else { mantissa }, exponent, pointed: !fraction.is_empty() };
    Some((number, text.get(found.get(0)?.end()..)?))
}

fn split_power_of_ten(text: &str) -> Option<(Number, &str)> {
    let found = POWER_OF_TEN.captures(text)?;
    let exponent = power(found.name("pow")?.as_str())?;
    Some((Number { mantissa: BigInt::from(1), exponent, pointed: false }, text.get(found.get(0)?.end()..)?))
}

fn split_words(text: &str) -> Option<(Number, &str)> {
    let one = Number { mantissa: BigInt::from(1), exponent: 0, pointed: false };
    // "A dozen" and "half a million": what an article and a share make of a scale word alone.
    if let Some(dozen) = ARTICLE.captures(text).and_then(|found| found.get(1)) {
        return Some((one, text.get(dozen.start()..)?));
    }
    if let Some(rest) = HALF_A.find(text).and_then(|found| text.get(found.end()..)) {
        return Some((Number { mantissa: BigInt::from(5), exponent: -1, pointed: true }, rest));
    }
    let spoken = number_words::read(text)?;
    let rest = text.get(spoken.len..)?;
    let number = Number { mantissa: spoken.mantissa, exponent: spoken.exponent, pointed: spoken.exponent < 0 };
    Some(split_and_a_half(number, rest))
}

/// "Two and a half million": halves and quarters behind a whole number are decimals.
fn split_and_a_half(number: Number, rest: &str) -> (Number, &str) {
    const SHARES: [(&str, u32, i32); 4] =
        [(" and a half", 5, 1), (" and one half", 5, 1), (" and a quarter", 25, 2), (" and three quarters", 75, 2)];
    let lower = rest.to_ascii_lowercase();
    let share = SHARES.iter().find(|(words, ..)| lower.starts_with(words));
    let (Some((words, share, places)), false) = (share, number.is_rounded() || number.mantissa.is_negative()) else {
        return (number, rest);
    };
    let power = BigInt::from(10).pow(places.unsigned_abs());
    let mantissa = number.mantissa * power + *share;
    (Number { mantissa, exponent: number.exponent - places, pointed: true }, rest.get(words.len()..).unwrap_or(""))
}

fn split_scale(number: Number, rest: &str) -> (Number, &str) {
    let Some(found) = SCALE_WORD.captures(rest) else { return (number, rest) };
    let (Some(whole), Some(word)) = (found.get(0), found.get(1)) else { return (number, rest) };
    let word = word.as_str().to_ascii_lowercase();
    let scaled = match word.as_str() {
        "dozen" => Number { mantissa: number.mantissa * 12, ..number },
        "hundred" => number.scaled(2),
        "lakh" => number.scaled(5),
        "mn" => number.scaled(6),
        "crore" => number.scaled(7),
        "bn" => number.scaled(9),
        "tn" => number.scaled(12),
        _ => {
            let power = SCALES.iter().find(|(name, _)| *name == word).map_or(0, |(_, power)| *power);
            number.scaled(power)
        }
    };
    (scaled, rest.get(whole.end()..).unwrap_or(""))
}

fn power(text: &str) -> Option<i32> {
    if text.is_empty() {
        return Some(0);
    }
    text.parse::<i32>().ok().filter(|power| power.abs() <= MAX_EXPONENT)
}

#[cfg(test)]
mod tests;
