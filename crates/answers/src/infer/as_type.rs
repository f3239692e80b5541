//! Reading an answer as a type that was asked for, where more than one would fit: 1990 as a date, 42 as a decimal.

use num_traits::One;

use crate::answer_type::AnswerType;
use crate::boolean;
use crate::choice;
use crate::error::NotVerifiable;
use crate::expression;
use crate::fraction::FractionSpec;
use crate::infer::{accepting, infer, infer_item};
use crate::list::{ItemsSpec, split};
use crate::normalize::normalize;
use crate::number::{DecimalSpec, IntegerSpec, stored};
use crate::question::Question;
use crate::spec::AnswerSpec;
use crate::string::spec_of;

/// Makes the spec of an answer as a given type.
///
/// # Errors
/// No plain code could check a reply against the answer, or it cannot be read as that type. A choice needs a label
/// or options in the question; [`crate::choice`] makes one of options at hand.
pub fn infer_as(answer: &str, question: &str, wanted: AnswerType) -> Result<AnswerSpec, NotVerifiable> {
    if wanted == AnswerType::Choice {
        return accepting(choice::infer(answer, question).ok_or(NotVerifiable::OtherType)?, answer);
    }
    let spec = match infer(answer, question) {
        Ok(spec) if spec.answer_type() == wanted => return Ok(spec),
        _ if matches!(wanted, AnswerType::List | AnswerType::Set) => items_of(answer, question, wanted)?,
        Ok(spec) => converted(spec, answer, wanted).ok_or(NotVerifiable::OtherType)?,
        // A year is no date, and a phrase no string, unless somebody says so.
        Err(refusal) => plainly(answer, wanted).ok_or(refusal)?,
    };
    accepting(spec, answer)
}

fn converted(spec: AnswerSpec, answer: &str, wanted: AnswerType) -> Option<AnswerSpec> {
    match (wanted, spec) {
        (AnswerType::Decimal, AnswerSpec::Integer(spec)) => Some(decimal_of(&spec)),
        (AnswerType::Integer, AnswerSpec::Decimal(spec)) => integer_of(&spec.value),
        (AnswerType::Integer, AnswerSpec::Date(spec)) => integer_of(&spec.value),
        (AnswerType::Fraction, AnswerSpec::Integer(spec)) => fraction_of(&spec.value),
        (AnswerType::Fraction, AnswerSpec::Decimal(spec)) => fraction_of(&spec.value),
        (wanted, _) => plainly(answer, wanted),
    }
}

/// Cuts the answer into items, if only one.
fn items_of(answer: &str, question: &str, wanted: AnswerType) -> Result<AnswerSpec, NotVerifiable> {
    let question = Question::new(question);
    let parts = split(&normalize(answer));
    let items = parts.iter().map(|part| infer_item(part, &question)).collect::<Result<Vec<_>, _>>()?;
    let ordered = wanted == AnswerType::List;
    let spec = ItemsSpec { items, ordered, allow_extra: false };
    Ok(if ordered { AnswerSpec::List(spec) } else { AnswerSpec::Set(spec) })
}

/// Types that take a text whatever else it looks like.
fn plainly(answer: &str, wanted: AnswerType) -> Option<AnswerSpec> {
    match wanted {
        AnswerType::String => Some(AnswerSpec::String(spec_of(&normalize(answer)))),
        AnswerType::Expression => expression::forced(&normalize(answer)),
        AnswerType::Date => infer(answer, "In which year?").ok().filter(|spec| spec.answer_type() == wanted),
        AnswerType::Percentage => infer(&format!("{answer}%"), "What percentage?").ok(),
        AnswerType::Boolean => boolean::forced(&normalize(answer)),
        // "5 apples" is a quantity of what was counted.
        AnswerType::Quantity => {
            let counted = answer.trim_start_matches(|ch: char| !ch.is_alphabetic());
            infer(answer, &format!("How many {counted}?")).ok().filter(|spec| spec.answer_type() == wanted)
        }
        _ => None,
    }
}

/// A whole number as a decimal is exact but for the relative tolerance.
fn decimal_of(spec: &IntegerSpec) -> AnswerSpec {
    let digits = spec.value.trim_start_matches('-').len();
    AnswerSpec::Decimal(DecimalSpec {
        value: spec.value.clone(),
        rel_tol: crate::number::REL_TOL,
        abs_tol: 0.0,
        sig_figs: u32::try_from(digits).unwrap_or(u32::MAX),
        counted: spec.counted.clone(),
    })
}

fn integer_of(value: &str) -> Option<AnswerSpec> {
    let value = stored(value).filter(|value| value.denom().is_one())?;
    Some(AnswerSpec::Integer(IntegerSpec { value: value.numer().to_string(), ..IntegerSpec::default() }))
}

fn fraction_of(value: &str) -> Option<AnswerSpec> {
    let value = stored(value)?;
    let (num, den) = (value.numer().to_string(), value.denom().to_string());
    Some(AnswerSpec::Fraction(FractionSpec { num, den, require_reduced: false }))
}

#[cfg(test)]
mod tests {
    use super::infer_as;
    use crate::answer_type::AnswerType;
    use crate::check::check;

    #[test]
    fn an_answer_is_read_as_the_type_asked_for() -> Result<(), Box<dyn std::error::Error>> {
        for (answer, wanted, equal, other) in [
            ("42", AnswerType::Decimal, "42.02", "43"),
            ("42.0", AnswerType::Integer, "42", "42.5"),
            ("0.5", AnswerType::Fraction, "1/2", "1/3"),
            ("1990", AnswerType::Date, "1990 AD", "1991"),
            ("1990", AnswerType::String, "1990", "1990.0"),
            ("Paris", AnswerType::Set, "paris", "Paris, Rome"),
            ("12", AnswerType::Percentage, "12 percent", "13%"),
            ("Paris, Rome", AnswerType::Set, "Rome and Paris", "Paris"),
            ("red and blue", AnswerType::List, "red, blue", "blue, red"),
            ("Correct", AnswerType::Boolean, "true", "no"),
            ("5 apples", AnswerType::Quantity, "five apples", "5 pears"),
            ("(b)", AnswerType::Choice, "The answer is B.", "C"),
            ("x + 1", AnswerType::Expression, "1 + x", "x"),
        ] {
            let spec = infer_as(answer, "What is it?", wanted).map_err(|error| format!("{answer}: {error}"))?;
            assert_eq!(spec.answer_type(), wanted);
            assert!(check(&spec, answer).is_correct() && check(&spec, equal).is_correct(), "{answer} {equal}");
            assert!(!check(&spec, other).is_correct(), "{answer} {other}");
        }
        assert!(infer_as("Paris", "Where?", AnswerType::Integer).is_err());
        assert!(infer_as("Paris", "Where?", AnswerType::Choice).is_err());
        Ok(())
    }
}
