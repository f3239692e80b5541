//! `quarry status`: how far the run of an output directory has come.

use std::fmt::Write as _;
use std::path::Path;

use quarry_engine::Status;

use super::summary;
use crate::args::StatusArgs;
use crate::terminal;

/// Prints the report of a finished run, or the committed units of one that is not.
pub(crate) fn status(args: &StatusArgs) -> anyhow::Result<()> {
    let status = quarry_engine::status(&args.out)?;
    let text =
        if args.json { format!("{}\n", serde_json::to_string_pretty(&status)?) } else { describe(&status, &args.out)? };
    terminal::print(&text)
}

fn describe(status: &Status, out: &Path) -> anyhow::Result<String> {
    if let Some(report) = &status.published {
        return Ok(format!("finished; it began {}\n{}", report.started_at, summary::of(report, out)?));
    }
    let mut text = format!("not finished: `{}` holds no complete dataset\n", out.display());
    for segment in &status.segments {
        let number = segment.segment + 1;
        writeln!(text, "segment {number}: {} units committed, {} rows", segment.num_units, segment.num_rows)?;
    }
    if status.segments.is_empty() {
        writeln!(text, "no unit is committed yet")?;
    }
    writeln!(text, "the `quarry run` that began it goes on from here")?;
    Ok(text)
}
