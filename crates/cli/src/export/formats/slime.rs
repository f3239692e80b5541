//! slime: each row names the rule that scores it, or all are scored by `reward.py`.

use quarry_answers::reward_py;
use serde_json::{Value, json};

use crate::exit::Stop;
use crate::export::AnswerFormat;
use crate::export::format::{Format, Row, ScoringKind, Stock, Storage};
use crate::export::options::Settings;
use crate::export::scorer::Scorer;

pub(crate) const FORMAT: Format = Format {
    name: "slime",
    summary: "JSON Lines for slime; its rule math scores them, or reward.py",
    scoring: ScoringKind::Trainer {
        // Its rule for choices takes any word with the letter in it, so letters are graded as text.
        stock: &[Stock { name: "math", scorer: Scorer::Grade, answer_format: AnswerFormat::Boxed }],
        mixed: true,
        reward_file: Some("reward.slime_reward"),
        prefers_reward_file: false,
        serves_both: false,
    },
    storage: Storage::Lines { rows_per_file: None },
    max_prompt_tokens: None,
    needs_text: false,
    row,
    files,
    usage: include_str!("slime.md.j2"),
};

fn row(row: &Row<'_>, settings: &Settings) -> Value {
    json!({
        "prompt": row.prompt,
        "label": row.scored.gold.label,
        "metadata": {
            // slime stops at a rule that it does not know, rather than scoring the spec as text.
            "rm_type": row.scored.stock.map_or("quarry", |stock| stock.name),
            "source_name": settings.data_source,
            "id": row.record.id,
        },
    })
}

fn files(settings: &Settings) -> Result<Vec<(String, String)>, Stop> {
    let file = settings.uses_reward_file().then(|| ("reward.py".to_owned(), reward_py()));
    Ok(file.into_iter().collect())
}
