//! Percentages: exact, with the sign or the word, and never multiplied or divided by a hundred unless the spec says so.

use num_bigint::BigInt;
use num_rational::BigRational;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::error::{Error, NotVerifiable};
use crate::infer::Candidate;
use crate::number::{Number, parse_value, split_amount};
use crate::spec::AnswerSpec;
use crate::stated;
use crate::units::ratio;
use crate::verdict::{Cause, Verdict};

/// The gold side of a percentage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PercentageSpec {
    /// How many hundredths, as plain decimal digits or a ratio.
    pub value: String,
    /// In which forms the percentage may be given.
    pub form: PercentageForm,
}

/// The forms in which a percentage is accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PercentageForm {
    /// Only with the sign or the word: `12 %`, `12 percent`.
    Percent,
    /// Also as the bare number, where the question already asks for a percentage: `12`.
    PercentOrBare,
    /// Also as a share of one: `0.12`.
    PercentOrRatio,
}

/// Spellings of the sign behind a number, in lower case, and how many of them make a hundredth.
const SIGNS: [(&str, u32); 10] = [
    ("%", 1),
    ("percent", 1),
    ("per cent", 1),
    ("percents", 1),
    ("pct", 1),
    ("pct.", 1),
    ("p.c.", 1),
    ("\u{2030}", 10),
    ("per mille", 10),
    ("permille", 10),
];

/// Compares a normalised reply with the spec.
pub(crate) fn check(spec: &PercentageSpec, reply: &str) -> Verdict {
    let Some(gold) = ratio(&spec.value) else { return Verdict::unknown(Cause::InvalidSpec) };
    stated::judge(reply, false, |text| {
        if let Some(number) = parse_value(text).filter(|_| spec.form == PercentageForm::PercentOrRatio) {
            return Verdict::of(number.value() * BigRational::from_integer(BigInt::from(100)) == gold);
        }
        let Some((number, rest)) = split_amount(text) else { return Verdict::incorrect(Cause::Unreadable) };
        if let Some(parts) = percent_sign(rest) {
            return Verdict::of(number.value() / BigRational::from_integer(parts.into()) == gold);
        }
        if !rest.trim().is_empty() {
            return Verdict::incorrect(Cause::WrongUnit);
        }
        match spec.form {
            PercentageForm::PercentOrBare => Verdict::of(number.value() == gold),
            PercentageForm::Percent | PercentageForm::PercentOrRatio => Verdict::incorrect(Cause::MissingUnit),
        }
    })
}

/// Reads a number with a percent sign.
pub(crate) fn infer(candidate: &Candidate<'_>) -> Result<Option<AnswerSpec>, NotVerifiable> {
    let plain = stated::tidy(candidate.text);
    let Some((number, rest)) = split_amount(&plain) else { return Ok(None) };
    if percent_sign(rest) != Some(1) {
        // "40% of adults" says more than a percentage, and no type could compare it.
        let has_sign = rest.trim_start().starts_with('%');
        return if has_sign { Err(NotVerifiable::UnknownUnit) } else { Ok(None) };
    }
    let form =
        if candidate.question.asks_percentage() { PercentageForm::PercentOrBare } else { PercentageForm::Percent };
    Ok(Some(AnswerSpec::Percentage(PercentageSpec { value: Number::to_plain(&number), form })))
}

impl PercentageSpec {
    pub(crate) fn validate(&self) -> Result<(), Error> {
        ratio(&self.value).map(|_| ()).ok_or(Error::field("percentage", "value"))
    }
}

/// What the Python side shares.
pub(crate) fn rules() -> Value {
    json!({ "signs": SIGNS })
}

/// Returns how many of the sign behind a number make a hundredth.
pub(crate) fn percent_sign(rest: &str) -> Option<u32> {
    let rest = rest.trim();
    let word = rest.strip_prefix('-').unwrap_or(rest).trim_start().to_ascii_lowercase();
    SIGNS.into_iter().find(|(sign, _)| *sign == word).map(|(_, parts)| parts)
}

#[cfg(test)]
mod tests {
    use super::{PercentageForm, PercentageSpec, check};

    fn spec(form: PercentageForm) -> PercentageSpec {
        PercentageSpec { value: "12.5".to_owned(), form }
    }

    #[test]
    fn the_sign_and_the_word_are_equal() {
        for reply in
            ["12.5%", "12.5 %", "12.50%", "12.5 percent", "12.5 per cent", "12.5\\%", "twelve point five percent"]
        {
            assert!(check(&spec(PercentageForm::Percent), reply).is_correct(), "{reply}");
        }
    }

    #[test]
    fn the_number_may_be_spelled_in_any_way() {
        for reply in [
            "12,5 %",
            "12 1/2 %",
            "12\\frac{1}{2}\\%",
            "\\frac{25}{2}\\%",
            "x = 12.5\\%",
            "125 per mille",
            "12.5-percent",
            "exactly 12.5%",
            "12.5% (12.50 percent)",
            "1.25e1 %",
            "twelve and a half percent",
        ] {
            assert!(check(&spec(PercentageForm::Percent), reply).is_correct(), "{reply}");
        }
    }

    #[test]
    fn other_values_and_forms_are_refused() {
        for reply in
            ["12%", "12.6%", "12.5", "0.125", "1250%", "-12.5%", "12.5 percentage points", "12.5 km", "12.5% 13%", "%"]
        {
            assert!(!check(&spec(PercentageForm::Percent), reply).is_correct(), "{reply}");
        }
    }

    #[test]
    fn flags_open_one_more_form_each() {
        assert!(check(&spec(PercentageForm::PercentOrBare), "12.5").is_correct());
        assert!(!check(&spec(PercentageForm::PercentOrBare), "0.125").is_correct());
        assert!(check(&spec(PercentageForm::PercentOrRatio), "0.125").is_correct());
        assert!(!check(&spec(PercentageForm::PercentOrRatio), "12.5").is_correct());
    }
}
