//! Feeds arbitrary replies to one part of the checker, named by `QUARRY_FUZZ`: an answer type, `extract` or `infer`.
//!
//! The first byte picks the gold answer, the rest is the reply. Panics and slow inputs are what is looked for; besides,
//! the same reply must be judged alike twice.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use quarry_answers::{AnswerSpec, AnswerType, choice, infer, infer_as, judge};

/// Gold answers by type, with what is asked.
const GOLDS: [(&str, &str, &[&str]); 11] = [
    ("integer", "How many?", &["42", "-1,234,567", "twelve", "0", "10^30"]),
    ("decimal", "What is it?", &["3.14", "-0.001", "6.02e23", "2.5 million"]),
    ("quantity", "How much?", &["12 km", "$5 million", "20 °C", "5 ft 10 in", "9.81 m/s^2"]),
    ("percentage", "What percentage?", &["12.5%", "0.1%"]),
    ("fraction", "What share?", &["1/3", "-7/2", "two thirds"]),
    ("boolean", "Is it?", &["yes", "no"]),
    ("string", "Who?", &["Paris", "J. R. R. Tolkien", "World Health Organization (WHO)", "pH", "São Paulo", "Louis XIV"]),
    ("date", "When?", &["14 March 1879", "1879", "March 1879", "44 BC"]),
    ("list", "Name them in order.", &["red, green and blue", "1, 2, 3"]),
    ("set", "Which are they?", &["red, green and blue", "1, 2, 3"]),
    (
        "expression",
        "What is it?",
        &[
            "x^2 - 1",
            "\\frac{1}{\\sqrt{2}}",
            "(0, 1]",
            "y = 2x + 1",
            "\\sin^2 x + e^{-x}",
            "H2SO4",
            "\\begin{pmatrix}1&2\\\\3&4\\end{pmatrix}",
            "±2021",
            "1/2004!",
        ],
    ),
];

static PART: LazyLock<String> = LazyLock::new(|| std::env::var("QUARRY_FUZZ").unwrap_or_default());
static SPECS: LazyLock<Vec<AnswerSpec>> = LazyLock::new(|| match PART.as_str() {
    "infer" => Vec::new(),
    "choice" => [["Rome", "Paris"], ["a cell", "an atom"]].iter().filter_map(|texts| choice(texts, 1).ok()).collect(),
    "extract" => [infer("42", ""), infer("Paris", "")].into_iter().flatten().collect(),
    part => {
        let golds = GOLDS.iter().find(|(name, ..)| *name == part);
        let (name, question, golds) = golds.expect("QUARRY_FUZZ names an answer type, `extract` or `infer`");
        let wanted: AnswerType = name.parse().expect("the names are those of the types");
        golds.iter().map(|gold| infer_as(gold, question, wanted).expect(gold)).collect()
    }
});

fuzz_target!(|data: &[u8]| {
    let Some((first, rest)) = data.split_first() else { return };
    let text = String::from_utf8_lossy(rest);
    if SPECS.is_empty() {
        let question = ["", "When?", "How many?", "Which two?"][usize::from(*first) % 4];
        if let Ok(spec) = infer(&text, question) {
            assert!(judge(&spec, &text).verdict.is_correct());
        }
        return;
    }
    let spec = &SPECS[usize::from(*first) % SPECS.len()];
    assert_eq!(judge(spec, &text), judge(spec, &text));
});
