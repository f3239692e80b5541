//! `run_results.json`: what happened at each stage, and the totals that must add up.

use std::collections::BTreeMap;
use std::path::Path;

use quarry_schema::content_id;
use serde::{Deserialize, Serialize};

use super::RunCtx;
use crate::Error;
use crate::exec::StageCounts;
use crate::publish::{MANIFEST, Manifest, RUN_RESULTS};

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunStatus {
    /// The dataset was written.
    Complete,
    /// The dataset was there already, made from the same input by the same recipe.
    NothingToDo,
}

/// The counts of one stage with its name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StageReport {
    /// The name in the recipe; `read` for the readers, `route` for rows that no branch took.
    pub stage: String,
    /// Its operator, empty for the pseudo-stages.
    pub op: String,
    /// What happened there.
    pub counts: StageCounts,
}

/// Rows of one level by their end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// Rows that came in or were made.
    pub num_in: u64,
    /// Rows in the dataset.
    pub num_accepted: u64,
    /// Rows in `rejects/`.
    pub num_rejected: u64,
    /// Rows in `failures/`.
    pub num_failed: u64,
}

/// What `data/` of a dataset holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DataRows {
    /// Accepted pairs.
    #[default]
    Pairs,
    /// Accepted documents, where nothing made pairs of them.
    Documents,
}

/// What a run did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunReport {
    /// Version of this file's format.
    pub schema_version: u32,
    /// How it ended.
    pub status: RunStatus,
    /// The version of quarry.
    pub quarry: String,
    /// Name of the recipe.
    pub recipe: String,
    /// Hash of the recipe.
    pub recipe_hash: String,
    /// When it began, UTC.
    pub started_at: String,
    /// How long it took.
    pub elapsed_ms: u64,
    /// Which engine and device answered for which model.
    pub runtimes: BTreeMap<String, String>,
    /// What `data/` holds.
    #[serde(default)]
    pub data: DataRows,
    /// Documents by their end.
    pub documents: Totals,
    /// Pairs by their end.
    pub pairs: Totals,
    /// Accepted pairs by domain.
    pub pairs_by_domain: BTreeMap<String, u64>,
    /// Accepted pairs by answer type.
    pub pairs_by_answer_type: BTreeMap<String, u64>,
    /// Units committed by this run.
    pub num_units: u64,
    /// Units that an earlier run had committed.
    pub num_units_reused: u64,
    /// Stage by stage, in recipe order.
    pub stages: Vec<StageReport>,
}

/// The identity of a run: its input, its last segment, its limit, and the datasets that it is compared with.
pub(crate) fn run_id(ctx: &RunCtx) -> String {
    let shards: Vec<&str> = ctx.shards.iter().map(|input| input.identity.as_str()).collect();
    let limit = format!("{:?}", ctx.options.limit);
    let last = ctx.plan.segments.last().map_or("", |segment| segment.hash.as_str());
    let (shards, version, standing) = (shards.join(" "), env!("CARGO_PKG_VERSION"), ctx.plan.standing_digest());
    if standing.is_empty() {
        return content_id(&[last, &shards, &limit, version]);
    }
    content_id(&[last, &shards, &limit, version, &standing])
}

/// The report of the run that made the dataset in place, if it is the dataset that this run would make.
pub(crate) fn already_published(ctx: &RunCtx) -> Result<Option<RunReport>, Error> {
    let out = &ctx.options.out;
    let Some(manifest) = read_json::<Manifest>(&out.join(MANIFEST)) else { return Ok(None) };
    if manifest.run != run_id(ctx) || !manifest.files_are_there(out) {
        return Ok(None);
    }
    let report = read_json::<RunReport>(&out.join(RUN_RESULTS));
    let to_retry = |report: &RunReport| report.documents.num_failed + report.pairs.num_failed > 0;
    if ctx.options.retry_failed && report.as_ref().is_some_and(to_retry) {
        return Ok(None);
    }
    Ok(report.map(|report| RunReport { status: RunStatus::NothingToDo, ..report }))
}

/// A JSON file, if it is there and whole.
pub(crate) fn read_json<T: serde::de::DeserializeOwned>(path: &Path) -> Option<T> {
    std::fs::read(path).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok())
}
