//! Log lines on stderr, above the progress bars where there are any. What is logged is left to the libraries.

use std::io::Write;

use indicatif::MultiProgress;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

use crate::args::LogFormat;
use crate::exit::Stop;
use crate::terminal;

/// The variable that says what is logged, as in `QUARRY_LOG=debug` or `QUARRY_LOG=warn,quarry_engine=debug`.
pub(crate) const VARIABLE: &str = "QUARRY_LOG";

/// Logs warnings and what this program itself decides.
pub(crate) const NOTES: &str = "warn,quarry=info,quarry_engine=warn,quarry_onnx=warn";
/// Logs every committed unit too, which bars would say already.
pub(crate) const UNITS: &str = "warn,quarry=info,quarry_onnx=warn";

/// Starts logging for the rest of the program.
///
/// # Errors
/// `QUARRY_LOG` cannot be understood.
pub(crate) fn start(format: LogFormat, default_filter: &str, bars: MultiProgress) -> anyhow::Result<()> {
    let filter = match variable() {
        Some(text) => EnvFilter::try_new(&text)
            .map_err(|error| Stop::Usage(format!("`{VARIABLE}={text}` is no log filter: {error}")))?,
        None => EnvFilter::new(default_filter),
    };
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(AboveBars { bars })
        .with_ansi(terminal::stderr_has_color());
    let started = match format {
        LogFormat::Text => lines.with_target(false).try_init(),
        LogFormat::Json => lines.json().flatten_event(true).try_init(),
    };
    started.map_err(|error| anyhow::anyhow!("logging could not be started: {error}"))
}

#[expect(clippy::disallowed_methods, reason = "only the cli reads the environment")]
fn variable() -> Option<String> {
    std::env::var(VARIABLE).ok().filter(|text| !text.trim().is_empty())
}

/// Clears the bars for as long as it takes to write a line.
struct AboveBars {
    bars: MultiProgress,
}

impl Write for &AboveBars {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.bars.suspend(|| std::io::stderr().lock().write_all(bytes))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        std::io::stderr().lock().flush()
    }
}

impl<'a> MakeWriter<'a> for AboveBars {
    type Writer = &'a AboveBars;

    fn make_writer(&'a self) -> &'a AboveBars {
        self
    }
}
