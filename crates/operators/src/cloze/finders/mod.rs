//! Finds the facts of a statement, one module a kind.
//!
//! Finders look at one sentence and never guess: a span that the sentence does not pin is not a fact.

mod date;
mod list;
mod name;
mod number;
mod quantity;
mod term;

use std::ops::Range;

use super::distractors::Distractors;
use super::fact::Fact;
use super::statement::Statement;
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
    let finders = [date::find, quantity::find, number::find, list::find, name::find, term::find];
    let mut facts: Vec<Fact> = Vec::new();
    for find in finders {
        for fact in find(scene) {
            let taken = facts.iter().any(|other| overlap(&other.mask, &fact.mask));
            if !taken && is_askable(scene, &fact) {
                facts.push(fact);
            }
        }
    }
    facts.sort_by_key(|fact| fact.mask.start);
    facts
}

fn overlap(left: &Range<usize>, right: &Range<usize>) -> bool {
    left.start < right.end && right.start < left.end
}

/// Whether the span is outside of brackets and quotes, and its answer can be read off neither the rest nor the topic.
fn is_askable(scene: Scene<'_>, fact: &Fact) -> bool {
    let text = scene.statement.text.as_str();
    let (before, after) = (&text[..fact.mask.start], &text[fact.mask.end..]);
    let in_brackets = before.matches('(').count() > before.matches(')').count();
    let shown = match fact.form {
        super::fact::Form::Defined => after.to_owned(),
        _ => format!("{before} {after} {}", scene.topic.display),
    };
    !in_brackets && !is_one_of_many(before, after) && !is_shown(&fact.answer, &shown)
}

/// Blanks into which several things would fit.
fn is_one_of_many(before: &str, after: &str) -> bool {
    static MANY: std::sync::LazyLock<regex::Regex> = std::sync::LazyLock::new(|| {
        pattern(r"(?i)\b(?:such as|including|includes?|included|like|namely|especially|particularly|notably|mainly in|e\.g\.|for example|either|among|other than|as well as|one of|some of|parts? of|examples?(?: of \w+)? (?:is|are)|and|or|&|,) (?:the |an? |in |by |from |of |to |for )?$")
    });
    static GOES_ON: std::sync::LazyLock<regex::Regex> =
        std::sync::LazyLock::new(|| pattern(r"^(?:,? (?:and|or|&)(?:/or)? |/|, (?:[A-Z][\w'’.-]+ ?){1,4}(?:,|\.$| and | or ))"));
    MANY.is_match(before) || GOES_ON.is_match(after)
}

/// Whether a word of the answer, or one grown from it, is shown.
fn is_shown(answer: &str, shown: &str) -> bool {
    const LIGHT: [&str; 16] =
        ["the", "of", "and", "a", "an", "in", "de", "la", "von", "van", "for", "to", "on", "st", "city", "by"];
    let telling = |word: &&str| !LIGHT.contains(&word.to_lowercase().as_str());
    let mut parts = words(answer).map(|(_, word)| word).filter(telling);
    parts.any(|part| words(shown).any(|(_, word)| same_stem(part, word)))
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
    const ROUGH: [&str; 13] = [
        "about", "around", "approximately", "roughly", "some", "nearly", "almost", "circa", "c.", "ca.", "~", "estimated", "approx.",
    ];
    ROUGH.contains(&word_before(text, at).to_lowercase().as_str()) || find_word(text, "estimated").iter().any(|span| span.end < at && at - span.end < 20)
}

/// Whether the words before a byte set a bound, so that many figures would be right.
fn is_bound(text: &str, at: usize) -> bool {
    const BOUNDS: [&str; 22] = [
        "more than", "less than", "fewer than", "greater than", "larger than", "over", "under", "at least", "at most", "up to", "as many as",
        "as much as", "as few as", "exceeding", "exceeds", "below", "above", "beyond", "upwards of", "to", "between", "from",
    ];
    let before = text[..at].trim_end().to_lowercase();
    BOUNDS.iter().any(|bound| before.ends_with(bound) && !before[..before.len() - bound.len()].ends_with(char::is_alphanumeric))
}
