//! Rows into files, split by split: parquet through the engine, JSON Lines here.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use arrow::datatypes::{FieldRef, Schema, SchemaRef};
use arrow::json::ReaderBuilder;
use arrow::json::reader::Decoder;
use quarry_engine::{DataFile, ParquetShards};
use serde_json::Value;

use super::format::Storage;
use super::options::Settings;
use crate::exit::Stop;

/// Rows that become one Arrow batch.
const ROWS_PER_BATCH: usize = 1024;

/// The files of all splits. A split's first row opens its file.
pub(crate) struct Writers<'a> {
    settings: &'a Settings,
    folder: PathBuf,
    open: BTreeMap<String, Writer>,
}

struct Writer {
    num_rows: u64,
    kind: Kind,
}

enum Kind {
    Parquet(Box<ParquetRows>),
    Lines(LineFiles),
}

struct ParquetRows {
    shards: ParquetShards,
    decoder: Decoder,
    waiting: Vec<Value>,
}

/// JSON Lines: one file, or several of bounded length that are named like parquet's.
struct LineFiles {
    folder: PathBuf,
    split: String,
    rows_per_file: Option<u64>,
    current: BufWriter<File>,
    num_rows: u64,
    done: Vec<u64>,
}

impl<'a> Writers<'a> {
    /// Starts without a file.
    pub(crate) fn new(settings: &'a Settings, folder: PathBuf) -> Writers<'a> {
        Writers { settings, folder, open: BTreeMap::new() }
    }

    /// How many rows a split has so far.
    pub(crate) fn num_rows(&self, split: &str) -> u64 {
        self.open.get(split).map_or(0, |writer| writer.num_rows)
    }

    /// Adds a row to a split.
    ///
    /// # Errors
    /// It cannot be written.
    pub(crate) fn add(&mut self, split: &str, row: Value) -> anyhow::Result<()> {
        if !self.open.contains_key(split) {
            let writer = Writer { num_rows: 0, kind: self.start(split)? };
            self.open.insert(split.to_owned(), writer);
        }
        let writer = self.open.get_mut(split).context("a split without its writer")?;
        writer.num_rows += 1;
        match &mut writer.kind {
            Kind::Parquet(rows) => rows.add(row),
            Kind::Lines(lines) => lines.add(&row),
        }
    }

    /// Completes all files and lists them by split, in the order of the names of splits.
    ///
    /// # Errors
    /// They cannot be written.
    pub(crate) fn finish(self) -> anyhow::Result<BTreeMap<String, Vec<DataFile>>> {
        let finished = self.open.into_iter().map(|(split, writer)| {
            let files = match writer.kind {
                Kind::Parquet(rows) => rows.finish()?,
                Kind::Lines(lines) => lines.finish()?,
            };
            Ok((split, files))
        });
        finished.collect()
    }

    fn start(&self, split: &str) -> anyhow::Result<Kind> {
        match &self.settings.format.storage {
            Storage::Parquet(fields) => {
                let schema = schema(fields(self.settings));
                let shards = ParquetShards::create(&self.folder, split, &schema, self.settings.rows_per_file)?;
                let decoder = ReaderBuilder::new(schema).with_batch_size(ROWS_PER_BATCH).build_decoder()?;
                Ok(Kind::Parquet(Box::new(ParquetRows { shards, decoder, waiting: Vec::new() })))
            }
            Storage::Lines { rows_per_file } => {
                let rows_per_file = rows_per_file.map(|_| self.settings.rows_per_file);
                Ok(Kind::Lines(LineFiles::create(&self.folder, split, rows_per_file)?))
            }
        }
    }
}

/// The schema of a parquet export.
pub(crate) fn schema(fields: Vec<FieldRef>) -> SchemaRef {
    Arc::new(Schema::new(fields))
}

impl ParquetRows {
    fn add(&mut self, row: Value) -> anyhow::Result<()> {
        self.waiting.push(row);
        if self.waiting.len() < ROWS_PER_BATCH { Ok(()) } else { self.flush() }
    }

    fn flush(&mut self) -> anyhow::Result<()> {
        self.decoder.serialize(&self.waiting).context("a row does not fit its columns")?;
        self.waiting.clear();
        if let Some(batch) = self.decoder.flush().context("rows do not fit their columns")? {
            self.shards.write(batch)?;
        }
        Ok(())
    }

    fn finish(mut self) -> anyhow::Result<Vec<DataFile>> {
        self.flush()?;
        Ok(self.shards.finish()?)
    }
}

impl LineFiles {
    fn create(folder: &Path, split: &str, rows_per_file: Option<u64>) -> anyhow::Result<LineFiles> {
        std::fs::create_dir_all(folder).map_err(|error| output(folder, &error))?;
        let current = open(&part(folder, split, 0))?;
        Ok(LineFiles {
            folder: folder.to_owned(),
            split: split.to_owned(),
            rows_per_file,
            current,
            num_rows: 0,
            done: Vec::new(),
        })
    }

    fn add(&mut self, row: &Value) -> anyhow::Result<()> {
        if self.rows_per_file.is_some_and(|most| self.num_rows >= most) {
            self.current.flush().map_err(|error| output(&self.folder, &error))?;
            self.done.push(self.num_rows);
            self.num_rows = 0;
            self.current = open(&part(&self.folder, &self.split, self.done.len()))?;
        }
        self.num_rows += 1;
        serde_json::to_writer(&mut self.current, row).context("write a row as JSON")?;
        self.current.write_all(b"\n").map_err(|error| output(&self.folder, &error).into())
    }

    fn finish(mut self) -> anyhow::Result<Vec<DataFile>> {
        self.current.flush().map_err(|error| output(&self.folder, &error))?;
        self.done.push(self.num_rows);
        let number = self.done.len();
        let mut files = Vec::with_capacity(number);
        for (index, num_rows) in self.done.iter().enumerate() {
            let name = match self.rows_per_file {
                Some(_) => format!("{}-{index:05}-of-{number:05}.jsonl", self.split),
                None => format!("{}.jsonl", self.split),
            };
            let path = self.folder.join(&name);
            std::fs::rename(part(&self.folder, &self.split, index), &path).map_err(|error| output(&path, &error))?;
            files.push(DataFile::measure(&path, name, *num_rows)?);
        }
        Ok(files)
    }
}

fn part(folder: &Path, split: &str, index: usize) -> PathBuf {
    folder.join(format!("{split}.part-{index:05}"))
}

fn open(path: &Path) -> Result<BufWriter<File>, Stop> {
    File::create(path).map(BufWriter::new).map_err(|error| output(path, &error))
}

fn output(path: &Path, error: &std::io::Error) -> Stop {
    Stop::Output(format!("{}: {error}", path.display()))
}
