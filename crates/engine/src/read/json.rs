//! One line of JSON to the fields of a row.
//!
//! The fields that hold columns are taken without building a tree; only the others become values, on their way to
//! `meta`. Every string of the line is decoded, so an escape that is no character is found in any field. NUL, written
//! as an escape, is a character like any other and stays in the text.

use std::borrow::Cow;
use std::fmt;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::fields::{Cell, FieldNames, Fields};

/// Parses one line.
///
/// # Errors
/// What is wrong with it, in words that hold none of its content.
pub(super) fn parse_line<'a>(line: &'a [u8], names: &FieldNames) -> Result<Fields<'a>, String> {
    let line = std::str::from_utf8(line)
        .map_err(|error| format!("invalid UTF-8 after {} bytes of the line", error.valid_up_to()))?;
    if !line.trim_start().starts_with('{') {
        return Err("not a JSON object".to_owned());
    }
    let mut deserializer = serde_json::Deserializer::from_str(line);
    let fields = FieldsSeed(names).deserialize(&mut deserializer).map_err(|error| describe(&error))?;
    deserializer.end().map_err(|error| describe(&error))?;
    Ok(fields)
}

/// The parser's message without its line number, which is always 1.
fn describe(error: &serde_json::Error) -> String {
    if error.is_data() {
        return format!("unexpected value at column {}", error.column());
    }
    let message = error.to_string();
    let reason = message.split(" at line ").next().unwrap_or("invalid JSON");
    format!("{reason} at column {}", error.column())
}

struct FieldsSeed<'n>(&'n FieldNames);

impl<'de> DeserializeSeed<'de> for FieldsSeed<'_> {
    type Value = Fields<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Fields<'de>, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for FieldsSeed<'_> {
    type Value = Fields<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields<'de>, A::Error> {
        let mut fields = Fields { cells: vec![Cell::Absent; self.0.names().len()], others: Map::new() };
        while let Some(Key(key)) = map.next_key()? {
            let slot = self.0.slot(&key).and_then(|slot| fields.cells.get_mut(slot));
            match slot {
                // A key that comes twice holds what it held last.
                Some(cell) => *cell = map.next_value()?,
                None => match map.next_value()? {
                    Value::Null => drop(fields.others.shift_remove(key.as_ref())),
                    value => drop(fields.others.insert(key.into_owned(), value)),
                },
            }
        }
        Ok(fields)
    }
}

#[derive(serde::Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'de> Deserialize<'de> for Cell<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Cell<'de>, D::Error> {
        deserializer.deserialize_any(CellVisitor)
    }
}

struct CellVisitor;

impl<'de> Visitor<'de> for CellVisitor {
    type Value = Cell<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Cell<'de>, E> {
        Ok(Cell::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Cell<'de>, E> {
        Ok(Cell::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_unit<E>(self) -> Result<Cell<'de>, E> {
        Ok(Cell::Absent)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Cell<'de>, E> {
        Ok(Cell::Other(Value::Bool(value)))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Cell<'de>, E> {
        Ok(Cell::Other(Value::from(value)))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Cell<'de>, E> {
        Ok(Cell::Other(Value::from(value)))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Cell<'de>, E> {
        Ok(Cell::Other(Value::from(value)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Cell<'de>, A::Error> {
        Value::deserialize(SeqAccessDeserializer::new(seq)).map(Cell::Other).map_err(A::Error::custom)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Cell<'de>, A::Error> {
        Value::deserialize(MapAccessDeserializer::new(map)).map(Cell::Other).map_err(A::Error::custom)
    }
}
