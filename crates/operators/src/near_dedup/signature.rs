//! MinHash: the smallest value of each of many hash functions over a text's shingles, cut into bands.
//!
//! Two texts agree in one such value with the probability of their Jaccard similarity *s*, hence in a band of *r* with
//! `s^r` and in one of *b* bands with `1 - (1 - s^r)^b`. The functions are `a * x + b` in 32 bits with seeds that never
//! change; the arithmetic is whole numbers only, so every CPU gives the same bits, and the widest vectors it has are
//! used. What is kept of a text is a hash of 48 bits a band; a chance hit costs one comparison, never a row.

use pulp::{Arch, Simd, WithSimd};

use super::words::mix;

/// Bytes of a band's hash in a key.
pub(crate) const BAND_BYTES: usize = 6;

/// How many functions are computed side by side: their values stay in registers.
const LANES: usize = 32;

/// The hash functions and how their values are cut into bands.
pub(crate) struct MinHash {
    arch: Arch,
    rows: usize,
    bands: usize,
    blocks: Vec<Block>,
}

/// Functions that are computed together.
struct Block {
    multipliers: [u32; LANES],
    addends: [u32; LANES],
}

/// Buffers that are kept from text to text.
#[derive(Default)]
pub(crate) struct Signature {
    narrow: Vec<u32>,
    mins: Vec<[u32; LANES]>,
}

impl MinHash {
    /// `bands` bands of `rows` values each.
    pub(crate) fn new(bands: usize, rows: usize) -> MinHash {
        let mut state = 0x7175_6172_7279_3131_u64;
        let mut next = || {
            state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
            (mix(state) >> 32) as u32
        };
        let mut block = || {
            let mut block = Block { multipliers: [0; LANES], addends: [0; LANES] };
            for (multiplier, addend) in block.multipliers.iter_mut().zip(&mut block.addends) {
                (*multiplier, *addend) = (next() | 1, next());
            }
            block
        };
        let blocks = (0..(bands * rows).div_ceil(LANES)).map(|_| block()).collect();
        MinHash { arch: Arch::new(), rows, bands, blocks }
    }

    /// Appends the hashes of all bands to a key.
    pub(crate) fn key_into(&self, shingles: &[u64], signature: &mut Signature, key: &mut Vec<u8>) {
        self.minima(shingles, signature);
        let minima = signature.mins.as_flattened();
        for band in minima.chunks_exact(self.rows).take(self.bands) {
            let hash = band.iter().fold(0, |hash, min| mix(hash ^ u64::from(*min)));
            let bytes = hash.to_le_bytes();
            key.extend_from_slice(&bytes[..BAND_BYTES]);
        }
    }

    fn minima(&self, shingles: &[u64], signature: &mut Signature) {
        let Signature { narrow, mins } = signature;
        narrow.clear();
        narrow.extend(shingles.iter().map(|shingle| (shingle >> 32) as u32));
        mins.clear();
        mins.resize(self.blocks.len(), [u32::MAX; LANES]);
        self.arch.dispatch(Minima { blocks: &self.blocks, narrow, mins });
    }
}

struct Minima<'a> {
    blocks: &'a [Block],
    narrow: &'a [u32],
    mins: &'a mut [[u32; LANES]],
}

impl WithSimd for Minima<'_> {
    type Output = ();

    /// Plain arithmetic: compiled once for each width of vectors, it is those vectors' instructions.
    #[inline(always)]
    #[expect(clippy::needless_range_loop, reason = "one index into three arrays of one length becomes vectors")]
    fn with_simd<S: Simd>(self, _simd: S) {
        for (block, mins) in self.blocks.iter().zip(self.mins) {
            let mut least = *mins;
            for &shingle in self.narrow {
                for lane in 0..LANES {
                    let hash = shingle.wrapping_mul(block.multipliers[lane]).wrapping_add(block.addends[lane]);
                    least[lane] = least[lane].min(hash);
                }
            }
            *mins = least;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{BAND_BYTES, MinHash, Signature};
    use crate::near_dedup::shingles::Shingler;

    fn key(bands: usize, rows: usize, shingles: &[u64]) -> Vec<u8> {
        let mut key = Vec::new();
        MinHash::new(bands, rows).key_into(shingles, &mut Signature::default(), &mut key);
        key
    }

    #[test]
    fn keys_stay_what_they_are() {
        let mut shingles = Vec::new();
        Shingler::new(5).shingle_into("The quarry gives stone to the whole valley, and has for years.", &mut shingles);
        let hash = xxhash_rust::xxh3::xxh3_64(&key(14, 8, &shingles));
        assert_eq!(hash, 0xBEE6_60EF_5095_5FC6, "{hash:#x}");
    }

    #[test]
    fn the_cpu_and_plain_code_agree() {
        let shingles: Vec<u64> = (0..1000_u64).map(super::mix).collect();
        let minhash = MinHash::new(7, 9);
        let mut signature = Signature::default();
        minhash.minima(&shingles, &mut signature);
        for (idx, found) in signature.mins.as_flattened().iter().enumerate() {
            let block = &minhash.blocks[idx / super::LANES];
            let (a, b) = (block.multipliers[idx % super::LANES], block.addends[idx % super::LANES]);
            let least = shingles.iter().map(|shingle| ((shingle >> 32) as u32).wrapping_mul(a).wrapping_add(b)).min();
            assert_eq!(Some(*found), least);
        }
    }

    #[test]
    fn order_and_repetition_change_no_key() {
        let shingles: Vec<u64> = (0..100_u64).map(super::mix).collect();
        let mut other: Vec<u64> = shingles.iter().rev().copied().collect();
        other.extend_from_slice(&shingles[..50]);
        assert_eq!(key(14, 8, &shingles), key(14, 8, &other));
        assert_eq!(key(14, 8, &shingles).len(), 14 * BAND_BYTES);
    }

    #[test]
    fn values_agree_as_often_as_texts_are_alike() {
        let minhash = MinHash::new(112, 1);
        let (mut left, mut right) = (Signature::default(), Signature::default());
        let (mut agreed, num_texts, jaccard) = (0_usize, 400_u64, 0.6);
        for text in 0..num_texts {
            let shingle = |idx: u64| super::mix(text * 1_000 + idx);
            minhash.minima(&(0..240).map(shingle).collect::<Vec<_>>(), &mut left);
            minhash.minima(&(60..300).map(shingle).collect::<Vec<_>>(), &mut right);
            let pairs = left.mins.as_flattened().iter().zip(right.mins.as_flattened()).take(112);
            agreed += pairs.filter(|(left, right)| left == right).count();
        }
        let share = agreed as f64 / (112 * num_texts) as f64;
        assert!((share - jaccard).abs() < 0.01, "{share}");
    }
}
