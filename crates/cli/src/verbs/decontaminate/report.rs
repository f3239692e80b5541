//! What was removed, a JSON object a row, and how much by pack and rule.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use arrow::array::{Array, AsArray, RecordBatch, StringArray};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::{Map, Value};

use crate::exit::Stop;
use crate::terminal::harmless_line;

/// Removals by pack and rule.
type Counts = BTreeMap<(String, String), u64>;

/// Writes `removed.jsonl` out of the rejects of a stage, and gives the table for people.
pub(super) fn write(out: &Path, stage: &str) -> anyhow::Result<String> {
    let target = out.join("removed.jsonl");
    let part = out.join("removed.jsonl.part");
    let failed = |error: std::io::Error| Stop::Output(format!("`{}`: {error}", target.display()));
    let mut file = BufWriter::new(File::create(&part).map_err(failed)?);
    let mut counts = Counts::new();
    for path in rejects(out)? {
        let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(&path)?)?.build()?;
        for batch in reader {
            for removed in removed(&batch?, stage) {
                let text = |name: &str| removed.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
                *counts.entry((text("pack"), text("rule"))).or_default() += 1;
                writeln!(file, "{}", Value::Object(removed)).map_err(failed)?;
            }
        }
    }
    file.into_inner().map_err(|error| failed(error.into_error()))?.sync_all().map_err(failed)?;
    std::fs::rename(&part, &target).map_err(failed)?;
    Ok(table(&counts, &target)?)
}

/// The files of rejects, in the order of their names.
fn rejects(out: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let folder = out.join("rejects");
    let mut paths = Vec::new();
    if folder.is_dir() {
        for entry in std::fs::read_dir(folder)? {
            paths.push(entry?.path());
        }
    }
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "parquet"));
    paths.sort();
    Ok(paths)
}

/// The row's id and place, then what the operator says of it.
fn removed(batch: &RecordBatch, stage: &str) -> Vec<Map<String, Value>> {
    let column = |name: &str| batch.column_by_name(name).and_then(|column| column.as_string_opt::<i32>());
    let text = |column: Option<&StringArray>, idx: usize| match column {
        Some(column) if column.is_valid(idx) => column.value(idx).to_owned(),
        _ => String::new(),
    };
    let of_stage = (0..batch.num_rows()).filter(|idx| text(column("stage"), *idx) == stage);
    let object = |idx: usize| {
        let detail: Map<String, Value> = serde_json::from_str(&text(column("detail"), idx)).ok()?;
        let mut object = Map::new();
        for name in ["row_id", "doc_id", "shard"] {
            object.insert(name.to_owned(), text(column(name), idx).into());
        }
        object.extend(detail);
        Some(object)
    };
    of_stage.filter_map(object).collect()
}

fn table(counts: &Counts, target: &Path) -> Result<String, std::fmt::Error> {
    let mut text = String::new();
    if counts.is_empty() {
        writeln!(text, "no row holds a question of the packs")?;
    } else {
        writeln!(text, "removed by pack and rule")?;
    }
    for ((pack, rule), number) in counts {
        writeln!(text, "{number:>9}  {}: {rule}", harmless_line(pack))?;
    }
    writeln!(text, "report: {}", target.display())?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, RecordBatch, StringArray};

    use super::removed;

    #[test]
    fn a_removal_names_the_row_and_what_was_found_in_it() -> anyhow::Result<()> {
        let column = |values: [&str; 3]| -> ArrayRef { Arc::new(StringArray::from(values.to_vec())) };
        let batch = RecordBatch::try_from_iter([
            ("row_id", column(["a", "b", "c"])),
            ("stage", column(["decontaminate", "read", "decontaminate"])),
            ("detail", column(["{\"pack\":\"mmlu\",\"item\":\"7\"}", "line 3", "{\"pack\":\"mmlu\",\"item\":\"8\"}"])),
        ])?;
        let found: Vec<String> = removed(&batch, "decontaminate")
            .into_iter()
            .map(|object| serde_json::Value::Object(object).to_string())
            .collect();
        assert_eq!(found.len(), 2);
        assert_eq!(
            found.first().map(String::as_str),
            Some(r#"{"row_id":"a","doc_id":"","shard":"","pack":"mmlu","item":"7"}"#)
        );
        Ok(())
    }
}
