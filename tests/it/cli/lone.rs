//! Stages alone, over any input and without a recipe of the user's: `quarry dedup` and `quarry filter`.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader};
use std::process::Stdio;

use serde_json::{Value, json};

use crate::dataset::{assert_conserved, assert_same_bytes, bytes, json as read_json, rows};
use crate::place::{Place, Ran, ran};
use crate::sample::lines;

/// Three texts, of which the third repeats the first with a word more, under names that are nobody's default.
fn pages() -> String {
    let first = "The harbour of the old town was built by fishermen who came from the north and stayed for good. They \
                 sold what they caught on the market square every morning and mended their nets in the afternoon.";
    let second = "A prime number has exactly two divisors, and there is no largest one, as was proved long ago.";
    let third = format!("{first} Gladly.");
    let mut text = String::new();
    for (idx, body) in [first, second, &third].iter().enumerate() {
        let page = json!({ "key": idx + 10, "body": body, "score": idx, "seen": { "at": "home" } });
        writeln!(text, "{page}").unwrap();
    }
    text
}

fn quarry(place: &Place, arguments: &[&str]) -> Ran {
    ran(&mut place.quarry(arguments))
}

const NAMED: [&str; 4] = ["--text-field", "body", "--id-field", "key"];

fn dedup(place: &Place, arguments: &[&str]) -> Ran {
    quarry(place, &[&["dedup"], arguments, &NAMED[..]].concat())
}

fn ids(place: &Place, out: &str, folder: &str, name: &str) -> Vec<String> {
    rows(&place.path(out), folder).iter().map(|row| row[name].as_str().unwrap().to_owned()).collect()
}

#[test]
fn of_near_copies_one_stays_and_the_others_name_it_with_ids_kept() {
    let place = Place::new();
    place.write("pages.jsonl", pages());
    let told = dedup(&place, &["pages.jsonl", "--out", "out"]).exits(0);
    told.prints(&["3 in", "2 accepted", "1 rejected", "dedup: near_duplicate_of"]);
    assert_eq!(ids(&place, "out", "data", "doc_id"), ["10", "11"]);
    let rejects = rows(&place.path("out"), "rejects");
    assert_eq!(
        (rejects.len(), &rejects[0]["doc_id"], &rejects[0]["reason"]),
        (1, &json!("12"), &json!("near_duplicate_of"))
    );
    assert!(rejects[0]["detail"].as_str().unwrap().starts_with("10 0."), "{rejects:?}");
    assert_conserved(&place.path("out"), 3);

    let kept = &rows(&place.path("out"), "data")[0];
    assert!(kept["text"].as_str().unwrap().starts_with("The harbour"), "{kept:?}");
    let meta: Value = serde_json::from_str(kept["meta"].as_str().unwrap()).unwrap();
    assert_eq!(meta, json!({ "score": 0, "seen": { "at": "home" } }));
    assert!(!place.path("out/documents").exists() && !place.path("out/reward.py").exists());
    let card = std::fs::read_to_string(place.path("out/README.md")).unwrap();
    assert!(card.contains("2 of 3 documents") && !card.contains("documents/"), "{card}");

    assert_eq!(read_json(&place.path("out/manifest.json"))["data"], "documents");
    quarry(&place, &["inspect", "out", "10"]).exits(0).prints(&["10  (document, accepted)"]);
    quarry(&place, &["inspect", "out", "12"]).exits(0).prints(&["rejected by stage `dedup`: near_duplicate_of"]);
    quarry(&place, &["export", "out", "--format", "trl", "--to", "x"]).exits(2).tells(&["documents and no pairs"]);
}

#[test]
fn the_row_that_a_field_prefers_stays_and_the_threshold_decides_who_is_alike() {
    let place = Place::new();
    place.write("pages.jsonl", pages());
    dedup(&place, &["pages.jsonl", "--out", "best", "--prefer", "score"]).exits(0);
    assert_eq!(ids(&place, "best", "data", "doc_id"), ["11", "12"]);
    dedup(&place, &["pages.jsonl", "--out", "all", "--threshold", "1"]).exits(0);
    assert_eq!(ids(&place, "all", "data", "doc_id"), ["10", "11", "12"]);
    dedup(&place, &["pages.jsonl", "--out", "x", "--prefer", "stars"]).exits(2).tells(&["--prefer stars", "`score`"]);
    dedup(&place, &["pages.jsonl", "--out", "x", "--threshold", "2"]).exits(2);
    assert!(!place.path("x").exists());
}

#[test]
fn what_was_written_can_be_read_again_and_says_the_same() {
    let place = Place::new();
    place.write("pages.jsonl", pages());
    dedup(&place, &["pages.jsonl", "--out", "once"]).exits(0);
    quarry(&place, &["dedup", "once/data/*.parquet", "--out", "twice"]).exits(0).prints(&["2 accepted"]);
    assert_eq!(rows(&place.path("once"), "data"), rows(&place.path("twice"), "data"));
}

#[test]
fn a_field_that_is_not_there_is_named_with_those_that_are() {
    let place = Place::new();
    place.write("pages.jsonl", pages());
    let told = quarry(&place, &["dedup", "pages.jsonl", "--out", "x"]).exits(2);
    told.tells(&["pages.jsonl", "--text-field", "--question-field", "`body`, `key`, `score`"]);
    let told = quarry(&place, &["dedup", "pages.jsonl", "--out", "x", "--text-field", "boddy"]).exits(2);
    told.tells(&["--text-field boddy", "`body`"]);
    quarry(&place, &["dedup", "pages.jsonl", "--out", "x", "--rows", "pairs"])
        .exits(2)
        .tells(&["a question and an answer"]);
    quarry(&place, &["dedup", "none.jsonl", "--out", "x"]).exits(7);
    assert!(!place.path("x").exists());
}

#[test]
fn pairs_keep_all_that_quarry_knows_of_pairs_and_nothing_is_asked_of_them_that_they_lack() {
    let place = Place::new();
    let full = json!({
        "id": "a", "question": "In which year was the bridge over the river finished?", "answer": "1894",
        "answer_type": "integer", "answer_spec": "{\"value\":1894}", "domain": "History", "evidence": "in 1894",
        "evidence_start": 3, "evidence_end": 10, "doc_id": "d", "split": "test", "difficulty": 0.25, "licence": "CC0-1.0",
        "checks": [{ "name": "form_verify", "verdict": "pass", "score": 1.0, "version": "form_verify/1" }],
        "gen": { "model": "m", "prompt_hash": "p", "request_hash": null }, "recipe": { "name": "r", "hash": "h" }, "stars": 4,
    });
    let bare = json!({ "question": "Who painted the ceiling of the chapel in the palace?", "answer": "nobody knows" });
    let again = json!({ "id": "c", "question": full["question"], "answer": "1894" });
    place.write("pairs.jsonl", format!("{full}\n{bare}\n{again}\n{{\"question\": \"no answer\"}}\n"));
    let told = quarry(&place, &["dedup", "pairs.jsonl", "--out", "out"]).exits(0);
    told.prints(&["pairs", "4 in", "2 accepted", "2 rejected", "unreadable_row"]);
    let data = rows(&place.path("out"), "data");
    let (first, second) = (&data[0], &data[1]);
    for (name, value) in full.as_object().unwrap().iter().filter(|(name, _)| *name != "stars") {
        assert_eq!(&first[name], value, "{name}");
    }
    assert_eq!(first["meta"], "{\"stars\":4}");
    assert_eq!(second["id"].as_str().map(str::len), Some(32));
    assert!(["answer_type", "doc_id", "checks", "difficulty"].iter().all(|name| second[*name].is_null()), "{second:?}");
    assert_eq!(rows(&place.path("out"), "rejects")[0]["detail"].as_str().map(|detail| &detail[..2]), Some("a "));
    assert_conserved(&place.path("out"), 4);

    quarry(&place, &["dedup", "out/data/*.parquet", "--out", "twice"]).exits(0);
    assert_eq!(data[0], rows(&place.path("twice"), "data")[0]);
    quarry(&place, &["inspect", "out", "c"]).exits(0).prints(&["c  (pair, rejected by stage `dedup`"]);
    quarry(&place, &["export", "out", "--format", "trl", "--to", "x"]).exits(7).tells(&["no `answer_type`"]);
}

#[test]
fn filters_alone_need_no_project_and_refuse_what_makes_or_asks() {
    let place = Place::new();
    place.write("web.jsonl", lines("web-01.jsonl", 0, 30).concat());
    let told =
        quarry(&place, &["filter", "web.jsonl", "--out", "clean", "--set", "long_enough.min_tokens=40"]).exits(0);
    told.prints(&["recipe filters", "30 in", "rejects by reason", "dataset: clean/data"]);
    assert_conserved(&place.path("clean"), 30);

    let place = Place::with_default_recipe();
    place.write("web.jsonl", lines("web-01.jsonl", 0, 3).concat());
    let recipe = "pipeline/recipes/recipe.toml";
    let told = quarry(&place, &["filter", "web.jsonl", "--recipe", recipe, "--out", "x"]).exits(2);
    told.tells(&["stage `ask` (cloze_generate) makes pairs", "quarry run"]);
    place.write(recipe, "[recipe]\nname = \"p\"\nrows = \"pairs\"\n[[stage]]\nname = \"a\"\nop = \"exact_dedup\"\n");
    let told = quarry(&place, &["filter", "web.jsonl", "--recipe", recipe, "--out", "x"]).exits(2);
    told.tells(&["a question and an answer"]);
    place.write("pairs.jsonl", "{\"question\": \"q\", \"answer\": \"a\"}\n");
    quarry(&place, &["filter", "pairs.jsonl", "--recipe", recipe, "--out", "ok"]).exits(0).prints(&["1 accepted"]);
    place
        .write(recipe, "[recipe]\nname = \"p\"\nrows = \"pairs\"\n[[stage]]\nname = \"a\"\nop = \"language_filter\"\n");
    let told = quarry(&place, &["filter", "pairs.jsonl", "--recipe", recipe, "--out", "x"]).exits(2);
    told.tells(&["R050", "rows = \"pairs\""]);
}

#[test]
fn columns_that_stages_add_are_in_the_data_and_vectors_are_not() {
    let place =
        Place::with_recipe("[recipe]\nname = \"topics\"\n[[stage]]\nname = \"domain\"\nop = \"domain_classify\"\n");
    place.write("web.jsonl", lines("web-01.jsonl", 0, 3).concat());
    place.run_recipe(&["-i", "web.jsonl"]).exits(0);
    for row in rows(&place.path("out"), "data") {
        let names: Vec<&str> = row.keys().map(String::as_str).collect();
        let expected = ["doc_id", "text", "url", "source", "licence", "language", "meta", "domain", "domain_score"];
        assert_eq!(names, expected);
        assert!(row["domain"].is_string() && row["domain_score"].is_number(), "{row:?}");
    }
}

#[test]
fn killed_and_begun_again_the_bytes_are_those_of_one_run_and_a_third_has_nothing_to_do() {
    let place = Place::new();
    place.write("web.jsonl", lines("web-01.jsonl", 0, 60).concat());
    place.write("config.toml", "[run]\nunit_rows = 5\nthreads = 1\nshards_in_flight = 1\n");
    let arguments = |out| ["dedup", "web.jsonl", "--config", "config.toml", "--out", out];
    ran(&mut place.quarry(arguments("whole"))).exits(0);
    let expected = bytes(&place.path("whole"));

    let mut child = place.quarry(arguments("out")).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stderr = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
    assert!(stderr.any(|line| line.contains("unit committed")), "the run ended without committing a unit");
    child.kill().unwrap();
    child.wait().unwrap();
    ran(&mut place.quarry(arguments("out"))).exits(0);
    assert_same_bytes(&place.path("out"), &expected, "killed and begun again");
    ran(&mut place.quarry(arguments("out"))).exits(0).prints(&["nothing to do"]);
}
