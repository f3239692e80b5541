//! The nouns of counted things: "5 apples" and "5 red apples" count the same where the question asks for red apples.

use serde_json::{Value, json};

use crate::percentage::percent_sign;
use crate::units::{resolve, resolve_gold};

/// More words before the verb are no name of a thing.
const MAX_WORDS: usize = 6;

/// Longer words behind "in" are no unit.
const MAX_UNIT_BYTES: usize = 40;
/// What a question for a percentage counts.
pub(crate) const PERCENT: &str = "percent";

/// Words that end the name of what a question counts.
const STOPS: [&str; 45] = [
    "are", "is", "was", "were", "be", "been", "do", "does", "did", "has", "have", "had", "can", "could", "will",
    "would", "should", "may", "might", "must", "in", "on", "of", "at", "to", "by", "for", "from", "with", "into",
    "there", "it", "he", "she", "they", "you", "we", "i", "the", "this", "that", "these", "who", "which", "and",
];

/// Plurals that no rule makes.
const PLURALS: [(&str, &str); 14] = [
    ("people", "person"),
    ("persons", "person"),
    ("men", "man"),
    ("women", "woman"),
    ("children", "child"),
    ("feet", "foot"),
    ("teeth", "tooth"),
    ("mice", "mouse"),
    ("geese", "goose"),
    ("lives", "life"),
    ("wives", "wife"),
    ("wolves", "wolf"),
    ("halves", "half"),
    ("leaves", "leaf"),
];

/// Returns what a question in lower case counts: the words behind "how many" up to the verb.
pub(crate) fn counted(question: &str) -> Option<String> {
    let start = question.rfind("how many ")?;
    let mut words = Vec::new();
    for word in question.get(start + "how many ".len()..)?.split(' ') {
        let bare = word.trim_end_matches(['?', ',', '.', ';', ':', '!']);
        let is_name = bare.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-') && !bare.is_empty();
        if !is_name || STOPS.contains(&bare) || words.len() == MAX_WORDS {
            break;
        }
        words.push(bare);
        if bare.len() < word.len() {
            break;
        }
    }
    (!words.is_empty()).then(|| words.join(" "))
}

/// Returns the unit that a question in lower case ends with: "what is the mass in kg?", "how long is it (in metres)?".
pub(crate) fn asked_unit(question: &str) -> Option<String> {
    let end = question.trim_end_matches(['?', '.', '!', ' ', ')']);
    let unit = end.get(end.rfind(" in ").or_else(|| end.rfind("(in "))? + " in ".len()..)?.trim();
    (unit.len() <= MAX_UNIT_BYTES && !resolve_gold(unit).is_empty()).then(|| unit.to_owned())
}

/// Returns whether a noun names what is counted, or a part of that name.
pub(crate) fn is_of(noun: &str, counted: &str) -> bool {
    let (words, counted_words) = (keys(noun), keys(counted));
    if words.is_empty() || counted_words.is_empty() {
        return false;
    }
    if counted_words.windows(words.len()).any(|part| part == words.as_slice()) {
        return true;
    }
    if counted == PERCENT {
        return percent_sign(noun) == Some(1);
    }
    // "km" names what "how many kilometres" counts.
    let units = resolve(noun);
    let is_unit = |part: &str| resolve(part).iter().any(|it| units.iter().any(|unit| unit.id == it.id));
    let words: Vec<&str> = counted.split(' ').collect();
    !units.is_empty() && (1..=words.len()).any(|len| words.windows(len).any(|part| is_unit(&part.join(" "))))
}

/// Returns whether two nouns are the same but for number and case.
pub(crate) fn is_same(noun: &str, other: &str) -> bool {
    keys(noun) == keys(other)
}

/// What the Python side shares.
pub(crate) fn rules() -> Value {
    json!({ "plurals": PLURALS, "percent": PERCENT })
}

/// The words of a noun in lower case, the singular of each.
fn keys(noun: &str) -> Vec<String> {
    let lower = noun.to_ascii_lowercase();
    lower.split([' ', '-']).filter(|word| !word.is_empty()).map(singular).collect()
}

fn singular(word: &str) -> String {
    if let Some((_, singular)) = PLURALS.into_iter().find(|(plural, _)| *plural == word) {
        return singular.to_owned();
    }
    if let Some(stem) = word.strip_suffix("ies").filter(|stem| stem.len() > 1) {
        return format!("{stem}y");
    }
    for ending in ["sses", "shes", "ches", "xes", "zes"] {
        if word.ends_with(ending) {
            return word.strip_suffix("es").unwrap_or(word).to_owned();
        }
    }
    let is_plural = word.len() > 2 && !word.ends_with("ss") && !word.ends_with("us");
    word.strip_suffix('s').filter(|_| is_plural).unwrap_or(word).to_owned()
}

#[cfg(test)]
mod tests {
    use super::{counted, is_of, is_same};

    #[test]
    fn questions_say_what_they_count() {
        for (question, expected) in [
            ("how many apples are there?", Some("apples")),
            ("how many red apples did he eat?", Some("red apples")),
            ("so, how many people?", Some("people")),
            ("how many of them were there?", None),
            ("how many?", None),
            ("what is it?", None),
        ] {
            assert_eq!(counted(question).as_deref(), expected, "{question}");
        }
    }

    #[test]
    fn nouns_are_equal_in_singular_and_plural() {
        for (noun, other) in
            [("apple", "apples"), ("People", "person"), ("boxes", "box"), ("light-years", "light year"), ("bus", "bus")]
        {
            assert!(is_same(noun, other), "{noun} {other}");
        }
        for (noun, other) in [("apple", "pear"), ("", "apple"), ("red apple", "apple")] {
            assert!(!is_same(noun, other), "{noun} {other}");
        }
    }

    #[test]
    fn a_part_of_the_name_will_do() {
        assert!(is_of("apples", "red apples"));
        assert!(is_of("people", "people live"));
        assert!(is_of("km", "kilometres"));
        assert!(!is_of("green apples", "red apples"));
        assert!(!is_of("miles", "kilometres"));
        assert!(is_of("m/s", "metres per second"));
        assert!(is_of("%", "percent"));
        assert!(!is_of("%", "people"));
        assert!(!is_of("", "apples"));
    }
}
