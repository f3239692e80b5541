//! Column types and row parts that several trainers share. `Utf8` and `List` only: loaders do not mix the Large kinds
//! with them.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, FieldRef, Fields};
use serde_json::{Value, json};

use crate::export::format::Row;

/// A column that is never null.
pub(super) fn needed(name: &str, data_type: DataType) -> FieldRef {
    Arc::new(Field::new(name, data_type, false))
}

/// A string that is never null.
pub(super) fn text(name: &str) -> FieldRef {
    needed(name, DataType::Utf8)
}

/// A string that may be null.
pub(super) fn maybe_text(name: &str) -> FieldRef {
    Arc::new(Field::new(name, DataType::Utf8, true))
}

/// A struct that is never null.
pub(super) fn group(name: &str, fields: Vec<FieldRef>) -> FieldRef {
    needed(name, DataType::Struct(Fields::from(fields)))
}

/// A list of strings.
pub(super) fn texts(name: &str) -> FieldRef {
    needed(name, DataType::List(text("item")))
}

/// A list of chat messages.
pub(super) fn messages(name: &str) -> FieldRef {
    needed(name, DataType::List(group("item", vec![text("role"), text("content")])))
}

/// What verl and the trainers after its model keep beside a row.
pub(super) fn extra_info() -> FieldRef {
    let index = needed("index", DataType::Int64);
    let difficulty = Arc::new(Field::new("difficulty", DataType::Float32, true));
    group("extra_info", vec![index, text("split"), text("id"), text("answer_type"), difficulty])
}

/// The prompt as the one message of a user.
pub(super) fn user(row: &Row<'_>) -> Value {
    json!([{ "role": "user", "content": row.prompt }])
}

/// The values of [`extra_info`].
pub(super) fn extra_info_of(row: &Row<'_>) -> Value {
    json!({
        "index": row.index,
        "split": row.split,
        "id": row.record.id,
        "answer_type": row.record.answer_type,
        "difficulty": row.record.difficulty,
    })
}

/// All golds of a row, for scorers that take several.
pub(super) fn targets(row: &Row<'_>) -> Value {
    let gold = &row.scored.gold;
    json!({ "target": std::iter::once(&gold.label).chain(&gold.aliases).collect::<Vec<_>>() })
}
