//! The input of a unit's plan: a stream that DataFusion may take once, and shards cut into units.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use datafusion::error::DataFusionError;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::streaming::{PartitionStream, StreamingTableExec};
use futures::stream::{BoxStream, StreamExt, TryStreamExt};
use tokio::sync::mpsc;

use crate::Error;
use crate::exec::wrap_external;
use crate::read::Rows;

/// A stream that is handed out once.
struct OnceStream {
    schema: SchemaRef,
    stream: Mutex<Option<SendableRecordBatchStream>>,
}

impl fmt::Debug for OnceStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OnceStream")
    }
}

impl PartitionStream for OnceStream {
    fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    fn execute(&self, _: Arc<TaskContext>) -> SendableRecordBatchStream {
        let stream = self.stream.lock().unwrap_or_else(PoisonError::into_inner).take();
        stream.unwrap_or_else(|| {
            let error = DataFusionError::Internal("a unit's input was taken twice".to_owned());
            let once = futures::stream::once(async move { Err(error) });
            Box::pin(RecordBatchStreamAdapter::new(Arc::clone(&self.schema), once))
        })
    }
}

/// Makes a plan node of a stream.
pub(crate) fn scan(
    schema: &SchemaRef,
    rows: BoxStream<'static, Result<RecordBatch, Error>>,
) -> Result<Arc<dyn ExecutionPlan>, Error> {
    let stream = RecordBatchStreamAdapter::new(Arc::clone(schema), rows.map_err(wrap_external));
    let once = OnceStream { schema: Arc::clone(schema), stream: Mutex::new(Some(Box::pin(stream))) };
    let exec = StreamingTableExec::try_new(Arc::clone(schema), vec![Arc::new(once)], None, [], false, None)
        .map_err(Error::internal)?;
    Ok(Arc::new(exec))
}

/// Turns a channel into a stream.
pub(crate) fn receive(
    receiver: mpsc::Receiver<Result<RecordBatch, Error>>,
) -> BoxStream<'static, Result<RecordBatch, Error>> {
    futures::stream::unfold(receiver, |mut receiver| async move {
        let next = receiver.recv().await?;
        Some((next, receiver))
    })
    .boxed()
}

/// Cuts a shard's rows at unit borders, whatever batches the reader gives.
pub(crate) struct Cutter {
    rows: Rows,
    rest: Option<RecordBatch>,
}

impl Cutter {
    /// Starts where the reader stands.
    pub(crate) fn new(rows: Rows) -> Cutter {
        Cutter { rows, rest: None }
    }

    /// Whether no row is left.
    pub(crate) async fn at_end(&mut self) -> Result<bool, Error> {
        while self.rest.as_ref().is_none_or(|rest| rest.num_rows() == 0) {
            match self.rows.next().await? {
                Some(batch) => self.rest = Some(batch),
                None => return Ok(true),
            }
        }
        Ok(false)
    }

    /// Sends the next `num_rows` rows, or all that are left; stops early when nobody listens.
    pub(crate) async fn feed(
        &mut self,
        sender: mpsc::Sender<Result<RecordBatch, Error>>,
        num_rows: u64,
    ) -> Result<(), Error> {
        let mut wanted = num_rows;
        while wanted > 0 && !self.at_end().await? {
            let Some(batch) = self.rest.take() else { break };
            let take = usize::try_from(wanted).unwrap_or(usize::MAX).min(batch.num_rows());
            self.rest = Some(batch.slice(take, batch.num_rows() - take));
            wanted -= take as u64;
            if sender.send(Ok(batch.slice(0, take))).await.is_err() {
                break;
            }
        }
        Ok(())
    }
}
