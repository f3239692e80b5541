//! Takes documents through stages that call something remote, each on its own, and restores their order at the end.
//!
//! From the first remote stage of a segment on, a document with its pairs goes from stage to stage as soon as it is
//! decided, whatever becomes of those before it. Order is restored once, behind the last stage, in a window of eight times
//! the rows that may be in flight: restoring it behind each stage would make all documents wait for the slowest reply of
//! those before, and a window equal to the limit loses most of the capacity to stragglers. A semaphore a stage bounds the
//! rows in flight over all units. Dropping the stream cancels every call in flight.

use std::sync::Arc;
use std::time::Instant;

use arrow::array::RecordBatch;
use datafusion::common::runtime::SpawnedTask;
use futures::future::try_join_all;
use futures::stream::{self, BoxStream, Stream, StreamExt};
use tokio::sync::Semaphore;

use super::by_document::by_document;
use super::decide::concat;
use super::stage_exec::{on_rayon, run};
use super::{RunCounts, Stage, StageCounts, StageKind};
use crate::Error;
use crate::operator::{Decided, Remote, Rows};

/// The reorder window, as a multiple of the rows in flight.
const WINDOW: usize = 8;

/// Sends each document through the stages; batches of one document each come out in the order of the input.
pub(crate) fn async_map(
    input: BoxStream<'static, Result<RecordBatch, Error>>,
    stages: Arc<[Arc<Stage>]>,
    counts: Arc<RunCounts>,
) -> BoxStream<'static, Result<RecordBatch, Error>> {
    let in_flight = |stage: &Arc<Stage>| match &stage.kind {
        StageKind::Remote(operator, _) => operator.in_flight(),
        StageKind::Compute(_) | StageKind::Barrier(_) => 0,
    };
    let window = stages.iter().map(in_flight).max().unwrap_or_default().max(1) * WINDOW;
    documents(input)
        .map(move |document| {
            let (stages, counts) = (Arc::clone(&stages), Arc::clone(&counts));
            // Spawned when first polled, so that calls go on while the consumer computes, and never past the window.
            async move {
                let through = through(document?, stages, counts);
                SpawnedTask::spawn(through).join_unwind().await.map_err(Error::internal)?
            }
        })
        .buffered(window)
        .boxed()
}

fn documents(
    input: BoxStream<'static, Result<RecordBatch, Error>>,
) -> impl Stream<Item = Result<RecordBatch, Error>> + Send + 'static {
    input.flat_map(|batch| match batch.and_then(|batch| by_document(&batch)) {
        Ok(pieces) => stream::iter(pieces.into_iter().map(Ok).collect::<Vec<_>>()),
        Err(error) => stream::iter(vec![Err(error)]),
    })
}

async fn through(
    mut batch: RecordBatch,
    stages: Arc<[Arc<Stage>]>,
    counts: Arc<RunCounts>,
) -> Result<RecordBatch, Error> {
    for stage in stages.iter() {
        batch = match &stage.kind {
            StageKind::Remote(operator, permits) => ask(stage, operator.as_ref(), permits, &counts, batch).await?,
            StageKind::Compute(_) | StageKind::Barrier(_) => {
                let (stage, counts) = (Arc::clone(stage), Arc::clone(&counts));
                on_rayon(move || run(&stage, &counts, &batch)).await?
            }
        };
    }
    Ok(batch)
}

/// Decides all rows that the stage takes at the same time, and writes into the batch what came of them.
async fn ask(
    stage: &Stage,
    operator: &dyn Remote,
    permits: &Semaphore,
    counts: &RunCounts,
    batch: RecordBatch,
) -> Result<RecordBatch, Error> {
    let taken = stage.select(&batch)?;
    if taken.positions.is_empty() {
        return Ok(batch);
    }
    let rows = (0..taken.rows.num_rows()).map(|row| taken.rows.slice(row, 1));
    let decided = try_join_all(rows.map(|row| call(stage, operator, permits, row))).await?;
    let busy_ms = decided.iter().map(|(_, busy_ms)| busy_ms).sum();
    let parts = decided.into_iter().map(|(decided, _)| decided).enumerate().collect();
    let decided = concat(parts, stage.adds.len()).map_err(|error| stage.stopped(error))?;
    let (merged, stage_counts) = stage.merge(&batch, &taken, decided)?;
    counts.add(&stage.name, &StageCounts { busy_ms, ..stage_counts });
    Ok(merged)
}

async fn call(
    stage: &Stage,
    operator: &dyn Remote,
    permits: &Semaphore,
    row: RecordBatch,
) -> Result<(Decided, f64), Error> {
    let _permit = permits.acquire().await.map_err(Error::internal)?;
    let started = Instant::now();
    let decided = operator.decide(Rows::new(&row)).await.map_err(|error| stage.stopped(error))?;
    let decided = stage.hold_to_declaration(1, decided)?;
    Ok((decided, started.elapsed().as_secs_f64() * 1e3))
}
