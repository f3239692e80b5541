//! Whether an endpoint is worth asking: opens when most of what is asked fails, and lets one probe through now and then.

use std::time::Duration;

use tokio::time::Instant;

/// How far back failures count, in seconds.
const WINDOW_SECS: u64 = 20;
/// Results in the window before a share of failures means anything.
const MIN_SAMPLES: u32 = 20;
/// Tries in a row that do not reach the server at all, before it counts as down however few calls there are.
const MAX_UNREACHED: u32 = 3;
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(15);

/// Watches one endpoint.
#[derive(Debug)]
pub(crate) struct Breaker {
    state: State,
    started: Instant,
    seconds: [Second; WINDOW_SECS as usize],
    num_unreached: u32,
}

#[derive(Clone, Copy, Debug)]
enum State {
    Closed,
    Open { since: Instant, until: Instant, pause: Duration },
    Probing { since: Instant, pause: Duration },
}

#[derive(Clone, Copy, Debug, Default)]
struct Second {
    number: u64,
    num_good: u32,
    num_bad: u32,
}

/// Whether a call may be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Admission {
    /// Yes.
    Go,
    /// Yes, as the one that finds out.
    Probe,
    /// Not before then.
    Wait(Instant),
}

/// What became of a try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The server did its work.
    Good,
    /// The server failed.
    Bad,
    /// Nothing got through.
    Unreached,
    /// Says nothing of the server's health.
    Neither,
}

impl Breaker {
    /// Starts closed.
    pub(crate) fn new(now: Instant) -> Breaker {
        Breaker { state: State::Closed, started: now, seconds: Default::default(), num_unreached: 0 }
    }

    /// Since when the endpoint has been down, if it is.
    pub(crate) fn is_probing(&self) -> bool {
        matches!(self.state, State::Probing { .. })
    }

    /// Since when it has been down, if it is.
    pub(crate) fn down_since(&self) -> Option<Instant> {
        match self.state {
            State::Closed => None,
            State::Open { since, .. } | State::Probing { since, .. } => Some(since),
        }
    }

    /// Asks whether a call may be sent; after `Probe` its outcome must be told.
    pub(crate) fn admit(&mut self, now: Instant) -> Admission {
        match self.state {
            State::Closed => Admission::Go,
            State::Open { until, .. } if now < until => Admission::Wait(until),
            State::Open { since, pause, .. } => {
                self.state = State::Probing { since, pause };
                Admission::Probe
            }
            State::Probing { .. } => Admission::Wait(now + FIRST_PAUSE),
        }
    }

    /// Takes the outcome of a probe. Says whether calls may go again.
    pub(crate) fn probed(&mut self, now: Instant, outcome: Outcome) -> bool {
        let State::Probing { since, pause } = self.state else { return false };
        match outcome {
            Outcome::Good | Outcome::Neither => {
                *self = Breaker { started: self.started, ..Breaker::new(now) };
                true
            }
            Outcome::Bad | Outcome::Unreached => {
                let pause = (pause * 2).min(LONGEST_PAUSE);
                self.state = State::Open { since, until: now + pause, pause };
                false
            }
        }
    }

    /// Takes back a probe that was given up before it had an outcome.
    pub(crate) fn probe_lost(&mut self, now: Instant) {
        if let State::Probing { since, pause } = self.state {
            self.state = State::Open { since, until: now, pause };
        }
    }

    /// Takes the outcome of a usual call. Says whether the breaker opened by it.
    pub(crate) fn tell(&mut self, now: Instant, outcome: Outcome) -> bool {
        let State::Closed = self.state else { return false };
        let number = now.duration_since(self.started).as_secs();
        let idx = usize::try_from(number % WINDOW_SECS).unwrap_or(0);
        let Some(second) = self.seconds.get_mut(idx) else { return false };
        if second.number != number {
            *second = Second { number, ..Second::default() };
        }
        match outcome {
            Outcome::Neither => return false,
            Outcome::Good => {
                second.num_good += 1;
                self.num_unreached = 0;
                return false;
            }
            Outcome::Bad => {
                second.num_bad += 1;
                self.num_unreached = 0;
            }
            Outcome::Unreached => {
                second.num_bad += 1;
                self.num_unreached += 1;
            }
        }
        let recent = self.seconds.iter().filter(|second| second.number + WINDOW_SECS > number);
        let (num_good, num_bad) =
            recent.fold((0, 0), |(good, bad), second| (good + second.num_good, bad + second.num_bad));
        let opens = is_down(num_good, num_bad) || self.num_unreached >= MAX_UNREACHED;
        if opens {
            self.state = State::Open { since: now, until: now + FIRST_PAUSE, pause: FIRST_PAUSE };
        }
        opens
    }
}

/// Whether half of all calls fail, and not by chance: a server that fails a third of the time is slow, not down, but may
/// well fail eleven of twenty calls.
fn is_down(num_good: u32, num_bad: u32) -> bool {
    let num = f64::from(num_good + num_bad);
    num_good + num_bad >= MIN_SAMPLES && f64::from(num_bad) >= num / 2.0 + num.sqrt()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::Instant;

    use super::{Admission, Breaker, Outcome};

    fn told(breaker: &mut Breaker, now: Instant, outcomes: &[(Outcome, usize)]) -> bool {
        outcomes.iter().any(|(outcome, num)| (0..*num).any(|_| breaker.tell(now, *outcome)))
    }

    #[test]
    fn it_opens_when_half_fails_beyond_chance_and_forgets_after_twenty_seconds() {
        let start = Instant::now();
        let at = |secs| start + Duration::from_secs(secs);
        let mut breaker = Breaker::new(start);
        assert!(!told(&mut breaker, at(0), &[(Outcome::Bad, 19), (Outcome::Neither, 50)]));
        assert!(!told(&mut breaker, at(21), &[(Outcome::Good, 10), (Outcome::Bad, 18), (Outcome::Unreached, 1)]));
        assert!(told(&mut breaker, at(22), &[(Outcome::Bad, 3)]));
        assert_eq!(breaker.down_since(), Some(at(22)));
    }

    #[test]
    fn a_server_that_cannot_be_reached_is_down_however_few_calls_there_are() {
        let start = Instant::now();
        let mut breaker = Breaker::new(start);
        assert!(!told(&mut breaker, start, &[(Outcome::Unreached, 2), (Outcome::Good, 1), (Outcome::Unreached, 2)]));
        assert!(told(&mut breaker, start, &[(Outcome::Unreached, 1)]));
    }

    #[test]
    fn one_probe_at_a_time_decides_and_pauses_grow() {
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        let mut breaker = Breaker::new(start);
        told(&mut breaker, start, &[(Outcome::Unreached, 3)]);
        assert_eq!(breaker.admit(at(500)), Admission::Wait(at(1000)));
        assert_eq!(breaker.admit(at(1000)), Admission::Probe);
        assert!(matches!(breaker.admit(at(1000)), Admission::Wait(_)));
        breaker.probe_lost(at(1100));
        assert_eq!(breaker.admit(at(1100)), Admission::Probe);
        assert!(!breaker.probed(at(1200), Outcome::Bad));
        assert_eq!(breaker.admit(at(1300)), Admission::Wait(at(3200)));
        assert_eq!(breaker.admit(at(3200)), Admission::Probe);
        assert!(breaker.probed(at(3300), Outcome::Good));
        assert_eq!((breaker.admit(at(3300)), breaker.down_since()), (Admission::Go, None));
    }
}
