//! `manifest.json`: what the dataset consists of. It is written last, and holds nothing that depends on time.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::run::{DataRows, RunCtx, RunReport, Totals};

/// One file of the dataset.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DataFile {
    /// Path below the directory that it is part of.
    pub path: String,
    /// Rows in it.
    pub num_rows: u64,
    /// Its size.
    pub num_bytes: u64,
    /// Hash of its bytes.
    pub sha256: String,
}

impl DataFile {
    fn of_text(name: &str, text: &str) -> DataFile {
        let sha256 = Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect();
        DataFile { path: name.to_owned(), num_rows: 0, num_bytes: text.len() as u64, sha256 }
    }
}

/// One input file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Input {
    /// As it was named.
    pub(crate) name: String,
    /// xxh3-128 of its stored bytes.
    pub(crate) digest: String,
}

/// What readers may trust.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Manifest {
    /// Version of this file's format.
    pub(crate) schema_version: u32,
    /// The version of quarry.
    pub(crate) quarry: String,
    /// Identity of the run: input, recipe, limit.
    pub(crate) run: String,
    /// Name of the recipe.
    pub(crate) recipe: String,
    /// Hash of the recipe and of the files of `pipeline/` that it uses.
    pub(crate) recipe_hash: String,
    /// Stages in order, with their operators.
    pub(crate) stages: Vec<(String, String)>,
    /// Content digests of the models, banks and prompts used.
    pub(crate) resources: BTreeMap<String, String>,
    /// Which engine and device answered for which model.
    pub(crate) runtimes: BTreeMap<String, String>,
    /// The input, in order.
    pub(crate) inputs: Vec<Input>,
    /// What `data/` holds.
    #[serde(default)]
    pub(crate) data: DataRows,
    /// Documents by their end.
    pub(crate) documents: Totals,
    /// Pairs by their end.
    pub(crate) pairs: Totals,
    /// The files of the dataset.
    pub(crate) files: Vec<DataFile>,
    /// Which of the files hold the keys of what a barrier let pass, for runs that come later.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) signatures: Vec<SignatureFile>,
    /// What is written beside it, such as the code that checks answers.
    #[serde(default)]
    pub(crate) companions: Vec<DataFile>,
}

/// The keys of the rows that a barrier let pass.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct SignatureFile {
    /// The barrier's stage.
    pub(crate) stage: String,
    /// Operator and version.
    pub(crate) operator: String,
    /// Hash of operator, version and params.
    pub(crate) identity: String,
    /// The file.
    #[serde(flatten)]
    pub(crate) file: DataFile,
}

impl Manifest {
    /// Describes a finished dataset.
    pub(crate) fn new(
        ctx: &RunCtx,
        run: String,
        (files, signatures): (Vec<DataFile>, Vec<SignatureFile>),
        report: &RunReport,
    ) -> Manifest {
        let inputs = ctx
            .shards
            .iter()
            .map(|input| Input { name: input.shard.name.clone(), digest: input.digest.clone() })
            .collect();
        Manifest {
            schema_version: 1,
            quarry: report.quarry.clone(),
            run,
            recipe: report.recipe.clone(),
            recipe_hash: report.recipe_hash.clone(),
            stages: ctx.plan.stages().map(|(stage, op)| (stage.to_owned(), op.to_owned())).collect(),
            resources: ctx.plan.resources.clone(),
            runtimes: ctx.plan.runtimes.clone(),
            inputs,
            data: report.data,
            documents: report.documents,
            pairs: report.pairs,
            files,
            signatures,
            companions: ctx.options.companions.iter().map(|(name, text)| DataFile::of_text(name, text)).collect(),
        }
    }

    /// Whether every file is in place with its size.
    pub(crate) fn files_are_there(&self, out: &Path) -> bool {
        self.files
            .iter()
            .chain(&self.companions)
            .all(|file| std::fs::metadata(out.join(&file.path)).is_ok_and(|metadata| metadata.len() == file.num_bytes))
    }
}
