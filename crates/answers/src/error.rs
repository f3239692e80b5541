//! What can be wrong with a gold answer: a spec that cannot be used, or an answer that no code can check.

use thiserror::Error as ThisError;

/// A spec that could not be read or made.
#[derive(Debug, Clone, PartialEq, Eq, ThisError)]
#[non_exhaustive]
pub enum Error {
    /// The JSON of a spec is malformed or has other fields than its type.
    #[error("answer spec is not valid JSON of a known type (line {line}, column {column})")]
    Json {
        /// Line of the fault, from 1.
        line: usize,
        /// Column of the fault, from 1.
        column: usize,
    },
    /// A field of a spec holds a value that its type does not allow.
    #[error("field `{field}` of a `{answer_type}` spec is not usable")]
    Field {
        /// Type of the spec.
        answer_type: &'static str,
        /// Field at fault.
        field: &'static str,
    },
    /// A name that is no answer type.
    #[error("unknown answer type")]
    UnknownType,
    /// The options of a choice cannot tell the right one from the others.
    #[error("options of a choice: {0}")]
    Options(&'static str),
}

impl Error {
    /// Returns what the error is about, for branching.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Json { .. } | Self::UnknownType => ErrorKind::Malformed,
            Self::Field { .. } | Self::Options(_) => ErrorKind::Unusable,
        }
    }

    pub(crate) fn field(answer_type: &'static str, field: &'static str) -> Self {
        Self::Field { answer_type, field }
    }
}

/// The two ways in which a spec can be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The text is no spec.
    Malformed,
    /// It is one, but nothing could be checked against it.
    Unusable,
}

/// Why an answer gets no spec: no plain code could tell a right reply from a wrong one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ThisError)]
#[non_exhaustive]
pub enum NotVerifiable {
    /// Nothing is left after normalisation, or no letter and no digit.
    #[error("answer has no content")]
    Empty,
    /// More words than a reply could be expected to repeat.
    #[error("answer is free text")]
    Freeform,
    /// The text breaks off, or goes on into another sentence.
    #[error("answer is no complete phrase")]
    Fragment,
    /// The question asks for reasons or a description.
    #[error("question asks for an explanation")]
    OpenQuestion,
    /// Day and month cannot be told apart.
    #[error("date can be read as day and month or as month and day")]
    AmbiguousDate,
    /// The century is missing.
    #[error("date has a year of two digits")]
    TwoDigitYear,
    /// The day is not in the calendar.
    #[error("date does not exist")]
    InvalidDate,
    /// The unit has several meanings, such as pounds.
    #[error("unit has several meanings")]
    AmbiguousUnit,
    /// A number is followed by a word that is no known unit.
    #[error("number has an unknown unit")]
    UnknownUnit,
    /// The answer says "about", "over" or the like.
    #[error("answer is hedged")]
    Hedged,
    /// A range of numbers whose equal spellings are not known.
    #[error("answer is a range")]
    Range,
    /// Program code, which would have to be run.
    #[error("answer is code")]
    Code,
    /// Mathematics that cannot be read.
    #[error("expression cannot be read")]
    UnreadableExpression,
    /// The type that was asked for does not fit.
    #[error("answer cannot be read as that type")]
    OtherType,
    /// The spec would not accept the answer that it was made from.
    #[error("answer does not equal itself")]
    NotItself,
}

impl NotVerifiable {
    /// Returns the name used in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Freeform => "freeform",
            Self::Fragment => "fragment",
            Self::OpenQuestion => "open_question",
            Self::AmbiguousDate => "ambiguous_date",
            Self::TwoDigitYear => "two_digit_year",
            Self::InvalidDate => "invalid_date",
            Self::AmbiguousUnit => "ambiguous_unit",
            Self::UnknownUnit => "unknown_unit",
            Self::Hedged => "hedged",
            Self::Range => "range",
            Self::Code => "code",
            Self::UnreadableExpression => "unreadable_expression",
            Self::OtherType => "other_type",
            Self::NotItself => "not_itself",
        }
    }
}
