//! A pair as checking models are shown it: the question, the answer, and the passage of the document that holds the
//! evidence.

use std::ops::Range;

use arrow::array::{Array, Int64Array};
use quarry_answers::AnswerSpec;
use quarry_engine::operator::{Decided, OperatorError, Rows};
use quarry_schema::{Fate, Verdict, column};

use super::pair::{Pairs, Subject, text_at};
use crate::ask::{locate, passage_of};

/// The pair of a call's only row.
pub(crate) struct Shown<'a> {
    /// Question, answer and spec.
    pub(crate) pair: Subject<'a>,
    /// The whole document.
    pub(crate) text: &'a str,
    /// The passage that the generator was shown, by the same rule.
    pub(crate) passage: &'a str,
    /// Its bytes in the document.
    pub(crate) range: Range<usize>,
}

impl<'a> Shown<'a> {
    /// Reads the row. Without offsets the first passage is shown.
    pub(crate) fn read(rows: Rows<'a>, max_passage_tokens: usize) -> Result<Shown<'a>, OperatorError> {
        let text = text_at(rows.text(column::TEXT)?, 0);
        let start = offset_at(rows.int(column::EVIDENCE_START)?, 0).and_then(|start| byte_at(text, start));
        let range = passage_of(text, max_passage_tokens, start.unwrap_or(0));
        let passage = text.get(range.clone()).unwrap_or(text);
        Ok(Shown { pair: Pairs::read(rows)?.subject(0), text, passage, range })
    }

    /// Where a quote stands: in the passage if it is there, else anywhere in the document.
    pub(crate) fn find(&self, quote: &str) -> Option<Range<usize>> {
        let inside =
            locate(self.passage, quote).map(|found| self.range.start + found.start..self.range.start + found.end);
        inside.or_else(|| locate(self.text, quote))
    }

    /// How replies are checked, unless the row has no spec that can be read.
    pub(crate) fn spec(&self) -> Option<&AnswerSpec> {
        self.pair.spec.as_ref()
    }
}

/// What was decided about a call's only row. A row that failed, or was refused unseen, has no verdict.
pub(crate) fn decided(fate: Fate, verdict: Option<Verdict>) -> Decided {
    Decided { fates: vec![fate], verdicts: vec![verdict], ..Decided::default() }
}

/// An offset in code points; nothing for a null or a negative one.
pub(crate) fn offset_at(offsets: &Int64Array, idx: usize) -> Option<usize> {
    if offsets.is_null(idx) { None } else { usize::try_from(offsets.value(idx)).ok() }
}

/// The byte at which a code point begins; the text's end counts as one.
pub(crate) fn byte_at(text: &str, offset: usize) -> Option<usize> {
    match text.is_ascii() {
        true => (offset <= text.len()).then_some(offset),
        false => text.char_indices().map(|(at, _)| at).chain(std::iter::once(text.len())).nth(offset),
    }
}

/// The text between two offsets in code points, as Python would slice it.
pub(crate) fn span(text: &str, offsets: Range<usize>) -> Option<&str> {
    if offsets.start > offsets.end {
        return None;
    }
    text.get(byte_at(text, offsets.start)?..byte_at(text, offsets.end)?)
}
