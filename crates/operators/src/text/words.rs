//! Words of a text, how alike two of them are, and numbers written as words.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

/// Words with fewer letters than this are compared whole.
const STEM_CHARS: usize = 5;

/// The words of a text with their byte offsets, by the borders of Unicode.
pub(crate) fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.unicode_word_indices()
}

/// Whether two words are equal, or long and alike in their first letters (`Rome`/`Romes`, `percent`/`percentage`).
pub(crate) fn same_stem(left: &str, right: &str) -> bool {
    let (left, right) = (left.to_lowercase(), right.to_lowercase());
    let shorter = left.chars().count().min(right.chars().count());
    let common = left.chars().zip(right.chars()).take_while(|(one, other)| one == other).count();
    left == right
        || common >= STEM_CHARS && common + 2 >= shorter
        || shorter >= 3 && common == shorter && is_inflection(&left, &right)
}

fn is_inflection(left: &str, right: &str) -> bool {
    let (short, long) = if left.len() < right.len() { (left, right) } else { (right, left) };
    long.strip_prefix(short)
        .is_some_and(|end| ["s", "es", "'s", "’s", "n", "an", "ian", "ic", "al", "ed"].contains(&end))
}

/// Where `needle` stands in `text` as whole words, compared letter by letter.
pub(crate) fn find_word(text: &str, needle: &str) -> Vec<Range<usize>> {
    let inside = |ch: Option<char>| ch.is_some_and(char::is_alphanumeric);
    text.match_indices(needle)
        .map(|(at, found)| at..at + found.len())
        .filter(|span| !inside(text[..span.start].chars().next_back()) && !inside(text[span.end..].chars().next()))
        .collect()
}

/// The value of a number written as a word, from `zero` to `ninety`, tens with a hyphen included.
pub(crate) fn number_of_word(word: &str) -> Option<u32> {
    const UNITS: [&str; 20] = [
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
    ];
    const TENS: [&str; 8] = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
    let word = word.to_lowercase();
    let index =
        |list: &[&str], word: &str| list.iter().position(|name| *name == word).and_then(|at| u32::try_from(at).ok());
    let tens = |word: &str| index(&TENS, word).map(|at| 20 + 10 * at);
    match word.split_once('-') {
        Some((ten, unit)) => Some(tens(ten)? + index(&UNITS, unit).filter(|unit| (1..10).contains(unit))?),
        None => index(&UNITS, &word).or_else(|| tens(&word)),
    }
}

#[cfg(test)]
mod tests {
    use super::{find_word, number_of_word, same_stem};

    #[test]
    fn stems_join_inflections_and_keep_short_words_apart() {
        for (left, right) in [("Percent", "percentage"), ("Roman", "Romans"), ("Italy", "italy"), ("Mexico", "Mexican")]
        {
            assert!(same_stem(left, right), "{left} {right}");
        }
        for (left, right) in [("in", "inn"), ("Mali", "Malta"), ("cat", "category"), ("interest", "internal")] {
            assert!(!same_stem(left, right), "{left} {right}");
        }
    }

    #[test]
    fn whole_words_are_found_and_parts_are_not() {
        assert_eq!(find_word("art, part and art", "art"), vec![0..3, 14..17]);
    }

    #[test]
    fn number_words_have_values() {
        for (word, value) in [("three", 3), ("Twelve", 12), ("forty", 40), ("twenty-five", 25)] {
            assert_eq!(number_of_word(word), Some(value));
        }
        assert_eq!(number_of_word("twenty-ten"), None);
        assert_eq!(number_of_word("many"), None);
    }
}
