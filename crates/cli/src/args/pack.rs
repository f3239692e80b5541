//! Arguments of `quarry pack`.

use std::path::PathBuf;

use clap::Args;

/// Makes a benchmark pack, which `decontaminate` takes, out of the files of a benchmark.
///
///   quarry pack HumanEval.jsonl.gz --out human-eval.parquet
///   quarry pack 'mmlu/test-00000-of-00001.parquet' --out mmlu.parquet --name mmlu
///   quarry pack items.json --out mine.parquet --question stem --answer key
///
/// Reads JSON Lines, JSON of any nesting and parquet, each also as .gz. Options of a choice are
/// written below the question as (A), (B) ..., and an answer that is a label or an index becomes
/// the option's text. The pack has the columns `name`, `question` and `answer`; written with
/// --out PACK.jsonl it is JSON Lines.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct PackArgs {
    /// Files of the benchmark
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,

    /// Pack to write, as .parquet or .jsonl
    #[arg(long, short, value_name = "PACK")]
    pub(crate) out: PathBuf,

    /// Name of the benchmark, which items without an id are called by [default: the name of their file]
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,

    /// Field that holds the question [default: question, prompt, problem, input, query ...]
    #[arg(long, value_name = "FIELD")]
    pub(crate) question: Option<String>,

    /// Field that holds the answer [default: answer, target, solution, canonical_solution, output ...]
    #[arg(long, value_name = "FIELD")]
    pub(crate) answer: Option<String>,
}
