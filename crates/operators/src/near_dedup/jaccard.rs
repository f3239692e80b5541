//! How alike two sets of shingles are: exactly, and what a few words of memory rule out without looking at the sets.

/// Words of a sketch.
const SKETCH: usize = 8;

/// The fewest common elements with which sets of these sizes have a Jaccard similarity of at least `threshold`.
fn least_common(threshold: f64, left: usize, right: usize) -> usize {
    let sum = left + right;
    let reaches = |common: usize| common <= sum && similarity(common, sum) >= threshold;
    let mut common = (threshold * sum as f64 / (1.0 + threshold)) as usize;
    while common > 0 && reaches(common - 1) {
        common -= 1;
    }
    while common <= sum && !reaches(common) {
        common += 1;
    }
    common
}

fn similarity(common: usize, sum: usize) -> f64 {
    common as f64 / (sum - common) as f64
}

/// The Jaccard similarity of two ascending sets where it is at least `threshold`.
pub(crate) fn at_least(threshold: f64, left: &[u64], right: &[u64]) -> Option<f64> {
    let sum = left.len() + right.len();
    let least = least_common(threshold, left.len(), right.len());
    let (mut at, mut other, mut common) = (0, 0, 0);
    while let (Some(one), Some(two)) = (left.get(at), right.get(other)) {
        common += usize::from(one == two);
        at += usize::from(one <= two);
        other += usize::from(two <= one);
    }
    (common >= least && sum > 0).then(|| similarity(common, sum))
}

/// What is held in memory of many sets: size, a digest, and a sketch from which follows how different two sets are at
/// the least.
///
/// An element flips one bit of its set's sketch, so two sketches differ in no more bits than the sets in elements.
/// That rules out most pairs of unlike sets, however many of them meet in a bucket, and never one that is alike.
#[derive(Default)]
pub(crate) struct Outlines {
    sizes: Vec<u32>,
    digests: Vec<u64>,
    answers: Vec<u64>,
    sketches: Vec<[u64; SKETCH]>,
}

impl Outlines {
    /// Room for this many sets, all of them empty.
    pub(crate) fn new(num_sets: usize) -> Outlines {
        Outlines {
            sizes: vec![0; num_sets],
            digests: vec![0; num_sets],
            answers: vec![0; num_sets],
            sketches: vec![[0; SKETCH]; num_sets],
        }
    }

    /// Puts the outline of an ascending set in its place, with the digest of its answer, or zero where it has none.
    pub(crate) fn put(&mut self, place: u32, set: &[u64], digest: u64, answer: u64) {
        let place = place as usize;
        let mut sketch = [0; SKETCH];
        for element in set {
            sketch[(element >> 6) as usize % SKETCH] ^= 1 << (element & 63);
        }
        self.sizes[place] = u32::try_from(set.len()).unwrap_or(u32::MAX);
        self.digests[place] = digest;
        self.answers[place] = answer;
        self.sketches[place] = sketch;
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.sizes.len()
    }

    /// The digest of a set: equal for equal sets with equal answers.
    pub(crate) fn digest(&self, set: u32) -> u64 {
        self.digests[set as usize] ^ self.answers[set as usize]
    }

    /// Questions that are asked with other answers are no duplicates, unless they are the same to the word.
    fn may_be_one_question(&self, left: usize, right: usize) -> bool {
        let (one, two) = (self.answers[left], self.answers[right]);
        one == two || one == 0 || two == 0 || self.digests[left] == self.digests[right]
    }

    /// The size of a set.
    pub(crate) fn size(&self, set: u32) -> usize {
        self.sizes[set as usize] as usize
    }

    /// False only if the similarity of two sets is below the threshold, or their answers tell them apart.
    pub(crate) fn may_reach(&self, threshold: f64, left: u32, right: u32) -> bool {
        if !self.may_be_one_question(left as usize, right as usize) {
            return false;
        }
        let (size, other) = (self.size(left), self.size(right));
        let least = least_common(threshold, size, other);
        if least > size.min(other) {
            return false;
        }
        let pairs = self.sketches[left as usize].iter().zip(&self.sketches[right as usize]);
        let different: u32 = pairs.map(|(one, two)| (one ^ two).count_ones()).sum();
        different as usize <= size + other - 2 * least
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::{ProptestConfig, proptest};

    use super::{Outlines, at_least};
    use crate::near_dedup::words::mix;

    fn by_definition(left: &BTreeSet<u64>, right: &BTreeSet<u64>) -> f64 {
        left.intersection(right).count() as f64 / left.union(right).count() as f64
    }

    fn hashed(set: &BTreeSet<u64>) -> Vec<u64> {
        let mut hashed: Vec<u64> = set.iter().map(|element| mix(*element)).collect();
        hashed.sort_unstable();
        hashed
    }

    #[test]
    fn four_of_five_is_four_fifths() {
        assert_eq!(at_least(0.8, &[1, 2, 3, 4, 5], &[1, 2, 3, 4]), Some(0.8));
        assert_eq!(at_least(0.8, &[1, 2, 3, 4, 5], &[1, 2, 3]), None);
        assert_eq!(at_least(0.5, &[], &[]), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, cases: 1_000, ..ProptestConfig::default() })]
        #[test]
        fn outlines_rule_out_nothing_that_is_alike(
            left in proptest::collection::btree_set(0_u64..60, 1..60),
            right in proptest::collection::btree_set(0_u64..60, 1..60),
            threshold in 0.05_f64..1.0,
        ) {
            let jaccard = by_definition(&left, &right);
            let (left, right) = (hashed(&left), hashed(&right));
            let mut outlines = Outlines::new(2);
            outlines.put(1, &right, 2, 0);
            outlines.put(0, &left, 1, 0);
            for threshold in [threshold, jaccard] {
                let found = at_least(threshold, &left, &right);
                assert_eq!(found, (jaccard >= threshold && jaccard > 0.0 || threshold == 0.0).then_some(jaccard));
                assert!(found.is_none() || outlines.may_reach(threshold, 0, 1));
            }
        }
    }
}
