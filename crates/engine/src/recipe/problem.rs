//! Problems of a recipe, collected so that one pass shows them all.

use std::ops::Range;

/// One mistake, with its place and the way out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The broken rule's stable code, such as `R015`.
    pub code: &'static str,
    /// What is wrong, readable on its own.
    pub message: String,
    /// The bytes at fault, or [`Problem::NOWHERE`].
    pub span: Range<usize>,
    /// What to say at the place itself: the suggestion, where there is one.
    pub label: String,
    /// What to do, or where to look.
    pub help: Option<String>,
}

impl Problem {
    /// The place of a problem that is not in the file, such as one of `--set`. It is shown without an excerpt.
    pub const NOWHERE: Range<usize> = usize::MAX..usize::MAX;
}

/// Problems in the order they are shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problems {
    pub(super) entries: Vec<Entry>,
    pub(super) are_warnings: bool,
}

/// A problem with the other place that explains it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) problem: Problem,
    pub(super) related: Option<(Range<usize>, String)>,
}

impl Problems {
    /// Starts a list that is shown as warnings.
    pub fn of_warnings() -> Problems {
        Problems { entries: Vec::new(), are_warnings: true }
    }

    /// Adds a problem.
    pub fn push(&mut self, problem: Problem) {
        self.entries.push(Entry { problem, related: None });
    }

    /// Adds a problem that a second place explains, such as the first use of a name.
    pub fn push_related(&mut self, problem: Problem, span: Range<usize>, label: impl Into<String>) {
        self.entries.push(Entry { problem, related: Some((span, label.into())) });
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// How many problems there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Gives each problem in order.
    pub fn iter(&self) -> impl Iterator<Item = &Problem> {
        self.entries.iter().map(|entry| &entry.problem)
    }

    /// Puts the problems in the order of the file, those outside of it last.
    pub(super) fn sort(&mut self) {
        self.entries.sort_by_key(|entry| (entry.problem.span.start, entry.problem.code));
    }
}
