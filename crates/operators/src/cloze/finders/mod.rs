//! Finds the facts of a statement, one module a kind.
//!
//! Finders look at one sentence and never guess: a span that the sentence does not pin is not a fact.

mod code;
mod date;
mod list;
mod name;
mod number;
mod quantity;
mod term;
#[cfg(test)]
mod tests;

use std::ops::Range;

use super::distractors::Distractors;
use super::fact::{Fact, Form};
use super::statement::{Statement, has_year, is_changing};
use super::topic::Topic;
use crate::text::{find_word, pattern, same_stem, words};

/// All that finders may look at.
#[derive(Clone, Copy)]
pub(crate) struct Scene<'a> {
    /// The sentence.
    pub(crate) statement: &'a Statement,
    /// What the document is about.
    pub(crate) topic: &'a Topic,
    /// The bank, which knows the classes of many names.
    pub(crate) distractors: &'a Distractors,
}

/// Gives the facts of a statement that can be asked for, in the order of their spans.
pub(crate) fn facts(scene: Scene<'_>) -> Vec<Fact> {
    let finders = [code::find, date::find, quantity::find, number::find, list::find, name::find, term::find];
    let mut facts: Vec<Fact> = Vec::new();
    for find in finders {
        for fact in find(scene) {
            let taken = facts.iter().any(|other| overlap(&other.mask, &fact.mask));
            if !taken && fact.mask.start >= scene.statement.own && is_askable(scene, &fact) {
                facts.push(fact);
            }
        }
    }
    if is_entry(scene) {
        facts.retain(|fact| fact.form == Form::Defined);
    }
    facts.sort_by_key(|fact| fact.mask.start);
    facts
}

/// Whether the sentence is the text of a dictionary entry, which is no whole sentence.
fn is_entry(scene: Scene<'_>) -> bool {
    scene.statement.defines && scene.topic.definition.as_ref().is_some_and(|definition| definition.subject.is_empty())
}

fn overlap(left: &Range<usize>, right: &Range<usize>) -> bool {
    left.start < right.end && right.start < left.end
}

/// Whether the span is outside of brackets and quotes, and its answer can be read off neither the rest nor the topic.
fn is_askable(scene: Scene<'_>, fact: &Fact) -> bool {
    let text = scene.statement.text.as_str();
    let (before, after) = (&text[..fact.mask.start], &text[fact.mask.end..]);
    if is_undated(text, fact) {
        return false;
    }
    if fact.form == Form::Defined {
        return !gives_away(&fact.answer, after);
    }
    let in_brackets = before.matches('(').count() > before.matches(')').count();
    let topic = if names_topic(scene.topic, fact) { "" } else { scene.topic.display.as_str() };
    let shown = format!("{before} {after} {topic}");
    !in_brackets && !is_one_of_many(before, after) && !is_shown(&fact.answer, &shown)
}

/// Whether an identifier is itself the topic of the page, so that the question must not name it.
pub(crate) fn names_topic(topic: &Topic, fact: &Fact) -> bool {
    fact.form == Form::Identifier && !find_word(&topic.display, &fact.answer).is_empty()
}

/// A figure that is another one every year, without its year; or the year itself of such a figure.
fn is_undated(text: &str, fact: &Fact) -> bool {
    let figure = matches!(fact.form, Form::Number | Form::Quantity { .. } | Form::Percentage | Form::Fraction);
    let year = matches!(fact.form, Form::Year | Form::Day);
    let own_year = has_year(&text[fact.mask.clone()]);
    figure && is_changing(text) && !has_year(text) || year && own_year && is_measured_then(text, fact)
}

/// Whether the year only says when a figure was taken: `As of ____`, `in the ____ census`, `In ____, ... a population of`.
fn is_measured_then(text: &str, fact: &Fact) -> bool {
    static MEASURED: std::sync::LazyLock<regex::Regex> = std::sync::LazyLock::new(|| {
        pattern(
            r"(?i)\b(?:population|inhabitants|residents|speakers|gdp|literacy|expectancy|membership|readership|census|estimates?|estimated|rate|percent|per cent|for every|per capita|gdp|average|averaged|capitali[sz]ation)\b|%|millions? (?:in|of people)",
        )
    });
    MEASURED.is_match(text) || text[..fact.mask.start].to_lowercase().ends_with("as of ")
}

/// Whether a definition says the telling word of its name: the first one, or more than half of them.
fn gives_away(name: &str, definition: &str) -> bool {
    let parts: Vec<&str> = words(name).map(|(_, word)| word).filter(|word| is_telling(word)).collect();
    let is_said = |part: &str| words(definition).any(|(_, word)| same_stem(part, word));
    let num_said = parts.iter().filter(|part| is_said(part)).count();
    parts.first().is_none_or(|first| is_said(first)) || num_said * 2 > parts.len()
}

/// Blanks into which several things would fit.
fn is_one_of_many(before: &str, after: &str) -> bool {
    static MANY: std::sync::LazyLock<regex::Regex> = std::sync::LazyLock::new(|| {
        pattern(
            r"(?i)\b(?:such as|including|includes?|included|like|namely|especially|particularly|notably|mainly in|e\.g\.|for example|either|among|other than|as well as|one of|some of|parts? of|examples?(?: of \w+)? (?:is|are)|and|or|&|,) (?:the |an? |in |by |from |of |to |for )?$",
        )
    });
    static GOES_ON: std::sync::LazyLock<regex::Regex> = std::sync::LazyLock::new(|| {
        pattern(r"^(?:,? (?:and|or|&)(?:/or)? |/|, (?:the )?(?:[A-Z][\w'’.-]+ ?){1,4}(?:,|\.$| and | or ))")
    });
    MANY.is_match(before) || GOES_ON.is_match(after)
}

/// Whether a word of the answer, or one grown from it, is shown.
fn is_shown(answer: &str, shown: &str) -> bool {
    let mut parts = words(answer).map(|(_, word)| word).filter(|word| is_telling(word));
    parts.any(|part| words(shown).any(|(_, word)| same_stem(part, word) || is_same_people(part, word)))
}

/// Peoples whose name differs from that of their country.
const PEOPLES: [(&str, &str); 14] = [
    ("France", "French"),
    ("Spain", "Spanish"),
    ("Netherlands", "Dutch"),
    ("Denmark", "Danish"),
    ("Poland", "Polish"),
    ("Wales", "Welsh"),
    ("Greece", "Greek"),
    ("Switzerland", "Swiss"),
    ("Ireland", "Irish"),
    ("England", "English"),
    ("Scotland", "Scottish"),
    ("Finland", "Finnish"),
    ("Philippines", "Filipino"),
    ("Kingdom", "British"),
];

/// `Turkey` and `Turkish`, `China` and `Chinese`: names that begin alike, or are known to belong together.
fn is_same_people(left: &str, right: &str) -> bool {
    if PEOPLES.contains(&(left, right)) || PEOPLES.contains(&(right, left)) {
        return true;
    }
    let named = left.starts_with(char::is_uppercase) && right.starts_with(char::is_uppercase);
    named && left.chars().zip(right.chars()).take_while(|(one, other)| one == other).count() >= 4
}

fn is_telling(word: &str) -> bool {
    const LIGHT: [&str; 16] =
        ["the", "of", "and", "a", "an", "in", "de", "la", "von", "van", "for", "to", "on", "st", "city", "by"];
    !LIGHT.contains(&word.to_lowercase().as_str())
}

/// The word that ends right before a byte, without white space.
fn word_before(text: &str, at: usize) -> &str {
    text[..at].trim_end().rsplit([' ', '(']).next().unwrap_or_default()
}

/// The word that begins at or after a byte, without punctuation at its end.
fn word_after(text: &str, at: usize) -> &str {
    let next = text[at..].trim_start().split(' ').next().unwrap_or_default();
    next.trim_end_matches(['.', ',', ';', ':', ')'])
}

/// Whether rough words stand right before a byte: the figure is a rounded one.
fn is_rough(text: &str, at: usize) -> bool {
    const ROUGH: &[&str] = &[
        "about",
        "around",
        "approximately",
        "roughly",
        "some",
        "nearly",
        "almost",
        "circa",
        "c.",
        "ca.",
        "~",
        "estimated",
        "approx.",
    ];
    let before = text[..at].trim_end_matches("the ");
    ROUGH.contains(&word_before(before, before.len()).to_lowercase().as_str())
        || find_word(text, "estimated").iter().any(|span| span.end < at && at - span.end < 20)
}

/// Whether the words before a byte set a bound, so that many figures would be right.
fn is_bound(text: &str, at: usize) -> bool {
    const BOUNDS: &[&str] = &[
        "exceed",
        "exceeded",
        "surpassed",
        "surpasses",
        "surpassing",
        "more than",
        "less than",
        "fewer than",
        "greater than",
        "larger than",
        "over",
        "under",
        "at least",
        "at most",
        "up to",
        "as many as",
        "as much as",
        "as few as",
        "exceeding",
        "exceeds",
        "below",
        "above",
        "beyond",
        "upwards of",
        "to",
        "between",
        "from",
    ];
    let before = text[..at].trim_end().to_lowercase();
    BOUNDS
        .iter()
        .any(|bound| before.ends_with(bound) && !before[..before.len() - bound.len()].ends_with(char::is_alphanumeric))
}
