//! Plain text work for operators that read sentences: borders, words, patterns.
//!
//! Nothing here knows a question, a row or a column; all offsets are byte offsets into the text that was given.

mod pattern;
mod sentences;
mod words;

pub(crate) use pattern::pattern;
pub(crate) use sentences::{Sentence, sentences};
pub(crate) use words::{find_word, number_of_word, same_stem, words};
