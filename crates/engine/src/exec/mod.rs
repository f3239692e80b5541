//! How rows pass through stages: selection, decision, and writing the outcome back into the batch.

mod async_map;
mod checks;
mod count;
mod decide;
mod merge;
mod stage;
mod stage_exec;

pub(crate) use count::{RunCounts, StageCounts};
pub(crate) use stage::{ChangeRows, Stage, StageKind};
pub(crate) use merge::reject_rows;
pub(crate) use stage_exec::StageExec;
