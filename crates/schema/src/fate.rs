//! What became of a row. A reject is a verdict about data, a failure is a row that could not be decided.

/// What one stage decided about one row.
#[derive(Clone, Debug, PartialEq)]
pub enum Fate {
    /// The row goes on.
    Accept,
    /// The row is refused for a reason out of the operator's closed list; `detail` holds the measured value.
    Reject {
        /// One of the reasons that the operator declares.
        reason: &'static str,
        /// The value that decided, for a human reader.
        detail: String,
    },
    /// The row could not be decided after all retries.
    Fail {
        /// What went wrong last.
        detail: String,
    },
}

impl Fate {
    /// Builds a reject with its reason and the value that decided.
    pub fn reject(reason: &'static str, detail: impl Into<String>) -> Fate {
        Fate::Reject { reason, detail: detail.into() }
    }

    /// The kind without its explanation.
    pub fn kind(&self) -> FateKind {
        match self {
            Fate::Accept => FateKind::Accepted,
            Fate::Reject { .. } => FateKind::Rejected,
            Fate::Fail { .. } => FateKind::Failed,
        }
    }
}

/// The three ends of a row, as stored in the `_fate` column and counted in `run_results.json`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FateKind {
    /// Still in play, or accepted at the end.
    Accepted,
    /// Refused with a reason.
    Rejected,
    /// Undecided after retries.
    Failed,
}

impl FateKind {
    /// The value in the `_fate` column.
    pub fn code(self) -> u8 {
        match self {
            FateKind::Accepted => 0,
            FateKind::Rejected => 1,
            FateKind::Failed => 2,
        }
    }

    /// The kind with this code.
    pub fn of_code(code: u8) -> Option<FateKind> {
        [FateKind::Accepted, FateKind::Rejected, FateKind::Failed].into_iter().find(|kind| kind.code() == code)
    }
}

/// What a checker says of a pair; the engine adds the checker's name and version and stores it in `checks`.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// A short word such as `pass` or `unsupported`.
    pub verdict: &'static str,
    /// The measured value behind the verdict, where there is one.
    pub score: Option<f32>,
}

/// One entry of a pair's `checks` column.
#[derive(Clone, Debug, PartialEq)]
pub struct Check {
    /// The operator that checked.
    pub name: String,
    /// Its verdict.
    pub verdict: String,
    /// The measured value behind the verdict.
    pub score: Option<f32>,
    /// The operator's version, as `name/number`.
    pub version: String,
}
