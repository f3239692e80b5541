//! The words of a text as hashes: maximal runs of Unicode word characters, lower-cased.
//!
//! A text is first written anew into a buffer, lower-cased and with a zero for whatever is no part of a word: whole
//! blocks at a time where it is ASCII. Words are then found and hashed eight bytes at a time.

use std::sync::LazyLock;

use regex::Regex;

/// Blocks of this many bytes are folded at once where they are ASCII.
const BLOCK: usize = 32;

/// An odd number without pattern: the golden ratio's digits.
const MULTIPLIER: u64 = 0x9E37_79B9_7F4A_7C15;

/// What stands for everything that is no part of a word. Folded words never hold it: NUL is no word character.
const BORDER: u8 = 0;

/// Splits texts; its buffer is kept from text to text.
#[derive(Default)]
pub(crate) struct Words {
    folded: Vec<u8>,
}

impl Words {
    /// Appends a hash for each word of the text, in order.
    pub(crate) fn hash_into(&mut self, text: &str, hashes: &mut Vec<u64>) {
        self.folded.clear();
        fold_into(text, &mut self.folded);
        // One border for the last word, and eight bytes that the last look may reach into.
        self.folded.extend_from_slice(&[BORDER; 9]);
        hash_folded(&self.folded, hashes);
    }
}

fn fold_into(text: &str, folded: &mut Vec<u8>) {
    folded.reserve(text.len() + BLOCK);
    let mut rest = text;
    while let Some((block, behind)) = rest.as_bytes().split_first_chunk::<BLOCK>() {
        if block.is_ascii() {
            folded.extend_from_slice(&block.map(fold_byte));
            rest = text.get(text.len() - behind.len()..).unwrap_or_default();
            continue;
        }
        let mut chars = rest.char_indices();
        let read = chars.by_ref().take_while(|(at, ch)| {
            fold_char(*ch, folded);
            at + ch.len_utf8() < BLOCK
        });
        read.for_each(drop);
        rest = chars.as_str();
    }
    rest.chars().for_each(|ch| fold_char(ch, folded));
}

/// Without a branch, so that a block becomes a few vector instructions.
#[inline]
fn fold_byte(byte: u8) -> u8 {
    let upper = u8::from(byte.wrapping_sub(b'A') < 26);
    let lower = byte | (upper << 5);
    let is_word = (lower.wrapping_sub(b'a') < 26) | (byte.wrapping_sub(b'0') < 10) | (byte == b'_');
    lower & u8::from(is_word).wrapping_neg()
}

fn fold_char(ch: char, folded: &mut Vec<u8>) {
    if ch.is_ascii() {
        folded.push(fold_byte(ch as u8));
    } else if !is_word(ch) {
        folded.push(BORDER);
    } else {
        let mut bytes = [0; 4];
        for lower in ch.to_lowercase() {
            // The form of a sigma depends on its place in the word; here as in the other comparisons it is one letter.
            let lower = if lower == 'ς' { 'σ' } else { lower };
            folded.extend_from_slice(lower.encode_utf8(&mut bytes).as_bytes());
        }
    }
}

/// Finds the words between borders. The text ends in nine borders.
fn hash_folded(folded: &[u8], hashes: &mut Vec<u64>) {
    let mut at = 0;
    while let Some(eight) = folded.get(at..).and_then(<[u8]>::first_chunk::<8>) {
        let eight = u64::from_le_bytes(*eight);
        let skipped = borders_at_front(eight);
        if skipped > 0 {
            at += skipped;
            continue;
        }
        at = hash_word(folded, at, eight, hashes);
    }
}

/// Hashes the word that begins at `at` and gives the place behind its border.
#[inline]
fn hash_word(folded: &[u8], mut at: usize, mut eight: u64, hashes: &mut Vec<u64>) -> usize {
    let mut hash = MULTIPLIER;
    loop {
        let len = (borders(eight).trailing_zeros() / 8) as usize;
        if len < 8 {
            let letters = eight & ((1 << (8 * len)) - 1);
            hashes.push(mix(hash ^ letters));
            return at + len + 1;
        }
        hash = mix(hash ^ eight);
        at += 8;
        match folded.get(at..).and_then(<[u8]>::first_chunk::<8>) {
            Some(next) => eight = u64::from_le_bytes(*next),
            None => return folded.len(),
        }
    }
}

/// The high bit of each byte that is a border, exactly.
#[inline]
fn borders(eight: u64) -> u64 {
    const LOW: u64 = 0x7F7F_7F7F_7F7F_7F7F;
    !(((eight & LOW) + LOW) | eight | LOW)
}

/// How many borders stand in front.
#[inline]
fn borders_at_front(eight: u64) -> usize {
    (eight.trailing_zeros() / 8) as usize
}

/// Both halves of the product with an odd number, folded into one.
#[inline]
pub(crate) fn mix(value: u64) -> u64 {
    let product = u128::from(value ^ 0xA076_1D64_78BD_642F) * u128::from(MULTIPLIER);
    (product as u64) ^ ((product >> 64) as u64)
}

/// Whether the regular expression `\w` holds for a character that is not ASCII.
fn is_word(ch: char) -> bool {
    let point = ch as usize;
    match WORD_POINTS.get(point / 64) {
        Some(bits) => bits >> (point % 64) & 1 == 1,
        None => WORD.is_match(ch.encode_utf8(&mut [0; 4])),
    }
}

#[expect(clippy::expect_used, reason = "the pattern is a constant")]
static WORD: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\w").expect("a valid pattern"));

/// A bit for each character of the basic plane; what lies beyond is rare and asked one by one.
static WORD_POINTS: LazyLock<Vec<u64>> = LazyLock::new(|| {
    let mut bits = vec![0_u64; 0x1_0000 / 64];
    for ch in '\u{80}'..='\u{FFFF}' {
        if WORD.is_match(ch.encode_utf8(&mut [0; 4])) {
            bits[ch as usize / 64] |= 1 << (ch as usize % 64);
        }
    }
    bits
});

#[cfg(test)]
mod tests {
    use proptest::prelude::{ProptestConfig, any, prop_oneof, proptest};
    use proptest::strategy::Strategy;

    use super::{Words, hash_folded, mix};

    fn hashes(text: &str) -> Vec<u64> {
        let mut found = Vec::new();
        Words::default().hash_into(text, &mut found);
        found
    }

    /// The definition: runs of `\w`, lower-cased, each hashed on its own.
    fn by_definition(text: &str) -> Vec<u64> {
        let words = regex::Regex::new(r"\w+").unwrap();
        let mut found = Vec::new();
        for word in words.find_iter(text) {
            let lower: String = word.as_str().chars().flat_map(char::to_lowercase).collect();
            let mut folded = lower.replace('ς', "σ").into_bytes();
            folded.extend_from_slice(&[0; 9]);
            hash_folded(&folded, &mut found);
        }
        found
    }

    #[test]
    fn words_are_runs_of_word_characters_whatever_their_case() {
        assert_eq!(hashes("Hello, WORLD"), hashes("hello world"));
        assert_eq!(hashes("ÉCOLE d'été").len(), 3);
        assert_eq!(hashes("ΟΔΟΣ"), hashes("οδος"));
        assert_eq!(hashes("a_b 3.5 e\u{301}").len(), 4);
        assert_eq!(hashes(" \u{2019}!\n"), Vec::<u64>::new());
        assert_ne!(hashes("abcdefgh"), hashes("abcdefghi"));
    }

    #[test]
    fn hashes_stay_what_they_are() {
        assert_eq!(mix(0), 0x6705_27F2_8686_2C69);
        assert_eq!(hashes("quarry"), [0x3839_D5A9_C0BA_ACF8]);
        assert_eq!(hashes("incomprehensibilities"), [0x4449_8A08_B26F_4895]);
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn blocks_and_single_characters_agree_with_the_definition(text in prop_oneof![
            any::<String>(),
            "[a-zA-Z0-9_ .,éÉßΣςİ你\u{300}𝔘²½-]{0,120}",
        ].boxed()) {
            assert_eq!(hashes(&text), by_definition(&text), "{text:?}");
        }
    }
}
