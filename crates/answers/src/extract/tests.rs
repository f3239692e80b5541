//! One table a mark, and the rules between them.

use proptest::prelude::proptest;

use super::{Finals, finals};

fn marked(reply: &str) -> Vec<String> {
    match finals(reply) {
        Finals::Marked(answers) => answers.into_iter().map(Into::into).collect(),
        Finals::Whole(_) => vec!["(whole)".to_owned()],
        Finals::Unfinished => vec!["(unfinished)".to_owned()],
        Finals::Disowned => vec!["(disowned)".to_owned()],
    }
}

#[test]
fn each_mark_is_found() {
    for (reply, expected) in [
        ("so <answer> Paris </answer>.", "Paris"),
        ("<ANSWER>Paris</ANSWER>", "Paris"),
        ("<answer>no end <answer>Paris</answer>", "Paris"),
        ("thus $\\boxed{5}$.", "5"),
        ("\\boxed{\\frac{1}{2}}", "\\frac{1}{2}"),
        ("\\boxed{\\{1, 2\\}}", "\\{1, 2\\}"),
        ("a lone { and \\boxed{5}", "5"),
        ("\\boxed {5}", "5"),
        ("\\fbox{5}", "5"),
        ("work\n#### 42", "42"),
        ("work\n#### 42\n\n", "42"),
        ("#### Step 1\nwork\n#### 42", "42"),
        ("so #### 42", "42"),
        ("work\nAnswer: 42", "42"),
        ("**Answer:** 42", "42"),
        ("**Answer: 42**", "42"),
        ("**Final Answer**: 42", "42"),
        ("Final answer: 42\nThank you", "42"),
        ("The answer is: 42", "42"),
        ("### Answer:\n\n42\n", "42"),
        ("Answer:\n\\[\n42\n\\]\ndone", "\\[\n42\n\\]"),
        ("<answer>The answer is \\boxed{5}.</answer>", "5"),
        ("Answer: \\boxed{5}", "5"),
        ("#### \\boxed{5}", "5"),
        ("<think>\\boxed{4} or <answer>3</answer></think>\n\\boxed{5}", "5"),
        ("Write it in \\boxed{}: \\boxed{5}", "5"),
        ("Answer: 42<|im_end|>", "42"),
        ("#### 42</s> <|eot_id|>\n", "42"),
        ("2 + 3 = 5. Answer: 5", "5"),
        ("<answer>The answer is 5.</answer>", "5."),
        ("Ans: 5", "5"),
        ("#### The final answer is 42", "42"),
        ("\\boxed{5}\\%", "5%"),
        ("2 + \\boxed{3} = 5", "3"),
        ("- \\boxed{5}", "5"),
        ("1. \\boxed{5}", "5"),
        ("\\boxed{5}, or so to say: no other \nis not possible", "(disowned)"),
    ] {
        assert_eq!(marked(reply), [expected], "{reply}");
    }
}

#[test]
fn all_marked_answers_count() {
    assert_eq!(marked("\\boxed{4} then \\boxed{5}"), ["4", "5"]);
    assert_eq!(marked("#### 4\n#### 5"), ["4", "5"]);
    assert_eq!(marked("<answer>4</answer> \\boxed{5}"), ["4", "5"]);
    assert_eq!(marked("Answer: 4\nAnswer: 5"), ["4", "5"]);
    assert_eq!(marked("<answer>\\boxed{4} or 5</answer>"), ["\\boxed{4} or 5"]);
}

#[test]
fn an_answer_that_is_taken_back_is_none() {
    for reply in [
        "\\boxed{5} is wrong",
        "\"\\boxed{5}\" is the wrong answer",
        "Not \\boxed{5}",
        "The answer is not $\\boxed{5}$",
        "Answer: not \\boxed{5}",
        "\\boxed{5} is not correct",
        "\\boxed{5}? No.",
        "\\boxed{5}... wait, 6",
        "\\boxed{5} \\text{ or } 6",
        "\\boxed{5} or 6",
        "<answer>5</answer> is wrong",
        "-\\boxed{5}",
        "x = -\\boxed{5}",
        "0.\\boxed{5}",
        "2\\boxed{5}",
        "\\sqrt{\\boxed{5}}",
        "\\frac{1}{\\boxed{5}}",
        "\\boxed{5}0",
        "\\boxed{5}^2",
        "\\boxed{5} - 1",
        "$\\boxed{5} + 1$.",
        "It is not $\\boxed{5}$",
        "anything but $\\boxed{5}$",
        "\\boxed{5} (or 6)",
        "\\boxed{5}\\% or 6\\%",
        "\\boxed{5}%%",
        "anything but \\boxed{5}",
        "It isn't <answer>5</answer>",
        "It isn’t \\boxed{5}",
        "never **\\boxed{5}**",
        "<answer>not \\boxed{5}</answer>",
    ] {
        assert_eq!(marked(reply), ["(disowned)"], "{reply}");
    }
    for reply in [
        "It is not 4, so it is \\boxed{5}",
        "\\boxed{5}. No other number is possible.",
        "\\boxed{5}^\\circ",
        "The answer is \\boxed{5}!",
        "\\boxed{5} is not an even number",
        "**\\boxed{5}**",
        "\\boxed{5}, which is right.",
        "\\boxed{5}, not 6",
        "\\boxed{5} - the only one",
        "$x=\\boxed{5}$, as 5 - 1 = 4",
        "\\boxed{5} \nor so",
        "It is not 4 but \\boxed{5}",
        "a knot \\boxed{5}",
        "not \\boxed{}, \\boxed{5}",
        "I do not know.\n#### 5",
    ] {
        assert_eq!(marked(reply), ["5"], "{reply}");
    }
}

#[test]
fn what_is_not_marked_is_the_answer_itself() {
    assert_eq!(finals(" 42 "), Finals::Whole("42"));
    assert_eq!(finals("<think>hm</think> 42"), Finals::Whole("42"));
    assert_eq!(finals("So the correct answer is Paris."), Finals::Whole("Paris."));
    assert_eq!(finals("The answer is not 42"), Finals::Whole("not 42"));
    assert_eq!(finals("Final answer is 42"), Finals::Whole("42"));
    assert_eq!(finals("Two and two.\nSo the answer is 4."), Finals::Whole("4."));
    assert_eq!(finals("It is 2 + 2. The answer is 4"), Finals::Whole("4"));
    assert_eq!(finals("**Final Answer**\n\n42"), Finals::Whole("42"));
    assert_eq!(finals("2 + 2\n### Answer\n4"), Finals::Whole("4"));
    assert_eq!(finals("### Answer\n2 + 2\nis 4"), Finals::Whole("### Answer\n2 + 2\nis 4"));
    let undecided = "The answer is 5. The answer is 4";
    assert_eq!(finals(undecided), Finals::Whole("5. The answer is 4"));
    assert!(matches!(finals("The answer may be 5.\nThe answer is 4"), Finals::Whole(whole) if whole.contains('5')));
    assert_eq!(finals("\\boxed{42"), Finals::Whole("\\boxed{42"));
    assert_eq!(finals("<answer>42"), Finals::Whole("<answer>42"));
    assert_eq!(finals("##### 42"), Finals::Whole("##### 42"));
    assert_eq!(finals("<think>it is 42"), Finals::Unfinished);
    assert_eq!(marked("\\boxed{}"), [""]);
    assert_eq!(marked("<answer></answer>"), [""]);
}

proptest! {
    #[test]
    fn no_text_breaks_the_search(text in "(<answer>|</answer>|\\\\boxed\\{|[{}\\\\#\n a5é]|####|Answer:|</think>){0,40}") {
        if let Finals::Marked(answers) = finals(&text) {
            assert!(!answers.is_empty());
            assert!(answers.iter().all(|answer| text.contains(answer.as_ref())));
        }
    }
}
