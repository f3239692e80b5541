//! The arguments of `quarry export`.

use std::path::PathBuf;

use clap::Args;

use crate::export::{AnswerFormat, Splits, names};

/// Writes a finished dataset as a trainer reads it: rows, prompt suffix and scorer that agree.
///
///   quarry export out --format verl --to verl-data
///   quarry export out --format trl --to trl-data --select "domain = 'Math'" --split train=0.9,test=0.1
///   quarry export out --format slime --to slime-data --with-reward-file --max-prompt-tokens 1024
///
/// Every row is exported or counted under the reason it is left out for. Beside the data lie a dataset card that tells
/// how to train on it, export.json, and reward.py where the trainer takes one.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct ExportArgs {
    /// Output directory of a finished run
    pub(crate) out: PathBuf,

    /// Trainer to write for
    #[arg(long, short, value_name = "FORMAT", value_parser = names())]
    pub(crate) format: String,

    /// Directory to write; it appears when it is whole
    #[arg(long, value_name = "DIR")]
    pub(crate) to: PathBuf,

    /// Takes the rows for which this SQL predicate over the columns of pairs is true [default: all]
    #[arg(long, value_name = "PREDICATE")]
    pub(crate) select: Option<String>,

    /// How replies shall mark their answer; a sentence that asks for it ends each prompt
    /// [default: what the scorer reads; for reward.py boxed for mathematics and answer-tag for words]
    #[arg(long, value_enum, value_name = "MARK")]
    pub(crate) answer_format: Option<AnswerFormat>,

    /// Keeps rows that only reward.py can score, and writes it [default: for verl and verifiers]
    #[arg(long, conflicts_with = "plain")]
    pub(crate) with_reward_file: bool,

    /// Writes plain golds for the scorers that come with the trainer [default: for all but verl and verifiers]
    #[arg(long)]
    pub(crate) plain: bool,

    /// Name of the data in the rows; with verl and --plain it chooses verl's scorer [default: quarry]
    #[arg(long, value_name = "NAME")]
    pub(crate) data_source: Option<String>,

    /// Leaves out prompts that may have more tokens, chat template included [default: 1024 for verl, else no limit]
    #[arg(long, value_name = "N")]
    pub(crate) max_prompt_tokens: Option<usize>,

    /// tokenizer.json of the model, to count tokens [default: a byte counts as a token, which is never too few]
    #[arg(long, value_name = "FILE")]
    pub(crate) tokenizer: Option<PathBuf>,

    /// Splits by document, as in train=0.9,test=0.1 [default: the dataset's own]
    #[arg(long, value_name = "NAME=SHARE,...")]
    pub(crate) split: Option<Splits>,

    /// Decides which documents go to which split
    #[arg(long, default_value_t = 17)]
    pub(crate) seed: u64,

    /// Rows in a file, for formats that are read from several [default: 100000; 50000 for openai-batch]
    #[arg(long, value_name = "N")]
    pub(crate) shard_rows: Option<u64>,

    /// Writes lines for NeMo-Gym's servers, with `--format nemo-rl` [default: rows for the math environment]
    #[arg(long)]
    pub(crate) gym: bool,

    /// Model that requests name, with `--format openai-batch`
    #[arg(long, value_name = "NAME")]
    pub(crate) model: Option<String>,

    /// Replaces an earlier export in the directory [default: refuse]
    #[arg(long)]
    pub(crate) force: bool,
}
