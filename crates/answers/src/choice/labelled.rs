//! A choice of which only the right label is known, or the label and its text: "B", "(B) Paris".
//!
//! A text behind a label that no option can be compared with has to be set off from it, and may not go on to another
//! label or take anything back. Options that stand in the question are used, so that their texts count.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::{Value, json};

use super::{ChoiceOption, ChoiceSpec, LABELS, chosen};
use crate::latex;
use crate::normalize::{normalize, trim_wrappers, without_frame};
use crate::pattern::pattern;
use crate::spec::AnswerSpec;

/// "B", "(b)", "Option B.", "B) Paris", in lower case.
static BARE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:(?:option|choice|letter) )?(?:[\[(](?P<label>[a-z])\.?[\])][.:]?|(?P<label1>[a-z])(?P<sign>[.:)]?))(?P<dash> [:=-]>?)?(?: (?P<rest>[^()\[\]?!;]{1,120}))?$",
    )
});
/// Words in the text behind a label that make it more than the text of one option.
const DOUBTS: [&str; 16] = [
    "or",
    "not",
    "nor",
    "wrong",
    "incorrect",
    "but",
    "both",
    "either",
    "neither",
    "maybe",
    "wait",
    "no",
    "false",
    "isn't",
    "is",
    "correct",
];
/// The label before an option in a question.
static MARK: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?:^|[ \t\r\n])[(\[]?(?P<label>[A-Z])(?:[.:)]|[)\]][.:]?)[ \t]+"));

/// Makes a choice out of an answer with a label, and of the options in the question if it has some.
pub(crate) fn infer(answer: &str, question: &str) -> Option<AnswerSpec> {
    let text = normalize(answer);
    let options = options(question);
    let shown = ChoiceSpec { label: "A".to_owned(), options: options.clone() };
    if shown.validate().is_ok() && options.len() > 1 {
        let label = chosen(&shown, &text)?.label.clone();
        return Some(AnswerSpec::Choice(ChoiceSpec { label, options }));
    }
    let (label, rest) = split(&text)?;
    let label = label.to_ascii_uppercase();
    let options = rest.map(|text| ChoiceOption { label: label.clone(), text: text.to_owned() });
    Some(AnswerSpec::Choice(ChoiceSpec { label, options: options.into_iter().collect() }))
}

/// Returns whether a reply names a label, of whose options nothing is known; nothing if it names none.
pub(super) fn names(label: &str, reply: &str) -> Option<bool> {
    let plain = latex::plain(reply).replace("**", "");
    let plain = trim_wrappers(&plain).trim_matches('"');
    let text = without_frame(plain).unwrap_or(plain);
    let lower = text.to_ascii_lowercase();
    let end = super::IS_CORRECT.find(&lower).map_or(text.len(), |found| found.start());
    let (named, _) = split(text.get(..end).map(trim_wrappers)?)?;
    Some(named.eq_ignore_ascii_case(label))
}

/// What the Python side shares.
pub(super) fn rules() -> Value {
    json!({ "bare": BARE.as_str(), "bare_doubts": DOUBTS })
}

/// Splits a text into a label and the text of its option.
fn split(text: &str) -> Option<(&str, Option<&str>)> {
    let lower = text.to_ascii_lowercase();
    let found = BARE.captures(&lower)?;
    let label = found.name("label").or_else(|| found.name("label1"))?;
    let rest = found.name("rest").and_then(|rest| text.get(rest.range()));
    if let Some(rest) = rest {
        let is_set_off = ["label", "dash"].into_iter().any(|name| found.name(name).is_some())
            || found.name("sign").is_some_and(|sign| !sign.is_empty());
        if !is_set_off || is_doubtful(&rest.to_ascii_lowercase()) {
            return None;
        }
    }
    Some((text.get(label.range())?, rest))
}

/// Returns whether a text has another label in it, or words that take something back.
fn is_doubtful(lower: &str) -> bool {
    let words: Vec<&str> =
        lower.split(|ch: char| !(ch.is_ascii_lowercase() || ch == '\'')).filter(|word| !word.is_empty()).collect();
    words.iter().enumerate().any(|(idx, word)| {
        let is_article = *word == "a" && idx + 1 < words.len();
        DOUBTS.contains(word) || (word.len() == 1 && !is_article)
    })
}

/// The options that a question lists, in their order.
fn options(question: &str) -> Vec<ChoiceOption> {
    let mut found: Vec<(usize, usize)> = Vec::new();
    for mark in MARK.captures_iter(question) {
        let (Some(whole), Some(label)) = (mark.get(0), mark.name("label")) else { continue };
        if LABELS.get(found.len()..found.len() + 1) == Some(label.as_str()) {
            found.push((whole.start(), whole.end()));
        }
    }
    let ends = found.iter().skip(1).map(|(start, _)| *start).chain(std::iter::once(question.len()));
    let texts = found.iter().zip(ends).map(|((_, from), to)| {
        let text = question.get(*from..to).unwrap_or("").split('\n').next().unwrap_or("");
        text.trim_matches([' ', ',', ';', '\t', '\r']).to_owned()
    });
    LABELS.chars().zip(texts).map(|(label, text)| ChoiceOption { label: label.to_string(), text }).collect()
}

#[cfg(test)]
mod tests {
    use crate::answer_type::AnswerType;
    use crate::check::check;
    use crate::infer::infer_as;
    use crate::spec::AnswerSpec;

    fn choice(gold: &str, question: &str) -> AnswerSpec {
        infer_as(gold, question, AnswerType::Choice).unwrap()
    }

    #[test]
    fn a_label_alone_makes_a_choice() {
        for gold in ["B", "b", "(B)", "B.", "Option B"] {
            let spec = choice(gold, "");
            for reply in [
                "B",
                "b",
                "(B)",
                "B)",
                "B.",
                "[b]",
                "**B**",
                "Option B",
                "The answer is B.",
                "The correct answer is (B)",
                "\\boxed{B}",
                "\\boxed{\\text{(B)}}",
                "B) Paris",
                "(B) Paris",
                "B. a cell",
                "B: Paris",
                "B - Paris",
                "B is correct",
            ] {
                assert!(check(&spec, reply).is_correct(), "{gold} {reply}");
            }
            for reply in [
                "A",
                "Paris",
                "A or B",
                "B or A",
                "B, C",
                "BC",
                "B C",
                "B and C",
                "not B",
                "B is wrong",
                "B?",
                "B) C)",
                "A) Rome B) Paris",
                "B. Paris C. Lima",
                "B) or C",
                "B: A",
                "B - C",
                "A) Paris",
                "",
                "B) not sure",
                "B) is wrong",
                "BB",
                "B+",
                "B Paris",
                "anything but B",
            ] {
                assert!(!check(&spec, reply).is_correct(), "{gold} {reply}");
            }
        }
        assert!(infer_as("Paris", "", AnswerType::Choice).is_err());
    }

    #[test]
    fn a_label_with_its_text_may_be_given_by_either() {
        let spec = choice("(B) Paris", "");
        for reply in ["B", "(B)", "Paris", "B) Paris", "b. paris"] {
            assert!(check(&spec, reply).is_correct(), "{reply}");
        }
        for reply in ["A", "Rome", "B) Rome", "A) Paris", "B or Paris", "C"] {
            assert!(!check(&spec, reply).is_correct(), "{reply}");
        }
    }

    #[test]
    fn options_in_the_question_count() {
        for question in ["Which? (A) Rome, (B) Paris, (C) Lima", "Which?\nA. Rome\nB. Paris\nC. Lima\nAnswer:"] {
            for gold in ["B", "(B) Paris", "Paris"] {
                let spec = choice(gold, question);
                for reply in ["B", "Paris", "B) Paris"] {
                    assert!(check(&spec, reply).is_correct(), "{reply}");
                }
                for reply in ["A", "Rome", "B) Rome", "Lima", "D"] {
                    assert!(!check(&spec, reply).is_correct(), "{reply}");
                }
            }
        }
    }
}
