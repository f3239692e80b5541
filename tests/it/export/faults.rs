//! Mistakes and damage: each is told in words that say what to do, before anything is written.

use super::{export, lines, place, place_of};
use crate::place::{FILTERS, Place, ran};

#[test]
fn only_a_finished_dataset_is_exported() {
    let place = place();
    std::fs::remove_file(place.path("out/manifest.json")).unwrap();
    export(&place, "x", &["--format", "sft"]).exits(7).tells(&["manifest.json", "no finished dataset", "quarry run"]);
    ran(&mut place.quarry(["export", "nowhere", "--to", "x", "--format", "sft"])).exits(7).tells(&["nowhere"]);
}

#[test]
fn files_that_are_not_those_of_the_manifest_are_refused() {
    let place = place();
    let file = "out/data/train-00001-of-00002.parquet";
    let mut bytes = std::fs::read(place.path(file)).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    place.write(file, &bytes);
    export(&place, "x", &["--format", "sft"]).exits(7).tells(&["train-00001-of-00002.parquet", "not those"]);
    bytes.pop();
    place.write(file, &bytes);
    export(&place, "x", &["--format", "sft"]).exits(7).tells(&["train-00001-of-00002.parquet", "bytes"]);
    std::fs::remove_file(place.path(file)).unwrap();
    export(&place, "x", &["--format", "sft"]).exits(7).tells(&["train-00001-of-00002.parquet", "lists it"]);
    assert!(!place.path("x").exists());
}

#[test]
fn a_pair_without_its_document_is_told_where_texts_are_wanted() {
    let documents = lines("documents.jsonl");
    let place = place_of(&lines("pairs.jsonl"), documents.get(..3).unwrap());
    export(&place, "x", &["--format", "webscale-rl"]).exits(7).tells(&["a pair's document is not there"]);
    export(&place, "x", &["--format", "sft"]).exits(0);
}

#[test]
fn a_spec_of_another_version_is_left_out_where_it_is_scored() {
    let mut pairs = lines("pairs.jsonl");
    pairs[0]["answer_spec"] = r#"{"type":"riddle","value":"1884"}"#.into();
    let place = place_of(&pairs, &lines("documents.jsonl"));
    export(&place, "x", &["--format", "verl"]).exits(0).prints(&["24 rows in, 23 out", "spec_unreadable: date 1"]);
    export(&place, "y", &["--format", "webscale-rl"]).exits(0).prints(&["24 rows in, 24 out"]);
}

#[test]
fn a_file_that_the_manifest_does_not_list_is_not_read() {
    let place = place();
    std::fs::copy(
        place.path("out/data/train-00000-of-00002.parquet"),
        place.path("out/data/train-00002-of-00003.parquet"),
    )
    .unwrap();
    export(&place, "x", &["--format", "sft"]).exits(0).prints(&["24 rows in, 24 out"]);
}

#[test]
fn a_dataset_without_pairs_is_told() {
    let place = Place::with_recipe(FILTERS);
    place.write("a.jsonl", "{\"text\": \"short\"}\n");
    place.run_recipe(&["-i", "a.jsonl"]).exits(0);
    export(&place, "x", &["--format", "sft"]).exits(2).tells(&["`out` holds documents and no pairs"]);
}

#[test]
fn predicates_are_checked_before_any_row_is_read() {
    let place = place();
    for (predicate, parts) in [
        ("domian = 'Math'", ["no column `domian`", "did you mean `domain`?"]),
        ("zebra > 1", ["no column `zebra`", "`answer_type`"]),
        ("question", ["--select", "not true or false"]),
        ("domain = ", ["--select", ""]),
        ("random() < 0.5", ["another value each time", ""]),
    ] {
        export(&place, "x", &["--format", "sft", "--select", predicate]).exits(2).tells(&parts);
    }
    assert!(!place.path("x").exists());
}

#[test]
fn what_the_trainers_scorer_could_not_read_is_refused_unless_ours_scores() {
    let place = place();
    let cases: [(&[&str], &[&str]); 13] = [
        (&["--format", "trl", "--data-source", "s"], &["--data-source", "trl"]),
        (
            &["--format", "trl", "--answer-format", "hash4"],
            &["cannot read `--answer-format hash4`", "--with-reward-file"],
        ),
        (&["--format", "nemo-rl", "--with-reward-file"], &["takes no reward file"]),
        (&["--format", "open-instruct", "--answer-format", "hash4"], &["boxed, answer-tag"]),
        (&["--format", "verl", "--plain", "--data-source", "quarry"], &["no data source `quarry`", "`searchR1_*`"]),
        (&["--format", "verifiers", "--plain"], &["no stock scorer"]),
        (&["--format", "verifiers", "--data-source", "123"], &["no name of a Python package"]),
        (&["--format", "sft", "--with-reward-file"], &["no scorer"]),
        (&["--format", "trl", "--gym"], &["--gym"]),
        (&["--format", "openai-batch"], &["--model"]),
        (&["--format", "sft", "--model", "m"], &["--model"]),
        (&["--format", "sft", "--tokenizer", "t.json"], &["--max-prompt-tokens"]),
        (&["--format", "trl", "--plain", "--with-reward-file"], &["cannot be used with"]),
    ];
    for (arguments, parts) in cases {
        export(&place, "x", arguments).exits(2).tells(parts);
        assert!(!place.path("x").exists(), "{arguments:?}");
    }
    export(&place, "x", &["--format", "trl", "--answer-format", "hash4", "--with-reward-file"]).exits(0);
    export(&place, "y", &["--format", "tlr"]).exits(2).tells(&["trl"]);
}
