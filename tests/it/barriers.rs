//! Stages that decide over all rows of a run at once: what says the same in other words, and quotas of groups.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::dataset::{assert_conserved, assert_same_bytes, bytes, rows};
use crate::place::{Place, ran, root};
use crate::sample::write_shards;

const DOCUMENTS: &str = r#"
[recipe]
name = "documents"
seed = 17

[[stage]]
name = "distinct_meanings"
op = "semantic_dedup"
params = { threshold = 0.85, on_duplicate = "reject" }

[[stage]]
name = "of_each_source"
op = "balance"
params = { by = ["source"], quotas = ["source=b:50%"] }
"#;

const LIGHTHOUSE: &str = "The lighthouse at the end of the harbour was built in 1884. It is 31 metres high, and its light \
                          can be seen from 18 nautical miles away.";
const LIGHTHOUSE_AGAIN: &str = "Built in 1884, the lighthouse at the end of the harbour stands 31 metres tall, and ships \
                                see its light from a distance of 18 nautical miles.";
const BREAD: &str = "Bread is made of flour, water and yeast. The dough rests until it has doubled in size, and then it is \
                     baked in a hot oven.";
const KEEPERS: &str = "The lighthouse keepers lived in the house beside the tower until the lamp was made automatic in 1967; \
                       the house is a museum now.";

/// Threads, rows of a batch, rows of a unit.
const SETTINGS: [(u32, u32, u32); 3] = [(1, 64, 10_000), (2, 8192, 10_000), (2, 64, 7)];

#[test]
fn a_document_that_says_the_same_in_other_words_goes_and_a_share_is_of_what_is_kept() {
    let place = Place::with_recipe(DOCUMENTS);
    let documents = [
        ("lighthouse", "a", LIGHTHOUSE),
        ("bread", "b", BREAD),
        ("again", "a", LIGHTHOUSE_AGAIN),
        ("keepers", "b", KEEPERS),
        ("empty", "b", "…"),
    ];
    let line =
        |(id, source, text): (&str, &str, &str)| format!("{}\n", json!({"id": id, "source": source, "text": text}));
    place.write("input.jsonl", documents.map(line).concat());
    place.run_recipe(&["--input", "input.jsonl"]).exits(0);
    let out = place.path("out");
    assert_conserved(&out, 5);
    let mut reasons = reasons(&out);
    let over = reasons.split_off(1);
    assert_eq!(reasons, [("same_meaning_as".to_owned(), "lighthouse 0.9".to_owned())]);
    assert_eq!(over.len(), 2, "one document of `a` is left, so one of `b` may stay: {over:?}");
    assert!(over.iter().all(|(reason, detail)| reason == "over_quota" && detail.starts_with("source=b: ")));
}

/// Reasons and details of all rejected rows; a score without its last digits.
fn reasons(out: &std::path::Path) -> Vec<(String, String)> {
    let mut reasons: Vec<(String, String)> = rows(out, "rejects").iter().map(reason).collect();
    reasons.sort();
    reasons.reverse();
    reasons
}

fn reason(row: &Map<String, Value>) -> (String, String) {
    let text = |name: &str| row[name].as_str().unwrap().to_owned();
    match text("reason").as_str() {
        "same_meaning_as" => {
            ("same_meaning_as".to_owned(), text("detail").chars().take("lighthouse 0.9".len()).collect())
        }
        reason => (reason.to_owned(), text("detail")),
    }
}

#[test]
fn questions_are_distinct_and_balanced_twice_whatever_the_threads_and_borders() {
    let recipe = std::fs::read_to_string(root().join("pipeline/recipes/cloze.toml")).unwrap()
        + r#"
[[stage]]
name = "distinct_meanings"
op = "semantic_dedup"
params = { threshold = 0.5, on_duplicate = "reject" }

[[stage]]
name = "of_each_domain"
op = "balance"
params = { max_rows = 9 }

[[stage]]
name = "of_each_type"
op = "balance"
params = { by = ["answer_type"], quotas = ["answer_type=string:40%"] }
"#;
    let place = Place::with_recipe(&recipe);
    let num_rows = write_shards(&place);
    let mut expected = None;
    for (idx, (threads, batch_rows, unit_rows)) in SETTINGS.into_iter().enumerate() {
        let config = format!("[run]\nthreads = {threads}\nbatch_rows = {batch_rows}\nunit_rows = {unit_rows}\n");
        place.write("config.toml", &config);
        let out = format!("out-{idx}");
        let arguments = ["run", "pipeline/recipes/recipe.toml", "-i", "shards", "-o", &out, "--config", "config.toml"];
        ran(&mut place.quarry(arguments)).exits(0);
        let out = place.path(&out);
        assert_conserved(&out, num_rows);
        match &expected {
            None => expected = Some(bytes(&out)),
            Some(expected) => assert_same_bytes(&out, expected, &config),
        }
    }
    let out = place.path("out-0");
    let pairs = rows(&out, "data");
    let count = |name: &str| -> BTreeMap<String, usize> {
        pairs.iter().fold(BTreeMap::new(), |mut counts, row| {
            *counts.entry(row[name].as_str().unwrap().to_owned()).or_default() += 1;
            counts
        })
    };
    assert!(count("domain").values().all(|num| *num <= 9), "{:?}", count("domain"));
    let strings = count("answer_type")["string"];
    assert!(strings * 10 <= pairs.len() * 4 + 5, "{strings} of {}", pairs.len());
    let num_of = |reason: &str| rows(&out, "rejects").iter().filter(|row| row["reason"] == reason).count();
    assert!(num_of("same_meaning_as") > 0 && num_of("over_quota") > 5, "the stages have something to refuse");
}
