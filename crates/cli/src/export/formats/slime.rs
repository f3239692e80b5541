//! slime: each row names its rule, or all are scored by `reward.py`.

use quarry_answers::{AnswerSpec, reward_py};
use serde_json::{Value, json};

use crate::exit::Stop;
use crate::export::AnswerFormat;
use crate::export::format::{Format, Row, ScoringKind, Stock, Storage};
use crate::export::options::Settings;
use crate::export::scorer::Scorer;

pub(crate) const FORMAT: Format = Format {
    name: "slime",
    summary: "JSON Lines for slime; math or boxed_gpqa by answer type, or reward.py",
    scoring: ScoringKind::Trainer {
        stock: &[
            Stock { name: "boxed_gpqa", scorer: Scorer::Letter, answer_format: AnswerFormat::Boxed },
            Stock { name: "math", scorer: Scorer::Grade, answer_format: AnswerFormat::Boxed },
        ],
        mixed: true,
        reward_file: Some("reward.slime_reward"),
        prefers_reward_file: false,
    },
    storage: Storage::Lines { rows_per_file: None },
    max_prompt_tokens: None,
    needs_text: false,
    row,
    files,
    usage: include_str!("slime.md.j2"),
};

fn row(row: &Row<'_>, settings: &Settings) -> Value {
    let choices: Vec<&str> = match &row.record.spec {
        Some(AnswerSpec::Choice(choice)) => choice.options.iter().map(|option| option.text.as_str()).collect(),
        _ => Vec::new(),
    };
    json!({
        "prompt": row.prompt,
        "label": row.scored.gold.label,
        "metadata": {
            // slime stops at a rule that it does not know, rather than scoring the spec as text.
            "rm_type": row.scored.stock.map_or("quarry", |stock| stock.name),
            "source_name": settings.data_source,
            "id": row.record.id,
            "answer_type": row.record.answer_type,
            "choices": choices,
        },
    })
}

fn files(settings: &Settings) -> Result<Vec<(String, String)>, Stop> {
    let file = settings.uses_reward_file().then(|| ("reward.py".to_owned(), reward_py()));
    Ok(file.into_iter().collect())
}
