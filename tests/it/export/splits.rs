//! Splits and selections: documents stay whole, and predicates are those of SQL.

use std::collections::{BTreeMap, BTreeSet};

use super::{counts, data_files, export, lines, place, rows};

#[test]
fn no_document_is_in_two_splits_and_no_row_is_lost() {
    let place = place();
    let text = |row: &serde_json::Value, name: &str| row[name].as_str().unwrap().to_owned();
    let documents: BTreeMap<String, String> =
        lines("pairs.jsonl").iter().map(|row| (text(row, "id"), text(row, "doc_id"))).collect();
    export(&place, "split", &["--format", "verl", "--split", "train=0.6,test=0.4"]).exits(0);
    let rows = rows(&place.path("split"));
    assert_eq!(rows.len(), documents.len());
    let mut splits: BTreeMap<&String, BTreeSet<String>> = BTreeMap::new();
    let mut next: BTreeMap<String, u64> = BTreeMap::new();
    for row in &rows {
        let (info, split) = (&row["extra_info"], text(&row["extra_info"], "split"));
        splits.entry(&documents[&text(info, "id")]).or_default().insert(split.clone());
        let index = next.entry(split).or_default();
        assert_eq!(info["index"].as_u64(), Some(*index), "indices count the rows of a split");
        *index += 1;
    }
    assert!(splits.values().all(|names| names.len() == 1), "{splits:?}");
    assert_eq!(next.len(), 2, "{next:?}");
    let counted = counts(&place.path("split"));
    for (split, number) in next {
        assert_eq!(counted["rows"]["by_split"][&split].as_u64(), Some(number));
    }
}

#[test]
fn splits_are_files_of_their_own_and_in_the_card() {
    let place = place();
    export(&place, "split", &["--format", "rllm", "--split", "train=0.6,test=0.4"]).exits(0);
    let names: Vec<String> = data_files(&place.path("split"))
        .iter()
        .map(|path| path.file_name().unwrap().to_str().unwrap().to_owned())
        .collect();
    assert_eq!(names, ["test.jsonl", "train.jsonl"]);
    let card = std::fs::read_to_string(place.path("split/README.md")).unwrap();
    assert!(card.contains("- split: test\n    path: data/test.jsonl"), "{card}");
    assert!(card.contains("Splits are drawn by document (seed 17)"), "{card}");
}

#[test]
fn a_split_without_rows_is_an_error() {
    let place = place();
    let arguments = ["--format", "sft", "--select", "doc_id = 'doc-code'", "--split", "train=0.5,test=0.5"];
    export(&place, "split", &arguments).exits(2).tells(&["no row falls into the split"]);
    export(&place, "split", &["--format", "sft", "--split", "train=0.5"]).exits(2).tells(&["add up to 0.5"]);
}

#[test]
fn rows_are_selected_by_sql_and_the_rest_is_counted() {
    let place = place();
    for (predicate, expected) in [
        ("domain = 'Math'", 6),
        ("answer_type IN ('integer', 'decimal') AND length(question) > 40", 4),
        // Neither true nor false is not selected.
        ("difficulty < 0.4", 8),
        ("difficulty IS NULL", 8),
        ("gen['model'] = 'cloze/3'", 24),
    ] {
        export(&place, "some", &["--format", "sft", "--select", predicate, "--force"]).exits(0);
        let counted = counts(&place.path("some"));
        assert_eq!(counted["rows"]["out"], expected, "{predicate}");
        let left_out = counted["rows"]["left_out"]["not_selected"].as_u64().unwrap_or_default();
        assert_eq!(left_out, 24 - expected, "{predicate}");
        assert_eq!(counted["options"]["select"], predicate);
    }
}

#[test]
fn prompts_that_may_be_too_long_are_left_out_and_counted() {
    let place = place();
    export(&place, "short", &["--format", "sft", "--max-prompt-tokens", "110"]).exits(0);
    let counted = counts(&place.path("short"));
    let rows = rows(&place.path("short"));
    let longest = rows.iter().map(|row| row["messages"][0]["content"].as_str().unwrap().len()).max().unwrap();
    assert!(longest <= 110 - 64, "{longest}");
    let left_out = counted["rows"]["left_out"]["prompt_too_long"].as_u64().unwrap();
    assert_eq!(left_out + rows.len() as u64, 24);
    // A tokenizer counts words, not bytes, so more rows fit.
    let tokenizer = crate::place::root().join("crates/onnx/tests/tiny/tokenizer.json");
    let tokenizer = tokenizer.to_str().unwrap();
    export(&place, "exact", &["--format", "sft", "--max-prompt-tokens", "110", "--tokenizer", tokenizer]).exits(0);
    assert!(super::rows(&place.path("exact")).len() > rows.len());
}
