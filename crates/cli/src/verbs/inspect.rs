//! `quarry inspect`: everything that happened to one document or pair, readable and harmless to a terminal.

use std::fmt::Write as _;

use anyhow::Context;
use quarry_engine::Found;
use serde_json::{Map, Value};

use crate::args::InspectArgs;
use crate::exit::Stop;
use crate::terminal::{self, harmless, harmless_line, shortened};

/// Characters of a text that are shown; `--json` gives all.
const MAX_CHARS: usize = 1200;

/// Prints every row that the id names or that was made from it.
pub(crate) fn inspect(args: &InspectArgs) -> anyhow::Result<()> {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().context("start the async runtime")?;
    let rows = runtime.block_on(quarry_engine::inspect(&args.out, &args.id))?;
    if rows.is_empty() {
        return Err(nothing(args).into());
    }
    let mut text = String::new();
    for found in in_order(rows) {
        if args.json {
            writeln!(text, "{}", escaped_json(&serde_json::to_string(&found)?))?;
        } else {
            describe(&mut text, &found)?;
        }
    }
    terminal::print(&text)
}

fn nothing(args: &InspectArgs) -> Stop {
    let hint = if args.id.chars().count() < 6 { "; the beginning of an id needs six characters or more" } else { "" };
    Stop::Input(format!("no document or pair `{}` in `{}`{hint}", harmless_line(&args.id), args.out.display()))
}

/// A document first, then what became of it and of its pairs.
fn in_order(mut rows: Vec<Found>) -> Vec<Found> {
    let rank = |found: &Found| match (found.folder.as_str(), text_of(&found.row, "level")) {
        ("documents", _) => 0,
        (_, "document") => 1,
        ("data", _) => 2,
        _ => 3,
    };
    rows.sort_by_key(rank);
    rows
}

fn describe(text: &mut String, found: &Found) -> std::fmt::Result {
    let row = &found.row;
    let level = text_of(row, "level");
    let (id, fate) = match found.folder.as_str() {
        "documents" => (text_of(row, "doc_id"), "document, source of accepted pairs".to_owned()),
        "data" => (text_of(row, "id"), "pair, accepted".to_owned()),
        folder => {
            let fate = if folder == "rejects" { "rejected" } else { "failed" };
            let reason = text_of(row, "reason");
            let because = if reason.is_empty() { String::new() } else { format!(": {}", harmless_line(reason)) };
            (text_of(row, "row_id"), format!("{level}, {fate} by stage `{}`{because}", text_of(row, "stage")))
        }
    };
    writeln!(text, "{}  ({fate})", harmless_line(id))?;
    for (name, value) in row.iter().filter(|(name, value)| !value.is_null() && !is_in_heading(name)) {
        field(text, name, value)?;
    }
    writeln!(text)
}

fn is_in_heading(name: &str) -> bool {
    ["id", "row_id", "level", "stage", "reason"].contains(&name)
}

fn field(text: &mut String, name: &str, value: &Value) -> std::fmt::Result {
    match value {
        Value::Array(items) if items.iter().all(Value::is_object) => {
            for item in items {
                writeln!(text, "  {name:<15} {}", fields_on_a_line(item))?;
            }
            Ok(())
        }
        Value::Object(_) => writeln!(text, "  {name:<15} {}", fields_on_a_line(value)),
        Value::String(string) => {
            let shown = harmless(&shortened(string, MAX_CHARS));
            writeln!(text, "  {name:<15} {}", shown.replace('\n', "\n                  "))
        }
        other => writeln!(text, "  {name:<15} {}", harmless_line(&other.to_string())),
    }
}

fn fields_on_a_line(value: &Value) -> String {
    let Some(fields) = value.as_object() else { return harmless_line(&value.to_string()) };
    let shown = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let parts =
        fields.iter().filter(|(_, value)| !value.is_null()).map(|(name, value)| format!("{name} {}", shown(value)));
    harmless_line(&parts.collect::<Vec<_>>().join(", "))
}

/// JSON may hold any character as `\uXXXX`, which says the same and is harmless.
fn escaped_json(json: &str) -> String {
    let mut shown = String::with_capacity(json.len());
    for letter in json.chars() {
        let mut pair = [0; 2];
        if harmless(letter.encode_utf8(&mut [0; 4])).len() == letter.len_utf8() {
            shown.push(letter);
        } else {
            for unit in letter.encode_utf16(&mut pair) {
                shown.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    shown
}

fn text_of<'a>(row: &'a Map<String, Value>, name: &str) -> &'a str {
    row.get(name).and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use quarry_engine::Found;
    use serde_json::{Value, json};

    use super::{describe, escaped_json, in_order};

    fn found(folder: &str, row: Value) -> Found {
        Found { folder: folder.to_owned(), row: row.as_object().cloned().unwrap_or_default() }
    }

    #[test]
    fn a_reject_shows_stage_reason_and_checks_without_control_characters() -> std::fmt::Result {
        let mut text = String::new();
        let row = json!({
            "row_id": "p1", "level": "pair", "stage": "leak", "reason": "answer_leaked", "detail": "a\u{1b}[2Jb",
            "doc_id": "d1", "checks": [{ "name": "form", "verdict": "pass", "score": null, "version": "1" }], "url": null,
        });
        describe(&mut text, &found("rejects", row))?;
        assert_eq!(
            text,
            "p1  (pair, rejected by stage `leak`: answer_leaked)\n  detail          a\\u{1b}[2Jb\n  doc_id          d1\n  \
             checks          name form, verdict pass, version 1\n\n"
        );
        Ok(())
    }

    #[test]
    fn the_document_comes_before_its_pairs() {
        let rows = vec![
            found("rejects", json!({ "level": "pair" })),
            found("data", json!({ "id": "p" })),
            found("documents", json!({ "doc_id": "d" })),
        ];
        let folders: Vec<String> = in_order(rows).into_iter().map(|found| found.folder).collect();
        assert_eq!(folders, ["documents", "data", "rejects"]);
    }

    #[test]
    fn json_keeps_its_meaning_when_made_harmless() {
        let json = json!({ "text": "a\u{202e}b\u{e0041}\u{9b}é" }).to_string();
        let escaped = escaped_json(&json);
        assert!(!escaped.contains('\u{202e}') && !escaped.contains('\u{e0041}') && escaped.contains('é'), "{escaped}");
        assert_eq!(serde_json::from_str::<Value>(&escaped).ok(), serde_json::from_str::<Value>(&json).ok());
    }
}
