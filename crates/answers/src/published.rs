//! The two published string normalisers, character for character: SQuAD's and TriviaQA's.
//!
//! Datasets that were scored with them keep their scores. Both were written in Python, so that this module holds what
//! Python takes for a word, for white space and for punctuation; nothing else in the crate uses it.

use serde_json::{Value, json};
use unicode_normalization::char::is_combining_mark;

use crate::letters;

/// The name of [`squad`] in a spec.
pub(crate) const SQUAD: &str = "squad/1";

/// The name of [`trivia_qa`] in a spec.
pub(crate) const TRIVIA_QA: &str = "triviaqa/1";

const ARTICLES: [&str; 3] = ["a", "an", "the"];

/// Quotes that TriviaQA's function takes for punctuation besides the ASCII ones.
const QUOTES: &str = "‘’´`";

/// Normalises as the evaluation of SQuAD does: lower case, no ASCII punctuation, no articles, single blanks.
pub fn squad(text: &str) -> String {
    let spelled: String = text.to_lowercase().chars().filter(|ch| !ch.is_ascii_punctuation()).collect();
    without_articles(&spelled)
}

/// Normalises as the evaluation of TriviaQA does: lower case, blanks for punctuation, no articles, single blanks.
pub fn trivia_qa(text: &str) -> String {
    let is_punctuation = |ch: char| ch.is_ascii_punctuation() || QUOTES.contains(ch);
    // The underscore goes first: it would be part of a word where lower case asks for the end of one.
    let lower = text.replace('_', " ").to_lowercase();
    without_articles(&lower.chars().map(|ch| if is_punctuation(ch) { ' ' } else { ch }).collect::<String>())
}

/// What the Python side shares.
pub(crate) fn rules() -> Value {
    json!({ "squad": SQUAD, "trivia_qa": TRIVIA_QA, "articles": ARTICLES, "quotes": QUOTES })
}

/// Replaces articles by blanks and joins what white space parts.
fn without_articles(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let word = rest.find(|ch| !is_word(ch)).unwrap_or(rest.len());
        let (run, after) = rest.split_at(word);
        kept.push_str(if ARTICLES.contains(&run) { " " } else { run });
        let next = after.find(is_word).unwrap_or(after.len());
        kept.push_str(after.get(..next).unwrap_or(""));
        rest = after.get(next..).unwrap_or("");
    }
    kept.split(is_space).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Python's `\w`: letters and numbers, but no marks.
fn is_word(ch: char) -> bool {
    ch == '_' || (letters::is_word(ch) && !is_combining_mark(ch))
}

/// Python's white space.
fn is_space(ch: char) -> bool {
    ch.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&ch)
}

#[cfg(test)]
mod tests {
    use super::{squad, trivia_qa};

    #[test]
    fn punctuation_vanishes_or_becomes_a_blank() {
        for (text, by_squad, by_trivia_qa) in [
            ("The  Quick-Brown fox!", "quickbrown fox", "quick brown fox"),
            ("an_apple", "anapple", "apple"),
            ("AC/DC", "acdc", "ac dc"),
            ("‘a’ b", "‘ ’ b", "b"),
            ("A\u{1f}THE\u{85}x", "x", "x"),
            ("thé the", "thé", "thé"),
            ("a\u{301}b", "\u{301}b", "\u{301}b"),
            ("Ⓐ ⓐa", "ⓐ ⓐ", "ⓐ ⓐ"),
            ("İΣ", "i\u{307}ς", "i\u{307}ς"),
            ("Σ_", "σ", "σ"),
            ("“the”", "“ ”", "“ ”"),
            ("a", "", ""),
        ] {
            assert_eq!((squad(text).as_str(), trivia_qa(text).as_str()), (by_squad, by_trivia_qa), "{text:?}");
        }
    }
}
