//! `quarry answers`, and the `reward.py` that it prints and every run writes.

use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::dataset::rows;
use crate::place::{Place, ran, root};

fn lines_of_json(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn one_reply_is_checked_by_flags() {
    let place = Place::new();
    let check = |flags: &[&str]| ran(place.quarry(["answers", "check"]).args(flags));
    let shown = check(&["--gold", "-3", "--reply", "so \\boxed{-3}"]).exits(0);
    let expected = json!({ "verdict": "correct", "reason": null, "extracted": "-3" });
    assert_eq!(lines_of_json(&shown.stdout), [expected]);
    let spec = r#"{"type":"integer","value":"5"}"#;
    check(&["--spec", spec, "--reply", "six"]).exits(0).prints(&["incorrect", "different_value"]);
    check(&["--spec", "{}", "--reply", "six"]).exits(2).tells(&["answer spec"]);
    check(&["--gold", "5", "--answer-type", "number", "--reply", "5"])
        .exits(2)
        .tells(&["`number`", "integer, decimal"]);
    check(&["--reply", "5"]).exits(2).tells(&["spec", "gold"]);
    check(&["none.jsonl"]).exits(7).tells(&["none.jsonl"]);
    check(&["none.jsonl", "--reply", "5"]).exits(2);
}

#[test]
fn lines_keep_their_place_and_mistakes_are_named() {
    let place = Place::new();
    let spec = r#"{\"type\":\"boolean\",\"value\":true}"#;
    let lines = [
        r#"{"id": "a", "gold": "1990", "answer_type": "date", "reply": "Answer: 1990", "more": 1}"#.to_owned(),
        format!(r#"{{"id": 2, "spec": "{spec}", "reply": "<answer>no</answer>"}}"#),
        r#"{"id": 3, "gold": "because it had always been like that, in a way that no one knew", "reply": "x"}"#
            .to_owned(),
        "no json".to_owned(),
        r#"{"id": 5, "gold": "Rome"}"#.to_owned(),
        r#"{"id": 6, "gold": 12, "answer": "a dozen", "reply": "twelve"}"#.to_owned(),
        r#"{"id": 7, "gold": ["red", "blue"], "answer_type": "set", "reply": "blue and red"}"#.to_owned(),
    ];
    place.write("cases.jsonl", lines.join("\n"));
    let ran = ran(&mut place.quarry(["answers", "check", "cases.jsonl"])).exits(7);
    let answered = lines_of_json(&ran.stdout);
    let column = |name: &str| answered.iter().map(|line| line[name].clone()).collect::<Vec<_>>();
    assert_eq!(column("id"), [json!("a"), json!(2), json!(3), Value::Null, json!(5), json!(6), json!(7)]);
    assert_eq!(column("verdict"), ["correct", "incorrect", "unknown", "unknown", "unknown", "correct", "correct"]);
    assert_eq!(column("reason")[2..5], ["freeform", "malformed_line", "no_reply"]);
    ran.tells(&["3 of 7 lines", "cases.jsonl:3"]);
}

#[test]
fn raw_answers_get_their_type_or_a_reason() {
    let place = Place::new();
    place.write(
        "golds.jsonl",
        "{\"id\":1,\"gold\":\"12 km\",\"question\":\"How far?\"}\n\n{\"id\":2,\"answer\":\"about 5\"}\n",
    );
    let shown = ran(&mut place.quarry(["answers", "infer", "golds.jsonl"])).exits(0);
    let inferred = lines_of_json(&shown.stdout);
    assert_eq!(inferred[0]["answer_type"], "quantity");
    assert_eq!(inferred[0]["spec"]["type"], "quantity");
    assert_eq!((&inferred[1]["spec"], &inferred[1]["reason"]), (&Value::Null, &json!("hedged")));
    ran(&mut place.quarry(["answers", "infer", "--gold", "yes"])).exits(0).prints(&["boolean"]);
}

#[test]
fn a_dataset_of_pairs_brings_the_code_that_checks_it() {
    let place = Place::with_recipe(
        "[recipe]\nname = \"distinct\"\nrows = \"pairs\"\n[[stage]]\nname = \"distinct\"\nop = \"exact_dedup\"\n",
    );
    place.write("a.jsonl", "{\"question\": \"How many?\", \"answer\": \"4\"}\n");
    place.run_recipe(&["-i", "a.jsonl"]).exits(0);
    let printed = ran(&mut place.quarry(["answers", "reward"])).exits(0).stdout;
    assert_eq!(std::fs::read_to_string(place.path("out/reward.py")).unwrap(), printed);
    let manifest: Value = serde_json::from_slice(&std::fs::read(place.path("out/manifest.json")).unwrap()).unwrap();
    assert_eq!(manifest["companions"][0]["path"], "reward.py");
    assert_eq!(manifest["companions"][0]["num_bytes"], printed.len());
}

#[test]
fn reward_py_scores_the_answers_of_a_dataset_and_no_others() {
    if Command::new("python3").arg("--version").output().is_err() {
        #[expect(clippy::print_stderr, reason = "what is left out is said")]
        {
            eprintln!("SKIPPED: python3 is not installed, so reward.py was not run");
        }
        return;
    }
    let place = Place::with_default_recipe();
    let input = root().join("tests/golden/cloze/input.jsonl");
    place.run_recipe(&["-i", input.to_str().unwrap()]).exits(0);
    let pairs = rows(&place.path("out"), "data");
    let cases: Vec<String> = pairs
        .iter()
        .enumerate()
        .flat_map(|(idx, pair)| {
            let other = &pairs[(idx + 1) % pairs.len()]["answer"];
            [&pair["answer"], other].map(|reply| json!({ "spec": pair["answer_spec"], "reply": reply }).to_string())
        })
        .collect();
    let cases = place.write("cases.jsonl", cases.join("\n"));
    let output = Command::new("python3")
        .arg(place.path("out/reward.py"))
        .stdin(std::fs::File::open(cases).unwrap())
        .stderr(Stdio::inherit())
        .output()
        .unwrap();
    let verdicts: Vec<Value> = lines_of_json(&String::from_utf8(output.stdout).unwrap());
    assert_eq!(verdicts.len(), 2 * pairs.len());
    assert!(verdicts.iter().step_by(2).all(|judged| judged["verdict"] == "correct"), "{verdicts:?}");
    let others = verdicts.iter().skip(1).step_by(2).filter(|judged| judged["verdict"] == "correct").count();
    assert!(others * 10 <= pairs.len(), "{others} of {} answers of another pair were accepted", pairs.len());
}
