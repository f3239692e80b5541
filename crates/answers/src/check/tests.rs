//! What no reply may earn: hack strings, buried answers, known wrong accepts.

use std::sync::LazyLock;

use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};
use proptest::strategy::Strategy;

use super::{MAX_REPLY_CHARS, check};
use crate::choice::choice;
use crate::infer::infer;
use crate::normalize::normalize;
use crate::spec::AnswerSpec;
use crate::verdict::{Cause, Verdict};

/// A gold answer of every type, with a question that settles it.
const GOLDS: [(&str, &str); 17] = [
    ("1,234", "How many were there?"),
    ("3.14", "What is the ratio?"),
    ("12 km", "How far is it?"),
    ("$4.5 billion", "How much did it cost?"),
    ("35 °C", "How hot is it?"),
    ("12.5%", "What share was it?"),
    ("2/3", "What part of it?"),
    ("yes", "Is it so?"),
    ("no", "Is it so?"),
    ("Marie Curie", "Who was it?"),
    ("A", "Which vitamin is it?"),
    ("14 March 1879", "When was he born?"),
    ("1879", "In which year was it?"),
    ("red, green and blue", "Which colours are they?"),
    ("1, 2 and 3", "Which steps, in order?"),
    ("x^2 + 1", "What is f(x)?"),
    ("H2O", "What is its formula?"),
];

/// A spec of every type.
static SPECS: LazyLock<Vec<AnswerSpec>> = LazyLock::new(|| {
    let mut specs: Vec<AnswerSpec> = GOLDS.iter().map(|(answer, question)| spec(answer, question)).collect();
    specs.extend(choice(&["red", "green", "blue", "black"], 2));
    specs
});

const HACKS: [&str; 34] = [
    "",
    " ",
    "{",
    "}",
    "{}",
    "[]",
    "()",
    "\\boxed{}",
    "\\boxed{ }",
    "\\boxed",
    "$",
    "$$",
    "$$$$",
    ".",
    "...",
    ",",
    ":",
    "\"",
    "''",
    "-",
    "?",
    "N/A",
    "none",
    "null",
    "nan",
    "inf",
    "I don't know",
    "asdf qwer zxcv",
    "yes no",
    "yes and no",
    "true false",
    "A B C D",
    "0 1 2 3 4 5 6 7 8 9",
    "\u{200b}\u{202e}",
];

fn spec(answer: &str, question: &str) -> AnswerSpec {
    let spec = infer(answer, question);
    assert!(spec.is_ok(), "{answer}: {spec:?}");
    spec.unwrap_or_else(|_| unreachable!())
}

#[test]
fn every_gold_equals_itself_and_its_dressed_forms() {
    for (answer, question) in GOLDS {
        let spec = spec(answer, question);
        for reply in
            [answer.to_owned(), format!(" {answer}. "), format!("**{answer}**"), format!("\\boxed{{{answer}}}")]
        {
            assert_eq!(check(&spec, &reply), Verdict::Correct, "{reply}");
        }
    }
}

#[test]
fn hack_strings_are_never_correct() {
    for spec in SPECS.iter() {
        for hack in HACKS {
            assert!(!check(spec, hack).is_correct(), "{hack:?} for {spec:?}");
        }
    }
}

#[test]
fn golds_do_not_answer_each_other() {
    for (idx, (answer, question)) in GOLDS.iter().enumerate() {
        let spec = spec(answer, question);
        for (other, (reply, _)) in GOLDS.iter().enumerate() {
            // A birthday also says its year.
            let implied = *answer == "1879" && *reply == "14 March 1879";
            assert!(idx == other || implied || !check(&spec, reply).is_correct(), "{answer} / {reply}");
        }
    }
}

#[test]
fn a_gold_among_others_is_not_correct() {
    for (answer, question) in GOLDS {
        let spec = spec(answer, question);
        let wrong = if answer == "yes" { "no" } else { "Lima 7" };
        for reply in [
            format!("{answer} or {wrong}"),
            format!("{answer}, {wrong}"),
            format!("{wrong}, {answer}"),
            format!("{answer}; {wrong}"),
            format!("{wrong} {answer}"),
            format!("{answer} {answer}"),
            format!("{answer}, {answer}"),
            format!("not {answer}"),
            format!("\\boxed{{{answer}}} \\boxed{{{wrong}}}"),
            format!("The answer is {answer} or maybe {wrong}, who knows"),
        ] {
            assert!(!check(&spec, &reply).is_correct(), "{answer} / {reply}");
        }
    }
}

#[test]
fn known_wrong_accepts_are_refused_for_inferred_golds() {
    for (gold, reply) in [
        ("1/2004!", "1/2006!"),
        ("1/2^99", "1/2^98"),
        ("n = 2, 3, 4", "n = 1, 2, 3"),
        ("D = (0, 1)", "D = (0, 1.5)"),
        ("1 − 1/e", "1 + 1/e"),
        ("±2021", "2021"),
        ("12:00", "1:00"),
        ("1, 2, …, n", "1, 3, 5, …, 2n − 1"),
    ] {
        for (gold, reply) in [(gold, reply), (reply, gold)] {
            let spec = spec(gold, "What is the value?");
            assert!(check(&spec, gold).is_correct(), "{gold}");
            assert!(!check(&spec, reply).is_correct(), "{gold} / {reply}");
        }
    }
}

#[test]
fn long_replies_are_cut_off() {
    let spec = spec("Marie Curie", "Who was it?");
    let long = "x".repeat(MAX_REPLY_CHARS + 1);
    assert_eq!(check(&spec, &long), Verdict::Incorrect { reason: Cause::TooLong });
}

#[test]
fn replies_at_the_cap_are_judged_quickly() {
    let units = [
        "1",
        "1,",
        "1,234,",
        "{",
        "\\boxed{",
        "*",
        "a. ",
        "- ",
        "twenty ",
        "x^",
        "(",
        "\\frac{1}{",
        "½",
        "²",
        "\u{fdfa}",
        "and ",
        "½²",
        "'",
    ];
    for unit in units {
        let reply: String = unit.chars().cycle().take(MAX_REPLY_CHARS).collect();
        let started = std::time::Instant::now();
        for spec in SPECS.iter() {
            assert!(!check(spec, &reply).is_correct());
        }
        // Generous for an unoptimised build on a busy machine: quadratic work would take minutes.
        assert!(started.elapsed().as_secs() < 20, "{unit:?} took {:?}", started.elapsed());
    }
}

/// Text made of the pieces that the parsers look at.
fn pieces() -> impl Strategy<Value = String> {
    const PIECES: [&str; 60] = [
        "1",
        "2",
        "12",
        "1,234",
        "0.5",
        "3.5",
        "½",
        "²",
        "-",
        "–",
        " ",
        " ",
        "/",
        "%",
        "$",
        "€",
        "£",
        "km",
        "kg",
        "°C",
        "million",
        "billion",
        "percent",
        "twelve",
        "hundred",
        "and",
        "or",
        "the",
        "a",
        "March",
        "14",
        "1879",
        "BC",
        "AD",
        ",",
        ";",
        ".",
        "...",
        "(",
        ")",
        "{",
        "}",
        "[",
        "]",
        "\\boxed{",
        "\\frac{1}{2}",
        "^",
        "!",
        "±",
        "=",
        "x",
        "e",
        "\\sqrt",
        "H2O",
        "not",
        "yes",
        "Paris",
        "*",
        "\"",
        "'",
    ];
    proptest::collection::vec(proptest::sample::select(PIECES.as_slice()), 0..9).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn nothing_panics_on_any_text(answer in any::<String>(), question in any::<String>(), reply in any::<String>()) {
        normalize(&reply);
        if let Ok(spec) = infer(&answer, &question) {
            check(&spec, &reply);
        }
        for spec in SPECS.iter() {
            check(spec, &reply);
        }
    }

    #[test]
    fn a_gold_equals_itself_and_survives_its_json(answer in pieces(), reply in pieces()) {
        if let Ok(spec) = infer(&answer, "Which is it?") {
            prop_assert_eq!(check(&spec, &answer), Verdict::Correct);
            let read = AnswerSpec::from_json(&spec.to_json());
            prop_assert_eq!(read.as_ref(), Ok(&spec));
            check(&spec, &reply);
        }
    }

    #[test]
    fn empty_replies_are_never_correct(answer in pieces(), blank in "[ \\t\\n.\u{200b}$]{0,6}") {
        if let Ok(spec) = infer(&answer, "Which is it?") {
            prop_assert!(!check(&spec, &blank).is_correct());
        }
    }

    #[test]
    fn other_integers_are_never_correct(gold in any::<i64>(), reply in any::<i64>()) {
        if let Ok(spec) = infer(&gold.to_string(), "How many?") {
            prop_assert_eq!(check(&spec, &reply.to_string()).is_correct(), gold == reply);
            prop_assert!(check(&spec, &gold.to_string()).is_correct());
        }
    }
}
