//! Near-duplicates through the whole program: run by run as all at once, and the same bytes however fast.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use crate::dataset::{FOLDERS, rows};
use crate::place::{Place, ran};

/// A text of sixty words of its group; the second form differs in the last word, the third in much.
fn text(group: usize, form: usize) -> String {
    let word = |idx: usize| match (form, idx) {
        (1, 59) => "changed".to_owned(),
        (2, 10 | 25 | 40 | 55) => format!("other{idx}"),
        _ => format!("word{group}x{idx}"),
    };
    (0..60).map(word).collect::<Vec<_>>().join(" ")
}

fn documents(name: &str, groups: std::ops::Range<usize>) -> String {
    let mut lines = String::new();
    for group in groups {
        for form in 0..3 {
            if (group + form) % 4 != 0 {
                let row = json!({ "id": format!("{name}{group}-{form}"), "text": text(group, form) });
                writeln!(lines, "{row}").unwrap();
            }
        }
    }
    lines
}

fn pairs(name: &str, groups: std::ops::Range<usize>) -> String {
    let mut lines = String::new();
    for group in groups {
        let questions = [
            format!("In which year was the tall stone bridge over the river number {group} opened to the public?"),
            format!("When was the stone bridge over river number {group} opened?"),
            format!("Who paid for the town hall that stands beside the church of village {group}?"),
        ];
        for (form, question) in questions.iter().enumerate().filter(|(form, _)| (group + form) % 4 != 0) {
            let answer = if form == 2 { "the king" } else { "1905" };
            let (id, doc_id) = (format!("{name}{group}-{form}"), format!("d{group}"));
            let row = json!({ "id": id, "doc_id": doc_id, "question": question, "answer": answer });
            writeln!(lines, "{row}").unwrap();
        }
    }
    lines
}

/// Which rows of the second part stay, and why the others go.
fn fates(place: &Place, out: &str, id: &str) -> Vec<String> {
    let text = |row: &Map<String, Value>, name: &str| row[name].as_str().unwrap_or_default().to_owned();
    let of_second = |row: &Map<String, Value>, name: &str| text(row, name).starts_with("second");
    let out = place.path(out);
    let mut found: Vec<String> =
        rows(&out, "data").iter().filter(|row| of_second(row, id)).map(|row| text(row, id)).collect();
    assert!(!found.is_empty());
    let rejects = rows(&out, "rejects");
    let gone = rejects.iter().filter(|row| of_second(row, "row_id"));
    found.extend(gone.map(|row| ["row_id", "reason", "detail"].map(|name| text(row, name)).join(" ")));
    found
}

fn dedup(place: &Place, arguments: &[&str]) {
    ran(place.quarry(["dedup"]).args(arguments)).exits(0);
}

#[test]
fn run_by_run_gives_what_one_run_gives() {
    for (make, id) in [(documents as fn(&str, std::ops::Range<usize>) -> String, "doc_id"), (pairs, "id")] {
        let place = Place::new();
        place.write("1.jsonl", make("first", 0..30));
        place.write("2.jsonl", make("second", 15..45));
        dedup(&place, &["1.jsonl", "--out", "first"]);
        dedup(&place, &["2.jsonl", "--out", "second", "--against", "first"]);
        dedup(&place, &["1.jsonl", "2.jsonl", "--out", "both"]);
        let (second, both) = (fates(&place, "second", id), fates(&place, "both", id));
        assert_eq!(second, both);
        let num_gone = |what: &str| second.iter().filter(|fate| fate.contains(what)).count();
        assert!(
            num_gone("near_duplicate_of first") > 5
                && num_gone("near_duplicate_of second") + num_gone("same_fact second") > 5
        );
        assert_eq!(num_gone("same_fact first") > 0, id == "id", "{second:?}");
    }
}

#[test]
fn a_dataset_of_another_threshold_cannot_be_compared_with() {
    let place = Place::new();
    place.write("1.jsonl", documents("first", 0..5));
    dedup(&place, &["1.jsonl", "--out", "first"]);
    let again = ["dedup", "1.jsonl", "--out", "second", "--against", "first", "--threshold", "0.7"];
    ran(&mut place.quarry(again)).exits(2).tells(&["no signatures of `near_dedup/1`"]);
}

#[test]
fn threads_batches_and_units_change_no_byte() {
    let place = Place::new();
    place.write("1.jsonl", documents("first", 0..300));
    let mut expected: Option<Vec<(String, Vec<u8>)>> = None;
    for (threads, batch_rows, unit_rows) in [(1, 64, 10_000), (2, 1024, 10_000), (2, 7, 100)] {
        let config = format!("[run]\nthreads = {threads}\nbatch_rows = {batch_rows}\nunit_rows = {unit_rows}\n");
        place.write("config.toml", config);
        let out = format!("out-{batch_rows}");
        dedup(&place, &["1.jsonl", "--out", &out, "--config", "config.toml"]);
        let mut found = Vec::new();
        for folder in FOLDERS.into_iter().chain(["signatures"]).filter(|name| place.path(&out).join(name).exists()) {
            for entry in place.path(&out).join(folder).read_dir().unwrap() {
                let path = entry.unwrap().path();
                found.push((format!("{folder}/{}", path.file_name().unwrap().display()), std::fs::read(path).unwrap()));
            }
        }
        found.sort();
        assert!(found.iter().any(|(name, _)| name == "signatures/dedup.parquet"));
        match &expected {
            None => expected = Some(found),
            Some(expected) => assert!(*expected == found, "other bytes with {threads} threads"),
        }
    }
}
