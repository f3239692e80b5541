//! Replies that mark their answers in every way, whole and broken, once and several times.

use proptest::prelude::{Just, Strategy, any, prop};
use proptest::prop_oneof;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use quarry_answers::{AnswerSpec, infer};

const GOLDS: [&str; 6] = ["42", "Paris", "yes", "12.5%", "1/3", "3 km"];

pub(crate) fn cases(runner: &mut TestRunner, count: usize) -> Vec<(AnswerSpec, String)> {
    let golds: Vec<(AnswerSpec, &str)> =
        GOLDS.iter().filter_map(|gold| Some((infer(gold, "What is it?").ok()?, *gold))).collect();
    let strategy = (0..golds.len(), prop::collection::vec(piece(), 1..6));
    (0..count)
        .filter_map(|_| {
            let (idx, pieces) = strategy.new_tree(runner).ok()?.current();
            let (spec, gold) = golds.get(idx)?;
            Some((spec.clone(), pieces.concat().replace('@', gold)))
        })
        .collect()
}

/// A piece of a reply; `@` stands for the right answer.
fn piece() -> impl Strategy<Value = String> {
    let answer = || prop_oneof![4 => Just("@".to_owned()), 1 => "[a-z0-9 ]{0,6}", 1 => Just("@ or 7".to_owned())];
    prop_oneof![
        2 => answer(),
        2 => answer().prop_map(|answer| format!("<answer>{answer}</answer>")),
        2 => answer().prop_map(|answer| format!("so \\boxed{{{answer}}}. ")),
        2 => answer().prop_map(|answer| format!("\n#### {answer}\n")),
        2 => answer().prop_map(|answer| format!("\n**Answer:** {answer}\n")),
        1 => answer().prop_map(|answer| format!("\nFinal answer:\n\n\\[ {answer} \\]\n")),
        1 => answer().prop_map(|answer| format!("<answer>it is \\boxed{{{answer}}}.</answer>")),
        1 => "(<answer>|</answer>|\\\\boxed\\{|[{}$*]|\\\\|####|#### Step 1|\nAnswer: |</think>|<think>|\n){1,4}",
        1 => prop::collection::vec(any::<char>(), 0..8).prop_map(|chars| chars.into_iter().collect()),
        1 => around(),
        1 => "[ \t\r\n\u{1c}\u{85}\u{a0}\u{2003}]{1,4}",
    ]
}

/// What stands around marks and may take an answer back, or is a sentence that gives one.
fn around() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "not ",
        "-",
        "−",
        "2",
        "0.",
        "\\sqrt{",
        "\\frac{1}{",
        "The wrong answer is ",
        "\\pm ",
        " is wrong",
        " is not correct",
        "? No",
        "... wait",
        " or 6",
        " \\text{ or } 6",
        "^2",
        "%",
        "\\%",
        " \\%",
        " - 1",
        "0",
        "!",
        ". No other",
        "\nThe answer is @",
        ". The final answer is @.",
        "\n**Final Answer**\n\n",
        "### Answer\n",
        ". Answer: @",
        "Ans: ",
        "it ıs @",
        "not @",
        "\u{2019}) ",
    ])
    .prop_map(str::to_owned)
}
