use std::sync::Arc;

use arrow::util::display::array_value_to_string;
use quarry_answers::infer;
use quarry_engine::operator::Operator;
use quarry_llm::ErrorKind;

use super::{ADDS, DEF};
use crate::check::{batch, build, render};
use crate::scripted::{Scripted, decide_rows, said};

const TEXT: &str = "The Volga rises in the Valdai Hills. It is 3,530 km long.";
const QUESTION: &str = "How long is it, according to the text?";

fn table(objection: &str) -> String {
    let spec = infer("3,530 km", QUESTION).unwrap();
    let (kind, spec) = (spec.answer_type().as_str(), spec.to_json());
    format!(
        "question | answer | answer_type | answer_spec | text | evidence | evidence_start | evidence_end | gen_model | \
         gen_prompt | gen_request | objection
         {QUESTION} | 3,530 km | {kind} | {spec} | {TEXT} | It is 3,530 km long. | 37 | 57 | first-1b | p | r | {objection}"
    )
}

const OBJECTION: &str = "needs_document: it speaks of the text";

fn reply(question: &str, answer: &str, kind: &str, evidence: &str) -> String {
    serde_json::json!({
        "repairable": true, "question": question, "answer": answer, "answer_type": kind, "evidence": evidence,
    })
    .to_string()
}

/// The line of what was decided, without its columns, and the columns by name.
fn repair(model: &Arc<Scripted>, table: &str) -> (String, impl Fn(&str) -> String + use<>) {
    let Operator::Remote(remote) = build(&DEF, "", &model.resources()).unwrap() else { unreachable!() };
    let decided = decide_rows(remote.as_ref(), &batch(table));
    let fate = render(&decided).remove(0).split(" | ").next().unwrap().trim().to_owned();
    let cell = move |name: &str| {
        let at = ADDS.iter().position(|column| column.name == name).unwrap();
        array_value_to_string(&decided.columns[at], 0).unwrap()
    };
    (fate, cell)
}

fn saying(text: String) -> Arc<Scripted> {
    Scripted::new(move |_, _| Ok(said(text.clone())))
}

const GOOD: &str = "How long is the river Volga from its source to its mouth?";

#[test]
fn a_repaired_pair_replaces_the_old_one_and_says_who_wrote_it() {
    let model = saying(reply(GOOD, "3530 km", "quantity", "It is 3,530 km long."));
    let (fate, cell) = repair(&model, &table(OBJECTION));
    assert_eq!(fate, "accept");
    assert_eq!(cell("question"), GOOD);
    assert_eq!((cell("answer").as_str(), cell("answer_type").as_str()), ("3530 km", "quantity"));
    assert!(cell("answer_spec").contains("\"3530\""), "{}", cell("answer_spec"));
    assert_eq!((cell("evidence_start").as_str(), cell("evidence_end").as_str()), ("37", "57"));
    let request = model.calls()[0].request.hash().to_string();
    assert_eq!((cell("gen_model"), cell("gen_request")), ("teacher-1b".to_owned(), request));
    assert_eq!(cell("gen_prompt").len(), 64);
    assert!(model.prompts()[0].ends_with(&format!("Answer: 3,530 km\nObjection: {OBJECTION}")));
}

#[test]
fn evidence_moves_to_what_is_quoted_and_stays_where_nothing_is_found() {
    let question = "In which hills does the river Volga have its source?";
    let quoting = |quote: &str, answer: &str| saying(reply(question, answer, "string", quote));
    let (fate, cell) = repair(&quoting("The Volga rises in the Valdai  hills", "Valdai Hills"), &table(OBJECTION));
    assert_eq!(fate, "accept");
    assert_eq!((cell("evidence_start").as_str(), cell("evidence_end").as_str()), ("0", "35"));
    assert_eq!(cell("evidence"), "The Volga rises in the Valdai Hills");
    let (fate, cell) = repair(&quoting("No such sentence is in there.", "Valdai Hills"), &table(OBJECTION));
    assert!(fate.starts_with("reject still_faulty: unsupported_answer"), "{fate}");
    assert_eq!(cell("evidence"), "It is 3,530 km long.");
}

#[test]
fn what_comes_back_is_held_to_the_rules() {
    for (question, answer, kind, expected) in [
        ("How long is the text about the Volga, as the author says?", "3530 km", "quantity", "refers_to_document"),
        ("How long is the Volga?", "3530 km", "quantity", "question_too_short: 5"),
        ("How long is the river Volga, which is 3530 km long?", "3530 km", "quantity", "answer_in_question"),
        (GOOD, "3,692 km", "quantity", "unsupported_number"),
        (GOOD, "about 3,530 km", "quantity", "unreadable_answer: hedged"),
    ] {
        let model = saying(reply(question, answer, kind, "It is 3,530 km long."));
        let (fate, cell) = repair(&model, &table(OBJECTION));
        assert!(fate.starts_with(&format!("reject still_faulty: {expected}")), "{fate}");
        assert_eq!(cell("question"), question);
    }
}

#[test]
fn a_pair_that_the_model_stands_by_goes_back_to_the_checker_as_it_was() {
    let model = saying(reply(QUESTION, "3,530 km", "quantity", "It is 3,530 km long."));
    let (fate, cell) = repair(&model, &table(OBJECTION));
    assert_eq!((fate.as_str(), cell("gen_model").as_str()), ("accept", "first-1b"));
}

#[test]
fn the_type_is_that_of_the_answer_where_the_named_one_does_not_fit() {
    let model = saying(reply(GOOD, "3,530 km", "boolean", "It is 3,530 km long."));
    let (fate, cell) = repair(&model, &table(OBJECTION));
    assert_eq!((fate.as_str(), cell("answer_type").as_str()), ("accept", "quantity"));
    let choice = "How long is the river Volga from its source to its mouth?\nA. 2,100 km\nB. 3,530 km";
    let model = saying(reply(choice, "3,530 km", "choice", "It is 3,530 km long."));
    let (fate, cell) = repair(&model, &table(OBJECTION));
    assert_eq!((fate.as_str(), cell("answer").as_str(), cell("answer_type").as_str()), ("accept", "B", "choice"));
}

#[test]
fn a_pair_may_be_given_up_and_then_is_what_it_was() {
    for text in [
        r#"{"repairable": false, "question": "", "answer": "", "answer_type": "string", "evidence": ""}"#,
        r#"{"repairable": true, "question": " ", "answer": "x", "answer_type": "string", "evidence": ""}"#,
    ] {
        let (fate, cell) = repair(&saying(text.to_owned()), &table(OBJECTION));
        assert_eq!(fate, "reject not_repairable: the model gives it up");
        assert_eq!((cell("question").as_str(), cell("gen_model").as_str()), (QUESTION, "first-1b"));
    }
}

#[test]
fn a_pair_without_an_objection_passes_unasked() {
    let model = saying(reply(GOOD, "3530 km", "quantity", ""));
    for objection in ["\\0", ""] {
        let (fate, cell) = repair(&model, &table(objection));
        assert_eq!((fate.as_str(), cell("question").as_str(), cell("gen_request").as_str()), ("accept", QUESTION, "r"));
        assert_eq!((cell("evidence_start").as_str(), cell("evidence_end").as_str()), ("37", "57"));
    }
    assert!(model.calls().is_empty());
}

#[test]
fn calls_that_bring_no_pair_leave_the_row_as_it_was() {
    for (kind, expected) in [
        (ErrorKind::TooLong, "reject too_long: scripted TooLong"),
        (ErrorKind::Filtered, "reject filtered: scripted Filtered"),
        (ErrorKind::Undecided, "fail: scripted Undecided"),
    ] {
        let (fate, cell) = repair(&Scripted::new(move |_, _| Err(kind)), &table(OBJECTION));
        assert_eq!((fate.as_str(), cell("question").as_str()), (expected, QUESTION));
    }
    let (fate, _) = repair(&saying("Sure! Here it is".to_owned()), &table(OBJECTION));
    assert!(fate.starts_with("reject malformed_reply"), "{fate}");
}
