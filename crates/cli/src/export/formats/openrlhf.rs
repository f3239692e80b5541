//! OpenRLHF: a label for the reward function of its examples, or the spec for `reward_func` of `reward.py`.

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
    name: "openrlhf",
    summary: "parquet for OpenRLHF; the label is for its math_reward_func.py, or the spec for reward.py",
    scoring: ScoringKind::Trainer {
        stock: &[Stock { name: "math_reward_func.py", scorer: Scorer::Grade, answer_format: AnswerFormat::Boxed }],
        mixed: true,
        reward_file: Some("reward_func"),
        prefers_reward_file: false,
        serves_both: false,
    },
    storage: Storage::Parquet(fields),
    max_prompt_tokens: None,
    needs_text: false,
    row,
    files,
    usage: include_str!("openrlhf.md.j2"),
};

fn fields(_: &Settings) -> Vec<FieldRef> {
    vec![messages("input"), text("label"), text("datasource")]
}

fn row(row: &Row<'_>, settings: &Settings) -> Value {
    json!({ "input": user(row), "label": row.scored.gold.label, "datasource": settings.data_source })
}

fn files(settings: &Settings) -> Result<Vec<(String, String)>, Stop> {
    let file = settings.uses_reward_file().then(|| ("reward.py".to_owned(), reward_py()));
    Ok(file.into_iter().collect())
}
