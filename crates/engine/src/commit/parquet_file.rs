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
use parquet::schema::types::ColumnPath;
use quarry_schema::column;

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
    /// Read back by the engine: Arrow types kept, zstd level 1. LZ4 would take a fifth less time and half more room.
    State,
    /// Read by anyone: plain parquet types, zstd level 3.
    Dataset,
    /// As a dataset, but whole texts, which are many: zstd level 1 takes half the time and an eighth more room.
    Texts,
}

impl Purpose {
    fn compression(self) -> Result<Compression, Error> {
        let level = match self {
            Purpose::Dataset => 3,
            Purpose::State | Purpose::Texts => 1,
        };
        Ok(Compression::ZSTD(ZstdLevel::try_new(level).map_err(Error::internal)?))
    }
}

/// Columns in which hardly a value comes twice, so that looking for repetitions is in vain.
const WITHOUT_DICTIONARY: [&str; 4] = [column::TEXT, "source_text", column::DOC_ID, column::ROW_ID];

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
        let mut properties = WriterProperties::builder()
            .set_compression(purpose.compression()?)
            .set_max_row_group_row_count(Some(ROWS_PER_GROUP))
            .set_max_row_group_bytes(Some(BYTES_PER_GROUP))
            .set_created_by("quarry".to_owned());
        for name in WITHOUT_DICTIONARY {
            properties = properties.set_column_dictionary_enabled(ColumnPath::from(name), false);
        }
        if purpose != Purpose::State {
            // Pages end where the content says, so that a store that deduplicates gets few new bytes when few rows change.
            properties = properties
                .set_content_defined_chunking(Some(CHUNKS))
                .set_key_value_metadata(Some(vec![KeyValue::new(CHUNKS_KEY.to_owned(), chunks_value())]));
        }
        let properties = properties.build();
        let options =
            ArrowWriterOptions::new().with_properties(properties).with_skip_arrow_metadata(purpose != Purpose::State);
        let writer = ArrowWriter::try_new_with_options(file, Arc::clone(schema), options)
            .map_err(|e| Error::output(target, e))?;
        let regroup = BatchCoalescer::new(Arc::clone(schema), ROWS_PER_WRITE);
        Ok(ParquetFile { writer, temp, regroup, num_rows: 0 })
    }

    /// Adds rows. Groups that lie within the batch are written as they are; only what crosses its ends is copied.
    pub(crate) fn write(&mut self, batch: RecordBatch) -> Result<(), Error> {
        let num_rows = batch.num_rows();
        let buffered = usize::try_from(self.num_rows % ROWS_PER_WRITE as u64).map_err(Error::internal)?;
        self.num_rows += num_rows as u64;
        let mut start = (ROWS_PER_WRITE - buffered).min(num_rows);
        if buffered == 0 {
            start = 0;
        } else {
            self.regroup.push_batch(batch.slice(0, start)).map_err(Error::internal)?;
            self.drain()?;
        }
        while num_rows - start >= ROWS_PER_WRITE {
            self.encode(&batch.slice(start, ROWS_PER_WRITE))?;
            start += ROWS_PER_WRITE;
        }
        if start < num_rows {
            self.regroup.push_batch(batch.slice(start, num_rows - start)).map_err(Error::internal)?;
        }
        Ok(())
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
            self.encode(&batch)?;
        }
        Ok(())
    }

    fn encode(&mut self, batch: &RecordBatch) -> Result<(), Error> {
        self.writer.write(batch).map_err(|error| Error::output(self.temp.target(), error))
    }
}

fn chunks_value() -> String {
    let CdcOptions { min_chunk_size, max_chunk_size, norm_level } = CHUNKS;
    format!(r#"{{"min_chunk_size": {min_chunk_size}, "max_chunk_size": {max_chunk_size}, "norm_level": {norm_level}}}"#)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};

    use super::{ParquetFile, Purpose};

    #[test]
    fn the_bytes_of_a_file_do_not_tell_in_which_batches_its_rows_came() {
        let words: StringArray =
            (0..1000).map(|row| (row % 7 != 0).then(|| format!("row {row} {}", "x".repeat(row % 50)))).collect();
        let columns: Vec<(&str, ArrayRef)> =
            vec![("text", Arc::new(words)), ("n", Arc::new(Int64Array::from_iter_values(0..1000)))];
        let all =
            RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, array)| (name, array, true)))
                .unwrap();
        let folder = tempfile::tempdir().unwrap();
        for purpose in [Purpose::State, Purpose::Dataset, Purpose::Texts] {
            let written = |step: usize| {
                let path = folder.path().join(format!("{step}.parquet"));
                let mut file = ParquetFile::create(&path, &all.schema(), purpose).unwrap();
                for start in (0..1000).step_by(step) {
                    file.write(all.slice(start, step.min(1000 - start))).unwrap();
                }
                assert_eq!(file.commit().unwrap(), 1000);
                std::fs::read(path).unwrap()
            };
            let whole = written(1000);
            for step in [1, 63, 64, 65, 100, 128, 999] {
                assert!(written(step) == whole, "{purpose:?}: batches of {step}");
            }
        }
    }
}
