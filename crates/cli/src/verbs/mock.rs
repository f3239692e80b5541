//! `quarry mock`: the mock server, from the line that says where it listens to the summary at its end.

use std::path::Path;
use std::time::SystemTime;

use quarry_mock::{Error, Habits, Machine, Script, Server, Settings};
use tokio::runtime::{Builder, Runtime};
use tokio_util::sync::CancellationToken;

use crate::args::MockArgs;
use crate::exit::Stop;
use crate::signals::Signals;
use crate::terminal;

/// Serves until a signal comes.
pub(crate) fn mock(args: MockArgs) -> anyhow::Result<()> {
    let num_threads = args.threads;
    let settings = settings(args)?;
    let summary = runtime(num_threads)?.block_on(async {
        let server = Server::bind(settings).await?;
        let stop = CancellationToken::new();
        let _signals = Signals::listen(stop.clone())?;
        terminal::print(&format!("listening on http://{}\n", server.address()))?;
        let report = server.serve(stop.cancelled_owned()).await?;
        anyhow::Ok(report.summary())
    });
    match summary {
        Ok(summary) => terminal::print(&summary),
        Err(error) => Err(blamed(error)),
    }
}

/// One thread is the fastest for one core: no work moves between threads.
fn runtime(num_threads: usize) -> std::io::Result<Runtime> {
    match num_threads {
        0 | 1 => Builder::new_current_thread().enable_all().build(),
        more => Builder::new_multi_thread().worker_threads(more).enable_all().build(),
    }
}

fn settings(args: MockArgs) -> anyhow::Result<Settings> {
    let habits = args.habits;
    Ok(Settings {
        listen: args.listen,
        machine: Machine {
            slots: args.slots,
            step_ms: args.step_ms,
            step_ms_per_slot: args.step_ms_per_slot,
            prefill_us: args.prefill_us,
            speed: if args.instant { 0.0 } else { args.speed },
            cache_tokens: args.cache_tokens,
            context_tokens: args.context_tokens,
            priority: args.priority,
        },
        habits: Habits {
            seed: habits.seed,
            answer_tokens: habits.answer_tokens,
            defects: habits.defects,
            judge_errors: habits.judge_errors,
            answer_errors: habits.answer_errors,
            known: habits.known,
            obeys: habits.obeys,
        },
        models: if args.models.is_empty() { vec!["mock".to_owned()] } else { args.models },
        faults: args.faults.as_deref().map(script).transpose()?.unwrap_or_default(),
        log: args.log,
        bodies: args.bodies,
        report: args.report,
        now: now(),
    })
}

fn script(path: &Path) -> anyhow::Result<Script> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| Stop::Input(format!("script of faults `{}`: {error}", path.display())))?;
    Ok(Script::parse(&text).map_err(|error| Stop::Usage(format!("`{}`: {error}", path.display())))?)
}

#[expect(clippy::disallowed_methods, reason = "only the cli reads the wall clock")]
fn now() -> fn() -> SystemTime {
    SystemTime::now
}

/// Gives an error of the server its exit code.
fn blamed(error: anyhow::Error) -> anyhow::Error {
    let stop = match error.downcast_ref::<Error>() {
        Some(Error::Write { .. }) => Stop::Output(error.to_string()),
        Some(Error::Listen { .. } | Error::Settings(_) | Error::Faults(_)) => Stop::Usage(error.to_string()),
        Some(Error::Serve(_)) | None => return error,
    };
    stop.into()
}
