//! verifiers and prime-rl: a Python package with a taskset, its data and `reward.py`.

use arrow::datatypes::FieldRef;
use quarry_answers::reward_py;
use serde_json::{Value, json};

use super::columns::text;
use crate::exit::Stop;
use crate::export::format::{Format, Row, ScoringKind, Storage};
use crate::export::options::Settings;
use crate::export::record::slug;

const TASKSET: &str = include_str!("../python/taskset.py");
/// Names under which verifiers would find tasksets of its own.
const TAKEN: [&str; 4] = ["harbor", "openenv", "textarena", "nemo_gym"];

pub(crate) const FORMAT: Format = Format {
    name: "verifiers",
    summary: "taskset package with parquet for verifiers and prime-rl; reward.py scores it",
    scoring: ScoringKind::Trainer {
        stock: &[],
        mixed: false,
        reward_file: Some("reward.py"),
        prefers_reward_file: true,
        serves_both: false,
    },
    storage: Storage::Parquet(fields),
    max_prompt_tokens: None,
    needs_text: false,
    row,
    files,
    usage: include_str!("verifiers.md.j2"),
};

/// The folder and name of the Python package.
pub(crate) fn module(settings: &Settings) -> Result<String, Stop> {
    let name = slug(&settings.data_source, '_');
    let starts_well = name.starts_with(|letter: char| letter.is_ascii_alphabetic());
    if !starts_well || TAKEN.contains(&name.as_str()) {
        let given = &settings.data_source;
        return Err(Stop::Usage(format!("`{given}` makes no name of a Python package; give another `--data-source`")));
    }
    Ok(format!("{name}_v1"))
}

fn fields(_: &Settings) -> Vec<FieldRef> {
    vec![text("question"), text("answer"), text("info")]
}

/// `info` is a JSON string, since its fields would differ between rows.
fn row(row: &Row<'_>, _: &Settings) -> Value {
    let record = row.record;
    let info = json!({
        "id": record.id,
        "answer_type": record.answer_type,
        "answer_spec": record.spec_json,
        "domain": record.domain,
        "difficulty": record.difficulty,
    });
    json!({ "question": row.prompt, "answer": row.scored.gold.answer, "info": info.to_string() })
}

fn files(settings: &Settings) -> Result<Vec<(String, String)>, Stop> {
    let module = module(settings)?;
    let class: String = module.split('_').map(capitalised).collect::<String>() + "Taskset";
    let package = module.replace('_', "-");
    let version = env!("CARGO_PKG_VERSION");
    let project = format!(
        "[project]\nname = \"{package}\"\nversion = \"{version}\"\ndescription = \"Question answering with typed answers, \
         exported by quarry\"\nrequires-python = \">=3.11\"\ndependencies = [\"verifiers>=0.4\", \"pyarrow\"]\n\n\
         [build-system]\nrequires = [\"hatchling\"]\nbuild-backend = \"hatchling.build\"\n\n\
         [tool.hatch.build.targets.wheel]\npackages = [\"{module}\"]\n"
    );
    let init = format!(
        "\"\"\"The taskset of this package.\"\"\"\n\nfrom {module}.taskset import {class}\n\n__all__ = [\"{class}\"]\n"
    );
    let split = settings.first_split();
    let config = format!("[env.taskset]\nid = \"{module}\"\nsplit = \"{split}\"\n");
    Ok(vec![
        ("pyproject.toml".to_owned(), project),
        ("eval.toml".to_owned(), config),
        (format!("{module}/__init__.py"), init),
        (
            format!("{module}/taskset.py"),
            TASKSET.replace("QuarryTaskset", &class).replace("\"train\"", &format!("\"{split}\"")),
        ),
        (format!("{module}/reward.py"), reward_py()),
    ])
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}
