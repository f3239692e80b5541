//! Arguments of `quarry ledger`.

use std::path::PathBuf;

use clap::Args;

use super::ConfigArgs;

/// Shows what was paid for model calls, stage by stage, and answers any question about them.
///
///   quarry ledger out
///   quarry ledger out --sql "SELECT stage, count(*) FROM call WHERE finish = 'length' GROUP BY stage"
///   quarry ledger out --sql "SELECT request, body FROM request WHERE stage = 'ask' LIMIT 1" --json
///   quarry ledger out --export calls.jsonl && quarry ledger elsewhere --import calls.jsonl
///
/// The tables are `call` (a paid reply a row), `text` (documents, shared by calls) and `waiting` (asked by batch file); the
/// view `request` shows requests and bodies as text. `sqlite3` can open the file as well, also while a run writes to it.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct LedgerArgs {
    /// Output directory of a run, or the file of a ledger
    #[arg(default_value = "out")]
    pub(crate) out: PathBuf,

    #[command(flatten)]
    pub(crate) config: ConfigArgs,

    /// Prints the rows of one SQL statement, separated by tabs; nothing can be changed by it
    #[arg(long, value_name = "QUERY", group = "action")]
    pub(crate) sql: Option<String>,

    /// Writes every call as a line of JSON, request included, in the order of the hashes; `-` is stdout
    #[arg(long, value_name = "FILE", group = "action")]
    pub(crate) export: Option<PathBuf>,

    /// Reads exported calls into the ledger, which is made where it is missing; `-` is stdin
    #[arg(long, value_name = "FILE", group = "action")]
    pub(crate) import: Option<PathBuf>,

    /// Writes JSON; for `--sql` one object a row [default: text]
    #[arg(long)]
    pub(crate) json: bool,
}
