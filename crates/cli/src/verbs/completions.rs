//! `quarry completions`: a completion script, derived from the command line's own definition.

use clap::CommandFactory;

use crate::args::{Cli, CompletionsArgs};
use crate::terminal;

/// Prints the script for a shell.
pub(crate) fn completions(args: &CompletionsArgs) -> anyhow::Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "quarry", &mut script);
    terminal::print(&String::from_utf8_lossy(&script))
}
