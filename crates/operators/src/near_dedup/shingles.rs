//! Shingles: every run of so many words of a text, as a hash. A text with fewer words is one shingle of all of them.
//!
//! A shingle's hash is a polynomial of the hashes of its words, so the next one follows from the last one in constant
//! time. What is compared between texts is the *set* of their shingles.

use super::words::{Words, mix};

/// An odd number without pattern: the digits of e.
const BASE: u64 = 0xADF8_5458_A2BB_4A9B;

/// Makes shingles; its buffers are kept from text to text.
pub(crate) struct Shingler {
    width: usize,
    /// `BASE` to the power of the width: the weight of the word that falls out.
    leaving: u64,
    words: Words,
    hashes: Vec<u64>,
}

impl Shingler {
    /// Shingles of `width` words.
    pub(crate) fn new(width: usize) -> Shingler {
        let width = width.max(1);
        let leaving = (0..width).fold(1_u64, |power, _| power.wrapping_mul(BASE));
        Shingler { width, leaving, words: Words::default(), hashes: Vec::new() }
    }

    /// Appends the shingles of a text in its order, each as often as it occurs. A text without words has none.
    pub(crate) fn shingle_into(&mut self, text: &str, shingles: &mut Vec<u64>) {
        self.hashes.clear();
        self.words.hash_into(text, &mut self.hashes);
        if self.hashes.is_empty() {
            return;
        }
        let first = self.width.min(self.hashes.len());
        let (head, tail) = self.hashes.split_at(first);
        let mut sum = head.iter().fold(0_u64, |sum, word| sum.wrapping_mul(BASE).wrapping_add(*word));
        shingles.reserve(tail.len() + 1);
        shingles.push(mix(sum));
        for (entering, leaving) in tail.iter().zip(&self.hashes) {
            sum = sum.wrapping_mul(BASE).wrapping_add(*entering).wrapping_sub(leaving.wrapping_mul(self.leaving));
            shingles.push(mix(sum));
        }
    }

    /// Replaces `set` by the shingles of a text, ascending, each once.
    pub(crate) fn set_into(&mut self, text: &str, set: &mut Vec<u64>) {
        set.clear();
        self.shingle_into(text, set);
        set.sort_unstable();
        set.dedup();
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{ProptestConfig, proptest};

    use super::Shingler;

    fn shingles(width: usize, text: &str) -> Vec<u64> {
        let mut found = Vec::new();
        Shingler::new(width).shingle_into(text, &mut found);
        found
    }

    #[test]
    fn a_short_text_is_one_shingle_of_all_its_words() {
        assert_eq!(shingles(5, "").len(), 0);
        assert_eq!(shingles(5, "one two").len(), 1);
        assert_eq!(shingles(5, "one two three four five").len(), 1);
        assert_eq!(shingles(5, "one two three four five six").len(), 2);
        assert_ne!(shingles(5, "one two"), shingles(5, "two one"));
        assert_ne!(shingles(5, "one"), shingles(5, "one two"));
    }

    #[test]
    fn a_set_holds_each_shingle_once() {
        let mut set = vec![7];
        Shingler::new(2).set_into("a b a b a b", &mut set);
        assert_eq!(set.len(), 2);
        assert!(set.is_sorted());
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn rolling_gives_what_hashing_each_window_gives(words in proptest::collection::vec("[a-c]{1,2}", 1..30), width in 1_usize..7) {
            let whole = shingles(width, &words.join(" "));
            let windows: Vec<u64> = if words.len() < width {
                shingles(width, &words.join(" "))
            } else {
                words.windows(width).flat_map(|window| shingles(width, &window.join("-"))).collect()
            };
            assert_eq!(whole, windows);
        }
    }
}
