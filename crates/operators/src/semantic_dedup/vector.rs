//! The vector of a row as it is stored and compared: whole numbers, so that a cosine is the same on every machine.
//!
//! A part takes a fourth of the room of what the encoder gives, and a cosine near the threshold moves by less than a
//! thousandth: less than between two precisions of the same encoder.

/// Largest value of a part.
const LARGEST: f32 = 127.0;
/// Scores are compared in these steps, so that no last digit of an engine decides.
const STEPS: f64 = 1000.0;

/// A cosine in thousandths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Score(i32);

impl Score {
    /// The score of a cosine.
    pub(super) fn of(cosine: f64) -> Score {
        #[expect(clippy::cast_possible_truncation, reason = "a cosine is between -1 and 1")]
        Score((cosine * STEPS).round() as i32)
    }

    /// The score of two vectors, given the inner products of them and of each with itself.
    pub(super) fn of_products(both: i32, left: i32, right: i32) -> Score {
        Score::of(f64::from(both) / (f64::from(left) * f64::from(right)).sqrt())
    }

    /// The least cosine that rounds to this score.
    pub(super) fn least_cosine(self) -> f64 {
        (f64::from(self.0) - 0.5) / STEPS
    }

    /// The cosine that it stands for.
    pub(super) fn cosine(self) -> f64 {
        f64::from(self.0) / STEPS
    }
}

/// Rounds a vector to whole numbers of at most 127; none if it has no direction.
pub(super) fn quantise(vector: &[f32]) -> Option<Vec<i8>> {
    let largest = vector.iter().fold(0.0_f32, |largest, part| largest.max(part.abs()));
    #[expect(clippy::cast_possible_truncation, reason = "the largest part becomes 127")]
    let round = |part: &f32| (part / largest * LARGEST).round() as i8;
    (largest > 0.0 && largest.is_finite()).then(|| vector.iter().map(round).collect())
}

/// The inner product. Exact: with parts of eight bits a vector would need more than 2^17 of them to overflow.
#[inline(always)]
pub(super) fn dot(left: &[i8], right: &[i8]) -> i32 {
    left.iter().zip(right).map(|(left, right)| i32::from(*left) * i32::from(*right)).sum()
}

/// The parts as they stand in a key.
pub(super) fn as_bytes(parts: &[i8]) -> Vec<u8> {
    parts.iter().map(|part| part.cast_unsigned()).collect()
}

/// The parts out of a key.
pub(super) fn as_parts(bytes: &[u8]) -> Vec<i8> {
    bytes.iter().map(|byte| byte.cast_signed()).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, proptest};

    use super::{Score, as_bytes, as_parts, dot, quantise};

    #[test]
    fn a_vector_without_direction_has_no_parts() {
        assert_eq!(quantise(&[0.0, 0.0]), None);
        assert_eq!(quantise(&[]), None);
        assert_eq!(quantise(&[1.0, f32::INFINITY]), None);
        assert_eq!(quantise(&[0.5, -0.25]), Some(vec![127, -64]));
    }

    #[test]
    fn a_score_and_the_least_cosine_of_it_agree() {
        for thousandths in -1000..=1000 {
            let score = Score::of(f64::from(thousandths) / 1000.0);
            assert_eq!(Score::of(score.least_cosine() + 1e-9).max(score), score);
            assert!(Score::of(score.least_cosine() - 1e-9) < score);
        }
    }

    proptest! {
        #[test]
        fn parts_come_back_and_a_vector_is_nearest_to_itself(bytes in proptest::collection::vec(any::<u8>(), 1..400)) {
            let parts = as_parts(&bytes);
            assert_eq!(as_bytes(&parts), bytes);
            let square = dot(&parts, &parts);
            if square > 0 {
                assert_eq!(Score::of_products(square, square, square), Score::of(1.0));
            }
        }
    }
}
