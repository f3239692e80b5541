//! The bytes of an export: the same each time, in shards that fit together, and all or nothing.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::{VARIANTS, data_files, export, place, rows, schema};

/// Every file below a directory.
fn bytes(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(below) = folders.pop() {
        for entry in below.read_dir().unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => folders.push(path),
                false => {
                    drop(files.insert(path.strip_prefix(folder).unwrap().to_owned(), std::fs::read(&path).unwrap()))
                }
            }
        }
    }
    files
}

#[test]
fn the_same_export_twice_has_the_same_bytes() {
    let place = place();
    for (name, arguments) in VARIANTS {
        let again = format!("{name}-again");
        export(&place, name, arguments).exits(0);
        export(&place, &again, arguments).exits(0);
        assert_eq!(bytes(&place.path(name)), bytes(&place.path(&again)), "{name}");
    }
}

#[test]
fn shards_have_the_same_columns_and_the_rows_of_one_file() {
    let place = place();
    for (name, arguments) in VARIANTS {
        let sharded: Vec<&str> = arguments.iter().copied().chain(["--shard-rows", "3"]).collect();
        let ran = export(&place, "sharded", &[&sharded[..], &["--force"]].concat());
        if ran.code == Some(2) {
            ran.tells(&["--shard-rows", "one file"]);
            continue;
        }
        ran.exits(0);
        export(&place, "whole", &[arguments, &["--force"]].concat()).exits(0);
        let (sharded, whole) = (place.path("sharded"), place.path("whole"));
        let files = data_files(&sharded);
        let num_rows = rows(&whole).len();
        assert_eq!(files.len(), num_rows.div_ceil(3), "{name}");
        assert_eq!(rows(&sharded), rows(&whole), "{name}");
        let last = files.last().unwrap().file_name().unwrap().to_str().unwrap().to_owned();
        let number = files.len();
        assert!(last.starts_with(&format!("train-{:05}-of-{number:05}.", number - 1)), "{last}");
        if last.ends_with(".parquet") {
            assert!(files.iter().all(|file| schema(file) == schema(&files[0])), "{name}");
        }
    }
}

#[test]
fn a_directory_that_holds_anything_else_is_left_alone() {
    let place = place();
    place.write("mine/thesis.txt", "years of work");
    export(&place, "mine", &["--format", "sft"]).exits(2).tells(&["not empty"]);
    export(&place, "mine", &["--format", "sft", "--force"]).exits(2).tells(&["export.json"]);
    export(&place, "out", &["--format", "sft", "--force"]).exits(2).tells(&["not empty"]);
    assert_eq!(std::fs::read_to_string(place.path("mine/thesis.txt")).unwrap(), "years of work");
    export(&place, "ours", &["--format", "sft"]).exits(0);
    export(&place, "ours", &["--format", "verl"]).exits(2).tells(&["--force"]);
    export(&place, "ours", &["--format", "verl", "--force"]).exits(0);
    assert!(place.path("ours/reward.py").is_file() && !place.path("ours/data/train.jsonl").exists());
}

#[test]
fn an_export_that_fails_leaves_nothing_behind() {
    let place = place();
    let before = bytes(&place.path(""));
    export(&place, "sub/none", &["--format", "sft", "--select", "domain = 'no such domain'"])
        .exits(2)
        .tells(&["24 not_selected", "nothing was written"]);
    assert!(!place.path("sub/none").exists());
    assert_eq!(bytes(&place.path("")), before);
}
