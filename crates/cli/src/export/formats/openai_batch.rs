//! Requests for a batch endpoint that speaks OpenAI's protocol, to have models answer the questions.

use serde_json::{Value, json};

use super::columns::user;
use crate::exit::Stop;
use crate::export::format::{Format, Row, ScoringKind, Storage};
use crate::export::options::Settings;

/// What the endpoint takes in one file.
const MAX_REQUESTS: u64 = 50_000;

pub(crate) const FORMAT: Format = Format {
    name: "openai-batch",
    summary: "JSON Lines of chat requests for a batch endpoint; needs --model",
    scoring: ScoringKind::Nobody { asks: true },
    storage: Storage::Lines { rows_per_file: Some(MAX_REQUESTS) },
    max_prompt_tokens: None,
    needs_text: false,
    row,
    files,
    usage: include_str!("openai_batch.md.j2"),
};

fn row(row: &Row<'_>, settings: &Settings) -> Value {
    json!({
        "custom_id": row.record.id,
        "method": "POST",
        "url": "/v1/chat/completions",
        "body": { "model": settings.model, "messages": user(row) },
    })
}

fn files(_: &Settings) -> Result<Vec<(String, String)>, Stop> {
    Ok(Vec::new())
}
