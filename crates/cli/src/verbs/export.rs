//! `quarry export`: a finished dataset written for a trainer, and where every row of it went.

use std::fmt::Write as _;

use crate::args::ExportArgs;
use crate::export::{self, LeftOut, Options, Report, ScorerChoice};
use crate::terminal;

/// Writes the export and prints what came of it.
pub(crate) fn export(args: ExportArgs) -> anyhow::Result<()> {
    let to = args.to.display().to_string();
    let report = export::export(&options(args))?;
    terminal::print(&describe(&report, &to)?)
}

fn options(args: ExportArgs) -> Options {
    let scorer = match (args.plain, args.with_reward_file) {
        (true, _) => ScorerChoice::Stock,
        (false, true) => ScorerChoice::RewardFile,
        (false, false) => ScorerChoice::Usual,
    };
    Options {
        out: args.out,
        to: args.to,
        format: args.format,
        gym: args.gym,
        select: args.select,
        answer_format: args.answer_format,
        scorer,
        data_source: args.data_source,
        model: args.model,
        max_prompt_tokens: args.max_prompt_tokens,
        tokenizer: args.tokenizer,
        splits: args.split,
        seed: args.seed,
        shard_rows: args.shard_rows,
        force: args.force,
    }
}

fn describe(report: &Report, to: &str) -> Result<String, std::fmt::Error> {
    let tally = &report.tally;
    let mut text = String::new();
    let num_left_out = tally.num_in - tally.num_out;
    writeln!(
        text,
        "{}: {} rows in, {} out, {num_left_out} left out",
        report.settings.format.name, tally.num_in, tally.num_out
    )?;
    for (split, number) in &tally.by_split {
        writeln!(text, "{number:>9}  {split}")?;
    }
    for (reason, by_type) in &tally.left_out_by_answer_type {
        let mut types: Vec<(&String, &u64)> = by_type.iter().collect();
        types.sort_by(|left, right| right.1.cmp(left.1).then(left.0.cmp(right.0)));
        let types: Vec<String> =
            types.into_iter().map(|(name, number)| format!("{} {number}", terminal::harmless_line(name))).collect();
        writeln!(text, "{:>9}  left out, {}: {}", tally.num_left_out(*reason), reason.as_str(), types.join(", "))?;
    }
    let not_scored = tally.num_left_out(LeftOut::TypeNotScored) + tally.num_left_out(LeftOut::GoldNotScored);
    if not_scored > 0 && report.settings.could_use_reward_file() {
        writeln!(text, "`--with-reward-file` keeps the {not_scored} that only reward.py can score")?;
    }
    writeln!(text, "written: {to}; README.md there tells how to train on it")?;
    Ok(text)
}
