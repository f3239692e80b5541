//! Reading at the level of words and sentences: where a sentence ends, which words carry meaning, what stands where.

use std::collections::BTreeSet;

use regex::Regex;

/// Compiles a pattern of this crate.
#[expect(clippy::expect_used, reason = "the patterns are constants, and each is used by a test")]
pub(super) fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a pattern is well-formed")
}

/// Cuts a text into sentences, roughly: at line ends, and behind `.`, `!` or `?` before a blank and no small letter.
pub(super) fn sentences(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut start = 0;
    let letters: Vec<(usize, char)> = text.char_indices().collect();
    for window in letters.windows(3) {
        let [(at, ch), (_, blank), (_, next)] = window else { continue };
        let ends = *ch == '\n' || matches!(ch, '.' | '!' | '?') && blank.is_whitespace() && !next.is_lowercase();
        if ends {
            found.push(text.get(start..at + ch.len_utf8()).unwrap_or_default().trim());
            start = at + ch.len_utf8();
        }
    }
    found.push(text.get(start..).unwrap_or_default().trim());
    found.retain(|sentence| !sentence.is_empty());
    found
}

/// Words that carry meaning, in small letters: of four letters or more, or with a digit, or capitalised.
pub(super) fn content_words(text: &str) -> BTreeSet<String> {
    let words = text.split(|ch: char| !ch.is_alphanumeric());
    let carries = |word: &&str| {
        word.chars().count() >= 4
            || word.chars().any(|ch| ch.is_ascii_digit())
            || word.chars().count() >= 2 && word.starts_with(char::is_uppercase)
    };
    words.filter(carries).map(str::to_lowercase).collect()
}

/// Whether a text holds another as whole words, in small or capital letters.
pub(super) fn holds(text: &str, part: &str) -> bool {
    let (text, part) = (text.to_lowercase(), part.trim().to_lowercase());
    if part.is_empty() {
        return false;
    }
    let joins = |ch: Option<char>| ch.is_some_and(char::is_alphanumeric);
    text.match_indices(&part).any(|(at, found)| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let after = text.get(at + found.len()..).and_then(|after| after.chars().next());
        !(joins(before) && joins(part.chars().next()) || joins(after) && joins(part.chars().next_back()))
    })
}

/// The sentence of a document that shares most words with a question, and how many; the first among equals.
pub(super) fn nearest<'a>(document: &'a str, question: &str) -> Option<(&'a str, usize)> {
    let wanted = content_words(question);
    let shared = |sentence: &str| content_words(sentence).intersection(&wanted).count();
    let counted = sentences(document).into_iter().map(|sentence| (sentence, shared(sentence)));
    counted.fold(None, |best, found| match best {
        Some((_, count)) if count >= found.1 => best,
        _ => Some(found),
    })
}

#[cfg(test)]
mod tests {
    use super::{holds, nearest, sentences};

    #[test]
    fn sentences_end_where_readers_see_an_end() {
        let text = "It is 3.5 km long. The river, e.g. here, is old! Title\nSecond line";
        assert_eq!(sentences(text), ["It is 3.5 km long.", "The river, e.g. here, is old!", "Title", "Second line"]);
    }

    #[test]
    fn parts_are_found_as_whole_words() {
        assert!(holds("In Mali, 12 km away", "mali"));
        assert!(holds("about 12% of all", "12%"));
        assert!(!holds("in 1812", "12"));
        assert!(!holds("Somalia", "Mali"));
    }

    #[test]
    fn the_nearest_sentence_shares_most_words() {
        let document = "Tallinn is old. Tallinn lies in Estonia by the sea. Riga lies in Latvia.";
        let found = nearest(document, "In which country does Tallinn lie by the sea?");
        assert_eq!(found.map(|(sentence, _)| sentence), Some("Tallinn is old."));
        let found = nearest(document, "Which city lies in Latvia?");
        assert_eq!(found, Some(("Riga lies in Latvia.", 2)));
    }
}
