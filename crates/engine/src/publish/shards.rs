//! A folder of parquet files of one schema, each with a bounded number of rows and a name that tells how many there are.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use sha2::{Digest, Sha256};

use super::manifest::DataFile;
use crate::Error;
use crate::commit::{ParquetFile, Purpose, sync_dir};

/// Files being written, as `train-00000-of-00012.parquet`. There is one at least, so that the schema is known.
pub struct ParquetShards {
    folder: PathBuf,
    prefix: String,
    schema: SchemaRef,
    purpose: Purpose,
    rows_per_file: u64,
    current: ParquetFile,
    done: Vec<(PathBuf, u64)>,
}

impl ParquetShards {
    /// Starts the first file.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn create(folder: &Path, prefix: &str, schema: &SchemaRef, rows_per_file: u64) -> Result<ParquetShards, Error> {
        ParquetShards::for_purpose((folder, prefix), schema, rows_per_file, Purpose::Dataset)
    }

    /// As [`ParquetShards::create`], with the compression that the rows ask for.
    pub(crate) fn for_purpose(
        (folder, prefix): (&Path, &str),
        schema: &SchemaRef,
        rows_per_file: u64,
        purpose: Purpose,
    ) -> Result<ParquetShards, Error> {
        let current = ParquetFile::create(&part(folder, prefix, 0), schema, purpose)?;
        Ok(ParquetShards {
            folder: folder.to_owned(),
            prefix: prefix.to_owned(),
            schema: SchemaRef::clone(schema),
            purpose,
            rows_per_file: rows_per_file.max(1),
            current,
            done: Vec::new(),
        })
    }

    /// Adds rows of the schema.
    ///
    /// # Errors
    /// They cannot be written.
    pub fn write(&mut self, mut rows: RecordBatch) -> Result<(), Error> {
        loop {
            let room = self.rows_per_file - self.current.num_rows();
            let take = usize::try_from(room).unwrap_or(usize::MAX).min(rows.num_rows());
            self.current.write(rows.slice(0, take))?;
            if take == rows.num_rows() {
                return Ok(());
            }
            rows = rows.slice(take, rows.num_rows() - take);
            let next = part(&self.folder, &self.prefix, self.done.len() + 1);
            let next = ParquetFile::create(&next, &self.schema, self.purpose)?;
            let full = std::mem::replace(&mut self.current, next);
            let name = part(&self.folder, &self.prefix, self.done.len());
            self.done.push((name, full.commit()?));
        }
    }

    /// Completes all files under their final names; only now is it known how many there are. Paths are below the folder.
    ///
    /// # Errors
    /// They cannot be written.
    pub fn finish(mut self) -> Result<Vec<DataFile>, Error> {
        let last = part(&self.folder, &self.prefix, self.done.len());
        self.done.push((last, self.current.commit()?));
        let number = self.done.len();
        let mut files = Vec::with_capacity(number);
        for (index, (temporary, num_rows)) in self.done.into_iter().enumerate() {
            let name = format!("{}-{index:05}-of-{number:05}.parquet", self.prefix);
            let path = self.folder.join(&name);
            std::fs::rename(&temporary, &path).map_err(|error| Error::output(&path, error))?;
            files.push(DataFile::measure(&path, name, num_rows)?);
        }
        sync_dir(&self.folder)?;
        Ok(files)
    }
}

impl DataFile {
    /// Takes the size and hash of a file that lies at `path` and is listed under another name.
    ///
    /// # Errors
    /// It cannot be read back.
    pub fn measure(path: &Path, name: String, num_rows: u64) -> Result<DataFile, Error> {
        let (num_bytes, sha256) = size_and_hash(path).map_err(|error| Error::output(path, error))?;
        Ok(DataFile { path: name, num_rows, num_bytes, sha256 })
    }
}

/// Reads a file through and gives its size and the hash of its bytes.
pub(crate) fn size_and_hash(path: &Path) -> std::io::Result<(u64, String)> {
    let mut hasher = Sha256::new();
    let mut file = File::open(path)?;
    let mut buffer = vec![0; 1 << 20];
    let mut num_bytes = 0;
    loop {
        let number = file.read(&mut buffer)?;
        if number == 0 {
            break;
        }
        hasher.update(buffer.get(..number).unwrap_or_default());
        num_bytes += number as u64;
    }
    Ok((num_bytes, hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()))
}

fn part(folder: &Path, prefix: &str, index: usize) -> PathBuf {
    folder.join(format!("{prefix}.part-{index:05}"))
}
