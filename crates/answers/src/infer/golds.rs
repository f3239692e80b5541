//! Whatever gets a spec has a text that answers it.

use proptest::prelude::{ProptestConfig, Strategy, any, prop, prop_oneof, proptest};

use super::infer;
use crate::check::check;
use crate::choice::choice;
use crate::spec::gold_text;

/// Words, signs and digits that answers are made of.
const PIECES: &[&str] = &[
    "Marie ",
    "Curie",
    "the ",
    "The ",
    "a ",
    "an ",
    "St. ",
    "World War ",
    "II",
    "XIV",
    "Trinidad and Tobago",
    ", ",
    "; ",
    " and ",
    " & ",
    " or ",
    "March",
    "14 ",
    "1879",
    " 1879",
    "44 BC",
    "AD ",
    "7",
    ":30",
    " p.m.",
    "am",
    "-",
    " - ",
    "–",
    ".",
    "!",
    "?",
    "'",
    "’s",
    "\"",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "$",
    "%",
    "1,200",
    "0.5",
    "½",
    "²",
    "/",
    "=",
    "x",
    "é",
    "İ",
    "Σ",
    "ß",
    "北京",
    "हि",
    "\\text{",
    "\\boxed{",
    "Answer: ",
    "#### ",
    "**",
    "_",
    "`",
    "<answer>",
    "</answer>",
    "no. ",
    "\n",
    "\n- ",
    "1. ",
    "either ",
    "both ",
    "not ",
    "A",
    "B) ",
    "#5",
    "Dr. ",
    "km",
    "red",
    "green",
    "blue",
];

/// Text made of them, and now and then of anything.
fn answer() -> impl Strategy<Value = String> {
    let piece = prop_oneof![9 => prop::sample::select(PIECES).prop_map(str::to_owned), 1 => "\\PC{1,2}"];
    prop::collection::vec(piece, 1..8).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn the_text_of_a_gold_is_a_right_reply(answer in answer(), question in prop::sample::select(vec!["Which is it?", "When was it?", "Which two were they, in order?", "What are they?"])) {
        if let Ok(spec) = infer(&answer, question) {
            let text = gold_text(&spec);
            for reply in [text.clone(), format!("<answer>{text}</answer>"), format!("\\boxed{{{text}}}")] {
                let verdict = check(&spec, &reply);
                // Braces of the answer's own may close a box too early.
                let is_balanced = !text.contains(['{', '}', '<', '#', '\\']) && !text.contains("nswer");
                assert!(verdict.is_correct() || (reply != text && !is_balanced), "{answer:?} {reply:?} {spec:?} {verdict:?}");
            }
        }
    }

    #[test]
    fn any_option_is_named_by_its_label_and_its_text(options in prop::collection::vec(answer(), 2..6), idx in any::<prop::sample::Index>()) {
        let options: Vec<&str> = options.iter().map(String::as_str).collect();
        let correct = idx.index(options.len());
        if let Ok(spec) = choice(&options, correct) {
            assert!(check(&spec, &gold_text(&spec)).is_correct());
            for (other, text) in options.iter().enumerate() {
                let label = char::from(b'A' + u8::try_from(other).unwrap_or(0));
                assert_eq!(check(&spec, &format!("({label})")).is_correct(), other == correct);
                if text.contains(['#', '<', '\\']) || text.contains("nswer") {
                    continue;
                }
                let by_text = check(&spec, text).is_correct();
                assert!(!by_text || other == correct, "{text:?} {spec:?}");
            }
        }
    }
}
