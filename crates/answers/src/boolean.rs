//! Yes and no: a closed list of words, each of which "not" turns round.

use std::sync::LazyLock;

use regex::Regex;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::error::NotVerifiable;
use crate::infer::Candidate;
use crate::pattern::pattern;
use crate::spec::AnswerSpec;
use crate::stated;
use crate::verdict::{Cause, Verdict};

/// The gold side of a yes-or-no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BooleanSpec {
    /// Whether the answer is yes.
    pub value: bool,
}

/// Words for yes and no. Only the first two of each make a gold answer: the others mean more than that elsewhere.
const YES: [&str; 13] = [
    "yes",
    "true",
    "correct",
    "right",
    "affirmative",
    "indeed",
    "yeah",
    "yep",
    "yup",
    "absolutely",
    "definitely",
    "certainly",
    "of course",
];
const NO: [&str; 12] = [
    "no",
    "false",
    "incorrect",
    "wrong",
    "untrue",
    "nope",
    "nay",
    "not at all",
    "absolutely not",
    "definitely not",
    "certainly not",
    "of course not",
];
/// The first words of "not", and of what may stand before it.
const NEGATIONS: [&str; 4] = ["not ", "definitely not ", "certainly not ", "absolutely not "];

/// Sentences that say yes or no of "it": subject, verb, perhaps "not", perhaps a word for yes or no.
static SENTENCE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:(?:it|that|this|he|she|they|there|we|you|the (?:statement|claim|assertion|answer|proposition|sentence)|this (?:statement|claim))(?: (?P<verb>is|are|was|were|does|do|did|has|have|had|can|could|will|would|should|may|might|must)|'(?P<short>s|re)))(?P<not> ?not|n't|'t)?(?: (?P<word>yes|true|correct|right|no|false|incorrect|wrong|untrue))?$",
    )
});
/// Verbs that alone commit to nothing: "it may".
const WEAK: [&str; 5] = ["may", "might", "could", "would", "should"];
/// What cuts the answer from the sentence that repeats it.
static CUT: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^(?P<first>[a-z]{2,11}) ?[,.;:!-]? ?(?P<rest>[a-z(].{0,80})$"));
/// Words that only stress an answer.
const STRESS: [&str; 8] =
    ["indeed", "definitely", "certainly", "absolutely", "of course", "exactly", "sir", "for sure"];

/// A reason behind an answer: "Yes, 43 is a prime number", "No, because 63 = 7 * 9".
static REASON: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"^(?P<first>yes|no|true|false)(?: ?[,.;:-] ?| (?:because|since|as) )(?P<rest>[^\n]{3,240})$")
});
/// A reason has one of these.
const VERBS: [&str; 24] = [
    "is", "are", "was", "were", "has", "have", "had", "does", "do", "did", "can", "could", "will", "would", "because",
    "since", "due", "exists", "exist", "contains", "equals", "holds", "means", "lies",
];
/// Words that may take an answer back.
const DOUBTS: [&str; 56] = [
    "yes",
    "no",
    "true",
    "false",
    "correct",
    "incorrect",
    "right",
    "wrong",
    "but",
    "however",
    "although",
    "though",
    "or",
    "maybe",
    "perhaps",
    "unless",
    "except",
    "depends",
    "depending",
    "actually",
    "wait",
    "sometimes",
    "partly",
    "unsure",
    "if",
    "neither",
    "either",
    "unclear",
    "unknown",
    "probably",
    "possibly",
    "otherwise",
    "instead",
    "untrue",
    "question",
    "answer",
    "some",
    "case",
    "cases",
    "usually",
    "often",
    "mostly",
    "partially",
    "generally",
    "typically",
    "technically",
    "could",
    "would",
    "may",
    "might",
    "should",
    "assuming",
    "supposedly",
    "arguably",
    "rarely",
    "almost",
];
/// Words that turn a sentence round.
const TURNS: [&str; 11] =
    ["not", "never", "cannot", "none", "nothing", "nobody", "impossible", "unlikely", "fails", "lacks", "without"];

/// Compares a normalised reply with the spec.
pub(crate) fn check(spec: &BooleanSpec, reply: &str) -> Verdict {
    match parse(reply) {
        Some(value) => Verdict::of(value == spec.value),
        None => Verdict::incorrect(Cause::Unreadable),
    }
}

/// Reads a gold answer of one word.
pub(crate) fn infer(candidate: &Candidate<'_>) -> Result<Option<AnswerSpec>, NotVerifiable> {
    let word = candidate.text.to_lowercase();
    let value = match word.as_str() {
        "yes" | "true" => true,
        "no" | "false" => false,
        _ => return Ok(None),
    };
    Ok(Some(AnswerSpec::Boolean(BooleanSpec { value })))
}

/// What the Python side shares.
pub(crate) fn rules() -> Value {
    json!({
        "yes": YES,
        "no": NO,
        "negations": NEGATIONS,
        "sentence": SENTENCE.as_str(),
        "weak": WEAK,
        "cut": CUT.as_str(),
        "stress": STRESS,
        "reason": REASON.as_str(),
        "verbs": VERBS,
        "doubts": DOUBTS.as_slice(),
        "turns": TURNS,
    })
}

/// Reads whatever a reply could say as a gold answer, where it is known to be yes or no.
pub(crate) fn forced(text: &str) -> Option<AnswerSpec> {
    parse(text).map(|value| AnswerSpec::Boolean(BooleanSpec { value }))
}

fn parse(text: &str) -> Option<bool> {
    let lower = stated::tidy(text).to_ascii_lowercase();
    let lower = lower.trim_matches(['"', '\'']);
    let lower = lower.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')).unwrap_or(lower);
    let lower = lower.trim_end_matches(['!', '.']).trim();
    if let Some(value) = word(lower).or_else(|| sentence(lower).filter(|_| !is_weak(lower))) {
        return Some(value);
    }
    if let Some(value) = reasoned(lower) {
        return Some(value);
    }
    // "Yes, it is": what follows may repeat the answer, and nothing else.
    let found = CUT.captures(lower)?;
    let first = word(found.name("first")?.as_str())?;
    let rest = found.name("rest")?.as_str();
    let rest = rest.strip_prefix('(').map_or(rest, |rest| rest.strip_suffix(')').unwrap_or("("));
    let agrees = match (word(rest), sentence(rest)) {
        // "Yes, yes" is two answers, if the same ones.
        (Some(again), _) => again == first && found.name("first").is_some_and(|word| word.as_str() != rest),
        (None, Some(again)) => again == first,
        (None, None) => first && STRESS.contains(&rest) || !first && rest == "not at all",
    };
    agrees.then_some(first)
}

/// "Yes, 43 is a prime number": an answer with a reason that does not take it back.
fn reasoned(lower: &str) -> Option<bool> {
    let found = REASON.captures(lower)?;
    let first = word(found.name("first")?.as_str())?;
    let rest = found.name("rest")?.as_str();
    // "No, it is" and "no, indeed it is" are contradictions, not reasons.
    let plain = STRESS.into_iter().find_map(|stress| rest.strip_prefix(stress)).map_or(rest, str::trim_start);
    if sentence(plain).is_some() {
        return None;
    }
    let mut words = rest.split(|ch: char| !(ch.is_ascii_lowercase() || ch == '\''));
    let is_reason = lower.contains(" because ") || words.clone().any(|word| VERBS.contains(&word));
    let is_turned = |word: &str| first && (TURNS.contains(&word) || word.ends_with("n't"));
    (is_reason && !words.any(|word| DOUBTS.contains(&word) || is_turned(word))).then_some(first)
}

fn is_weak(lower: &str) -> bool {
    SENTENCE.captures(lower).and_then(|found| found.name("verb")).is_some_and(|verb| WEAK.contains(&verb.as_str()))
}

fn word(lower: &str) -> Option<bool> {
    let (negated, word) = match NEGATIONS.iter().find_map(|negation| lower.strip_prefix(negation)) {
        Some(rest) => (true, rest.trim_start()),
        None => (false, lower),
    };
    // "not yes" and "not no" are no English answers.
    if negated && matches!(word, "yes" | "no") {
        return None;
    }
    if YES.contains(&word) {
        Some(!negated)
    } else if NO.contains(&word) {
        Some(negated)
    } else {
        None
    }
}

/// "It is", "that is not correct", "the statement is false".
fn sentence(lower: &str) -> Option<bool> {
    let found = SENTENCE.captures(lower)?;
    let plain = found.name("not").is_none();
    match found.name("word") {
        Some(said) => Some(word(said.as_str())? == plain),
        // "It's" alone says nothing, and "it has" is no answer but to a question that has no other.
        None => found.name("verb").map(|_| plain),
    }
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn words_are_read_and_not_turns_them_round() {
        for yes in [
            "yes",
            "Yes!",
            "TRUE",
            "correct",
            "not false",
            "not incorrect",
            "Yes, it is.",
            "That is correct",
            "It's true",
            "The statement is true.",
            "yes (true)",
            "true - it is",
            "Yes, that is correct",
            "Yes, indeed",
            "It isn't false",
            "yep",
            "\"Yes\"",
            "Yes, it could",
            "it can",
        ] {
            assert_eq!(parse(yes), Some(true), "{yes}");
        }
        for no in [
            "no",
            "No",
            "false",
            "incorrect",
            "not true",
            "Not correct",
            "No, it is not",
            "No, it isn't.",
            "It is not true",
            "That's incorrect",
            "the claim is false",
            "No, not at all",
            "definitely not true",
            "False; it is not",
            "it does not",
        ] {
            assert_eq!(parse(no), Some(false), "{no}");
        }
    }

    #[test]
    fn anything_else_is_no_boolean() {
        for other in [
            "",
            "yes and no",
            "yes no",
            "maybe",
            "not",
            "not yes",
            "not not true",
            "y",
            "1",
            "yesno",
            "{",
            "yes, no",
            "No, it is",
            "Yes, it is not",
            "yes (no)",
            "it",
            "it's",
            "not",
            "yes it",
            "Yes and no",
            "no yes",
            "true false",
            "yes yes no",
            "Yes, but it is false",
            "it is unknown",
            "no (",
            "correct me",
            "no wonder",
            "It may",
            "it might",
            "it could be true",
            "that would",
            "No, indeed it is",
            "Yes, it is impossible",
        ] {
            assert_eq!(parse(other), None, "{other}");
        }
    }
}
