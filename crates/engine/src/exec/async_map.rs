//! Runs a remote operator over a stream of batches, bounded in flight across batches.
//!
//! A semaphore bounds the rows in flight. A reorder window of eight times that keeps row order without making fast
//! replies wait for a slow one: a window equal to the limit loses most of the capacity to stragglers. Dropping the
//! stream cancels every call in flight.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

use arrow::array::RecordBatch;
use datafusion::common::runtime::SpawnedTask;
use futures::future::BoxFuture;
use futures::stream::{self, BoxStream, Stream, StreamExt};
use tokio::sync::Semaphore;

use super::by_document::by_document;
use super::decide::concat;
use super::{ChangeRows, RunCounts, Stage, StageCounts};
use crate::Error;
use crate::operator::{Decided, Remote, Rows};

/// The reorder window, as a multiple of the rows in flight.
const WINDOW: usize = 8;

/// One step of the flattened stream: a batch enters, or one of its rows is decided.
enum Step {
    Enter(RecordBatch, ChangeRows),
    Row(Decided, f64),
}

/// Sends each row that the stage takes through the operator; rows come out in order, in
/// batches of one document each.
pub(crate) fn async_map(
    input: BoxStream<'static, Result<RecordBatch, Error>>,
    stage: Arc<Stage>,
    operator: Arc<dyn Remote>,
    permits: Arc<Semaphore>,
    counts: Arc<RunCounts>,
) -> BoxStream<'static, Result<RecordBatch, Error>> {
    let window = operator.in_flight().max(1) * WINDOW;
    let selecting = Arc::clone(&stage);
    let steps = pieces(input)
        .flat_map(move |batch| {
            let calls = batch.and_then(|batch| {
                let taken = selecting.select(&batch)?;
                Ok((batch, taken))
            });
            stream::iter(jobs(calls, &selecting, &operator, &permits))
        })
        .buffered(window);
    let assembler = Assembler { steps: Box::pin(steps), stage, counts, waiting: VecDeque::new() };
    stream::try_unfold(assembler, |mut assembler| async move {
        let next = assembler.next().await?;
        Ok(next.map(|batch| (batch, assembler)))
    })
    .boxed()
}

/// A document's rows go on as soon as they are decided, whatever batch they came in.
fn pieces(
    input: BoxStream<'static, Result<RecordBatch, Error>>,
) -> impl Stream<Item = Result<RecordBatch, Error>> + Send + 'static {
    input.flat_map(|batch| match batch.and_then(|batch| by_document(&batch)) {
        Ok(pieces) => stream::iter(pieces.into_iter().map(Ok).collect::<Vec<_>>()),
        Err(error) => stream::iter(vec![Err(error)]),
    })
}

type Job = BoxFuture<'static, Result<Step, Error>>;

fn jobs(
    entering: Result<(RecordBatch, ChangeRows), Error>,
    stage: &Arc<Stage>,
    operator: &Arc<dyn Remote>,
    permits: &Arc<Semaphore>,
) -> Vec<Job> {
    let (batch, taken) = match entering {
        Ok(entering) => entering,
        Err(error) => return vec![Box::pin(async move { Err(error) })],
    };
    let rows: Vec<RecordBatch> = (0..taken.rows.num_rows()).map(|row| taken.rows.slice(row, 1)).collect();
    let mut jobs: Vec<Job> = vec![Box::pin(async move { Ok(Step::Enter(batch, taken)) })];
    for row in rows {
        let (stage, operator, permits) = (Arc::clone(stage), Arc::clone(operator), Arc::clone(permits));
        // Spawned when first polled, so that calls go on while the consumer computes, and never past the window.
        jobs.push(Box::pin(async move {
            SpawnedTask::spawn(call(row, stage, operator, permits)).join_unwind().await.map_err(Error::internal)?
        }));
    }
    jobs
}

async fn call(
    row: RecordBatch,
    stage: Arc<Stage>,
    operator: Arc<dyn Remote>,
    permits: Arc<Semaphore>,
) -> Result<Step, Error> {
    let _permit = permits.acquire().await.map_err(Error::internal)?;
    let started = Instant::now();
    let decided = operator.decide(Rows::new(&row)).await.map_err(|error| stage.stopped(error))?;
    let decided = stage.hold_to_declaration(1, decided)?;
    Ok(Step::Row(decided, started.elapsed().as_secs_f64() * 1e3))
}

/// Collects decided rows until their batch is whole.
struct Assembler {
    steps: BoxStream<'static, Result<Step, Error>>,
    stage: Arc<Stage>,
    counts: Arc<RunCounts>,
    waiting: VecDeque<Waiting>,
}

/// A batch with the rows of it that are decided so far.
struct Waiting {
    batch: RecordBatch,
    taken: ChangeRows,
    done: Vec<(usize, Decided)>,
    busy_ms: f64,
}

impl Assembler {
    async fn next(&mut self) -> Result<Option<RecordBatch>, Error> {
        loop {
            let whole = self.waiting.front().is_some_and(|first| first.done.len() == first.taken.positions.len());
            if whole && let Some(first) = self.waiting.pop_front() {
                return self.merge(first).map(Some);
            }
            match self.steps.next().await.transpose()? {
                None => return Ok(None),
                Some(Step::Enter(batch, taken)) => {
                    self.waiting.push_back(Waiting { batch, taken, done: Vec::new(), busy_ms: 0.0 });
                }
                // Steps keep their order, so a row always belongs to the batch that entered last.
                Some(Step::Row(decided, busy_ms)) => {
                    if let Some(last) = self.waiting.back_mut() {
                        last.done.push((last.done.len(), decided));
                        last.busy_ms += busy_ms;
                    }
                }
            }
        }
    }

    fn merge(&self, whole: Waiting) -> Result<RecordBatch, Error> {
        let Waiting { batch, taken, done, busy_ms } = whole;
        let stage = &self.stage;
        let decided = concat(done, stage.adds.len()).map_err(|error| stage.stopped(error))?;
        let (merged, counts) = stage.merge(&batch, &taken, decided)?;
        self.counts.add(&stage.name, &StageCounts { busy_ms, ..counts });
        Ok(merged)
    }
}
