//! A parquet file whose bytes depend on its rows alone: rows are regrouped to a fixed number before they are encoded.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::compute::BatchCoalescer;
use arrow::datatypes::SchemaRef;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{CdcOptions, WriterProperties};

use super::TempFile;
use crate::Error;

/// Rows that are encoded together, whatever the size of the batches they came in.
const ROWS_PER_WRITE: usize = 64;
/// Small enough for a trainer's loader to skip through.
const ROWS_PER_GROUP: usize = 10_000;
/// Bounds the memory of a writer where rows are long.
const BYTES_PER_GROUP: usize = 64 << 20;

/// The chunks that the `datasets` library makes, so that files of both share them.
const CHUNKS: CdcOptions = CdcOptions { min_chunk_size: 256 << 10, max_chunk_size: 1 << 20, norm_level: 0 };
/// Where that library looks them up.
const CHUNKS_KEY: &str = "content_defined_chunking";

/// What a file is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Read back by the engine: Arrow types kept, light compression.
    State,
    /// Read by anyone: plain parquet types, zstd level 3.
    Dataset,
}

/// A parquet file being written under a temporary name.
pub(crate) struct ParquetFile {
    writer: ArrowWriter<File>,
    temp: TempFile,
    regroup: BatchCoalescer,
    num_rows: u64,
}

impl ParquetFile {
    /// Starts a file.
    pub(crate) fn create(target: &Path, schema: &SchemaRef, purpose: Purpose) -> Result<ParquetFile, Error> {
        let (temp, file) = TempFile::create(target)?;
        let level = if purpose == Purpose::Dataset { 3 } else { 1 };
        let level = ZstdLevel::try_new(level).map_err(Error::internal)?;
        let mut properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(level))
            .set_max_row_group_row_count(Some(ROWS_PER_GROUP))
            .set_max_row_group_bytes(Some(BYTES_PER_GROUP))
            .set_created_by("quarry".to_owned());
        if purpose == Purpose::Dataset {
            // Pages end where the content says, so that a store that deduplicates gets few new bytes when few rows change.
            properties = properties
                .set_content_defined_chunking(Some(CHUNKS))
                .set_key_value_metadata(Some(vec![KeyValue::new(CHUNKS_KEY.to_owned(), chunks_value())]));
        }
        let properties = properties.build();
        let options =
            ArrowWriterOptions::new().with_properties(properties).with_skip_arrow_metadata(purpose == Purpose::Dataset);
        let writer = ArrowWriter::try_new_with_options(file, Arc::clone(schema), options)
            .map_err(|e| Error::output(target, e))?;
        let regroup = BatchCoalescer::new(Arc::clone(schema), ROWS_PER_WRITE);
        Ok(ParquetFile { writer, temp, regroup, num_rows: 0 })
    }

    /// Adds rows.
    pub(crate) fn write(&mut self, batch: RecordBatch) -> Result<(), Error> {
        self.num_rows += batch.num_rows() as u64;
        self.regroup.push_batch(batch).map_err(Error::internal)?;
        self.drain()
    }

    /// Rows so far.
    pub(crate) fn num_rows(&self) -> u64 {
        self.num_rows
    }

    /// Completes the file and gives it its name.
    pub(crate) fn commit(mut self) -> Result<u64, Error> {
        self.regroup.finish_buffered_batch().map_err(Error::internal)?;
        self.drain()?;
        let file = self.writer.into_inner().map_err(|error| Error::Output {
            path: self.temp.target().display().to_string(),
            message: error.to_string(),
        })?;
        self.temp.commit(file)?;
        Ok(self.num_rows)
    }

    fn drain(&mut self) -> Result<(), Error> {
        while let Some(batch) = self.regroup.next_completed_batch() {
            self.writer.write(&batch).map_err(|error| Error::output(self.temp.target(), error))?;
        }
        Ok(())
    }
}

fn chunks_value() -> String {
    let CdcOptions { min_chunk_size, max_chunk_size, norm_level } = CHUNKS;
    format!(r#"{{"min_chunk_size": {min_chunk_size}, "max_chunk_size": {max_chunk_size}, "norm_level": {norm_level}}}"#)
}
