//! How a number is written: digits with the separators of several countries, powers of ten, fractions, words, scales.
//!
//! A comma or point that could be read in two ways is read as in English: `1,234` is a thousand and `1.234` is one. What
//! stands behind the number is left to the caller.

use std::sync::LazyLock;

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Signed, ToPrimitive, Zero};
use regex::{Captures, Regex};
use serde_json::{Value, json};

use crate::fraction;
use crate::latex;
use crate::number_words as words;
use crate::pattern::pattern;
use crate::units::ratio_text;

/// Longer digit strings are no answers, and their arithmetic would cost more than linear time.
pub(super) const MAX_DIGITS: usize = 2_000;
/// Powers of ten beyond this are not written out.
const MAX_EXPONENT: i32 = 400;
/// "Two hundred thousand million" is still said, more is not.
const MAX_SCALES: usize = 2;

static EXPONENT: LazyLock<Regex> = LazyLock::new(|| pattern(r"^ ?[eE](?P<pow>[+-]?[0-9]{1,4})"));
static TIMES_TEN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^ ?(?:[*xX]|times) ?(?:10|ten|\(10\)|\{10\}) ?(?:\^|\*\*|to the(?: power(?: of)?)?) ?[{(]? ?(?P<pow>[+-]? ?[0-9]{1,4})(?: ?[})])?(?:(?:st|nd|rd|th)(?: power)?)?",
    )
});
static POWER_OF_TEN: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^(?P<sign>[+-] ?)?10 ?(?:\^|\*\*) ?[{(]? ?(?P<pow>[+-]? ?[0-9]{1,4})(?: ?[})])?"));
static SLASHED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?P<sign>[+-] ?)?(?:(?P<whole>[0-9]{1,300}) (?:and |(?P<plus>\+ ))?)?(?:(?P<num>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,300})|\( ?(?P<num1>[+-]? ?[0-9]{1,300}) ?\)) ?/ ?(?:(?P<den>[0-9]{1,3}(?:,[0-9]{3})+|-? ?[0-9]{1,300})|\( ?(?P<den1>[+-]? ?[0-9]{1,300}) ?\))",
    )
});
/// `\frac{1}{2}`, `\dfrac12`, `3\frac{1}{2}`.
static FRAC: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?P<sign>[+-] ?)?(?P<whole>[0-9]{1,300})? ?(?:and |(?P<plus>\+ ?))?\\[dtc]?frac ?(?:\{ ?(?P<num>[+-]? ?[0-9]{1,300}) ?\}|(?P<num1>[0-9])) ?(?:\{ ?(?P<den>[+-]? ?[0-9]{1,300}) ?\}|(?P<den1>[0-9]))",
    )
});
static OVER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"^(?P<sign>[+-] ?)?\{ ?(?P<num>[+-]? ?[0-9]{1,300}) ?\\over ?(?P<den>[+-]? ?[0-9]{1,300}) ?\}")
});

/// Scales behind a number: the word, its power of ten, and what else it multiplies with.
const SCALES: [(&str, u32, u32); 20] = [
    ("hundred", 2, 1),
    ("thousand", 3, 1),
    ("thousands", 3, 1),
    ("lakh", 5, 1),
    ("lakhs", 5, 1),
    ("million", 6, 1),
    ("millions", 6, 1),
    ("crore", 7, 1),
    ("crores", 7, 1),
    ("billion", 9, 1),
    ("billions", 9, 1),
    ("trillion", 12, 1),
    ("trillions", 12, 1),
    ("quadrillion", 15, 1),
    ("quadrillions", 15, 1),
    ("quintillion", 18, 1),
    ("sextillion", 21, 1),
    ("septillion", 24, 1),
    ("dozen", 0, 12),
    ("dozens", 0, 12),
];

/// Scales cut short, in their own case: "MN" is a meganewton.
const SHORT_SCALES: [(&str, u32); 8] =
    [("mn", 6), ("mln", 6), ("bn", 9), ("Bn", 9), ("BN", 9), ("bln", 9), ("tn", 12), ("trn", 12)];

/// A share of what follows: the words, the digits and their power of ten.
const SHARES_OF: [(&str, u32, i32); 12] = [
    ("half a", 5, -1),
    ("half an", 5, -1),
    ("half of a", 5, -1),
    ("half of an", 5, -1),
    ("one half of a", 5, -1),
    ("a quarter of a", 25, -2),
    ("a quarter of an", 25, -2),
    ("one quarter of a", 25, -2),
    ("three quarters of a", 75, -2),
    ("three quarters of an", 75, -2),
    ("three-quarters of a", 75, -2),
    ("three-quarters of an", 75, -2),
];

/// A share added to a whole number in words.
const SHARES_MORE: [(&str, u32, i32); 4] =
    [(" and a half", 5, 1), (" and one half", 5, 1), (" and a quarter", 25, 2), (" and three quarters", 75, 2)];

/// A number and how it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Number {
    /// All stated digits as a whole number.
    mantissa: BigInt,
    /// Power of ten of the last stated digit.
    exponent: i32,
    /// Denominator of a number written as a fraction, else one.
    den: BigInt,
    /// Whether digits follow a decimal point.
    pointed: bool,
    /// Whether the number is exact in spite of its point, as "half a million" is.
    exact: bool,
    /// Whether it could be taken for several numbers by who knows only English separators.
    foreign: bool,
}

impl Number {
    pub(super) fn new(mantissa: BigInt, exponent: i32) -> Self {
        Self { mantissa, exponent, den: BigInt::one(), pointed: false, exact: false, foreign: false }
    }

    /// Returns a fraction, unless its denominator is zero.
    pub(crate) fn ratio(num: BigInt, den: BigInt) -> Option<Self> {
        (!den.is_zero()).then(|| Self { den, ..Self::new(num, 0) })
    }

    /// Returns a whole number.
    pub(crate) fn whole(value: u32) -> Self {
        Self::new(BigInt::from(value), 0)
    }

    /// Adds a share to a whole number above zero.
    pub(crate) fn plus(&self, share: &BigRational) -> Option<Self> {
        let value = self.value();
        if !value.is_integer() || value.is_negative() {
            return None;
        }
        let sum = value + share;
        Some(Self { den: sum.denom().clone(), ..Self::new(sum.numer().clone(), 0) })
    }

    /// Returns the exact value.
    pub(crate) fn value(&self) -> BigRational {
        let power = BigInt::from(10).pow(self.exponent.unsigned_abs());
        if self.exponent < 0 {
            BigRational::new(self.mantissa.clone(), power * &self.den)
        } else {
            BigRational::new(&self.mantissa * power, self.den.clone())
        }
    }

    /// Returns whether the number was written with a decimal point or a negative power of ten.
    pub(crate) fn is_rounded(&self) -> bool {
        !self.is_ratio() && (self.pointed || self.exponent < 0)
    }

    /// Returns whether the number was written as a fraction.
    pub(crate) fn is_ratio(&self) -> bool {
        !self.den.is_one()
    }

    /// Returns half a unit of the last stated digit, or zero for a number that reads as exact.
    pub(crate) fn half_unit(&self) -> f64 {
        // Parsing "5e-3" gives the closest float; multiplying powers would not.
        if self.is_rounded() && !self.exact { format!("5e{}", self.exponent - 1).parse().unwrap_or(0.0) } else { 0.0 }
    }

    /// Returns half a unit of the last stated digit, exactly; nothing for a fraction, which has no last digit.
    pub(crate) fn last_half(&self) -> Option<BigRational> {
        if self.is_ratio() || self.exact {
            return None;
        }
        Some(Self::new(BigInt::from(5), self.exponent - 1).value())
    }

    /// Multiplies by a power of ten.
    pub(crate) fn scaled(mut self, power: u32) -> Self {
        self.exponent = self.exponent.saturating_add(i32::try_from(power).unwrap_or(i32::MAX));
        self
    }

    /// Writes the number as plain decimal digits, with the stated zeros, or as a ratio where it was one.
    pub(crate) fn to_plain(&self) -> String {
        if self.is_ratio() {
            return ratio_text(&self.value());
        }
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

    /// Returns how many digits are stated.
    pub(super) fn sig_figs(&self) -> u32 {
        u32::try_from(self.mantissa.abs().to_string().len()).unwrap_or(u32::MAX)
    }
}

/// Splits a text into the number it begins with and the rest.
pub(crate) fn split_number(text: &str) -> Option<(Number, &str)> {
    let (number, rest) = split_power_of_ten(text).or_else(|| split_digits(text)).or_else(|| split_words(text))?;
    // A digit right behind means that the digits were grouped wrongly.
    if rest.starts_with(|ch: char| ch.is_ascii_digit()) {
        return None;
    }
    Some(split_scale(number, rest))
}

/// Splits a text into the number or fraction it begins with and the rest.
pub(crate) fn split_amount(text: &str) -> Option<(Number, &str)> {
    let ratio = split_ratio(text).or_else(|| fraction::split_share(text));
    ratio.map(|(number, rest)| split_scale(number, rest)).or_else(|| split_number(text))
}

/// Reads a text that is a number and nothing else, in the spellings of a gold answer: "12,34" may be two numbers.
pub(crate) fn parse_number(text: &str) -> Option<Number> {
    let plain = latex::plain(text);
    let (number, rest) = split_number(plain.trim())?;
    (rest.trim().is_empty() && !number.foreign).then_some(number)
}

/// Reads a power of ten, which may have a blank behind its sign.
pub(super) fn power(text: &str) -> Option<i32> {
    if text.is_empty() {
        return Some(0);
    }
    text.replace(' ', "").parse::<i32>().ok().filter(|power| power.abs() <= MAX_EXPONENT)
}

/// What the Python side shares.
pub(super) fn rules() -> Value {
    json!({
        "max_digits": MAX_DIGITS,
        "max_exponent": MAX_EXPONENT,
        "max_scales": MAX_SCALES,
        "exponent": EXPONENT.as_str(),
        "times_ten": TIMES_TEN.as_str(),
        "power_of_ten": POWER_OF_TEN.as_str(),
        "slashed": SLASHED.as_str(),
        "frac": FRAC.as_str(),
        "over": OVER.as_str(),
        "scales": SCALES,
        "short_scales": SHORT_SCALES,
        "shares_of": SHARES_OF,
        "shares_more": SHARES_MORE,
    })
}

/// Takes a sign off: "-", "- ", "+", "minus ", "negative ".
fn split_sign(text: &str) -> (bool, &str) {
    for (sign, negative) in [("-", true), ("+", false)] {
        if let Some(rest) = text.strip_prefix(sign) {
            return (negative, rest.strip_prefix(' ').unwrap_or(rest));
        }
    }
    let word = ["minus ", "negative "].into_iter().find_map(|word| words::strip_word(text, word));
    word.map_or((false, text), |rest| (true, rest))
}

fn split_digits(text: &str) -> Option<(Number, &str)> {
    let (negative, unsigned) = split_sign(text);
    let figure = Figure::read(unsigned)?;
    let mut rest = unsigned.get(figure.len..)?;
    let mut exponent = 0;
    if let Some(found) = EXPONENT.captures(rest).or_else(|| TIMES_TEN.captures(rest)) {
        exponent = power(found.name("pow")?.as_str())?;
        rest = rest.get(found.get(0)?.end()..)?;
    }
    let mantissa: BigInt = figure.digits.parse().ok()?;
    let mut number = Number::new(if negative { -mantissa } else { mantissa }, exponent);
    number.exponent = exponent.checked_sub(figure.places.to_i32()?)?;
    number.pointed = figure.places > 0;
    number.foreign = figure.foreign;
    Some((number, rest))
}

/// Digits without their separators.
struct Figure {
    digits: String,
    /// How many of the digits stand behind the decimal separator.
    places: usize,
    foreign: bool,
    /// Bytes read.
    len: usize,
}

impl Figure {
    /// Reads groups of digits with one separator between each two. A blank or an apostrophe only goes before three
    /// digits; before others it is no separator.
    fn read(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let run = |start: usize| bytes.iter().skip(start).take_while(|byte| byte.is_ascii_digit()).count();
        let first = run(0);
        let mut groups = vec![text.get(..first)?];
        let mut separators: Vec<u8> = Vec::new();
        let mut uniform = true;
        let mut len = first;
        while let Some(separator) = bytes.get(len).copied().filter(|byte| matches!(byte, b'.' | b',' | b'\'' | b' ')) {
            let digits = run(len + 1);
            let is_strict = matches!(separator, b' ' | b'\'');
            let is_same = separators.last().is_none_or(|other| *other == separator);
            let is_group = digits == 3 && first <= 3 && is_same && uniform;
            if digits == 0 || (is_strict && !is_group) || (first == 0 && (separator != b'.' || len > 0)) {
                break;
            }
            uniform &= is_same;
            groups.push(text.get(len + 1..len + 1 + digits)?);
            separators.push(separator);
            len += 1 + digits;
        }
        let digits = groups.concat();
        if digits.is_empty() || digits.len() > MAX_DIGITS {
            return None;
        }
        let (places, foreign) = places(&groups, &separators)?;
        Some(Self { digits, places, foreign, len })
    }
}

/// Tells how many digits stand behind the decimal separator, or nothing where the groups fit no country's habit; and
/// whether the habit is another than the English one.
fn places(groups: &[&str], separators: &[u8]) -> Option<(usize, bool)> {
    let (last_group, whole) = groups.split_last()?;
    let Some((last, before)) = separators.split_last() else { return Some((0, false)) };
    let fraction = last_group.len();
    match before.first() {
        None if *last == b'.' => Some((fraction, false)),
        None if *last == b',' && (fraction != 3 || *whole == ["0"]) => Some((fraction, true)),
        None => is_thousands(groups).then_some((0, false)),
        Some(first) if separators.iter().all(|other| other == first) => match last {
            b',' if is_indian(groups) => Some((0, true)),
            _ => is_thousands(groups).then_some((0, *last == b'.')),
        },
        Some(first) => {
            let is_decimal = matches!(last, b'.' | b',') && before.iter().all(|other| other == first);
            let indian = *first == b',' && is_indian(whole);
            (is_decimal && (indian || is_thousands(whole))).then_some((fraction, indian || *last == b','))
        }
    }
}

/// 1,234,567.
fn is_thousands(groups: &[&str]) -> bool {
    groups.split_first().is_some_and(|(first, others)| {
        first.len() <= 3 && !first.starts_with('0') && others.iter().all(|group| group.len() == 3)
    })
}

/// 12,34,567: lakhs and crores.
fn is_indian(groups: &[&str]) -> bool {
    match groups {
        [first, between @ .., last] => {
            first.len() <= 2
                && !first.starts_with('0')
                && !between.is_empty()
                && between.iter().all(|group| group.len() == 2)
                && last.len() == 3
        }
        _ => false,
    }
}

fn split_power_of_ten(text: &str) -> Option<(Number, &str)> {
    let found = POWER_OF_TEN.captures(text)?;
    let exponent = power(found.name("pow")?.as_str())?;
    let one = if is_negative(&found) { -1 } else { 1 };
    Some((Number::new(BigInt::from(one), exponent), text.get(found.get(0)?.end()..)?))
}

fn is_negative(found: &Captures<'_>) -> bool {
    found.name("sign").is_some_and(|sign| sign.as_str().starts_with('-'))
}

/// Reads a fraction in digits or LaTeX, alone or behind a whole number.
pub(super) fn split_ratio(text: &str) -> Option<(Number, &str)> {
    let (written, rest) = split_written(text)?;
    // One is the mark of a number that is no fraction, and 4/1 is none that matters.
    Some((Number::ratio(written.0, written.1)?, rest))
}

/// Reads the numerator and the denominator as they are written; the denominator is above zero.
pub(crate) fn split_written(text: &str) -> Option<((BigInt, BigInt), &str)> {
    let found = [&SLASHED, &FRAC, &OVER].into_iter().find_map(|form| form.captures(text))?;
    let integer = |name: &str| {
        let digits = found.name(name).or_else(|| found.name(&format!("{name}1")))?.as_str().replace([' ', ','], "");
        digits.parse::<BigInt>().ok()
    };
    let (mut num, mut den) = (integer("num")?, integer("den")?);
    let whole = found.name("whole").and_then(|digits| digits.as_str().parse::<BigInt>().ok());
    let rest = text.get(found.get(0)?.end()..)?;
    let mut next = rest.chars();
    // "1/2/3" and "3/4.5" are something else.
    let goes_on = match next.next() {
        Some('/' | '0'..='9') => true,
        Some('.' | ',') => next.next().is_some_and(|ch| ch.is_ascii_digit()),
        _ => false,
    };
    // "-2 + 1/3" is no mixed number.
    let is_sum = found.name("plus").is_some() && (is_negative(&found) || whole.is_none());
    if goes_on || is_sum || den.is_zero() || (whole.is_some() && (num.is_negative() || den.is_negative())) {
        return None;
    }
    if den.is_negative() {
        (num, den) = (-num, -den);
    }
    num += whole.unwrap_or(BigInt::ZERO) * &den;
    Some(((if is_negative(&found) { -num } else { num }, den), rest))
}

fn split_words(text: &str) -> Option<(Number, &str)> {
    // "A dozen" and "half a million": what an article and a share make of a scale word alone.
    if let Some(rest) = words::strip_word(text, "a dozen").filter(|rest| !starts_alphanumeric(rest)) {
        return Some((Number::new(BigInt::from(12), 0), rest));
    }
    let share = SHARES_OF.into_iter().find_map(|(words, digits, exponent)| {
        let rest = words::strip_word(text, words).filter(|rest| rest.starts_with([' ', '-']))?;
        Some((digits, exponent, rest))
    });
    if let Some((digits, exponent, rest)) = share {
        let number = Number { pointed: true, exact: true, ..Number::new(BigInt::from(digits), exponent) };
        return Some((number, rest));
    }
    let spoken = words::read(text)?;
    let rest = text.get(spoken.len..)?;
    let number = Number { pointed: spoken.exponent < 0, ..Number::new(spoken.mantissa, spoken.exponent) };
    Some(split_and_a_half(number, rest))
}

/// "Two and a half million": halves and quarters behind a whole number are decimals.
fn split_and_a_half(number: Number, rest: &str) -> (Number, &str) {
    let share = SHARES_MORE
        .into_iter()
        .find_map(|(words, share, places)| Some((share, places, words::strip_word(rest, words)?)))
        .filter(|(.., after)| !starts_alphanumeric(after));
    let (Some((share, places, after)), false) = (share, number.is_rounded() || number.mantissa.is_negative()) else {
        return (number, rest);
    };
    let power = BigInt::from(10).pow(places.unsigned_abs());
    let mantissa = number.mantissa * power + share;
    (Number { mantissa, exponent: number.exponent - places, pointed: true, exact: true, ..number }, after)
}

fn starts_alphanumeric(text: &str) -> bool {
    text.starts_with(char::is_alphanumeric)
}

fn split_scale(mut number: Number, mut rest: &str) -> (Number, &str) {
    for _ in 0..MAX_SCALES {
        let word = rest.strip_prefix([' ', '-']).unwrap_or(rest);
        let letters = word.bytes().take_while(u8::is_ascii_alphabetic).count();
        let (name, after) = (word.get(..letters).unwrap_or(""), word.get(letters..).unwrap_or(""));
        let short = SHORT_SCALES.into_iter().find(|(scale, _)| *scale == name).map(|(_, power)| (power, 1));
        let long = || SCALES.into_iter().find(|(scale, ..)| scale.eq_ignore_ascii_case(name));
        let scale = short.or_else(|| long().map(|(_, power, times)| (power, times)));
        let Some((power, times)) = scale.filter(|_| !starts_alphanumeric(after)) else { break };
        number = Number { mantissa: &number.mantissa * times, ..number }.scaled(power);
        rest = after;
    }
    (number, rest)
}
