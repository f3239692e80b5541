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

const ADAPTER: &str = include_str!("../python/openrlhf.py");

pub(crate) const FORMAT: Format = Format {
    name: "openrlhf",
    summary: "parquet for OpenRLHF; the label is for its math_reward_func.py, or the spec for reward.py",
    scoring: ScoringKind::Trainer {
        stock: &[Stock { name: "math_reward_func.py", scorer: Scorer::Grade, answer_format: AnswerFormat::Boxed }],
        mixed: true,
        reward_file: Some("reward_func"),
        prefers_reward_file: false,
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
    let file = settings.uses_reward_file().then(|| ("reward.py".to_owned(), with_adapter(ADAPTER)));
    Ok(file.into_iter().collect())
}

/// `reward.py` with the function that a trainer looks for, in front of what runs when the file is called.
pub(super) fn with_adapter(adapter: &str) -> String {
    const MAIN: &str = "\nif __name__ == \"__main__\":";
    let file = reward_py();
    let adapter = adapter.trim();
    match file.rfind(MAIN) {
        Some(at) => {
            let (before, main) = file.split_at(at);
            format!("{}\n\n\n{adapter}\n\n{main}", before.trim_end())
        }
        None => format!("{}\n\n\n{adapter}\n", file.trim_end()),
    }
}

#[cfg(test)]
mod tests {
    use super::{ADAPTER, with_adapter};

    #[test]
    fn the_adapter_stands_before_what_runs() {
        let file = with_adapter(ADAPTER);
        let place = |part: &str| file.find(part).unwrap_or(usize::MAX);
        assert!(place("\ndef reward_func(") < place("\nif __name__"), "{file}");
        assert!(file.trim_end().ends_with("_main()"));
    }
}
