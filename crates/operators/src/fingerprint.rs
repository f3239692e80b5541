//! The hash of a text that does not depend on its case, its spacing or its Unicode form.

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfkc_quick};
use xxhash_rust::xxh3::xxh3_128;

/// Hashes one or more texts as one key; the buffer is kept for the next key.
#[derive(Default)]
pub(crate) struct Fingerprint {
    buffer: String,
}

impl Fingerprint {
    /// Adds a text. Texts are told apart, so that a border between two of them counts.
    pub(crate) fn add(&mut self, text: &str) {
        // No text can hold this border: white space is collapsed to single spaces first.
        self.buffer.push('\n');
        if text.is_ascii() {
            self.fold_ascii(text);
        } else if is_nfkc_quick(text.chars()) == IsNormalized::Yes {
            self.fold(text.chars());
        } else {
            self.fold(text.nfkc());
        }
    }

    /// The key of all texts added since the last one.
    pub(crate) fn finish(&mut self) -> u128 {
        let hash = xxh3_128(self.buffer.as_bytes());
        self.buffer.clear();
        hash
    }

    fn fold_ascii(&mut self, text: &str) {
        let mut separator = "";
        for word in text.split_ascii_whitespace() {
            self.buffer.push_str(separator);
            let start = self.buffer.len();
            self.buffer.push_str(word);
            self.buffer[start..].make_ascii_lowercase();
            separator = " ";
        }
    }

    fn fold(&mut self, chars: impl Iterator<Item = char>) {
        let start = self.buffer.len();
        let mut space = false;
        for ch in chars {
            if ch.is_whitespace() {
                space = true;
                continue;
            }
            if space && self.buffer.len() > start {
                self.buffer.push(' ');
            }
            space = false;
            match ch {
                'ς' => self.buffer.push('σ'),
                _ if ch.is_ascii() => self.buffer.push(ch.to_ascii_lowercase()),
                _ => self.buffer.extend(ch.to_lowercase()),
            }
        }
    }
}
