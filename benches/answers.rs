//! How fast is a reply checked? The test set by type, and replies of 50,000 characters made to be slow.
//!
//! One thread. `cargo bench --bench answers`; what other checkers take is in `peers/math_verify.py`.

use std::path::Path;

use divan::Bencher;
use divan::counter::{CharsCount, ItemsCount};
use quarry_answers::{AnswerSpec, MAX_REPLY_CHARS, infer, judge};
use serde_json::Value;

const TYPES: &[&str] = &[
    "integer",
    "decimal",
    "quantity",
    "percentage",
    "fraction",
    "boolean",
    "choice",
    "string",
    "date",
    "list",
    "set",
    "expression",
];

/// What a long reply repeats, and the gold answer that it is checked against.
const LONG: &[(&str, &str)] = &[
    ("(", "x^2 + 1"),
    ("{", "x^2 + 1"),
    ("\\boxed{", "42"),
    ("\\boxed{7}", "42"),
    ("\\boxed{7 ", "42"),
    ("<answer>", "Paris"),
    ("<answer>a</answer>", "Paris"),
    ("#### 7\n", "42"),
    ("Answer:\n", "Paris"),
    ("Answer: é\n", "Paris"),
    ("ﷺ", "Paris"),
    ("a\u{301}\u{301}\u{301}", "Paris"),
    ("1,", "1, 2, 3"),
    ("and ", "red, green and blue"),
    ("9", "42"),
    ("x^", "x^2 + 1"),
    (" ", "42"),
    ("the quick brown fox ", "Paris"),
];

fn main() {
    divan::main();
}

/// Specs and replies of one file of the test set; golds that get no spec are left out.
fn cases(name: &str) -> Vec<(AnswerSpec, String)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(name).with_extension("jsonl");
    let text = std::fs::read_to_string(path).unwrap_or_default();
    text.lines().filter_map(|line| serde_json::from_str(line).ok()).filter_map(|case| read_case(&case)).collect()
}

fn read_case(case: &Value) -> Option<(AnswerSpec, String)> {
    let question = case.get("question").and_then(Value::as_str).unwrap_or_default();
    let spec = match (case.get("spec"), case.get("gold").and_then(Value::as_str)) {
        (Some(spec), _) => AnswerSpec::from_json(&spec.to_string()).ok()?,
        (None, gold) => infer(gold?, question).ok()?,
    };
    Some((spec, case.get("reply")?.as_str()?.to_owned()))
}

/// All replies of a type, one after the other; the figure that counts is replies a second.
#[divan::bench(args = TYPES)]
fn usual(bencher: Bencher, name: &str) {
    let cases = cases(name);
    assert!(!cases.is_empty(), "no cases of type `{name}`");
    bencher
        .counter(ItemsCount::new(cases.len()))
        .bench(|| cases.iter().filter(|(spec, reply)| judge(spec, reply).verdict.is_correct()).count());
}

/// A reply of that many characters of one kind, after a head and before a tail.
fn checked(bencher: Bencher, idx: usize, (head, num_chars, tail): (&str, usize, &str)) {
    let Some((unit, gold)) = LONG.get(idx) else { return };
    let spec = infer(gold, "Name them all.");
    assert!(spec.is_ok(), "{gold} is no gold answer");
    let Ok(spec) = spec else { return };
    let reply: String = head.chars().chain(unit.chars().cycle().take(num_chars)).chain(tail.chars()).collect();
    bencher.counter(CharsCount::of_str(&reply)).bench(|| judge(&spec, &reply));
}

/// The whole reply.
#[divan::bench(args = 0..LONG.len())]
fn longest_reply(bencher: Bencher, idx: usize) {
    checked(bencher, idx, ("", MAX_REPLY_CHARS, ""));
}

/// One answer that is marked, as long as answers are read.
#[divan::bench(args = 0..LONG.len())]
fn longest_answer(bencher: Bencher, idx: usize) {
    checked(bencher, idx, ("<answer>", 4_096, "</answer>"));
}
