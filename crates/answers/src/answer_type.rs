//! The names of the answer types, as they stand in the column `answer_type`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::Error;

/// The kind of an answer, which decides how it is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnswerType {
    /// A whole number, compared exactly.
    Integer,
    /// A number compared within a tolerance.
    Decimal,
    /// A number with a unit, money among them.
    Quantity,
    /// A share of a hundred.
    Percentage,
    /// A ratio of two whole numbers.
    Fraction,
    /// Yes or no.
    Boolean,
    /// One of several labelled options.
    Choice,
    /// A name or term, compared with its aliases.
    String,
    /// A year, a month of a year, or a day.
    Date,
    /// Several answers in a given order.
    List,
    /// Several answers in any order.
    Set,
    /// A mathematical expression, equation, interval or chemical formula.
    Expression,
}

impl AnswerType {
    /// Every type, in the order of the reference table.
    pub const ALL: [Self; 12] = [
        Self::Integer,
        Self::Decimal,
        Self::Quantity,
        Self::Percentage,
        Self::Fraction,
        Self::Boolean,
        Self::Choice,
        Self::String,
        Self::Date,
        Self::List,
        Self::Set,
        Self::Expression,
    ];

    /// Returns the name used in columns and specs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Integer => "integer",
            Self::Decimal => "decimal",
            Self::Quantity => "quantity",
            Self::Percentage => "percentage",
            Self::Fraction => "fraction",
            Self::Boolean => "boolean",
            Self::Choice => "choice",
            Self::String => "string",
            Self::Date => "date",
            Self::List => "list",
            Self::Set => "set",
            Self::Expression => "expression",
        }
    }
}

impl fmt::Display for AnswerType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for AnswerType {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        Self::ALL.into_iter().find(|answer_type| answer_type.as_str() == name).ok_or(Error::UnknownType)
    }
}

#[cfg(test)]
mod tests {
    use super::AnswerType;

    #[test]
    fn every_name_reads_back_and_is_the_serde_name() -> Result<(), Box<dyn std::error::Error>> {
        for answer_type in AnswerType::ALL {
            assert_eq!(answer_type.as_str().parse::<AnswerType>()?, answer_type);
            assert_eq!(serde_json::to_string(&answer_type)?, format!("\"{answer_type}\""));
        }
        assert!("Integer".parse::<AnswerType>().is_err());
        Ok(())
    }
}
