//! What a finished run prints on stdout: what came of the input, and where the dataset is.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use quarry_engine::{DataRows, RunReport, RunStatus, Totals};

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
    // A level that neither came in nor goes out is not in the recipe.
    if report.documents.num_in > 0 || report.pairs.num_in == 0 {
        totals(text, "documents", &report.documents)?;
    }
    if report.data == DataRows::Pairs {
        totals(text, "pairs", &report.pairs)?;
    }
    table(text, "accepted pairs by domain", &report.pairs_by_domain)?;
    table(text, "accepted pairs by answer type", &report.pairs_by_answer_type)?;
    table(text, "rejects by reason", &reasons(report))?;
    for (model, runtime) in &report.runtimes {
        writeln!(text, "model {model} ran on {}", engine(runtime))?;
    }
    writeln!(text, "dataset: {}", out.join("data").display())
}

/// Engine and device out of a model's identity, which names its digest first.
pub(crate) fn engine(identity: &str) -> &str {
    identity.rsplit(" on ").next().unwrap_or(identity)
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::path::Path;

    use quarry_engine::{DataRows, RunReport, RunStatus, StageCounts, StageReport, Totals};

    fn report(status: RunStatus) -> RunReport {
        let reasons = BTreeMap::from([("too_short".to_owned(), 3), ("too_long".to_owned(), 7)]);
        let counts = StageCounts { num_in: 20, num_accepted: 10, num_rejected: 10, reasons, ..StageCounts::default() };
        RunReport {
            schema_version: 1,
            status,
            quarry: "0.1.0".to_owned(),
            recipe: "cloze".to_owned(),
            recipe_hash: String::new(),
            started_at: String::new(),
            elapsed_ms: 1500,
            runtimes: BTreeMap::from([("minilm".to_owned(), "minilm 1f2e on rten 0.27.0 cpu".to_owned())]),
            data: DataRows::Pairs,
            documents: Totals { num_in: 20, num_accepted: 10, num_rejected: 10, num_failed: 0 },
            pairs: Totals::default(),
            pairs_by_domain: BTreeMap::new(),
            pairs_by_answer_type: BTreeMap::from([("date".to_owned(), 1), ("integer".to_owned(), 4)]),
            num_units: 1,
            num_units_reused: 2,
            stages: vec![StageReport { stage: "length".to_owned(), op: "length_filter".to_owned(), counts }],
        }
    }

    #[test]
    fn the_largest_numbers_come_first_and_engines_are_named_without_digests() -> Result<(), std::fmt::Error> {
        let text = super::of(&report(RunStatus::Complete), Path::new("out"))?;
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        assert_eq!(lines.first(), Some(&"recipe cloze in 1.5 s, 2 of 3 units from before"));
        let place = |wanted: &str| lines.iter().position(|line| *line == wanted);
        assert!(place("4  integer") < place("1  date") && place("4  integer").is_some(), "{text}");
        assert!(place("7  length: too_long") < place("3  length: too_short"), "{text}");
        assert!(lines.contains(&"model minilm ran on rten 0.27.0 cpu"), "{text}");
        assert_eq!(lines.last(), Some(&"dataset: out/data"));
        Ok(())
    }

    #[test]
    fn a_run_with_nothing_to_do_says_so() -> Result<(), std::fmt::Error> {
        let text = super::of(&report(RunStatus::NothingToDo), Path::new("out"))?;
        assert!(text.starts_with("recipe cloze: nothing to do"), "{text}");
        Ok(())
    }
}
