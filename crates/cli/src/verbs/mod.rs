//! One file a verb. A verb turns arguments into calls of the libraries and their answers into text.

mod answers;
mod batch;
mod calls;
mod check;
mod completions;
mod decontaminate;
mod dedup;
mod estimate;
mod export;
mod filter;
mod help;
mod init;
mod inspect;
mod ledger;
mod lone;
mod mock;
mod operators;
mod pack;
mod run;
mod runtime;
mod scratch;
mod status;
mod summary;
mod train_head;

use crate::args::{Cli, Verb};

/// Carries out the verb.
///
/// # Errors
/// Whatever stopped it; [`crate::exit::Code::of`] says what to exit with.
pub(crate) fn carry_out(cli: Cli) -> anyhow::Result<()> {
    let format = cli.log_format;
    match cli.verb {
        Verb::Init(args) => init::init(&args),
        Verb::Check(args) => check::check(&args, format),
        Verb::Estimate(args) => estimate::estimate(&args, format),
        Verb::Run(args) => run::run(&args, format),
        Verb::Status(args) => status::status(&args),
        Verb::Inspect(args) => inspect::inspect(&args),
        Verb::Ledger(args) => ledger::ledger(&args),
        Verb::Batch(args) => batch::batch(&args.action, format),
        Verb::Export(args) => export::export(args),
        Verb::Filter(args) => filter::filter(args, format),
        Verb::Dedup(args) => dedup::dedup(&args, format),
        Verb::Decontaminate(args) => decontaminate::decontaminate(&args, format),
        Verb::Pack(args) => pack::pack(&args),
        Verb::Answers(args) => answers::answers(&args),
        Verb::Operators(args) => operators::operators(&args),
        Verb::Mock(args) => mock::mock(args),
        Verb::TrainHead(args) => train_head::train(&args, format),
        Verb::Runtime(args) => runtime::runtime(&args, format),
        Verb::Completions(args) => completions::completions(&args),
        Verb::Help(args) => help::help(&args),
    }
}
