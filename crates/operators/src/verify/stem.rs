//! The stem of a question: what is left without the options of a choice; and words as verifiers compare them.

use quarry_answers::{AnswerSpec, normalize};
use unicode_segmentation::UnicodeSegmentation;

/// A question without the options that it lists.
pub(crate) struct Stem {
    /// What stands before and after the options.
    pub(crate) text: String,
}

/// What may stand between the label of an option and its text.
const SEPARATORS: [&str; 5] = [") ", ". ", ": ", ".", ")"];

impl Stem {
    /// Cuts the options of a choice out of its question; other questions are all stem.
    ///
    /// `None` if an option is not listed in the question, so that nobody could choose it.
    pub(crate) fn of(question: &str, spec: &AnswerSpec) -> Option<Stem> {
        let AnswerSpec::Choice(choice) = spec else { return Some(Stem { text: question.to_owned() }) };
        let (mut start, mut end) = (question.len(), 0);
        let mut from = 0;
        for option in &choice.options {
            let listed = SEPARATORS.iter().map(|separator| format!("{}{separator}{}", option.label, option.text));
            let (at, len) =
                listed.filter_map(|line| Some((question.get(from..)?.find_whole(&line)?, line.len()))).next()?;
            let at = from + at;
            start = start.min(at);
            end = end.max(at + len);
            from = at + len;
        }
        let before = question.get(..start)?.trim_end().trim_end_matches("Options:");
        Some(Stem {
            text: format!("{} {}", before.trim_end(), question.get(end..)?.trim_start_matches(['.', ';', ' '])),
        })
    }

    /// The stem without what it quotes: lead-in and instruction of a cloze, without the sentence.
    pub(crate) fn unquoted(&self) -> String {
        let mut text = String::with_capacity(self.text.len());
        let mut closing = None;
        for ch in self.text.chars() {
            match closing {
                Some(end) if ch == end => closing = None,
                Some(_) => {}
                None => match ch {
                    '“' => closing = Some('”'),
                    '"' => closing = Some('"'),
                    _ => text.push(ch),
                },
            }
        }
        text
    }
}

trait FindWhole {
    fn find_whole(&self, needle: &str) -> Option<usize>;
}

impl FindWhole for str {
    /// The first place of the needle that does not begin inside a word.
    fn find_whole(&self, needle: &str) -> Option<usize> {
        let mut places = self.match_indices(needle).map(|(at, _)| at);
        places.find(|&at| !self.get(..at).is_some_and(|before| before.ends_with(char::is_alphanumeric)))
    }
}

/// The words of a text after normalisation, in lower case and without a possessive ending.
pub(crate) fn folded_words(text: &str) -> Vec<String> {
    let folded = normalize(text).to_lowercase();
    folded.unicode_words().map(|word| word.strip_suffix("'s").unwrap_or(word).to_owned()).collect()
}

/// Whether the words of `needle` stand in `words` one after the other.
pub(crate) fn contains(words: &[String], needle: &[String]) -> bool {
    !needle.is_empty() && words.windows(needle.len()).any(|window| window == needle)
}

/// Words that say so little that sharing one tells nothing about an answer.
const COMMON: [&str; 112] = [
    "about",
    "above",
    "after",
    "again",
    "against",
    "along",
    "also",
    "although",
    "always",
    "among",
    "another",
    "answer",
    "around",
    "based",
    "because",
    "become",
    "been",
    "before",
    "began",
    "being",
    "belongs",
    "below",
    "between",
    "blank",
    "both",
    "called",
    "came",
    "central",
    "century",
    "city",
    "could",
    "country",
    "does",
    "down",
    "during",
    "each",
    "early",
    "east",
    "eastern",
    "either",
    "every",
    "fills",
    "first",
    "following",
    "from",
    "given",
    "great",
    "have",
    "having",
    "here",
    "into",
    "known",
    "large",
    "last",
    "later",
    "letter",
    "little",
    "made",
    "main",
    "makes",
    "many",
    "more",
    "most",
    "much",
    "must",
    "name",
    "named",
    "never",
    "north",
    "northern",
    "number",
    "often",
    "only",
    "option",
    "options",
    "other",
    "over",
    "part",
    "people",
    "same",
    "sentence",
    "several",
    "should",
    "since",
    "small",
    "some",
    "south",
    "southern",
    "such",
    "than",
    "that",
    "their",
    "them",
    "then",
    "there",
    "these",
    "they",
    "this",
    "those",
    "through",
    "under",
    "until",
    "used",
    "west",
    "western",
    "what",
    "when",
    "which",
    "with",
    "world",
    "year",
    "years",
];

/// Whether sharing a word tells something: it has four letters or more and is not one of the commonest.
pub(crate) fn is_rare(word: &str) -> bool {
    word.chars().nth(3).is_some() && COMMON.binary_search(&word).is_err()
}

/// As [`contains`], with the last word in the plural or the singular: `opossum` is found in `opossums`.
pub(crate) fn contains_inflected(words: &[String], needle: &[String]) -> bool {
    let Some((last, first)) = needle.split_last() else { return false };
    words
        .windows(needle.len())
        .any(|window| window.split_last().is_some_and(|(word, before)| before == first && is_same_noun(word, last)))
}

fn is_same_noun(left: &str, right: &str) -> bool {
    let (short, long) = if left.len() < right.len() { (left, right) } else { (right, left) };
    long.strip_prefix(short).is_some_and(|end| matches!(end, "" | "s" | "es") && (end.is_empty() || short.len() > 2))
}

#[cfg(test)]
mod tests {
    use quarry_answers::choice;

    use super::{Stem, contains, contains_inflected, folded_words};

    #[test]
    fn options_are_cut_out_in_either_form() {
        let spec = choice(&["Rome", "Lima"], 1).unwrap();
        let stem = |question: &str| Stem::of(question, &spec).map(|stem| stem.text);
        let lines = stem("Which city is it?\nA. Rome\nB. Lima");
        assert_eq!(lines.as_deref(), Some("Which city is it? "));
        let inline = stem("Which city? Options: A) Rome; B) Lima. Answer with the letter.");
        assert_eq!(inline.as_deref(), Some("Which city? Answer with the letter."));
        assert_eq!(stem("Which city? A) Rome; B) Oslo."), None);
    }

    #[test]
    fn quoted_sentences_are_left_out() {
        let spec = choice(&["Rome", "Lima"], 1).unwrap();
        let stem = Stem::of("Which is it? “He was in ____.” A) Rome B) Lima", &spec).unwrap();
        assert_eq!(stem.unquoted().trim(), "Which is it?");
    }

    #[test]
    fn common_words_are_sorted_for_the_search() {
        assert!(super::COMMON.is_sorted());
        assert!(super::is_rare("bologna") && !super::is_rare("which") && !super::is_rare("sea"));
    }

    #[test]
    fn words_are_compared_whole_and_folded() {
        let words = folded_words("The Gulf‑Stream’s 1,200 KM");
        assert!(contains(&words, &folded_words("gulf stream's")));
        assert!(!contains(&words, &folded_words("gulf str")));
        assert!(!contains(&words, &[]));
        let words = folded_words("Opossums of the New World");
        assert!(contains_inflected(&words, &folded_words("opossum")));
        assert!(contains_inflected(&words, &folded_words("New Worlds")));
        assert!(!contains_inflected(&words, &folded_words("Newton")));
    }
}
