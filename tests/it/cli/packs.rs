//! `quarry pack` and `quarry decontaminate`: from the file of a benchmark to a corpus without it.

use serde_json::{Value, json};

use crate::dataset::rows;
use crate::place::{Place, ran};

const BENCHMARK: &str = r#"{"version": 2, "data": [
    {"id": "q1", "question": "Which of these rivers is the longest in all of Europe, from source to mouth?",
     "choices": ["Volga", "Danube", "Rhine", "Elbe"], "answer": 0},
    {"id": "q2", "question": "Who built the mill?", "choices": ["Brandt", "Moser"], "answer": 1}
]}"#;

fn packed() -> Place {
    let place = Place::new();
    place.write("bench/rivers.json", BENCHMARK);
    let command = ["pack", "bench/rivers.json", "--out", "packs/rivers.parquet"];
    ran(&mut place.quarry(command)).exits(0).prints(&[
        "2 items, question from `question`, options from `choices`, answer from `answer`, name from `id`",
        "2 with an answer",
    ]);
    place
}

#[test]
fn documents_with_test_questions_are_removed_and_the_report_says_which() {
    let place = packed();
    let documents = [
        json!({"id": "clean", "text": "The Volga is a river. Who built the dam?"}),
        json!({"id": "moved", "text": "QUIZ: which of these rivers is the longest in all of europe from source to mouth"}),
        json!({"id": "short", "text": "Who built the mill? (A) Moser (B) Brandt"}),
    ];
    place.write("texts.jsonl", documents.map(|document| document.to_string()).join("\n"));
    let command = ["decontaminate", "texts.jsonl", "--packs", "packs/rivers.parquet", "--out", "clean"];
    let shown = ran(&mut place.quarry(command)).exits(0);
    shown.prints(&["1  rivers: benchmark_13_gram", "1  rivers: benchmark_exact", "clean/removed.jsonl"]);
    let removed = std::fs::read_to_string(place.path("clean/removed.jsonl")).unwrap();
    let removed: Vec<Value> = removed.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let told = |name: &str| removed.iter().map(|row| row[name].as_str().unwrap()).collect::<Vec<_>>();
    assert_eq!(told("doc_id"), ["moved", "short"]);
    assert_eq!(told("item"), ["q1", "q2"]);
    assert_eq!(told("pack"), ["rivers", "rivers"]);
    assert_eq!(told("rule"), ["benchmark_13_gram", "benchmark_exact"]);
    assert!(told("matched")[0].starts_with("which of these rivers"), "{removed:?}");
    assert!(told("benchmark")[0].ends_with("(D) Elbe\nVolga"), "{removed:?}");
    assert_eq!(rows(&place.path("clean"), "data").len(), 1);
}

#[test]
fn pairs_are_compared_by_question_and_answer() {
    let place = packed();
    let pairs = [
        json!({"id": "a", "question": "who built the mill? A) Brandt B) Moser", "answer": "Moser"}),
        json!({"id": "b", "question": "Who built the mill at Thun?", "answer": "Moser"}),
    ];
    place.write("pairs.jsonl", pairs.map(|pair| pair.to_string()).join("\n"));
    let command =
        ["decontaminate", "pairs.jsonl", "--packs", "packs/rivers.parquet", "--out", "clean", "--rows", "pairs"];
    ran(&mut place.quarry(command)).exits(0).prints(&["1  rivers: benchmark_exact"]);
    let removed = std::fs::read_to_string(place.path("clean/removed.jsonl")).unwrap();
    let removed: Value = serde_json::from_str(&removed).unwrap();
    assert_eq!(removed["field"], "question");
    assert_eq!(rows(&place.path("clean"), "data").len(), 1);
}

#[test]
fn what_cannot_be_packed_or_found_is_named() {
    let place = packed();
    place.write("bench/none.jsonl", "{\"body\": \"a\", \"key\": 1}\n");
    ran(&mut place.quarry(["pack", "bench/none.jsonl", "--out", "none.parquet"])).exits(7).tells(&[
        "bench/none.jsonl",
        "`body`, `key`",
        "--question FIELD",
    ]);
    ran(&mut place.quarry(["pack", "bench/rivers.json", "--out", "none.csv"]))
        .exits(2)
        .tells(&["`.parquet` or `.jsonl`"]);
    place.write("texts.jsonl", "{\"text\": \"a\"}\n");
    ran(&mut place.quarry(["decontaminate", "texts.jsonl", "--packs", "no.parquet", "--out", "clean"]))
        .exits(7)
        .tells(&["no.parquet"]);
}
