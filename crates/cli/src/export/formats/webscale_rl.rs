//! The five columns of the published Webscale-RL dataset, and no others.

use arrow::datatypes::FieldRef;
use serde_json::{Value, json};

use super::columns::{maybe_text, text};
use crate::exit::Stop;
use crate::export::format::{Format, Row, ScoringKind, Storage};
use crate::export::options::Settings;

pub(crate) const FORMAT: Format = Format {
    name: "webscale-rl",
    summary: "parquet with the five columns of the published Webscale-RL dataset",
    scoring: ScoringKind::Nobody { asks: false },
    storage: Storage::Parquet(fields),
    max_prompt_tokens: None,
    needs_text: true,
    row,
    files,
    usage: include_str!("webscale_rl.md.j2"),
};

fn fields(_: &Settings) -> Vec<FieldRef> {
    vec![text("pretrain_text"), text("question"), text("answer"), maybe_text("domain"), maybe_text("persona")]
}

fn row(row: &Row<'_>, _: &Settings) -> Value {
    json!({
        "pretrain_text": row.text.unwrap_or_default(),
        "question": row.prompt,
        "answer": row.scored.gold.answer,
        "domain": row.record.domain,
        "persona": row.record.persona,
    })
}

fn files(_: &Settings) -> Result<Vec<(String, String)>, Stop> {
    Ok(Vec::new())
}
