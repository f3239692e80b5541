//! Multiple choice: the label, or text that only one option has.
//!
//! Options whose texts are equal, or look like another option's label, are refused when the choice is made: no reply
//! could be judged against them.

use std::sync::LazyLock;

use regex::Regex;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::error::Error;
use crate::latex;
use crate::normalize::{normalize, trim_wrappers, without_frame};
use crate::pattern::pattern;
use crate::spec::AnswerSpec;
use crate::string::{Given, Gold, fold, is_longer};
use crate::verdict::{Cause, Verdict};

mod stated_options;

pub(crate) use stated_options::infer;

/// The gold side of a multiple choice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChoiceSpec {
    /// Label of the right option.
    pub label: String,
    /// All options in the order shown; the right one alone, or none, where the others are not known.
    pub options: Vec<ChoiceOption>,
}

/// One option of a choice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChoiceOption {
    /// `A`, `B`, `C` and so on.
    pub label: String,
    /// The text shown after the label.
    pub text: String,
}

/// Signs between which blanks say nothing.
const SIGNS: [char; 8] = ['+', '-', '*', '/', '^', '=', '<', '>'];

/// Labels in the order of the options.
const LABELS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// "B", "(b)", "Option B.", "B) Paris", "B - Paris", "The answer is B: Paris", in lower case.
static LABEL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:i(?: would|'d)? (?:choose|pick|select|go with) )?(?:(?:the )?(?:final |correct |right |best )?(?:option|choice|answer|letter)(?: is)?:? (?:option |choice |letter )?)?[\[(]?(?P<label>[a-z])(?:\.?[\])][.:]?|[.:,])?(?:(?: [:=-]>?)? (?P<rest>.+))?$",
    )
});
/// "Paris (B)", in lower case.
static LABEL_LAST: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(?P<text>.+) [\[(](?P<label>[a-z])[\])]$"));
/// What may follow an option without saying more, in lower case.
static IS_CORRECT: LazyLock<Regex> =
    LazyLock::new(|| pattern(r" is (?:the )?(?:correct|right)(?: answer| option| choice)?$"));

/// Makes a choice out of its options and the index of the right one.
///
/// # Errors
/// There are fewer than two or more than 26 options, the index is out of range, or two options could not be told
/// apart.
pub fn choice(options: &[&str], correct: usize) -> Result<AnswerSpec, Error> {
    let labelled: Vec<ChoiceOption> = LABELS
        .chars()
        .zip(options)
        .map(|(label, text)| ChoiceOption { label: label.to_string(), text: (*text).to_owned() })
        .collect();
    if labelled.len() != options.len() {
        return Err(Error::Options("more than 26"));
    }
    let label = labelled.get(correct).ok_or(Error::Options("the right one is not among them"))?.label.clone();
    if labelled.len() < 2 {
        return Err(Error::Options("fewer than two"));
    }
    let spec = ChoiceSpec { label, options: labelled };
    spec.validate()?;
    Ok(AnswerSpec::Choice(spec))
}

/// Compares a normalised reply with the spec.
pub(crate) fn check(spec: &ChoiceSpec, reply: &str) -> Verdict {
    if spec.options.is_empty() {
        return check_label(&spec.label, reply);
    }
    match chosen(spec, reply) {
        Some(option) => Verdict::of(option.label == spec.label),
        None => Verdict::incorrect(Cause::Unreadable),
    }
}

/// Makes a choice of which nothing but the label of the right option is known: "B", "(b)", "Option B".
fn label_only(text: &str) -> Option<AnswerSpec> {
    let plain = latex::plain(text);
    let (label, rest) = labelled(bare(&plain))?;
    rest.is_none().then(|| AnswerSpec::Choice(ChoiceSpec { label, options: Vec::new() }))
}

/// Compares a reply with a label. Whether the text behind a label is that of its option cannot be told.
fn check_label(label: &str, reply: &str) -> Verdict {
    if is_longer(reply, 0) {
        return Verdict::incorrect(Cause::Unreadable);
    }
    let plain = latex::plain(reply).replace("**", "");
    match labelled(bare(&plain)) {
        Some((given, _)) if given != label => Verdict::of(false),
        // "A, B" are two labels.
        Some((_, Some(rest))) if labelled(rest).is_some_and(|(_, beside)| beside.is_none()) => Verdict::of(false),
        Some((_, Some(_))) => Verdict::unknown(Cause::Undecided),
        Some((_, None)) => Verdict::Correct,
        None => Verdict::incorrect(Cause::Unreadable),
    }
}

/// Takes off what says that an option is the right one, and nothing more.
fn bare(plain: &str) -> &str {
    let plain = trim_wrappers(plain);
    let rest = without_frame(plain).unwrap_or(plain);
    let end = IS_CORRECT.find(&rest.to_ascii_lowercase()).map_or(rest.len(), |found| found.start());
    trim_wrappers(rest.get(..end).unwrap_or(rest))
}

/// Reads a label in capital letters and the text that stands beside it.
fn labelled(reply: &str) -> Option<(String, Option<&str>)> {
    let lower = reply.to_ascii_lowercase();
    let (found, beside) = match LABEL.captures(&lower) {
        Some(found) => (found, "rest"),
        None => (LABEL_LAST.captures(&lower)?, "text"),
    };
    let text = found.name(beside).and_then(|text| reply.get(text.range()));
    Some((found.name("label")?.as_str().to_ascii_uppercase(), text))
}

/// What the Python side shares.
pub(crate) fn rules() -> Value {
    json!({ "signs": SIGNS, "label": LABEL.as_str(), "label_last": LABEL_LAST.as_str(), "is_correct": IS_CORRECT.as_str() })
}

impl ChoiceSpec {
    pub(crate) fn validate(&self) -> Result<(), Error> {
        if self.options.is_empty() {
            let is_label = self.label.len() == 1 && LABELS.contains(self.label.as_str());
            return if is_label { Ok(()) } else { Err(Error::Options("the label is no letter from A to Z")) };
        }
        if let [option] = self.options.as_slice() {
            let is_label = option.label == self.label && option.label.len() == 1 && LABELS.contains(&option.label);
            return if is_label { self.validate_texts() } else { Err(Error::Options("fewer than two")) };
        }
        let expected = LABELS.chars().map(String::from);
        if self.options.len() > LABELS.len()
            || self.options.iter().zip(expected).any(|(option, label)| option.label != label)
        {
            return Err(Error::Options("labels are not A, B, C and so on"));
        }
        if !self.options.iter().any(|option| option.label == self.label) {
            return Err(Error::Options("the right one is not among them"));
        }
        self.validate_texts()
    }

    fn validate_texts(&self) -> Result<(), Error> {
        let texts: Vec<String> = self.options.iter().map(|option| text_key(&option.text)).collect();
        for (idx, text) in texts.iter().enumerate() {
            if text.is_empty() {
                return Err(Error::Options("one has no text"));
            }
            if texts.iter().skip(idx + 1).any(|other| other == text) {
                return Err(Error::Options("two have the same text"));
            }
        }
        // "B" as the text of option A would make the reply "B" mean both.
        let confusing = self
            .options
            .iter()
            .any(|option| chosen(self, &normalize(&option.text)).is_some_and(|chosen| chosen.label != option.label));
        if confusing { Err(Error::Options("one reads like the label of another")) } else { Ok(()) }
    }
}

/// Returns the one option that a reply names.
fn chosen<'s>(spec: &'s ChoiceSpec, reply: &str) -> Option<&'s ChoiceOption> {
    let longest = spec.options.iter().map(|option| option.text.chars().count()).max().unwrap_or(0);
    if is_longer(reply, longest) {
        return None;
    }
    let plain = latex::plain(reply).replace("**", "");
    let plain = trim_wrappers(&plain).trim_matches('"');
    let shortened = || Some(bare(plain)).filter(|rest| rest.len() < plain.len());
    named(spec, plain).or_else(|| named(spec, shortened()?))
}

/// Returns the option that a text names by label, by text, or by both if they agree.
fn named<'s>(spec: &'s ChoiceSpec, reply: &str) -> Option<&'s ChoiceOption> {
    let by_text = option_with_text(spec, reply);
    let lower = reply.to_ascii_lowercase();
    let (label, rest) = if let Some(found) = LABEL.captures(&lower) {
        (found.name("label")?.as_str(), found.name("rest").map(|rest| rest.range()))
    } else if let Some(found) = LABEL_LAST.captures(&lower) {
        (found.name("label")?.as_str(), found.name("text").map(|text| text.range()))
    } else {
        return by_text;
    };
    let Some(by_label) = spec.options.iter().find(|option| option.label.eq_ignore_ascii_case(label)) else {
        return by_text;
    };
    // "A cell" may be the text of an option, and "A) cell" is a label with its text.
    let Some(rest) = rest else { return Some(by_label) };
    let with_text = GivenText::new(reply.get(rest)?).equals(&by_label.text).then_some(by_label);
    match (with_text, by_text) {
        (Some(first), Some(second)) => (first.label == second.label).then_some(first),
        (one, other) => one.or(other),
    }
}

/// Returns the option whose text is given, to the letter if two are nearly the same.
fn option_with_text<'s>(spec: &'s ChoiceSpec, given: &str) -> Option<&'s ChoiceOption> {
    let key = text_key(given);
    let exact = spec.options.iter().find(|option| text_key(&option.text) == key);
    let given = GivenText::new(given);
    if let Some(exact) = exact {
        return Some(exact).filter(|option| !given.name.doubts(&option.text));
    }
    let mut matching = spec.options.iter().filter(|option| given.equals(&option.text));
    let first = matching.next()?;
    matching.next().is_none().then_some(first)
}

/// Text of a reply that may be that of an option.
struct GivenText {
    name: Given,
    squeezed: Option<String>,
}

impl GivenText {
    fn new(text: &str) -> Self {
        Self { name: Given::new(trim_wrappers(text), false), squeezed: squeezed(&normalize(text)) }
    }

    fn equals(&self, option: &str) -> bool {
        (self.squeezed.is_some() && self.squeezed == squeezed(&normalize(option)))
            || self.name.equals(&Gold::new(option, false, true))
    }
}

/// Mathematics without its blanks; nothing for other text.
fn squeezed(text: &str) -> Option<String> {
    text.contains(SIGNS).then(|| text.replace(' ', ""))
}

fn text_key(text: &str) -> String {
    fold(trim_wrappers(&normalize(text)), false)
}

#[cfg(test)]
mod tests {
    use super::choice;
    use crate::check::check;

    const CITIES: [&str; 4] = ["Rome", "Paris", "Lima", "Oslo"];

    #[test]
    fn label_and_text_are_accepted() {
        let spec = choice(&CITIES, 1).unwrap();
        for reply in [
            "B",
            "b",
            "(B)",
            "B)",
            "B.",
            "[B]",
            "\\boxed{B}",
            "\\text{(B)}",
            "**B**",
            "Option B",
            "Paris",
            "paris.",
            "B) Paris",
            "B. Paris",
            "B: Paris",
            "(B) Paris",
            "B Paris",
            "B - Paris",
        ] {
            assert!(check(&spec, reply).is_correct(), "{reply}");
        }
    }

    #[test]
    fn other_options_and_all_at_once_are_refused() {
        let spec = choice(&CITIES, 1).unwrap();
        for reply in [
            "A",
            "C",
            "E",
            "A, B",
            "B, A",
            "A B C D",
            "ABCD",
            "B C",
            "A) Rome B) Paris",
            "B) Rome",
            "A) Paris",
            "Rome, Paris, Lima, Oslo",
            "Paris Rome",
            "not B",
            "",
            "{",
            "\\boxed{}",
            "B or C",
            "BB",
            "B B",
            "Paris?",
            "Paris...",
            "The answer is not \\boxed{B}",
        ] {
            assert!(!check(&spec, reply).is_correct(), "{reply}");
        }
    }

    #[test]
    fn a_label_alone_is_compared_with_labels() {
        let spec = super::label_only("(b)").unwrap();
        assert_eq!(crate::spec::AnswerSpec::from_json(&spec.to_json()).unwrap(), spec);
        for reply in [
            "B",
            "b",
            "(B)",
            "B.",
            "B)",
            "[B]",
            "Option B",
            "**B**",
            "\\boxed{B}",
            "\\boxed{\\text{(B)}}",
            "The answer is B.",
            "The answer is (B).",
            "Answer: B",
            "<answer>B</answer>",
            "#### B",
            "B is the correct answer",
            "I choose B",
            "I would go with option B.",
            "The correct option is B",
            "Choice (B)",
        ] {
            assert!(check(&spec, reply).is_correct(), "{reply}");
        }
        for reply in [
            "A",
            "(C)",
            "A, B",
            "B, A",
            "B A",
            "AB",
            "BB",
            "",
            "{",
            "Paris",
            "not B",
            "\\boxed{}",
            "The answer is C.",
            "C) Paris",
            "Answer: A\nAnswer: B",
            "(A)(B)(C)(D)",
        ] {
            assert_eq!(check(&spec, reply).as_str(), "incorrect", "{reply}");
        }
        for reply in ["B) Paris", "B Paris", "B or C", "Paris (B)", "B is not correct", "B: not this one"] {
            assert_eq!(check(&spec, reply).as_str(), "unknown", "{reply}");
        }
        for text in ["Paris", "B) Paris", "1", "", "AB", "ß"] {
            assert!(super::label_only(text).is_none(), "{text}");
        }
    }

    #[test]
    fn options_that_cannot_be_told_apart_are_an_error() {
        assert!(choice(&["Paris", "paris"], 0).is_err());
        assert!(choice(&["B", "A"], 0).is_err());
        assert!(choice(&["Paris"], 0).is_err());
        assert!(choice(&["Paris", "Rome"], 2).is_err());
        assert!(choice(&["Paris", " "], 0).is_err());
        assert!(choice(&["A", "B"], 0).is_ok());
    }

    #[test]
    fn a_text_that_begins_with_an_article_is_still_a_text() {
        let spec = choice(&["a cell", "an atom"], 0).unwrap();
        assert!(check(&spec, "a cell").is_correct());
        assert!(!check(&spec, "an atom").is_correct());
        let spec = choice(&["minor", "a minor"], 1).unwrap();
        assert!(!check(&spec, "A minor").is_correct(), "either label A with its text, or the text of B");
    }
    #[test]
    fn labels_are_read_in_every_dress() {
        let spec = choice(&CITIES, 1).unwrap();
        for reply in [
            "Option B.",
            "option (b)",
            "Choice B: Paris",
            "The correct option is B",
            "The answer is (B) Paris.",
            "<answer>The answer is B</answer>",
            "B is correct",
            "Option B is the correct answer.",
            "**B.** Paris",
            "**(B)** **Paris**",
            "B) **Paris**",
            "$\\text{B}$",
            "\\text{(B)} Paris",
            "Paris (B)",
            "[B] Paris",
            "(B). Paris",
            "B -> Paris",
            "B = Paris",
            "The answer is Paris",
            "letter B",
        ] {
            assert!(check(&spec, reply).is_correct(), "{reply}");
        }
        for reply in [
            "B is not correct",
            "not (B)",
            "B or A",
            "B, A",
            "Paris (A)",
            "Rome (B)",
            "Paris, Rome",
            "A is correct, B is not",
            "B) Paris C) Lima",
            "All of them",
            "B) Paris, France",
            "(A)(B)(C)(D)",
            "A/B",
            "b c",
            "Parisian",
            "both A and B",
        ] {
            assert!(!check(&spec, reply).is_correct(), "{reply}");
        }
    }

    #[test]
    fn a_sign_belongs_to_the_text_and_not_to_the_label() {
        let spec = choice(&["5", "-5"], 1).unwrap();
        for reply in ["B", "-5", "B) -5", "B: -5", "(B) -5"] {
            assert!(check(&spec, reply).is_correct(), "{reply}");
        }
        for reply in ["A", "5", "A) -5", "B) 5", "A) 5"] {
            assert!(!check(&spec, reply).is_correct(), "{reply}");
        }
    }
}
