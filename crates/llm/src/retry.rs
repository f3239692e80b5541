//! How long to wait before asking again: a time that doubles, less up to a quarter of it by chance.
//!
//! Each wait is longer than the one before. Full jitter spreads callers better, but a server that counts takes a second wait
//! that is shorter than the first for no backing off at all; here the limit on calls in flight spreads them already.
//!
//! Jitter comes out of the request and the count, so no two calls wait alike and each always waits alike.

use std::time::Duration;

use backon::{BackoffBuilder as _, ExponentialBackoff, ExponentialBuilder};
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// Waits between the tries of one call.
#[derive(Debug)]
pub(crate) struct Backoff {
    ceilings: ExponentialBackoff,
    salt: u64,
    num_waits: u64,
}

impl Backoff {
    /// Starts over, with half a second and at most so much.
    pub(crate) fn new(salt: u64, max: Duration) -> Backoff {
        let ceilings = ExponentialBuilder::new()
            .with_min_delay(Duration::from_millis(500))
            .with_factor(2.0)
            .with_max_delay(max)
            .without_max_times()
            .build();
        Backoff { ceilings, salt, num_waits: 0 }
    }

    /// The next wait, never shorter than what the server asks for.
    pub(crate) fn next(&mut self, told: Option<Duration>) -> Duration {
        let ceiling = self.ceilings.next().unwrap_or(Duration::from_secs(60));
        self.num_waits += 1;
        let hash = xxh3_64_with_seed(&self.num_waits.to_le_bytes(), self.salt);
        // The upper half of the hash as a share of one.
        let share = f64::from(u32::try_from(hash >> 32).unwrap_or(u32::MAX)) / f64::from(u32::MAX);
        match told {
            // All who were told the same second must not come back in the same millisecond.
            Some(told) => told + Duration::from_millis(250).mul_f64(share),
            None => ceiling.mul_f64(0.75 + 0.25 * share),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Backoff;

    #[test]
    fn waits_grow_under_a_doubling_ceiling_and_stay_above_what_is_told() {
        let longest = |num: usize| {
            let waits = (0..200).map(|salt| {
                let mut backoff = Backoff::new(salt, Duration::from_secs(60));
                (0..num).map(|_| backoff.next(None)).last().unwrap_or_default()
            });
            waits.max().unwrap_or_default()
        };
        for (num, ceiling) in [(1, 0.5), (2, 1.0), (4, 4.0), (12, 60.0)] {
            let longest = longest(num).as_secs_f64();
            assert!(longest <= ceiling && longest > ceiling * 0.9, "{num}: {longest}");
        }
        for salt in 0..200 {
            let mut backoff = Backoff::new(salt, Duration::from_secs(60));
            let waits: Vec<Duration> = (0..5).map(|_| backoff.next(None)).collect();
            assert!(waits.windows(2).all(|pair| pair[1] > pair[0].mul_f64(1.2)), "{waits:?}");
        }
        let told = Some(Duration::from_secs(7));
        assert!((0..50).all(|salt| Backoff::new(salt, Duration::from_secs(1)).next(told) >= Duration::from_secs(7)));
    }
}
