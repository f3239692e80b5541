//! The stored form of a gold answer: one variant a type, written as JSON into the column `answer_spec`.

use serde::{Deserialize, Serialize};

use crate::answer_type::AnswerType;
use crate::boolean::BooleanSpec;
use crate::choice::ChoiceSpec;
use crate::date::DateSpec;
use crate::error::Error;
use crate::expression::ExpressionSpec;
use crate::fraction::FractionSpec;
use crate::list::ItemsSpec;
use crate::number::{DecimalSpec, IntegerSpec};
use crate::percentage::PercentageSpec;
use crate::quantity::QuantitySpec;
use crate::string::StringSpec;

/// Everything that plain code needs to check a reply.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum AnswerSpec {
    /// A whole number.
    Integer(IntegerSpec),
    /// A number with a tolerance.
    Decimal(DecimalSpec),
    /// A number with a unit.
    Quantity(QuantitySpec),
    /// A percentage.
    Percentage(PercentageSpec),
    /// A ratio of whole numbers.
    Fraction(FractionSpec),
    /// Yes or no.
    Boolean(BooleanSpec),
    /// One of several options.
    Choice(ChoiceSpec),
    /// A name or term.
    String(StringSpec),
    /// A year, month or day.
    Date(DateSpec),
    /// Items in order.
    List(ItemsSpec),
    /// Items in any order.
    Set(ItemsSpec),
    /// Mathematics.
    Expression(ExpressionSpec),
}

impl AnswerSpec {
    /// Returns the type of the answer.
    pub fn answer_type(&self) -> AnswerType {
        match self {
            Self::Integer(_) => AnswerType::Integer,
            Self::Decimal(_) => AnswerType::Decimal,
            Self::Quantity(_) => AnswerType::Quantity,
            Self::Percentage(_) => AnswerType::Percentage,
            Self::Fraction(_) => AnswerType::Fraction,
            Self::Boolean(_) => AnswerType::Boolean,
            Self::Choice(_) => AnswerType::Choice,
            Self::String(_) => AnswerType::String,
            Self::Date(_) => AnswerType::Date,
            Self::List(_) => AnswerType::List,
            Self::Set(_) => AnswerType::Set,
            Self::Expression(_) => AnswerType::Expression,
        }
    }

    /// Writes the spec as JSON on one line; equal specs give equal text.
    #[expect(clippy::expect_used, reason = "strings, numbers and lists of them always have a JSON form")]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("a spec has a JSON form")
    }

    /// Reads a spec and makes sure that it can be checked against.
    ///
    /// # Errors
    /// The text is no spec, or one of its values cannot be used.
    pub fn from_json(json: &str) -> Result<Self, Error> {
        let spec: Self =
            serde_json::from_str(json).map_err(|error| Error::Json { line: error.line(), column: error.column() })?;
        spec.validate()?;
        Ok(spec)
    }

    /// Makes sure that every value of the spec can be used.
    pub(crate) fn validate(&self) -> Result<(), Error> {
        match self {
            Self::Integer(spec) => spec.validate(),
            Self::Decimal(spec) => spec.validate(),
            Self::Quantity(spec) => spec.validate(),
            Self::Percentage(spec) => spec.validate(),
            Self::Fraction(spec) => spec.validate(),
            Self::Boolean(_) => Ok(()),
            Self::Choice(spec) => spec.validate(),
            Self::String(spec) => spec.validate(),
            Self::Date(spec) => spec.validate(),
            Self::List(spec) | Self::Set(spec) => spec.validate(),
            Self::Expression(spec) => spec.validate(),
        }
    }
}

impl AnswerSpec {
    /// Returns the number of characters in the longest spelling of the answer that the spec holds.
    pub(crate) fn longest(&self) -> usize {
        let chars = |text: &String| text.chars().count();
        match self {
            Self::String(spec) => std::iter::once(&spec.canonical).chain(&spec.aliases).map(chars).max().unwrap_or(0),
            Self::Choice(spec) => spec.options.iter().map(|option| chars(&option.text)).max().unwrap_or(0),
            Self::List(spec) | Self::Set(spec) => spec.items.iter().map(|item| item.longest().max(16)).sum(),
            Self::Expression(spec) => chars(&spec.latex),
            _ => 0,
        }
    }
}

/// Writes the answer as a text that [`crate::check`] accepts: what a perfect reply would say.
pub fn gold_text(spec: &AnswerSpec) -> String {
    match spec {
        AnswerSpec::Integer(spec) => spec.value.clone(),
        AnswerSpec::Decimal(spec) => spec.value.clone(),
        AnswerSpec::Quantity(spec) => format!("{} {}", spec.value, spec.unit),
        AnswerSpec::Percentage(spec) => format!("{}%", spec.value),
        AnswerSpec::Fraction(spec) => format!("{}/{}", spec.num, spec.den),
        AnswerSpec::Boolean(spec) => if spec.value { "yes" } else { "no" }.to_owned(),
        AnswerSpec::Choice(spec) => spec.label.clone(),
        AnswerSpec::String(spec) => spec.canonical.clone(),
        AnswerSpec::Date(spec) => spec.value.clone(),
        AnswerSpec::List(spec) | AnswerSpec::Set(spec) => {
            spec.items.iter().map(gold_text).collect::<Vec<_>>().join("; ")
        }
        AnswerSpec::Expression(spec) => spec.latex.clone(),
    }
}

/// Returns the chance of a blind guess being right, where the spec alone tells it.
pub fn guess_probability(spec: &AnswerSpec) -> Option<f64> {
    match spec {
        AnswerSpec::Boolean(_) => Some(0.5),
        AnswerSpec::Choice(spec) if spec.options.len() > 1 => {
            // At most 26 options exist, so the count converts without loss.
            u8::try_from(spec.options.len()).ok().map(|num_options| 1.0 / f64::from(num_options))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests;
