//! open-instruct: each row names the verifier that scores it.

use arrow::datatypes::FieldRef;
use serde_json::{Value, json};

use super::columns::{messages, text, user};
use crate::exit::Stop;
use crate::export::AnswerFormat;
use crate::export::format::{Format, Row, ScoringKind, Stock, Storage};
use crate::export::options::Settings;
use crate::export::scorer::Scorer;

pub(crate) const FORMAT: Format = Format {
    name: "open-instruct",
    summary: "parquet for open-instruct's RLVR; math or string_matcher by answer type",
    scoring: ScoringKind::Trainer {
        stock: &[
            Stock { name: "math", scorer: Scorer::Sympy, answer_format: AnswerFormat::Boxed },
            Stock { name: "string_matcher", scorer: Scorer::TagWord, answer_format: AnswerFormat::AnswerTag },
        ],
        mixed: true,
        reward_file: None,
        prefers_reward_file: false,
        serves_both: false,
    },
    storage: Storage::Parquet(fields),
    max_prompt_tokens: None,
    needs_text: false,
    row,
    files: no_files,
    usage: include_str!("open_instruct.md.j2"),
};

fn fields(_: &Settings) -> Vec<FieldRef> {
    vec![messages("messages"), text("ground_truth"), text("dataset")]
}

/// One message: the last of several would be taken off the prompt.
fn row(row: &Row<'_>, _: &Settings) -> Value {
    json!({
        "messages": user(row),
        "ground_truth": row.scored.gold.label,
        "dataset": row.scored.stock.map_or("", |stock| stock.name),
    })
}

fn no_files(_: &Settings) -> Result<Vec<(String, String)>, Stop> {
    Ok(Vec::new())
}
