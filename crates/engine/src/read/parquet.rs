//! Parquet: one row a row, in the order of the file, whatever its row groups.

use std::fmt::Display;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;

use arrow::array::RecordBatch;
use parquet::arrow::arrow_reader::{ArrowReaderOptions, ParquetRecordBatchReaderBuilder};

use super::fields::FieldNames;
use super::options::OnTruncated;
use super::parquet_bytes::ShardBytes;
use super::parquet_columns::Columns;
use super::rows::Reading;
use super::sink::{Fault, Sink, Stop};
use crate::Error;

/// Rows decoded at once. It is fixed, so that what is lost to a corrupt page does not depend on batch sizes, and small,
/// because a row may be long.
const DECODE_ROWS: usize = 64;

/// Reads a whole shard into the sink.
pub(super) fn read(reading: &Reading, sink: &mut Sink) -> Result<(), Stop> {
    let bytes = ShardBytes::open(&reading.shard, reading.handle.clone())
        .map_err(|source| Error::input(&reading.shard.name, source.to_string()))?;
    match read_rows(reading, bytes.clone(), sink)? {
        Ok(()) => sink.flush(),
        Err(broken) if bytes.failed() => Err(Error::input(&reading.shard.name, broken.reason).into()),
        Err(broken) => {
            let place = format!("row {} ({} bytes in the file)", sink.num_rows() + 1, reading.shard.size_bytes);
            sink.break_off(&Fault { shard_row: sink.num_rows() + 1, place, reason: broken.reason })
        }
    }
}

/// What the parquet library said of a file that it cannot read.
struct Broken {
    reason: String,
}

/// Calls the parquet library, which panics over some corrupt pages. What it was called on is not used again.
fn guarded<T, E: Display>(call: impl FnOnce() -> Result<T, E>) -> Result<T, Broken> {
    match catch_unwind(AssertUnwindSafe(call)) {
        Ok(outcome) => outcome.map_err(|source| Broken { reason: source.to_string() }),
        Err(_) => Err(Broken { reason: "the parquet decoder gave up on it".to_owned() }),
    }
}

fn read_rows(reading: &Reading, bytes: ShardBytes, sink: &mut Sink) -> Result<Result<(), Broken>, Stop> {
    // The arrow schema that some writers embed is a second opinion on the types: without it a string is a string.
    let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
    let mut builder = match guarded(|| ParquetRecordBatchReaderBuilder::try_new_with_options(bytes, options)) {
        Ok(builder) => builder.with_batch_size(DECODE_ROWS),
        Err(broken) => return Ok(Err(broken)),
    };
    let num_rows = u64::try_from(builder.metadata().file_metadata().num_rows()).unwrap_or_default();
    let names = FieldNames::new(&reading.options);
    let columns =
        Columns::new(builder.schema(), &names).map_err(|message| Error::input(&reading.shard.name, message))?;
    // A file that may end in quarantine is decoded from its start: a fault before the offset ends it all the same.
    if reading.options.on_truncated == OnTruncated::Fail {
        let offset = reading.skip_rows.min(num_rows);
        builder = builder.with_offset(usize::try_from(offset).map_err(Error::internal)?);
        sink.pass_over(offset);
    }
    let mut batches = match guarded(|| builder.build()) {
        Ok(batches) => batches,
        Err(broken) => return Ok(Err(broken)),
    };
    let mut bytes_reported = 0;
    loop {
        match guarded(|| batches.next().transpose()) {
            Ok(Some(batch)) => push_rows(reading, (&columns, &names), &batch, sink)?,
            Ok(None) => break,
            Err(broken) => return Ok(Err(broken)),
        }
        bytes_reported = report_progress(reading, sink.num_rows(), num_rows, bytes_reported);
    }
    if sink.num_rows() != num_rows {
        return Ok(Err(Broken { reason: format!("the footer promises {num_rows} rows") }));
    }
    Ok(Ok(()))
}

fn push_rows(
    reading: &Reading,
    (columns, names): (&Columns, &FieldNames),
    batch: &RecordBatch,
    sink: &mut Sink,
) -> Result<(), Stop> {
    let num_rows = batch.num_rows() as u64;
    if sink.num_rows() + num_rows <= reading.skip_rows {
        sink.pass_over(num_rows);
        return Ok(());
    }
    let rows = columns.rows(batch).map_err(|message| Error::input(&reading.shard.name, message))?;
    for fields in rows.fields(reading.options.max_row_bytes) {
        if !sink.wants_next()? {
            continue;
        }
        let number = sink.num_rows();
        let place = |reason| format!("row {number}: {reason}");
        match fields {
            Ok(mut fields) => sink.take(number, fields.row(names).map_err(place))?,
            Err(reason) => sink.take_unreadable(number, &place(reason))?,
        }
    }
    Ok(())
}

/// Row groups are not read from front to back, so the share of rows stands for the share of bytes.
fn report_progress(reading: &Reading, rows_done: u64, num_rows: u64, bytes_reported: u64) -> u64 {
    let share = rows_done as f64 / num_rows.max(1) as f64;
    let bytes_done = (share * reading.shard.size_bytes as f64) as u64;
    reading.progress.fetch_add(bytes_done.saturating_sub(bytes_reported), Ordering::Relaxed);
    bytes_done.max(bytes_reported)
}
