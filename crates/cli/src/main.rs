//! The program `quarry`: the command line over the engine, the operators and the models.
//!
//! Only this crate reads the environment, config files and the clock. It decides nothing about rows: what a recipe means
//! is the engine's, what a stage does the operators'.

mod args;
mod asked;
mod config;
mod deployment;
mod estimate;
mod exit;
mod export;
mod logging;
mod meter;
mod models;
mod progress;
mod signals;
mod terminal;
mod verbs;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use clap::Parser;
use serde_json::json;
#[cfg(not(target_env = "msvc"))]
use tikv_jemallocator::Jemalloc;

use crate::args::{Cli, LogFormat};
use crate::exit::{Advice, Code};

/// The system's allocator keeps an arena a thread, and with batches moving between threads memory grows with the input.
#[cfg(not(target_env = "msvc"))]
#[global_allocator]
static ALLOCATOR: Jemalloc = Jemalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let format = cli.log_format;
    // The panic's own message is on stderr by then; what is left is the code that the contract gives a bug.
    let code = match catch_unwind(AssertUnwindSafe(|| verbs::carry_out(cli))) {
        Ok(Ok(())) => Code::Success,
        Ok(Err(error)) => explain(&error, format),
        Err(_) => {
            terminal::tell(
                "error: this is a bug in quarry; what was committed stays, and the same command goes on from there",
            );
            Code::Internal
        }
    };
    ExitCode::from(code.number())
}

/// Tells what happened, what was saved and what to do next.
fn explain(error: &anyhow::Error, format: LogFormat) -> Code {
    let advice = error.downcast_ref::<Advice>();
    let causes: Vec<String> = error.chain().skip(usize::from(advice.is_some())).map(ToString::to_string).collect();
    let message = causes.join(": ");
    let (message, advice) = (message.trim_end(), advice.map(|Advice(advice)| advice.as_str()));
    let code = Code::of(error);
    match format {
        LogFormat::Json => {
            let line = json!({ "level": "ERROR", "message": message, "advice": advice, "exit_code": code.number() });
            terminal::tell(&line.to_string());
        }
        LogFormat::Text => {
            // Problems come with their own headings, one for each.
            let heading = if exit::is_list_of_problems(error) { "" } else { "error: " };
            terminal::tell(&format!("{heading}{message}"));
            advice.into_iter().for_each(terminal::tell);
        }
    }
    code
}
