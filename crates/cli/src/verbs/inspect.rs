//! `quarry inspect`: everything that happened to one document or pair, readable and harmless to a terminal.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use anyhow::Context;
use quarry_engine::Found;
use serde_json::{Map, Value};

use crate::args::InspectArgs;
use crate::exit::Stop;
use crate::terminal::{self, harmless, harmless_json, harmless_line, shortened};

/// Characters of a text that are shown; `--json` gives all.
const MAX_CHARS: usize = 1200;

/// Prints every row that the id names or that was made from it.
pub(crate) fn inspect(args: &InspectArgs) -> anyhow::Result<()> {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().context("start the async runtime")?;
    let rows = runtime.block_on(with_documents(&args.out, &args.id))?;
    if rows.is_empty() {
        return Err(nothing(args).into());
    }
    let mut text = String::new();
    for found in in_order(rows) {
        if args.json {
            writeln!(text, "{}", harmless_json(&serde_json::to_string(&found)?))?;
        } else {
            describe(&mut text, &found)?;
        }
    }
    terminal::print(&text)
}

/// The rows of an id, and the documents of those that are pairs.
async fn with_documents(out: &Path, id: &str) -> Result<Vec<Found>, quarry_engine::Error> {
    let mut rows = quarry_engine::inspect(out, id).await?;
    let of_level = |is_document: bool| {
        let rows = rows.iter().filter(move |found| is_a_document(found) == is_document);
        rows.map(|found| text_of(&found.row, "doc_id").to_owned()).collect::<BTreeSet<String>>()
    };
    let missing: Vec<String> = of_level(false).difference(&of_level(true)).cloned().collect();
    for doc_id in missing {
        let all = quarry_engine::inspect(out, &doc_id).await?;
        rows.extend(all.into_iter().filter(|found| is_a_document(found) && text_of(&found.row, "doc_id") == doc_id));
    }
    Ok(rows)
}

fn is_a_document(found: &Found) -> bool {
    let is_in_data = || found.folder == "data" && !found.row.contains_key("question");
    found.folder == "documents" || text_of(&found.row, "level") == "document" || is_in_data()
}

fn nothing(args: &InspectArgs) -> Stop {
    let hint = if args.id.chars().count() < 6 { "; the beginning of an id needs six characters or more" } else { "" };
    Stop::Input(format!("no document or pair `{}` in `{}`{hint}", harmless_line(&args.id), args.out.display()))
}

/// Document by document: itself, then its accepted pairs, then the others.
fn in_order(mut rows: Vec<Found>) -> Vec<Found> {
    let rank = |found: &Found| if is_a_document(found) { 0 } else { 1 + u8::from(found.folder != "data") };
    rows.sort_by_cached_key(|found| (text_of(&found.row, "doc_id").to_owned(), rank(found)));
    rows
}

fn describe(text: &mut String, found: &Found) -> std::fmt::Result {
    let row = &found.row;
    let level = text_of(row, "level");
    let (id, fate) = match found.folder.as_str() {
        "documents" | "data" if is_a_document(found) => (text_of(row, "doc_id"), "document, accepted".to_owned()),
        "data" => (text_of(row, "id"), "pair, accepted".to_owned()),
        folder => {
            let fate = if folder == "rejects" { "rejected" } else { "failed" };
            let reason = text_of(row, "reason");
            let because = if reason.is_empty() { String::new() } else { format!(": {}", harmless_line(reason)) };
            (text_of(row, "row_id"), format!("{level}, {fate} by stage `{}`{because}", text_of(row, "stage")))
        }
    };
    writeln!(text, "{}  ({fate})", harmless_line(id))?;
    for (name, value) in row.iter().filter(|(name, value)| !is_empty(value) && !is_in_heading(name)) {
        field(text, name, value)?;
    }
    writeln!(text)
}

fn is_empty(value: &Value) -> bool {
    value.is_null() || value.as_str().is_some_and(str::is_empty) || value.as_array().is_some_and(Vec::is_empty)
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

fn text_of<'a>(row: &'a Map<String, Value>, name: &str) -> &'a str {
    row.get(name).and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use quarry_engine::Found;
    use serde_json::{Value, json};

    use super::{describe, in_order};

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
            found("rejects", json!({ "level": "document", "doc_id": "e" })),
            found("rejects", json!({ "level": "pair", "doc_id": "d" })),
            found("data", json!({ "id": "p", "doc_id": "d", "question": "q" })),
            found("documents", json!({ "doc_id": "d" })),
        ];
        let folders: Vec<String> = in_order(rows).into_iter().map(|found| found.folder).collect();
        assert_eq!(folders, ["documents", "data", "rejects", "rejects"]);
    }
}
