//! `quarry check`: everything that would stop a run before its first row, in one pass.

use std::fmt::Write as _;

use super::run::compile;
use super::summary::engine;
use crate::args::{CheckArgs, LogFormat};
use crate::config;
use crate::logging;
use crate::terminal;

/// Compiles the recipe and prints its stages in order.
pub(crate) fn check(args: &CheckArgs, format: LogFormat) -> anyhow::Result<()> {
    logging::start(format, logging::NOTES, indicatif::MultiProgress::new())?;
    let config = config::load(args.config.config.as_deref())?;
    let plan = compile(&args.recipe, &config, format)?;
    let widest = plan.stages().map(|(stage, _)| stage.chars().count()).max().unwrap_or_default();
    let mut text = format!("recipe {} is valid ({})\n", plan.name(), plan.hash());
    for (stage, op) in plan.stages() {
        writeln!(text, "  {stage:<widest$}  {op}")?;
    }
    for (model, runtime) in plan.runtimes() {
        writeln!(text, "model {model} runs on {}", engine(runtime))?;
    }
    terminal::print(&text)
}
