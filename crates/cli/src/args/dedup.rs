//! Arguments of `quarry dedup`.

use clap::Args;

use super::LoneArgs;

/// Keeps one row of each group of near or exact duplicates, of any documents or pairs.
///
///   quarry dedup 'crawl/*.jsonl.zst' --out distinct
///   quarry dedup corpus.parquet --out distinct --threshold 0.7 --text-field body --id-field url
///   quarry dedup pairs/*.parquet --out distinct --rows pairs
///
/// Rows are compared by the words that they have in common, and no document below the
/// threshold is removed. Of pairs the questions are compared, and one also goes if it asks for
/// the same fact of the same document as an earlier one. Survivors are in DIR/data with their
/// ids, the others in DIR/rejects with the id of the row that stays and their similarity. The
/// same command run again after a crash or Ctrl-C goes on where it stopped.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct DedupArgs {
    #[command(flatten)]
    pub(crate) lone: LoneArgs,

    /// Share of words in common, in runs of five, from which rows count as duplicates
    #[arg(long, default_value_t = 0.8, value_name = "SHARE", value_parser = share)]
    pub(crate) threshold: f64,

    /// Numeric field whose highest value decides which row of a group stays [default: the first row]
    #[arg(long, value_name = "FIELD")]
    pub(crate) prefer: Option<String>,
}

fn share(text: &str) -> Result<f64, String> {
    let share: f64 = text.parse().map_err(|_| "expected a number from 0.1 to 1".to_owned())?;
    if (0.1..=1.0).contains(&share) { Ok(share) } else { Err("expected a number from 0.1 to 1".to_owned()) }
}
