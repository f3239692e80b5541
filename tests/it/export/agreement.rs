//! Prompt, row and checker agree: a reply that says the gold in the way that the prompt asks for is correct, others are not.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use quarry_answers::{AnswerSpec, check};
use serde_json::{Map, Value};

use super::{VARIANTS, counts, export, lines, place, prompt, rows};

/// What a prompt ends in, and the mark of a reply that does as it is told.
const MARKS: [(&str, &str); 4] = [
    (r"inside \boxed{}.", r"So it is \boxed{GOLD}."),
    ("inside <answer> tags.", "So it is this.\n<answer>GOLD</answer>"),
    ("\"#### \" and your final answer.", "So it is this.\n#### GOLD"),
    ("\"Answer: \" and your final answer.", "So it is this.\nAnswer: GOLD"),
];

fn reply(prompt: &str, gold: &str) -> String {
    let mark = MARKS.iter().find(|(end, _)| prompt.ends_with(end));
    mark.map_or(gold.to_owned(), |(_, mark)| mark.replace("GOLD", gold))
}

/// The pairs of the dataset by their questions, which begin every prompt.
fn specs() -> BTreeMap<String, AnswerSpec> {
    let pair = |row: &Value| {
        let spec = AnswerSpec::from_json(row["answer_spec"].as_str().unwrap()).unwrap();
        (row["question"].as_str().unwrap().to_owned(), spec)
    };
    lines("pairs.jsonl").iter().map(pair).collect()
}

fn spec_of<'a>(specs: &'a BTreeMap<String, AnswerSpec>, prompt: &str) -> &'a AnswerSpec {
    specs.iter().find(|(question, _)| prompt.starts_with(question.as_str())).unwrap().1
}

/// The gold that a row gives its scorer, without the box that Math-Verify wants.
fn gold(row: &Map<String, Value>) -> Option<String> {
    let label = ["solution", "label", "ground_truth", "output", "expected_answer", "answer"];
    let given = match (row.get("reward_model"), row.get("reward_spec"), row.get("messages")) {
        (Some(reward), _, _) | (_, Some(reward), _) => reward["ground_truth"].clone(),
        (_, _, Some(messages)) if messages.get(1).is_some() => messages[1]["content"].clone(),
        _ => label.iter().find_map(|name| row.get(*name)).cloned()?,
    };
    let text = match &given {
        Value::Object(targets) => targets["target"][0].as_str().unwrap(),
        given => given.as_str().unwrap(),
    };
    if let Ok(spec) = AnswerSpec::from_json(text) {
        return Some(quarry_answers::gold_text(&spec));
    }
    let unboxed = text.strip_prefix(r"\boxed{").and_then(|rest| rest.strip_suffix('}'));
    Some(unboxed.unwrap_or(text).to_owned())
}

#[test]
fn gold_said_as_the_prompt_asks_is_correct_on_every_row_of_every_format() {
    let (place, specs) = (place(), specs());
    for (name, arguments) in VARIANTS {
        export(&place, name, arguments).exits(0);
        let rows = rows(&place.path(name));
        assert!(!rows.is_empty(), "{name}");
        for row in rows {
            let prompt = prompt(&row);
            let Some(gold) = gold(&row) else {
                assert_eq!(name, "openai-batch");
                continue;
            };
            let reply = reply(prompt, &gold);
            assert!(check(spec_of(&specs, prompt), &reply).is_correct(), "{name}: {reply} to {prompt}");
        }
    }
}

#[test]
fn the_gold_of_another_row_is_not() {
    let (place, specs) = (place(), specs());
    for (name, arguments) in VARIANTS {
        export(&place, name, arguments).exits(0);
        let rows = rows(&place.path(name));
        let golds: BTreeSet<String> = rows.iter().filter_map(gold).collect();
        for row in &rows {
            let (prompt, own) = (prompt(row), gold(row));
            let spec = spec_of(&specs, prompt);
            let accepted: Vec<&String> =
                golds.iter().filter(|other| check(spec, &reply(prompt, other)).is_correct()).collect();
            // A set takes its numbers in any order, a list with the same numbers in the right one.
            let spellings = accepted.iter().filter(|other| Some(**other) != own.as_ref()).count();
            let is_items = matches!(spec, AnswerSpec::List(_) | AnswerSpec::Set(_));
            assert!(spellings <= usize::from(is_items), "{name}: {accepted:?} to {prompt}");
        }
    }
}

#[test]
fn every_row_is_written_or_left_out_for_a_reason() {
    let place = place();
    for (name, arguments) in VARIANTS {
        export(&place, name, arguments).exits(0);
        let folder = place.path(name);
        let counts = counts(&folder);
        let number = |value: &Value| value.as_u64().unwrap();
        let left_out: u64 = counts["rows"]["left_out"].as_object().unwrap().values().map(number).sum();
        assert_eq!(number(&counts["rows"]["in"]), lines("pairs.jsonl").len() as u64, "{name}");
        assert_eq!(number(&counts["rows"]["in"]), number(&counts["rows"]["out"]) + left_out, "{name}");
        assert_eq!(number(&counts["rows"]["out"]), rows(&folder).len() as u64, "{name}");
        let in_files: u64 = counts["files"].as_array().unwrap().iter().map(|file| number(&file["num_rows"])).sum();
        assert_eq!(number(&counts["rows"]["out"]), in_files, "{name}");
    }
}

#[test]
fn rows_keep_the_order_of_the_dataset() {
    let place = place();
    export(&place, "verl", &["--format", "verl"]).exits(0);
    let ids = |rows: Vec<Map<String, Value>>| -> Vec<Value> {
        rows.into_iter().map(|row| row["extra_info"]["id"].clone()).collect()
    };
    let expected: Vec<Value> = lines("pairs.jsonl").iter().map(|row| row["id"].clone()).collect();
    assert_eq!(ids(rows(&place.path("verl"))), expected);
}

#[test]
fn webscale_rl_has_the_text_of_each_pairs_document() {
    let place = place();
    export(&place, "five", &["--format", "webscale-rl", "--select", "doc_id <> 'doc-chemistry'"]).exits(0);
    let texts: BTreeMap<String, String> = lines("documents.jsonl")
        .iter()
        .map(|row| (row["doc_id"].as_str().unwrap().to_owned(), row["source_text"].as_str().unwrap().to_owned()))
        .collect();
    let documents: BTreeMap<String, String> = lines("pairs.jsonl")
        .iter()
        .map(|row| (row["question"].as_str().unwrap().to_owned(), row["doc_id"].as_str().unwrap().to_owned()))
        .collect();
    let rows = rows(&place.path("five"));
    assert_eq!(rows.len(), 20);
    for row in rows {
        let names: Vec<&str> = row.keys().map(String::as_str).collect();
        assert_eq!(names, ["pretrain_text", "question", "answer", "domain", "persona"]);
        let doc_id = &documents[row["question"].as_str().unwrap()];
        assert_eq!(row["pretrain_text"].as_str(), Some(texts[doc_id].as_str()));
    }
}

#[test]
fn reward_py_lies_where_the_trainer_takes_it_and_the_card_tells_how_to_train() {
    let place = place();
    let has = |name: &str, file: &str| -> bool { Path::new(&place.path(name)).join(file).is_file() };
    for (name, arguments) in VARIANTS {
        export(&place, name, arguments).exits(0);
        let card = std::fs::read_to_string(place.path(name).join("README.md")).unwrap();
        assert!(card.starts_with("---\npretty_name: ") && card.contains("\n## Use\n\n"), "{name}: {card}");
        assert!(!card.contains("{{") && !card.contains("{%") && !card.contains("undefined"), "{name}: {card}");
        let takes_ours = name.ends_with("-reward") || ["verl", "trl"].contains(&name);
        assert_eq!(has(name, "reward.py"), takes_ours, "{name}");
    }
    assert!(has("verifiers", "quarry_v1/reward.py") && has("skyrl-reward", "quarry_env.py"));
    let template = std::fs::read_to_string(place.path("rllm").join("instruction.md.tpl")).unwrap();
    assert_eq!(template, "{{question}}\n");
}
