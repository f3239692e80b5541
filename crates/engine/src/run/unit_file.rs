//! Unit files: written while rows stream in, read back by the next segment, a barrier, or the publisher.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{RecordBatch, new_null_array};
use arrow::compute::kernels::{cmp, nullif};
use arrow::datatypes::{SchemaRef, UInt8Type};
use datafusion::common::runtime::SpawnedTask;
use futures::stream::{BoxStream, StreamExt};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder, RowSelection};
use quarry_schema::{Level, column};
use tokio::sync::mpsc;

use crate::Error;
use crate::commit::{ParquetFile, Purpose};
use crate::exec::header;

/// Writes a stream to a unit file; nothing is left behind unless the stream ends well.
pub(crate) async fn write_unit(
    path: PathBuf,
    schema: SchemaRef,
    mut rows: BoxStream<'static, Result<RecordBatch, Error>>,
    keep_pair_text: bool,
) -> Result<u64, Error> {
    let (sender, mut receiver) = mpsc::channel::<RecordBatch>(2);
    // Encoding and compression take longer than an async thread may be held.
    let writing = SpawnedTask::spawn_blocking(move || -> Result<ParquetFile, Error> {
        let mut file = ParquetFile::create(&path, &schema, Purpose::State)?;
        while let Some(batch) = receiver.blocking_recv() {
            file.write(if keep_pair_text { batch } else { without_pair_text(batch)? })?;
        }
        Ok(file)
    });
    while let Some(batch) = rows.next().await {
        if sender.send(batch?).await.is_err() {
            break;
        }
    }
    drop(sender);
    let file = writing.join_unwind().await.map_err(Error::internal)??;
    SpawnedTask::spawn_blocking(move || file.commit()).join_unwind().await.map_err(Error::internal)?
}

/// A pair repeats its document's text; once no later stage reads it there, it is dropped.
fn without_pair_text(batch: RecordBatch) -> Result<RecordBatch, Error> {
    let levels = header::<UInt8Type>(&batch, column::LEVEL)?;
    let pair = arrow::array::UInt8Array::new_scalar(Level::Pair.code());
    let pairs = cmp::eq(levels, &pair).map_err(Error::internal)?;
    if pairs.true_count() == 0 {
        return Ok(batch);
    }
    let position = batch.schema().index_of(column::TEXT).map_err(Error::internal)?;
    let mut columns = batch.columns().to_vec();
    if let Some(text) = columns.get_mut(position) {
        *text = nullif::nullif(text, &pairs).map_err(Error::internal)?;
    }
    RecordBatch::try_new(batch.schema(), columns).map_err(Error::internal)
}

/// Reads a unit file in order.
pub(crate) struct UnitReader {
    reader: ParquetRecordBatchReader,
    path: String,
}

impl UnitReader {
    /// Opens a whole unit file.
    pub(crate) fn open(path: &Path, batch_rows: usize) -> Result<UnitReader, Error> {
        UnitReader::open_columns(path, batch_rows, None)
    }

    /// Opens some columns of a unit file.
    pub(crate) fn open_columns(path: &Path, batch_rows: usize, names: Option<&[&str]>) -> Result<UnitReader, Error> {
        let builder = UnitReader::builder(path, batch_rows, names)?;
        UnitReader::build(path, builder)
    }

    /// Opens some columns of some rows, by their ascending places.
    pub(crate) fn open_rows(path: &Path, batch_rows: usize, names: &[&str], rows: &[u32]) -> Result<UnitReader, Error> {
        let builder = UnitReader::builder(path, batch_rows, Some(names))?;
        let num_rows = usize::try_from(builder.metadata().file_metadata().num_rows()).map_err(Error::internal)?;
        let ranges = rows.iter().map(|row| *row as usize..*row as usize + 1);
        let selection = RowSelection::from_consecutive_ranges(ranges, num_rows);
        UnitReader::build(path, builder.with_row_selection(selection))
    }

    /// How many rows a file has.
    pub(crate) fn num_rows(path: &Path) -> Result<u64, Error> {
        let builder = UnitReader::builder(path, 1, None)?;
        u64::try_from(builder.metadata().file_metadata().num_rows()).map_err(Error::internal)
    }

    fn builder(
        path: &Path,
        batch_rows: usize,
        names: Option<&[&str]>,
    ) -> Result<ParquetRecordBatchReaderBuilder<File>, Error> {
        let file = File::open(path).map_err(|error| damaged(path, error))?;
        let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|error| damaged(path, error))?;
        let builder = builder.with_batch_size(batch_rows);
        Ok(match names {
            Some(names) => {
                let mask = ProjectionMask::columns(builder.parquet_schema(), names.iter().copied());
                builder.with_projection(mask)
            }
            None => builder,
        })
    }

    fn build(path: &Path, builder: ParquetRecordBatchReaderBuilder<File>) -> Result<UnitReader, Error> {
        let reader = builder.build().map_err(|error| damaged(path, error))?;
        Ok(UnitReader { reader, path: path.display().to_string() })
    }
}

fn damaged(path: &Path, error: impl std::fmt::Display) -> Error {
    Error::input(
        path.display().to_string(),
        format!("{error}; this file is part of the run's state: delete it and run the same command again"),
    )
}

impl Iterator for UnitReader {
    type Item = Result<RecordBatch, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let batch = self.reader.next()?;
        Some(batch.map_err(|error| Error::input(self.path.as_str(), error.to_string())))
    }
}

/// The rows with the columns of the plan: what a reader or an earlier recipe does not have is null.
pub(crate) fn same_schema(batch: &RecordBatch, schema: &SchemaRef) -> Result<RecordBatch, Error> {
    let columns = schema
        .fields()
        .iter()
        .map(|field| match batch.column_by_name(field.name()) {
            Some(column) => Arc::clone(column),
            None => new_null_array(field.data_type(), batch.num_rows()),
        })
        .collect();
    RecordBatch::try_new(Arc::clone(schema), columns).map_err(Error::internal)
}
