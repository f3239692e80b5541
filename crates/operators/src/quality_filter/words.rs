//! The words of a text, read once: two running hashes and a length each, and what n-grams of them repeat.
//!
//! An n-gram is a difference of running hashes, so that no n-gram is ever written out. One hash runs over words and
//! tells `a bc` from `ab c`, as the rules on the commonest n-gram do. The other runs over letters and does not: the
//! rules on repeated n-grams compare them written without spaces. Two different n-grams of one text share a 64-bit hash
//! once in some 10^13 texts.
//!
//! Most n-grams of most texts stand there once, and only those that may not are looked up: a 3-gram begins with a 2-gram
//! that is repeated and ends with one, and letters that are repeated are so from their first sixteen on.

use super::marks;
use super::table::{SPREAD, Table};
use super::tokens::Tokens;

/// Words of one text; the buffers are kept for the next.
#[derive(Default)]
pub(super) struct Words {
    marks: Vec<Mark>,
    /// The first letters of each word as a number, and how many of them; then those of the words after it as well.
    heads: Vec<(u128, u32)>,
    table: Table,
    /// By word: where the n-gram that begins here was first, and how often it is there, counted at its first place.
    firsts: Vec<u32>,
    counts: Vec<u32>,
    /// Where n-grams may begin whose words are repeated; and whose letters are.
    word_starts: Vec<u32>,
    letter_starts: Vec<u32>,
    has_letter_starts: bool,
    num_text_chars: usize,
    pub(super) num_tokens: usize,
    pub(super) num_words: usize,
    pub(super) num_word_chars: usize,
    pub(super) num_letter_words: usize,
    pub(super) num_stop_words: u32,
}

/// The state before a word, and after the last.
#[derive(Clone, Copy)]
struct Mark {
    /// Hash of the words before.
    words: u64,
    /// Hash of the letters before: the sum of each times its power.
    letters: u64,
    /// Takes the power of the first letter after this mark out of a difference.
    unshift: u64,
    num_chars: u32,
}

impl Words {
    /// Reads a text.
    pub(super) fn read(&mut self, text: &str, tokens: Tokens<'_>, num_text_chars: usize) {
        self.has_letter_starts = false;
        self.heads.clear();
        self.num_text_chars = num_text_chars;
        (self.num_words, self.num_word_chars, self.num_letter_words) = (0, 0, 0);
        let mut mark = Mark { words: 0, letters: 0, unshift: 1, num_chars: 0 };
        let (mut shift, mut stop_words) = (1_u64, 0_u32);
        self.marks.clear();
        self.marks.push(mark);
        tokens.each(text, |token| {
            let (num_chars, hash) = mark.add(token, &mut shift);
            mark.words = mark.words.wrapping_mul(SPREAD).wrapping_add(hash);
            mark.num_chars = mark.num_chars.saturating_add(num_chars as u32);
            self.marks.push(mark);
            self.heads.push((head(token.as_bytes()), token.len().min(HEAD_BYTES) as u32));
            if tokens.trims_punctuation() {
                let word = trim_punctuation(token);
                if let Some(has_letter) = class(word) {
                    self.num_words += 1;
                    self.num_word_chars += num_chars - (token.len() - word.len());
                    self.num_letter_words += usize::from(has_letter);
                    stop_words |= stop_word_bit(word);
                }
            } else {
                let is_word = !marks::is_symbol(token);
                self.num_words += usize::from(is_word);
                self.num_word_chars += if is_word { num_chars } else { 0 };
                self.num_letter_words += usize::from(marks::has_letter(token));
                stop_words |= stop_word_bit(token);
            }
        });
        self.num_tokens = self.marks.len() - 1;
        self.num_stop_words = stop_words.count_ones();
    }

    /// The share of the text that the commonest n-gram takes, its words joined by spaces; the earliest of equals. Asked
    /// for 2 words first, then for one more each time.
    pub(super) fn top_gram_share(&mut self, n: usize) -> f64 {
        let Some(num_grams) = self.num_tokens.checked_sub(n - 1).filter(|&count| count > 0) else { return 0.0 };
        if n == 2 {
            self.word_starts.clear();
            self.word_starts.extend(0..num_grams as u32);
        }
        let power = (0..n).fold(1, |power: u64, _| power.wrapping_mul(SPREAD));
        self.table.clear(self.word_starts.len());
        self.counts.clear();
        self.counts.resize(self.num_tokens, 0);
        self.firsts.resize(self.num_tokens.max(self.firsts.len()), 0);
        // Without one that is repeated it is the very first.
        let (mut top_count, mut top_first) = (1, 0);
        for &start in &self.word_starts {
            let (from, to) = (&self.marks[start as usize], &self.marks[start as usize + n]);
            let first = self.table.enter(to.words.wrapping_sub(from.words.wrapping_mul(power)), start);
            self.firsts[start as usize] = first;
            let count = &mut self.counts[first as usize];
            *count += 1;
            if *count > top_count || (*count == top_count && first < top_first) {
                (top_count, top_first) = (*count, first);
            }
        }
        self.keep_repeated(num_grams - 1);
        self.share((self.gram_chars(top_first as usize, n) + n - 1) * top_count as usize)
    }

    /// Leaves the starts of n-grams that are repeated and followed by a repeated one: longer ones are among them.
    fn keep_repeated(&mut self, num_longer: usize) {
        let (firsts, counts) = (&self.firsts, &self.counts);
        let is_repeated = |start: usize| counts[firsts[start] as usize] > 1;
        let mut kept = 0;
        for idx in 0..self.word_starts.len() {
            let start = self.word_starts[idx];
            let is_followed = self.word_starts.get(idx + 1) == Some(&(start + 1));
            if is_followed
                && (start as usize) < num_longer
                && is_repeated(start as usize)
                && is_repeated(start as usize + 1)
            {
                self.word_starts[kept] = start;
                kept += 1;
            }
        }
        self.word_starts.truncate(kept);
    }

    /// The share of the text in n-grams that stood earlier already, counted without overlap and without spaces; of five
    /// words or more.
    pub(super) fn duplicate_gram_share(&mut self, n: usize) -> f64 {
        if !self.has_letter_starts {
            self.find_letter_starts();
        }
        let num_grams = self.num_tokens.saturating_sub(n - 1);
        self.table.clear(self.letter_starts.len());
        let (mut free, mut num_chars) = (0, 0);
        for idx in 0..self.letter_starts.len() {
            let start = self.letter_starts[idx] as usize;
            if start < free || start >= num_grams {
                continue;
            }
            if self.table.enter(self.letters(start, n), start as u32) as usize != start {
                num_chars += self.gram_chars(start, n);
                free = start + n;
            }
        }
        self.share(num_chars)
    }

    /// Finds the words whose sixteen letters from their first on are those of another word, and those that begin five
    /// words of fewer letters.
    fn find_letter_starts(&mut self) {
        let mut after = 0_u128;
        for (head, num_bytes) in self.heads.iter_mut().rev() {
            *head |= after.checked_shl(*num_bytes * 8).unwrap_or_default();
            after = *head;
        }
        self.table.clear(self.num_tokens);
        self.counts.clear();
        self.counts.resize(self.num_tokens, 0);
        self.firsts.resize(self.num_tokens.max(self.firsts.len()), 0);
        for (start, &(head, _)) in self.heads.iter().enumerate() {
            let (low, high) = (head as u64, (head >> 64) as u64);
            let hash = (low.wrapping_mul(BASE) ^ high).wrapping_mul(SPREAD);
            let first = self.table.enter(hash ^ (hash >> 32), start as u32);
            self.firsts[start] = first;
            self.counts[first as usize] += 1;
        }
        self.letter_starts.clear();
        for start in 0..self.num_tokens {
            let is_short = start + FEWEST > self.num_tokens || self.gram_chars(start, FEWEST) < HEAD_BYTES;
            if is_short || self.counts[self.firsts[start] as usize] > 1 {
                self.letter_starts.push(start as u32);
            }
        }
        self.has_letter_starts = true;
    }

    fn letters(&self, start: usize, n: usize) -> u64 {
        let (from, to) = (&self.marks[start], &self.marks[start + n]);
        to.letters.wrapping_sub(from.letters).wrapping_mul(from.unshift)
    }

    fn gram_chars(&self, start: usize, n: usize) -> usize {
        (self.marks[start + n].num_chars - self.marks[start].num_chars) as usize
    }

    fn share(&self, num_chars: usize) -> f64 {
        num_chars as f64 / self.num_text_chars.max(1) as f64
    }
}

/// The first letters of a word, as a number.
fn head(bytes: &[u8]) -> u128 {
    if let Some(chunk) = bytes.first_chunk::<HEAD_BYTES>() {
        return u128::from_le_bytes(*chunk);
    }
    // Two overlapping reads say the same where they overlap.
    let len = bytes.len();
    if let (Some(first), Some(last)) = (bytes.first_chunk::<8>(), bytes.last_chunk::<8>()) {
        return u128::from(u64::from_le_bytes(*first)) | (u128::from(u64::from_le_bytes(*last)) << ((len - 8) * 8));
    }
    if let (Some(first), Some(last)) = (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        return u128::from(u32::from_le_bytes(*first)) | (u128::from(u32::from_le_bytes(*last)) << ((len - 4) * 8));
    }
    bytes.iter().rev().fold(0, |head, &byte| (head << 8) | u128::from(byte))
}

/// Letters that are compared first, and the fewest words that they are compared for.
const HEAD_BYTES: usize = 16;
const FEWEST: usize = 5;

/// The base of the hash over letters: any odd number, so that it has an inverse.
const BASE: u64 = 0xD1B5_4A32_D192_ED03;
const CHUNK: usize = 32;
const POWERS: [u64; CHUNK + 1] = powers(BASE);
const UNPOWERS: [u64; CHUNK + 1] = powers(inverse(BASE));

const fn powers(base: u64) -> [u64; CHUNK + 1] {
    let mut powers = [1_u64; CHUNK + 1];
    let mut idx = 1;
    while idx <= CHUNK {
        powers[idx] = powers[idx - 1].wrapping_mul(base);
        idx += 1;
    }
    powers
}

/// Newton's iteration: each step doubles the number of right bits, of which an odd number has three to begin with.
const fn inverse(odd: u64) -> u64 {
    let mut inverse = odd;
    let mut step = 0;
    while step < 5 {
        inverse = inverse.wrapping_mul(2_u64.wrapping_sub(odd.wrapping_mul(inverse)));
        step += 1;
    }
    inverse
}

impl Mark {
    /// Takes a word's letters in; gives its length and its own hash.
    fn add(&mut self, token: &str, shift: &mut u64) -> (usize, u64) {
        let (mut whole, mut within, mut all_bytes) = (0_u64, 1_u64, 0_u8);
        let mut rest = token.as_bytes();
        while !rest.is_empty() {
            let (chunk, next) = rest.split_at(rest.len().min(CHUNK));
            let mut sum = 0_u64;
            for (idx, &byte) in chunk.iter().enumerate() {
                sum = sum.wrapping_add((u64::from(byte) + 1).wrapping_mul(POWERS[idx]));
                all_bytes |= byte;
            }
            whole = whole.wrapping_add(sum.wrapping_mul(within));
            within = within.wrapping_mul(POWERS[chunk.len()]);
            self.unshift = self.unshift.wrapping_mul(UNPOWERS[chunk.len()]);
            rest = next;
        }
        self.letters = self.letters.wrapping_add(whole.wrapping_mul(*shift));
        *shift = shift.wrapping_mul(within);
        let num_chars = if all_bytes < 0x80 { token.len() } else { token.chars().count() };
        (num_chars, (whole ^ (whole >> 32)).wrapping_mul(BASE))
    }
}

fn trim_punctuation(token: &str) -> &str {
    let bytes = token.as_bytes();
    let is_bare = |byte: Option<&u8>| byte.is_some_and(|&byte| !PUNCTUATION[usize::from(byte)]);
    if is_bare(bytes.first()) && is_bare(bytes.last()) {
        return token;
    }
    token.trim_matches(|ch: char| ch.is_ascii_punctuation())
}

/// A table, since every word is asked about.
const PUNCTUATION: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = (byte as u8).is_ascii_punctuation();
        byte += 1;
    }
    table
};

/// `None` for symbols; otherwise whether the word has a letter.
fn class(word: &str) -> Option<bool> {
    if word.as_bytes().first().is_some_and(u8::is_ascii_alphabetic) || marks::has_letter(word) {
        return Some(true);
    }
    word.chars().any(char::is_numeric).then_some(false)
}

fn stop_word_bit(word: &str) -> u32 {
    match word {
        "the" => 1,
        "be" => 2,
        "to" => 4,
        "of" => 8,
        "and" => 16,
        "that" => 32,
        "have" => 64,
        "with" => 128,
        _ => 0,
    }
}
