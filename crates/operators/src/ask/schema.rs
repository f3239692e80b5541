//! JSON schemas of replies: flat, everything required, every length bounded, as constrained decoding needs them.

use std::sync::Arc;

use quarry_llm::Schema;
use serde_json::{Map, Value, json};

/// A named object with these properties, all of them required.
pub(crate) fn object(name: &str, properties: &[(&str, Value)]) -> Arc<Schema> {
    Arc::new(Schema { name: name.to_owned(), schema: fields(properties) })
}

fn fields(properties: &[(&str, Value)]) -> Value {
    let names: Vec<&str> = properties.iter().map(|(name, _)| *name).collect();
    let by_name: Map<String, Value> =
        properties.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    json!({"type": "object", "properties": by_name, "required": names, "additionalProperties": false})
}

/// A string of at most this many characters.
pub(crate) fn text(max_chars: usize) -> Value {
    json!({"type": "string", "maxLength": max_chars})
}

/// A string out of a closed list.
pub(crate) fn one_of(values: &[&str]) -> Value {
    json!({"type": "string", "enum": values})
}

/// True or false.
pub(crate) fn flag() -> Value {
    json!({"type": "boolean"})
}

/// A whole number between these, both included.
pub(crate) fn integer(min: u32, max: u32) -> Value {
    json!({"type": "integer", "minimum": min, "maximum": max})
}

/// A list of strings.
pub(crate) fn texts(min_items: usize, max_items: usize, max_chars: usize) -> Value {
    list(min_items, max_items, &text(max_chars))
}

/// A list of objects with these properties, all of them required.
pub(crate) fn list_of(min_items: usize, max_items: usize, properties: &[(&str, Value)]) -> Value {
    list(min_items, max_items, &fields(properties))
}

fn list(min_items: usize, max_items: usize, item: &Value) -> Value {
    json!({"type": "array", "minItems": min_items, "maxItems": max_items, "items": item})
}
