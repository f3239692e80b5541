//! The limit of one endpoint, out of whatever tells most.

use std::time::Duration;

use tokio::time::Instant;

use super::Gauges;
use super::climb::Climb;
use super::refusals::{Advice, Refusals};
use crate::Concurrency;

/// Where a limit that nothing is known of starts: one would cost minutes of an idle server.
const START: u32 = 64;
/// Below this no refusal cuts.
const FLOOR: f64 = 4.0;
/// How long metrics count after they were last seen.
const METRICS_COUNT_FOR: Duration = Duration::from_secs(5);
/// Requests that wait at the server, as shares of those that run.
const FEWEST_WAITING: f64 = 0.01;
const MEANT_WAITING: f64 = 0.05;
const MOST_WAITING: f64 = 0.10;
/// Looks with nobody waiting at the server after which small steps become leaps again.
const MAX_IDLE: u32 = 10;

/// Sets the number of calls in flight to one endpoint.
#[derive(Debug)]
pub(crate) struct Pace {
    limit: f64,
    max: f64,
    /// None where the limit is fixed.
    auto: Option<Auto>,
}

#[derive(Debug)]
struct Auto {
    refusals: Refusals,
    climb: Climb,
    gauges: Option<(Instant, Gauges)>,
    /// Looks in a row that found nobody waiting at the server while calls waited here.
    num_idle: u32,
    /// Whether the server has been found crowded since; then the limit grows in small steps.
    was_crowded: bool,
}

/// A call that came back, answered or refused.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Finished {
    /// Tokens of its answer.
    pub tokens: u64,
    /// How long it took.
    pub took: Duration,
    /// Whether the server said that it was too much.
    pub refused: bool,
    /// Whether other calls waited for its place.
    pub full: bool,
}

impl Pace {
    /// Starts with what the user says.
    pub(crate) fn new(concurrency: Concurrency, now: Instant) -> Pace {
        match concurrency {
            Concurrency::Fixed(limit) => {
                let limit = f64::from(limit.max(1));
                Pace { limit, max: limit, auto: None }
            }
            Concurrency::Auto { max } => {
                let max = max.max(1);
                let auto = Auto {
                    refusals: Refusals::new(now),
                    climb: Climb::new(now),
                    gauges: None,
                    num_idle: 0,
                    was_crowded: false,
                };
                Pace { limit: f64::from(START.min(max)), max: f64::from(max), auto: Some(auto) }
            }
        }
    }

    /// Calls that may be in flight now.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between one and a number of calls")]
    pub(crate) fn limit(&self) -> u32 {
        self.limit.round() as u32
    }

    /// Takes a result.
    pub(crate) fn finished(&mut self, now: Instant, result: Finished) {
        let Some(auto) = &mut self.auto else { return };
        let advice = auto.refusals.finished(now, result.refused, self.limit);
        let follows_metrics = auto.gauges.is_some_and(|(at, _)| now.duration_since(at) < METRICS_COUNT_FOR);
        let to = match advice {
            Advice::Set(to) => Some(to.max(FLOOR.min(self.limit))),
            Advice::Hold => None,
            Advice::Free if follows_metrics || result.refused => None,
            Advice::Free => auto.climb.finished(now, result.tokens, result.took, result.full, self.limit),
        };
        if let Some(to) = to {
            self.set(to);
        }
    }

    /// Takes what a server says of itself, with the calls of ours in flight to it and whether more of them wait here.
    pub(crate) fn observed(&mut self, now: Instant, gauges: Gauges, in_flight: u32, full: bool) {
        let Some(auto) = &mut self.auto else { return };
        let preempted = auto.gauges.is_some_and(|(_, before)| gauges.num_preemptions > before.num_preemptions);
        auto.gauges = Some((now, gauges));
        let in_flight = f64::from(in_flight);
        let most_waiting = (gauges.running * MOST_WAITING).max(1.0);
        if gauges.waiting > most_waiting {
            (auto.num_idle, auto.was_crowded) = (0, true);
            // Others may use the server too; each takes back its own share.
            let ours = (in_flight / (gauges.running + gauges.waiting)).min(1.0);
            let too_many = (gauges.waiting - gauges.running * MEANT_WAITING) * ours;
            self.set((in_flight - too_many).max(self.limit * 0.5).min(self.limit).max(FLOOR));
        } else if preempted {
            auto.was_crowded = true;
            self.set((self.limit * 0.9).max(FLOOR));
        } else if full && !auto.refusals.is_cutting() && gauges.waiting < gauges.running * FEWEST_WAITING {
            auto.num_idle += 1;
            let leaps = !auto.was_crowded || auto.num_idle > MAX_IDLE;
            let step = if leaps { self.limit * 0.5 } else { (self.limit * 0.03).max(1.0) };
            self.set(self.limit + step);
        } else {
            auto.num_idle = 0;
        }
    }

    fn set(&mut self, to: f64) {
        self.limit = to.clamp(1.0, self.max);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::Instant;

    use super::{Finished, Gauges, Pace};
    use crate::Concurrency;

    /// A server with so many slots that tells how full it is, twice a second; gives the limit after so many looks.
    fn follow(slots: f64, max: u32, looks: u64) -> u32 {
        let start = Instant::now();
        let mut pace = Pace::new(Concurrency::Auto { max }, start);
        for look in 0..looks {
            let in_flight = pace.limit();
            let running = f64::from(in_flight).min(slots);
            let gauges = Gauges { running, waiting: f64::from(in_flight) - running, num_preemptions: 0.0 };
            pace.observed(start + Duration::from_millis(look * 500), gauges, in_flight, true);
        }
        pace.limit()
    }

    #[test]
    fn metrics_keep_a_few_requests_waiting_at_the_server() {
        for slots in [8.0, 64.0, 256.0, 900.0] {
            for looks in [20, 50, 51] {
                let limit = f64::from(follow(slots, 4096, looks));
                assert!(limit >= slots && limit <= slots * 1.15 + 1.0, "{slots} slots: {limit}");
            }
        }
        assert_eq!(follow(256.0, 100, 50), 100);
    }

    #[test]
    fn a_fixed_limit_stays_and_nothing_starts_at_one() {
        let now = Instant::now();
        let mut fixed = Pace::new(Concurrency::Fixed(7), now);
        for ms in 0..5000 {
            let result = Finished { tokens: 1, took: Duration::ZERO, refused: true, full: true };
            fixed.finished(now + Duration::from_millis(ms), result);
        }
        assert_eq!(fixed.limit(), 7);
        assert_eq!(Pace::new(Concurrency::Auto { max: 1024 }, now).limit(), 64);
        assert_eq!(Pace::new(Concurrency::Auto { max: 16 }, now).limit(), 16);
    }
}
