//! The card of an export: front matter that dataset hubs read, what is in it, what is not, and how to train on it.

use std::collections::BTreeMap;

use minijinja::value::{Serde, Value};
use minijinja::{Environment, context};
use quarry_engine::published::PublishedDataset;
use serde_json::json;

use super::AnswerFormat;
use super::format::{ScoringKind, Storage};
use super::options::Settings;
use super::report::Report;
use crate::terminal::harmless_line;

const TEMPLATE: &str = include_str!("card.md.j2");

/// Rows by the licence of their text.
#[derive(Default)]
pub(crate) struct Licences(BTreeMap<String, u64>);

impl Licences {
    /// Counts a row.
    pub(crate) fn add(&mut self, licence: Option<&str>) {
        let name = licence.filter(|name| !name.is_empty()).unwrap_or("not stated");
        match self.0.get_mut(name) {
            Some(number) => *number += 1,
            None => drop(self.0.insert(name.to_owned(), 1)),
        }
    }
}

/// Renders the card.
///
/// # Errors
/// The template and the values do not fit, which is a bug.
pub(crate) fn render(
    dataset: &PublishedDataset,
    report: &Report,
    licences: &Licences,
    folder: &str,
) -> Result<String, minijinja::Error> {
    let settings = &report.settings;
    let mut environment = Environment::new();
    environment.add_template("card", TEMPLATE)?;
    environment.add_template("usage", settings.format.usage)?;
    let splits = in_order(report);
    let paths = |split: Option<&String>| {
        let files = split.and_then(|split| report.files.get(split)).into_iter().flatten();
        files.map(|file| file.path.as_str()).collect::<Vec<_>>().join(",")
    };
    let values = context! {
        format => settings.format.name,
        recipe => dataset.recipe().0,
        pretty_name => json!(format!("{} for {}", dataset.recipe().0, settings.format.name)).to_string(),
        recipe_hash => dataset.recipe().1,
        manifest => dataset.digest(),
        quarry => env!("CARGO_PKG_VERSION"),
        rows => Value::from(Serde(&report.tally)),
        size => quarry_engine::size_category(report.tally.num_out),
        configs => splits.iter().map(|split| context! { split => split, path => pattern(settings, folder, split) })
            .collect::<Vec<_>>(),
        licences => licences.0.iter().map(|(name, number)| (cell(name), *number)).collect::<BTreeMap<_, _>>(),
        suffixes => suffixes(report),
        scorer => scorer(settings),
        reward_file => settings.uses_reward_file(),
        keeps_more => settings.could_use_reward_file(),
        train_split => splits.first(),
        train_pattern => splits.first().map(|split| pattern(settings, folder, split)),
        train_files => paths(splits.first()),
        test_files => paths(splits.get(1)),
        max_prompt_tokens => settings.cap.as_ref().map(|cap| cap.max_tokens),
        counts_tokens => settings.cap.as_ref().is_some_and(|cap| cap.tokenizer.is_some()),
        split_by_document => settings.splits.is_some(),
        seed => settings.seed,
        data_source => settings.data_source.as_str(),
        model => settings.model.as_deref().map(harmless_line),
        module => folder.split('/').next(),
    };
    environment.get_template("card")?.render(values)
}

/// The splits as they were asked for; those of the dataset by name.
fn in_order(report: &Report) -> Vec<String> {
    match &report.settings.splits {
        Some(splits) => splits.names().map(str::to_owned).collect(),
        None => report.files.keys().cloned().collect(),
    }
}

/// The files of a split as hubs find them.
fn pattern(settings: &Settings, folder: &str, split: &str) -> String {
    match settings.format.storage {
        Storage::Parquet(_) => format!("{folder}/{split}-*.parquet"),
        Storage::Lines { rows_per_file: Some(_) } => format!("{folder}/{split}-*.jsonl"),
        Storage::Lines { rows_per_file: None } => format!("{folder}/{split}.jsonl"),
    }
}

/// Which sentence asks for which mark, for the marks that occur.
fn suffixes(report: &Report) -> BTreeMap<&'static str, &'static str> {
    let all = [AnswerFormat::Boxed, AnswerFormat::AnswerTag, AnswerFormat::Hash4, AnswerFormat::AnswerLine];
    let occurs = |format: &AnswerFormat| report.tally.by_answer_format.contains_key(format.as_str());
    all.into_iter().filter(occurs).map(|format| (format.as_str(), format.suffix())).collect()
}

/// What the trainer calls the scorer, in the words of its settings.
fn scorer(settings: &Settings) -> Option<String> {
    use super::format::Scoring;
    match (&settings.scoring, &settings.format.scoring) {
        (Scoring::Stock(stocks), _) => Some(stocks.iter().map(|stock| stock.name).collect::<Vec<_>>().join(", ")),
        (Scoring::RewardFile { .. }, ScoringKind::Trainer { .. }) => Some("quarry".to_owned()),
        _ => None,
    }
}

/// A cell of a Markdown table, out of text of documents.
fn cell(text: &str) -> String {
    harmless_line(text).replace('|', "\\|").replace('<', "&lt;")
}
