//! The normal form in which rows and test questions are compared: hashes of words, with their places in the text.
//!
//! A word is a maximal run of letters and digits, or of such runs joined by `_`, in small letters, without accents and
//! in one Unicode form; a character of a script that is written without spaces is a word of its own, so that all limits
//! count characters there. Numbers keep their decimal point and lose the commas between thousands; those written as
//! words become digits. Punctuation and spacing are no words, and what punctuation does between words is a property of
//! the word behind it, for those who look for borders.

use unicode_normalization::char::{decompose_compatible, is_combining_mark};
use xxhash_rust::xxh3::xxh3_64;

use super::numbers::{self, Vocabulary};

/// Punctuation, or the end of a line, stands before the word.
pub(super) const BORDER: u8 = 1;
/// The end of a sentence stands before the word.
pub(super) const SENTENCE: u8 = 2;
/// The end of a line stands before the word.
pub(super) const LINE: u8 = 4;
/// The word is a number.
pub(super) const DIGITS: u8 = 8;
/// The word may belong to a number written in words.
pub(super) const SPOKEN: u8 = 16;

/// A word in its normal form.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub(super) hash: u64,
    /// Its first byte in the text.
    pub(super) start: u32,
    /// The byte behind it.
    pub(super) end: u32,
    pub(super) flags: u8,
}

/// What punctuation inside of words becomes. Test questions are read in all three ways, rows in the first alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Marks {
    /// Between two words, but for decimal points and commas in numbers.
    Usual,
    /// Nothing, so that the words around it become one.
    Deleted,
    /// Between two words, in numbers as well.
    Spaced,
}

/// A letter or digit that may be the label of an option: `(B)`, `B.`, `2)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Label {
    /// The byte at which it stands.
    pub(super) start: u32,
    /// 0 for the first of its kind.
    pub(super) rank: u8,
    /// Whether it is a letter.
    pub(super) is_letter: bool,
}

/// The words of one text; the buffers are kept for the next.
pub(super) struct Words {
    pub(super) tokens: Vec<Token>,
    pub(super) labels: Vec<Label>,
    word: Vec<u8>,
    flags: u8,
    has_spoken: bool,
    vocabulary: &'static Vocabulary,
}

const SMALL: u8 = 1;
const CAPITAL: u8 = 2;
const DIGIT: u8 = 4;
const CLASSES: [u8; 256] = classes();

const fn classes() -> [u8; 256] {
    let mut classes = [0; 256];
    let mut byte = 0;
    while byte < 128_u8 {
        classes[byte as usize] = match byte {
            b'a'..=b'z' => SMALL,
            b'A'..=b'Z' => CAPITAL,
            b'0'..=b'9' => DIGIT,
            _ => 0,
        };
        byte += 1;
    }
    classes
}

fn class(byte: Option<&u8>) -> u8 {
    byte.map_or(0, |byte| CLASSES[usize::from(*byte)])
}

/// What a character beyond ASCII does to the word around it.
enum Fold {
    /// Nothing, as an accent or a soft hyphen.
    Ignored,
    Ends,
    Continues,
    /// It is a word of its own.
    Alone,
}

impl Words {
    pub(super) fn new() -> Words {
        Words {
            tokens: Vec::new(),
            labels: Vec::new(),
            word: Vec::new(),
            flags: 0,
            has_spoken: false,
            vocabulary: numbers::vocabulary(),
        }
    }

    /// Reads a text of at most 4 GiB.
    pub(super) fn read(&mut self, text: &str, marks: Marks) {
        self.tokens.clear();
        self.labels.clear();
        self.flags = BORDER | SENTENCE | LINE;
        self.has_spoken = false;
        let bytes = text.as_bytes();
        let mut at = 0;
        while let Some(byte) = bytes.get(at) {
            at = if marks != Marks::Deleted && CLASSES[usize::from(*byte)] != 0 {
                self.ascii_word(text, at, marks)
            } else if *byte >= 0x80 || CLASSES[usize::from(*byte)] != 0 {
                self.any_word(text, at, marks)
            } else {
                self.mark(*byte, at, marks);
                at + 1
            };
        }
        if self.has_spoken {
            numbers::spoken_to_digits(&mut self.tokens, text, self.vocabulary);
        }
    }

    /// Reads a word that begins with an ASCII letter or digit, and gives the byte behind it.
    fn ascii_word(&mut self, text: &str, start: usize, marks: Marks) -> usize {
        let bytes = text.as_bytes();
        let (mut end, mut classes) = (start, 0);
        loop {
            match class(bytes.get(end)) {
                // Names in programs are one word.
                0 if marks == Marks::Usual && bytes.get(end) == Some(&b'_') && class(bytes.get(end + 1)) != 0 => {
                    classes |= SMALL;
                }
                0 => break,
                class => classes |= class,
            }
            end += 1;
        }
        if bytes.get(end).is_some_and(|byte| *byte >= 0x80) {
            return self.any_word(text, start, marks);
        }
        let word = bytes.get(start..end).unwrap_or_default();
        if word.len() == 1 && marks == Marks::Usual {
            self.note_label(bytes, start);
        }
        if classes == DIGIT && marks == Marks::Usual {
            return self.number(bytes, start, end);
        }
        if classes & CAPITAL == 0 {
            self.push(xxh3_64(word), start, end, classes == DIGIT);
        } else {
            self.word.clear();
            self.word.extend(word.iter().map(u8::to_ascii_lowercase));
            self.push(xxh3_64(&self.word), start, end, false);
        }
        end
    }

    /// Reads on behind the first digits of a number: thousands and decimals.
    fn number(&mut self, bytes: &[u8], start: usize, mut end: usize) -> usize {
        let digits =
            |from: usize| bytes.get(from..).unwrap_or_default().iter().take_while(|byte| byte.is_ascii_digit());
        let ends = |at: usize| class(bytes.get(at)) == 0;
        while bytes.get(end) == Some(&b',') && digits(end + 1).count() == 3 && ends(end + 4) {
            end += 4;
        }
        let num_decimals = digits(end + 1).count();
        if bytes.get(end) == Some(&b'.') && num_decimals > 0 && ends(end + 1 + num_decimals) {
            end += 1 + num_decimals;
        }
        self.word.clear();
        self.word.extend(bytes.get(start..end).unwrap_or_default().iter().filter(|byte| **byte != b','));
        self.push(xxh3_64(&self.word), start, end, true);
        end
    }

    /// Reads a word of any script, or one character that is none, and gives the byte behind it.
    fn any_word(&mut self, text: &str, from: usize, marks: Marks) -> usize {
        self.word.clear();
        let (mut start, mut end) = (from, from);
        for (offset, letter) in text.get(from..).unwrap_or_default().char_indices() {
            let (at, num_before) = (from + offset, self.word.len());
            let fold = match letter.is_ascii() {
                true if letter.is_ascii_alphanumeric() => {
                    self.word.push(letter.to_ascii_lowercase() as u8);
                    Fold::Continues
                }
                true => Fold::Ends,
                false => fold(letter, &mut self.word),
            };
            match fold {
                Fold::Ignored => continue,
                Fold::Ends if marks == Marks::Deleted && !letter.is_whitespace() => continue,
                Fold::Ends if num_before == 0 && !letter.is_ascii() => {
                    self.flags |= flags_of(letter);
                    return at + letter.len_utf8();
                }
                Fold::Alone if num_before == 0 => {
                    self.push(xxh3_64(&self.word), at, at + letter.len_utf8(), false);
                    return at + letter.len_utf8();
                }
                Fold::Ends | Fold::Alone => {
                    self.word.truncate(num_before);
                    self.push_word(start, end);
                    return at;
                }
                Fold::Continues => {
                    start = if num_before == 0 { at } else { start };
                    end = at + letter.len_utf8();
                }
            }
        }
        self.push_word(start, end);
        text.len()
    }

    fn push_word(&mut self, start: usize, end: usize) {
        if !self.word.is_empty() {
            let is_number = self.word.iter().all(u8::is_ascii_digit);
            self.push(xxh3_64(&self.word), start, end, is_number);
        }
    }

    fn push(&mut self, hash: u64, start: usize, end: usize, is_number: bool) {
        let mut flags = self.flags | if is_number { DIGITS } else { 0 };
        if self.vocabulary.may_hold(hash) && self.vocabulary.get(hash).is_some() {
            flags |= SPOKEN;
            self.has_spoken = true;
        }
        self.tokens.push(Token { hash, start: start as u32, end: end as u32, flags });
        self.flags = 0;
    }

    /// Takes a character that belongs to no word.
    fn mark(&mut self, byte: u8, at: usize, marks: Marks) {
        match byte {
            b' ' => {}
            b'%' if marks == Marks::Usual => self.push(self.vocabulary.percent, at, at + 1, false),
            _ => self.flags |= flags_of(char::from(byte)),
        }
    }

    fn note_label(&mut self, bytes: &[u8], start: usize) {
        let before = start.checked_sub(1).and_then(|at| bytes.get(at));
        let (next, behind) = (bytes.get(start + 1), bytes.get(start + 2));
        let is_space = |byte: Option<&u8>| byte.is_none_or(u8::is_ascii_whitespace);
        let opened = matches!(before, Some(b'(' | b'['));
        let closed = matches!(next, Some(b')' | b']')) || !opened && matches!(next, Some(b'.' | b':'));
        let stands_alone = opened || is_space(before) && is_space(behind);
        if !closed || !stands_alone {
            return;
        }
        let label = match bytes.get(start) {
            Some(letter @ b'a'..=b'j') => (letter - b'a', true),
            Some(letter @ b'A'..=b'J') => (letter - b'A', true),
            Some(digit @ b'1'..=b'9') => (digit - b'1', false),
            _ => return,
        };
        self.labels.push(Label { start: start as u32, rank: label.0, is_letter: label.1 });
    }
}

fn flags_of(mark: char) -> u8 {
    match mark {
        '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => LINE | BORDER,
        '.' | '?' | '!' | '。' | '？' | '！' | '…' => SENTENCE | BORDER,
        '-' | '\'' | '_' | '‐' | '‑' | '’' => 0,
        _ if mark.is_whitespace() => 0,
        _ => BORDER,
    }
}

/// Adds the folded form of a character to the word.
fn fold(letter: char, word: &mut Vec<u8>) -> Fold {
    match letter {
        '\u{ad}' | '\u{feff}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' => {
            return Fold::Ignored;
        }
        '\u{80}'..='\u{a9}' | '\u{2000}'..='\u{206f}' | '\u{3000}'..='\u{3002}' => return Fold::Ends,
        _ => {}
    }
    if is_combining_mark(letter) {
        return Fold::Ignored;
    }
    if is_unspaced(letter) {
        word.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
        return Fold::Alone;
    }
    let mut is_word = true;
    let num_before = word.len();
    let mut add = |folded: char| word.extend_from_slice(folded.encode_utf8(&mut [0; 4]).as_bytes());
    decompose_compatible(letter, |part| match part {
        _ if is_combining_mark(part) => {}
        'ß' | 'ẞ' => ['s', 's'].into_iter().for_each(&mut add),
        'ς' => add('σ'),
        'ı' => add('i'),
        _ if part.is_alphanumeric() => part.to_lowercase().filter(|one| !is_combining_mark(*one)).for_each(&mut add),
        // The fraction stroke of `½` and the like: the digits around it stay together.
        '\u{2044}' => {}
        _ => is_word = false,
    });
    match is_word {
        true if word.len() > num_before => Fold::Continues,
        true => Fold::Ignored,
        false => {
            word.truncate(num_before);
            Fold::Ends
        }
    }
}

/// Whether a script is written without spaces between its words.
fn is_unspaced(letter: char) -> bool {
    matches!(letter,
        '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{3041}'..='\u{30ff}'
        | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}')
        && letter.is_alphanumeric()
}
