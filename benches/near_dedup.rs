//! How many documents a second get their near-duplicate key, text handling included, on one thread?
//!
//!     cargo bench --bench near_dedup -- corpus.jsonl [BANDS ROWS]
//!
//! Prints JSON with wall seconds and, where the system tells them, the thread's CPU seconds: the medians of five rounds over
//! documents in memory. Without a file it makes some up.

#![expect(clippy::print_stdout, reason = "a bench prints its figures")]

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use arrow::array::{Array, RecordBatch, StringArray};
use quarry_engine::operator::{BuildContext, Operator, Params, Place, Rows};
use quarry_onnx::RuntimeConfig;
use quarry_operators::{ALL, Resources};
use quarry_schema::{Level, column};

const ROUNDS: usize = 5;
const BATCH_ROWS: usize = 1024;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let texts = arguments.first().map_or_else(|| made_up(1_000), |path| read(path));
    let number = |idx: usize| arguments.get(idx).and_then(|text| text.parse::<i64>().ok());
    let Some(operator) = operator(number(1), number(2)) else { return };
    let batches: Vec<RecordBatch> = texts.chunks(BATCH_ROWS).filter_map(batch).collect();
    let (mut walls, mut cpus) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let (begun, cpu) = (Instant::now(), cpu_seconds());
        let num_keys: usize = batches.iter().map(|batch| keys(&operator, batch)).sum();
        walls.push(begun.elapsed().as_secs_f64());
        cpus.push(cpu_seconds() - cpu);
        assert_eq!(num_keys, texts.len(), "a document got no key");
    }
    walls.sort_by(f64::total_cmp);
    cpus.sort_by(f64::total_cmp);
    let (wall, cpu) = (walls[ROUNDS / 2], cpus[ROUNDS / 2]);
    println!("{}", serde_json::json!({ "documents": texts.len(), "wall_s": wall, "cpu_s": cpu }));
}

/// Seconds that this thread has run, as Linux counts them.
fn cpu_seconds() -> f64 {
    let counts = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    counts.split(' ').next().and_then(|ns| ns.parse::<f64>().ok()).map_or(0.0, |ns| ns / 1e9)
}

fn read(path: &str) -> Vec<String> {
    let lines = std::fs::read_to_string(path).unwrap_or_default();
    let text = |line: &str| serde_json::from_str::<serde_json::Value>(line).ok()?["text"].as_str().map(str::to_owned);
    lines.lines().filter_map(text).filter(|text| text.chars().any(char::is_alphanumeric)).collect()
}

fn made_up(num_documents: usize) -> Vec<String> {
    let word = |idx: usize| format!("word{}", idx * idx % 7_919);
    (0..num_documents).map(|at| (0..350).map(|idx| word(at * 350 + idx)).collect::<Vec<_>>().join(" ")).collect()
}

fn batch(texts: &[String]) -> Option<RecordBatch> {
    let column: StringArray = texts.iter().map(Some).collect();
    RecordBatch::try_from_iter([(column::TEXT, Arc::new(column) as Arc<dyn Array>)]).ok()
}

fn operator(bands: Option<i64>, rows: Option<i64>) -> Option<Operator> {
    let def = ALL.iter().find(|def| def.name == "near_dedup")?;
    let resources = Resources::new(PathBuf::from("pipeline"), RuntimeConfig::default());
    let mut params = Params::defaults(def.params);
    for (name, value) in [("bands", bands), ("rows", rows)] {
        value.into_iter().for_each(|value| params.set(name, value.into()));
    }
    let place = Place { stage: def.name, position: 0, level: Level::Document, seed: 17 };
    (def.build)(&mut BuildContext::new(&params, place, &resources)).ok()
}

fn keys(operator: &Operator, batch: &RecordBatch) -> usize {
    let Operator::Barrier(barrier) = operator else { return 0 };
    barrier.keys(Rows::new(batch)).map_or(0, |keys| keys.len() - keys.null_count())
}
