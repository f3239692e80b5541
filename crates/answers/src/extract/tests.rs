//! One table a mark, and the rules between them.

use proptest::prelude::proptest;

use super::{Finals, finals};

fn marked(reply: &str) -> Vec<&str> {
    match finals(reply) {
        Finals::Marked(answers) => answers,
        Finals::Whole(_) => vec!["(whole)"],
        Finals::Unfinished => vec!["(unfinished)"],
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
fn a_denied_mark_is_no_answer() {
    for reply in [
        "The answer is not \\boxed{5}.",
        "It is not $\\boxed{5}$",
        "It isn't <answer>5</answer>",
        "never **\\boxed{5}**",
        "<answer>not \\boxed{5}</answer>",
    ] {
        assert_eq!(marked(reply), [""], "{reply}");
    }
    for reply in
        ["It is not 4 but \\boxed{5}", "a knot \\boxed{5}", "not \\boxed{}, \\boxed{5}", "I do not know.\n#### 5"]
    {
        assert_eq!(marked(reply), ["5"], "{reply}");
    }
}

#[test]
fn what_is_not_marked_is_the_answer_itself() {
    assert_eq!(finals(" 42 "), Finals::Whole("42"));
    assert_eq!(finals("<think>hm</think> 42"), Finals::Whole("42"));
    assert_eq!(finals("So the correct answer is Paris."), Finals::Whole("Paris."));
    assert_eq!(finals("The answer is not 42"), Finals::Whole("not 42"));
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
            assert!(answers.iter().all(|answer| text.contains(answer)));
        }
    }
}
