//! `quarry runtime`: brings ONNX Runtime into the user's cache, or shows which engine models run on.

use std::fmt::Write as _;
use std::path::Path;

use quarry_onnx::{Runtime, install};

use crate::args::{ConfigArgs, LogFormat, RuntimeAction, RuntimeArgs};
use crate::config;
use crate::deployment::{runtime_cache, runtime_config};
use crate::exit::Stop;
use crate::logging;
use crate::terminal;

/// Carries out the action.
pub(crate) fn runtime(args: &RuntimeArgs, format: LogFormat) -> anyhow::Result<()> {
    logging::start(format, logging::NOTES, indicatif::MultiProgress::new())?;
    match &args.action {
        RuntimeAction::Install { gpu, from } => bring(*gpu, from.as_deref()),
        RuntimeAction::Show { config } => show(config),
    }
}

fn bring(gpu: bool, from: Option<&Path>) -> anyhow::Result<()> {
    let cache = runtime_cache()
        .ok_or_else(|| Stop::Usage("no cache folder is known: neither HOME nor XDG_CACHE_HOME is set".to_owned()))?;
    if from.is_none() {
        tracing::info!("fetching ONNX Runtime with pip; this takes a minute");
    }
    let report = install(&cache, gpu, from)?;
    let mut text = format!("installed {} from {}\n", report.library.display(), report.source);
    for file in report.files.iter().filter(|file| **file != report.library) {
        writeln!(text, "  with {}", file.display())?;
    }
    terminal::print(&text)
}

fn show(args: &ConfigArgs) -> anyhow::Result<()> {
    let config = config::load(args.config.as_deref())?;
    let runtime = Runtime::open(&runtime_config(&config))?;
    let mut text = format!("models run on {}\n", runtime.identity());
    for note in runtime.notes() {
        writeln!(text, "  {note}")?;
    }
    writeln!(text, "asked for: runtime {}, device {}", config.onnx.runtime, config.onnx.device)?;
    if let Some(cache) = runtime_cache() {
        writeln!(text, "cache: {}", cache.display())?;
    }
    terminal::print(&text)
}
