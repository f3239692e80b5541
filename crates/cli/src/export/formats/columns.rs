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

/// A struct that is never null. What is inside of columns may be null to Arrow, as in the files that trainers' own scripts
/// write: some readers compare such types with theirs.
pub(super) fn group(name: &str, fields: Vec<FieldRef>) -> FieldRef {
    needed(name, DataType::Struct(Fields::from(fields)))
}

/// Golds of a scorer that takes several, as [`targets`] gives them.
pub(super) fn several(name: &str) -> FieldRef {
    let texts = Field::new("target", DataType::List(maybe_text("item")), true);
    Arc::new(Field::new(name, DataType::Struct(Fields::from(vec![texts])), true))
}

/// A list of chat messages.
pub(super) fn messages(name: &str) -> FieldRef {
    let message = DataType::Struct(Fields::from(vec![maybe_text("role"), maybe_text("content")]));
    needed(name, DataType::List(Arc::new(Field::new("item", message, true))))
}

/// What verl and the trainers after its model keep beside a row.
pub(super) fn extra_info() -> FieldRef {
    let maybe = |name, data_type| Arc::new(Field::new(name, data_type, true));
    let (index, difficulty) = (maybe("index", DataType::Int64), maybe("difficulty", DataType::Float32));
    let texts = [maybe_text("split"), maybe_text("id"), maybe_text("answer_type")];
    group("extra_info", std::iter::once(index).chain(texts).chain([difficulty]).collect())
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
