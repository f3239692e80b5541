//! The four folders of a dataset, written shard by shard while rows come in.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use arrow::array::{Array, AsArray, BooleanArray, RecordBatch};
use arrow::datatypes::UInt8Type;
use quarry_schema::{FateKind, Level, column};
use sha2::{Digest, Sha256};

use super::manifest::DataFile;
use super::project;
use crate::Error;
use crate::commit::{ParquetFile, Purpose};
use crate::exec::header;
use crate::plan::Plan;
use crate::run::Totals;

/// Rows in one file; the next row starts another.
const ROWS_PER_FILE: u64 = 100_000;

/// The folders of a dataset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Accepted pairs.
    Pairs,
    /// Accepted documents.
    Documents,
    /// Rejected rows of both levels.
    Rejects,
    /// Rows that could not be decided.
    Failures,
}

impl Kind {
    /// All of them.
    pub(crate) const ALL: [Kind; 4] = [Kind::Pairs, Kind::Documents, Kind::Rejects, Kind::Failures];

    /// The folder's name.
    pub(crate) fn folder(self) -> &'static str {
        match self {
            Kind::Pairs => "data",
            Kind::Documents => "documents",
            Kind::Rejects => "rejects",
            Kind::Failures => "failures",
        }
    }

    /// How its files' names begin; pairs follow the convention of dataset hubs.
    fn prefix(self) -> &'static str {
        if self == Kind::Pairs { "train" } else { self.folder() }
    }
}

/// What was written, by level, domain and answer type.
#[derive(Clone, Debug, Default)]
pub(crate) struct Totalled {
    pub(crate) documents: Totals,
    pub(crate) pairs: Totals,
    pub(crate) by_domain: BTreeMap<String, u64>,
    pub(crate) by_answer_type: BTreeMap<String, u64>,
}

/// A dataset being written into a staging folder.
pub(crate) struct Dataset {
    folders: Vec<Folder>,
    totals: Totalled,
}

struct Folder {
    kind: Kind,
    path: PathBuf,
    current: ParquetFile,
    done: Vec<(PathBuf, u64)>,
}

impl Dataset {
    /// Starts an empty dataset. Every folder has one file at least, so that its schema is known.
    pub(crate) fn create(staging: &Path) -> Result<Dataset, Error> {
        let folders = Kind::ALL
            .into_iter()
            .map(|kind| {
                let path = staging.join(kind.folder());
                let current = ParquetFile::create(&part(&path, 0), &project::schema(kind), Purpose::Dataset)?;
                Ok(Folder { kind, path, current, done: Vec::new() })
            })
            .collect::<Result<_, Error>>()?;
        Ok(Dataset { folders, totals: Totalled::default() })
    }

    /// What was added so far.
    pub(crate) fn totals(&self) -> &Totalled {
        &self.totals
    }

    /// Sorts the rows of a batch into the folders.
    pub(crate) fn add(&mut self, plan: &Plan, batch: &RecordBatch) -> Result<(), Error> {
        self.count(batch)?;
        for folder in &mut self.folders {
            let mask = belongs(folder.kind, batch)?;
            if mask.true_count() == 0 {
                continue;
            }
            let rows = arrow::compute::filter_record_batch(batch, &mask).map_err(Error::internal)?;
            folder.add(project::project(folder.kind, plan, &rows)?)?;
        }
        Ok(())
    }

    /// Completes all files under their final names and hashes them.
    pub(crate) fn finish(self) -> Result<Vec<DataFile>, Error> {
        let mut files = Vec::new();
        for folder in self.folders {
            files.extend(folder.finish()?);
        }
        Ok(files)
    }

    fn count(&mut self, batch: &RecordBatch) -> Result<(), Error> {
        let levels = header::<UInt8Type>(batch, column::LEVEL)?;
        let fates = header::<UInt8Type>(batch, column::FATE)?;
        let text = |name: &str| batch.column_by_name(name).and_then(|array| array.as_string_opt::<i32>());
        let (domains, types) = (text(column::DOMAIN), text(column::ANSWER_TYPE));
        for row in 0..batch.num_rows() {
            let pair = levels.value(row) == Level::Pair.code();
            let totals = if pair { &mut self.totals.pairs } else { &mut self.totals.documents };
            totals.num_in += 1;
            match fates.value(row) {
                code if code == FateKind::Accepted.code() => totals.num_accepted += 1,
                code if code == FateKind::Rejected.code() => totals.num_rejected += 1,
                _ => totals.num_failed += 1,
            }
            if pair && fates.value(row) == FateKind::Accepted.code() {
                let mut tally = |counts: bool, array: Option<&arrow::array::StringArray>| {
                    let by = if counts { &mut self.totals.by_domain } else { &mut self.totals.by_answer_type };
                    if let Some(array) = array.filter(|array| array.is_valid(row)) {
                        *by.entry(array.value(row).to_owned()).or_default() += 1;
                    }
                };
                tally(true, domains);
                tally(false, types);
            }
        }
        Ok(())
    }
}

impl Folder {
    fn add(&mut self, mut rows: RecordBatch) -> Result<(), Error> {
        loop {
            let room = ROWS_PER_FILE - self.current.num_rows();
            let take = usize::try_from(room).unwrap_or(usize::MAX).min(rows.num_rows());
            self.current.write(rows.slice(0, take))?;
            if take == rows.num_rows() {
                return Ok(());
            }
            rows = rows.slice(take, rows.num_rows() - take);
            let next = part(&self.path, self.done.len() + 1);
            let next = ParquetFile::create(&next, &project::schema(self.kind), Purpose::Dataset)?;
            let full = std::mem::replace(&mut self.current, next);
            let name = part(&self.path, self.done.len());
            self.done.push((name, full.commit()?));
        }
    }

    /// Only now is it known how many files there are, which their names tell.
    fn finish(mut self) -> Result<Vec<DataFile>, Error> {
        let last = part(&self.path, self.done.len());
        self.done.push((last, self.current.commit()?));
        let number = self.done.len();
        let mut files = Vec::with_capacity(number);
        for (index, (temporary, num_rows)) in self.done.into_iter().enumerate() {
            let name = format!("{}-{index:05}-of-{number:05}.parquet", self.kind.prefix());
            let path = self.path.join(&name);
            std::fs::rename(&temporary, &path).map_err(|error| Error::output(&path, error))?;
            let (num_bytes, sha256) = measure(&path)?;
            let path = format!("{}/{name}", self.kind.folder());
            files.push(DataFile { path, num_rows, num_bytes, sha256 });
        }
        crate::commit::sync_dir(&self.path)?;
        Ok(files)
    }
}

fn part(folder: &Path, index: usize) -> PathBuf {
    folder.join(format!("part-{index:05}.parquet"))
}

fn measure(path: &Path) -> Result<(u64, String), Error> {
    let fault = |error: std::io::Error| Error::output(path, error);
    let mut hasher = Sha256::new();
    let mut file = File::open(path).map_err(fault)?;
    let mut buffer = vec![0; 1 << 20];
    let mut num_bytes = 0;
    loop {
        let number = file.read(&mut buffer).map_err(fault)?;
        if number == 0 {
            break;
        }
        hasher.update(buffer.get(..number).unwrap_or_default());
        num_bytes += number as u64;
    }
    Ok((num_bytes, hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()))
}

fn belongs(kind: Kind, batch: &RecordBatch) -> Result<BooleanArray, Error> {
    let levels = header::<UInt8Type>(batch, column::LEVEL)?;
    let fates = header::<UInt8Type>(batch, column::FATE)?;
    let wanted = |row: usize| {
        let (level, fate) = (levels.value(row), fates.value(row));
        match kind {
            Kind::Pairs => level == Level::Pair.code() && fate == FateKind::Accepted.code(),
            Kind::Documents => level == Level::Document.code() && fate == FateKind::Accepted.code(),
            Kind::Rejects => fate == FateKind::Rejected.code(),
            Kind::Failures => fate == FateKind::Failed.code(),
        }
    };
    Ok((0..batch.num_rows()).map(|row| Some(wanted(row))).collect())
}
