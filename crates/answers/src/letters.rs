//! Which characters are letters and which are parts of words, in a way that Python can repeat.
//!
//! Both languages know the general category of a character; Unicode's wider property Alphabetic is Rust's alone.

use unicode_normalization::char::is_combining_mark;

/// Letters in circles and squares, which are alphabetic and yet symbols.
const ENCLOSED: [(char, char); 4] =
    [('\u{24b6}', '\u{24e9}'), ('\u{1f130}', '\u{1f149}'), ('\u{1f150}', '\u{1f169}'), ('\u{1f170}', '\u{1f189}')];

/// Returns whether a character is a letter or a mark on one.
pub(crate) fn is_letter(ch: char) -> bool {
    if ch.is_ascii() {
        return ch.is_ascii_alphabetic();
    }
    let is_enclosed = || ENCLOSED.iter().any(|(first, last)| (*first..=*last).contains(&ch));
    is_combining_mark(ch) || (ch.is_alphabetic() && !is_enclosed())
}

/// Returns whether a character is a letter, a mark on one, or a number.
pub(crate) fn is_word(ch: char) -> bool {
    is_letter(ch) || ch.is_numeric()
}
