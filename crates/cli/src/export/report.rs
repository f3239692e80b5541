//! `export.json`: what was exported out of what, with which options, and where every row went. Nothing in it depends on
//! time or place.

use std::collections::BTreeMap;

use quarry_engine::DataFile;
use quarry_engine::published::PublishedDataset;
use serde::Serialize;

use super::options::{Options, Recorded, Settings};
use super::tally::Tally;

/// The file that tells an export from any other directory.
pub(crate) const EXPORT: &str = "export.json";

/// What came of an export.
pub(crate) struct Report {
    pub(crate) settings: Settings,
    pub(crate) tally: Tally,
    pub(crate) files: BTreeMap<String, Vec<DataFile>>,
}

#[derive(Serialize)]
struct ExportFile<'a> {
    schema_version: u32,
    quarry: &'static str,
    format: &'a str,
    options: Recorded<'a>,
    source: Source<'a>,
    rows: &'a Tally,
    files: Vec<&'a DataFile>,
}

#[derive(Serialize)]
struct Source<'a> {
    recipe: &'a str,
    recipe_hash: &'a str,
    quarry: &'a str,
    manifest_sha256: &'a str,
}

/// Writes the content of `export.json`.
pub(crate) fn export_json(
    options: &Options,
    dataset: &PublishedDataset,
    report: &Report,
) -> Result<Vec<u8>, serde_json::Error> {
    let (recipe, recipe_hash) = dataset.recipe();
    let file = ExportFile {
        schema_version: 1,
        quarry: env!("CARGO_PKG_VERSION"),
        format: report.settings.format.name,
        options: report.settings.recorded(options),
        source: Source { recipe, recipe_hash, quarry: dataset.made_by(), manifest_sha256: dataset.digest() },
        rows: &report.tally,
        files: report.files.values().flatten().collect(),
    };
    let mut bytes = serde_json::to_vec_pretty(&file)?;
    bytes.push(b'\n');
    Ok(bytes)
}
