//! `quarry ledger`: what model calls cost, and everything else that the ledger knows.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use quarry_llm::{ErrorKind, Ledger, LedgerView, Total};
use serde_json::{Map, Value, json};

use crate::args::LedgerArgs;
use crate::config;
use crate::exit::Stop;
use crate::terminal::{self, harmless_json, harmless_line};

/// Stands for stdin or stdout where a file could be named.
const STANDARD: &str = "-";

/// Shows totals, runs SQL, exports or imports.
pub(crate) fn ledger(args: &LedgerArgs) -> anyhow::Result<()> {
    let path = place(args)?;
    if let Some(from) = &args.import {
        return import(&path, from);
    }
    if !path.is_file() {
        let path = path.display();
        return Err(
            Stop::Usage(format!("there is no ledger `{path}`; a run that asks a model over HTTP makes one")).into()
        );
    }
    let view = LedgerView::open(&path)?;
    match (&args.sql, &args.export) {
        (Some(sql), _) => query(&view, sql, args.json),
        (None, Some(to)) => export(&view, to),
        (None, None) => show(&view, args.json),
    }
}

/// The ledger that is meant: a file itself, the one below an output directory, or the one that the config names.
fn place(args: &LedgerArgs) -> Result<PathBuf, Stop> {
    if args.out.is_file() {
        return Ok(args.out.clone());
    }
    let mut config = config::load(args.config.config.as_deref())?;
    config.output.dir.clone_from(&args.out);
    Ok(config.ledger_path())
}

fn show(view: &LedgerView, as_json: bool) -> anyhow::Result<()> {
    let (totals, num_waiting) = (view.totals()?, view.num_waiting()?);
    if as_json {
        let value = json!({
            "ledger": view.path(), "stages": totals, "total": sum(&totals), "num_waiting": num_waiting,
        });
        return terminal::print(&format!("{}\n", harmless_json(&serde_json::to_string_pretty(&value)?)));
    }
    terminal::print(&table(&totals, num_waiting)?)
}

fn table(totals: &[Total], num_waiting: u64) -> Result<String, std::fmt::Error> {
    let shown = |name: &str| harmless_line(name);
    let width = |heading: &str, name: fn(&Total) -> &String| {
        totals.iter().map(|total| shown(name(total)).chars().count()).chain([heading.len()]).max().unwrap_or_default()
    };
    let (stages, models) = (width("stage", |total| &total.stage), width("model", |total| &total.model));
    let mut text = String::new();
    let numbers = ["calls", "prompt", "cached", "answer"].map(|name| format!("{name:>13}")).concat();
    writeln!(text, "{:<stages$}  {:<models$}{numbers}{:>13}", "stage", "model", "cost")?;
    for total in totals.iter().chain([&sum(totals)]) {
        let usage = total.usage;
        let numbers = [total.num_calls, usage.prompt_tokens, usage.cached_tokens, usage.completion_tokens];
        let numbers = numbers.map(|number| format!("{number:>13}")).concat();
        let (stage, model) = (shown(&total.stage), shown(&total.model));
        writeln!(text, "{stage:<stages$}  {model:<models$}{numbers}{:>13.4}", total.cost)?;
    }
    if num_waiting > 0 {
        writeln!(text, "{num_waiting} requests wait for answers of a batch file (`quarry batch read`)")?;
    }
    Ok(text)
}

fn sum(totals: &[Total]) -> Total {
    let mut sum = Total { stage: "total".to_owned(), ..Total::default() };
    for total in totals {
        sum.num_calls += total.num_calls;
        sum.usage.prompt_tokens += total.usage.prompt_tokens;
        sum.usage.cached_tokens += total.usage.cached_tokens;
        sum.usage.completion_tokens += total.usage.completion_tokens;
        sum.cost += total.cost;
    }
    sum
}

fn query(view: &LedgerView, sql: &str, as_json: bool) -> anyhow::Result<()> {
    let mut stdout = BufWriter::new(io::stdout().lock());
    let mut written = Ok(());
    let mut is_first = true;
    let asked = view.query(sql, &mut |columns, row| {
        let mut lines = String::new();
        if as_json {
            let object: Map<String, Value> = columns.iter().cloned().zip(row.iter().cloned()).collect();
            lines = format!("{}\n", harmless_json(&Value::Object(object).to_string()));
        } else {
            if std::mem::take(&mut is_first) {
                lines = tab_separated(columns.iter().map(|name| harmless_line(name)));
            }
            lines.push_str(&tab_separated(row.iter().map(cell)));
        }
        written = stdout.write_all(lines.as_bytes());
        written.is_ok()
    });
    // The statement is the user's, so a mistake in it is, too.
    asked.map_err(|error| Stop::Usage(error.to_string()))?;
    finished(written.and_then(|()| stdout.flush()), Path::new("stdout"))
}

fn tab_separated(cells: impl Iterator<Item = String>) -> String {
    cells.collect::<Vec<_>>().join("\t") + "\n"
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => harmless_line(text),
        other => other.to_string(),
    }
}

fn export(view: &LedgerView, to: &Path) -> anyhow::Result<()> {
    if to == Path::new(STANDARD) {
        let mut stdout = BufWriter::new(Watched { inner: io::stdout().lock(), is_closed: false });
        let exported = view.export(&mut stdout);
        // A reader that has seen enough, such as `head`, is no error.
        return if stdout.get_ref().is_closed { Ok(()) } else { Ok(exported.map(drop)?) };
    }
    let file = File::create(to).map_err(|error| Stop::Output(format!("cannot write `{}`: {error}", to.display())))?;
    let num_calls = view.export(&mut BufWriter::new(file))?;
    terminal::print(&format!("{num_calls} calls written to `{}`\n", to.display()))
}

/// Stdout that knows whether its reader is gone.
struct Watched<W> {
    inner: W,
    is_closed: bool,
}

impl<W: Write> Write for Watched<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes);
        self.is_closed |= written.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::BrokenPipe);
        written
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

fn import(path: &Path, from: &Path) -> anyhow::Result<()> {
    let mut lines: Box<dyn BufRead> = if from == Path::new(STANDARD) {
        Box::new(BufReader::new(io::stdin()))
    } else {
        let file =
            File::open(from).map_err(|error| Stop::Input(format!("cannot read `{}`: {error}", from.display())))?;
        Box::new(BufReader::new(file))
    };
    let imported = Ledger::import(path, &mut lines).map_err(|error| match error.kind {
        // The lines are at fault, not the ledger.
        ErrorKind::Settings => anyhow::Error::from(Stop::Input(format!("`{}`: {error}", from.display()))),
        _ => error.into(),
    })?;
    let (new, known) = (imported.num_new, imported.num_known);
    terminal::print(&format!("{new} calls imported into `{}`, {known} were there\n", path.display()))
}

/// A reader that has seen enough, such as `head`, is no error.
fn finished(written: io::Result<()>, to: &Path) -> anyhow::Result<()> {
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Stop::Output(format!("{}: {error}", to.display())).into())
        }
        _ => Ok(()),
    }
}
