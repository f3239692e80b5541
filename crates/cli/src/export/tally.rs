//! Every row that comes in is counted once: in the split that it goes to, or under the reason it is left out for.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::exit::Stop;

/// Why a row is not exported. A public format: add, never rename.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LeftOut {
    /// `--select` is not true of it.
    NotSelected,
    /// The scorer cannot score answers of its type.
    TypeNotScored,
    /// The scorer can score the type, but not this answer.
    GoldNotScored,
    /// This version cannot read the spec of its answer.
    SpecUnreadable,
    /// The prompt may have more tokens than `--max-prompt-tokens`.
    PromptTooLong,
}

impl LeftOut {
    /// The name used in files.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            LeftOut::NotSelected => "not_selected",
            LeftOut::TypeNotScored => "type_not_scored",
            LeftOut::GoldNotScored => "gold_not_scored",
            LeftOut::SpecUnreadable => "spec_unreadable",
            LeftOut::PromptTooLong => "prompt_too_long",
        }
    }
}

/// Rows in, rows out by split, and rows left out by reason and answer type.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Tally {
    #[serde(rename = "in")]
    pub(crate) num_in: u64,
    #[serde(rename = "out")]
    pub(crate) num_out: u64,
    pub(crate) by_split: BTreeMap<String, u64>,
    pub(crate) by_answer_type: BTreeMap<String, u64>,
    pub(crate) by_answer_format: BTreeMap<String, u64>,
    pub(crate) left_out: BTreeMap<LeftOut, u64>,
    pub(crate) left_out_by_answer_type: BTreeMap<LeftOut, BTreeMap<String, u64>>,
}

impl Tally {
    /// Counts a row that was written.
    pub(crate) fn written(&mut self, split: &str, answer_type: &str, answer_format: &str) {
        self.num_in += 1;
        self.num_out += 1;
        for (counts, key) in [
            (&mut self.by_split, split),
            (&mut self.by_answer_type, answer_type),
            (&mut self.by_answer_format, answer_format),
        ] {
            add(counts, key);
        }
    }

    /// Counts a row that was not.
    pub(crate) fn left_out(&mut self, reason: LeftOut, answer_type: &str) {
        self.num_in += 1;
        *self.left_out.entry(reason).or_default() += 1;
        add(self.left_out_by_answer_type.entry(reason).or_default(), answer_type);
    }

    /// Rows left out for a reason.
    pub(crate) fn num_left_out(&self, reason: LeftOut) -> u64 {
        self.left_out.get(&reason).copied().unwrap_or_default()
    }

    /// Makes sure that every row of the dataset is accounted for.
    ///
    /// # Errors
    /// Rows were lost, which is a bug.
    pub(crate) fn check(&self, num_rows: u64, num_in_files: u64) -> anyhow::Result<()> {
        let num_left_out: u64 = self.left_out.values().sum();
        let by_split: u64 = self.by_split.values().sum();
        let is_conserved = self.num_in == num_rows
            && self.num_in == self.num_out + num_left_out
            && self.num_out == by_split
            && self.num_out == num_in_files;
        anyhow::ensure!(
            is_conserved,
            "rows were lost: {num_rows} in the dataset, {} read, {} written, {num_in_files} in the files, {num_left_out} left out",
            self.num_in,
            self.num_out,
        );
        Ok(())
    }

    /// Says that something came out, and why not if nothing did.
    ///
    /// # Errors
    /// No row was written.
    pub(crate) fn check_some(&self) -> Result<(), Stop> {
        if self.num_out > 0 {
            return Ok(());
        }
        let reasons = self.left_out.iter().map(|(reason, number)| format!("{number} {}", reason.as_str()));
        let reasons: Vec<String> = reasons.collect();
        let because = if reasons.is_empty() { "the dataset is empty".to_owned() } else { reasons.join(", ") };
        Err(Stop::Usage(format!("no row is left to export: {because}; nothing was written")))
    }
}

fn add(counts: &mut BTreeMap<String, u64>, key: &str) {
    match counts.get_mut(key) {
        Some(number) => *number += 1,
        None => drop(counts.insert(key.to_owned(), 1)),
    }
}

#[cfg(test)]
mod tests {
    use super::{LeftOut, Tally};

    #[test]
    fn in_is_out_and_left_out_by_reason() {
        let mut tally = Tally::default();
        tally.written("train", "integer", "boxed");
        tally.written("test", "date", "boxed");
        tally.left_out(LeftOut::TypeNotScored, "quantity");
        assert!(tally.check(3, 2).is_ok());
        assert!(tally.check(4, 2).is_err() && tally.check(3, 1).is_err());
        assert_eq!(tally.num_left_out(LeftOut::TypeNotScored), 1);
    }

    #[test]
    fn an_export_of_nothing_says_why() {
        let mut tally = Tally::default();
        tally.left_out(LeftOut::NotSelected, "date");
        let error = tally.check_some().unwrap_err().to_string();
        assert!(error.contains("1 not_selected"), "{error}");
    }

    #[test]
    fn names_are_those_of_the_file() {
        for reason in [LeftOut::NotSelected, LeftOut::GoldNotScored, LeftOut::PromptTooLong] {
            assert_eq!(serde_json::to_value(reason).ok(), Some(reason.as_str().into()));
        }
    }
}
