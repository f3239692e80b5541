//! What a row stands for: a source document, or a question-answer pair made from one.

/// The level of a row. Rows of both levels travel in one batch; a stage sees only those of its own level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// A source text with an id.
    Document,
    /// A question with its typed answer.
    Pair,
}

impl Level {
    /// The value in the `_level` column.
    pub fn code(self) -> u8 {
        match self {
            Level::Document => 0,
            Level::Pair => 1,
        }
    }

    /// The level's name in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Level::Document => "document",
            Level::Pair => "pair",
        }
    }
}
