//! Merges the last units in the order of the input into the dataset. `manifest.json` is written last.

mod card;
mod dataset;
mod manifest;
mod project;
mod shards;
mod signatures;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use arrow::array::RecordBatch;
use datafusion::common::runtime::SpawnedTask;
use quarry_schema::Level;

use crate::Error;
use crate::commit::{sync_dir, write_atomically};
use crate::exec::{RunCounts, StageCounts};
use crate::run::{
    DataRows, Decisions, RunCtx, RunOptions, RunReport, RunStatus, StageReport, UnitReader, UnitSet, apply, run_id,
    same_schema, state_dir,
};

use dataset::{Dataset, Kind, Totalled};

pub use card::size_category;
pub(crate) use manifest::Manifest;

pub use manifest::DataFile;
pub(crate) use manifest::SignatureFile;
pub use shards::ParquetShards;

pub(crate) use shards::size_and_hash;

/// The file that readers trust.
pub(crate) const MANIFEST: &str = "manifest.json";
/// The file that tells what happened.
pub(crate) const RUN_RESULTS: &str = "run_results.json";
/// The dataset card.
const CARD: &str = "README.md";

/// Writes the dataset and gives the report on it.
pub(crate) async fn publish(
    ctx: &Arc<RunCtx>,
    units: UnitSet,
    decisions: Option<Decisions>,
    barriers: &[Decisions],
) -> Result<RunReport, Error> {
    let staging = state_dir(&ctx.options.out).join("publish");
    if staging.exists() {
        std::fs::remove_dir_all(&staging).map_err(|error| Error::output(&staging, error))?;
    }
    let mut dataset = Dataset::create(&staging, &ctx.plan)?;
    let counts = Arc::new(RunCounts::default());
    for (ordinal, unit) in units.iter().enumerate() {
        let decided = match &decisions {
            Some(decisions) => decisions.of_unit(ctx, ordinal).await?,
            None => Vec::new(),
        };
        let (ctx, unit_id, counts) = (Arc::clone(ctx), unit.id.clone(), Arc::clone(&counts));
        let adding = SpawnedTask::spawn_blocking(move || {
            let segment = ctx.plan.segments.len() - 1;
            let mut first_row = 0;
            for batch in UnitReader::open(&ctx.unit_path(&unit_id), 1024)? {
                let batch = same_schema(&batch?, &ctx.plan.schema)?;
                let decided = apply(&ctx.plan, segment, &batch, first_row, &decided, &counts)?;
                first_row += batch.num_rows();
                let routed: RecordBatch = ctx.plan.reject_unrouted(&decided, &counts)?;
                dataset.add(&ctx.plan, &routed)?;
            }
            Ok::<Dataset, Error>(dataset)
        });
        dataset = adding.join_unwind().await.map_err(Error::internal)??;
    }
    let totals = dataset.totals().clone();
    let report = report(ctx, &counts.snapshot(), &totals)?;
    let files = SpawnedTask::spawn_blocking(move || dataset.finish()).join_unwind().await;
    let mut files = files.map_err(Error::internal)??;
    let signatures = signatures::stage_files(&staging, barriers)?;
    files.extend(signatures.iter().map(|signatures| signatures.file.clone()));
    let manifest = Manifest::new(ctx, run_id(ctx), (files, signatures), &report);
    put_in_place(&ctx.options, &staging, &manifest, &report)?;
    Ok(report)
}

fn report(ctx: &RunCtx, last: &BTreeMap<String, StageCounts>, totals: &Totalled) -> Result<RunReport, Error> {
    let mut by_stage = ctx.counts.snapshot();
    for (stage, counts) in last {
        by_stage.entry(stage.clone()).or_default().add(counts);
    }
    let snapshot = ctx.progress.snapshot();
    let names = std::iter::once(("read", ""))
        .chain(ctx.plan.stages())
        .chain(std::iter::once(("route", "")))
        .map(|(stage, op)| (stage.to_owned(), op.to_owned()));
    let stages = names
        .filter_map(|(stage, op)| {
            let counts = by_stage.get(&stage).cloned();
            if stage == "route" && counts.is_none() {
                return None;
            }
            Some(StageReport { stage, op, counts: counts.unwrap_or_default() })
        })
        .collect();
    let report = RunReport {
        schema_version: 1,
        status: RunStatus::Complete,
        quarry: env!("CARGO_PKG_VERSION").to_owned(),
        recipe: ctx.plan.name.clone(),
        recipe_hash: ctx.plan.hash.clone(),
        started_at: ctx.options.started_at.clone(),
        elapsed_ms: u64::try_from(ctx.started.elapsed().as_millis()).unwrap_or(u64::MAX),
        runtimes: ctx.plan.runtimes.clone(),
        data: match ctx.plan.rows_out() {
            Level::Document => DataRows::Documents,
            Level::Pair => DataRows::Pairs,
        },
        documents: totals.documents,
        pairs: totals.pairs,
        pairs_by_domain: totals.by_domain.clone(),
        pairs_by_answer_type: totals.by_answer_type.clone(),
        num_units: snapshot.num_units,
        num_units_reused: snapshot.num_units_reused,
        stages,
    };
    check_conservation(&report, ctx.plan.rows_in(), &by_stage)?;
    Ok(report)
}

/// Every row that was read and every pair that was made is in exactly one file.
fn check_conservation(
    report: &RunReport,
    rows_in: Level,
    by_stage: &BTreeMap<String, StageCounts>,
) -> Result<(), Error> {
    let read = by_stage.get("read").map_or(0, |counts| counts.num_in);
    let emitted: u64 = by_stage.values().map(|counts| counts.num_emitted).sum();
    let (documents, pairs) = if rows_in == Level::Pair { (0, read + emitted) } else { (read, emitted) };
    for (what, totals, wanted) in [("documents", report.documents, documents), ("pairs", report.pairs, pairs)] {
        let written = totals.num_accepted + totals.num_rejected + totals.num_failed;
        if written != wanted || totals.num_in != wanted {
            return Err(Error::Internal(format!("{what} were lost: {wanted} came in or were made, {written} written")));
        }
    }
    Ok(())
}

/// Replaces the dataset: the old manifest goes first, the new one comes last.
fn put_in_place(options: &RunOptions, staging: &Path, manifest: &Manifest, report: &RunReport) -> Result<(), Error> {
    let out = &options.out;
    let manifest_path = out.join(MANIFEST);
    match std::fs::remove_file(&manifest_path) {
        Ok(()) => sync_dir(out)?,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(Error::output(&manifest_path, error)),
    }
    for name in Kind::ALL.map(Kind::folder).into_iter().chain([signatures::FOLDER]) {
        let folder = out.join(name);
        if folder.exists() {
            std::fs::remove_dir_all(&folder).map_err(|error| Error::output(&folder, error))?;
        }
        let staged = staging.join(name);
        if staged.exists() {
            std::fs::rename(staged, &folder).map_err(|error| Error::output(&folder, error))?;
        }
    }
    for (name, text) in &options.companions {
        write_atomically(&out.join(name), text.as_bytes())?;
    }
    write_atomically(&out.join(CARD), card::render(manifest, report)?.as_bytes())?;
    write_atomically(&out.join(RUN_RESULTS), &pretty(report)?)?;
    write_atomically(&manifest_path, &pretty(manifest)?)
}

fn pretty(value: &impl serde::Serialize) -> Result<Vec<u8>, Error> {
    let mut bytes = serde_json::to_vec_pretty(value).map_err(Error::internal)?;
    bytes.push(b'\n');
    Ok(bytes)
}
