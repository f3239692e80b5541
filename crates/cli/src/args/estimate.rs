//! Arguments of `quarry estimate`.

use std::path::PathBuf;

use clap::Args;

use super::{ConfigArgs, RecipeArgs};

/// Runs a recipe over a few documents and tells what all of them would cost.
///
///   quarry estimate pipeline/recipes/webscale.toml --config configs/mine.toml
///   quarry estimate pipeline/recipes/webscale.toml --documents 500 --json
///   quarry estimate pipeline/recipes/webscale.toml --input 'shards/*.jsonl.zst' --out pairs
///
/// The calls are made for real and kept in the ledger, so the run that follows does not pay for them again.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct EstimateArgs {
    #[command(flatten)]
    pub(crate) recipe: RecipeArgs,

    #[command(flatten)]
    pub(crate) config: ConfigArgs,

    /// File, folder, glob or URL of shards; may be repeated
    /// [default: sample-data/shards] [env: QUARRY__INPUT__PATTERNS]
    #[arg(long, short, value_name = "GLOB")]
    pub(crate) input: Vec<String>,

    /// Output directory of the run that is estimated; its ledger keeps the calls
    /// [default: out] [env: QUARRY__OUTPUT__DIR]
    #[arg(long, short, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,

    /// Documents that are run
    #[arg(long, default_value_t = 200, value_name = "N", value_parser = clap::value_parser!(u32).range(2..))]
    pub(crate) documents: u32,

    /// JSON instead of a table
    #[arg(long)]
    pub(crate) json: bool,
}
