//! A finished dataset as a test looks at it: its bytes, its rows, its counts.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};

use arrow::json::writer::{LineDelimited, WriterBuilder};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::{Map, Value};

/// The folders that hold rows.
pub(crate) const FOLDERS: [&str; 4] = ["data", "documents", "rejects", "failures"];

/// Every data file and the manifest by path below the output directory.
pub(crate) fn bytes(out: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    for folder in FOLDERS {
        // Only documents beside pairs have a folder of their own.
        let Ok(entries) = out.join(folder).read_dir() else { continue };
        for entry in entries {
            let name = Path::new(folder).join(entry.unwrap().file_name());
            files.insert(name.clone(), std::fs::read(out.join(name)).unwrap());
        }
    }
    files.insert(PathBuf::from("manifest.json"), std::fs::read(out.join("manifest.json")).unwrap());
    files
}

/// Expects two datasets to be the same, byte for byte, and names the files that differ.
#[track_caller]
pub(crate) fn assert_same_bytes(found: &Path, expected: &BTreeMap<PathBuf, Vec<u8>>, what: &str) {
    let found = bytes(found);
    let names = |files: &BTreeMap<PathBuf, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&found), names(expected), "{what}: other files");
    let different: Vec<&PathBuf> = found.keys().filter(|name| found[*name] != expected[*name]).collect();
    assert!(different.is_empty(), "{what}: other bytes in {different:?}");
}

/// All rows of a folder in the order of the manifest, each as JSON with its nulls.
pub(crate) fn rows(out: &Path, folder: &str) -> Vec<Map<String, Value>> {
    let manifest = json(&out.join("manifest.json"));
    let files = manifest["files"].as_array().unwrap();
    let paths = files.iter().map(|file| file["path"].as_str().unwrap());
    paths.filter(|path| path.starts_with(&format!("{folder}/"))).flat_map(|path| rows_of(&out.join(path))).collect()
}

/// All rows of a parquet file, each as JSON with its nulls.
pub(crate) fn rows_of(path: &Path) -> Vec<Map<String, Value>> {
    let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(path).unwrap()).unwrap().build().unwrap();
    let mut writer = WriterBuilder::new().with_explicit_nulls(true).build::<_, LineDelimited>(Vec::new());
    for batch in reader {
        writer.write(&batch.unwrap()).unwrap();
    }
    writer.finish().unwrap();
    let lines = String::from_utf8(writer.into_inner()).unwrap();
    lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// A JSON file.
pub(crate) fn json(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// `run_results.json` without what depends on time or on how often the run was begun.
pub(crate) fn counts(out: &Path) -> Value {
    let mut report = json(&out.join("run_results.json"));
    let kept = ["documents", "pairs", "pairs_by_domain", "pairs_by_answer_type", "stages"];
    report.as_object_mut().unwrap().retain(|key, _| kept.contains(&key.as_str()));
    for stage in report["stages"].as_array_mut().unwrap() {
        stage["counts"].as_object_mut().unwrap().remove("busy_ms");
    }
    report
}

/// Expects that every row of a finished run is accounted for, in the counts and in the files.
#[track_caller]
pub(crate) fn assert_conserved(out: &Path, num_input_rows: u64) {
    let counts = counts(out);
    for stage in counts["stages"].as_array().unwrap() {
        let number = |name: &str| stage["counts"][name].as_u64().unwrap();
        let ends = number("num_accepted") + number("num_rejected") + number("num_failed");
        assert_eq!(number("num_in"), ends, "{stage}");
        let by_reason: u64 = stage["counts"]["reasons"].as_object().unwrap().values().filter_map(Value::as_u64).sum();
        assert_eq!(number("num_rejected"), by_reason, "{stage}");
    }
    let num_rows = |folder: &str, level: &str| {
        let of_level = |row: &Map<String, Value>| row.get("level").is_none_or(|found| found == level);
        rows(out, folder).iter().filter(|row| of_level(row)).count() as u64
    };
    let in_data = json(&out.join("manifest.json"))["data"].as_str().unwrap().to_owned();
    for (level, totals) in [("document", "documents"), ("pair", "pairs")] {
        let number = |name: &str| counts[totals][name].as_u64().unwrap();
        let accepted = if in_data == totals { "data" } else { "documents" };
        assert_eq!(number("num_accepted"), num_rows(accepted, level), "accepted {totals}");
        assert_eq!(number("num_rejected"), num_rows("rejects", level), "rejected {totals}");
        assert_eq!(number("num_failed"), num_rows("failures", level), "failed {totals}");
        assert_eq!(number("num_in"), number("num_accepted") + number("num_rejected") + number("num_failed"));
    }
    let num_read = counts["stages"][0]["counts"]["num_in"].as_u64();
    assert_eq!(num_read, Some(num_input_rows), "rows of the input");
    let num_emitted: u64 =
        counts["stages"].as_array().unwrap().iter().filter_map(|stage| stage["counts"]["num_emitted"].as_u64()).sum();
    let num_in = |totals: &str| counts[totals]["num_in"].as_u64().unwrap();
    assert_eq!(num_in("documents") + num_in("pairs"), num_input_rows + num_emitted, "emitted rows");
}
