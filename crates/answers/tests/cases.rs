//! Two test sets, each written before the checker was tuned and not edited since: no wrong answer may be accepted, and
//! at least nine in ten right ones must be. The checker was tuned on `cases/`; those who tuned it did not read `unseen/`.
//!
//! `QUARRY_ANSWER_CASES` names another folder of the same form to run instead.
#![expect(
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a test says what it found, and may be told what to run"
)]

use std::collections::BTreeMap;
use std::error::Error;
use std::path::{Path, PathBuf};

use quarry_answers::{AnswerSpec, Verdict, infer, judge};
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    id: String,
    #[serde(default)]
    question: String,
    gold: Option<String>,
    spec: Option<Value>,
    reply: String,
    expect: Expect,
    #[serde(default)]
    note: String,
}

#[derive(Deserialize, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Expect {
    Correct,
    Incorrect,
}

/// What became of the cases of one file.
#[derive(Default)]
struct Tally {
    right: u32,
    accepted: u32,
    undecided: u32,
    wrong: u32,
    wrongly_accepted: u32,
    wrong_undecided: u32,
}

#[test]
fn no_wrong_answer_of_the_unseen_set_is_accepted_and_nine_in_ten_right_ones_are() -> Result<(), Box<dyn Error>> {
    tally(&PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/unseen"))
}

#[test]
fn no_wrong_answer_is_accepted_and_nine_in_ten_right_ones_are() -> Result<(), Box<dyn Error>> {
    let folder = match std::env::var("QUARRY_ANSWER_CASES") {
        Ok(folder) => PathBuf::from(folder),
        Err(_) => PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/cases"),
    };
    tally(&folder)
}

fn tally(folder: &Path) -> Result<(), Box<dyn Error>> {
    let mut tallies: BTreeMap<String, Tally> = BTreeMap::new();
    for entry in folder.read_dir()? {
        let path = entry?.path();
        let name = path.file_stem().and_then(|stem| stem.to_str()).ok_or("a file without a name")?.to_owned();
        for line in std::fs::read_to_string(&path)?.lines().filter(|line| !line.trim().is_empty()) {
            let case: Case = serde_json::from_str(line).map_err(|error| format!("{name}: {error}: {line}"))?;
            count(&case, tallies.entry(name.clone()).or_default());
        }
    }
    report(&tallies)
}

fn count(case: &Case, tally: &mut Tally) {
    let verdict = verdict_on(case);
    if case.expect == Expect::Correct {
        tally.right += 1;
        match verdict {
            Ok(Verdict::Correct) => tally.accepted += 1,
            Ok(Verdict::Unknown { .. }) => tally.undecided += 1,
            _ => {}
        }
    } else {
        tally.wrong += 1;
        match verdict {
            Ok(Verdict::Correct) => tally.wrongly_accepted += 1,
            Ok(Verdict::Unknown { .. }) => tally.wrong_undecided += 1,
            _ => {}
        }
    }
    let as_expected = (verdict == Ok(Verdict::Correct)) == (case.expect == Expect::Correct);
    if !as_expected {
        let gold = case.gold.clone().or_else(|| case.spec.as_ref().map(Value::to_string)).unwrap_or_default();
        eprintln!("{}: {gold:?} ? {:?}: {verdict:?} ({})", case.id, case.reply, case.note);
    }
}

/// The verdict, or why the gold got no spec.
fn verdict_on(case: &Case) -> Result<Verdict, String> {
    let spec = match (&case.spec, &case.gold) {
        (Some(spec), _) => AnswerSpec::from_json(&spec.to_string()).map_err(|error| error.to_string())?,
        (None, Some(gold)) => infer(gold, &case.question).map_err(|error| error.to_string())?,
        (None, None) => return Err("neither spec nor gold".to_owned()),
    };
    Ok(judge(&spec, &case.reply).verdict)
}

fn report(tallies: &BTreeMap<String, Tally>) -> Result<(), Box<dyn Error>> {
    let sum = |field: fn(&Tally) -> u32| tallies.values().map(field).sum::<u32>();
    let total = Tally {
        right: sum(|tally| tally.right),
        accepted: sum(|tally| tally.accepted),
        undecided: sum(|tally| tally.undecided),
        wrong: sum(|tally| tally.wrong),
        wrongly_accepted: sum(|tally| tally.wrongly_accepted),
        wrong_undecided: sum(|tally| tally.wrong_undecided),
    };
    eprintln!("type          right accepted unknown   wrong accepted unknown");
    for (name, tally) in tallies.iter().map(|(name, tally)| (name.as_str(), tally)).chain([("all", &total)]) {
        eprintln!(
            "{name:12} {:6} {:8} {:7} {:7} {:8} {:7}",
            tally.right, tally.accepted, tally.undecided, tally.wrong, tally.wrongly_accepted, tally.wrong_undecided
        );
    }
    assert!(total.right + total.wrong >= 400, "the set is too small to show anything");
    assert_eq!(total.wrongly_accepted, 0, "wrong answers were accepted");
    assert!(f64::from(total.accepted) >= 0.9 * f64::from(total.right), "too few right answers were accepted");
    Ok(())
}
