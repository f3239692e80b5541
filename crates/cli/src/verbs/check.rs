//! `quarry check`: everything that would stop a run before its first row, in one pass.

use std::fmt::Write as _;

use super::run::{asked, compile};
use super::summary::engine;
use crate::args::{CheckArgs, LogFormat};
use crate::asked::Asked;
use crate::config;
use crate::deployment;
use crate::logging;
use crate::terminal;

/// Compiles the recipe and prints its stages in order.
pub(crate) fn check(args: &CheckArgs, format: LogFormat) -> anyhow::Result<()> {
    logging::start(format, logging::NOTES, indicatif::MultiProgress::new())?;
    let config = config::load(args.config.config.as_deref())?;
    let file = deployment::read_recipe(&args.recipe.recipe)?;
    let asked = asked(&file, &args.recipe, &config, |recipe| Asked::try_out(recipe, &config))?;
    let plan = compile(&file, &args.recipe, &config, asked.models(), format)?;
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
