//! The program `quarry`: the command line over the engine, the operators and the models.
//!
//! Only this crate reads the environment, config files and the clock. It decides nothing about rows: what a recipe means
//! is the engine's, what a stage does the operators'.

mod args;
mod config;
mod deployment;
mod exit;
mod logging;
mod progress;
mod signals;
mod terminal;
mod verbs;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use clap::Parser;

use crate::args::Cli;
use crate::exit::{Advice, Code};

fn main() -> ExitCode {
    let cli = Cli::parse();
    // The panic's own message is on stderr by then; what is left is the code that the contract gives a bug.
    let code = match catch_unwind(AssertUnwindSafe(|| verbs::carry_out(cli))) {
        Ok(Ok(())) => Code::Success,
        Ok(Err(error)) => explain(&error),
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
fn explain(error: &anyhow::Error) -> Code {
    let advice = error.downcast_ref::<Advice>();
    let causes: Vec<String> = error.chain().skip(usize::from(advice.is_some())).map(ToString::to_string).collect();
    let message = causes.join(": ");
    // Problems come with their own headings, one for each.
    let heading = if exit::is_list_of_problems(error) { "" } else { "error: " };
    terminal::tell(&format!("{heading}{}", message.trim_end()));
    if let Some(Advice(advice)) = advice {
        terminal::tell(advice);
    }
    Code::of(error)
}
