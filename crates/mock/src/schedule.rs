//! The model of time: a machine with so many slots, a queue before it, and a decode step that grows with the load.
//!
//! Every running sequence gains a token a step, and a step takes as long as the number of running sequences says. So the
//! machine counts steps, as a number that grows at a rate, and a sequence that starts at step `s` and has `n` tokens is
//! done at step `s + n`, whatever the rate is in between. Reading a prompt holds up all decoding, one prompt after the
//! other. The events are exact in model time, however late the server is woken for them; no task waits for a token.
//!
//! Model time is real time since the start, times the speed. What is answered is decided elsewhere.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, HashMap, VecDeque};
use std::sync::Arc;

use tokio::sync::mpsc::UnboundedSender;

use super::cache::PrefixCache;
use super::settings::Machine;
use super::tokens::Prompt;

/// What happens to a sequence.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Event {
    /// A part of its answer is there, of [`Job::num_parts`].
    Part {
        /// Which sample of the request.
        sample: usize,
        /// Which part, from 1.
        part: u32,
    },
    /// It is done.
    Done {
        /// Which sample of the request.
        sample: usize,
        /// Prompt tokens that came out of the cache.
        cached_tokens: u64,
        /// Model seconds from its arrival to its slot.
        queued: f64,
    },
}

/// A request as the machine sees it.
pub(crate) struct Job {
    /// Its prompt.
    pub(crate) prompt: Arc<Prompt>,
    /// The tokens of each sample's answer.
    pub(crate) tokens: Vec<u64>,
    /// In how many parts an answer is told; 1 unless it is streamed.
    pub(crate) num_parts: u32,
    /// Lower goes first, where the machine looks at it.
    pub(crate) priority: i64,
    /// Hears of its events.
    pub(crate) events: UnboundedSender<Event>,
}

/// What a submitted job is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ticket {
    first: u64,
    num_samples: u64,
    priority: i64,
}

/// Counts of a machine, in model time.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Load {
    /// Sequences in slots.
    pub(crate) num_running: usize,
    /// Sequences in the queue.
    pub(crate) num_waiting: usize,
    /// Slot-seconds in use so far.
    pub(crate) busy: f64,
    /// Slot-seconds of sequences that were broken off.
    pub(crate) wasted: f64,
    /// Prompt tokens looked up in the cache, those found, and those that a cache without a limit had found.
    pub(crate) looked_up: u64,
    /// See above.
    pub(crate) found: u64,
    /// See above.
    pub(crate) possible: u64,
    /// Prompt and answer tokens of the sequences in slots, as a share of the cache.
    pub(crate) cache_use: f64,
    /// Points of the curve of `busy` over time.
    pub(crate) curve: Vec<(f64, f64)>,
    /// The first arrival, and when the last sequence ended.
    pub(crate) span: Option<(f64, f64)>,
    /// When all slots were in use for the first and the last time.
    pub(crate) full: Option<(f64, f64)>,
}

struct Sequence {
    sample: usize,
    num_samples: usize,
    tokens: u64,
    num_parts: u32,
    told: u32,
    prompt: Arc<Prompt>,
    events: UnboundedSender<Event>,
    arrived: f64,
    admitted: f64,
    start_step: f64,
    cached_tokens: u64,
}

/// A step at which a sequence has something to tell. Steps are compared as bits: they are never negative.
type Milestone = Reverse<(u64, u64)>;

/// The machine at a point of model time.
pub(crate) struct Schedule {
    machine: Machine,
    now: f64,
    step: f64,
    next_id: u64,
    waiting: BTreeMap<(i64, u64), Sequence>,
    running: HashMap<u64, Sequence>,
    prefill: VecDeque<(u64, f64)>,
    num_decoding: usize,
    milestones: BinaryHeap<Milestone>,
    cache: PrefixCache,
    load: Load,
}

/// Model seconds between two points of the curve.
const RESOLUTION: f64 = 0.1;

impl Schedule {
    /// Makes an idle machine.
    pub(crate) fn new(machine: Machine) -> Schedule {
        Schedule {
            cache: PrefixCache::new(machine.cache_tokens),
            machine,
            now: 0.0,
            step: 0.0,
            next_id: 0,
            waiting: BTreeMap::new(),
            running: HashMap::new(),
            prefill: VecDeque::new(),
            num_decoding: 0,
            milestones: BinaryHeap::new(),
            load: Load::default(),
        }
    }

    /// Puts a job into the queue at a time, which is when it is looked at first.
    pub(crate) fn submit(&mut self, now: f64, job: Job) -> Ticket {
        self.advance(now);
        let priority = if self.machine.priority { job.priority } else { 0 };
        let ticket = Ticket { first: self.next_id, num_samples: job.tokens.len() as u64, priority };
        let span = self.load.span.get_or_insert((self.now, self.now));
        span.1 = self.now;
        for (sample, tokens) in job.tokens.iter().enumerate() {
            let sequence = Sequence {
                sample,
                num_samples: job.tokens.len(),
                tokens: (*tokens).max(1),
                num_parts: job.num_parts.max(1),
                told: 0,
                prompt: Arc::clone(&job.prompt),
                events: job.events.clone(),
                arrived: self.now,
                admitted: 0.0,
                start_step: 0.0,
                cached_tokens: 0,
            };
            self.waiting.insert((priority, self.next_id), sequence);
            self.next_id += 1;
        }
        self.admit();
        ticket
    }

    /// Answers a job at once: only the cache is asked.
    pub(crate) fn answer_at_once(&mut self, prompt: &Prompt) -> u64 {
        self.look_up(prompt)
    }

    /// Breaks off what is left of a job.
    pub(crate) fn cancel(&mut self, now: f64, ticket: Ticket) {
        self.advance(now);
        for id in ticket.first..ticket.first + ticket.num_samples {
            self.waiting.remove(&(ticket.priority, id));
            if let Some(sequence) = self.running.remove(&id) {
                self.load.wasted += self.now - sequence.admitted;
                if !self.prefill.iter().any(|(other, _)| *other == id) {
                    self.num_decoding -= 1;
                }
            }
        }
        self.prefill.retain(|(id, _)| self.running.contains_key(id));
        self.admit();
    }

    /// Lets time pass up to a point.
    pub(crate) fn advance(&mut self, now: f64) {
        while let Some(next) = self.next_event().filter(|next| *next <= now) {
            self.pass(next);
            self.meet();
            self.admit();
        }
        self.pass(now);
    }

    /// When something will happen next, if nothing arrives before.
    pub(crate) fn next_event(&mut self) -> Option<f64> {
        if let Some((_, left)) = self.prefill.front() {
            return Some(self.now + left);
        }
        while let Some(Reverse((_, id))) = self.milestones.peek() {
            if self.running.contains_key(id) {
                break;
            }
            self.milestones.pop();
        }
        let Reverse((bits, _)) = self.milestones.peek()?;
        let steps = (f64::from_bits(*bits) - self.step).max(0.0);
        Some(self.now + steps * self.seconds_of_step())
    }

    /// Counts so far.
    pub(crate) fn load(&self) -> Load {
        let tokens: u64 = self.running.values().map(|sequence| sequence.prompt.num_tokens + sequence.tokens).sum();
        Load {
            num_running: self.running.len(),
            num_waiting: self.waiting.len(),
            cache_use: (tokens as f64 / self.machine.cache_tokens.max(1) as f64).min(1.0),
            ..self.load.clone()
        }
    }

    fn seconds_of_step(&self) -> f64 {
        (self.machine.step_ms + self.machine.step_ms_per_slot * self.num_decoding as f64) / 1000.0
    }

    /// Lets time pass in which nothing ends.
    fn pass(&mut self, until: f64) {
        let seconds = until - self.now;
        if seconds <= 0.0 {
            return;
        }
        let num_busy = self.running.len();
        self.load.busy += num_busy as f64 * seconds;
        if let Some((_, left)) = self.prefill.front_mut() {
            *left = (*left - seconds).max(0.0);
        } else if self.num_decoding > 0 {
            self.step += seconds / self.seconds_of_step();
        }
        self.now = until;
        if num_busy >= self.machine.slots {
            self.load.full.get_or_insert((until - seconds, until)).1 = until;
        }
        if num_busy > 0 && self.load.curve.last().is_none_or(|(last, _)| until - last >= RESOLUTION) {
            self.load.curve.push((until, self.load.busy));
        }
    }

    /// Carries out the event that is due: a prompt is read, or a sequence has something to tell.
    fn meet(&mut self) {
        if let Some((id, _)) = self.prefill.pop_front() {
            self.begin(id);
            return;
        }
        let Some(Reverse((bits, id))) = self.milestones.pop() else { return };
        self.step = self.step.max(f64::from_bits(bits));
        let Some(sequence) = self.running.get_mut(&id) else { return };
        sequence.told += 1;
        // Whoever listens may be gone; the ticket is then given back as well.
        if sequence.told < sequence.num_parts {
            sequence.events.send(Event::Part { sample: sequence.sample, part: sequence.told }).ok();
            let milestone = milestone(sequence, id);
            self.milestones.push(milestone);
            return;
        }
        self.num_decoding -= 1;
        if let Some(sequence) = self.running.remove(&id) {
            self.load.span.get_or_insert((self.now, self.now)).1 = self.now;
            let queued = sequence.admitted - sequence.arrived;
            let cached_tokens = sequence.cached_tokens;
            sequence.events.send(Event::Done { sample: sequence.sample, cached_tokens, queued }).ok();
        }
    }

    fn begin(&mut self, id: u64) {
        let step = self.step;
        if let Some(sequence) = self.running.get_mut(&id) {
            sequence.start_step = step;
            self.num_decoding += 1;
            let milestone = milestone(sequence, id);
            self.milestones.push(milestone);
        }
    }

    /// Gives free slots to those who wait.
    fn admit(&mut self) {
        while self.running.len() < self.machine.slots {
            let Some(((_, id), mut sequence)) = self.waiting.pop_first() else { return };
            sequence.admitted = self.now;
            let mut uncached = 0;
            // The samples of a request share its prompt, which is read for the first of them.
            if sequence.sample == 0 || sequence.num_samples == 1 {
                sequence.cached_tokens = self.look_up(&sequence.prompt);
                uncached = sequence.prompt.num_tokens - sequence.cached_tokens;
            }
            self.running.insert(id, sequence);
            match uncached as f64 * self.machine.prefill_us / 1e6 {
                seconds if seconds > 0.0 => self.prefill.push_back((id, seconds)),
                _ => self.begin(id),
            }
        }
    }

    fn look_up(&mut self, prompt: &Prompt) -> u64 {
        let cached = self.cache.take(prompt);
        self.load.looked_up += prompt.num_tokens;
        self.load.found += cached.num_tokens;
        self.load.possible += cached.num_possible;
        cached.num_tokens
    }
}

/// The step at which a sequence tells its next part.
fn milestone(sequence: &Sequence, id: u64) -> Milestone {
    let share = f64::from(sequence.told + 1) / f64::from(sequence.num_parts);
    let steps = (sequence.tokens as f64 * share).ceil();
    Reverse(((sequence.start_step + steps).to_bits(), id))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

    use super::{Event, Job, Machine, Schedule};
    use crate::tokens::Prompt;

    fn machine(slots: usize) -> Machine {
        Machine { slots, step_ms: 10.0, step_ms_per_slot: 5.0, prefill_us: 0.0, ..Machine::default() }
    }

    fn job(tokens: &[u64], priority: i64) -> (Job, UnboundedReceiver<Event>) {
        let (events, heard) = unbounded_channel();
        let prompt = Arc::new(Prompt { num_tokens: 100, blocks: vec![1, 2, 3, 4, 5, 6] });
        (Job { prompt, tokens: tokens.to_vec(), num_parts: 1, priority, events }, heard)
    }

    fn is_done(heard: &mut UnboundedReceiver<Event>) -> bool {
        matches!(heard.try_recv(), Ok(Event::Done { .. }))
    }

    #[test]
    fn a_step_takes_longer_the_more_sequences_run() {
        let mut schedule = Schedule::new(machine(2));
        let ((first, mut first_heard), (second, mut second_heard)) = (job(&[10], 0), job(&[20], 0));
        schedule.submit(0.0, first);
        schedule.submit(0.0, second);
        // Both run for ten steps of 20 ms, then one for ten of 15 ms.
        assert!((schedule.next_event().unwrap() - 0.2).abs() < 1e-9);
        schedule.advance(0.21);
        assert!(is_done(&mut first_heard) && !is_done(&mut second_heard));
        assert!((schedule.next_event().unwrap() - 0.35).abs() < 1e-9);
        schedule.advance(1.0);
        assert!(is_done(&mut second_heard));
        assert!((schedule.load().busy - (0.2 + 0.35)).abs() < 1e-9);
        assert_eq!(schedule.load().span.map(|(_, last)| (last * 1e6).round()), Some(350_000.0));
    }

    #[test]
    fn those_who_wait_get_a_slot_the_moment_one_is_free() {
        let mut schedule = Schedule::new(machine(1));
        let jobs: Vec<_> = (0..3).map(|_| job(&[10], 0)).collect();
        let mut heard = Vec::new();
        for (job, events) in jobs {
            schedule.submit(0.0, job);
            heard.push(events);
        }
        // Woken once, long after: the events are still at their times.
        schedule.advance(9.0);
        let queued: Vec<f64> = heard
            .iter_mut()
            .map(|events| match events.try_recv() {
                Ok(Event::Done { queued, .. }) => (queued * 1000.0).round(),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(queued, [0.0, 150.0, 300.0]);
        assert!((schedule.load().busy - 0.45).abs() < 1e-9);
    }

    #[test]
    fn priority_counts_only_where_the_machine_looks_at_it() {
        for looks in [false, true] {
            let mut schedule = Schedule::new(Machine { priority: looks, ..machine(1) });
            let ((first, _f), (late, mut late_heard), (urgent, mut urgent_heard)) =
                (job(&[10], 0), job(&[10], 5), job(&[10], -5));
            schedule.submit(0.0, first);
            schedule.submit(0.0, late);
            schedule.submit(0.0, urgent);
            schedule.advance(0.31);
            assert_eq!((is_done(&mut late_heard), is_done(&mut urgent_heard)), (!looks, looks));
        }
    }

    #[test]
    fn reading_a_prompt_holds_up_decoding_and_a_cached_one_does_not() {
        let mut schedule = Schedule::new(Machine { prefill_us: 1000.0, ..machine(4) });
        let ((first, mut first_heard), (second, mut second_heard)) = (job(&[10], 0), job(&[10], 0));
        schedule.submit(0.0, first);
        schedule.advance(0.1 + 0.075);
        // Five steps of 15 ms after 100 ms of reading; the second prompt has 4 tokens that are not cached.
        schedule.submit(0.175, second);
        schedule.advance(0.175 + 0.004 + 5.0 * 0.02 + 1e-6);
        assert_eq!(first_heard.try_recv().ok(), Some(Event::Done { sample: 0, cached_tokens: 0, queued: 0.0 }));
        schedule.advance(1.0);
        assert_eq!(second_heard.try_recv().ok(), Some(Event::Done { sample: 0, cached_tokens: 96, queued: 0.0 }));
        assert_eq!((schedule.load().looked_up, schedule.load().found, schedule.load().possible), (200, 96, 96));
    }

    #[test]
    fn a_job_that_is_broken_off_frees_its_slots_and_its_place_in_the_queue() {
        let mut schedule = Schedule::new(machine(2));
        let ((first, _f), (second, mut second_heard)) = (job(&[1000, 1000, 1000], 0), job(&[10], 0));
        let ticket = schedule.submit(0.0, first);
        schedule.submit(0.0, second);
        schedule.cancel(0.1, ticket);
        assert_eq!((schedule.load().num_running, schedule.load().num_waiting), (1, 0));
        assert!((schedule.load().wasted - 0.2).abs() < 1e-9);
        schedule.advance(0.1 + 0.151);
        assert!(is_done(&mut second_heard));
    }

    #[test]
    fn a_streamed_answer_is_told_in_parts() {
        let mut schedule = Schedule::new(machine(1));
        let (streamed, mut heard) = job(&[8], 0);
        schedule.submit(0.0, Job { num_parts: 4, ..streamed });
        schedule.advance(0.015 * 4.0 + 1e-6);
        assert_eq!(heard.try_recv().ok(), Some(Event::Part { sample: 0, part: 1 }));
        assert_eq!(heard.try_recv().ok(), Some(Event::Part { sample: 0, part: 2 }));
        assert!(heard.try_recv().is_err());
    }
}
