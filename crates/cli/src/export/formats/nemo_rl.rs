//! NeMo-RL: input and output for its math environment, or lines for the servers of NeMo-Gym.

use quarry_answers::AnswerSpec;
use serde_json::{Value, json};

use super::columns::user;
use crate::exit::Stop;
use crate::export::AnswerFormat;
use crate::export::format::{Format, Row, ScoringKind, Stock, Storage};
use crate::export::options::Settings;
use crate::export::scorer::Scorer;

pub(crate) const FORMAT: Format = Format {
    name: "nemo-rl",
    summary: "JSON Lines for NeMo-RL's math environment; with --gym for NeMo-Gym",
    scoring: ScoringKind::Trainer {
        stock: &[
            Stock { name: "hf_math_verify", scorer: Scorer::MathVerifyBare, answer_format: AnswerFormat::Boxed },
            Stock { name: "english_multichoice", scorer: Scorer::Letter, answer_format: AnswerFormat::AnswerLine },
        ],
        mixed: false,
        reward_file: None,
        prefers_reward_file: false,
        serves_both: false,
    },
    storage: Storage::Lines { rows_per_file: None },
    max_prompt_tokens: None,
    needs_text: false,
    row,
    files: no_files,
    usage: include_str!("nemo_rl.md.j2"),
};

/// Lines that NeMo-Gym keeps as they are and hands to one of its servers.
pub(crate) const GYM: Format = Format {
    name: "nemo-rl",
    summary: "JSON Lines for NeMo-Gym",
    scoring: ScoringKind::Trainer {
        stock: &[
            Stock { name: "mcqa", scorer: Scorer::Letter, answer_format: AnswerFormat::Boxed },
            Stock { name: "math_with_judge", scorer: Scorer::MathVerifyBare, answer_format: AnswerFormat::Boxed },
        ],
        mixed: true,
        reward_file: None,
        prefers_reward_file: false,
        serves_both: false,
    },
    storage: Storage::Lines { rows_per_file: None },
    max_prompt_tokens: None,
    needs_text: false,
    row: gym_row,
    files: no_files,
    usage: include_str!("nemo_gym.md.j2"),
};

fn row(row: &Row<'_>, _: &Settings) -> Value {
    json!({ "input": row.prompt, "output": row.scored.gold.label })
}

/// Every key in every line: a loader that guesses types from the first rows must see them all.
fn gym_row(row: &Row<'_>, _: &Settings) -> Value {
    let options: Vec<Value> = match &row.record.spec {
        Some(AnswerSpec::Choice(choice)) => {
            choice.options.iter().map(|option| json!({ option.label.as_str(): option.text })).collect()
        }
        _ => Vec::new(),
    };
    let server = row.scored.stock.map_or("math_with_judge", |stock| stock.name);
    json!({
        "responses_create_params": { "input": user(row) },
        "question": row.record.question,
        "expected_answer": row.scored.gold.label,
        "options": options,
        "grading_mode": "strict_single_letter_boxed",
        "uuid": row.record.id,
        "agent_ref": { "type": "responses_api_agents", "name": format!("{server}_simple_agent") },
    })
}

fn no_files(_: &Settings) -> Result<Vec<(String, String)>, Stop> {
    Ok(Vec::new())
}
