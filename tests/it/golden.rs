//! Recipes over small inputs, and every row that comes out of them, as text that rewrites itself.
//!
//! A case is a folder of `tests/golden`, described there. `QUARRY_UPDATE_GOLDEN=1` writes what was found over what was
//! expected.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use crate::dataset::{assert_conserved, counts, rows};
use crate::place::{Place, Ran, ran, root, setting};

/// Every case; a folder that is not here fails a test.
const CASES: [&str; 5] = ["broken_rows", "cloze", "filters", "mapped_columns", "routing"];

/// What any edit of a recipe, bank or model changes, and no reader of a diff can judge.
const VOLATILE: [&str; 5] = ["id", "recipe", "prompt_hash", "request_hash", "row_id"];

/// Lines of a file that are shown where they differ; the diff after a rewrite shows all.
const MOST_LINES_SHOWN: usize = 5;

#[test]
fn filters_refuse_each_kind_of_bad_document_and_keep_the_first_of_equal_ones() {
    check("filters");
}

#[test]
fn the_default_recipe_asks_for_facts_of_real_documents() {
    check("cloze");
}

#[test]
fn rows_go_where_they_are_wanted_and_those_nobody_wants_are_unrouted() {
    check("routing");
}

#[test]
fn rows_that_cannot_be_read_are_rejected_one_by_one() {
    check("broken_rows");
}

#[test]
fn columns_are_read_from_the_fields_that_the_config_names() {
    check("mapped_columns");
}

#[test]
fn every_folder_of_golden_cases_is_run() {
    let entries = root().join("tests/golden").read_dir().unwrap().map(|entry| entry.unwrap());
    // Exports have cases of their own.
    let folders = entries.filter(|entry| entry.path().is_dir() && entry.file_name() != "export");
    let folders: BTreeSet<String> = folders.map(|entry| entry.file_name().into_string().unwrap()).collect();
    assert_eq!(folders, CASES.iter().map(|case| (*case).to_owned()).collect());
}

fn check(case: &str) {
    let folder = root().join("tests/golden").join(case);
    let place = match std::fs::read_to_string(folder.join("recipe.toml")) {
        Ok(recipe) => Place::with_recipe(&recipe),
        Err(_) => Place::with_default_recipe(),
    };
    run(&place, &folder).exits(0);
    let out = place.path("out");
    let found_counts = counts(&out);
    assert_conserved(&out, found_counts["documents"]["num_in"].as_u64().unwrap());
    let accepted = text_of(&out, &["documents", "data"]);
    let rejected = text_of(&out, &["rejects", "failures"]);
    let found_counts = serde_json::to_string_pretty(&found_counts).unwrap() + "\n";
    let files = [("accepted.jsonl", accepted), ("rejected.jsonl", rejected), ("counts.json", found_counts)];
    let mut difference = String::new();
    for (name, found) in files {
        compare(&folder.join(name), &found, &mut difference);
    }
    assert!(difference.is_empty(), "{case} differs; if that is meant, run with QUARRY_UPDATE_GOLDEN=1\n{difference}");
}

fn run(place: &Place, folder: &Path) -> Ran {
    for entry in folder.read_dir().unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if name.starts_with("input.") {
            place.write(name, std::fs::read(&path).unwrap());
        }
    }
    let mut command = place.quarry(["run", "pipeline/recipes/recipe.toml", "--input", "input.*", "--out", "out"]);
    let config: PathBuf = folder.join("config.toml");
    if config.is_file() {
        command.arg("--config").arg(config);
    }
    ran(&mut command)
}

/// The rows of these folders, one a line.
fn text_of(out: &Path, folders: &[&str]) -> String {
    let mut text = String::new();
    for row in folders.iter().flat_map(|folder| rows(out, folder)) {
        writeln!(text, "{}", Value::Object(steady(row))).unwrap();
    }
    text
}

/// A row without nulls and without what changes with every edit of `pipeline/`.
fn steady(mut row: Map<String, Value>) -> Map<String, Value> {
    // Only a pair's id holds the hash of the recipe.
    let names_a_pair = row.get("level").is_some_and(|level| level == "pair");
    if names_a_pair && row["reason"] == "duplicate_of" {
        row.insert("detail".to_owned(), "(an earlier pair)".into());
    }
    row.retain(|key, value| !value.is_null() && !VOLATILE.contains(&key.as_str()));
    for value in row.values_mut() {
        if let Value::Object(inner) = value {
            inner.retain(|key, value| !value.is_null() && !VOLATILE.contains(&key.as_str()));
        }
    }
    row
}

/// Compares a file with what was found, or rewrites it.
pub(crate) fn compare(path: &Path, found: &str, difference: &mut String) {
    if setting("QUARRY_UPDATE_GOLDEN").is_some() {
        std::fs::write(path, found).unwrap();
        return;
    }
    let expected = std::fs::read_to_string(path).unwrap_or_default();
    if found == expected {
        return;
    }
    writeln!(difference, "{}", path.strip_prefix(root()).unwrap().display()).unwrap();
    let (found, expected): (Vec<&str>, Vec<&str>) = (found.lines().collect(), expected.lines().collect());
    let differs = |idx: &usize| found.get(*idx) != expected.get(*idx);
    let different: Vec<usize> = (0..found.len().max(expected.len())).filter(differs).collect();
    for idx in different.iter().take(MOST_LINES_SHOWN) {
        for (sign, line) in [("-", expected.get(*idx)), ("+", found.get(*idx))] {
            if let Some(line) = line {
                writeln!(difference, "  {sign}{}: {line}", idx + 1).unwrap();
            }
        }
    }
    let num_more = different.len().saturating_sub(MOST_LINES_SHOWN);
    writeln!(difference, "  and {num_more} more lines").unwrap();
}
