//! Hill climbing on completed tokens per second: more in flight as long as more comes out.

use std::time::Duration;

use tokio::time::Instant;

const MIN_WINDOW: Duration = Duration::from_secs(1);
const MIN_RESULTS: usize = 16;
/// Latencies that are kept to know how long calls take.
const MAX_LATENCIES: usize = 256;
/// The first steps are doublings, as long as each brings at least this much.
const MIN_GAIN_OF_DOUBLING: f64 = 0.2;
const STEP: f64 = 1.25;
const MIN_GAIN_OF_STEP: f64 = 0.03;
/// Windows without a step after one that brought nothing.
const REST: u32 = 12;

/// Climbs for one endpoint.
#[derive(Debug)]
pub(super) struct Climb {
    started: Instant,
    tokens: u64,
    num_results: usize,
    latencies: Vec<Duration>,
    /// Whether calls waited all the while: otherwise throughput says nothing of the limit.
    was_full: bool,
    last: Option<Step>,
    doubling: bool,
    rest: u32,
}

/// A limit that has been tried, and what came of it.
#[derive(Clone, Copy, Debug)]
struct Step {
    limit: f64,
    rate: f64,
}

impl Climb {
    pub(super) fn new(now: Instant) -> Climb {
        Climb {
            started: now,
            tokens: 0,
            num_results: 0,
            latencies: Vec::new(),
            was_full: true,
            last: None,
            doubling: true,
            rest: 0,
        }
    }

    /// Takes a result; gives the new limit where it changes.
    pub(super) fn finished(
        &mut self,
        now: Instant,
        tokens: u64,
        took: Duration,
        full: bool,
        limit: f64,
    ) -> Option<f64> {
        self.tokens += tokens;
        self.was_full &= full;
        match self.latencies.get_mut(self.num_results % MAX_LATENCIES) {
            Some(latency) => *latency = took,
            None => self.latencies.push(took),
        }
        self.num_results += 1;
        let passed = now.duration_since(self.started);
        if passed < MIN_WINDOW || !self.num_results.is_multiple_of(MIN_RESULTS) {
            return None;
        }
        // The first half of a window still shows the limit before it.
        if passed < self.p90() * 2 {
            return None;
        }
        #[expect(clippy::cast_precision_loss, reason = "a rate needs no more digits")]
        let rate = self.tokens as f64 / passed.as_secs_f64();
        let was_full = self.was_full;
        (self.started, self.tokens, self.num_results, self.was_full) = (now, 0, 0, true);
        if was_full { self.step(Step { limit, rate }) } else { None }
    }

    fn step(&mut self, now: Step) -> Option<f64> {
        if self.rest > 0 {
            self.rest -= 1;
            return None;
        }
        let Some(last) = self.last.replace(now) else { return Some(self.higher(now.limit)) };
        if now.limit <= last.limit {
            return Some(self.higher(now.limit));
        }
        let gain = now.rate / last.rate.max(f64::MIN_POSITIVE) - 1.0;
        if self.doubling && gain < MIN_GAIN_OF_DOUBLING {
            self.doubling = false;
        }
        if gain >= MIN_GAIN_OF_STEP {
            return Some(self.higher(now.limit));
        }
        self.last = None;
        self.rest = REST;
        Some(last.limit)
    }

    fn higher(&self, limit: f64) -> f64 {
        limit * if self.doubling { 2.0 } else { STEP }
    }

    fn p90(&self) -> Duration {
        let mut latencies = self.latencies.clone();
        let idx = latencies.len() * 9 / 10;
        if idx >= latencies.len() {
            return Duration::ZERO;
        }
        *latencies.select_nth_unstable(idx).1
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::Instant;

    use super::Climb;

    /// A server with so many slots, each call of 100 tokens taking 0.5 s once it has one; gives the limit in the end.
    fn climb(slots: f64, secs: u64) -> f64 {
        let start = Instant::now();
        let mut climb = Climb::new(start);
        let (mut limit, mut ms) = (64.0_f64, 0.0_f64);
        while ms < secs as f64 * 1000.0 {
            let at_once = limit.min(slots);
            ms += 500.0 / at_once;
            let took = Duration::from_secs_f64(0.5 * limit / at_once);
            let now = start + Duration::from_secs_f64(ms / 1000.0);
            if let Some(to) = climb.finished(now, 100, took, true, limit) {
                limit = to.min(1024.0);
            }
        }
        limit
    }

    #[test]
    fn it_reaches_the_slots_of_a_server_and_stays_near() {
        for slots in [32.0, 100.0, 256.0, 700.0] {
            for secs in [40, 80, 160] {
                let limit = climb(slots, secs);
                assert!(limit >= slots * 0.95 && limit <= (slots * 2.6).max(128.0), "{slots} after {secs} s: {limit}");
            }
        }
    }
}
