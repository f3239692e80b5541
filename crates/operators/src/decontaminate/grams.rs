//! Hashes of runs of words, and the tables that they are looked up in.

use xxhash_rust::xxh3::xxh3_64;

use super::normal::Token;

const BASE: u64 = 0x9E37_79B9_7F4A_7C15;
/// Words of the runs by which longer runs are looked up first.
const ANCHOR_WORDS: usize = 3;

/// The hash of some words in their order.
pub(super) fn hash_of(tokens: &[Token]) -> u64 {
    mix(tokens.iter().fold(0, |sum, token| step(sum, token.hash)))
}

/// The hash of each run of `n` words, from the first on.
pub(super) fn grams(tokens: &[Token], n: usize) -> impl Iterator<Item = u64> {
    let power = (1..n).fold(1, |power: u64, _| power.wrapping_mul(BASE));
    let (head, rest) = tokens.split_at_checked(n - 1).unwrap_or((&[], &[]));
    let mut sum = head.iter().fold(0, |sum, token| step(sum, token.hash));
    rest.iter().zip(tokens).map(move |(last, first)| {
        sum = step(sum, last.hash);
        let gram = mix(sum);
        sum = sum.wrapping_sub(first.hash.wrapping_mul(power));
        gram
    })
}

/// For each run of `n` words the least hash of three words in it, or of the run where it is shorter.
///
/// Neighbouring runs mostly have the same one, so that looking these up first spares three of four lookups in a table
/// that may be larger than any cache; and of texts that share nothing with a table hardly any is in it.
pub(super) fn anchors(tokens: &[Token], n: usize, anchors: &mut Vec<u64>) {
    anchors.clear();
    anchors.extend(grams(tokens, n.min(ANCHOR_WORDS)));
    let width = n.saturating_sub(ANCHOR_WORDS) + 1;
    let mut seen = 1;
    while seen < width {
        let step = seen.min(width - seen);
        let Some(rest) = anchors.len().checked_sub(step) else { return };
        for at in 0..rest {
            // In place: what is read was not yet written.
            if let (Some(one), Some(other)) = (anchors.get(at).copied(), anchors.get(at + step).copied())
                && let Some(slot) = anchors.get_mut(at)
            {
                *slot = one.min(other);
            }
        }
        seen += step;
    }
    anchors.truncate((tokens.len() + 1).saturating_sub(n));
    anchors.iter_mut().for_each(|anchor| *anchor = mix(*anchor));
}

fn step(sum: u64, hash: u64) -> u64 {
    sum.wrapping_mul(BASE).wrapping_add(hash)
}

/// Sums of hashes are even in all bits but the lowest; tables want the highest even too.
fn mix(sum: u64) -> u64 {
    (sum ^ sum >> 29).wrapping_mul(0xBF58_476D_1CE4_E5B9)
}

/// The hash of a text's digest or the like, to tell many questions apart in little space.
pub(super) fn combined(hash: u64, number: usize) -> u64 {
    xxh3_64(&(hash ^ (number as u64).wrapping_mul(BASE)).to_le_bytes())
}

/// Tells of nearly every hash that is not in a set that it is not, in one access of memory.
#[derive(Default)]
pub(super) struct Filter {
    words: Vec<u64>,
}

impl Filter {
    /// Bits for each hash: with three of them set in one word, one in some hundred foreign hashes passes.
    const BITS_PER_HASH: usize = 16;

    pub(super) fn new(hashes: impl ExactSizeIterator<Item = u64>) -> Filter {
        let mut filter = Filter { words: vec![0; hashes.len() * Filter::BITS_PER_HASH / 64 + 1] };
        for hash in hashes {
            let at = filter.place(hash);
            if let Some(word) = filter.words.get_mut(at) {
                *word |= bits(hash);
            }
        }
        filter
    }

    #[inline]
    pub(super) fn may_hold(&self, hash: u64) -> bool {
        let wanted = bits(hash);
        self.words.get(self.place(hash)).is_some_and(|word| word & wanted == wanted)
    }

    fn place(&self, hash: u64) -> usize {
        ((u128::from(hash) * self.words.len() as u128) >> 64) as usize
    }
}

fn bits(hash: u64) -> u64 {
    1 << (hash & 63) | 1 << (hash >> 6 & 63) | 1 << (hash >> 12 & 63)
}

/// Values by hash, several for one hash; sorted, with the place of each beginning in a directory.
pub(super) struct Table<V> {
    hashes: Vec<u64>,
    values: Vec<V>,
    directory: Vec<u32>,
    shift: u32,
}

impl<V: Copy> Table<V> {
    /// Takes entries that are sorted by their hashes.
    pub(super) fn new(sorted: Vec<(u64, V)>) -> Table<V> {
        let bits = sorted.len().next_power_of_two().trailing_zeros().clamp(1, 28);
        let shift = 64 - bits;
        let mut directory = vec![0; (1 << bits) + 1];
        for (hash, _) in &sorted {
            if let Some(count) = directory.get_mut((hash >> shift) as usize + 1) {
                *count += 1;
            }
        }
        let mut sum = 0_u32;
        for count in &mut directory {
            sum += *count;
            *count = sum;
        }
        let (hashes, values) = sorted.into_iter().unzip();
        Table { hashes, values, directory, shift }
    }

    pub(super) fn len(&self) -> usize {
        self.hashes.len()
    }

    pub(super) fn hashes(&self) -> impl ExactSizeIterator<Item = u64> {
        self.hashes.iter().copied()
    }

    /// The values of a hash.
    pub(super) fn get(&self, hash: u64) -> &[V] {
        let bucket = (hash >> self.shift) as usize;
        let border = |at: usize| self.directory.get(at).map_or(0, |place| *place as usize);
        let (start, end) = (border(bucket), border(bucket + 1));
        let hashes = self.hashes.get(start..end).unwrap_or_default();
        let first = start + hashes.partition_point(|other| *other < hash);
        let last = start + hashes.partition_point(|other| *other <= hash);
        self.values.get(first..last).unwrap_or_default()
    }
}
