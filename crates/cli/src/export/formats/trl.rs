//! TRL: `solution` for its `accuracy_reward`, and the spec for `reward.py`, in the same rows.

use arrow::datatypes::FieldRef;
use quarry_answers::reward_py;
use serde_json::{Value, json};

use super::columns::{messages, text, user};
use crate::exit::Stop;
use crate::export::AnswerFormat;
use crate::export::format::{Format, Row, ScoringKind, Stock, Storage};
use crate::export::options::Settings;
use crate::export::scorer::Scorer;

pub(crate) const FORMAT: Format = Format {
    name: "trl",
    summary: "parquet for TRL's GRPOTrainer; solution is LaTeX for accuracy_reward, the spec is for reward.py",
    scoring: ScoringKind::Trainer {
        stock: &[Stock { name: "accuracy_reward", scorer: Scorer::MathVerify, answer_format: AnswerFormat::Boxed }],
        mixed: true,
        reward_file: Some("reward"),
        prefers_reward_file: false,
        serves_both: true,
    },
    storage: Storage::Parquet(fields),
    max_prompt_tokens: None,
    needs_text: false,
    row,
    files,
    usage: include_str!("trl.md.j2"),
};

fn fields(_: &Settings) -> Vec<FieldRef> {
    vec![messages("prompt"), text("solution"), text("answer_type"), text("answer_spec"), text("id")]
}

fn row(row: &Row<'_>, _: &Settings) -> Value {
    json!({
        "prompt": user(row),
        "solution": solution(row),
        "answer_type": row.record.answer_type,
        "answer_spec": row.record.spec_json,
        "id": row.record.id,
    })
}

/// In a box, so that it is parsed as LaTeX; in words where nothing but `reward.py` could score it.
fn solution(row: &Row<'_>) -> String {
    match Scorer::MathVerify.gold(row.record, AnswerFormat::Boxed) {
        Ok(gold) => gold.label,
        Err(_) => row.scored.gold.answer.clone(),
    }
}

fn files(_: &Settings) -> Result<Vec<(String, String)>, Stop> {
    Ok(vec![("reward.py".to_owned(), reward_py())])
}
