//! How fast are the stages before ONNX? Documents of about 3 kB through the reader, the filters and the dedup key.
//!
//! One thread throughout, so that the figures are per core. `cargo bench --bench cpu_stages`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use arrow::array::{Array, RecordBatch};
use divan::Bencher;
use divan::counter::{BytesCount, ItemsCount};
use quarry_engine::operator::{BuildContext, Operator, Params, Place, Rows};
use quarry_engine::read::{ReadOptions, list_shards, open};
use quarry_onnx::RuntimeConfig;
use quarry_operators::{ALL, Resources};
use quarry_schema::{Level, column};

const SIZES: &[usize] = &[2_000];
const BYTES_PER_DOCUMENT: usize = 3_000;

fn main() {
    divan::main();
}

/// The sample's documents joined to texts of about 3 kB, as one JSON Lines file.
fn shard(folder: &Path, num_documents: usize) -> PathBuf {
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../sample-data/shards/web-00.jsonl");
    let lines = std::fs::read_to_string(sample).unwrap_or_default();
    let texts: Vec<String> = lines
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .filter_map(|row| row.get("text").and_then(|text| text.as_str()).map(str::to_owned))
        .filter(|text| text.len() > 300)
        .collect();
    let mut next = texts.iter().cycle();
    let mut file = String::new();
    for document in 0..num_documents {
        let mut text = String::new();
        while text.len() < BYTES_PER_DOCUMENT {
            text.push_str(next.next().map_or("", String::as_str));
            text.push('\n');
        }
        let row = serde_json::json!({ "id": format!("d{document}"), "text": text });
        writeln!(file, "{row}").ok();
    }
    let path = folder.join("documents.jsonl");
    std::fs::write(&path, file).ok();
    path
}

fn read(path: &Path) -> Vec<RecordBatch> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    let Ok(runtime) = runtime else { return Vec::new() };
    runtime.block_on(async {
        let mut batches = Vec::new();
        let shards = list_shards(&[path.display().to_string()]).await.unwrap_or_default();
        for shard in &shards {
            let mut rows = open(shard, &ReadOptions::default(), 0, Arc::new(AtomicU64::new(0)));
            while let Ok(Some(batch)) = rows.next().await {
                batches.push(batch);
            }
        }
        batches
    })
}

fn operator(name: &str) -> Option<Operator> {
    let def = ALL.iter().find(|def| def.name == name)?;
    let resources = Resources::new(PathBuf::from("pipeline"), RuntimeConfig::default());
    let params = Params::defaults(def.params);
    let place = Place { stage: def.name, position: 0, level: Level::Document, seed: 17 };
    (def.build)(&mut BuildContext::new(&params, place, &resources)).ok()
}

fn decide(operator: &Operator, batches: &[RecordBatch]) -> usize {
    batches
        .iter()
        .map(|batch| match operator {
            Operator::Compute(operator) => operator.decide(Rows::new(batch)).map_or(0, |done| done.fates.len()),
            Operator::Barrier(operator) => operator.keys(Rows::new(batch)).map_or(0, |keys| keys.len()),
            Operator::Remote(_) => 0,
        })
        .sum()
}

fn measure(bencher: Bencher<'_, '_>, size: usize, names: &[&str], with_reading: bool) {
    let Ok(folder) = tempfile::tempdir() else { return };
    let path = shard(folder.path(), size);
    let batches = read(&path);
    let rows: usize = batches.iter().map(RecordBatch::num_rows).sum();
    assert_eq!(rows, size, "the reader lost rows");
    let text = |batch: &RecordBatch| batch.column_by_name(column::TEXT).map_or(0, |text| text.get_array_memory_size());
    let bytes: usize = batches.iter().map(text).sum();
    let operators: Vec<Operator> = names.iter().filter_map(|name| operator(name)).collect();
    assert_eq!(operators.len(), names.len(), "an operator could not be built");
    bencher.counter(ItemsCount::new(size)).counter(BytesCount::new(bytes)).bench_local(|| {
        let read_now = with_reading.then(|| read(&path));
        let batches = read_now.as_ref().unwrap_or(&batches);
        operators.iter().map(|operator| decide(operator, batches)).sum::<usize>()
    });
}

#[divan::bench(args = SIZES)]
fn reading(bencher: Bencher<'_, '_>, size: usize) {
    measure(bencher, size, &[], true);
}

#[divan::bench(args = SIZES)]
fn length_filter(bencher: Bencher<'_, '_>, size: usize) {
    measure(bencher, size, &["length_filter"], false);
}

#[divan::bench(args = SIZES)]
fn language_filter(bencher: Bencher<'_, '_>, size: usize) {
    measure(bencher, size, &["language_filter"], false);
}

#[divan::bench(args = SIZES)]
fn quality_filter(bencher: Bencher<'_, '_>, size: usize) {
    measure(bencher, size, &["quality_filter"], false);
}

#[divan::bench(args = SIZES)]
fn exact_dedup_key(bencher: Bencher<'_, '_>, size: usize) {
    measure(bencher, size, &["exact_dedup"], false);
}

#[divan::bench(args = SIZES)]
fn all_before_onnx(bencher: Bencher<'_, '_>, size: usize) {
    measure(bencher, size, &["length_filter", "language_filter", "quality_filter", "exact_dedup"], true);
}
