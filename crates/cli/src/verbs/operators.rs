//! `quarry operators`: the reference of operators, all of it derived from their descriptions.

use std::fmt::Write as _;

use quarry_engine::operator::{ColumnType, ParamDef, ParamKind, Shape, Takes};
use quarry_operators::{ALL, Def};
use serde_json::{Value, json};

use crate::args::OperatorsArgs;
use crate::config::closest;
use crate::exit::Stop;
use crate::terminal;

/// Prints the table of all operators, or one operator.
pub(crate) fn operators(args: &OperatorsArgs) -> anyhow::Result<()> {
    let text = match &args.name {
        Some(name) => {
            let def = ALL.iter().find(|def| def.name == name).ok_or_else(|| unknown(name))?;
            if args.json { pretty(&to_json(def))? } else { describe(def)? }
        }
        None if args.json => pretty(&Value::Array(ALL.iter().map(|def| to_json(def)).collect()))?,
        None => table()?,
    };
    terminal::print(&text)
}

fn pretty(value: &Value) -> serde_json::Result<String> {
    serde_json::to_string_pretty(value).map(|text| text + "\n")
}

fn unknown(name: &str) -> Stop {
    let hint = match closest(name, ALL.iter().map(|def| def.name).collect()) {
        Some(suggestion) => format!("did you mean `{suggestion}`?"),
        None => "`quarry operators` lists them".to_owned(),
    };
    Stop::Usage(format!("no operator `{}`; {hint}", name.escape_debug()))
}

fn table() -> Result<String, std::fmt::Error> {
    let widest = ALL.iter().map(|def| def.name.len()).max().unwrap_or_default();
    let mut text = format!("{:<widest$}  {:<8} {:<10} summary\n", "operator", "shape", "takes");
    for def in ALL {
        let (shape, takes) = (shape_name(def.shape), takes_name(def.takes));
        writeln!(text, "{:<widest$}  {shape:<8} {takes:<10} {}", def.name, def.summary)?;
    }
    Ok(text)
}

fn describe(def: &Def) -> Result<String, std::fmt::Error> {
    let mut text = format!("{}: {}\n\n", def.name, def.summary);
    let emits = if def.emits { ", makes pairs of them" } else { "" };
    writeln!(text, "shape    {}", shape_name(def.shape))?;
    writeln!(text, "takes    {}{emits}", takes_name(def.takes))?;
    writeln!(text, "version  {}", def.version)?;
    if !def.reads.is_empty() {
        writeln!(text, "reads    {}", def.reads.join(", "))?;
    }
    let adds = def.adds.iter().map(|add| (add.name.to_owned(), column_type(add.kind).to_owned(), add.doc));
    section(&mut text, if def.emits { "columns of the pairs" } else { "columns added" }, adds)?;
    let reasons = def.reasons.iter().map(|reason| (reason.name.to_owned(), String::new(), reason.doc));
    section(&mut text, "reasons for rejects", reasons)?;
    section(&mut text, "params", def.params.iter().map(|param| (param.name.to_owned(), range(param), param.doc)))?;
    Ok(text)
}

/// A heading, and two lines an entry: what it is, then what it is for.
fn section<'a>(
    text: &mut String,
    heading: &str,
    entries: impl Iterator<Item = (String, String, &'a str)>,
) -> std::fmt::Result {
    for (index, (name, kind, doc)) in entries.enumerate() {
        if index == 0 {
            writeln!(text, "\n{heading}")?;
        }
        let kind = if kind.is_empty() { kind } else { format!("  {kind}") };
        writeln!(text, "  {name}{kind}\n      {doc}")?;
    }
    Ok(())
}

fn range(param: &ParamDef) -> String {
    let kind = match param.kind {
        ParamKind::Int { min, max } => format!("whole number from {min} to {max}"),
        ParamKind::Float { min, max } => format!("number from {min} to {max}"),
        ParamKind::Text => "string".to_owned(),
        ParamKind::Choice(choices) => format!("one of {}", choices.join(", ")),
        ParamKind::Bool => "true or false".to_owned(),
        ParamKind::TextList => "list of strings".to_owned(),
        ParamKind::FloatList => "list of numbers".to_owned(),
        ParamKind::Column => "column".to_owned(),
        ParamKind::Columns => "list of columns".to_owned(),
    };
    match param.default {
        Some(default) => format!("{kind}, default {}", default.to_json()),
        None => format!("{kind}, required"),
    }
}

fn shape_name(shape: Shape) -> &'static str {
    match shape {
        Shape::Compute => "compute",
        Shape::Remote => "remote",
        Shape::Barrier => "barrier",
    }
}

fn takes_name(takes: Takes) -> &'static str {
    match takes {
        Takes::Documents => "documents",
        Takes::Pairs => "pairs",
        Takes::Either => "either",
    }
}

fn column_type(kind: ColumnType) -> &'static str {
    match kind {
        ColumnType::Text => "string",
        ColumnType::TextList => "list of strings",
        ColumnType::Float => "number",
        ColumnType::FloatList => "list of numbers",
        ColumnType::Int => "whole number",
    }
}

fn to_json(def: &Def) -> Value {
    let adds = def.adds.iter().map(|add| json!({ "name": add.name, "type": column_type(add.kind), "doc": add.doc }));
    let reasons = def.reasons.iter().map(|reason| json!({ "name": reason.name, "doc": reason.doc }));
    json!({
        "name": def.name,
        "summary": def.summary,
        "version": def.version,
        "shape": shape_name(def.shape),
        "takes": takes_name(def.takes),
        "emits": def.emits,
        "reads": def.reads,
        "adds": adds.collect::<Vec<_>>(),
        "reasons": reasons.collect::<Vec<_>>(),
        "params": def.params.iter().map(param_to_json).collect::<Vec<_>>(),
    })
}

fn param_to_json(param: &ParamDef) -> Value {
    let (kind, min, max, choices) = match param.kind {
        ParamKind::Int { min, max } => ("int", json!(min), json!(max), Value::Null),
        ParamKind::Float { min, max } => ("float", json!(min), json!(max), Value::Null),
        ParamKind::Text => ("string", Value::Null, Value::Null, Value::Null),
        ParamKind::Choice(choices) => ("choice", Value::Null, Value::Null, json!(choices)),
        ParamKind::Bool => ("bool", Value::Null, Value::Null, Value::Null),
        ParamKind::TextList => ("string_list", Value::Null, Value::Null, Value::Null),
        ParamKind::FloatList => ("float_list", Value::Null, Value::Null, Value::Null),
        ParamKind::Column => ("column", Value::Null, Value::Null, Value::Null),
        ParamKind::Columns => ("column_list", Value::Null, Value::Null, Value::Null),
    };
    let default = param.default.map_or(Value::Null, |default| default.to_json());
    let mut shown = json!({ "name": param.name, "type": kind, "default": default, "doc": param.doc });
    for (name, value) in [("min", min), ("max", max), ("choices", choices)] {
        if let (Some(fields), false) = (shown.as_object_mut(), value.is_null()) {
            fields.insert(name.to_owned(), value);
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use quarry_operators::ALL;

    use super::{describe, table, to_json, unknown};

    #[test]
    fn every_operator_is_in_the_table_and_shows_its_params_and_reasons() -> Result<(), std::fmt::Error> {
        let table = table()?;
        for def in ALL {
            assert!(table.contains(def.name), "{}", def.name);
            let text = describe(def)?;
            let names = def.params.iter().map(|param| param.name).chain(def.reasons.iter().map(|reason| reason.name));
            for name in names {
                assert!(text.contains(name), "{name} in {text}");
            }
            let num_params = to_json(def).pointer("/params").and_then(|params| params.as_array()).map(Vec::len);
            assert_eq!(num_params, Some(def.params.len()));
        }
        Ok(())
    }

    #[test]
    fn a_misspelt_operator_gets_a_suggestion() {
        assert!(unknown("lenght_filter").to_string().contains("did you mean `length_filter`?"));
    }
}
