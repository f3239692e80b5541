//! Runs a barrier: hands the operator all rows of a segment that have a key, and writes what it decides to a file.

mod rows;
mod scratch;
mod signatures;
mod sort;
mod standing;

use std::path::PathBuf;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use datafusion::common::runtime::SpawnedTask;
use futures::stream::{BoxStream, StreamExt};
use quarry_schema::{Fate, content_id};
use tokio::sync::mpsc;

use super::decisions::{self, DecisionsBuilder};
use super::source::receive;
use super::{Decisions, Phase, RunCtx, UnitSet};
use crate::Error;
use crate::commit::{BarrierRecord, ParquetFile, Purpose};
use crate::exec::{Stage, StageKind};
use crate::operator::{AllRows, Barrier, Decision, OperatorError};

use rows::SegmentRows;
use sort::sorted;

/// Decisions that are handed to the sort at once.
const BATCH_ROWS: usize = 1024;

/// Decides over all units of a segment, if it ends in a barrier.
pub(crate) async fn decide(ctx: &Arc<RunCtx>, segment: usize, units: &UnitSet) -> Result<Option<Decisions>, Error> {
    let plan = ctx.plan.segments.get(segment).ok_or_else(|| Error::internal("no such segment"))?;
    let stage = ctx.plan.stages.get(plan.stages.end.saturating_sub(1)).filter(|_| plan.ends_in_barrier);
    let Some(stage) = stage else { return Ok(None) };
    let StageKind::Barrier(operator) = &stage.kind else { return Ok(None) };
    ctx.progress.enter(Phase::Barrier(u8::try_from(segment).unwrap_or(u8::MAX)));
    let ids: Vec<&str> = units.iter().map(|unit| unit.id.as_str()).collect();
    let id = content_id(&[&plan.hash, &ids.join(" "), &ctx.plan.standing_digest()]);
    let (path, signatures) = (ctx.barrier_path(&id), ctx.signatures_path(&id));
    if ctx.state.barrier(&id)?.is_none() || !path.is_file() || !signatures.is_file() {
        let schema = decisions::schema(&ctx.plan, stage);
        let decided = judge(ctx, stage, operator, units, (&schema, signatures.clone()));
        let ordered = sorted(ctx, decided, &schema, &["unit", "row"])?;
        let num_decided = write(path.clone(), &schema, ordered).await?;
        ctx.state.commit_barrier(&BarrierRecord { id, segment, num_decided })?;
        tracing::info!(stage = stage.name, num_decided, "barrier committed");
    }
    Ok(Some(Decisions { path, stage: Arc::clone(stage), signatures }))
}

/// The operator's decisions as they come, out of a thread of its own.
fn judge(
    ctx: &Arc<RunCtx>,
    stage: &Arc<Stage>,
    operator: &Arc<dyn Barrier>,
    units: &UnitSet,
    (schema, signatures): (&SchemaRef, PathBuf),
) -> BoxStream<'static, Result<RecordBatch, Error>> {
    let paths: Vec<PathBuf> = units.iter().map(|unit| ctx.unit_path(&unit.id)).collect();
    let (sender, receiver) = mpsc::channel(2);
    let (ctx, stage, operator) = (Arc::clone(ctx), Arc::clone(stage), Arc::clone(operator));
    let mut builder = DecisionsBuilder::new(schema);
    let deciding = SpawnedTask::spawn_blocking(move || {
        let mut gone = Vec::new();
        let outcome = SegmentRows::open(&ctx, &stage, paths).and_then(|all| {
            let mut take = |decision: Decision| {
                if decision.fate != Fate::Accept {
                    gone.push(decision.number);
                }
                add(&mut builder, &stage, &all, decision).map_err(OperatorError::stop)?;
                if builder.num_rows() < BATCH_ROWS {
                    return Ok(());
                }
                let batch = builder.finish().map_err(OperatorError::stop);
                sender.blocking_send(batch.map_err(|error| stage.stopped(error))).map_err(|_| cancelled())
            };
            operator.decide(&all, &mut take).map_err(|error| stage.stopped(error))?;
            signatures::write(&signatures, &all, gone).map_err(|error| stage.stopped(error))?;
            builder.finish()
        });
        // Nobody listens any more once the run is cancelled.
        drop(sender.blocking_send(outcome));
    });
    // A thread that panicked has closed the channel like one that is done: without this, half of its decisions would do.
    let ended = async move {
        match deciding.join_unwind().await {
            Ok(()) => None,
            Err(error) => Some(Err(Error::internal(error))),
        }
    };
    receive(receiver).chain(futures::stream::once(ended).filter_map(std::future::ready)).boxed()
}

fn cancelled() -> OperatorError {
    OperatorError::new("the run is over")
}

fn add(builder: &mut DecisionsBuilder, stage: &Stage, all: &SegmentRows<'_>, decision: Decision) -> Result<(), Error> {
    if decision.number < all.num_standing() {
        return Err(stage.error(format!("row {} was published before and cannot be decided", decision.number)));
    }
    if let Fate::Reject { reason, .. } = &decision.fate
        && !stage.reasons.contains(reason)
    {
        return Err(stage.error(format!("operator `{}` does not declare reason `{reason}`", stage.op)));
    }
    let (unit, row) =
        all.place(decision.number).ok_or_else(|| stage.error("decided a row that is not there".into()))?;
    builder.push(unit, row, decision)
}

async fn write(
    path: PathBuf,
    schema: &SchemaRef,
    mut rows: BoxStream<'static, Result<RecordBatch, Error>>,
) -> Result<u64, Error> {
    let mut file = ParquetFile::create(&path, schema, Purpose::State)?;
    while let Some(batch) = rows.next().await {
        file.write(batch?)?;
    }
    file.commit()
}
