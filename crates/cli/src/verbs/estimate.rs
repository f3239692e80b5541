//! `quarry estimate`: a run over a few documents, and what all of them would cost.

use std::path::Path;

use anyhow::Context;
use quarry_engine::RunOptions;
use quarry_engine::read::ReadOptions;
use quarry_llm::Transport;

use super::calls::{self, Line};
use super::run::{Screen, asked, compile, finish};
use super::scratch::Scratch;
use crate::args::{EstimateArgs, LogFormat, ProgressMode};
use crate::asked::Asked;
use crate::config::{self, Config, as_usize};
use crate::deployment;
use crate::estimate::{Estimate, Sample, StageEstimate, draw, extrapolate};
use crate::exit::Stop;
use crate::logging;
use crate::meter::Meter;
use crate::progress::Shown;
use crate::terminal;

/// Draws a sample, runs the recipe over it with the ledger of the run to come, and scales what was asked.
pub(crate) fn estimate(args: &EstimateArgs, format: LogFormat) -> anyhow::Result<()> {
    let shown = Shown::of(ProgressMode::Auto, format, std::io::IsTerminal::is_terminal(&std::io::stderr()));
    let bars = shown.draw_target();
    logging::start(format, logging::NOTES, bars.clone())?;
    let config = settings(args)?;
    rayon::ThreadPoolBuilder::new().num_threads(config.num_threads()).build_global().context("start the threads")?;
    let file = deployment::read_recipe(&args.recipe.recipe)?;
    let meter = Meter::by_document();
    let asked = asked(&file, &args.recipe, &config, |recipe| Asked::open(recipe, &config, Transport::Live, meter))?;
    let plan = compile(&file, &args.recipe, &config, asked.models(), format)?;
    if asked.watch().is_none() {
        return terminal::print("nothing to pay: the recipe asks no model\n");
    }
    let scratch = Scratch::make(&config.output.dir, "estimate")?;
    let input = scratch.0.join("sample.jsonl");
    let sample = sample(&config, args.documents as usize, &input)?;
    finish(plan, options(&config, &input, &scratch.0), &config, &asked, Screen { shown, bars: &bars })?;
    let estimate = extrapolate(&asked.meter.stages(), sample, &asked.prices);
    terminal::print(&if args.json {
        format!("{}\n", serde_json::to_string_pretty(&estimate)?)
    } else {
        describe(&estimate)?
    })
}

/// The config with the flags over it.
fn settings(args: &EstimateArgs) -> Result<Config, Stop> {
    Ok(config::load(args.config.config.as_deref())?.with_places(&args.input, args.out.as_deref()))
}

fn sample(config: &Config, num_documents: usize, path: &Path) -> anyhow::Result<Sample> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    runtime.block_on(draw(&config.input.patterns, &config.read_options(), num_documents, path))
}

fn options(config: &Config, input: &Path, scratch: &Path) -> RunOptions {
    RunOptions {
        inputs: vec![input.display().to_string()],
        out: scratch.join("out"),
        // The sample has the columns' own names.
        read: ReadOptions { mapping: quarry_engine::read::Mapping::default(), ..config.read_options() },
        limit: None,
        unit_rows: config.run.unit_rows,
        shards_in_flight: 1,
        memory_bytes: as_usize(config.run.memory_bytes),
        retry_failed: false,
        holder: format!("process {}, an estimate", std::process::id()),
        started_at: String::new(),
        companions: Vec::new(),
    }
}

fn describe(estimate: &Estimate) -> Result<String, std::fmt::Error> {
    let line = |stage: &StageEstimate| Line {
        stage: stage.stage.clone(),
        model: stage.model.clone(),
        num_calls: stage.num_calls,
        num_from_ledger: 0.0,
        prompt_tokens: stage.prompt_tokens,
        cached_tokens: stage.cached_tokens,
        completion_tokens: stage.completion_tokens,
        cost: stage.cost,
    };
    let lines: Vec<Line> = estimate.stages.iter().map(line).collect();
    Ok(format!(
        "all {} documents, from a run over {} of them; tokens within {:.0} % in 95 of 100 such samples\n{}\
         the calls over the sample are in the ledger: the run does not pay for them again\n",
        estimate.num_all,
        estimate.num_documents,
        estimate.error_share * 100.0,
        calls::lines(&lines)?
    ))
}
