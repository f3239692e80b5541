//! rLLM: a dataset folder with its verifier, one of the built-in ones or `reward.py`.

use quarry_answers::reward_py;
use serde_json::{Value, json};

use crate::exit::Stop;
use crate::export::AnswerFormat;
use crate::export::format::{Format, Row, ScoringKind, Stock, Storage};
use crate::export::options::Settings;
use crate::export::scorer::Scorer;

pub(crate) const FORMAT: Format = Format {
    name: "rllm",
    summary: "dataset folder for rLLM; its math_reward_fn or mcq_reward_fn scores it, or reward.py",
    scoring: ScoringKind::Trainer {
        stock: &[
            Stock { name: "math_reward_fn", scorer: Scorer::Grade, answer_format: AnswerFormat::Boxed },
            Stock { name: "mcq_reward_fn", scorer: Scorer::Letter, answer_format: AnswerFormat::AnswerLine },
        ],
        mixed: false,
        reward_file: Some("evaluate"),
        prefers_reward_file: false,
        serves_both: false,
    },
    storage: Storage::Lines { rows_per_file: None },
    max_prompt_tokens: None,
    needs_text: false,
    row,
    files,
    usage: include_str!("rllm.md.j2"),
};

fn row(row: &Row<'_>, settings: &Settings) -> Value {
    json!({
        "id": row.record.id,
        "question": row.prompt,
        "ground_truth": row.scored.gold.answer,
        "answer_type": row.record.answer_type,
        "answer_spec": row.record.spec_json,
        "data_source": settings.data_source,
    })
}

fn files(settings: &Settings) -> Result<Vec<(String, String)>, Stop> {
    let verifier = match settings.stock() {
        Some(stock) => format!("name = \"{}\"", stock.name),
        None => "module = \"reward\"\nfunction = \"evaluate\"".to_owned(),
    };
    let category = if settings.stock().is_some_and(|stock| stock.scorer == Scorer::Letter) { "mcq" } else { "math" };
    let split = settings.first_split();
    let name = Value::from(settings.data_source.as_str());
    let toml = format!(
        "[dataset]\nname = {name}\ntype = \"simple\"\ncategory = \"{category}\"\nsplit = \"{split}\"\ndata = \
         \"data/{split}.jsonl\"\ninstruction_field = \"question\"\nmetadata_fields = [\"id\", \"ground_truth\", \
         \"answer_type\", \"answer_spec\"]\n\n[verifier]\n{verifier}\n"
    );
    let mut files =
        vec![("dataset.toml".to_owned(), toml), ("instruction.md.tpl".to_owned(), "{{question}}\n".to_owned())];
    if settings.uses_reward_file() {
        files.push(("reward.py".to_owned(), reward_py()));
    }
    Ok(files)
}
