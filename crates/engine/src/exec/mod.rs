//! How rows pass through stages: selection, decision, and writing the outcome back into the batch.

mod async_map;
mod by_document;
mod checks;
mod count;
mod decide;
mod merge;
mod stage;
mod stage_exec;

pub use count::StageCounts;

pub(crate) use count::RunCounts;
pub(crate) use merge::reject_rows;
pub(crate) use stage::{ChangeRows, Stage, StageKind, header, header_text, text_at};
pub(crate) use stage_exec::{StageExec, unwrap_external, wrap_external};
