//! verl: scored by `reward.py`, or by the function that verl chooses by `data_source`.

use arrow::datatypes::FieldRef;
use quarry_answers::reward_py;
use serde_json::{Value, json};

use super::columns::{extra_info, extra_info_of, group, maybe_text, messages, several, targets, text, user};
use crate::exit::Stop;
use crate::export::AnswerFormat;
use crate::export::format::{Format, Row, ScoringKind, Stock, Storage};
use crate::export::options::Settings;
use crate::export::scorer::Scorer;

pub(crate) const FORMAT: Format = Format {
    name: "verl",
    summary: "parquet for verl; the answer spec is the ground truth, and reward.py scores it",
    scoring: ScoringKind::Trainer {
        stock: &[
            Stock { name: "lighteval/MATH", scorer: Scorer::BoxText, answer_format: AnswerFormat::Boxed },
            Stock { name: "openai/gsm8k", scorer: Scorer::Digits, answer_format: AnswerFormat::Hash4 },
            Stock { name: "math_dapo", scorer: Scorer::AnswerText, answer_format: AnswerFormat::AnswerLine },
            Stock { name: "searchR1_nq", scorer: Scorer::TagWords, answer_format: AnswerFormat::AnswerTag },
        ],
        mixed: false,
        reward_file: Some("compute_score"),
        prefers_reward_file: true,
        serves_both: false,
    },
    storage: Storage::Parquet(fields),
    max_prompt_tokens: Some(1024),
    needs_text: false,
    row,
    files,
    usage: include_str!("verl.md.j2"),
};

/// The data sources that verl scores by itself and that suit question answering. A name that ends in a star is a
/// beginning.
pub(crate) const SOURCES: &[&str] = &[
    "openai/gsm8k",
    "lighteval/MATH",
    "DigitalLearningGmbH/MATH-lighteval",
    "HuggingFaceH4/MATH-500",
    "math_dapo",
    "math",
    "math_dapo_reasoning",
    "aime*",
    "searchR1_*",
];

/// Whether verl scores this data source with this function.
pub(crate) fn is_source_of(name: &str, stock: &Stock) -> bool {
    match stock.scorer {
        Scorer::Digits => name == "openai/gsm8k",
        Scorer::BoxText => {
            ["lighteval/MATH", "DigitalLearningGmbH/MATH-lighteval", "HuggingFaceH4/MATH-500"].contains(&name)
        }
        Scorer::AnswerText => ["math_dapo", "math", "math_dapo_reasoning"].contains(&name) || name.starts_with("aime"),
        Scorer::TagWords => [
            "searchR1_nq",
            "searchR1_triviaqa",
            "searchR1_popqa",
            "searchR1_hotpotqa",
            "searchR1_2wikimultihopqa",
            "searchR1_musique",
            "searchR1_bamboogle",
        ]
        .contains(&name),
        _ => false,
    }
}

fn fields(settings: &Settings) -> Vec<FieldRef> {
    // The type of the ground truth differs between scorers, so a file holds rows of one only.
    let ground_truth = if takes_several(settings) { several("ground_truth") } else { maybe_text("ground_truth") };
    vec![
        text("data_source"),
        messages("prompt"),
        text("ability"),
        group("reward_model", vec![maybe_text("style"), ground_truth]),
        extra_info(),
    ]
}

fn takes_several(settings: &Settings) -> bool {
    settings.stock().is_some_and(|stock| stock.scorer == Scorer::TagWords)
}

fn row(row: &Row<'_>, settings: &Settings) -> Value {
    let ground_truth = if takes_several(settings) { targets(row) } else { row.scored.gold.label.clone().into() };
    json!({
        "data_source": settings.data_source,
        "prompt": user(row),
        "ability": row.record.domain_slug(),
        "reward_model": { "style": "rule", "ground_truth": ground_truth },
        "extra_info": extra_info_of(row),
    })
}

fn files(settings: &Settings) -> Result<Vec<(String, String)>, Stop> {
    let file = settings.uses_reward_file().then(|| ("reward.py".to_owned(), reward_py()));
    Ok(file.into_iter().collect())
}
