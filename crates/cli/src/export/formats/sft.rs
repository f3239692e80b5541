//! Chat messages for supervised fine-tuning: the question, and the answer as the assistant's reply.

use serde_json::{Value, json};

use crate::exit::Stop;
use crate::export::format::{Format, Row, ScoringKind, Storage};
use crate::export::options::Settings;

pub(crate) const FORMAT: Format = Format {
    name: "sft",
    summary: "JSON Lines of messages for supervised fine-tuning",
    scoring: ScoringKind::Nobody { asks: false },
    storage: Storage::Lines { rows_per_file: None },
    max_prompt_tokens: None,
    needs_text: false,
    row,
    files,
    usage: include_str!("sft.md.j2"),
};

fn row(row: &Row<'_>, _: &Settings) -> Value {
    json!({
        "messages": [
            { "role": "user", "content": row.prompt },
            { "role": "assistant", "content": row.scored.reply() },
        ],
    })
}

fn files(_: &Settings) -> Result<Vec<(String, String)>, Stop> {
    Ok(Vec::new())
}
