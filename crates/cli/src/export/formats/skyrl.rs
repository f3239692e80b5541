//! SkyRL: rows for the environments that come with it, or for one of ours that asks `reward.py`.

use arrow::datatypes::FieldRef;
use quarry_answers::reward_py;
use serde_json::{Value, json};

use super::columns::{extra_info, extra_info_of, group, maybe_text, messages, several, targets, text, user};
use crate::exit::Stop;
use crate::export::AnswerFormat;
use crate::export::format::{Format, Row, ScoringKind, Stock, Storage};
use crate::export::options::Settings;
use crate::export::scorer::Scorer;

const ENVIRONMENT: &str = include_str!("../python/quarry_env.py");

pub(crate) const FORMAT: Format = Format {
    name: "skyrl",
    summary: "parquet for SkyRL; numbers for its gsm8k environment, or all types for quarry_env.py",
    scoring: ScoringKind::Trainer {
        stock: &[
            Stock { name: "gsm8k", scorer: Scorer::Digits, answer_format: AnswerFormat::Hash4 },
            Stock { name: "search", scorer: Scorer::TagWords, answer_format: AnswerFormat::AnswerTag },
        ],
        mixed: false,
        reward_file: Some("quarry_env.py"),
        prefers_reward_file: false,
        serves_both: false,
    },
    storage: Storage::Parquet(fields),
    max_prompt_tokens: None,
    needs_text: false,
    row,
    files,
    usage: include_str!("skyrl.md.j2"),
};

fn takes_several(settings: &Settings) -> bool {
    settings.stock().is_some_and(|stock| stock.scorer == Scorer::TagWords)
}

fn fields(settings: &Settings) -> Vec<FieldRef> {
    let ground_truth = if takes_several(settings) { several("ground_truth") } else { maybe_text("ground_truth") };
    vec![
        text("data_source"),
        messages("prompt"),
        text("env_class"),
        group("reward_spec", vec![maybe_text("method"), ground_truth]),
        extra_info(),
    ]
}

fn row(row: &Row<'_>, settings: &Settings) -> Value {
    let ground_truth = if takes_several(settings) { targets(row) } else { row.scored.gold.label.clone().into() };
    json!({
        "data_source": settings.data_source,
        "prompt": user(row),
        "env_class": settings.stock().map_or("quarry", |stock| stock.name),
        "reward_spec": { "method": "rule", "ground_truth": ground_truth },
        "extra_info": extra_info_of(row),
    })
}

fn files(settings: &Settings) -> Result<Vec<(String, String)>, Stop> {
    if !settings.uses_reward_file() {
        return Ok(Vec::new());
    }
    Ok(vec![("reward.py".to_owned(), reward_py()), ("quarry_env.py".to_owned(), ENVIRONMENT.to_owned())])
}
