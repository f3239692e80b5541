//! `quarry ledger`: what was spent, what SQL sees, and calls that move from one ledger to another.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::place::{Place, ran};

/// A call as `--export` writes it.
fn line(number: u64, stage: &str, text: &str) -> String {
    let request = json!({
        "model": "m", "revision": null,
        "messages": [{ "role": "user", "content": format!("<document id=\"ab\">\n{text}\n</document id=\"ab\">\n\n{number}") }],
        "sampling": { "temperature": 0.5, "top_p": 1.0, "top_k": null, "max_tokens": 9, "num_samples": 1, "seed": number },
        "schema": null, "attempt": 0, "template": "t",
    });
    let hash: String =
        Sha256::digest(request.to_string().as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    let call = json!({
        "hash": hash, "stage": stage,
        "choices": [{ "text": text, "finish": "stop" }],
        "usage": { "prompt_tokens": 100, "cached_tokens": 60, "completion_tokens": 7 },
        "cost": 0.25, "num_tries": 1, "duration_ms": 900, "time": "2026-01-01T00:00:00.000Z",
        "request": request, "body": "{}",
    });
    format!("{call}\n")
}

fn with_calls() -> Place {
    let place = Place::new();
    let calls: String = (0..5).map(|number| line(number, if number < 3 { "ask" } else { "judged" }, "a fox")).collect();
    place.write("calls.jsonl", calls);
    ran(&mut place.quarry(["ledger", "out", "--import", "calls.jsonl"]))
        .exits(0)
        .prints(&["5 calls imported", "0 were"]);
    place
}

#[test]
fn calls_tokens_and_money_are_shown_by_stage_and_model() {
    let place = with_calls();
    let shown = ran(&mut place.quarry(["ledger"])).exits(0).stdout;
    let lines: Vec<Vec<&str>> = shown.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(lines[1], ["ask", "m", "3", "300", "180", "21", "0.7500"]);
    assert_eq!(lines[3], ["total", "5", "500", "300", "35", "1.2500"]);
    let json = ran(&mut place.quarry(["ledger", "out/.quarry/ledger.db", "--json"])).exits(0).stdout;
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!((&json["stages"][1]["stage"], &json["stages"][1]["num_calls"]), (&json!("judged"), &json!(2)));
    assert_eq!(json["total"]["usage"]["prompt_tokens"], 500);
}

#[test]
fn sql_answers_in_tabs_or_json_and_changes_nothing() {
    let place = with_calls();
    let ask = |arguments: &[&str]| ran(place.quarry(["ledger", "out", "--sql"]).args(arguments));
    let rows = ask(&["SELECT stage, count(*) AS num FROM call GROUP BY stage"]).exits(0).stdout;
    assert_eq!(rows, "stage\tnum\nask\t3\njudged\t2\n");
    let row = ask(&["SELECT stage, revision, cost FROM call LIMIT 1", "--json"]).exits(0).stdout;
    assert_eq!(serde_json::from_str::<Value>(&row).unwrap()["revision"], Value::Null);
    ask(&["SELECT request FROM request WHERE request LIKE '%a fox%' LIMIT 1"])
        .exits(0)
        .prints(&["a fox", "temperature"]);
    ask(&["SELECT * FROM nowhere"]).exits(2).tells(&["nowhere"]);
    ask(&["DELETE FROM call"]).exits(2);
    let rows = ask(&["SELECT count(*) FROM call"]).exits(0).stdout;
    assert_eq!(rows, "count(*)\n5\n");
}

#[test]
fn an_export_replays_elsewhere_byte_for_byte_and_a_changed_line_is_refused() {
    let place = with_calls();
    let export = ran(&mut place.quarry(["ledger", "out", "--export", "-"])).exits(0).stdout;
    ran(&mut place.quarry(["ledger", "out", "--export", "copy.jsonl"])).exits(0).prints(&["5 calls"]);
    assert_eq!(std::fs::read_to_string(place.path("copy.jsonl")).unwrap(), export);
    ran(&mut place.quarry(["ledger", "other", "--import", "copy.jsonl"])).exits(0);
    assert_eq!(ran(&mut place.quarry(["ledger", "other", "--export", "-"])).exits(0).stdout, export);
    ran(&mut place.quarry(["ledger", "other", "--import", "copy.jsonl"]))
        .exits(0)
        .prints(&["0 calls imported", "5 were"]);
    place.write("changed.jsonl", export.replace("a fox", "a wolf"));
    let refused = ran(&mut place.quarry(["ledger", "third", "--import", "changed.jsonl"])).exits(7);
    refused.tells(&["changed.jsonl", "line 1", "hash"]);
}

#[test]
fn a_ledger_that_is_not_there_or_is_none_is_an_error_that_names_it() {
    let place = Place::new();
    ran(&mut place.quarry(["ledger", "out"])).exits(2).tells(&["out/.quarry/ledger.db"]);
    place.write("text.db", "no database".repeat(100));
    ran(&mut place.quarry(["ledger", "text.db"])).exits(8).tells(&["text.db", "no SQLite database"]);
    ran(&mut place.quarry(["ledger", "out", "--import", "none.jsonl"])).exits(7).tells(&["none.jsonl"]);
    place.write("shared.toml", "[ledger]\npath = \"shared.db\"\n");
    place.write("calls.jsonl", line(1, "ask", "x"));
    ran(&mut place.quarry(["ledger", "out", "--config", "shared.toml", "--import", "calls.jsonl"])).exits(0);
    assert!(place.path("shared.db").is_file() && !place.path("out").exists());
}

#[test]
fn replies_cannot_drive_the_terminal() {
    let place = Place::new();
    let hostile = "\u{1b}[2J\u{9b}31m\u{202e}";
    place.write("calls.jsonl", line(1, hostile, hostile));
    ran(&mut place.quarry(["ledger", "out", "--import", "calls.jsonl"])).exits(0);
    let harmful = |letter: char| (letter.is_control() && !"\n\t".contains(letter)) || letter == '\u{202e}';
    for arguments in
        [&[] as &[&str], &["--json"], &["--sql", "SELECT * FROM call"], &["--sql", "SELECT * FROM call", "--json"]]
    {
        let shown = ran(place.quarry(["ledger", "out"]).args(arguments)).exits(0);
        assert!(!shown.stdout.contains(harmful), "{:?}", shown.stdout);
    }
}
