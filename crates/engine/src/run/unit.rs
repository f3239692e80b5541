//! One unit through one segment: stream its rows through the stages, check the counts, commit.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use arrow::array::RecordBatch;
use arrow::datatypes::UInt8Type;
use futures::stream::{BoxStream, StreamExt, TryStreamExt};
use quarry_schema::{FateKind, column};

use super::RunCtx;
use super::source::scan;
use super::unit_file::{same_schema, write_unit};
use crate::Error;
use crate::commit::UnitRecord;
use crate::exec::{RunCounts, StageCounts, StageExec, header, header_text, text_at, unwrap_external};

/// The pseudo-stage of readers, in counts and rejects.
const READ: &str = "read";

/// Which unit is run, before its rows are known.
pub(crate) struct UnitTask {
    pub(crate) id: String,
    pub(crate) segment: usize,
    pub(crate) shard: String,
    pub(crate) start_row: u64,
}

/// Runs and writes a unit. The caller commits the record once it knows whether the shard ends here.
pub(crate) async fn run_unit(
    ctx: &Arc<RunCtx>,
    task: UnitTask,
    counts: Arc<RunCounts>,
    rows: BoxStream<'static, Result<RecordBatch, Error>>,
) -> Result<UnitRecord, Error> {
    let num_rows = Arc::new(AtomicU64::new(0));
    let (counter, tally, first) = (Arc::clone(&num_rows), Arc::clone(&counts), task.segment == 0);
    let (schema, progress) = (Arc::clone(&ctx.plan.schema), Arc::clone(&ctx.progress));
    let counted = rows
        .map(move |batch| {
            let batch = same_schema(&batch?, &schema)?;
            counter.fetch_add(batch.num_rows() as u64, Ordering::Relaxed);
            if first {
                progress.rows_read(batch.num_rows());
                tally.add(READ, &count_read(&batch)?);
            }
            Ok(batch)
        })
        .boxed();
    let plan = ctx.plan.segments.get(task.segment).ok_or_else(|| Error::internal("no such segment"))?;
    let stages = ctx.plan.stages.get(plan.stages.clone()).unwrap_or_default();
    let exec = StageExec::chain(stages, &counts, scan(&ctx.plan.schema, counted)?);
    let output = exec.execute(0, ctx.task_ctx()).map_err(unwrap_external)?.map_err(unwrap_external).boxed();
    let path: PathBuf = ctx.unit_path(&task.id);
    let keep_pair_text = ctx.plan.pairs_need_text_after(plan);
    let num_rows_out = write_unit(path, Arc::clone(&ctx.plan.schema), output, keep_pair_text).await?;
    let unit = UnitRecord {
        id: task.id,
        segment: task.segment,
        shard: task.shard,
        start_row: task.start_row,
        num_rows: num_rows.load(Ordering::Relaxed),
        num_rows_out,
        last: false,
        counts: counts.snapshot(),
    };
    check_conservation(&unit)?;
    Ok(unit)
}

fn count_read(batch: &RecordBatch) -> Result<StageCounts, Error> {
    let fates = header::<UInt8Type>(batch, column::FATE)?;
    let reasons = header_text(batch, column::REASON)?;
    let mut counts = StageCounts { num_in: batch.num_rows() as u64, ..StageCounts::default() };
    for row in 0..batch.num_rows() {
        if fates.value(row) == FateKind::Accepted.code() {
            counts.num_accepted += 1;
        } else {
            counts.num_rejected += 1;
            *counts.reasons.entry(text_at(reasons, row).to_owned()).or_default() += 1;
        }
    }
    Ok(counts)
}

/// Every row that came in has one fate, and every row that went out came in or was made.
fn check_conservation(unit: &UnitRecord) -> Result<(), Error> {
    for (stage, counts) in &unit.counts {
        if !counts.conserves() {
            return Err(Error::Internal(format!(
                "stage `{stage}` lost rows in unit {}: {} in, {} accepted, {} rejected, {} failed",
                unit.id, counts.num_in, counts.num_accepted, counts.num_rejected, counts.num_failed
            )));
        }
    }
    let emitted: u64 = unit.counts.values().map(|counts| counts.num_emitted).sum();
    if unit.num_rows + emitted != unit.num_rows_out {
        return Err(Error::Internal(format!(
            "unit {} of shard `{}` lost rows: {} in, {emitted} made, {} out",
            unit.id, unit.shard, unit.num_rows, unit.num_rows_out
        )));
    }
    Ok(())
}
