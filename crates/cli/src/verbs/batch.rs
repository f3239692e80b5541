//! `quarry batch`: requests into batch files, answers into the ledger.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use quarry_engine::RunOptions;
use quarry_llm::{BatchFile, BatchRead, BatchWriter, ErrorKind, Ledger, Model, Prices, Record, Transport, read_batch};

use super::run::{Screen, asked, compile, finish};
use super::scratch::Scratch;
use crate::args::{BatchAction, LogFormat, ProgressMode, ReadBatchArgs, WriteBatchArgs};
use crate::asked::Asked;
use crate::config::{self, Config, as_usize};
use crate::deployment;
use crate::exit::Stop;
use crate::logging;
use crate::meter::Meter;
use crate::models;
use crate::progress::Shown;
use crate::terminal;

/// Writes requests or reads answers.
pub(crate) fn batch(action: &BatchAction, format: LogFormat) -> anyhow::Result<()> {
    match action {
        BatchAction::Write(args) => write(args, format),
        BatchAction::Read(args) => read(args),
    }
}

fn write(args: &WriteBatchArgs, format: LogFormat) -> anyhow::Result<()> {
    let shown = Shown::of(ProgressMode::Auto, format, std::io::IsTerminal::is_terminal(&std::io::stderr()));
    let bars = shown.draw_target();
    logging::start(format, logging::NOTES, bars.clone())?;
    let config = settings(args)?;
    rayon::ThreadPoolBuilder::new().num_threads(config.num_threads()).build_global().context("start the threads")?;
    let file = deployment::read_recipe(&args.recipe.recipe)?;
    let ledger = Arc::new(Ledger::open(config.ledger_path())?);
    let record: Arc<dyn Record> = Arc::clone(&ledger) as Arc<dyn Record>;
    let asked = asked(&file, &args.recipe, &config, |recipe| {
        Asked::with_record(recipe, &config, Transport::Replay, Meter::default(), record)
    })?;
    let writer = BatchWriter::new(ledger, args.to.clone());
    let plan = compile(&file, &args.recipe, &config, behind(&writer, &asked, &config)?, format)?;
    let scratch = Scratch::make(&config.output.dir, "batch")?;
    finish(plan, options(args, &config, &scratch.0), &config, &asked, Screen { shown, bars: &bars })?;
    terminal::print(&written(&writer.finish()?, &config, args.config.config.as_deref())?)
}

/// The config with the flags over it. Nobody is called, so no key is needed.
fn settings(args: &WriteBatchArgs) -> Result<Config, Stop> {
    let config = config::load(args.config.config.as_deref())?;
    let mut config = config.with_places(&args.input, args.out.as_deref());
    config.models.values_mut().for_each(|model| model.key_env = None);
    Ok(config)
}

/// The models of a run, each with the writer behind it.
fn behind(writer: &Arc<BatchWriter>, asked: &Asked, config: &Config) -> Result<BTreeMap<String, Model>, Stop> {
    let models = asked.models();
    let settings = models::settings(config, &models.keys().cloned().collect())?;
    let behind = |(name, model): (String, Model)| {
        let model = match settings.get(&name) {
            Some(settings) => writer.behind(&name, settings, model),
            None => model,
        };
        (name, model)
    };
    Ok(models.into_iter().map(behind).collect())
}

fn options(args: &WriteBatchArgs, config: &Config, scratch: &Path) -> RunOptions {
    RunOptions {
        inputs: config.input.patterns.clone(),
        out: scratch.join("out"),
        read: config.read_options(),
        limit: args.limit,
        unit_rows: config.run.unit_rows,
        shards_in_flight: as_usize(config.run.shards_in_flight),
        memory_bytes: as_usize(config.run.memory_bytes),
        retry_failed: false,
        holder: format!("process {}, writing a batch", std::process::id()),
        started_at: String::new(),
        companions: Vec::new(),
    }
}

fn written(files: &[BatchFile], config: &Config, named: Option<&Path>) -> Result<String, std::fmt::Error> {
    let mut text = String::new();
    if files.is_empty() {
        writeln!(text, "nothing to ask: every reply is in the ledger")?;
        writeln!(text, "next: quarry run with the same recipe, config and input")?;
        return Ok(text);
    }
    for file in files {
        let id = config.models.get(&file.model).and_then(|model| model.id.as_deref()).unwrap_or_default();
        writeln!(text, "{} requests for {} ({id}) in `{}`", file.num_requests, file.model, file.path.display())?;
    }
    let named = named.map(|file| format!(" --config {}", file.display())).unwrap_or_default();
    let out = config.output.dir.display();
    writeln!(
        text,
        "next: have them answered, then: quarry batch read ANSWERS{named} --out {out}   (for each file of answers)"
    )?;
    Ok(text)
}

fn read(args: &ReadBatchArgs) -> anyhow::Result<()> {
    let mut config = config::load(args.config.config.as_deref())?;
    if let Some(out) = &args.out {
        config.output.dir.clone_from(out);
    }
    if config.models.is_empty() {
        let problem = "the config has no models, so the answers would be booked at no cost; give the `--config` of `quarry batch write`";
        return Err(Stop::Usage(problem.to_owned()).into());
    }
    let ledger = config.ledger_path();
    if !ledger.is_file() {
        let ledger = ledger.display();
        return Err(Stop::Usage(format!("there is no ledger `{ledger}`; `quarry batch write` makes one")).into());
    }
    let mut answers = open(&args.answers)?;
    let read = read_batch(&ledger, &mut answers, &|id| prices(&config, id)).map_err(|error| match error.kind {
        ErrorKind::Settings => anyhow::Error::from(Stop::Input(format!("`{}`: {error}", args.answers.display()))),
        _ => error.into(),
    })?;
    terminal::print(&if args.json { format!("{}\n", serde_json::to_string_pretty(&read)?) } else { told(&read)? })
}

fn open(path: &Path) -> Result<Box<dyn BufRead>, Stop> {
    if path == Path::new("-") {
        return Ok(Box::new(BufReader::new(std::io::stdin())));
    }
    let file = File::open(path).map_err(|error| Stop::Input(format!("cannot read `{}`: {error}", path.display())))?;
    Ok(Box::new(BufReader::new(file)))
}

/// What a model's tokens cost. Batches are often cheaper than the live service, which is for the config to say.
fn prices(config: &Config, id: &str) -> Prices {
    let model = config.models.values().find(|model| model.id.as_deref() == Some(id));
    model.map_or_else(Prices::default, |model| Prices {
        input: model.price_input,
        cached_input: model.price_cached_input,
        output: model.price_output,
    })
}

fn told(read: &BatchRead) -> Result<String, std::fmt::Error> {
    let mut text = format!("{} answers are in the ledger now\n", read.num_kept);
    for (number, what) in [
        (read.num_at_length, "of them cut off at their most tokens: their stages ask anew"),
        (read.num_duplicate, "to requests that had one"),
        (read.num_failed, "that failed at the service"),
        (read.num_unknown, "to requests that nobody made"),
        (read.num_unreadable, "lines that are no answers"),
    ] {
        if number > 0 {
            writeln!(text, "{number:>9}  {what}")?;
        }
    }
    for problem in &read.problems {
        writeln!(text, "  {problem}")?;
    }
    match read.num_waiting {
        0 => writeln!(text, "next: quarry batch write once more, for what the answers lead to")?,
        number => writeln!(
            text,
            "{number} requests still wait\nnext: read the other answers, or quarry batch write, which asks them again"
        )?,
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use quarry_llm::BatchRead;

    use super::told;

    #[test]
    fn what_was_no_answer_is_told_with_what_to_do_next() -> Result<(), std::fmt::Error> {
        let problems = vec!["line 3: status 429: slow down".to_owned()];
        let read = BatchRead { num_kept: 5, num_failed: 1, num_waiting: 1, problems, ..BatchRead::default() };
        let text = told(&read)?;
        for part in ["5 answers", "1  that failed", "line 3: status 429", "1 requests still wait", "next: "] {
            assert!(text.contains(part), "`{part}` in {text}");
        }
        assert!(told(&BatchRead::default())?.contains("batch write once more"));
        Ok(())
    }
}
