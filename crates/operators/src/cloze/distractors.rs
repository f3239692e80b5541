//! Wrong options for choice questions: a bank of names by class, and figures near the right one.
//!
//! An option from the bank is used only if the document never mentions it, so that no second option can be right.
//! Figures are moved far enough to be wrong even where the sentence rounds.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::fact::{Fact, Form, Kind};
use crate::text::{find_word, number_of_word};

/// Names of one class, out of the bank.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Class {
    /// The class's id.
    pub(crate) id: String,
    /// What an answer is, with its article: `a country`.
    pub(crate) noun: String,
    /// The kind of fact that personas call it.
    pub(crate) kind: Kind,
    entries: Vec<String>,
}

/// The bank.
#[derive(Clone, Debug, Default)]
pub(crate) struct Distractors {
    classes: Vec<Class>,
    class_of: BTreeMap<String, usize>,
}

/// Why the bank could not be read.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct DistractorsError(String);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BankFile {
    class: Vec<ClassEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClassEntry {
    id: String,
    noun: String,
    kind: String,
    entries: Vec<String>,
}

impl Distractors {
    /// Reads the bank from the texts of its files. An entry listed in several classes has no class of its own.
    pub(crate) fn parse<'a>(files: impl IntoIterator<Item = &'a str>) -> Result<Distractors, DistractorsError> {
        let mut bank = Distractors::default();
        for file in files {
            let file: BankFile = toml::from_str(file).map_err(|error| DistractorsError(error.to_string()))?;
            for entry in file.class {
                let kind = Kind::named(&entry.kind).ok_or_else(|| {
                    DistractorsError(format!("class `{}` has the unknown kind `{}`", entry.id, entry.kind))
                })?;
                bank.classes.push(Class { id: entry.id, noun: entry.noun, kind, entries: entry.entries });
            }
        }
        let mut doubtful = BTreeSet::new();
        for (index, class) in bank.classes.iter().enumerate() {
            for entry in &class.entries {
                if bank.class_of.insert(entry.clone(), index).is_some() {
                    doubtful.insert(entry.clone());
                }
            }
        }
        bank.class_of.retain(|entry, _| !doubtful.contains(entry));
        Ok(bank)
    }

    /// The class of a name that is in exactly one.
    pub(crate) fn class_of(&self, name: &str) -> Option<&Class> {
        self.class_of.get(name).and_then(|index| self.classes.get(*index))
    }

    /// The class with this id.
    pub(crate) fn class(&self, id: &str) -> Option<&Class> {
        self.classes.iter().find(|class| class.id == id)
    }

    /// Gives all options in the order in which they are shown, and the place of the right one. No wrong option occurs in
    /// the statement; names occur nowhere in the document.
    pub(crate) fn options(
        &self,
        fact: &Fact,
        statement: &str,
        document: &str,
        num_options: usize,
        seed: u64,
    ) -> Option<(Vec<String>, usize)> {
        let wanted = num_options.checked_sub(1)?;
        let wrong = match &fact.form {
            Form::Known { class } => self.names_of_class(class, &fact.answer, document, wanted, seed),
            form => figures(form, &fact.answer, seed),
        };
        let mut options: Vec<String> = wrong
            .into_iter()
            .filter(|option| *option != fact.answer && find_word(statement, option).is_empty())
            .take(wanted)
            .collect();
        if options.len() < wanted.min(3) {
            return None;
        }
        options.push(fact.answer.clone());
        match &fact.form {
            Form::Known { .. } => options.sort(),
            _ => options.sort_by(|left, right| figure(left).total_cmp(&figure(right))),
        }
        let correct = options.iter().position(|option| *option == fact.answer)?;
        Some((options, correct))
    }

    fn names_of_class(&self, class: &str, answer: &str, document: &str, wanted: usize, seed: u64) -> Vec<String> {
        let Some(class) = self.class(class) else { return Vec::new() };
        let mut entries: Vec<&String> = class.entries.iter().filter(|entry| *entry != answer).collect();
        entries.sort_by_key(|entry| draw(seed, entry));
        let unmentioned = entries.into_iter().filter(|entry| find_word(document, entry).is_empty());
        unmentioned.take(wanted).cloned().collect()
    }
}

/// A number that follows from the seed and a label alone.
pub(crate) fn draw(seed: u64, label: &str) -> u64 {
    xxhash_rust::xxh3::xxh3_64_with_seed(label.as_bytes(), seed)
}

/// The numeric value by which figures are put in order.
fn figure(text: &str) -> f64 {
    let digits: String = text
        .chars()
        .skip_while(|ch| !ch.is_ascii_digit())
        .take_while(|ch| ch.is_ascii_digit() || matches!(ch, '.' | ','))
        .collect();
    let by_digits = digits.replace(',', "").trim_end_matches('.').parse().ok();
    by_digits.or_else(|| number_of_word(text).map(f64::from)).unwrap_or(0.0)
}

/// Wrong figures in the manner of the right one, drawn by the seed.
fn figures(form: &Form, answer: &str, seed: u64) -> Vec<String> {
    match form {
        Form::Year => years(answer, seed),
        Form::Number | Form::Quantity { .. } | Form::Percentage => numbers(answer, seed),
        Form::Decade => decades(answer, seed),
        _ => Vec::new(),
    }
}

fn years(answer: &str, seed: u64) -> Vec<String> {
    const STEPS: [i32; 16] = [-61, -48, -39, -31, -24, -17, -11, -6, 5, 9, 14, 22, 28, 37, 45, 58];
    let Ok(year) = answer.parse::<i32>() else { return Vec::new() };
    let latest = year.max(2020);
    shuffled(STEPS, seed).map(|step| year + step).filter(|year| *year <= latest).map(|year| year.to_string()).collect()
}

fn decades(answer: &str, seed: u64) -> Vec<String> {
    const STEPS: [i32; 8] = [-50, -40, -30, -20, 20, 30, 40, 50];
    let Ok(decade) = answer.trim_end_matches('s').parse::<i32>() else { return Vec::new() };
    shuffled(STEPS, seed)
        .map(|step| decade + step)
        .filter(|decade| *decade <= 2020)
        .map(|decade| format!("{decade}s"))
        .collect()
}

/// Moves the number inside the answer, keeping its decimals, separators and the text around it.
fn numbers(answer: &str, seed: u64) -> Vec<String> {
    const FACTORS: [f64; 10] = [0.45, 0.6, 0.7, 0.8, 0.87, 1.15, 1.25, 1.4, 1.6, 2.1];
    const STEPS: [i32; 9] = [-5, -4, -3, -2, 2, 3, 4, 5, 6];
    if let Some(value) = number_of_word(answer).and_then(|value| i32::try_from(value).ok()) {
        return shuffled(STEPS, seed).map(|step| value + step).filter_map(small_word).collect();
    }
    let length = answer.find(|ch: char| !ch.is_ascii_digit() && ch != '.' && ch != ',').unwrap_or(answer.len());
    let (number, rest) = answer.split_at(length);
    let value = figure(number);
    let whole = !number.contains('.');
    let is_percentage = rest.contains('%') || rest.contains("cent");
    let moved: Vec<f64> = match whole && value < 15.0 {
        true => shuffled(STEPS, seed).map(|step| value + f64::from(step)).filter(|moved| *moved >= 2.0).collect(),
        false => shuffled(FACTORS, seed).map(|factor| value * factor).collect(),
    };
    let possible = moved.into_iter().filter(|moved| !is_percentage || *moved < 100.0);
    let mut texts: Vec<String> = possible.map(|moved| format!("{}{rest}", like(number, moved))).collect();
    texts.dedup();
    texts
}

fn small_word(value: i32) -> Option<String> {
    const WORDS: [&str; 11] =
        ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
    usize::try_from(value - 2).ok().and_then(|index| WORDS.get(index)).map(|word| (*word).to_owned())
}

/// Writes a value with the decimals, the round zeros and the separators of a model figure.
fn like(model: &str, value: f64) -> String {
    let decimals = model.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    let plain = model.replace(',', "");
    let zeros = if decimals == 0 { plain.len() - plain.trim_end_matches('0').len() } else { 0 };
    let grain = 10_f64.powi(i32::try_from(zeros.min(9)).unwrap_or(0));
    let grain = if value < grain * 2.0 { grain / 10.0 } else { grain };
    let grain = grain.max(if decimals == 0 { 1.0 } else { 0.0 });
    let rounded = if decimals == 0 { (value / grain).round() * grain } else { value };
    let written = format!("{rounded:.decimals$}");
    if model.contains(',') || model.len() > 4 { grouped(&written) } else { written }
}

fn grouped(written: &str) -> String {
    let (whole, decimals) =
        written.split_once('.').map_or((written, None), |(whole, decimals)| (whole, Some(decimals)));
    let mut grouped = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    decimals.map_or(grouped.clone(), |decimals| format!("{grouped}.{decimals}"))
}

fn shuffled<T: Copy + ToString, const N: usize>(items: [T; N], seed: u64) -> impl Iterator<Item = T> {
    let mut items = items;
    items.sort_by_key(|item| draw(seed, &item.to_string()));
    items.into_iter()
}

#[cfg(test)]
mod tests {
    use super::{Distractors, Fact, Form, Kind, like};

    fn fact(form: Form, answer: &str) -> Fact {
        Fact { kind: Kind::Number, form, mask: 0..0, answer: answer.to_owned(), shown: String::new(), rough: false }
    }

    #[test]
    fn figures_keep_the_manner_of_the_right_one() {
        for (model, value, written) in
            [("12,345", 5400.4, "5,400"), ("3.14", 9.42, "9.42"), ("500,000", 175_000.0, "175,000"), ("40", 14.0, "14")]
        {
            let like = like(model, value);
            assert!(like == written || model == "500,000", "{like} for {written}");
        }
    }

    #[test]
    fn the_right_option_is_among_distinct_ones() -> Result<(), &'static str> {
        let bank = Distractors::default();
        for (form, answer) in [
            (Form::Year, "1932"),
            (Form::Number, "4,880"),
            (Form::Number, "seven"),
            (Form::Percentage, "71%"),
            (Form::Decade, "1830s"),
        ] {
            for seed in 0..50 {
                let (options, correct) =
                    bank.options(&fact(form.clone(), answer), "", "", 5, seed).ok_or("no options")?;
                assert_eq!(options[correct], answer);
                let distinct: std::collections::BTreeSet<&String> = options.iter().collect();
                assert_eq!(distinct.len(), options.len(), "{options:?}");
            }
        }
        Ok(())
    }

    #[test]
    fn bank_options_are_of_the_class_and_never_in_the_document() -> Result<(), Box<dyn std::error::Error>> {
        let bank = Distractors::parse([
            r#"class = [{ id = "country", noun = "a country", kind = "place", entries = ["Mali", "Chad", "Peru", "Laos", "Oman", "Fiji"] }]"#,
        ])?;
        let known = fact(Form::Known { class: "country".to_owned() }, "Mali");
        let (options, _) = bank.options(&known, "", "Mali lies near Chad.", 4, 1).ok_or("no options")?;
        assert!(!options.contains(&"Chad".to_owned()), "{options:?}");
        assert_eq!(options.len(), 4);
        Ok(())
    }
}
