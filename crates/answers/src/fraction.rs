//! Fractions: compared as ratios, so that 2/6 and 1/3 are equal unless lowest terms are asked for.

use std::sync::LazyLock;

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Zero};
use regex::Regex;
use serde::{Deserialize, Serialize};

use crate::error::{Error, NotVerifiable};
use crate::infer::Candidate;
use crate::latex;
use crate::number::{parse_number, stored};
use crate::number_words;
use crate::pattern::pattern;
use crate::spec::AnswerSpec;
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

static SLASHED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"^(?P<sign>[+-] ?)?(?:(?P<whole>[0-9]{1,300}) )?(?P<num>[0-9]{1,300}) ?/ ?(?P<den>[0-9]{1,300})$")
});
static LATEX: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?P<sign>[+-] ?)?(?P<whole>[0-9]{1,300})? ?\\[dt]?frac ?\{ ?(?P<num>[0-9]{1,300}) ?\} ?\{ ?(?P<den>[0-9]{1,300}) ?\}$",
    )
});

/// Denominators as words. Without the plural only "one" or "a" goes before them.
const PARTS: [(&str, u32); 11] = [
    ("half", 2),
    ("third", 3),
    ("quarter", 4),
    ("fourth", 4),
    ("fifth", 5),
    ("sixth", 6),
    ("seventh", 7),
    ("eighth", 8),
    ("ninth", 9),
    ("tenth", 10),
    ("hundredth", 100),
];

/// A fraction as written.
pub(crate) struct Written {
    num: BigInt,
    den: BigInt,
    reduced: bool,
}

/// Compares a normalised reply with the spec. A decimal that is exactly the fraction is equal to it.
pub(crate) fn check(spec: &FractionSpec, reply: &str) -> Verdict {
    let Some(gold) = gold(spec) else { return Verdict::unknown(Cause::InvalidSpec) };
    if let Some(written) = parse(reply) {
        if BigRational::new(written.num, written.den) != gold {
            return Verdict::incorrect(Cause::DifferentValue);
        }
        return if spec.require_reduced && !written.reduced {
            Verdict::incorrect(Cause::NotReduced)
        } else {
            Verdict::Correct
        };
    }
    match parse_number(reply) {
        Some(number) => Verdict::of(number.value() == gold),
        None => Verdict::incorrect(Cause::Unreadable),
    }
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

pub(crate) fn parse(text: &str) -> Option<Written> {
    let plain = latex::plain(text);
    parse_digits(&SLASHED, &plain).or_else(|| parse_digits(&LATEX, &plain)).or_else(|| parse_words(&plain))
}

fn parse_digits(form: &Regex, text: &str) -> Option<Written> {
    let found = form.captures(text)?;
    let integer = |name: &str| found.name(name).and_then(|digits| digits.as_str().parse::<BigInt>().ok());
    let (num, den) = (integer("num")?, integer("den")?);
    if den.is_zero() {
        return None;
    }
    let reduced = BigRational::new(num.clone(), den.clone()).denom() == &den;
    let num = num + integer("whole").unwrap_or(BigInt::ZERO) * &den;
    let negative = found.name("sign").is_some_and(|sign| sign.as_str().starts_with('-'));
    Some(Written { num: if negative { -num } else { num }, den, reduced })
}

fn parse_words(text: &str) -> Option<Written> {
    let lower = text.to_lowercase().replace('-', " ");
    let Some((whole, share)) = lower.split_once(" and ") else { return parse_share(&lower) };
    // "Two and a half": "two hundred and five" is no mixed fraction, for "five" is no share.
    let whole = number_words::read(whole).filter(|spoken| spoken.len == whole.len() && spoken.exponent == 0)?.mantissa;
    let share = parse_share(share).filter(|_| share != "half")?;
    Some(Written { num: whole * &share.den + share.num, ..share })
}

fn parse_share(lower: &str) -> Option<Written> {
    let (count, part) = lower.rsplit_once(' ').unwrap_or(("", lower));
    let (num, singular) = match count {
        // A lone "third" is a place in an order; a lone "half" is a share.
        "" if part == "half" => (BigInt::one(), true),
        "a" | "one" => (BigInt::one(), true),
        "" => return None,
        _ => {
            let spoken =
                number_words::read(count).filter(|spoken| spoken.len == count.len() && spoken.exponent == 0)?;
            (spoken.mantissa, false)
        }
    };
    let (_, den) = PARTS.into_iter().find(|(name, _)| is_part(part, name, singular))?;
    let den = BigInt::from(den);
    let reduced = BigRational::new(num.clone(), den.clone()).denom() == &den;
    Some(Written { num, den, reduced })
}

fn is_part(word: &str, name: &str, singular: bool) -> bool {
    if singular { word == name } else { word.strip_suffix('s') == Some(name) || (name == "half" && word == "halves") }
}

#[cfg(test)]
mod tests {
    use super::{FractionSpec, check};

    fn third() -> FractionSpec {
        FractionSpec { num: "1".to_owned(), den: "3".to_owned(), require_reduced: false }
    }

    #[test]
    fn equal_ratios_are_accepted() {
        for reply in ["1/3", "2/6", "\\frac{1}{3}", "\\dfrac{2}{6}", "one third", "one-third", "a third", "1 / 3"] {
            assert!(check(&third(), reply).is_correct(), "{reply}");
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
            "2/3", "-1/3", "0.333", "0.33", "3/1", "1/0", "1/3/1", "third", "1/3!", "33%", "1:3", "thirds", "1/30",
            "1 1/3",
        ] {
            assert!(!check(&third(), reply).is_correct(), "{reply}");
        }
    }
}
