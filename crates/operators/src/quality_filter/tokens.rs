//! Where words and sentences come from: our own splitters, or another program that was asked before.

use unicode_segmentation::UnicodeSegmentation as _;

use super::lines::is_space;

/// Splits texts into words and lines into sentences.
#[derive(Clone, Copy, Debug)]
pub enum Tokens<'a> {
    /// What stands between white space; punctuation around a word is no part of it.
    Whitespace,
    /// The words of UAX 29, those that have a letter or digit.
    Uax29,
    /// What another program made of this very text.
    Given(&'a GivenTokens),
}

/// Words and sentences of one text as another program counts them.
#[derive(Clone, Debug, Default)]
pub struct GivenTokens {
    /// The words of the text.
    pub words: Vec<String>,
    /// Sentences of each line that C4's rules count, in order.
    pub num_sentences: Vec<usize>,
    /// Words of what C4's rules leave of the text.
    pub num_words_left: usize,
}

impl<'a> Tokens<'a> {
    /// Hands out the words of a text.
    pub(super) fn each<'t>(self, text: &'t str, mut each: impl FnMut(&'t str))
    where
        'a: 't,
    {
        match self {
            Tokens::Whitespace => split_whitespace(text, each),
            Tokens::Uax29 => text.unicode_words().for_each(each),
            Tokens::Given(given) => given.words.iter().for_each(|word| each(word)),
        }
    }

    /// How many words a text has.
    pub(super) fn count(self, text: &str) -> usize {
        let mut count = 0;
        self.each(text, |_| count += 1);
        count
    }

    /// How many words there are in what C4's rules leave of the text.
    pub(super) fn count_left(self, left: &str) -> usize {
        match self {
            Tokens::Given(given) => given.num_words_left,
            _ => self.count(left),
        }
    }

    /// How many sentences a line has, the so-manieth that is asked for.
    pub(super) fn num_sentences(self, line: &str, nth: usize) -> usize {
        match self {
            Tokens::Given(given) => given.num_sentences.get(nth).copied().unwrap_or_default(),
            _ => num_sentences(line),
        }
    }

    /// Whether punctuation at a word's ends has to come off before the word is looked at.
    pub(super) fn trims_punctuation(self) -> bool {
        matches!(self, Tokens::Whitespace)
    }
}

/// What a byte can be the beginning of.
#[derive(Clone, Copy, PartialEq)]
enum Class {
    Word,
    Space,
    /// Of a white space beyond ASCII, or of a word.
    Either,
}

const CLASSES: [Class; 256] = {
    let mut classes = [Class::Word; 256];
    let mut byte = 0;
    while byte < 256 {
        classes[byte] = match byte as u8 {
            0x09..=0x0d | 0x1c..=0x20 => Class::Space,
            0xc2 | 0xe1..=0xe3 => Class::Either,
            _ => Class::Word,
        };
        byte += 1;
    }
    classes
};

fn split_whitespace<'t>(text: &'t str, mut each: impl FnMut(&'t str)) {
    let bytes = text.as_bytes();
    let (mut start, mut idx) = (0, 0);
    while let Some(&byte) = bytes.get(idx) {
        let len = match CLASSES[usize::from(byte)] {
            Class::Word => {
                idx += 1;
                continue;
            }
            Class::Space => 1,
            Class::Either => text[idx..].chars().next().filter(|&ch| is_space(ch)).map_or(0, char::len_utf8),
        };
        if len == 0 {
            idx += 2;
            continue;
        }
        if start < idx {
            each(&text[start..idx]);
        }
        idx += len;
        start = idx;
    }
    if start < text.len() {
        each(&text[start..]);
    }
}

/// Counts sentences: a mark, any closing quotes, white space, and something that is no small letter. What stands after
/// the last mark is a sentence too.
fn num_sentences(line: &str) -> usize {
    let bytes = line.as_bytes();
    let (mut count, mut last_end) = (0, 0);
    for mark in memchr::memchr3_iter(b'.', b'?', b'!', bytes) {
        let after = &bytes[mark + 1..];
        let num_closing = after.iter().take_while(|byte| matches!(byte, b'"' | b'\'' | b')' | b']')).count();
        let ends = match after.get(num_closing) {
            None => true,
            Some(b' ' | b'\t') => !after.get(num_closing + 1).is_some_and(u8::is_ascii_lowercase),
            Some(_) => false,
        };
        if ends {
            count += 1;
            last_end = mark + 1 + num_closing;
        }
    }
    count + usize::from(bytes[last_end.min(bytes.len())..].iter().any(u8::is_ascii_alphanumeric))
}

#[cfg(test)]
mod tests {
    use super::Tokens;

    #[test]
    fn words_stand_between_white_space_of_any_script() {
        let mut words = Vec::new();
        let text = " a b\u{a0}é\u{2003}\u{e9}t\u{e9}\x1cc\u{3000}漢字 «d»\n";
        Tokens::Whitespace.each(text, |word| words.push(word));
        assert_eq!(words, ["a", "b", "é", "été", "c", "漢字", "«d»"]);
        assert_eq!(Tokens::Whitespace.count_left(text), 7);
        assert_eq!(Tokens::Uax29.count_left("It's 3.5 - not 4!"), 4);
    }
}
