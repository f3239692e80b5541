//! The folders of a dataset, written shard by shard while rows come in.

use std::collections::BTreeMap;
use std::path::Path;

use arrow::array::{Array, AsArray, BooleanArray, RecordBatch};
use arrow::datatypes::UInt8Type;
use quarry_schema::{FateKind, Level, column};

use super::manifest::DataFile;
use super::project;
use super::shards::ParquetShards;
use crate::Error;
use crate::commit::Purpose;
use crate::exec::header;
use crate::plan::Plan;
use crate::run::Totals;

/// Rows in one file; the next row starts another.
const ROWS_PER_FILE: u64 = 100_000;

/// The folders of a dataset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Accepted pairs, or accepted documents where there are no pairs.
    Data,
    /// Accepted documents beside their pairs.
    Documents,
    /// Rejected rows of both levels.
    Rejects,
    /// Rows that could not be decided.
    Failures,
}

impl Kind {
    /// All of them.
    pub(crate) const ALL: [Kind; 4] = [Kind::Data, Kind::Documents, Kind::Rejects, Kind::Failures];

    /// The folder's name.
    pub(crate) fn folder(self) -> &'static str {
        match self {
            Kind::Data => "data",
            Kind::Documents => "documents",
            Kind::Rejects => "rejects",
            Kind::Failures => "failures",
        }
    }

    /// How its files' names begin; those of `data/` follow the convention of dataset hubs.
    fn prefix(self) -> &'static str {
        if self == Kind::Data { "train" } else { self.folder() }
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
    shards: ParquetShards,
}

impl Dataset {
    /// Starts an empty dataset. Every folder has one file at least, so that its schema is known.
    pub(crate) fn create(staging: &Path, plan: &Plan) -> Result<Dataset, Error> {
        let purpose = match plan.rows_out() {
            Level::Document => Purpose::Texts,
            Level::Pair => Purpose::Dataset,
        };
        let folders = Kind::ALL
            .into_iter()
            .filter(|kind| *kind != Kind::Documents || plan.published.documents.is_some())
            .map(|kind| {
                let (folder, schema) = (staging.join(kind.folder()), project::schema(kind, plan));
                let shards = ParquetShards::for_purpose((&folder, kind.prefix()), &schema, ROWS_PER_FILE, purpose)?;
                Ok(Folder { kind, shards })
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
            let mask = belongs(folder.kind, plan, batch)?;
            let rows = match mask.true_count() {
                0 => continue,
                all if all == batch.num_rows() => batch.clone(),
                _ => arrow::compute::filter_record_batch(batch, &mask).map_err(Error::internal)?,
            };
            folder.shards.write(project::project(folder.kind, plan, &rows)?)?;
        }
        Ok(())
    }

    /// Completes all files under their final names and hashes them.
    pub(crate) fn finish(self) -> Result<Vec<DataFile>, Error> {
        let mut files = Vec::new();
        for folder in self.folders {
            for file in folder.shards.finish()? {
                files.push(DataFile { path: format!("{}/{}", folder.kind.folder(), file.path), ..file });
            }
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

fn belongs(kind: Kind, plan: &Plan, batch: &RecordBatch) -> Result<BooleanArray, Error> {
    let levels = header::<UInt8Type>(batch, column::LEVEL)?;
    let fates = header::<UInt8Type>(batch, column::FATE)?;
    let wanted = |row: usize| {
        let (level, fate) = (levels.value(row), fates.value(row));
        match kind {
            Kind::Data => level == plan.rows_out().code() && fate == FateKind::Accepted.code(),
            Kind::Documents => level == Level::Document.code() && fate == FateKind::Accepted.code(),
            Kind::Rejects => fate == FateKind::Rejected.code(),
            Kind::Failures => fate == FateKind::Failed.code(),
        }
    };
    Ok((0..batch.num_rows()).map(|row| Some(wanted(row))).collect())
}
