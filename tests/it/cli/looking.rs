//! Looking at a finished run: `inspect`, `status`, and what of hostile documents reaches a terminal.

use serde_json::Value;

use crate::dataset::rows;
use crate::place::{FILTERS, Place, ran, root};

fn lines_of_json(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_document_and_a_pair_are_shown_with_all_that_happened_to_them() {
    let place = Place::with_default_recipe();
    let input = root().join("tests/golden/cloze/input.jsonl");
    place.run_recipe(&["-i", input.to_str().unwrap()]).exits(0);
    let pairs = rows(&place.path("out"), "data");
    let pair = &pairs[0];
    let (id, doc_id) = (pair["id"].as_str().unwrap(), pair["doc_id"].as_str().unwrap());

    let shown = ran(&mut place.quarry(["inspect", "out", id])).exits(0);
    let parts = ["question", pair["question"].as_str().unwrap(), "answer_spec", "evidence", "checks", "accepted"];
    shown.prints(&parts);
    let by_prefix = ran(&mut place.quarry(["inspect", "out", &id[..10], "--json"])).exits(0);
    let found = lines_of_json(&by_prefix.stdout);
    let ids: Vec<&Value> =
        found.iter().filter(|found| found["folder"] == "data").map(|found| &found["row"]["id"]).collect();
    assert_eq!(ids, [id]);

    let shown = ran(&mut place.quarry(["inspect", "out", doc_id])).exits(0);
    shown.prints(&["source_text", "domain", "personas", id]);
    let found = lines_of_json(&ran(&mut place.quarry(["inspect", "out", doc_id, "--json"])).exits(0).stdout);
    let num_pairs = pairs.iter().filter(|row| row["doc_id"] == doc_id).count();
    assert_eq!(found.iter().filter(|found| found["folder"] == "data").count(), num_pairs);
    assert_eq!(found[0]["folder"], "documents");

    // A rejected document says which of the others it repeats.
    ran(&mut place.quarry(["inspect", "out", "copy-of-liverpool"]))
        .exits(0)
        .prints(&["duplicate_of", "wiki-en-Liverpool"]);
    ran(&mut place.quarry(["inspect", "out", "no-such-document"])).exits(7).tells(&["no-such-document"]);
    ran(&mut place.quarry(["inspect", "nowhere", id])).exits(2).tells(&["nowhere"]);
}

#[test]
fn status_tells_of_a_finished_run_in_text_and_json() {
    let place = Place::with_recipe(FILTERS);
    ran(&mut place.quarry(["status", "out"])).exits(2).tells(&["out"]);
    place.write("a.jsonl", "{\"text\": \"short\"}\n");
    place.run_recipe(&["-i", "a.jsonl"]).exits(0);
    ran(&mut place.quarry(["status"])).exits(0).prints(&["finished", "1 rejected"]);
    let json = ran(&mut place.quarry(["status", "out", "--json"])).exits(0).stdout;
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["published"]["documents"]["num_rejected"], 1);
    assert!(json["segments"].as_array().is_some_and(|segments| !segments.is_empty()));
}

#[test]
fn nothing_in_a_document_can_drive_the_terminal() {
    let place = Place::with_recipe(FILTERS);
    let hostile = "\u{1b}[2J\u{1b}]0;owned\u{7} \u{9b}31m user\u{202e}fdp.exe \u{e0041}";
    let row = serde_json::json!({ "id": "hostile", "text": hostile, "url": hostile, "note": hostile });
    let named = serde_json::json!({ "id": hostile, "text": "short" });
    place.write("a.jsonl", format!("{row}\n{named}\n"));
    let harmful = |letter: char| (letter.is_control() && letter != '\n') || matches!(letter, '\u{202e}' | '\u{e0041}');
    let ran_text = place.run_recipe(&["-i", "a.jsonl"]).exits(0);
    for arguments in [&["inspect", "out", "hostile"] as &[&str], &["inspect", "out", "hostile", "--json"]] {
        let shown = ran(&mut place.quarry(arguments)).exits(0);
        for text in [&shown.stdout, &shown.stderr, &ran_text.stdout, &ran_text.stderr] {
            assert!(!text.contains(harmful), "{text:?}");
        }
        assert!(shown.stdout.contains("[2J"), "the text itself is gone: {}", shown.stdout);
    }
    let json = ran(&mut place.quarry(["inspect", "out", "hostile", "--json"])).exits(0).stdout;
    assert_eq!(lines_of_json(&json)[0]["row"]["text"], hostile, "escaping changed the text");
    let named = ran(&mut place.quarry(["inspect", "out", hostile])).exits(0);
    assert!(!named.stdout.contains(harmful), "{:?}", named.stdout);
}
