//! What a comparison says, and why.

use std::fmt;

/// The outcome of comparing a reply with a spec.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// The reply is the answer.
    Correct,
    /// The reply is not the answer.
    Incorrect {
        /// Why not.
        reason: Cause,
    },
    /// Neither could be shown; a trainer may leave the row out.
    Unknown {
        /// What stood in the way.
        reason: Cause,
    },
}

impl Verdict {
    /// Returns whether the reply is the answer.
    pub fn is_correct(self) -> bool {
        self == Self::Correct
    }

    /// Returns `correct`, `incorrect` or `unknown`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Correct => "correct",
            Self::Incorrect { .. } => "incorrect",
            Self::Unknown { .. } => "unknown",
        }
    }

    pub(crate) fn incorrect(reason: Cause) -> Self {
        Self::Incorrect { reason }
    }

    pub(crate) fn unknown(reason: Cause) -> Self {
        Self::Unknown { reason }
    }

    /// Turns a finished comparison into a verdict.
    pub(crate) fn of(equal: bool) -> Self {
        if equal { Self::Correct } else { Self::incorrect(Cause::DifferentValue) }
    }
}

/// Why a reply is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Cause {
    /// Nothing is left after normalisation.
    Empty,
    /// Longer than any spelling of the answer.
    TooLong,
    /// The reply broke off before it came to an answer.
    Unfinished,
    /// The reply takes its marked answer back, or makes it a part of something else.
    Disowned,
    /// The reply marks several different answers as final.
    SeveralAnswers,
    /// The reply is not of the answer's type.
    Unreadable,
    /// Readable, and another value.
    DifferentValue,
    /// A unit is needed and missing.
    MissingUnit,
    /// The unit is unknown or measures something else.
    WrongUnit,
    /// Fewer or more items than the answer has.
    WrongCount,
    /// The fraction is not in lowest terms.
    NotReduced,
    /// Day and month can be read either way.
    AmbiguousDate,
    /// Two expressions could neither be proved equal nor different.
    Undecided,
    /// The spec itself cannot be used.
    InvalidSpec,
}

impl Cause {
    /// Returns the name used in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::TooLong => "too_long",
            Self::Unfinished => "unfinished",
            Self::Disowned => "disowned",
            Self::SeveralAnswers => "several_answers",
            Self::Unreadable => "unreadable",
            Self::DifferentValue => "different_value",
            Self::MissingUnit => "missing_unit",
            Self::WrongUnit => "wrong_unit",
            Self::WrongCount => "wrong_count",
            Self::NotReduced => "not_reduced",
            Self::AmbiguousDate => "ambiguous_date",
            Self::Undecided => "undecided",
            Self::InvalidSpec => "invalid_spec",
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
