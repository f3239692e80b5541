//! The arguments that verbs which run stages alone have in common.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{ConfigArgs, ProgressMode};

/// What is read, what its rows are, and where they go.
#[derive(Clone, Debug, Args)]
pub(crate) struct LoneArgs {
    /// Files, folders, globs or URLs of rows: JSON Lines (plain, .gz, .zst), parquet, text, or pages
    /// as they are (.html, .warc, .wet), whose tags count as words until a recipe takes them away
    #[arg(required = true, value_name = "INPUT")]
    pub(crate) input: Vec<String>,

    /// Output directory: rows that stay go to data/, the others to rejects/ with reason and detail
    #[arg(long, short, value_name = "DIR")]
    pub(crate) out: PathBuf,

    /// Output directory of a finished run, whose rows the input must not repeat; may be repeated
    #[arg(long, value_name = "DIR")]
    pub(crate) against: Vec<String>,

    /// What the rows are; `auto` looks at the fields of the first shard
    #[arg(long, value_enum, default_value_t)]
    pub(crate) rows: RowsChoice,

    /// Field that holds a document's text [default: text, content or raw_content]
    #[arg(long, value_name = "FIELD")]
    pub(crate) text_field: Option<String>,

    /// Field that holds a row's id, which is kept [default: doc_id or id; a hash where there is none]
    #[arg(long, value_name = "FIELD")]
    pub(crate) id_field: Option<String>,

    /// Field that holds a pair's question [default: question]
    #[arg(long, value_name = "FIELD")]
    pub(crate) question_field: Option<String>,

    /// Field that holds a pair's answer [default: answer]
    #[arg(long, value_name = "FIELD")]
    pub(crate) answer_field: Option<String>,

    /// Reads no more than this many rows [default: all]
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<u64>,

    #[command(flatten)]
    pub(crate) config: ConfigArgs,

    /// How progress is shown on stderr
    #[arg(long, value_enum, default_value_t, env = "QUARRY_PROGRESS", hide_env_values = true, value_name = "MODE")]
    pub(crate) progress: ProgressMode,
}

/// What rows are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum RowsChoice {
    /// Pairs where there are a question and an answer, else documents
    #[default]
    Auto,
    /// Source texts
    Documents,
    /// Questions with their answers
    Pairs,
}
