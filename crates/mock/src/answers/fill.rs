//! The smallest value that a JSON schema allows, for schemas that the model has nothing to say about.

use serde_json::{Map, Value, json};

/// Schemas may refer to themselves; nobody needs more than this.
const MOST_DEPTH: usize = 24;

/// A value that fits the schema, as far as its types, bounds and choices go; patterns are not looked at.
pub(super) fn minimal(schema: &Value) -> Value {
    fill(schema, schema, MOST_DEPTH)
}

fn fill(schema: &Value, root: &Value, depth: usize) -> Value {
    if depth == 0 {
        return Value::Null;
    }
    let field = |name: &str| schema.get(name);
    if let Some(value) = field("const") {
        return value.clone();
    }
    if let Some(first) = field("enum").and_then(Value::as_array).and_then(|values| values.first()) {
        return first.clone();
    }
    if let Some(target) = field("$ref").and_then(Value::as_str).and_then(|path| path.strip_prefix('#')) {
        return root.pointer(target).map_or(Value::Null, |target| fill(target, root, depth - 1));
    }
    for choice in ["anyOf", "oneOf", "allOf"] {
        if let Some(first) = field(choice).and_then(Value::as_array).and_then(|values| values.first()) {
            return fill(first, root, depth - 1);
        }
    }
    let number = |name: &str| field(name).and_then(Value::as_f64);
    let size = |name: &str| usize::try_from(field(name).and_then(Value::as_u64).unwrap_or(0)).unwrap_or(0).min(10_000);
    match type_of(schema) {
        "object" => object(schema, root, depth),
        "array" => {
            let items = field("items").unwrap_or(&Value::Null);
            (0..size("minItems")).map(|_| fill(items, root, depth - 1)).collect()
        }
        "string" => json!("x".repeat(size("minLength").max(1))),
        "integer" => {
            json!(number("minimum").or(number("exclusiveMinimum").map(|least| least + 1.0)).unwrap_or(0.0).ceil() as i64)
        }
        "number" => json!(number("minimum").or(number("exclusiveMinimum").map(|least| least + 1.0)).unwrap_or(0.0)),
        "boolean" => json!(false),
        _ => Value::Null,
    }
}

/// The type that a schema names or, by its other fields, means.
fn type_of(schema: &Value) -> &str {
    let named = match schema.get("type") {
        Some(Value::Array(types)) => types.first().and_then(Value::as_str),
        Some(named) => named.as_str(),
        None => None,
    };
    let meant = if schema.get("properties").is_some() || schema.as_object().is_some_and(Map::is_empty) {
        "object"
    } else if schema.get("items").is_some() {
        "array"
    } else {
        "null"
    };
    named.unwrap_or(meant)
}

fn object(schema: &Value, root: &Value, depth: usize) -> Value {
    let required = schema.get("required").and_then(Value::as_array);
    let is_required =
        |name: &str| required.is_none_or(|required| required.iter().any(|field| field.as_str() == Some(name)));
    let properties = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
    let filled = properties.filter(|(name, _)| is_required(name));
    Value::Object(filled.map(|(name, schema)| (name.clone(), fill(schema, root, depth - 1))).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::minimal;

    #[test]
    fn every_required_field_gets_the_least_value() {
        let schema = json!({
            "type": "object",
            "required": ["a", "b", "c", "d", "e", "f"],
            "properties": {
                "a": { "type": "string", "minLength": 3 },
                "b": { "enum": ["x", "y"] },
                "c": { "type": "array", "minItems": 2, "items": { "$ref": "#/$defs/n" } },
                "d": { "anyOf": [{ "type": "boolean" }, { "type": "null" }] },
                "e": { "type": ["number", "null"], "exclusiveMinimum": 2 },
                "f": { "properties": { "g": { "const": 5 } } },
                "left_out": { "type": "string" },
            },
            "$defs": { "n": { "type": "integer", "minimum": 1.5 } },
        });
        let expected = json!({ "a": "xxx", "b": "x", "c": [2, 2], "d": false, "e": 3.0, "f": { "g": 5 } });
        assert_eq!(minimal(&schema), expected);
        assert_eq!(minimal(&json!({})), json!({}));
    }

    #[test]
    fn a_schema_that_refers_to_itself_comes_to_an_end() {
        let schema = json!({ "type": "object", "required": ["a"], "properties": { "a": { "$ref": "#" } } });
        assert!(minimal(&schema).to_string().starts_with("{\"a\":{\"a\":"));
    }
}
