//! Sorting on DataFusion, which goes to disk where memory does not suffice.

use std::sync::{Arc, LazyLock};

use arrow::array::{ArrayRef, AsArray, RecordBatch, UInt32Array, UInt64Array};
use arrow::compute::SortOptions;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef, UInt32Type, UInt64Type};
use datafusion::common::runtime::SpawnedTask;
use datafusion::physical_expr::expressions::col;
use datafusion::physical_expr::{LexOrdering, PhysicalSortExpr};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::sorts::sort::SortExec;
use futures::stream::{BoxStream, StreamExt, TryStreamExt};
use tokio::runtime::Handle;
use tokio::sync::mpsc;

use super::super::RunCtx;
use super::super::source::{receive, scan};
use crate::Error;
use crate::exec::unwrap_external;
use crate::operator::{OperatorError, Sort, SortEntry};

/// Entries that are handed over at once.
const BATCH_ROWS: usize = 8192;

static ENTRY: LazyLock<SchemaRef> = LazyLock::new(|| {
    Arc::new(Schema::new(vec![
        Field::new("high", DataType::UInt64, false),
        Field::new("low", DataType::UInt64, false),
        Field::new("number", DataType::UInt32, false),
    ]))
});

/// The rows by ascending columns.
pub(super) fn sorted(
    ctx: &RunCtx,
    rows: BoxStream<'static, Result<RecordBatch, Error>>,
    schema: &SchemaRef,
    by: &[&str],
) -> Result<BoxStream<'static, Result<RecordBatch, Error>>, Error> {
    let columns = by
        .iter()
        .map(|name| Ok(PhysicalSortExpr::new(col(name, schema)?, SortOptions { descending: false, nulls_first: true })))
        .collect::<Result<Vec<_>, datafusion::error::DataFusionError>>()
        .map_err(Error::internal)?;
    let ordering = LexOrdering::new(columns).ok_or_else(|| Error::internal("a sort without columns"))?;
    let exec = SortExec::new(ordering, scan(schema, rows)?);
    Ok(exec.execute(0, ctx.task_ctx()).map_err(unwrap_external)?.map_err(unwrap_external).boxed())
}

/// A sort that a thread outside of the runtime fills and empties.
pub(super) struct Sorter {
    entries: Vec<SortEntry>,
    sender: mpsc::Sender<Result<RecordBatch, Error>>,
    sorted: mpsc::Receiver<Result<RecordBatch, Error>>,
    num_pushed: u64,
    _sorting: SpawnedTask<()>,
}

impl Sorter {
    /// Starts a sort; `handle` is the runtime that carries it.
    pub(super) fn start(ctx: &RunCtx, handle: &Handle) -> Result<Sorter, Error> {
        let (sender, receiver) = mpsc::channel(2);
        let (out, sorted_batches) = mpsc::channel(2);
        let _entered = handle.enter();
        let mut rows = sorted(ctx, receive(receiver), &ENTRY, &["high", "low", "number"])?;
        let sorting = SpawnedTask::spawn(async move {
            while let Some(batch) = rows.next().await {
                if out.send(batch).await.is_err() {
                    break;
                }
            }
        });
        Ok(Sorter {
            entries: Vec::with_capacity(BATCH_ROWS),
            sender,
            sorted: sorted_batches,
            num_pushed: 0,
            _sorting: sorting,
        })
    }

    fn send(&mut self) -> Result<(), OperatorError> {
        let high = UInt64Array::from_iter_values(self.entries.iter().map(|entry| entry.key[0]));
        let low = UInt64Array::from_iter_values(self.entries.iter().map(|entry| entry.key[1]));
        let numbers = UInt32Array::from_iter_values(self.entries.iter().map(|entry| entry.number));
        let columns: Vec<ArrayRef> = vec![Arc::new(high), Arc::new(low), Arc::new(numbers)];
        self.entries.clear();
        let batch = RecordBatch::try_new(Arc::clone(&ENTRY), columns)?;
        if self.sender.blocking_send(Ok(batch)).is_ok() {
            return Ok(());
        }
        // The sort has ended early; what it says of that waits in the other channel.
        match self.sorted.blocking_recv() {
            Some(Err(error)) => Err(OperatorError::stop(error)),
            _ => Err(OperatorError::new("the sort ended early")),
        }
    }
}

impl Sort for Sorter {
    fn push(&mut self, entry: SortEntry) -> Result<(), OperatorError> {
        self.entries.push(entry);
        self.num_pushed += 1;
        if self.entries.len() < BATCH_ROWS { Ok(()) } else { self.send() }
    }

    fn finish(
        mut self: Box<Self>,
        each: &mut dyn FnMut(SortEntry) -> Result<(), OperatorError>,
    ) -> Result<(), OperatorError> {
        self.send()?;
        let Sorter { sender, mut sorted, num_pushed, _sorting, .. } = *self;
        drop(sender);
        let mut num_sorted = 0;
        while let Some(batch) = sorted.blocking_recv() {
            let batch = batch.map_err(OperatorError::stop)?;
            let damaged = || OperatorError::new("a sort gave other columns than it was given");
            let high = batch.column(0).as_primitive_opt::<UInt64Type>().ok_or_else(damaged)?;
            let low = batch.column(1).as_primitive_opt::<UInt64Type>().ok_or_else(damaged)?;
            let numbers = batch.column(2).as_primitive_opt::<UInt32Type>().ok_or_else(damaged)?;
            num_sorted += batch.num_rows() as u64;
            for ((high, low), number) in high.values().iter().zip(low.values()).zip(numbers.values()) {
                each(SortEntry { key: [*high, *low], number: *number })?;
            }
        }
        // A sort that panicked closes its channel like one that is done.
        match num_sorted == num_pushed {
            true => Ok(()),
            false => Err(OperatorError::new(format!("a sort gave {num_sorted} of {num_pushed} entries"))),
        }
    }
}
