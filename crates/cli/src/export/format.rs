//! What an export format is: how rows are stored, which scorers can score them, and what lies beside them.

use arrow::datatypes::FieldRef;
use clap::builder::{PossibleValue, PossibleValuesParser};
use serde_json::Value;

use super::formats;
use super::options::Settings;
use super::record::Record;
use super::scorer::{Gold, Scorer};
use super::{AnswerFormat, tally::LeftOut};
use crate::exit::Stop;

/// Every format, in the order of the table in the documentation.
pub(crate) const ALL: &[&Format] = &[
    &formats::verl::FORMAT,
    &formats::trl::FORMAT,
    &formats::openrlhf::FORMAT,
    &formats::skyrl::FORMAT,
    &formats::nemo_rl::FORMAT,
    &formats::open_instruct::FORMAT,
    &formats::verifiers::FORMAT,
    &formats::rllm::FORMAT,
    &formats::slime::FORMAT,
    &formats::webscale_rl::FORMAT,
    &formats::sft::FORMAT,
    &formats::openai_batch::FORMAT,
];

/// Contents of files by their paths.
pub(crate) type Files = Vec<(String, String)>;

/// A trainer's format.
pub(crate) struct Format {
    /// As typed after `--format`.
    pub(crate) name: &'static str,
    /// One line for help and for the table.
    pub(crate) summary: &'static str,
    /// Who scores replies.
    pub(crate) scoring: ScoringKind,
    /// How rows are stored.
    pub(crate) storage: Storage,
    /// The most tokens of a prompt that the trainer takes by default, if it is known to fail on more.
    pub(crate) max_prompt_tokens: Option<usize>,
    /// Whether rows hold the text of their document.
    pub(crate) needs_text: bool,
    /// A row of the file.
    pub(crate) row: fn(&Row<'_>, &Settings) -> Value,
    /// Files beside the data, by path below the directory; `reward.py` is among them where it is used.
    pub(crate) files: fn(&Settings) -> Result<Files, Stop>,
    /// How to train on it: Markdown for the card, a template over the card's values.
    pub(crate) usage: &'static str,
}

/// Who scores replies, and what was asked of them.
pub(crate) enum ScoringKind {
    /// Stock scorers; with `reward_file` also ours.
    Trainer {
        /// Stock scorers in order of preference.
        stock: &'static [Stock],
        /// Whether rows of several stock scorers may stand in one file.
        mixed: bool,
        /// What the trainer calls in `reward.py`, if it takes a file of ours.
        reward_file: Option<&'static str>,
        /// Whether ours is used if nothing is asked for.
        prefers_reward_file: bool,
        /// Whether rows for ours hold the gold of the stock scorer too, and so should ask for the mark that it reads.
        serves_both: bool,
    },
    /// Nobody: prompts are asked for an answer in this way, or as they are.
    Nobody {
        /// Asks for the usual mark of each type if nothing is asked for.
        asks: bool,
    },
}

/// A stock scorer of a trainer.
pub(crate) struct Stock {
    /// What the trainer calls it, in its data or its settings.
    pub(crate) name: &'static str,
    /// What it can read.
    pub(crate) scorer: Scorer,
    /// The mark that it looks for.
    pub(crate) answer_format: AnswerFormat,
}

/// How rows are stored.
pub(crate) enum Storage {
    /// Parquet with these columns.
    Parquet(fn(&Settings) -> Vec<FieldRef>),
    /// JSON Lines, one file a split unless a limit of rows is given.
    Lines {
        /// The most rows that the reader takes in a file.
        rows_per_file: Option<u64>,
    },
}

/// A row on its way to a file.
pub(crate) struct Row<'a> {
    pub(crate) record: &'a Record,
    pub(crate) split: &'a str,
    /// Its number in the split, from 0.
    pub(crate) index: u64,
    /// The question with the sentence that asks for the mark.
    pub(crate) prompt: String,
    pub(crate) scored: Scored,
    /// The document's text, for formats that ask for it.
    pub(crate) text: Option<&'a str>,
}

/// What the gold answer is for the scorer of a row.
pub(crate) struct Scored {
    pub(crate) gold: Gold,
    /// The mark that the prompt asks for, if any.
    pub(crate) answer_format: Option<AnswerFormat>,
    /// The stock scorer, if it is not `reward.py`.
    pub(crate) stock: Option<&'static Stock>,
}

impl Scored {
    /// A perfect reply.
    pub(crate) fn reply(&self) -> String {
        match self.answer_format {
            Some(format) => format.reply(&self.gold.answer),
            None => self.gold.answer.clone(),
        }
    }
}

/// Who scores the rows of one export.
pub(crate) enum Scoring {
    /// The first of these that can.
    Stock(Vec<&'static Stock>),
    /// `reward.py`, with this mark or the usual one of each type.
    RewardFile {
        asked: Option<AnswerFormat>,
        /// Stock scorers that shall find the mark too.
        beside: &'static [Stock],
    },
    /// Nobody; prompts stay as they are, or ask for this mark or the usual one.
    Nobody(Option<Asked>),
}

/// Which mark prompts ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// The usual one of each type.
    Usual,
    /// This one.
    For(AnswerFormat),
}

impl Scoring {
    /// Finds a scorer for a row.
    ///
    /// # Errors
    /// None of them can score it, and why.
    pub(crate) fn score(&self, record: &Record) -> Result<Scored, LeftOut> {
        match self {
            Scoring::Stock(stocks) => {
                let mut reason = LeftOut::TypeNotScored;
                for stock in stocks {
                    match stock.scorer.gold(record, stock.answer_format) {
                        Ok(gold) => {
                            let answer_format = Some(stock.answer_format);
                            return Ok(Scored { gold, answer_format, stock: Some(*stock) });
                        }
                        Err(LeftOut::TypeNotScored) => {}
                        Err(other) => reason = other,
                    }
                }
                Err(reason)
            }
            Scoring::RewardFile { asked, beside } => {
                let reads = |stock: &&Stock| stock.scorer.gold(record, stock.answer_format).is_ok();
                let theirs = || beside.iter().find(reads).map(|stock| stock.answer_format);
                ours(record, asked.or_else(theirs))
            }
            Scoring::Nobody(None) => {
                let gold = Gold { answer: record.answer.clone(), label: record.answer.clone(), aliases: Vec::new() };
                Ok(Scored { gold, answer_format: None, stock: None })
            }
            Scoring::Nobody(Some(Asked::Usual)) => ours(record, None),
            Scoring::Nobody(Some(Asked::For(format))) => ours(record, Some(*format)),
        }
    }
}

fn ours(record: &Record, asked: Option<AnswerFormat>) -> Result<Scored, LeftOut> {
    let kind = record.kind().ok_or(LeftOut::SpecUnreadable)?;
    let format = asked.unwrap_or(AnswerFormat::usual_for(kind));
    let gold = Scorer::RewardFile.gold(record, format)?;
    Ok(Scored { gold, answer_format: Some(format), stock: None })
}

/// The values of `--format`, with their summaries for the help.
pub(crate) fn names() -> PossibleValuesParser {
    PossibleValuesParser::new(ALL.iter().map(|format| PossibleValue::new(format.name).help(format.summary)))
}

/// Finds a format by its name.
pub(crate) fn find(name: &str) -> Option<&'static Format> {
    ALL.iter().find(|format| format.name == name).copied()
}
