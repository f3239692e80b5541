//! Arguments of `quarry decontaminate`.

use std::path::PathBuf;

use clap::Args;

use super::LoneArgs;

/// Removes rows that hold questions of benchmarks, of any documents or pairs, and says which.
///
///   quarry decontaminate 'crawl/*.jsonl.zst' --packs mmlu.parquet human-eval.parquet --out clean
///   quarry decontaminate pairs/*.parquet --packs packs/*.parquet --out clean --rows pairs
///   quarry decontaminate corpus.parquet --packs mine.jsonl --out clean --encoder minilm
///
/// Rows are compared in a normal form without case, punctuation and spacing: 13 words in a row,
/// runs of 8 words over half of a question, or the whole of a short one. Survivors are in
/// DIR/data with their ids, the others in DIR/rejects; DIR/removed.jsonl has a line for each with
/// the pack, the item, the rule and both texts. `quarry pack` makes packs.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct DecontaminateArgs {
    #[command(flatten)]
    pub(crate) lone: LoneArgs,

    /// Benchmark packs: parquet or JSON Lines with `name`, `question`, `answer`
    #[arg(long, required = true, num_args = 1.., value_name = "FILE")]
    pub(crate) packs: Vec<PathBuf>,

    /// Words in a row that are too many
    #[arg(long, default_value_t = 13, value_name = "N", value_parser = clap::value_parser!(i64).range(4..=100))]
    pub(crate) hit_words: i64,

    /// Words of a run that counts for the share of a question
    #[arg(long, default_value_t = 8, value_name = "N", value_parser = clap::value_parser!(i64).range(2..=100))]
    pub(crate) coverage_words: i64,

    /// Share of a question in such runs that is too much
    #[arg(long, default_value_t = 0.5, value_name = "SHARE")]
    pub(crate) min_coverage: f64,

    /// Also notes other wordings, in `benchmark_near` and `benchmark_score`, with this encoder of `models/` [default: none]
    #[arg(long, value_name = "NAME")]
    pub(crate) encoder: Option<String>,
}
