//! Recipe to plan to run: stages, fates, units, commit, resume, barriers.
//!
//! The engine knows no operator, prompt, model or persona. It routes rows, counts them, retries, writes and resumes.

mod commit;
mod error;
mod exec;
mod inspect;
pub mod operator;
mod plan;
mod publish;
pub mod published;
pub mod read;
pub mod recipe;
mod run;

pub use commit::StagedDir;
pub use error::{Error, ErrorKind};
pub use exec::StageCounts;
pub use inspect::{Found, SegmentStatus, Status, inspect, status};
pub use plan::Plan;
pub use publish::{DataFile, ParquetShards, size_category};
pub use run::{DataRows, Phase, Progress, RunOptions, RunReport, RunStatus, Snapshot, StageReport, Totals, run};
