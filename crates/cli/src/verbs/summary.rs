//! What a finished run prints on stdout: what came of the input, and where the dataset is.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use quarry_engine::{RunReport, RunStatus, Totals};

use crate::terminal::harmless_line;

/// Reasons shown at most; the rest is in `run_results.json`.
const MOST_REASONS: usize = 8;

/// Sums up a run.
pub(crate) fn of(report: &RunReport, out: &Path) -> Result<String, std::fmt::Error> {
    let mut text = String::new();
    write(&mut text, report, out)?;
    Ok(text)
}

fn write(text: &mut String, report: &RunReport, out: &Path) -> std::fmt::Result {
    match report.status {
        RunStatus::Complete => {
            let seconds = report.elapsed_ms as f64 / 1000.0;
            let reused = match report.num_units_reused {
                0 => String::new(),
                number => format!(", {number} of {} units from before", number + report.num_units),
            };
            writeln!(text, "recipe {} in {seconds:.1} s{reused}", report.recipe)?;
        }
        RunStatus::NothingToDo => {
            writeln!(text, "recipe {}: nothing to do, the dataset of this input is in place", report.recipe)?;
        }
    }
    totals(text, "documents", &report.documents)?;
    totals(text, "pairs", &report.pairs)?;
    table(text, "accepted pairs by domain", &report.pairs_by_domain)?;
    table(text, "accepted pairs by answer type", &report.pairs_by_answer_type)?;
    table(text, "rejects by reason", &reasons(report))?;
    for (model, runtime) in &report.runtimes {
        writeln!(text, "model {model} ran on {runtime}")?;
    }
    writeln!(text, "dataset: {}", out.join("data").display())
}

fn totals(text: &mut String, what: &str, totals: &Totals) -> std::fmt::Result {
    let Totals { num_in, num_accepted, num_rejected, num_failed } = totals;
    writeln!(
        text,
        "{what:<10} {num_in:>9} in {num_accepted:>9} accepted {num_rejected:>9} rejected {num_failed:>7} failed"
    )
}

/// Rows in falling order of their number.
fn table(text: &mut String, heading: &str, counts: &BTreeMap<String, u64>) -> std::fmt::Result {
    if counts.is_empty() {
        return Ok(());
    }
    let mut rows: Vec<(&String, &u64)> = counts.iter().collect();
    rows.sort_by(|left, right| right.1.cmp(left.1).then(left.0.cmp(right.0)));
    writeln!(text, "{heading}")?;
    for (name, number) in rows {
        writeln!(text, "{number:>9}  {}", harmless_line(name))?;
    }
    Ok(())
}

fn reasons(report: &RunReport) -> BTreeMap<String, u64> {
    let mut all: Vec<(String, u64)> = Vec::new();
    for stage in &report.stages {
        all.extend(stage.counts.reasons.iter().map(|(reason, number)| (format!("{}: {reason}", stage.stage), *number)));
    }
    all.sort_by(|left, right| right.1.cmp(&left.1).then_with(|| left.0.cmp(&right.0)));
    all.into_iter().take(MOST_REASONS).collect()
}
