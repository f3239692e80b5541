//! The directions along which vectors lie furthest from the origin: power iteration on a whole subspace.
//!
//! They need not be exact for what they serve, only of length 1 and at right angles.

/// Rounds of the iteration; more of them change nothing that can be measured.
const ROUNDS: usize = 4;
/// A direction that is shorter than this part of its old length lies in those before it.
const VANISHED: f32 = 1e-3;

/// The first directions of vectors; those that there are not are zero.
pub(super) fn directions(vectors: &[&[i8]], num: usize) -> Vec<Vec<f32>> {
    // Any start will do that is not at right angles to what is looked for: rows, far apart in the order of the input.
    let step = (vectors.len() / num.max(1)).max(1);
    let start = vectors.iter().step_by(step).take(num);
    let mut found: Vec<Vec<f32>> = start.map(|vector| vector.iter().copied().map(f32::from).collect()).collect();
    orthonormalise(&mut found);
    for _ in 0..ROUNDS {
        found = found.iter().map(|direction| image(vectors, direction)).collect();
        orthonormalise(&mut found);
    }
    found
}

/// The sum of all vectors, each times its inner product with the direction.
fn image(vectors: &[&[i8]], direction: &[f32]) -> Vec<f32> {
    let mut image = vec![0.0; direction.len()];
    for vector in vectors {
        let along: f32 = vector.iter().zip(direction).map(|(value, part)| f32::from(*value) * part).sum();
        image.iter_mut().zip(*vector).for_each(|(sum, value)| *sum += along * f32::from(*value));
    }
    image
}

/// Gram's and Schmidt's, twice for the sake of rounding.
fn orthonormalise(directions: &mut [Vec<f32>]) {
    for idx in 0..directions.len() {
        let (before, rest) = directions.split_at_mut(idx);
        let Some(direction) = rest.first_mut() else { continue };
        for _ in 0..2 {
            normalise(direction);
            for other in before.iter() {
                let along = product(direction, other);
                direction.iter_mut().zip(other).for_each(|(part, other)| *part -= along * other);
            }
            if product(direction, direction).sqrt() < VANISHED {
                direction.fill(0.0);
            }
        }
        normalise(direction);
    }
}

fn normalise(direction: &mut [f32]) {
    let length = product(direction, direction).sqrt();
    if length > 0.0 {
        direction.iter_mut().for_each(|part| *part /= length);
    }
}

fn product(left: &[f32], right: &[f32]) -> f32 {
    left.iter().zip(right).map(|(left, right)| left * right).sum()
}

#[cfg(test)]
mod tests {
    use super::{directions, product};

    #[test]
    fn directions_are_at_right_angles_and_the_first_is_the_longest() {
        let vectors: Vec<Vec<i8>> = (0..60_i8).map(|idx| vec![100, idx % 7 * 5, idx % 3, 0]).collect();
        let vectors: Vec<&[i8]> = vectors.iter().map(Vec::as_slice).collect();
        let found = directions(&vectors, 6);
        assert_eq!(found.len(), 6);
        assert!(found[0][0].abs() > 0.9, "{found:?}");
        for (idx, left) in found.iter().enumerate() {
            let length = product(left, left);
            assert!((length - 1.0).abs() < 1e-5 || length == 0.0, "{found:?}");
            assert!(found[..idx].iter().all(|right| product(left, right).abs() < 1e-5), "{found:?}");
        }
        let num_dimensions = found.iter().filter(|left| product(left, left) > 0.0).count();
        assert_eq!(num_dimensions, 3, "{found:?}");
    }
}
