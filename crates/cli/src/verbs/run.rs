//! `quarry run`: the main job. Resolves flags over config, compiles the recipe, runs it, and sums up.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use indicatif::MultiProgress;
use quarry_engine::published::PublishedDataset;
use quarry_engine::recipe::{Recipe, SourceFile, parse};
use quarry_engine::{Error, Plan, Progress, RunOptions, RunReport, Totals};
use quarry_llm::{ErrorKind, Ledger, Model, Transport};
use quarry_operators::ALL;
use quarry_schema::Level;
use tokio_util::sync::CancellationToken;

use super::{calls, summary};
use crate::args::{LogFormat, RecipeArgs, RunArgs};
use crate::asked::Asked;
use crate::config::{self, Config, Limits, as_usize};
use crate::deployment;
use crate::exit::{Advice, Code, Stop};
use crate::logging;
use crate::meter::Meter;
use crate::progress::{Reporter, Shown};
use crate::signals::Signals;
use crate::terminal;

/// Time that threads get to end once the run is over; what they still do is not wanted any more.
const LAST_WORK: Duration = Duration::from_secs(2);

/// Runs the recipe and prints the summary.
pub(crate) fn run(args: &RunArgs, format: LogFormat) -> anyhow::Result<()> {
    let shown = Shown::of(args.progress, format, std::io::IsTerminal::is_terminal(&std::io::stderr()));
    let bars = shown.draw_target();
    logging::start(format, if shown == Shown::Bars { logging::NOTES } else { logging::UNITS }, bars.clone())?;
    let mut config = settings(args)?;
    if args.replay.is_some() {
        // Nobody is called, so no key is needed.
        config.models.values_mut().for_each(|model| model.key_env = None);
    }
    rayon::ThreadPoolBuilder::new().num_threads(config.num_threads()).build_global().context("start the threads")?;
    let file = deployment::read_recipe(&args.recipe.recipe)?;
    let transport = if args.replay.is_some() { Transport::Replay } else { Transport::Live };
    if let Some(replies) = &args.replay {
        import(replies, &config.ledger_path())?;
    }
    let asked =
        asked(&file, &args.recipe, &config, |recipe| Asked::open(recipe, &config, transport, Meter::default()))?;
    let plan = compile(&file, &args.recipe, &config, asked.models(), format)?;
    let companions = match plan.rows_out() {
        Level::Pair => vec![("reward.py", quarry_answers::reward_py())],
        Level::Document => Vec::new(),
    };
    let options = options(Places { limit: args.limit, retry_failed: args.retry_failed, companions }, &config);
    let report = finish(plan, options, &config, &asked, Screen { shown, bars: &bars })
        .map_err(|error| with_advice(error, &config.output.dir))?;
    terminal::print(&summary::of(&report, &config.output.dir)?)?;
    terminal::print(&calls::table(&asked.meter.stages(), &asked.prices)?)?;
    let num_failed = report.documents.num_failed + report.pairs.num_failed;
    if num_failed > 0 {
        terminal::print(&format!(
            "{num_failed} rows failed; `failures/` says why, `--retry-failed` decides them again\n"
        ))?;
    }
    if num_failed > 0 && report.num_units > 0 && asked.is_unheard() {
        return Err(unheard(&asked).into());
    }
    Ok(within_limits(&report, &config.limits, &config.output.dir)?)
}

/// The config with the flags over it.
fn settings(args: &RunArgs) -> Result<Config, Stop> {
    let config = config::load(args.config.config.as_deref())?.with_places(&args.input, args.out.as_deref());
    Ok(config.with_against(&args.against))
}

/// Reads replies out of a file into the ledger, from which the run then takes them.
fn import(replies: &Path, ledger: &Path) -> anyhow::Result<()> {
    let file = std::fs::File::open(replies)
        .map_err(|error| Stop::Input(format!("cannot read the replies `{}`: {error}", replies.display())))?;
    if let Some(folder) = ledger.parent() {
        std::fs::create_dir_all(folder).map_err(|error| Stop::Output(format!("{}: {error}", folder.display())))?;
    }
    Ledger::import(ledger, &mut std::io::BufReader::new(file)).map_err(|error| match error.kind {
        ErrorKind::Settings => Stop::Input(format!("{}: {error}", replies.display())).into(),
        _ => anyhow::Error::from(error),
    })?;
    Ok(())
}

/// The models that a recipe asks. A recipe that cannot be read asks none; compiling it shows what is wrong.
pub(super) fn asked(
    file: &SourceFile,
    args: &RecipeArgs,
    config: &Config,
    open: impl FnOnce(&Recipe) -> anyhow::Result<Asked>,
) -> anyhow::Result<Asked> {
    match parse(file, ALL, &args.set) {
        Ok(checked) => open(&checked.recipe),
        Err(_) => {
            Asked::try_out(&Recipe { name: String::new(), seed: 0, rows: Level::Document, stages: Vec::new() }, config)
        }
    }
}

/// Checks and compiles the recipe, showing warnings; models on this machine are opened here.
pub(super) fn compile(
    file: &SourceFile,
    args: &RecipeArgs,
    config: &Config,
    models: BTreeMap<String, Model>,
    format: LogFormat,
) -> anyhow::Result<Plan> {
    let color = terminal::stderr_has_color();
    warn(file, args, color, format);
    let resources = deployment::resources(&args.recipe, config).with_models(models);
    deployment::open_runtime(&resources)?;
    Ok(Plan::compile(file, ALL, &args.set, &resources, color)?)
}

fn warn(file: &SourceFile, args: &RecipeArgs, color: bool, format: LogFormat) {
    // Problems are shown by the compilation that follows.
    if let Ok(checked) = parse(file, ALL, &args.set)
        && !checked.warnings.is_empty()
    {
        match format {
            LogFormat::Text => terminal::tell(checked.warnings.render(file, color).trim_end()),
            LogFormat::Json => tracing::warn!("{}", checked.warnings.render(file, false).trim_end()),
        }
    }
}

/// What of a run's options is no matter of the config.
pub(super) struct Places {
    pub(super) limit: Option<u64>,
    pub(super) retry_failed: bool,
    /// Files beside the data: name and text.
    pub(super) companions: Vec<(&'static str, String)>,
}

/// The options of a run.
pub(super) fn options(places: Places, config: &Config) -> RunOptions {
    let started_at = now();
    RunOptions {
        inputs: config.input.patterns.clone(),
        out: config.output.dir.clone(),
        read: config.read_options(),
        limit: places.limit,
        unit_rows: config.run.unit_rows,
        shards_in_flight: as_usize(config.run.shards_in_flight),
        memory_bytes: as_usize(config.run.memory_bytes),
        retry_failed: places.retry_failed,
        holder: holder(&started_at),
        started_at,
        companions: places.companions,
    }
}

fn now() -> String {
    let now = jiff::Timestamp::now();
    now.round(jiff::Unit::Second).unwrap_or(now).to_string()
}

fn holder(started_at: &str) -> String {
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let place = if host.trim().is_empty() { String::new() } else { format!(" on {}", host.trim()) };
    format!("process {}{place}, begun {started_at}", std::process::id())
}

/// Where progress is shown.
pub(super) struct Screen<'a> {
    pub(super) shown: Shown,
    pub(super) bars: &'a MultiProgress,
}

/// The datasets whose rows the input must not repeat.
fn published(config: &Config) -> anyhow::Result<Vec<PublishedDataset>> {
    let place = |dir: &Path| dir.canonicalize().unwrap_or_else(|_| dir.to_path_buf());
    let out = place(&config.output.dir);
    let open = |dir: &String| {
        // The new dataset would take the place of the one that it was compared with.
        if place(Path::new(dir)) == out {
            return Err(
                Stop::Usage(format!("`{dir}` is compared with and written to; write to another directory")).into()
            );
        }
        Ok(PublishedDataset::open(Path::new(dir))?)
    };
    config.input.against.iter().map(open).collect()
}

/// Runs a plan to its end, or until a signal or a model stops it; then what was asked of models is waited for.
pub(super) fn finish(
    plan: Plan,
    options: RunOptions,
    config: &Config,
    asked: &Asked,
    screen: Screen<'_>,
) -> anyhow::Result<RunReport> {
    let plan = plan.against(published(config)?)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(config.num_threads())
        .enable_all()
        .build()
        .context("start the async runtime")?;
    let progress = Arc::new(Progress::default());
    let report = runtime.block_on(async {
        let told = CancellationToken::new();
        let signals = Signals::listen(told.clone()).context("listen for signals")?;
        let _reporter = Reporter::start(screen.shown, Arc::clone(&progress), asked.watch(), screen.bars)
            .context("start the progress thread")?;
        let mut run = Box::pin(quarry_engine::run(plan, options, progress, CancellationToken::new()));
        let report = tokio::select! {
            report = &mut run => report,
            () = told.cancelled() => Err(Error::Interrupted),
        };
        // First the stop, then the drop: calls that were sent would otherwise be given up with the run.
        asked.stop();
        drop(run);
        asked.drain().await;
        match (report, signals.caught()) {
            (Err(_), Some(signal)) => Err(Stop::Signal(signal).into()),
            (report, _) => Ok(report?),
        }
    });
    runtime.shutdown_timeout(LAST_WORK);
    report
}

/// Says what was saved and what to type next, where running the same command again is the way on.
pub(super) fn with_advice(error: anyhow::Error, out: &Path) -> anyhow::Error {
    let again = match Code::of(&error) {
        Code::Interrupted | Code::Terminated => "to go on",
        Code::Output => "once there is room and permission to write, to go on",
        Code::Locked => "once that run has ended",
        Code::Input => "once the input is mended, to go on",
        Code::Budget => "with a higher cap in `[budget]` or a filled account, to go on; paid replies are in the ledger",
        Code::Endpoint => "once the endpoint answers, to go on; paid replies are in the ledger",
        Code::Internal => "to go on; if it fails again in the same way, this is a bug",
        Code::Success | Code::Usage | Code::Rejects => return error,
    };
    let saved = match (Code::of(&error), quarry_engine::status(out)) {
        (Code::Locked, _) => "saved: nothing was touched".to_owned(),
        (_, Ok(status)) => {
            let num_units: u64 = status.segments.iter().map(|segment| segment.num_units).sum();
            format!("saved: {num_units} committed units in `{}`", out.display())
        }
        (_, Err(_)) => "saved: nothing was committed yet".to_owned(),
    };
    let command = shlex::try_join(std::env::args().collect::<Vec<_>>().iter().map(String::as_str));
    let command = command.unwrap_or_else(|_| "the same command".to_owned());
    error.context(Advice(format!("{saved}\nnext: {command}   ({again})")))
}

/// A run in which no call was answered has made a dataset of failures.
fn unheard(asked: &Asked) -> quarry_llm::Error {
    let names: Vec<&str> = asked.prices.keys().map(String::as_str).collect();
    quarry_llm::Error::new(
        ErrorKind::Endpoint,
        format!(
            "no call to {} was answered, so every row that needed one failed; `failures/` says why, and the same command \
             with `--retry-failed` decides them once the endpoint answers",
            names.join(", ")
        ),
    )
}

/// Refuses a run of whose input more was lost than the config allows.
pub(super) fn within_limits(report: &RunReport, limits: &Limits, out: &Path) -> Result<(), Stop> {
    let Some(limit) = limits.max_reject_share else { return Ok(()) };
    let (what, totals) = match report.documents.num_in {
        0 => ("pairs", report.pairs),
        _ => ("documents", report.documents),
    };
    lost_too_many(what, totals, limit, out)
}

fn lost_too_many(what: &str, totals: Totals, limit: f64, out: &Path) -> Result<(), Stop> {
    let num_lost = totals.num_rejected + totals.num_failed;
    if num_lost as f64 <= limit * totals.num_in as f64 {
        return Ok(());
    }
    Err(Stop::Rejects(format!(
        "{num_lost} of {} {what} were rejected or failed, more than `limits.max_reject_share = {limit}` allows; the \
         dataset is written, and `rejects/` in `{}` says why",
        totals.num_in,
        out.display()
    )))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use quarry_engine::Totals;

    use super::lost_too_many;

    #[test]
    fn failures_count_as_rejects_and_the_limit_itself_is_allowed() {
        let documents = Totals { num_in: 10, num_accepted: 5, num_rejected: 3, num_failed: 2 };
        let check = |totals, limit| lost_too_many("documents", totals, limit, Path::new("out")).is_ok();
        assert!(check(documents, 0.5) && !check(documents, 0.4));
        assert!(check(Totals::default(), 0.0));
    }
}
