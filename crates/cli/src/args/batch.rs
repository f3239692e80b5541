//! Arguments of `quarry batch`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{ConfigArgs, RecipeArgs};

/// Asks models by a provider's batch files instead of live: cheaper, and answered within a day.
///
///   quarry batch write pipeline/recipes/webscale.toml --config configs/mine.toml --to requests.jsonl
///   quarry batch read answers.jsonl --config configs/mine.toml
///   quarry run pipeline/recipes/webscale.toml --config configs/mine.toml
///
/// A stage can only ask about what earlier stages decided, so `write` and `read` take turns until `write` finds nothing
/// to ask; then `run` makes the dataset out of the ledger. `vllm run-batch -i requests.jsonl -o answers.jsonl` works, too.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct BatchArgs {
    #[command(subcommand)]
    pub(crate) action: BatchAction,
}

/// What to do about batch files.
#[derive(Debug, Subcommand)]
pub(crate) enum BatchAction {
    Write(WriteBatchArgs),
    Read(ReadBatchArgs),
}

/// Runs a recipe as far as the ledger's replies lead and writes the requests that are missing.
///
/// The files hold one line a request: {"custom_id", "method", "url", "body"}. Each model gets a file of its own, and no file
/// has more than 50,000 requests or 190 MB. No model is called and no dataset is written.
#[derive(Debug, Args)]
pub(crate) struct WriteBatchArgs {
    #[command(flatten)]
    pub(crate) recipe: RecipeArgs,

    /// File for the requests; the model's name is put into the file's where several are asked
    #[arg(long, value_name = "FILE")]
    pub(crate) to: PathBuf,

    #[command(flatten)]
    pub(crate) config: ConfigArgs,

    /// File, folder, glob or URL of shards; may be repeated
    /// [default: sample-data/shards] [env: QUARRY__INPUT__PATTERNS]
    #[arg(long, short, value_name = "GLOB")]
    pub(crate) input: Vec<String>,

    /// Output directory of the run to come; its ledger remembers what was asked
    /// [default: out] [env: QUARRY__OUTPUT__DIR]
    #[arg(long, short, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,

    /// Reads no more than this many documents [default: all]
    #[arg(long, env = "QUARRY_LIMIT", hide_env_values = true, value_name = "N")]
    pub(crate) limit: Option<u64>,
}

/// Reads answers of a batch into the ledger, and tells what was no answer.
#[derive(Debug, Args)]
pub(crate) struct ReadBatchArgs {
    /// Answers: JSON Lines of {"custom_id", "response", "error"}; `-` is stdin
    pub(crate) answers: PathBuf,

    #[command(flatten)]
    pub(crate) config: ConfigArgs,

    /// Output directory of the run to come [default: out] [env: QUARRY__OUTPUT__DIR]
    #[arg(long, short, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,

    /// Writes JSON [default: text]
    #[arg(long)]
    pub(crate) json: bool,
}
