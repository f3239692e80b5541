//! Arguments of `quarry filter`.

use std::path::PathBuf;

use clap::Args;
use quarry_engine::recipe::Override;

use super::LoneArgs;

/// Runs the filters of a recipe over any documents or pairs, without making anything of them.
///
///   quarry filter 'crawl/*.parquet' --out clean
///   quarry filter pages.jsonl --out clean --text-field body --set long_enough.min_tokens=100
///   quarry filter 'pairs/*.parquet' --recipe my-checks.toml --out good
///
/// The recipe that is run where none is named asks for length, language and the published
/// quality rules, and keeps one of equal and of nearly equal documents. Rows that stay are in
/// DIR/data with their ids and the columns that stages added, the others in DIR/rejects with
/// stage, reason and the value that decided.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct FilterArgs {
    #[command(flatten)]
    pub(crate) lone: LoneArgs,

    /// Recipe whose stages are run; it may neither ask a model over HTTP nor make pairs
    /// [default: pipeline/recipes/filters.toml, or the one built in]
    #[arg(long, value_name = "FILE")]
    pub(crate) recipe: Option<PathBuf>,

    /// Sets a param of a stage, as in `--set long_enough.min_tokens=80`; may be repeated [default: as the recipe says]
    #[arg(long, value_name = "STAGE.PARAM=VALUE")]
    pub(crate) set: Vec<Override>,
}
