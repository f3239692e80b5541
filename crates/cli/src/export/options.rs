//! What was asked for, checked against what the format can do before any row is read.

use std::path::PathBuf;

use serde::Serialize;

use super::format::{Asked, Format, Scoring, ScoringKind, Stock, Storage, find};
use super::formats::nemo_rl;
use super::formats::verl;
use super::length::CapOptions;
use super::{AnswerFormat, Splits};
use crate::exit::Stop;

/// An export as typed.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    pub(crate) out: PathBuf,
    pub(crate) to: PathBuf,
    pub(crate) format: String,
    pub(crate) gym: bool,
    pub(crate) select: Option<String>,
    pub(crate) answer_format: Option<AnswerFormat>,
    pub(crate) scorer: ScorerChoice,
    pub(crate) data_source: Option<String>,
    pub(crate) model: Option<String>,
    pub(crate) max_prompt_tokens: Option<usize>,
    pub(crate) tokenizer: Option<PathBuf>,
    pub(crate) splits: Option<Splits>,
    pub(crate) seed: u64,
    pub(crate) shard_rows: Option<u64>,
    pub(crate) force: bool,
}

/// Which scorer was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ScorerChoice {
    /// Whatever is usual for the format.
    Usual,
    /// `--plain`: what comes with the trainer.
    Stock,
    /// `--with-reward-file`: ours.
    RewardFile,
}

/// An export that can be carried out.
pub(crate) struct Settings {
    pub(crate) format: &'static Format,
    pub(crate) scoring: Scoring,
    pub(crate) data_source: String,
    pub(crate) model: Option<String>,
    pub(crate) cap: Option<CapOptions>,
    pub(crate) splits: Option<Splits>,
    pub(crate) seed: u64,
    pub(crate) rows_per_file: u64,
}

/// Rows in a parquet file unless asked otherwise.
const ROWS_PER_FILE: u64 = 100_000;

/// Formats whose rows or files name where the rows come from.
const HAVE_SOURCES: [&str; 6] = ["verl", "openrlhf", "skyrl", "verifiers", "rllm", "slime"];

/// The name of rows that no trainer knows.
pub(crate) const DATA_SOURCE: &str = "quarry";

/// The options as `export.json` holds them: all that could change a byte.
#[derive(Serialize)]
pub(crate) struct Recorded<'a> {
    select: Option<&'a str>,
    answer_format: Option<AnswerFormat>,
    scorer: &'static str,
    data_source: &'a str,
    model: Option<&'a str>,
    max_prompt_tokens: Option<usize>,
    counts_tokens: bool,
    splits: Option<&'a Splits>,
    seed: u64,
}

impl Settings {
    /// Whether `reward.py` scores the rows.
    pub(crate) fn uses_reward_file(&self) -> bool {
        matches!(self.scoring, Scoring::RewardFile { .. })
    }

    /// The split that is trained on: the first that was asked for, or that of every dataset.
    pub(crate) fn first_split(&self) -> &str {
        self.splits.as_ref().and_then(|splits| splits.names().next()).unwrap_or("train")
    }

    /// Whether `reward.py` could score more rows than the scorer in use.
    pub(crate) fn could_use_reward_file(&self) -> bool {
        let takes_ours = matches!(self.format.scoring, ScoringKind::Trainer { reward_file: Some(_), .. });
        takes_ours && !self.uses_reward_file()
    }

    /// The one stock scorer of the export, where there is one.
    pub(crate) fn stock(&self) -> Option<&'static Stock> {
        match &self.scoring {
            Scoring::Stock(stocks) => stocks.first().copied(),
            _ => None,
        }
    }

    /// What `export.json` says of the options.
    pub(crate) fn recorded<'a>(&'a self, options: &'a Options) -> Recorded<'a> {
        let scorer = match self.scoring {
            Scoring::Stock(_) => "stock",
            Scoring::RewardFile { .. } => "reward.py",
            Scoring::Nobody(_) => "none",
        };
        Recorded {
            select: options.select.as_deref(),
            answer_format: options.answer_format,
            scorer,
            data_source: &self.data_source,
            model: self.model.as_deref(),
            max_prompt_tokens: self.cap.as_ref().map(|cap| cap.max_tokens),
            counts_tokens: self.cap.as_ref().is_some_and(|cap| cap.tokenizer.is_some()),
            splits: self.splits.as_ref(),
            seed: self.seed,
        }
    }
}

/// Checks options against what the format can do.
///
/// # Errors
/// Something was asked for that the trainer could not read or score.
pub(crate) fn settle(options: &Options) -> Result<Settings, Stop> {
    let format = format_of(options)?;
    let scoring = scoring_of(format, options)?;
    if options.tokenizer.is_some() && options.max_prompt_tokens.is_none() && format.max_prompt_tokens.is_none() {
        return Err(Stop::Usage(
            "`--tokenizer` counts tokens for `--max-prompt-tokens`, which is not given".to_owned(),
        ));
    }
    if options.data_source.is_some() && !HAVE_SOURCES.contains(&format.name) {
        return Err(Stop::Usage(format!("`--data-source` means nothing to `--format {}`", format.name)));
    }
    let data_source = match (&options.data_source, &scoring) {
        (Some(name), _) => name.clone(),
        (None, Scoring::Stock(stocks)) if format.name == verl::FORMAT.name => {
            stocks.first().map_or(DATA_SOURCE, |stock| stock.name).to_owned()
        }
        (None, _) => DATA_SOURCE.to_owned(),
    };
    let max_tokens = options.max_prompt_tokens.or(format.max_prompt_tokens);
    Ok(Settings {
        format,
        scoring,
        data_source,
        model: model_of(format, options)?,
        cap: max_tokens.map(|max_tokens| CapOptions { max_tokens, tokenizer: options.tokenizer.clone() }),
        splits: options.splits.clone(),
        seed: options.seed,
        rows_per_file: rows_per_file(format, options)?,
    })
}

fn format_of(options: &Options) -> Result<&'static Format, Stop> {
    let format =
        find(&options.format).ok_or_else(|| Stop::Usage(format!("there is no format `{}`", options.format)))?;
    match (options.gym, format.name == nemo_rl::FORMAT.name) {
        (true, true) => Ok(&nemo_rl::GYM),
        (true, false) => Err(Stop::Usage("`--gym` goes with `--format nemo-rl` only".to_owned())),
        (false, _) => Ok(format),
    }
}

fn model_of(format: &Format, options: &Options) -> Result<Option<String>, Stop> {
    match (&options.model, format.name == "openai-batch") {
        (None, true) => Err(Stop::Usage("`--format openai-batch` needs `--model`: each request names one".to_owned())),
        (Some(_), false) => Err(Stop::Usage(format!("`--model` means nothing to `--format {}`", format.name))),
        (model, _) => Ok(model.clone()),
    }
}

fn rows_per_file(format: &Format, options: &Options) -> Result<u64, Stop> {
    match (&format.storage, options.shard_rows) {
        (_, Some(0)) => Err(Stop::Usage("`--shard-rows` is 0, so no file could hold a row".to_owned())),
        (Storage::Parquet(_), rows) => Ok(rows.unwrap_or(ROWS_PER_FILE)),
        (Storage::Lines { rows_per_file: Some(most) }, rows) => Ok(rows.unwrap_or(*most).min(*most)),
        (Storage::Lines { rows_per_file: None }, None) => Ok(u64::MAX),
        (Storage::Lines { rows_per_file: None }, Some(_)) => Err(Stop::Usage(format!(
            "`--shard-rows` does not go with `--format {}`, which is read from one file",
            format.name
        ))),
    }
}

fn scoring_of(format: &'static Format, options: &Options) -> Result<Scoring, Stop> {
    let asked = options.answer_format;
    match &format.scoring {
        ScoringKind::Nobody { asks } => match (options.scorer, asked) {
            (ScorerChoice::Usual, Some(format)) => Ok(Scoring::Nobody(Some(Asked::For(format)))),
            (ScorerChoice::Usual, None) => Ok(Scoring::Nobody(asks.then_some(Asked::Usual))),
            (_, _) => Err(Stop::Usage(format!("`--format {}` has no scorer, ours or another's", format.name))),
        },
        ScoringKind::Trainer { stock, mixed, reward_file, prefers_reward_file, serves_both } => {
            let ours = match options.scorer {
                ScorerChoice::Usual => *prefers_reward_file,
                ScorerChoice::RewardFile => true,
                ScorerChoice::Stock => false,
            };
            match (ours, reward_file) {
                (true, Some(_)) => {
                    let beside: &'static [Stock] = if *serves_both { stock } else { &[] };
                    Ok(Scoring::RewardFile { asked, beside })
                }
                (true, None) => Err(Stop::Usage(format!("{} takes no reward file", format.name))),
                (false, _) => stock_of(format, stock, *mixed, options).map(Scoring::Stock),
            }
        }
    }
}

/// The stock scorers that read the mark asked for; the usual one where they cannot be mixed.
fn stock_of(
    format: &Format,
    all: &'static [Stock],
    mixed: bool,
    options: &Options,
) -> Result<Vec<&'static Stock>, Stop> {
    if all.is_empty() {
        return Err(Stop::Usage(format!("{} has no stock scorer; its rows are scored by `reward.py`", format.name)));
    }
    let mut stocks: Vec<&'static Stock> = all.iter().collect();
    if let Some(name) = options.data_source.as_deref().filter(|_| format.name == verl::FORMAT.name) {
        stocks.retain(|stock| verl::is_source_of(name, stock));
        if stocks.is_empty() {
            let known: Vec<String> = verl::SOURCES.iter().map(|name| format!("`{name}`")).collect();
            return Err(Stop::Usage(format!(
                "verl scores no data source `{name}` by itself; it knows {}, or leave out `--plain`",
                known.join(", ")
            )));
        }
    }
    if let Some(asked) = options.answer_format {
        let readable: Vec<&str> = stocks.iter().map(|stock| stock.answer_format.as_str()).collect();
        let readable = readable.join(", ");
        stocks.retain(|stock| stock.answer_format == asked);
        if stocks.is_empty() {
            return Err(Stop::Usage(format!(
                "the scorer that comes with {} cannot read `--answer-format {}`, only {readable}; `reward.py` reads any \
                 (`--with-reward-file`)",
                format.name,
                asked.as_str()
            )));
        }
    }
    if !mixed {
        stocks.truncate(1);
    }
    Ok(stocks)
}
