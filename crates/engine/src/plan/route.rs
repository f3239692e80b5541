//! What the plan knows of rows between stages: which are left over, and who still needs their text.

use std::collections::HashMap;

use arrow::array::RecordBatch;
use arrow::datatypes::{Int32Type, UInt8Type};
use quarry_schema::{Fate, FateKind, Level, column};

use super::{Plan, Segment};
use crate::Error;
use crate::exec::{RunCounts, StageCounts, header, reject_rows};

/// The pseudo-stage that rejects rows which no branch took.
const ROUTE: &str = "route";

impl Plan {
    /// Whether a stage behind a segment may read the document's text in a pair.
    pub(crate) fn pairs_need_text_after(&self, segment: &Segment) -> bool {
        let later = self.stages.get(segment.stages.end..).unwrap_or_default();
        later.iter().any(|stage| stage.level == Level::Pair && stage.reads_text)
    }

    /// Rejects rows at the end of the run that stand before a stage whose `where` did not take them.
    pub(crate) fn reject_unrouted(&self, batch: &RecordBatch, counts: &RunCounts) -> Result<RecordBatch, Error> {
        let levels = header::<UInt8Type>(batch, column::LEVEL)?;
        let fates = header::<UInt8Type>(batch, column::FATE)?;
        let at = header::<Int32Type>(batch, column::AT)?;
        let left_over = |row: usize| {
            fates.value(row) == FateKind::Accepted.code()
                && self
                    .stages
                    .iter()
                    .any(|stage| stage.level.code() == levels.value(row) && stage.from.contains(&at.value(row)))
        };
        let unrouted: HashMap<usize, Fate> = (0..batch.num_rows())
            .filter(|row| left_over(*row))
            .map(|row| {
                (row, Fate::reject("unrouted", format!("no `where` after {} takes it", self.place(at.value(row)))))
            })
            .collect();
        if unrouted.is_empty() {
            return Ok(batch.clone());
        }
        let mut tally = StageCounts::default();
        for fate in unrouted.values() {
            tally.add_fate(fate);
        }
        counts.add(ROUTE, &tally);
        reject_rows(batch, ROUTE, &unrouted)
    }

    fn place(&self, at: i32) -> String {
        let stage = usize::try_from(at).ok().and_then(|index| self.stages.get(index));
        stage.map_or_else(|| "the input".to_owned(), |stage| format!("stage `{}`", stage.name))
    }
}
