//! How a run's counters are shown on stderr while it goes: bars, plain lines or JSON lines. What they count is the engine's.

use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use bytesize::ByteSize;
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use quarry_engine::{Phase, Progress, Snapshot};
use quarry_llm::{Client, ModelSnapshot};
use serde_json::json;

use crate::args::{LogFormat, ProgressMode};
use crate::terminal;

/// Time between two lines where there are no bars.
const BETWEEN_LINES: Duration = Duration::from_secs(10);
/// Time between two drawings of the bars.
const BETWEEN_DRAWINGS: Duration = Duration::from_millis(200);

/// What is shown, once the terminal and the flags have been asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shown {
    /// Bars that redraw themselves.
    Bars,
    /// One line now and then.
    Plain,
    /// One JSON object now and then.
    Json,
    /// Nothing.
    Nothing,
}

impl Shown {
    /// Decides by flags and terminal.
    pub(crate) fn of(mode: ProgressMode, format: LogFormat, is_terminal: bool) -> Shown {
        match (mode, format) {
            (ProgressMode::Plain, _) => Shown::Plain,
            (ProgressMode::Json, _) | (ProgressMode::Auto, LogFormat::Json) => Shown::Json,
            (ProgressMode::None, _) => Shown::Nothing,
            (ProgressMode::Auto, LogFormat::Text) if is_terminal => Shown::Bars,
            (ProgressMode::Auto, LogFormat::Text) => Shown::Plain,
        }
    }

    /// Where bars are drawn, so that log lines can step around them.
    pub(crate) fn draw_target(self) -> MultiProgress {
        MultiProgress::with_draw_target(match self {
            Shown::Bars => ProgressDrawTarget::stderr(),
            _ => ProgressDrawTarget::hidden(),
        })
    }
}

/// Shows the counters once: those of the engine, and those of models where a recipe asks any.
type Show = Box<dyn FnMut(&Snapshot, Option<&quarry_llm::Snapshot>) + Send>;

/// Shows progress from a thread of its own until dropped.
pub(crate) struct Reporter {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Reporter {
    /// Starts to show the counters.
    pub(crate) fn start(
        shown: Shown,
        progress: Arc<Progress>,
        models: Option<Arc<Client>>,
        bars: &MultiProgress,
    ) -> std::io::Result<Reporter> {
        let (stop, stopped) = channel::<()>();
        let (every, mut show): (Duration, Show) = match shown {
            Shown::Bars => (BETWEEN_DRAWINGS, Bars::show_on(bars)),
            Shown::Plain => (BETWEEN_LINES, Box::new(|snapshot, models| terminal::tell(&plain_line(snapshot, models)))),
            Shown::Json => (BETWEEN_LINES, Box::new(|snapshot, models| terminal::tell(&json_line(snapshot, models)))),
            Shown::Nothing => return Ok(Reporter { stop: None, thread: None }),
        };
        let show_until_stopped = move || {
            while stopped.recv_timeout(every) == Err(RecvTimeoutError::Timeout) {
                let models = models.as_ref().map(|client| client.snapshot());
                show(&progress.snapshot(), models.as_ref());
            }
        };
        let thread = std::thread::Builder::new().name("progress".to_owned()).spawn(show_until_stopped)?;
        Ok(Reporter { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Reporter {
    fn drop(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take() {
            // A reporter that panicked has said so; the run goes on without it.
            drop(thread.join());
        }
    }
}

struct Bars {
    phase: ProgressBar,
    bytes: ProgressBar,
    rows: ProgressBar,
    models: ProgressBar,
}

impl Bars {
    fn show_on(multi: &MultiProgress) -> Show {
        let style =
            |template: &str| ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
        let bars = Bars {
            phase: multi.add(ProgressBar::new_spinner().with_style(style("{spinner} {msg}  {elapsed}"))),
            bytes: multi.add(ProgressBar::new(0).with_style(style(
                "  read  [{bar:32}] {decimal_bytes} of {decimal_total_bytes}, {decimal_bytes_per_sec}, {eta} to go",
            ))),
            rows: multi.add(ProgressBar::new_spinner().with_style(style("  rows  {msg}"))),
            models: ProgressBar::new_spinner().with_style(style("  calls {msg}")),
        };
        let mut is_shown = false;
        let multi = multi.clone();
        Box::new(move |snapshot, models| {
            // A recipe that asks no model has no line for it.
            if models.is_some() && !std::mem::replace(&mut is_shown, true) {
                multi.add(bars.models.clone());
            }
            bars.draw(snapshot, models);
        })
    }

    fn draw(&self, snapshot: &Snapshot, models: Option<&quarry_llm::Snapshot>) {
        self.phase.set_message(phase_name(snapshot.phase));
        self.phase.tick();
        self.bytes.set_length(snapshot.total_bytes);
        self.bytes.set_position(snapshot.read_bytes.min(snapshot.total_bytes));
        if snapshot.total_bytes > 0 && snapshot.read_bytes >= snapshot.total_bytes {
            // All is read while the stages may still work for long: the speed of reading stands still from here on.
            self.bytes.finish();
        }
        self.rows.set_message(rows(snapshot));
        self.rows.tick();
        if let Some(models) = models {
            self.models.set_message(calls(models));
            self.models.tick();
        }
    }
}

impl Drop for Bars {
    fn drop(&mut self) {
        for bar in [&self.phase, &self.bytes, &self.rows, &self.models] {
            bar.finish_and_clear();
        }
    }
}

fn phase_name(phase: Phase) -> String {
    match phase {
        Phase::Starting => "starting".to_owned(),
        Phase::Hashing => "hashing the input".to_owned(),
        Phase::Segment(segment) => format!("running segment {}", u32::from(segment) + 1),
        Phase::Barrier(segment) => format!("deciding over all rows of segment {}", u32::from(segment) + 1),
        Phase::Publishing => "writing the dataset".to_owned(),
    }
}

fn rows(snapshot: &Snapshot) -> String {
    format!(
        "{} documents, {} pairs made, {} rejected, {} failed, {} units ({} from before)",
        snapshot.num_documents,
        snapshot.num_emitted,
        snapshot.num_rejected,
        snapshot.num_failed,
        snapshot.num_units + snapshot.num_units_reused,
        snapshot.num_units_reused
    )
}

/// What models were asked so far, and what they are being asked.
fn calls(models: &quarry_llm::Snapshot) -> String {
    let mut sum = ModelSnapshot::default();
    for model in models.models.values() {
        sum.num_calls += model.num_calls;
        sum.num_from_ledger += model.num_from_ledger;
        sum.num_retries += model.num_retries;
        sum.usage.prompt_tokens += model.usage.prompt_tokens;
        sum.usage.completion_tokens += model.usage.completion_tokens;
        sum.cost += model.cost;
    }
    let cost = if sum.cost > 0.0 { format!(", cost {:.2}", sum.cost) } else { String::new() };
    let down = models.models.iter().find_map(|(name, model)| Some((name, model.down.as_ref()?)));
    let down = down.map(|(name, why)| format!("; {name} is away: {why}")).unwrap_or_default();
    format!(
        "{} answered, {} from the ledger, {} in flight of {}, {} retries, {} tokens in, {} out{cost}{down}",
        sum.num_calls,
        sum.num_from_ledger,
        models.in_flight,
        models.limit,
        sum.num_retries,
        sum.usage.prompt_tokens,
        sum.usage.completion_tokens
    )
}

fn plain_line(snapshot: &Snapshot, models: Option<&quarry_llm::Snapshot>) -> String {
    let models = models.map(|models| format!("; calls: {}", calls(models))).unwrap_or_default();
    let (read, total) = (ByteSize::b(snapshot.read_bytes), ByteSize::b(snapshot.total_bytes));
    format!(
        "{}: {} of {} read, {}{models}",
        phase_name(snapshot.phase),
        read.display().si(),
        total.display().si(),
        rows(snapshot)
    )
}

fn json_line(snapshot: &Snapshot, models: Option<&quarry_llm::Snapshot>) -> String {
    let models = models.map(|models| {
        let of = |(name, model): (&String, &ModelSnapshot)| {
            let counts = json!({
                "in_flight": model.in_flight,
                "limit": model.limit,
                "waiting": model.waiting,
                "num_calls": model.num_calls,
                "num_from_ledger": model.num_from_ledger,
                "num_retries": model.num_retries,
                "prompt_tokens": model.usage.prompt_tokens,
                "cached_tokens": model.usage.cached_tokens,
                "completion_tokens": model.usage.completion_tokens,
                "cost": model.cost,
                "down": model.down,
            });
            (name.clone(), counts)
        };
        models.models.iter().map(of).collect::<serde_json::Map<_, _>>()
    });
    let progress = json!({
        "phase": phase_name(snapshot.phase),
        "read_bytes": snapshot.read_bytes,
        "total_bytes": snapshot.total_bytes,
        "num_documents": snapshot.num_documents,
        "num_emitted": snapshot.num_emitted,
        "num_rejected": snapshot.num_rejected,
        "num_failed": snapshot.num_failed,
        "num_units": snapshot.num_units,
        "num_units_reused": snapshot.num_units_reused,
        "models": models,
    });
    json!({ "progress": progress }).to_string()
}

#[cfg(test)]
mod tests {
    use quarry_engine::Progress;

    use super::{Shown, json_line, plain_line};
    use crate::args::{LogFormat, ProgressMode};

    #[test]
    fn bars_need_a_terminal_and_logs_for_people() {
        assert_eq!(Shown::of(ProgressMode::Auto, LogFormat::Text, true), Shown::Bars);
        assert_eq!(Shown::of(ProgressMode::Auto, LogFormat::Text, false), Shown::Plain);
        assert_eq!(Shown::of(ProgressMode::Auto, LogFormat::Json, true), Shown::Json);
        assert_eq!(Shown::of(ProgressMode::None, LogFormat::Json, true), Shown::Nothing);
    }

    #[test]
    fn lines_name_the_phase_and_the_counts() {
        let snapshot = Progress::default().snapshot();
        assert!(plain_line(&snapshot, None).starts_with("starting: "));
        let line: serde_json::Value = serde_json::from_str(&json_line(&snapshot, None)).unwrap_or_default();
        assert_eq!(line.pointer("/progress/num_documents"), Some(&serde_json::json!(0)));
    }
}
