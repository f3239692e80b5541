//! `quarry export`: what every format writes, that rows and scorers agree, and that nothing is lost or half-written.
//!
//! The dataset is made here out of `tests/golden/export`, with an answer of every type, so that no change of a generator
//! changes what is expected. What trainers' own code says of the directories is tried in `tests/trainers.py`.

mod agreement;
mod faults;
mod files;
mod golden;
mod splits;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::{FieldRef, Schema};
use arrow::json::ReaderBuilder;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use quarry_schema::column;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::dataset;
use crate::place::{Place, Ran, ran, root};

/// Pairs in the first of two files.
const NUM_FIRST: usize = 10;

/// Every format with its scorers, by the name of its golden folder.
const VARIANTS: [(&str, &[&str]); 22] = [
    ("verl", &["--format", "verl"]),
    ("verl-gsm8k", &["--format", "verl", "--plain", "--data-source", "openai/gsm8k"]),
    ("verl-math", &["--format", "verl", "--plain"]),
    ("verl-dapo", &["--format", "verl", "--plain", "--answer-format", "answer-line"]),
    ("verl-search", &["--format", "verl", "--plain", "--data-source", "searchR1_nq"]),
    ("trl", &["--format", "trl"]),
    ("trl-reward", &["--format", "trl", "--with-reward-file"]),
    ("openrlhf", &["--format", "openrlhf"]),
    ("openrlhf-reward", &["--format", "openrlhf", "--with-reward-file", "--answer-format", "answer-line"]),
    ("skyrl", &["--format", "skyrl"]),
    ("skyrl-search", &["--format", "skyrl", "--answer-format", "answer-tag"]),
    ("skyrl-reward", &["--format", "skyrl", "--with-reward-file"]),
    ("nemo-rl", &["--format", "nemo-rl"]),
    ("nemo-rl-gym", &["--format", "nemo-rl", "--gym"]),
    ("open-instruct", &["--format", "open-instruct"]),
    ("verifiers", &["--format", "verifiers"]),
    ("rllm", &["--format", "rllm"]),
    ("rllm-reward", &["--format", "rllm", "--with-reward-file", "--answer-format", "hash4"]),
    ("slime", &["--format", "slime"]),
    ("webscale-rl", &["--format", "webscale-rl"]),
    ("sft", &["--format", "sft"]),
    ("openai-batch", &["--format", "openai-batch", "--model", "teacher"]),
];

/// A place with the dataset in `out`.
fn place() -> Place {
    place_of(&lines("pairs.jsonl"), &lines("documents.jsonl"))
}

/// A place with a dataset of these pairs and documents.
fn place_of(pairs: &[Value], documents: &[Value]) -> Place {
    let place = Place::new();
    let (first, second) = pairs.split_at(NUM_FIRST);
    let out = place.path("out");
    let files = [
        ("data/train-00000-of-00002.parquet", column::pair_fields(), first),
        ("data/train-00001-of-00002.parquet", column::pair_fields(), second),
        ("documents/documents-00000-of-00001.parquet", column::source_fields(), documents),
    ];
    let listed: Vec<Value> = files.into_iter().map(|(path, fields, rows)| write(&out, path, fields, rows)).collect();
    let none = json!({ "num_in": 0, "num_accepted": 0, "num_rejected": 0, "num_failed": 0 });
    let manifest = json!({
        "schema_version": 1, "quarry": "0.0.0", "run": "0", "recipe": "made", "recipe_hash": "0", "stages": [],
        "resources": {}, "runtimes": {}, "inputs": [], "documents": none, "pairs": none, "files": listed,
        "companions": [],
    });
    place.write("out/manifest.json", manifest.to_string());
    place
}

fn lines(name: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(root().join("tests/golden/export").join(name)).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn write(out: &Path, path: &str, fields: Vec<FieldRef>, rows: &[Value]) -> Value {
    let schema = Arc::new(Schema::new(fields));
    let mut decoder = ReaderBuilder::new(Arc::clone(&schema)).build_decoder().unwrap();
    decoder.serialize(rows).unwrap();
    let batch: RecordBatch = decoder.flush().unwrap().unwrap();
    let target = out.join(path);
    std::fs::create_dir_all(target.parent().unwrap()).unwrap();
    let mut writer = ArrowWriter::try_new(File::create(&target).unwrap(), schema, None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    let bytes = std::fs::read(&target).unwrap();
    let sha256: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    json!({ "path": path, "num_rows": rows.len(), "num_bytes": bytes.len(), "sha256": sha256 })
}

/// `quarry export out` into a directory.
fn export(place: &Place, to: &str, arguments: &[&str]) -> Ran {
    ran(place.quarry(["export", "out", "--to", to]).args(arguments))
}

/// The data files of an export in the order of their names.
fn data_files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in folder.read_dir().unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => folders.push(path),
                false if path.extension().is_some_and(|end| end == "parquet" || end == "jsonl") => files.push(path),
                false => {}
            }
        }
    }
    files.sort();
    files
}

/// All rows of an export, in order.
fn rows(folder: &Path) -> Vec<Map<String, Value>> {
    let rows_of = |path: PathBuf| match path.extension().is_some_and(|end| end == "parquet") {
        true => dataset::rows_of(&path),
        false => {
            let text = std::fs::read_to_string(path).unwrap();
            text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
        }
    };
    data_files(folder).into_iter().flat_map(rows_of).collect()
}

/// The columns of a parquet file as Arrow reads them.
fn schema(path: &Path) -> String {
    let schema = ParquetRecordBatchReaderBuilder::try_new(File::open(path).unwrap()).unwrap();
    let line = |field: &FieldRef| {
        let null = if field.is_nullable() { "" } else { " not null" };
        format!("{}: {}{null}\n", field.name(), field.data_type())
    };
    schema.schema().fields().iter().map(line).collect()
}

/// `export.json` of an export.
fn counts(folder: &Path) -> Value {
    dataset::json(&folder.join("export.json"))
}

/// The text of a prompt, whichever column it is in.
fn prompt(row: &Map<String, Value>) -> &str {
    let columns = ["prompt", "messages", "input", "question"];
    if let Some(body) = row.get("body") {
        return body["messages"][0]["content"].as_str().unwrap();
    }
    if let Some(request) = row.get("responses_create_params") {
        return request["input"][0]["content"].as_str().unwrap();
    }
    let value = columns.iter().find_map(|column| row.get(*column)).unwrap();
    value.as_str().or_else(|| value[0]["content"].as_str()).unwrap()
}
