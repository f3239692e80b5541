//! Trains a head from labelled lines: `train_head LABELS... --encoder DIR --out DIR [--library FILE] [--l2 X] [--name N]
//! [--summary S] [--source S] [--licence S] [--label L]...`. `LABELS` is JSON lines of `text` and `label`, plain or
//! gzipped. The verb `quarry train-head` does the same with the config's runtime.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use quarry_onnx::{Device, Encoder, Runtime, RuntimeChoice, RuntimeConfig, TrainOptions, train_head};

type AnyError = Box<dyn std::error::Error>;
/// Values by flag.
type Flags = BTreeMap<String, Vec<String>>;

#[derive(serde::Deserialize)]
struct Line {
    text: String,
    label: String,
}

#[expect(clippy::print_stdout, reason = "an example tells its result on standard output")]
fn main() -> Result<(), AnyError> {
    let (labels, flags) = arguments()?;
    let one = |name: &str| flags.get(name).and_then(|values| values.first()).cloned();
    let library = one("--library").map(PathBuf::from);
    let runtime = if library.is_some() { RuntimeChoice::Onnxruntime } else { RuntimeChoice::Rten };
    let runtime = Runtime::open(&RuntimeConfig { runtime, device: Device::Cpu, library, ..RuntimeConfig::default() })?;
    let encoder = Encoder::load(Path::new(&one("--encoder").ok_or("`--encoder` is needed")?), &runtime)?;
    let defaults = TrainOptions::default();
    let options = TrainOptions {
        name: one("--name").unwrap_or(defaults.name),
        summary: one("--summary").unwrap_or_default(),
        l2: one("--l2").map(|text| text.parse()).transpose()?,
        data_source: one("--source").unwrap_or_default(),
        data_licence: one("--licence").unwrap_or_default(),
        labels: flags.get("--label").cloned().unwrap_or_default(),
        ..defaults
    };
    let out = one("--out").ok_or("`--out` is needed")?;
    let mut rows = Vec::new();
    for file in &labels {
        rows.extend(read(Path::new(file))?);
    }
    let report = train_head(&rows, &encoder, &options, Path::new(&out))?;
    println!("trained on {} rows ({} duplicates left out), l2 {}", report.num_train, report.num_duplicates, report.l2);
    println!("{}", toml::to_string(&report.held_out)?);
    Ok(())
}

fn arguments() -> Result<(Vec<String>, Flags), AnyError> {
    let (mut labels, mut flags) = (Vec::new(), Flags::new());
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        if argument.starts_with("--") {
            let value = arguments.next().ok_or_else(|| format!("`{argument}` takes a value"))?;
            flags.entry(argument).or_default().push(value);
        } else {
            labels.push(argument);
        }
    }
    Ok((labels, flags))
}

fn read(path: &Path) -> Result<Vec<(String, String)>, AnyError> {
    let file = std::fs::File::open(path)?;
    let gzipped = path.extension().is_some_and(|extension| extension == "gz");
    let source: Box<dyn Read> =
        if gzipped { Box::new(flate2::read::MultiGzDecoder::new(file)) } else { Box::new(file) };
    let mut rows = Vec::new();
    for line in BufReader::new(source).lines() {
        let Line { text, label } = serde_json::from_str(&line?)?;
        rows.push((text, label));
    }
    Ok(rows)
}
