//! A choice made of what was written: "B", "(B) Paris", or options that stand in the question.
//!
//! Options in the question are used, so that their texts count; without them a label is compared with labels, and the
//! one text that is known with itself.

use std::sync::LazyLock;

use regex::Regex;

use super::{ChoiceOption, ChoiceSpec, LABELS, bare, chosen, label_only, labelled};
use crate::latex;
use crate::normalize::normalize;
use crate::pattern::pattern;
use crate::spec::AnswerSpec;

/// The label before an option in a question.
static MARK: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?:^|[ \t\r\n])[(\[]?(?P<label>[A-Z])(?:[.:)]|[)\]][.:]?)[ \t]+"));
/// A label that is set off from its text.
static SET_OFF: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(?:[(\[][A-Za-z]\.?[)\]][.:]?|[A-Za-z][.:)]) "));

/// Makes a choice out of an answer with a label, and of the options in the question if it has some.
pub(crate) fn infer(answer: &str, question: &str) -> Option<AnswerSpec> {
    let text = normalize(answer);
    let options = options(question);
    let shown = ChoiceSpec { label: "A".to_owned(), options };
    if shown.options.len() > 1 && shown.validate().is_ok() {
        let label = chosen(&shown, &text)?.label.clone();
        return Some(AnswerSpec::Choice(ChoiceSpec { label, ..shown }));
    }
    label_only(&text).or_else(|| with_text(&text))
}

/// "(B) Paris".
fn with_text(text: &str) -> Option<AnswerSpec> {
    let plain = latex::plain(text);
    let plain = bare(&plain);
    let (label, text) = labelled(plain).filter(|_| SET_OFF.is_match(plain))?;
    let options = vec![ChoiceOption { label: label.clone(), text: text?.to_owned() }];
    Some(AnswerSpec::Choice(ChoiceSpec { label, options }))
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
            for reply in ["B", "b", "(B)", "The answer is B.", "\\boxed{\\text{(B)}}", "B is correct"] {
                assert!(check(&spec, reply).is_correct(), "{gold} {reply}");
            }
            for reply in ["A", "Paris", "A or B", "B or A", "B, C", "B and C", "B is wrong", "B?", "A) Rome B) Paris"] {
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
