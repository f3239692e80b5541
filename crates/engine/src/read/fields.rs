//! From the fields of an input row to the columns of a document: which field holds what, and what makes a row unreadable.
//!
//! JSON Lines and parquet share these rules, so that the same documents give the same rows in either.

use std::borrow::Cow;

use quarry_schema::{Level, column};
use serde_json::{Map, Value};

use super::options::{Mapping, ReadOptions};
use super::pair_fields::PairNames;

/// Document columns that are optional strings, in the order of the schema.
pub(super) const NUM_OPTIONAL: usize = 4;

/// The input fields that may hold a column, without repetition, and the fields of each column by rank.
pub(super) struct FieldNames {
    names: Vec<String>,
    doc_id: Vec<usize>,
    text: Vec<usize>,
    pub(super) optional: [Vec<usize>; NUM_OPTIONAL],
    pair: Option<PairNames>,
}

impl FieldNames {
    /// The usual names, but where a column is mapped only the name that the user gave.
    pub(super) fn new(options: &ReadOptions) -> FieldNames {
        let mapping: &Mapping = &options.mapping;
        let mut names = Vec::new();
        let mut ranked = |mapped: &Option<String>, usual: &[&str]| match mapped {
            Some(name) => vec![position(&mut names, name)],
            None => usual.iter().map(|name| position(&mut names, name)).collect(),
        };
        let pair = (options.rows == Level::Pair).then(|| PairNames::new(mapping, &mut ranked));
        let (ids, texts): (&[&str], &[&str]) = match pair {
            Some(_) => (&["doc_id"], &[]),
            None => (&["doc_id", "id"], &["text", "content", "raw_content"]),
        };
        let doc_id = ranked(&mapping.doc_id, ids);
        let text = if pair.is_some() { Vec::new() } else { ranked(&mapping.text, texts) };
        let optional = [
            ranked(&mapping.url, &["url"]),
            ranked(&mapping.source, &["source"]),
            ranked(&mapping.licence, &["licence", "license"]),
            ranked(&mapping.language, &["language", "lang"]),
        ];
        FieldNames { names, doc_id, text, optional, pair }
    }

    /// The names of a pair's columns, where rows are pairs.
    pub(super) fn pair(&self) -> Option<&PairNames> {
        self.pair.as_ref()
    }

    /// The names, in the order of cells.
    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    /// The cell that a field belongs to, if it may hold a column.
    pub(super) fn slot(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|known| known == name)
    }

    /// The cells without which there is no row: of each list one must be there.
    pub(super) fn required(&self) -> Vec<&[usize]> {
        match &self.pair {
            Some(pair) => vec![&pair.question, &pair.answer],
            None => vec![&self.text],
        }
    }

    /// The cells that may hold the document's id.
    pub(super) fn doc_id(&self) -> &[usize] {
        &self.doc_id
    }

    /// Whether a cell takes numbers as well as strings.
    pub(super) fn takes_numbers(&self, slot: usize) -> bool {
        self.doc_id.contains(&slot) || self.pair.as_ref().is_some_and(|pair| pair.takes_numbers(slot))
    }

    /// The names of cells, for a message.
    pub(super) fn names_of(&self, slots: &[usize]) -> String {
        let names: Vec<String> =
            slots.iter().filter_map(|slot| self.names.get(*slot)).map(|name| format!("`{name}`")).collect();
        names.join(" or ")
    }

    fn name(&self, slot: usize) -> &str {
        self.names.get(slot).map_or("", String::as_str)
    }
}

fn position(names: &mut Vec<String>, name: &str) -> usize {
    names.iter().position(|known| known == name).unwrap_or_else(|| {
        names.push(name.to_owned());
        names.len() - 1
    })
}

/// The value of one field that may hold a column.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum Cell<'a> {
    /// Not there, or null, which says as much.
    #[default]
    Absent,
    /// A string.
    Text(Cow<'a, str>),
    /// Anything else.
    Other(Value),
}

impl Cell<'_> {
    /// The bytes of a string.
    pub(super) fn text_len(&self) -> usize {
        match self {
            Cell::Text(text) => text.len(),
            Cell::Absent | Cell::Other(_) => 0,
        }
    }

    fn kind(&self) -> &'static str {
        match self {
            Cell::Absent | Cell::Other(Value::Null) => "null",
            Cell::Text(_) | Cell::Other(Value::String(_)) => "a string",
            Cell::Other(Value::Bool(_)) => "a boolean",
            Cell::Other(Value::Number(_)) => "a number",
            Cell::Other(Value::Array(_)) => "an array",
            Cell::Other(Value::Object(_)) => "an object",
        }
    }
}

/// A readable document, borrowed from its cells.
pub(super) struct Document<'r> {
    /// The id as given.
    pub(super) doc_id: Option<Cow<'r, str>>,
    /// The text.
    pub(super) text: &'r str,
    /// `url`, `source`, `licence` and `language`.
    pub(super) optional: [Option<&'r str>; NUM_OPTIONAL],
    /// Every other field as one JSON object.
    pub(super) meta: Option<String>,
}

/// The fields of one row as its format delivers them.
pub(super) struct Fields<'a> {
    /// The fields that may hold a column, in the order of [`FieldNames::names`].
    pub(super) cells: Vec<Cell<'a>>,
    /// All others. Nulls say nothing and are left out.
    pub(super) others: Map<String, Value>,
}

impl Fields<'_> {
    /// Picks the columns. A field that may hold one but was outranked, or is no string, goes to the others.
    ///
    /// # Errors
    /// What makes the row unreadable, in words that hold none of its content.
    pub(super) fn document(&mut self, names: &FieldNames) -> Result<Document<'_>, String> {
        let text = self.first(&names.text).ok_or_else(|| format!("no text in {}", names.names_of(&names.text)))?;
        let doc_id = self.first(&names.doc_id);
        let optional = names.optional.each_ref().map(|slots| self.first_text(slots));
        let meta = self.leave(names, |slot| slot == text || doc_id == Some(slot) || optional.contains(&Some(slot)));
        Ok(Document {
            doc_id: doc_id.map_or(Ok(None), |slot| self.id(slot, names))?,
            text: self.text(text).ok_or_else(|| self.wrong_type(text, names, "a string"))?,
            optional: optional.map(|slot| slot.and_then(|slot| self.text(slot))),
            meta,
        })
    }

    /// Leaves the cells that are used and gives all other fields as one JSON object.
    pub(super) fn leave(&mut self, names: &FieldNames, used: impl Fn(usize) -> bool) -> Option<String> {
        for (slot, cell) in self.cells.iter_mut().enumerate().filter(|(slot, _)| !used(*slot)) {
            let value = match std::mem::take(cell) {
                Cell::Absent => continue,
                Cell::Text(text) => Value::String(text.into_owned()),
                Cell::Other(value) => value,
            };
            self.others.insert(names.name(slot).to_owned(), value);
        }
        self.take_meta()
    }

    /// The first of these cells that holds a string.
    pub(super) fn first_text(&self, slots: &[usize]) -> Option<usize> {
        slots.iter().copied().find(|slot| matches!(self.cells.get(*slot), Some(Cell::Text(_))))
    }

    /// The first of these cells that holds anything.
    pub(super) fn first(&self, slots: &[usize]) -> Option<usize> {
        slots.iter().copied().find(|slot| self.cells.get(*slot).is_some_and(|cell| *cell != Cell::Absent))
    }

    /// The string of a cell.
    pub(super) fn text(&self, slot: usize) -> Option<&str> {
        match self.cells.get(slot) {
            Some(Cell::Text(text)) => Some(text),
            _ => None,
        }
    }

    fn take_meta(&mut self) -> Option<String> {
        self.open_meta();
        if self.others.is_empty() {
            return None;
        }
        let mut meta = Value::Object(std::mem::take(&mut self.others));
        meta.sort_all_objects();
        Some(meta.to_string())
    }

    /// `meta` of a dataset that quarry wrote holds such fields already; they stand beside the new ones, not inside.
    fn open_meta(&mut self) {
        let Some(Value::String(text)) = self.others.get(column::META) else { return };
        if !text.starts_with('{') {
            return;
        }
        if let Ok(inner) = serde_json::from_str::<Map<String, Value>>(text) {
            self.others.remove(column::META);
            for (name, value) in inner {
                self.others.entry(name).or_insert(value);
            }
        }
    }

    /// An empty id counts as none: many rows would share it.
    pub(super) fn id(&self, slot: usize, names: &FieldNames) -> Result<Option<Cow<'_, str>>, String> {
        let id = match self.cells.get(slot) {
            Some(Cell::Text(text)) => Some(Cow::Borrowed(text.as_ref())),
            Some(Cell::Other(Value::Number(number))) => whole_number(number).map(Cow::Owned),
            _ => None,
        };
        match id {
            Some(id) => Ok(Some(id).filter(|id| !id.is_empty())),
            None => Err(self.wrong_type(slot, names, "a string or a whole number of 64 bits")),
        }
    }

    /// Says that a cell holds something else than it should.
    pub(super) fn wrong_type(&self, slot: usize, names: &FieldNames, expected: &str) -> String {
        let kind = self.cells.get(slot).map_or("null", Cell::kind);
        format!("`{}` is {kind}, not {expected}", names.name(slot))
    }
}

/// Digits of a number that a float has not rounded: two ids must never become one.
fn whole_number(number: &serde_json::Number) -> Option<String> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if number.is_i64() || number.is_u64() {
        return Some(number.to_string());
    }
    number.as_f64().filter(|float| float.fract() == 0.0 && float.abs() < EXACT).map(|float| format!("{float:.0}"))
}
