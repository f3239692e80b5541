//! From the fields of an input row to the columns of a document: which field holds what, and what makes a row unreadable.
//!
//! JSON Lines and parquet share these rules, so that the same documents give the same rows in either.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::options::Mapping;

/// Document columns that are optional strings, in the order of the schema.
pub(super) const NUM_OPTIONAL: usize = 4;

/// The input fields that may hold a column, without repetition, and the fields of each column by rank.
pub(super) struct FieldNames {
    names: Vec<String>,
    doc_id: Vec<usize>,
    text: Vec<usize>,
    optional: [Vec<usize>; NUM_OPTIONAL],
}

impl FieldNames {
    /// The usual names, but where a column is mapped only the name that the user gave.
    pub(super) fn new(mapping: &Mapping) -> FieldNames {
        let mut names = Vec::new();
        let mut ranked = |mapped: &Option<String>, usual: &[&str]| match mapped {
            Some(name) => vec![position(&mut names, name)],
            None => usual.iter().map(|name| position(&mut names, name)).collect(),
        };
        let doc_id = ranked(&mapping.doc_id, &["doc_id", "id"]);
        let text = ranked(&mapping.text, &["text", "content", "raw_content"]);
        let optional = [
            ranked(&mapping.url, &["url"]),
            ranked(&mapping.source, &["source"]),
            ranked(&mapping.licence, &["licence", "license"]),
            ranked(&mapping.language, &["language", "lang"]),
        ];
        FieldNames { names, doc_id, text, optional }
    }

    /// The names, in the order of cells.
    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    /// The cell that a field belongs to, if it may hold a column.
    pub(super) fn slot(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|known| known == name)
    }

    /// The cells that may hold the text.
    pub(super) fn text_slots(&self) -> &[usize] {
        &self.text
    }

    /// The cells that may hold the id.
    pub(super) fn id_slots(&self) -> &[usize] {
        &self.doc_id
    }

    /// The names that may hold the text, for a message.
    pub(super) fn text_names(&self) -> String {
        let names: Vec<String> =
            self.text.iter().filter_map(|slot| self.names.get(*slot)).map(|name| format!("`{name}`")).collect();
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
        let text = self.first(&names.text).ok_or_else(|| format!("no text in {}", names.text_names()))?;
        let doc_id = self.first(&names.doc_id);
        let is_text = |slot: &usize| matches!(self.cells.get(*slot), Some(Cell::Text(_)));
        let optional = names.optional.each_ref().map(|slots| slots.iter().copied().find(is_text));
        let used = |slot| slot == text || doc_id == Some(slot) || optional.contains(&Some(slot));
        for (slot, cell) in self.cells.iter_mut().enumerate().filter(|(slot, _)| !used(*slot)) {
            let value = match std::mem::take(cell) {
                Cell::Absent => continue,
                Cell::Text(text) => Value::String(text.into_owned()),
                Cell::Other(value) => value,
            };
            self.others.insert(names.name(slot).to_owned(), value);
        }
        let meta = self.take_meta();
        Ok(Document {
            doc_id: doc_id.map_or(Ok(None), |slot| self.id(slot, names))?,
            text: self.text(text).ok_or_else(|| self.wrong_type(text, names, "a string"))?,
            optional: optional.map(|slot| slot.and_then(|slot| self.text(slot))),
            meta,
        })
    }

    fn first(&self, slots: &[usize]) -> Option<usize> {
        slots.iter().copied().find(|slot| self.cells.get(*slot).is_some_and(|cell| *cell != Cell::Absent))
    }

    fn text(&self, slot: usize) -> Option<&str> {
        match self.cells.get(slot) {
            Some(Cell::Text(text)) => Some(text),
            _ => None,
        }
    }

    fn take_meta(&mut self) -> Option<String> {
        if self.others.is_empty() {
            return None;
        }
        let mut meta = Value::Object(std::mem::take(&mut self.others));
        meta.sort_all_objects();
        Some(meta.to_string())
    }

    /// An empty id counts as none: many rows would share it.
    fn id(&self, slot: usize, names: &FieldNames) -> Result<Option<Cow<'_, str>>, String> {
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

    fn wrong_type(&self, slot: usize, names: &FieldNames, expected: &str) -> String {
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
