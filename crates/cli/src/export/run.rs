//! The rows of a dataset, one by one: selected, scored, measured, split, written, and counted on the way.

use std::path::Path;

use anyhow::Context;
use quarry_answers::AnswerSpec;
use quarry_engine::StagedDir;
use quarry_engine::published::{PublishedDataset, Texts};

use super::card::{self, Licences};
use super::format::{Row, Scored};
use super::formats::verifiers;
use super::length::Cap;
use super::options::{Options, Settings, settle};
use super::record::{Record, record};
use super::report::{EXPORT, Report, export_json};
use super::tally::{LeftOut, Tally};
use super::write::Writers;
use crate::exit::Stop;

/// Exports a dataset into a directory that appears when it is whole.
///
/// # Errors
/// The options do not go together, the dataset is not whole, or something cannot be written; nothing is left behind.
pub(crate) fn export(options: &Options) -> anyhow::Result<Report> {
    let settings = settle(options)?;
    let dataset = PublishedDataset::open(&options.out)?;
    let staged = StagedDir::create(&options.to, options.force.then_some(EXPORT))?;
    let folder = data_folder(&settings)?;
    let mut export = Export {
        writers: Writers::new(&settings, staged.path().join(&folder)),
        cap: settings.cap.as_ref().map(Cap::new).transpose()?,
        settings: &settings,
        texts: settings.format.needs_text.then(|| dataset.texts()),
        tally: Tally::default(),
        licences: Licences::default(),
    };
    let mut pairs = dataset.pairs(options.select.as_deref())?;
    while let Some(batch) = pairs.next_batch()? {
        for row in 0..batch.rows.num_rows() {
            export.take(&record(&batch.rows, row)?, batch.selected.value(row))?;
        }
    }
    let Export { writers, tally, licences, .. } = export;
    tally.check_some()?;
    check_splits(&settings, &tally)?;
    let mut files = writers.finish()?;
    for file in files.values_mut().flatten() {
        file.path = format!("{folder}/{}", file.path);
    }
    tally.check(dataset.num_pairs(), files.values().flatten().map(|file| file.num_rows).sum())?;
    for (name, content) in (settings.format.files)(&settings)? {
        write(&staged.path().join(name), content.as_bytes())?;
    }
    let report = Report { settings, tally, files };
    let card = card::render(&dataset, &report, &licences, &folder)?;
    write(&staged.path().join("README.md"), format!("{}\n", card.trim_end()).as_bytes())?;
    write(&staged.path().join(EXPORT), &export_json(options, &dataset, &report)?)?;
    staged.commit()?;
    Ok(report)
}

struct Export<'a> {
    settings: &'a Settings,
    writers: Writers<'a>,
    cap: Option<Cap>,
    texts: Option<Texts>,
    tally: Tally,
    licences: Licences,
}

impl Export<'_> {
    /// Decides about a row and counts it.
    fn take(&mut self, record: &Record, selected: bool) -> anyhow::Result<()> {
        let scored = if selected { self.settings.scoring.score(record) } else { Err(LeftOut::NotSelected) };
        let (scored, prompt) = match scored {
            Ok(scored) => {
                let prompt = prompt(record, &scored);
                (scored, prompt)
            }
            Err(reason) => {
                self.tally.left_out(reason, &record.answer_type);
                return Ok(());
            }
        };
        if let Some(cap) = &self.cap
            && !cap.fits(&prompt)?
        {
            self.tally.left_out(LeftOut::PromptTooLong, &record.answer_type);
            return Ok(());
        }
        self.write(record, scored, prompt)
    }

    fn write(&mut self, record: &Record, scored: Scored, prompt: String) -> anyhow::Result<()> {
        let split = match &self.settings.splits {
            Some(splits) => splits.of(&record.doc_id, self.settings.seed),
            None => record.split.as_str(),
        };
        let text = self.texts.as_mut().map(|texts| texts.of(&record.doc_id)).transpose()?;
        let mark = scored.answer_format.map_or("none", |format| format.as_str());
        let row = Row { record, split, index: self.writers.num_rows(split), prompt, scored, text };
        let value = (self.settings.format.row)(&row, self.settings);
        self.writers.add(split, value)?;
        self.tally.written(split, &record.answer_type, mark);
        self.licences.add(record.licence.as_deref());
        Ok(())
    }
}

/// The question, and the sentence that asks for the mark. Stock scorers compare decimals digit by digit, so they are
/// asked for as many as the gold has.
fn prompt(record: &Record, scored: &Scored) -> String {
    let Some(format) = scored.answer_format else { return record.question.clone() };
    let digits = match &record.spec {
        Some(AnswerSpec::Decimal(decimal)) if scored.stock.is_some() => {
            decimal.value.split_once('.').map(|(_, digits)| digits.len())
        }
        _ => None,
    };
    let digits = match digits {
        Some(1) => "Give one digit after the decimal point. ".to_owned(),
        Some(number) => format!("Give {number} digits after the decimal point. "),
        None => String::new(),
    };
    format!("{}\n\n{digits}{}", record.question, format.suffix())
}

fn data_folder(settings: &Settings) -> Result<String, Stop> {
    if settings.format.name == verifiers::FORMAT.name {
        return Ok(format!("{}/data", verifiers::module(settings)?));
    }
    Ok("data".to_owned())
}

/// A split that was asked for and has no row would have no file, which no trainer expects.
fn check_splits(settings: &Settings, tally: &Tally) -> Result<(), Stop> {
    let Some(splits) = &settings.splits else { return Ok(()) };
    match splits.names().find(|name| !tally.by_split.contains_key(*name)) {
        Some(empty) => Err(Stop::Usage(format!(
            "no row falls into the split `{empty}`; give it a larger share or another `--seed`; nothing was written"
        ))),
        None => Ok(()),
    }
}

fn write(path: &Path, content: &[u8]) -> anyhow::Result<()> {
    let fault = |error: std::io::Error| Stop::Output(format!("{}: {error}", path.display()));
    std::fs::create_dir_all(path.parent().context("a file without a folder")?).map_err(fault)?;
    Ok(std::fs::write(path, content).map_err(fault)?)
}
