//! Which buckets have more than one row: two bits for each of many places, so that the rest need not be sorted.
//!
//! Most rows share no bucket with another one. Two buckets may fall on the same place, then rows are sorted for nothing;
//! a bucket with two rows is never overlooked.

use super::words::mix;

/// Places per entry: one in about ten single entries meets another by chance.
const PLACES_PER_ENTRY: u64 = 8;

/// At most 128 MiB for each of the two bit arrays.
const MOST_PLACES: u64 = 1 << 30;

/// Counts to two.
pub(crate) struct SeenTwice {
    once: Vec<u64>,
    twice: Vec<u64>,
    shift: u32,
}

impl SeenTwice {
    /// For so many entries in all.
    pub(crate) fn new(num_entries: u64) -> SeenTwice {
        let places = (num_entries.saturating_mul(PLACES_PER_ENTRY)).clamp(1 << 10, MOST_PLACES).next_power_of_two();
        let words = usize::try_from(places / 64).unwrap_or(usize::MAX);
        SeenTwice { once: vec![0; words], twice: vec![0; words], shift: 64 - places.trailing_zeros() }
    }

    /// Notes a bucket's entry.
    pub(crate) fn note(&mut self, bucket: [u64; 2]) {
        let (word, bit) = self.place(bucket);
        let before = self.once[word] & bit;
        self.once[word] |= bit;
        self.twice[word] |= before;
    }

    /// Whether the bucket may have several entries.
    pub(crate) fn is_shared(&self, bucket: [u64; 2]) -> bool {
        let (word, bit) = self.place(bucket);
        self.twice[word] & bit != 0
    }

    fn place(&self, bucket: [u64; 2]) -> (usize, u64) {
        let place = mix(bucket[0] ^ bucket[1].rotate_left(32)) >> self.shift;
        ((place / 64) as usize, 1 << (place % 64))
    }
}

#[cfg(test)]
mod tests {
    use super::SeenTwice;

    #[test]
    fn shared_buckets_are_known_and_most_others_are_not() {
        let mut seen = SeenTwice::new(10_000);
        for bucket in 0..10_000_u64 {
            seen.note([bucket, 0]);
        }
        for bucket in 0..100_u64 {
            seen.note([bucket, 0]);
        }
        assert!((0..100).all(|bucket| seen.is_shared([bucket, 0])));
        let by_chance = (100..10_000).filter(|bucket| seen.is_shared([*bucket, 0])).count();
        assert!(by_chance < 1_500, "{by_chance}");
    }
}
