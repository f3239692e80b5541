//! The stream of a shard's rows: starts its reader at the first call and ends it when dropped.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use quarry_schema::Level;
use tokio::runtime::Handle;
use tokio::sync::mpsc::{self, Receiver};
use tokio::task::JoinHandle;

use super::builder;
use super::format::Format;
use super::options::ReadOptions;
use super::shard::Shard;
use super::sink::{Sink, Stop};
use super::source::Source;
use super::{html, jsonl, parquet, text, warc};
use crate::Error;

/// Batches that wait for the consumer beside the one being built.
const CHANNEL_BATCHES: usize = 2;

/// Opens a shard, without its first `skip_rows` rows; unreadable rows count as rows.
///
/// Nothing is read before the first call of [`Rows::next`]. `progress` grows by the stored bytes consumed.
pub fn open(shard: &Shard, options: &ReadOptions, skip_rows: u64, progress: Arc<AtomicU64>) -> Rows {
    let pending = Pending { shard: shard.clone(), options: options.bounded(), skip_rows, progress };
    Rows { state: State::Waiting(Box::new(pending)) }
}

/// The rows of one shard as batches, in the order of the file.
pub struct Rows {
    state: State,
}

enum State {
    Waiting(Box<Pending>),
    Running { batches: Receiver<RecordBatch>, reader: JoinHandle<Result<(), Stop>> },
    Ended,
}

struct Pending {
    shard: Shard,
    options: ReadOptions,
    skip_rows: u64,
    progress: Arc<AtomicU64>,
}

/// What a reader needs to know.
pub(super) struct Reading {
    pub(super) shard: Shard,
    pub(super) options: ReadOptions,
    pub(super) skip_rows: u64,
    pub(super) progress: Arc<AtomicU64>,
    pub(super) handle: Handle,
}

impl Rows {
    /// The schema of all batches: the row header, then the columns of a document, then those of a pair where rows are pairs.
    pub fn schema(rows: Level) -> SchemaRef {
        builder::schema(rows)
    }

    /// The next batch, or none at the end of the shard.
    ///
    /// # Errors
    /// The file cannot be read, or it is truncated or corrupt and the options say that this stops the run.
    ///
    /// # Panics
    /// Passes a panic of the reader's thread on.
    pub async fn next(&mut self) -> Result<Option<RecordBatch>, Error> {
        self.state = match std::mem::replace(&mut self.state, State::Ended) {
            State::Waiting(pending) => start(*pending),
            state => state,
        };
        let State::Running { batches, reader } = &mut self.state else {
            return Ok(None);
        };
        if let Some(batch) = batches.recv().await {
            return Ok(Some(batch));
        }
        let end = reader.await;
        self.state = State::Ended;
        match end {
            Ok(Ok(()) | Err(Stop::Closed)) => Ok(None),
            Ok(Err(Stop::Failed(error))) => Err(error),
            Err(join) if join.is_panic() => std::panic::resume_unwind(join.into_panic()),
            Err(join) => Err(Error::internal(join)),
        }
    }
}

impl Reading {
    /// The stored bytes of the shard.
    pub(super) fn open(&self) -> Result<Source, Error> {
        Source::open(&self.shard, self.handle.clone(), Arc::clone(&self.progress))
    }

    fn run(&self, sink: &mut Sink) -> Result<(), Stop> {
        if self.options.rows == Level::Pair && !matches!(self.shard.format, Format::JsonLines(_) | Format::Parquet) {
            let message = "holds text, but the recipe takes pairs; pairs are read from JSON Lines and parquet";
            return Err(Error::input(&self.shard.name, message).into());
        }
        match self.shard.format {
            Format::JsonLines(compression) => jsonl::read(self, compression, sink),
            Format::Parquet => parquet::read(self, sink),
            Format::Text => text::read(self, sink),
            Format::Html => html::read(self, sink),
            Format::Warc(compression) => warc::read(self, compression, sink),
        }
    }
}

fn start(pending: Pending) -> State {
    let (sender, batches) = mpsc::channel(CHANNEL_BATCHES);
    let Pending { shard, options, skip_rows, progress } = pending;
    let mut sink = Sink::new(sender, &shard, &options, skip_rows);
    let reading = Reading { shard, options, skip_rows, progress, handle: Handle::current() };
    let reader = tokio::task::spawn_blocking(move || reading.run(&mut sink));
    State::Running { batches, reader }
}
