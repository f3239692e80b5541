//! Fractions: compared as ratios, so that 2/6 and 1/3 are equal unless lowest terms are asked for.

use std::sync::LazyLock;

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Zero};
use regex::Regex;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::error::{Error, NotVerifiable};
use crate::infer::Candidate;
use crate::number::{Number, parse_value, split_written, stored};
use crate::number_words::{self, strip_word};
use crate::pattern::pattern;
use crate::spec::AnswerSpec;
use crate::stated;
use crate::verdict::{Cause, Verdict};

/// The gold side of a fraction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FractionSpec {
    /// Numerator, with the sign.
    pub num: String,
    /// Denominator, above zero.
    pub den: String,
    /// Whether a reply has to be in lowest terms.
    pub require_reduced: bool,
}

/// Words between a numerator and a denominator.
const BETWEEN: [&str; 3] = [" over ", " out of ", " in "];

/// `0.1\overline{6}`, `0.(3)`: digits that go on for ever.
static REPEATING: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?P<sign>[+-] ?)?(?P<whole>[0-9]{1,30})\.(?P<fixed>[0-9]{0,30}) ?(?:\\(?:overline|bar|dot) ?\{ ?(?P<line>[0-9]{1,30}) ?\}|\((?P<bracket>[0-9]{1,30})\))$",
    )
});

/// A fraction as written.
pub(crate) struct Written {
    num: BigInt,
    den: BigInt,
    reduced: bool,
}

/// Compares a normalised reply with the spec. A decimal that is exactly the fraction is equal to it.
pub(crate) fn check(spec: &FractionSpec, reply: &str) -> Verdict {
    let Some(gold) = gold(spec) else { return Verdict::unknown(Cause::InvalidSpec) };
    stated::judge(reply, false, |text| {
        if let Some(written) = read(text) {
            if BigRational::new(written.num, written.den) != gold {
                return Verdict::incorrect(Cause::DifferentValue);
            }
            return if spec.require_reduced && !written.reduced {
                Verdict::incorrect(Cause::NotReduced)
            } else {
                Verdict::Correct
            };
        }
        match parse_value(text).map(|number| number.value()).or_else(|| parse_repeating(text)) {
            Some(value) => Verdict::of(value == gold),
            None => Verdict::incorrect(Cause::Unreadable),
        }
    })
}

/// Reads a fraction in digits, LaTeX or words.
pub(crate) fn infer(candidate: &Candidate<'_>) -> Result<Option<AnswerSpec>, NotVerifiable> {
    let Some(written) = parse(candidate.text) else { return Ok(None) };
    Ok(Some(AnswerSpec::Fraction(FractionSpec {
        num: written.num.to_string(),
        den: written.den.to_string(),
        require_reduced: candidate.question.mentions("lowest terms") || candidate.question.mentions("simplest form"),
    })))
}

impl FractionSpec {
    pub(crate) fn validate(&self) -> Result<(), Error> {
        gold(self).map(|_| ()).ok_or(Error::field("fraction", "num"))
    }
}

fn gold(spec: &FractionSpec) -> Option<BigRational> {
    let (num, den) = (stored(&spec.num)?, stored(&spec.den)?);
    (num.is_integer() && den.is_integer() && !den.is_zero()).then(|| num / den)
}

/// Reads a fraction that is the whole text.
pub(crate) fn parse(text: &str) -> Option<Written> {
    read(&stated::tidy(text))
}

/// What the Python side shares.
pub(crate) fn rules() -> Value {
    json!({ "between": BETWEEN, "repeating": REPEATING.as_str() })
}

fn read(text: &str) -> Option<Written> {
    if let Some((written, "")) = split_written(text) {
        return Some(written.into());
    }
    signed_words(text)
}

impl From<(BigInt, BigInt)> for Written {
    fn from((num, den): (BigInt, BigInt)) -> Self {
        // A whole number in front leaves the common divisor as it is.
        let reduced = BigRational::new(num.clone(), den.clone()).denom() == &den;
        Self { num, den, reduced }
    }
}

/// Reads a fraction in words: "half", "two-thirds", "one and three quarters".
pub(crate) fn spoken(text: &str) -> Option<Number> {
    let written = signed_words(text)?;
    Number::ratio(written.num, written.den)
}

/// Reads a fraction in words, behind a sign or not.
fn signed_words(text: &str) -> Option<Written> {
    let unsigned = ["-", "minus ", "negative "].into_iter().find_map(|sign| strip_word(text, sign));
    let written = parse_words(&unsigned.map_or(text, str::trim_start).to_ascii_lowercase())?;
    Some(if unsigned.is_some() { Written { num: -written.num, ..written } } else { written })
}

/// Reads the share in "two-thirds of a cup", and what it is a share of.
pub(crate) fn split_share(text: &str) -> Option<(Number, &str)> {
    let (at, len) = [" of a ", " of an "].into_iter().find_map(|of| text.find(of).map(|at| (at, of.len())))?;
    let written = parse_share(&text.get(..at)?.to_ascii_lowercase())?;
    // The blank stays, as behind any number.
    Some((Number::ratio(written.num, written.den)?, text.get(at + len - 1..)?))
}

fn parse_words(lower: &str) -> Option<Written> {
    if let Some(written) = parse_share(lower) {
        return Some(written);
    }
    let between = BETWEEN.into_iter().find_map(|words| lower.split_once(words));
    if let Some((num, den)) = between {
        let den = whole(den).filter(|den| !den.is_zero())?;
        return Some((whole(num)?, den).into());
    }
    // "Two and a half": "two hundred and five" is no mixed fraction, for "five" is no share.
    let (whole, share) = lower.rsplit_once(" and ")?;
    let whole = number_words::cardinal(whole)?;
    let share = parse_share(share).filter(|_| share != "half")?;
    Some(Written { num: whole * &share.den + share.num, ..share })
}

/// A whole number in words or digits.
fn whole(text: &str) -> Option<BigInt> {
    const MAX_DIGITS: usize = 300;
    let is_digits = !text.is_empty() && text.len() <= MAX_DIGITS && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_digits { text.parse().ok() } else { number_words::cardinal(text) }
}

/// "Half", "a third", "two-thirds", "three twenty-fifths".
fn parse_share(lower: &str) -> Option<Written> {
    let cuts = [lower.rfind(' '), lower.rfind('-')];
    let share = cuts.into_iter().flatten().find_map(|idx| {
        let num = lower.get(..idx)?;
        let one = matches!(num, "a" | "one" | "1");
        let num = if one { BigInt::one() } else { whole(num)? };
        Some((num, part(lower.get(idx + 1..)?, one)?).into())
    });
    // A lone "third" is a place in an order; a lone "half" is a share.
    share.or_else(|| (lower == "half").then(|| (BigInt::one(), BigInt::from(2)).into()))
}

/// Reads a denominator in words; only behind "a" or "one" it has no plural.
fn part(word: &str, singular: bool) -> Option<BigInt> {
    let singular = match word {
        "halves" if !singular => "half",
        _ if singular => word,
        _ => word.strip_suffix('s')?,
    };
    match singular {
        "half" => Some(BigInt::from(2)),
        "quarter" => Some(BigInt::from(4)),
        "first" | "second" => None,
        _ => number_words::ordinal(singular).filter(|den| den > &BigInt::from(2)),
    }
}

fn parse_repeating(text: &str) -> Option<BigRational> {
    let found = REPEATING.captures(text)?;
    let part = |name: &str| found.name(name).map_or("", |digits| digits.as_str());
    let fixed = part("fixed");
    let repeated = format!("{}{}", part("line"), part("bracket"));
    let integer = |digits: &str| if digits.is_empty() { Some(BigInt::ZERO) } else { digits.parse::<BigInt>().ok() };
    let ten_to = |digits: &str| u32::try_from(digits.len()).ok().map(|power| BigInt::from(10).pow(power));
    let (whole, shift, nines) = (integer(part("whole"))?, ten_to(fixed)?, ten_to(&repeated)? - 1);
    let num = (whole * &shift + integer(fixed)?) * &nines + integer(&repeated)?;
    let value = BigRational::new(num, shift * nines);
    Some(if part("sign").starts_with('-') { -value } else { value })
}

#[cfg(test)]
mod tests {
    use super::{FractionSpec, check};
    use crate::normalize::normalize;

    fn third() -> FractionSpec {
        FractionSpec { num: "1".to_owned(), den: "3".to_owned(), require_reduced: false }
    }

    #[test]
    fn equal_ratios_are_accepted() {
        for reply in ["1/3", "2/6", "\\frac{1}{3}", "\\dfrac{2}{6}", "one third", "one-third", "a third", "1 / 3"] {
            assert!(check(&third(), reply).is_correct(), "{reply}");
        }
        for reply in [
            "\\frac13",
            "x = \\frac{1}{3}",
            "1 over 3",
            "one over three",
            "1 out of 3",
            "1 in 3",
            "0.\\overline{3}",
            "0.(3)",
            "{1 \\over 3}",
            "\\tfrac 13",
            "\\frac{-1}{-3}",
            "1 ÷ 3",
            "four twelfths",
            "seven twenty-firsts",
            "2/6 = 1/3",
            "one third (1/3)",
            "⅓",
        ] {
            assert!(check(&third(), &normalize(reply)).is_correct(), "{reply}");
        }
        let half = FractionSpec { num: "3".to_owned(), den: "2".to_owned(), require_reduced: true };
        for reply in ["3/2", "1 1/2", "1.5", "1\\frac{1}{2}", "three halves", "one and a half"] {
            assert!(check(&half, reply).is_correct(), "{reply}");
        }
        assert!(!check(&half, "6/4").is_correct());
    }

    #[test]
    fn other_ratios_are_refused() {
        for reply in [
            "2/3",
            "-1/3",
            "0.333",
            "0.33",
            "3/1",
            "1/0",
            "1/3/1",
            "third",
            "1/3!",
            "33%",
            "1:3",
            "thirds",
            "1/30",
            "1 1/3",
            "1/3 = 2/3",
            "1-1/3",
            "3 over 1",
            "1 out of 30",
            "a thirds",
            "two third",
            "1/3 (0.33)",
            "1/3/4",
        ] {
            assert!(!check(&third(), reply).is_correct(), "{reply}");
        }
    }
}
