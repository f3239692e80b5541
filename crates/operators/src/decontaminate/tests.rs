use super::index::{Index, Limits};
use super::search::{Rule, Search};
use super::{DEF, bounded};
use crate::check::{batch, build, check_build_error, render, tiny_pipeline};
use crate::packs::{Item, Pack};
use quarry_engine::operator::{Operator, Rows};
use serde_json::Value;

mod planted;

const LIMITS: Limits = Limits { hit_words: 13, coverage_words: 8, min_coverage: 0.5, max_shared: 10 };
const BRIDGE: &str = "The committee met on Tuesday to discuss whether the new bridge across the river should have twelve arches or fewer.";

fn index(questions: &[&str]) -> Index {
    let item = |(number, question): (usize, &&str)| {
        let (question, answer) = question.split_once(" => ").unwrap_or((question, ""));
        Item { name: number.to_string(), question: question.to_owned(), answer: answer.to_owned() }
    };
    let items = questions.iter().enumerate().map(item).collect();
    Index::new(vec![Pack { name: "pack".to_owned(), items }], LIMITS)
}

/// The rule, the item and the words that were found.
fn find(questions: &[&str], text: &str) -> Option<(Rule, u32, String)> {
    let found = Search::new().find(&index(questions), text, None)?;
    Some((found.rule, found.item, text[found.start..found.end].to_owned()))
}

fn rule(questions: &[&str], text: &str) -> Option<Rule> {
    find(questions, text).map(|(rule, ..)| rule)
}

#[test]
fn light_edits_are_found() {
    for text in [
        format!("Before it. {BRIDGE} Behind it."),
        BRIDGE.to_uppercase(),
        BRIDGE.replace(|letter: char| letter.is_ascii_punctuation(), ""),
        BRIDGE.replace("twelve", "12"),
        BRIDGE.replace(' ', "\u{a0}\n "),
        BRIDGE.replace(' ', ", "),
        BRIDGE.replace('m', "m\u{ad}").replace("fi", "ﬁ").replace('e', "ｅ"),
        BRIDGE.replace('o', "o\u{301}"),
    ] {
        assert_eq!(rule(&[BRIDGE], &text), Some(Rule::Hit), "{text}");
    }
    assert_eq!(rule(&[BRIDGE], &BRIDGE.replace("whether", "why")), Some(Rule::Coverage));
    assert_eq!(rule(&[BRIDGE], "The committee met on Tuesday to discuss why the bridge had twelve arches."), None);
}

#[test]
fn a_question_is_found_in_other_forms_of_its_words() {
    let (before, behind) = ("alpha beta gamma delta epsilon zeta eta", "theta iota kappa lambda my ny xi omikron");
    for (planted, text) in [
        ("two hundred and five", "205"),
        ("one thousand, two hundred and thirty-four", "1,234"),
        ("1,234", "1 234"),
        ("a hundred", "100"),
        ("2.5 million", "2500000"),
        ("2.5", "25"),
        ("three point one four", "3.14"),
        ("twenty-first", "21st"),
        ("5 million", "five million"),
        ("71 %", "seventy-one percent"),
        ("café", "CAFE\u{301}"),
        ("straße", "STRASSE"),
        ("well-known", "wellknown"),
        ("wellknown", "well\u{ad}known"),
        ("x²", "x2"),
        ("don’t", "dont"),
        ("read_the_file", "read the file"),
        ("ΟΔΟΣ", "οδος"),
    ] {
        let found = find(&[&format!("{before} {planted} {behind}")], &format!("{before} {text} {behind}"));
        let (rule, _, words) = found.unwrap_or_else(|| unreachable!("{planted} = {text}"));
        assert_eq!((rule, words), (Rule::Hit, format!("{before} {text} {behind}")));
    }
}

#[test]
fn scripts_without_spaces_are_compared_by_characters() {
    let question = "下列哪一条河流是世界上最长的河流？";
    assert_eq!(rule(&[question], &format!("他问：{question}没有人知道。")), Some(Rule::Hit));
    assert_eq!(rule(&[question], "世界上最长的河是尼罗河。"), None);
}

const CHOICE: &str = "Which river is longest?\n(A) Nile\n(B) Amazon river basin\n(C) The Volga of Russia\n(D) Danube";

#[test]
fn the_order_of_options_makes_no_difference() {
    for text in [
        "Which river is longest? (A) Danube (B) The Volga of Russia (C) Nile (D) Amazon river basin",
        "Which river is longest?\nB. Amazon river basin\nA. Nile\nD. Danube\nC. The Volga of Russia\nAnswer: A",
        "Quiz: which river is longest? 1) Danube 2) The Volga of Russia 3) Nile 4) Amazon river basin. And then.",
        "Which river is longest? Nile Amazon river basin the Volga of Russia Danube",
    ] {
        assert_eq!(rule(&[CHOICE], text), Some(Rule::Hit), "{text}");
    }
    assert_eq!(rule(&[CHOICE], "Which river is longest? (A) Danube (B) Elbe (C) Nile (D) Po"), None);
    let short = "2 + 2?\n(A) 3\n(B) 4\n(C) 5";
    assert_eq!(rule(&[short], "What is 2 + 2? (A) 5 (B) 4 (C) 3"), None, "it asks more");
    assert_eq!(rule(&[short], "2+2? (A) 5 (B) 4 (C) 3"), Some(Rule::Exact));
}

#[test]
fn short_questions_are_found_as_a_whole() {
    let short = "What is the capital of France? => Paris";
    let exact = Some((Rule::Exact, 0, "what is the capital of FRANCE".to_owned()));
    assert_eq!(find(&[short], "He asked: what is the capital of FRANCE? No reply."), exact);
    assert_eq!(find(&[short], "what is the capital of FRANCE in winter?"), None);
    let twelve = "What is the name of the capital of France, in French please?";
    let found = find(&[twelve], "and what is the name of the capital of France in French please then");
    assert_eq!(found.map(|(rule, ..)| rule), Some(Rule::Exact));
    // Of two words no text is refused, but a pair that asks nothing else.
    let index = index(&["Why not? => Because"]);
    assert_eq!(Search::new().find(&index, "Why not? It is late.", None), None);
    assert_eq!(Search::new().find(&index, "WHY not\n\nIt is late", Some(7)).map(|found| found.rule), Some(Rule::Exact));
}

#[test]
fn the_answer_counts_with_its_question() {
    let asked = "Who built it? => It was the engineer Karl Brandt of Zürich, who had come there in the spring of 1905.";
    assert_eq!(
        rule(&[asked], "They say it was the engineer Karl Brandt of Zürich who had come there in 1904."),
        Some(Rule::Hit)
    );
    assert_eq!(rule(&[asked], "It was the engineer Karl Brandt of Zürich, they say."), None);
}

#[test]
fn an_instruction_that_questions_share_refuses_nothing() {
    let instruction =
        "Answer the following multiple choice question by giving the letter of the best option, nothing else.";
    let questions: Vec<String> =
        ["river", "hill", "town", "lake", "road", "bridge", "tower", "wall", "gate", "mill", "well", "barn"]
            .iter()
            .map(|what| {
                format!("{instruction} Which {what} of the old county was the first to be drawn on a map by hand?")
            })
            .collect();
    let questions: Vec<&str> = questions.iter().map(String::as_str).collect();
    assert_eq!(rule(&questions, &format!("{instruction} What is it?")), None);
    assert_eq!(find(&questions, questions[7]).map(|(rule, item, _)| (rule, item)), Some((Rule::Exact, 7)));
    let few = &questions[..9];
    assert_eq!(rule(few, &format!("{instruction} What is it?")), Some(Rule::Hit));
}

#[test]
fn one_word_again_and_again_is_no_run() {
    let sample = "Sort this list of numbers as the examples show: 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5";
    assert_eq!(rule(&[sample], "A table: 5 5 5 5 5 5 5 5 5 5 5 5 5 5 5 5"), None);
    assert_eq!(rule(&[sample], sample), Some(Rule::Hit));
}

#[test]
fn a_reject_names_pack_item_rule_field_and_both_texts() {
    let pipeline = tiny_pipeline();
    let Ok(Operator::Compute(operator)) = build(&DEF, "packs = [\"packs/\"]", &pipeline.resources) else {
        unreachable!()
    };
    let batch = batch(
        "question | answer | evidence
         Who is Brandt? | an engineer | Text: in 1905 it was built by the engineer KARL BRANDT of Zurich, but who was he
         Who built it | Brandt | \\0
         Who is he? | he | in 1905",
    );
    let lines = render(&operator.decide(Rows::new(&batch)).unwrap());
    let detail = |line: &str, reason: &str| -> Value {
        serde_json::from_str(line.strip_prefix(&format!("reject {reason}: ")).unwrap().trim_end_matches([' ', '|']))
            .unwrap()
    };
    let first = detail(&lines[0], "benchmark_13_gram");
    assert_eq!(first["pack"], "tiny");
    assert_eq!(first["item"], "long");
    assert_eq!(first["rule"], "benchmark_13_gram");
    assert_eq!(first["field"], "evidence");
    assert_eq!(first["matched"], "in 1905 it was built by the engineer KARL BRANDT of Zurich, but who was he");
    assert!(first["benchmark"].as_str().unwrap().ends_with("but who was he?\nan engineer"));
    let second = detail(&lines[1], "benchmark_exact");
    assert_eq!(
        (&second["item"], &second["field"], &second["matched"]),
        (&"short".into(), &"question".into(), &"Who built it".into())
    );
    assert_eq!(lines[2].trim_end_matches([' ', '|']), "accept");
}

#[test]
fn other_wordings_are_noted_with_their_score() {
    let pipeline = tiny_pipeline();
    let params = "packs = [\"packs/tiny.jsonl\"]\nencoder = \"tiny\"\nmin_near = 0.0";
    let Ok(Operator::Compute(operator)) = build(&DEF, params, &pipeline.resources) else { unreachable!() };
    let batch = batch("question | answer\nthe dog sat | yes\nWho built it? | no");
    let lines = render(&operator.decide(Rows::new(&batch)).unwrap());
    assert!(
        lines[0].starts_with("accept | {\"pack\":\"tiny\",\"item\":\"")
            && lines[0].contains("\"matched\":\"the dog sat\""),
        "{lines:?}"
    );
    assert!(lines[1].starts_with("reject benchmark_exact") && lines[1].ends_with('|'), "{lines:?}");
}

#[test]
fn what_is_wrong_with_params_is_said() {
    check_build_error(&DEF, "", "no pack is named");
    check_build_error(&DEF, "packs = [\"packs/a.jsonl\"]", "packs/a.jsonl");
    check_build_error(&DEF, "packs = [\"packs/a.jsonl\"]\ncoverage_words = 14", "more than `hit_words`");
}

#[test]
fn long_texts_are_bounded() {
    assert_eq!(bounded("äöü", 2), "äö…");
    assert_eq!(bounded("äöü", 3), "äöü");
}
