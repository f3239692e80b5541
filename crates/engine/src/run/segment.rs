//! All units of a segment: found committed, or run and committed, in the order of the input.

use std::sync::Arc;

use futures::future::join;
use futures::stream::{StreamExt, TryStreamExt};
use quarry_schema::content_id;
use tokio::sync::mpsc;

use super::ctx::InputShard;
use super::source::{Cutter, receive};
use super::unit::{UnitTask, run_unit};
use super::unit_file::UnitReader;
use super::{Decisions, Phase, RunCtx, apply};
use crate::Error;
use crate::commit::UnitRecord;
use crate::exec::{RunCounts, StageKind};
use crate::read::open;

/// Units in flight in a segment that calls models, at least.
const UNITS_IN_FLIGHT: usize = 8;

/// The committed units of a segment, in the order of the input.
pub(crate) type UnitSet = Vec<UnitRecord>;

/// The first segment: reads shards and cuts them into units.
pub(crate) async fn run_shards(ctx: &Arc<RunCtx>) -> Result<UnitSet, Error> {
    ctx.progress.enter(Phase::Segment(0));
    let Some(mut left) = ctx.options.limit else {
        let shards: Vec<UnitSet> = futures::stream::iter(&ctx.shards)
            .map(|input| run_shard(ctx, input, u64::MAX))
            .buffered(in_flight(ctx, 0))
            .try_collect()
            .await?;
        return Ok(shards.into_iter().flatten().collect());
    };
    // A limit counts rows over all shards, so they go one after another.
    let mut units = UnitSet::new();
    for input in &ctx.shards {
        let shard = run_shard(ctx, input, left).await?;
        left -= shard.iter().map(|unit| unit.num_rows).sum::<u64>().min(left);
        units.extend(shard);
    }
    Ok(units)
}

async fn run_shard(ctx: &Arc<RunCtx>, input: &InputShard, limit: u64) -> Result<UnitSet, Error> {
    let mut units = UnitSet::new();
    let mut start_row = 0;
    let mut open_at: Option<Cutter> = None;
    while start_row < limit {
        let num_rows = ctx.options.unit_rows.max(1).min(limit - start_row);
        let segment = ctx.plan.segments.first().ok_or_else(|| Error::internal("a plan without segments"))?;
        let id = content_id(&[&input.identity, &start_row.to_string(), &num_rows.to_string(), &segment.hash]);
        let unit = if let Some(unit) = committed(ctx, &id)? {
            open_at = None;
            ctx.pass(&unit, true);
            unit
        } else {
            let mut cutter = open_at.take().unwrap_or_else(|| {
                Cutter::new(open(&input.shard, &ctx.options.read, start_row, ctx.progress.read_bytes()))
            });
            if cutter.at_end().await? {
                break;
            }
            let task = UnitTask { id, segment: 0, shard: input.shard.name.clone(), start_row };
            let (sender, receiver) = mpsc::channel(2);
            let running = run_unit(ctx, task, Arc::new(RunCounts::default()), receive(receiver));
            let (fed, unit) = join(cutter.feed(sender, num_rows), running).await;
            // The reader's error is the cause where both fail.
            fed?;
            let unit = UnitRecord { last: cutter.at_end().await?, ..unit? };
            open_at = Some(cutter);
            commit(ctx, &unit)?;
            unit
        };
        start_row += unit.num_rows;
        let last = unit.last;
        units.push(unit);
        if last {
            break;
        }
    }
    Ok(units)
}

/// A later segment: takes each unit of the segment before, with the barrier's decisions on top.
pub(crate) async fn run_units(
    ctx: &Arc<RunCtx>,
    segment: usize,
    parents: &UnitSet,
    decisions: Option<&Decisions>,
) -> Result<UnitSet, Error> {
    ctx.progress.enter(Phase::Segment(u8::try_from(segment).unwrap_or(u8::MAX)));
    futures::stream::iter(parents.iter().enumerate())
        .map(|(ordinal, parent)| run_child(ctx, segment, ordinal, parent, decisions))
        .buffered(in_flight(ctx, segment))
        .try_collect()
        .await
}

/// Shards or units that a segment has in flight. Where it calls models there are more: the last rows of one wait for slow
/// replies, and the first rows of the next must fill the endpoint meanwhile.
fn in_flight(ctx: &RunCtx, segment: usize) -> usize {
    let stages = ctx.plan.segments.get(segment).map(|segment| segment.stages.clone());
    let stages = stages.and_then(|range| ctx.plan.stages.get(range)).unwrap_or_default();
    let calls_models = stages.iter().any(|stage| matches!(stage.kind, StageKind::Remote(..)));
    let at_least = if calls_models { UNITS_IN_FLIGHT } else { 1 };
    ctx.options.shards_in_flight.max(at_least)
}

async fn run_child(
    ctx: &Arc<RunCtx>,
    segment: usize,
    ordinal: usize,
    parent: &UnitRecord,
    decisions: Option<&Decisions>,
) -> Result<UnitRecord, Error> {
    let plan = ctx.plan.segments.get(segment).ok_or_else(|| Error::internal("no such segment"))?;
    let decided = match decisions {
        Some(decisions) => decisions.of_unit(ctx, ordinal).await?,
        None => Vec::new(),
    };
    let id = content_id(&[&parent.id, &plan.hash, &format!("{decided:?}")]);
    if let Some(unit) = committed(ctx, &id)? {
        ctx.pass(&unit, true);
        return Ok(unit);
    }
    let counts = Arc::new(RunCounts::default());
    let (path, batch_rows) = (ctx.unit_path(&parent.id), ctx.options.read.batch_rows);
    let (deciding, tally) = (Arc::clone(ctx), Arc::clone(&counts));
    let (sender, receiver) = mpsc::channel(2);
    let reading = datafusion::common::runtime::SpawnedTask::spawn_blocking(move || {
        let mut first_row = 0;
        for batch in UnitReader::open(&path, batch_rows)? {
            let batch = batch?;
            let num_rows = batch.num_rows();
            let batch = apply(&deciding.plan, segment - 1, &batch, first_row, &decided, &tally)?;
            first_row += num_rows;
            if sender.blocking_send(Ok(batch)).is_err() {
                break;
            }
        }
        Ok::<(), Error>(())
    });
    let task = UnitTask { id, segment, shard: parent.shard.clone(), start_row: parent.start_row };
    let (read, unit) = join(reading.join_unwind(), run_unit(ctx, task, counts, receive(receiver))).await;
    read.map_err(Error::internal)??;
    let unit = UnitRecord { last: parent.last, ..unit? };
    commit(ctx, &unit)?;
    Ok(unit)
}

/// A unit counts as done only while its file is there too.
fn committed(ctx: &RunCtx, id: &str) -> Result<Option<UnitRecord>, Error> {
    Ok(ctx.state.unit(id)?.filter(|unit| ctx.unit_path(&unit.id).is_file()))
}

fn commit(ctx: &RunCtx, unit: &UnitRecord) -> Result<(), Error> {
    ctx.state.commit_unit(unit)?;
    ctx.pass(unit, false);
    tracing::info!(
        segment = unit.segment,
        shard = unit.shard,
        start_row = unit.start_row,
        num_rows = unit.num_rows,
        num_rows_out = unit.num_rows_out,
        "unit committed"
    );
    Ok(())
}
