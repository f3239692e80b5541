//! The one `ExecutionPlan` of ours: a stage over a stream of batches. Cancels by drop and propagates panics.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::time::Instant;

use arrow::array::RecordBatch;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{DisplayAs, DisplayFormatType, ExecutionPlan, PhysicalExpr, PlanProperties};
use futures::stream::{BoxStream, StreamExt, TryStreamExt};

use super::async_map::async_map;
use super::{RunCounts, Stage, StageKind};
use crate::Error;

/// Batches that a compute stage works on at once; each is cut further across threads.
const BATCHES_AHEAD: usize = 2;

/// Stages in a plan: one that computes, or all from the first remote one of a segment on.
pub(crate) struct StageExec {
    stages: Arc<[Arc<Stage>]>,
    counts: Arc<RunCounts>,
    input: Arc<dyn ExecutionPlan>,
}

impl StageExec {
    /// Puts the stages of a segment behind an input of the same schema.
    pub(crate) fn chain(
        stages: &[Arc<Stage>],
        counts: &Arc<RunCounts>,
        input: Arc<dyn ExecutionPlan>,
    ) -> Arc<dyn ExecutionPlan> {
        let is_remote = |stage: &Arc<Stage>| matches!(stage.kind, StageKind::Remote(..));
        let (before, from_remote) = stages.split_at(stages.iter().position(is_remote).unwrap_or(stages.len()));
        let nodes = before.chunks(1).chain((!from_remote.is_empty()).then_some(from_remote));
        nodes.fold(input, |input, stages| {
            Arc::new(StageExec { stages: Arc::from(stages), counts: Arc::clone(counts), input })
        })
    }

    fn names(&self) -> String {
        self.stages.iter().map(|stage| stage.name.as_str()).collect::<Vec<_>>().join(", ")
    }
}

impl fmt::Debug for StageExec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StageExec({})", self.names())
    }
}

impl DisplayAs for StageExec {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StageExec: {}", self.names())
    }
}

impl ExecutionPlan for StageExec {
    fn name(&self) -> &'static str {
        "StageExec"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        self.input.properties()
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![&self.input]
    }

    fn with_new_children(self: Arc<Self>, mut children: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        let Some(input) = children.pop() else {
            return Err(DataFusionError::Internal("a stage needs one input".to_owned()));
        };
        Ok(Arc::new(StageExec { stages: Arc::clone(&self.stages), counts: Arc::clone(&self.counts), input }))
    }

    fn apply_expressions(
        &self,
        _: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn execute(&self, partition: usize, ctx: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let input = self.input.execute(partition, ctx)?.map_err(unwrap_external).boxed();
        let output = match self.stages.first() {
            Some(stage) if !matches!(stage.kind, StageKind::Remote(..)) => compute(input, stage, &self.counts),
            _ => async_map(input, Arc::clone(&self.stages), Arc::clone(&self.counts)),
        };
        Ok(Box::pin(RecordBatchStreamAdapter::new(self.schema(), output.map_err(wrap_external))))
    }
}

fn compute(
    input: BoxStream<'static, Result<RecordBatch, Error>>,
    stage: &Arc<Stage>,
    counts: &Arc<RunCounts>,
) -> BoxStream<'static, Result<RecordBatch, Error>> {
    let (stage, counts) = (Arc::clone(stage), Arc::clone(counts));
    input
        .map(move |batch| {
            let (stage, counts) = (Arc::clone(&stage), Arc::clone(&counts));
            async move {
                let batch = batch?;
                on_rayon(move || run(&stage, &counts, &batch)).await
            }
        })
        .buffered(BATCHES_AHEAD)
        .boxed()
}

/// Takes the rows of a batch through a stage that computes.
pub(super) fn run(stage: &Stage, counts: &RunCounts, batch: &RecordBatch) -> Result<RecordBatch, Error> {
    let taken = stage.select(batch)?;
    if taken.positions.is_empty() {
        return Ok(batch.clone());
    }
    let started = Instant::now();
    let decided = stage.decide(&taken.rows)?;
    let busy_ms = started.elapsed().as_secs_f64() * 1e3;
    let (merged, mut stage_counts) = stage.merge(batch, &taken, decided)?;
    stage_counts.busy_ms = busy_ms;
    // A barrier only gives keys here; it counts its rows when it decides them.
    if !matches!(stage.kind, StageKind::Barrier(_)) {
        counts.add(&stage.name, &stage_counts);
    }
    Ok(merged)
}

/// Runs a computation on the rayon pool; a panic there goes on here.
pub(crate) async fn on_rayon<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let (sender, receiver) = tokio::sync::oneshot::channel();
    rayon::spawn(move || {
        // The receiver is gone only when the run was cancelled; then nobody wants the result.
        drop(sender.send(catch_unwind(AssertUnwindSafe(work))));
    });
    match receiver.await {
        Ok(Ok(result)) => result,
        Ok(Err(panic)) => resume_unwind(panic),
        Err(_) => Err(Error::internal("a computation was dropped")),
    }
}

/// Our errors travel through DataFusion as external ones.
pub(crate) fn wrap_external(error: Error) -> DataFusionError {
    DataFusionError::External(Box::new(error))
}

/// And are taken out again at the same border.
pub(crate) fn unwrap_external(error: DataFusionError) -> Error {
    match error {
        DataFusionError::External(inner) => match inner.downcast::<Error>() {
            Ok(error) => *error,
            Err(other) => Error::internal(other),
        },
        DataFusionError::Context(_, inner) => unwrap_external(*inner),
        DataFusionError::ResourcesExhausted(message) => Error::Usage(format!(
            "sorting for a barrier needs more memory than it may use ({message}); raise `memory` in `[run]` of the config"
        )),
        other => Error::internal(other),
    }
}
