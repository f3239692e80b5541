//! The words of a text, read once: a hash, a length and a class each, and what n-grams of them repeat.
//!
//! An n-gram is the hash of its words' hashes, taken in constant time from running sums, so that no n-gram is ever
//! written out. Two different n-grams of one text share a 64-bit hash once in some 10^13 texts.

use xxhash_rust::xxh3::xxh3_64;

const BASE: u64 = 0x9E37_79B9_7F4A_7C15;

/// Words of one text; the buffers are kept for the next.
#[derive(Default)]
pub(super) struct Words {
    /// Running hash before each word, and after the last.
    sums: Vec<u64>,
    /// Running number of characters in words, without the space between them.
    char_sums: Vec<u32>,
    table: Table,
    num_text_chars: usize,
    /// Whether the last size of n-gram had any repeated at all; a longer one cannot have if not.
    repeats: bool,
    pub(super) num_tokens: usize,
    pub(super) num_words: usize,
    pub(super) num_word_chars: usize,
    pub(super) num_letter_words: usize,
    pub(super) num_stop_words: u32,
    longest_chars: usize,
}

impl Words {
    /// Reads a text.
    pub(super) fn read(&mut self, text: &str) {
        self.sums.clear();
        self.sums.push(0);
        self.char_sums.clear();
        self.char_sums.push(0);
        self.repeats = true;
        self.num_text_chars = text.chars().count();
        (self.num_tokens, self.num_words, self.num_word_chars, self.num_letter_words) = (0, 0, 0, 0);
        self.longest_chars = 0;
        let (mut sum, mut char_sum, mut stop_words) = (0_u64, 0_u32, 0_u32);
        for token in text.split_whitespace() {
            let num_chars = num_chars(token);
            sum = sum.wrapping_mul(BASE).wrapping_add(xxh3_64(token.as_bytes()) | 1);
            char_sum = char_sum.saturating_add(num_chars as u32);
            self.sums.push(sum);
            self.char_sums.push(char_sum);
            self.num_tokens += 1;
            self.longest_chars = self.longest_chars.max(num_chars);
            let word = trim_punctuation(token);
            if let Some(has_letter) = class(word) {
                self.num_words += 1;
                self.num_word_chars += num_chars - (token.len() - word.len());
                self.num_letter_words += usize::from(has_letter);
                stop_words |= stop_word_bit(word);
            }
        }
        self.num_stop_words = stop_words.count_ones();
    }

    /// The length of the longest word with the punctuation around it.
    pub(super) fn longest_chars(&self) -> usize {
        self.longest_chars
    }

    /// The share of the text that the commonest n-gram takes, its words joined by spaces; the earliest of equals.
    pub(super) fn top_gram_share(&mut self, n: usize) -> f64 {
        let Some(num_grams) = self.num_tokens.checked_sub(n - 1).filter(|&count| count > 0) else { return 0.0 };
        if !self.repeats {
            return self.share(self.gram_chars(0, n) + n - 1);
        }
        let power = power(n);
        self.table.clear(num_grams);
        let (mut top_count, mut top_first) = (0, 0);
        for start in 0..num_grams {
            let (count, first) = self.table.count(self.gram(start, n, power), start as u32);
            if count > top_count || (count == top_count && first < top_first) {
                (top_count, top_first) = (count, first);
            }
        }
        self.repeats = top_count > 1;
        self.share((self.gram_chars(top_first as usize, n) + n - 1) * top_count as usize)
    }

    /// The share of the text in n-grams that stood earlier already, counted without overlap and without spaces.
    pub(super) fn duplicate_gram_share(&mut self, n: usize) -> f64 {
        let num_grams = self.num_tokens.saturating_sub(n - 1);
        if !self.repeats || num_grams == 0 {
            return 0.0;
        }
        let power = power(n);
        self.table.clear(num_grams);
        let (mut start, mut num_chars) = (0, 0);
        while start < num_grams {
            if self.table.count(self.gram(start, n, power), start as u32).0 > 1 {
                num_chars += self.gram_chars(start, n);
                start += n;
            } else {
                start += 1;
            }
        }
        self.repeats = num_chars > 0;
        self.share(num_chars)
    }

    fn gram(&self, start: usize, n: usize, power: u64) -> u64 {
        self.sums[start + n].wrapping_sub(self.sums[start].wrapping_mul(power))
    }

    fn gram_chars(&self, start: usize, n: usize) -> usize {
        (self.char_sums[start + n] - self.char_sums[start]) as usize
    }

    fn share(&self, num_chars: usize) -> f64 {
        num_chars as f64 / self.num_text_chars.max(1) as f64
    }
}

fn power(n: usize) -> u64 {
    (0..n).fold(1, |power: u64, _| power.wrapping_mul(BASE))
}

fn num_chars(token: &str) -> usize {
    if token.is_ascii() { token.len() } else { token.chars().count() }
}

fn trim_punctuation(token: &str) -> &str {
    let punctuation = |byte: &u8| byte.is_ascii_punctuation();
    let bytes = token.as_bytes();
    let start = bytes.iter().take_while(|byte| punctuation(byte)).count();
    let end = bytes.len() - bytes[start..].iter().rev().take_while(|byte| punctuation(byte)).count();
    &token[start..end]
}

/// `None` for symbols; otherwise whether the word has a letter.
fn class(word: &str) -> Option<bool> {
    let mut has_digit = false;
    for ch in word.chars() {
        if ch.is_alphabetic() {
            return Some(true);
        }
        has_digit |= ch.is_numeric();
    }
    has_digit.then_some(false)
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

/// Counts hashes: open addressing, emptied in no time by a new generation.
#[derive(Default)]
struct Table {
    slots: Vec<Slot>,
    generation: u32,
    mask: usize,
}

#[derive(Clone, Copy, Default)]
struct Slot {
    hash: u64,
    generation: u32,
    count: u32,
    first: u32,
}

impl Table {
    fn clear(&mut self, num_entries: usize) {
        let size = (num_entries * 2).next_power_of_two();
        if self.slots.len() < size || self.generation == u32::MAX {
            self.slots = vec![Slot::default(); size.max(self.slots.len())];
            self.generation = 0;
        }
        self.mask = size - 1;
        self.generation += 1;
    }

    /// Counts a hash; gives the count so far and the place where it was first.
    fn count(&mut self, hash: u64, place: u32) -> (u32, u32) {
        let mut idx = (hash.wrapping_mul(BASE) >> 32) as usize & self.mask;
        loop {
            let slot = &mut self.slots[idx];
            if slot.generation != self.generation {
                *slot = Slot { hash, generation: self.generation, count: 1, first: place };
                return (1, place);
            }
            if slot.hash == hash {
                slot.count += 1;
                return (slot.count, slot.first);
            }
            idx = (idx + 1) & self.mask;
        }
    }
}
