//! Columns and rows of every format, as files that rewrite themselves.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::Value;

use super::{VARIANTS, counts, data_files, export, place, rows, schema};
use crate::golden::compare;
use crate::place::root;

/// Rows shown of each format: one of every answer type is among them.
const MOST_ROWS: usize = 14;

#[test]
fn every_format_writes_its_columns_and_rows() {
    let place = place();
    let mut difference = String::new();
    for (name, arguments) in VARIANTS {
        export(&place, name, arguments).exits(0);
        let (folder, expected) = (place.path(name), root().join("tests/golden/export").join(name));
        std::fs::create_dir_all(&expected).unwrap();
        let files = data_files(&folder);
        if files[0].extension().is_some_and(|end| end == "parquet") {
            compare(&expected.join("schema.txt"), &schema(&files[0]), &mut difference);
        }
        let mut shown = String::new();
        for row in rows(&folder).into_iter().take(MOST_ROWS) {
            writeln!(shown, "{}", Value::Object(row)).unwrap();
        }
        compare(&expected.join("rows.jsonl"), &shown, &mut difference);
        let left_out = &counts(&folder)["rows"]["left_out_by_answer_type"];
        let left_out = serde_json::to_string_pretty(left_out).unwrap() + "\n";
        compare(&expected.join("left_out.json"), &left_out, &mut difference);
    }
    assert!(difference.is_empty(), "if that is meant, run with QUARRY_UPDATE_GOLDEN=1\n{difference}");
}

#[test]
fn every_golden_folder_belongs_to_a_format_and_every_format_has_one() {
    let entries = root().join("tests/golden/export").read_dir().unwrap().map(|entry| entry.unwrap());
    let folders = entries.filter(|entry| entry.path().is_dir());
    let folders: BTreeSet<String> = folders.map(|entry| entry.file_name().into_string().unwrap()).collect();
    assert_eq!(folders, VARIANTS.iter().map(|(name, _)| (*name).to_owned()).collect());
}
