//! Decisions and reasons are datatrove's wherever its words are handed in.
//!
//! `parity/` holds what `benches/peers/filters_python.py` wrote of texts of `sample-data` (their licences stand there), some
//! as they are and some made strange. The same comparison runs over any number of documents as `benches/quality.rs`.

use std::io::Read as _;

use quarry_engine::operator::Params;
use serde_json::{Value, json};

use super::{DEF, GivenTokens, QualityJudge, QualityRules, Tokens};

/// Sets of rules by datatrove's blocks: name, `rules`, `needs_line_end`.
const BLOCKS: [(&str, &[&str], bool); 6] = [
    ("gopher_repetition", &["gopher_repetition"], false),
    ("gopher_quality", &["gopher_quality"], false),
    ("c4", &["c4"], true),
    ("c4_any_end", &["c4"], false),
    ("fineweb", &["fineweb"], false),
    ("chain", &["gopher_repetition", "gopher_quality", "c4", "fineweb"], false),
];

fn rows() -> Vec<Value> {
    let packed = include_bytes!("parity/datatrove-0.10.1.jsonl.gz");
    let mut text = String::new();
    flate2::read::GzDecoder::new(packed.as_slice()).read_to_string(&mut text).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn count(number: &Value) -> usize {
    usize::try_from(number.as_u64().unwrap_or_default()).unwrap()
}

fn given(row: &Value, block: &str) -> GivenTokens {
    let lines = if block == "c4" { "c4" } else { "c4_any_end" };
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    GivenTokens {
        words: list(&row["words"]).iter().map(|word| word.as_str().unwrap().to_owned()).collect(),
        num_sentences: list(&row["sentences"][lines]).iter().map(count).collect(),
        num_words_left: count(&row["num_words_left"]),
    }
}

#[test]
fn decisions_and_reasons_are_those_of_datatrove_with_its_words() {
    let (rows, mut reasons) = (rows(), std::collections::BTreeSet::new());
    assert!(rows.len() > 300, "{} rows", rows.len());
    for (block, sets, needs_end) in BLOCKS {
        let mut params = Params::defaults(DEF.params);
        params.set("rules", json!(sets));
        params.set("needs_line_end", json!(needs_end));
        let rules = QualityRules::new(&params).unwrap();
        let mut judge = QualityJudge::new(&rules);
        for row in &rows {
            let given = given(row, block);
            let found = judge.judge(row["text"].as_str().unwrap(), Tokens::Given(&given));
            let found = found.map(|broken| broken.reason);
            assert_eq!(found, row["decided"][block].as_str(), "{block} on {}", row["id"]);
            reasons.extend(found);
        }
    }
    assert!(reasons.len() >= 28, "only {reasons:?}");
}
