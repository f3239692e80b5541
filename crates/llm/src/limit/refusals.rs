//! What refusals (429, 503) say of the limit: less, as long as less helps.
//!
//! A limit is cut while a share of calls is refused. If a cut to less than two thirds leaves the share as it was, refusals
//! have nothing to do with how much is in flight; then the cuts are taken back and refusals ignored for a while.

use std::time::Duration;

use tokio::time::Instant;

const WINDOW: Duration = Duration::from_secs(1);
/// Results without which a window goes on.
const MIN_RESULTS: u32 = 10;
/// Refusals below this share are noise.
const MIN_SHARE: f64 = 0.02;
const CUT: f64 = 0.7;
const IGNORED_FOR: Duration = Duration::from_secs(30);
const LONGEST_IGNORED_FOR: Duration = Duration::from_secs(480);

/// Follows refusals of one endpoint.
#[derive(Debug)]
pub(super) struct Refusals {
    started: Instant,
    num_results: u32,
    num_refused: u32,
    /// Share of refusals and limit when cutting began.
    before: Option<(f64, f64)>,
    ignored_until: Option<Instant>,
    /// How long to ignore them next time.
    ignore_for: Duration,
}

/// What to do with the limit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Advice {
    /// Set it to so much.
    Set(f64),
    /// Leave it; it must not be raised by others either.
    Hold,
    /// Refusals say nothing.
    Free,
}

impl Refusals {
    pub(super) fn new(now: Instant) -> Refusals {
        Refusals {
            started: now,
            num_results: 0,
            num_refused: 0,
            before: None,
            ignored_until: None,
            ignore_for: IGNORED_FOR,
        }
    }

    /// Takes a result.
    pub(super) fn finished(&mut self, now: Instant, refused: bool, limit: f64) -> Advice {
        self.num_results += 1;
        self.num_refused += u32::from(refused);
        if now.duration_since(self.started) < WINDOW || self.num_results < MIN_RESULTS {
            return if self.before.is_some() { Advice::Hold } else { Advice::Free };
        }
        let share = f64::from(self.num_refused) / f64::from(self.num_results);
        (self.started, self.num_results, self.num_refused) = (now, 0, 0);
        if self.ignored_until.is_some_and(|until| now < until) {
            return Advice::Free;
        }
        self.judge(now, share, limit)
    }

    /// Whether the limit is being cut or grown back, so that others must not raise it.
    pub(super) fn is_cutting(&self) -> bool {
        self.before.is_some()
    }

    fn judge(&mut self, now: Instant, share: f64, limit: f64) -> Advice {
        match self.before {
            None if share < MIN_SHARE => {
                self.ignore_for = IGNORED_FOR;
                Advice::Free
            }
            None => {
                self.before = Some((share, limit));
                Advice::Set(limit * CUT)
            }
            Some((_, first)) if share < MIN_SHARE => {
                // Additive growth towards where refusals began.
                let grown = limit + (first * 0.05).max(1.0);
                if grown >= first {
                    self.before = None;
                }
                Advice::Set(grown.min(first))
            }
            Some((first_share, first)) if limit < first * 0.66 && share > first_share * 0.7 => {
                self.before = None;
                self.ignored_until = Some(now + self.ignore_for);
                self.ignore_for = (self.ignore_for * 2).min(LONGEST_IGNORED_FOR);
                Advice::Set(first)
            }
            Some(_) => Advice::Set(limit * CUT),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::Instant;

    use super::{Advice, Refusals};

    /// Lets a server run for so many seconds at 200 results a second; gives the limit at the end of each.
    fn run(secs: u64, refuses: impl Fn(f64) -> f64) -> Vec<f64> {
        let start = Instant::now();
        let mut refusals = Refusals::new(start);
        let mut limit = 256.0;
        let mut limits = Vec::new();
        for ms in (0..secs * 1000).step_by(5) {
            let share = refuses(limit);
            let refused = ((ms / 5) as f64 * share).fract() + share >= 1.0;
            if let Advice::Set(to) = refusals.finished(start + Duration::from_millis(ms), refused, limit) {
                limit = to;
            }
            if ms % 1000 == 995 {
                limits.push(limit);
            }
        }
        limits
    }

    #[test]
    fn the_limit_settles_where_the_server_stops_refusing() {
        let limits = run(60, |limit| if limit > 100.0 { 1.0 - 100.0 / limit } else { 0.0 });
        assert!(limits[30..].iter().all(|limit| (60.0..=140.0).contains(limit)), "{limits:?}");
    }

    #[test]
    fn refusals_that_do_not_depend_on_the_limit_do_not_starve_the_run() {
        let limits = run(60, |_| 0.3);
        let full = limits.iter().filter(|limit| **limit == 256.0).count();
        assert!(full > 50, "{limits:?}");
    }
}
