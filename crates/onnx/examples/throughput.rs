//! How many texts a second an engine embeds: `throughput MODEL TEXTS THREADS [LIBRARY]` prints one JSON line. `TEXTS` is
//! a JSON list of strings; without `LIBRARY` the embedded engine runs. `benches/peers/onnx_python.py` runs it beside
//! Python's onnxruntime on the same texts, with the same tokenizer.

use std::path::{Path, PathBuf};
use std::time::Instant;

use quarry_onnx::{Device, Encoder, Runtime, RuntimeChoice, RuntimeConfig};

type AnyError = Box<dyn std::error::Error>;

#[expect(clippy::print_stdout, reason = "an example tells its result on standard output")]
fn main() -> Result<(), AnyError> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [model, texts, threads, library @ ..] = arguments.as_slice() else {
        return Err("usage: throughput MODEL TEXTS THREADS [LIBRARY]".into());
    };
    let library = library.first().map(PathBuf::from);
    let runtime = if library.is_some() { RuntimeChoice::Onnxruntime } else { RuntimeChoice::Rten };
    let threads = threads.parse()?;
    let config = RuntimeConfig { runtime, device: Device::Cpu, threads, library, ..RuntimeConfig::default() };
    let encoder = Encoder::load(Path::new(model), &Runtime::open(&config)?)?;
    let texts: Vec<String> = serde_json::from_str(&std::fs::read_to_string(texts)?)?;
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    encoder.embed(texts.get(..texts.len().min(32)).unwrap_or_default())?;
    let (wall, cpu) = (Instant::now(), cpu_seconds());
    let mut num_rows = 0;
    let mut embeddings = Vec::new();
    for batch in texts.chunks(encoder.batch_rows()) {
        let rows = encoder.embed(batch)?;
        num_rows += rows.len();
        embeddings.extend(rows.into_iter().take(8 - embeddings.len().min(8)));
    }
    let (wall, cpu) = (wall.elapsed().as_secs_f64(), cpu_seconds() - cpu);
    let engine = encoder.identity().split(" on ").last().unwrap_or_default().to_owned();
    let line = serde_json::json!({
        "engine": engine, "threads": threads, "rows": num_rows, "wall_s": wall, "cpu_s": cpu, "first": embeddings,
    });
    println!("{line}");
    Ok(())
}

/// CPU time of all threads of this process; zero where `/proc` does not tell it.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // After the name in brackets, user and system time are the 12th and 13th field, in hundredths of a second.
    let fields = stat.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace();
    fields.skip(11).take(2).filter_map(|field| field.parse::<f64>().ok()).sum::<f64>() / 100.0
}
