//! Where a reader puts its rows: skips those already done, closes batches, and hands them to the consumer.

use arrow::array::RecordBatch;
use tokio::sync::mpsc::Sender;

use super::builder::{BatchBuilder, ReadReason, Rejected};
use super::options::{OnTruncated, ReadOptions};
use super::pair_fields::InputRow;
use super::shard::Shard;
use crate::Error;

/// Rows between two looks at whether anybody still listens, while none is delivered.
const CLOSED_CHECK_ROWS: u64 = 1024;

/// Why a reader ends before its file does.
pub(super) enum Stop {
    /// Nobody listens any more.
    Closed,
    /// The run must stop.
    Failed(Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Stop {
        Stop::Failed(error)
    }
}

/// A file that cannot be read on.
pub(super) struct Fault {
    /// The line or row that could not be reached, from 1.
    pub(super) shard_row: u64,
    /// Where the fault is, such as `byte 17 of 20`.
    pub(super) place: String,
    /// What the decoder said.
    pub(super) reason: String,
}

/// Takes the rows of one shard in order.
pub(super) struct Sink {
    batches: Sender<RecordBatch>,
    builder: BatchBuilder,
    shard: String,
    on_truncated: OnTruncated,
    batch_rows: usize,
    batch_bytes: usize,
    num_bytes: usize,
    num_rows: u64,
    skip_rows: u64,
}

impl Sink {
    /// Sends to `batches` all rows of `shard` but the first `skip_rows`.
    pub(super) fn new(batches: Sender<RecordBatch>, shard: &Shard, options: &ReadOptions, skip_rows: u64) -> Sink {
        Sink {
            batches,
            builder: BatchBuilder::new(shard.name.clone(), options.rows),
            shard: shard.name.clone(),
            on_truncated: options.on_truncated,
            batch_rows: options.batch_rows,
            batch_bytes: options.batch_bytes,
            num_bytes: 0,
            num_rows: 0,
            skip_rows,
        }
    }

    /// Counts the next row and says whether it was asked for.
    pub(super) fn wants_next(&mut self) -> Result<bool, Stop> {
        if self.num_rows.is_multiple_of(CLOSED_CHECK_ROWS) && self.batches.is_closed() {
            return Err(Stop::Closed);
        }
        self.num_rows += 1;
        Ok(self.num_rows > self.skip_rows)
    }

    /// Counts rows that a format passed over by itself.
    pub(super) fn pass_over(&mut self, num_rows: u64) {
        self.num_rows += num_rows;
    }

    /// Rows counted so far, skipped ones included.
    pub(super) fn num_rows(&self) -> u64 {
        self.num_rows
    }

    /// Takes a row that was counted and asked for.
    pub(super) fn take<'r>(
        &mut self,
        shard_row: u64,
        row: Result<impl Into<InputRow<'r>>, String>,
    ) -> Result<(), Stop> {
        self.num_bytes += match row.map(Into::into) {
            Ok(InputRow::Document(document)) => self.builder.push_document(shard_row, &document),
            Ok(InputRow::Pair(pair)) => self.builder.push_pair(shard_row, &pair),
            Err(detail) => return self.take_unreadable(shard_row, &detail),
        };
        self.flush_if_full()
    }

    /// Takes a row that was counted and asked for, but has no content.
    pub(super) fn take_unreadable(&mut self, shard_row: u64, detail: &str) -> Result<(), Stop> {
        self.refuse(shard_row, &Rejected::unnamed(ReadReason::UnreadableRow, detail))
    }

    /// Takes a row that was counted and asked for, and that reading rejects.
    pub(super) fn refuse(&mut self, shard_row: u64, rejected: &Rejected) -> Result<(), Stop> {
        self.num_bytes += self.builder.push_rejected(shard_row, rejected);
        self.flush_if_full()
    }

    fn flush_if_full(&mut self) -> Result<(), Stop> {
        if self.builder.num_rows() >= self.batch_rows || self.num_bytes >= self.batch_bytes {
            self.flush()?;
        }
        Ok(())
    }

    /// Ends a shard that cannot be read on, as the options say.
    pub(super) fn break_off(&mut self, fault: &Fault) -> Result<(), Stop> {
        let num_rows = self.num_rows;
        let Fault { shard_row, place, reason } = fault;
        let detail = format!("truncated or corrupt at {place}, after {num_rows} rows: {reason}");
        if self.on_truncated == OnTruncated::Fail {
            let remedy =
                "fetch the file again, or set `on_truncated = \"quarantine\"` to keep the rows before the fault";
            return Err(Error::input(&self.shard, format!("{detail}; {remedy}")).into());
        }
        if self.wants_next()? {
            let rejected = Rejected::unnamed(ReadReason::TruncatedShard, &detail);
            self.num_bytes += self.builder.push_rejected(*shard_row, &rejected);
        }
        self.flush()
    }

    /// Sends what is collected.
    pub(super) fn flush(&mut self) -> Result<(), Stop> {
        if self.builder.num_rows() == 0 {
            return Ok(());
        }
        self.num_bytes = 0;
        let batch = self.builder.finish()?;
        self.batches.blocking_send(batch).map_err(|_| Stop::Closed)
    }
}
