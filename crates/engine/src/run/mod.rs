//! A run: shards to units, segment by segment, barriers between them, and the published dataset at the end.

mod barrier;
mod ctx;
mod decisions;
mod progress;
mod report;
mod segment;
mod source;
mod unit;
mod unit_file;
mod values;

use std::path::PathBuf;
use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use crate::Error;
use crate::plan::Plan;
use crate::publish;
use crate::read::ReadOptions;

pub use progress::{Phase, Progress, Snapshot};
pub use report::{DataRows, RunReport, RunStatus, StageReport, Totals};

pub(crate) use ctx::{RunCtx, state_dir};
pub(crate) use decisions::{Decisions, apply};
pub(crate) use report::{read_json, run_id};
pub(crate) use segment::UnitSet;
pub(crate) use unit_file::{UnitReader, same_schema};

/// Where and how fast a run goes. Nothing here changes a row, but for the column mapping in `read`.
#[derive(Clone, Debug)]
pub struct RunOptions {
    /// Files, folders, globs or URLs.
    pub inputs: Vec<String>,
    /// The output directory.
    pub out: PathBuf,
    /// How shards are read.
    pub read: ReadOptions,
    /// Reads no more than this many rows.
    pub limit: Option<u64>,
    /// Rows of a shard that are committed together.
    pub unit_rows: u64,
    /// Shards that are read at once.
    pub shards_in_flight: usize,
    /// Memory that barriers may use before they spill to disk.
    pub memory_bytes: usize,
    /// Decides rows again that an earlier run could not decide.
    pub retry_failed: bool,
    /// Who runs, for the lock file.
    pub holder: String,
    /// When it began, for `run_results.json`.
    pub started_at: String,
    /// Files that are written beside the data, such as the code that checks answers: name and text.
    pub companions: Vec<(&'static str, String)>,
}

/// Runs a plan to the end, or goes on where an earlier run of the same plan stopped.
///
/// # Errors
/// See [`crate::ErrorKind`]. Whatever was committed stays, and the same call goes on from there.
pub async fn run(
    plan: Plan,
    options: RunOptions,
    progress: Arc<Progress>,
    cancel: CancellationToken,
) -> Result<RunReport, Error> {
    tokio::select! {
        biased;
        () = cancel.cancelled() => Err(Error::Interrupted),
        report = run_to_end(plan, options, progress) => report,
    }
}

async fn run_to_end(plan: Plan, mut options: RunOptions, progress: Arc<Progress>) -> Result<RunReport, Error> {
    options.read.rows = plan.rows_in();
    let ctx = Arc::new(RunCtx::open(plan, options, progress).await?);
    if let Some(report) = report::already_published(&ctx)? {
        return Ok(report);
    }
    let mut units = segment::run_shards(&ctx).await?;
    let mut decisions = barrier::decide(&ctx, 0, &units).await?;
    let mut barriers: Vec<Decisions> = decisions.iter().cloned().collect();
    for segment in 1..ctx.plan.segments.len() {
        units = segment::run_units(&ctx, segment, &units, decisions.as_ref()).await?;
        decisions = barrier::decide(&ctx, segment, &units).await?;
        barriers.extend(decisions.iter().cloned());
    }
    ctx.progress.enter(Phase::Publishing);
    publish::publish(&ctx, units, decisions, &barriers).await
}
