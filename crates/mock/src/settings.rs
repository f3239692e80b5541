//! What is modelled: the machine, the model's habits, and where records go.

use std::path::PathBuf;
use std::time::SystemTime;

use super::Error;
use super::faults::Script;

/// All settings of a server.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Address and port; port 0 takes a free one.
    pub listen: String,
    /// The machine.
    pub machine: Machine,
    /// The model.
    pub habits: Habits,
    /// Models that `/v1/models` lists; requests may name any.
    pub models: Vec<String>,
    /// What goes wrong on purpose.
    pub faults: Script,
    /// One line a request goes here.
    pub log: Option<PathBuf>,
    /// Each request's body goes here, one a line, so that the same load can be sent again.
    pub bodies: Option<PathBuf>,
    /// The report goes here at the end.
    pub report: Option<PathBuf>,
    /// The wall clock, for `Retry-After` as a date and the field `created`.
    pub now: fn() -> SystemTime,
}

/// The machine that is modelled: how much it does at once, and how fast.
#[derive(Clone, Debug, PartialEq)]
pub struct Machine {
    /// Sequences that are decoded at once.
    pub slots: usize,
    /// Milliseconds of a decode step of no sequence.
    pub step_ms: f64,
    /// Milliseconds that each running sequence adds to a step.
    pub step_ms_per_slot: f64,
    /// Microseconds to read a prompt token that is not cached.
    pub prefill_us: f64,
    /// All times are divided by this; 0 answers at once.
    pub speed: f64,
    /// Tokens that the prefix cache holds.
    pub cache_tokens: u64,
    /// Tokens of prompt and answer that a sequence may have.
    pub context_tokens: u64,
    /// Whether requests are scheduled by their `priority`, lower first.
    pub priority: bool,
}

/// What the modelled model is like.
#[derive(Clone, Debug, PartialEq)]
pub struct Habits {
    /// Decides everything that is drawn, together with the request's bytes.
    pub seed: u64,
    /// Mean tokens of an answer in plain text.
    pub answer_tokens: f64,
    /// The share of generated pairs that have a planted defect.
    pub defects: f64,
    /// The share of verdicts that are wrong.
    pub judge_errors: f64,
    /// The share of answers out of a document that are wrong.
    pub answer_errors: f64,
    /// The share of answers without the document that are right.
    pub known: f64,
    /// The share of instructions in a document that are obeyed.
    pub obeys: f64,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            listen: "127.0.0.1:8377".to_owned(),
            machine: Machine::default(),
            habits: Habits::default(),
            models: vec!["mock".to_owned()],
            faults: Script::default(),
            log: None,
            bodies: None,
            report: None,
            now: || SystemTime::UNIX_EPOCH,
        }
    }
}

impl Default for Machine {
    fn default() -> Machine {
        Machine {
            slots: 256,
            step_ms: 20.0,
            step_ms_per_slot: 0.1,
            prefill_us: 20.0,
            speed: 1.0,
            cache_tokens: 1_000_000,
            context_tokens: 32_768,
            priority: false,
        }
    }
}

impl Default for Habits {
    fn default() -> Habits {
        Habits {
            seed: 1,
            answer_tokens: 220.0,
            defects: 0.1,
            judge_errors: 0.02,
            answer_errors: 0.02,
            known: 0.3,
            obeys: 0.5,
        }
    }
}

impl Settings {
    /// Refuses settings that make no sense.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let (machine, habits) = (&self.machine, &self.habits);
        let times = [machine.step_ms, machine.step_ms_per_slot, machine.prefill_us, machine.speed];
        if machine.slots == 0 || times.iter().any(|time| !time.is_finite() || *time < 0.0) {
            return Err(Error::Settings("slots must be at least 1 and times finite numbers from 0".to_owned()));
        }
        if machine.speed > 0.0 && machine.step_ms + machine.step_ms_per_slot <= 0.0 {
            return Err(Error::Settings("a decode step must take time; `--instant` answers at once".to_owned()));
        }
        let shares = [habits.defects, habits.judge_errors, habits.answer_errors, habits.known, habits.obeys];
        if shares.iter().any(|share| !(0.0..=1.0).contains(share)) {
            return Err(Error::Settings("shares must be from 0 to 1".to_owned()));
        }
        if !(1.0..=100_000.0).contains(&habits.answer_tokens) {
            return Err(Error::Settings("the mean length of answers must be from 1 to 100000 tokens".to_owned()));
        }
        Ok(())
    }
}
