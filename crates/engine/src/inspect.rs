//! Looks into an output directory: how far its run has come, and everything that happened to one row.

use std::path::Path;

use arrow::array::RecordBatch;
use arrow::json::writer::{LineDelimited, WriterBuilder};
use datafusion::prelude::{Expr, ParquetReadOptions, SessionConfig, SessionContext, col, lit};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::Error;
use crate::commit::State;
use crate::publish::{MANIFEST, Manifest, RUN_RESULTS};
use crate::run::{DataRows, RunReport, read_json, state_dir};

/// How far the run of an output directory has come.
#[derive(Clone, Debug, Serialize)]
pub struct Status {
    /// The report of the finished run, while its dataset is in place.
    pub published: Option<RunReport>,
    /// Units committed so far, by segment. Units of earlier recipes count too.
    pub segments: Vec<SegmentStatus>,
}

/// The committed units of one segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct SegmentStatus {
    /// Segments are counted from 0; a barrier ends one.
    pub segment: usize,
    /// Committed units.
    pub num_units: u64,
    /// Rows that came into them.
    pub num_rows: u64,
}

/// A row of a published dataset, with the folder that it lies in.
#[derive(Clone, Debug, Serialize)]
pub struct Found {
    /// `data`, `documents`, `rejects` or `failures`.
    pub folder: String,
    /// Its columns.
    pub row: Map<String, Value>,
}

/// Tells how far a run has come; it may be running.
///
/// # Errors
/// There is no run in the directory, or its state cannot be read.
pub fn status(out: &Path) -> Result<Status, Error> {
    let database = state_dir(out).join("state.db");
    if !database.is_file() {
        return Err(no_run(out));
    }
    let segments = State::open(&database)?
        .units_by_segment()?
        .into_iter()
        .map(|(segment, num_units, num_rows)| SegmentStatus { segment, num_units, num_rows })
        .collect();
    let finished = read_json::<Manifest>(&out.join(MANIFEST)).is_some_and(|manifest| manifest.files_are_there(out));
    let published = read_json::<RunReport>(&out.join(RUN_RESULTS)).filter(|_| finished);
    Ok(Status { published, segments })
}

/// Finds a document or pair by id, or by the beginning of one, and every row made from it.
///
/// # Errors
/// There is no finished dataset in the directory.
pub async fn inspect(out: &Path, id: &str) -> Result<Vec<Found>, Error> {
    let Some(manifest) = read_json::<Manifest>(&out.join(MANIFEST)) else { return Err(no_run(out)) };
    let mut config = SessionConfig::new();
    config.options_mut().execution.parquet.schema_force_view_types = false;
    let session = SessionContext::new_with_config(config);
    let mut found = Vec::new();
    for file in &manifest.files {
        let folder = file.path.split('/').next().unwrap_or_default();
        let holds_documents = folder == "documents" || (folder == "data" && manifest.data == DataRows::Documents);
        let own_id = if folder == "data" { "id" } else { "row_id" };
        let matches = |name: &str| col(name).eq(lit(id)).or(starts_with(col(name), id));
        let wanted = if holds_documents { matches("doc_id") } else { matches(own_id).or(matches("doc_id")) };
        let path = out.join(&file.path).display().to_string();
        let read =
            async { session.read_parquet(&path, ParquetReadOptions::default()).await?.filter(wanted)?.collect().await };
        for batch in read.await.map_err(|error| Error::input(path.as_str(), error.to_string()))? {
            found.extend(to_json(&batch)?.into_iter().map(|row| Found { folder: folder.to_owned(), row }));
        }
    }
    Ok(found)
}

/// The shortest beginning of an id that is looked for; a shorter one would match by chance.
const SHORTEST_PREFIX: usize = 6;

fn starts_with(column: Expr, id: &str) -> Expr {
    if id.len() < SHORTEST_PREFIX {
        return lit(false);
    }
    let escaped = id.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    column.like(lit(format!("{escaped}%")))
}

fn to_json(batch: &RecordBatch) -> Result<Vec<Map<String, Value>>, Error> {
    let mut writer = WriterBuilder::new().with_explicit_nulls(true).build::<_, LineDelimited>(Vec::new());
    writer.write(batch).and_then(|()| writer.finish()).map_err(Error::internal)?;
    serde_json::Deserializer::from_slice(&writer.into_inner())
        .into_iter::<Map<String, Value>>()
        .collect::<Result<_, _>>()
        .map_err(Error::internal)
}

fn no_run(out: &Path) -> Error {
    Error::Usage(format!("`{}` holds no finished run; `quarry run --out {}` makes one", out.display(), out.display()))
}
