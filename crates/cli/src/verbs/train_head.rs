//! `quarry train-head`: a classifier out of labelled text, with what it is worth on rows it has not seen.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use anyhow::Context;
use arrow::array::{AsArray, RecordBatch};
use quarry_engine::read::{Mapping, ReadOptions, list_shards, open};
use quarry_onnx::{Encoder, HeadReport, Runtime, TrainOptions, train_head};
use quarry_schema::column;

use crate::args::{LogFormat, TrainHeadArgs};
use crate::config;
use crate::deployment;
use crate::exit::Stop;
use crate::logging;
use crate::terminal::{self, harmless_line};

/// Rows out of the label files.
#[derive(Default)]
struct Labelled {
    rows: Vec<(String, String)>,
    num_without: u64,
}

/// Trains the head and prints what was measured.
pub(crate) fn train(args: &TrainHeadArgs, format: LogFormat) -> anyhow::Result<()> {
    logging::start(format, logging::NOTES, indicatif::MultiProgress::new())?;
    let config = config::load(args.config.config.as_deref())?;
    let engine = Runtime::open(&deployment::runtime_config(&config))?;
    deployment::tell_choices(&engine);
    let encoder = Encoder::load(&args.encoder, &engine)?;
    let labelled = read(args)?;
    if labelled.num_without > 0 {
        let number = labelled.num_without;
        tracing::warn!("{number} rows left out: they have no text, or no string in `{}`", args.label_field);
    }
    if labelled.rows.is_empty() {
        let message = format!("{}: no row has a text and a string in `{}`", args.labels, args.label_field);
        return Err(Stop::Input(message).into());
    }
    tracing::info!("embedding {} rows on {}", labelled.rows.len(), engine.identity());
    let report = train_head(&labelled.rows, &encoder, &options(args), &args.out)?;
    terminal::print(&describe(&report, &args.out)?)
}

fn options(args: &TrainHeadArgs) -> TrainOptions {
    let folder = args.out.file_name().map(|name| name.to_string_lossy().into_owned());
    TrainOptions {
        name: args.name.clone().or(folder).unwrap_or_else(|| "head".to_owned()),
        summary: args.summary.clone(),
        seed: args.seed,
        held_out: args.held_out,
        l2: args.l2,
        data_source: args.source.clone(),
        data_licence: args.licence.clone(),
        labels: args.label_order.clone(),
    }
}

fn read(args: &TrainHeadArgs) -> anyhow::Result<Labelled> {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().context("start the async runtime")?;
    // The label travels as the column `source`, which training has no other use for.
    let mapping =
        Mapping { text: args.text_field.clone(), source: Some(args.label_field.clone()), ..Mapping::default() };
    let options = ReadOptions { mapping, ..ReadOptions::default() };
    runtime.block_on(async {
        let mut labelled = Labelled::default();
        for shard in list_shards(std::slice::from_ref(&args.labels)).await? {
            let mut rows = open(&shard, &options, 0, Arc::new(AtomicU64::new(0)));
            while let Some(batch) = rows.next().await? {
                labelled.take(&batch);
            }
        }
        Ok(labelled)
    })
}

impl Labelled {
    fn take(&mut self, batch: &RecordBatch) {
        let strings = |name| batch.column_by_name(name).and_then(|array| array.as_string_opt::<i32>());
        let (Some(texts), Some(labels)) = (strings(column::TEXT), strings(column::SOURCE)) else { return };
        for (text, label) in texts.iter().zip(labels) {
            match (text, label) {
                (Some(text), Some(label)) if !label.is_empty() => self.rows.push((text.to_owned(), label.to_owned())),
                _ => self.num_without += 1,
            }
        }
    }
}

fn describe(report: &HeadReport, out: &Path) -> Result<String, std::fmt::Error> {
    let held_out = &report.held_out;
    let mut text = format!("trained on {} rows", report.num_train);
    if report.num_duplicates > 0 {
        write!(text, " ({} duplicates left out)", report.num_duplicates)?;
    }
    writeln!(text, ", penalty {}", report.l2)?;
    let (accuracy, macro_f1) = (held_out.accuracy, held_out.macro_f1);
    writeln!(text, "held out: {} rows, accuracy {accuracy:.3}, macro F1 {macro_f1:.3}", held_out.num_rows)?;
    let widest = held_out.label.iter().map(|label| label.name.chars().count()).max().unwrap_or_default().max(5);
    writeln!(text, "  {:<widest$} {:>6} {:>10} {:>7} {:>6}", "label", "rows", "precision", "recall", "f1")?;
    for label in &held_out.label {
        let name = harmless_line(&label.name);
        let (rows, precision, recall, f1) = (label.num_rows, label.precision, label.recall, label.f1);
        writeln!(text, "  {name:<widest$} {rows:>6} {precision:>10.3} {recall:>7.3} {f1:>6.3}")?;
    }
    writeln!(text, "written: {}; the confusion matrix is in its `model.toml`", out.display())?;
    Ok(text)
}
