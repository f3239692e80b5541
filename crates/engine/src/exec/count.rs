//! What happened at each stage of a unit: the numbers that must add up.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use quarry_schema::Fate;
use serde::{Deserialize, Serialize};

/// The counts of one stage. Invariant: in = accepted + rejected + failed; emitted rows are counted apart.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct StageCounts {
    /// Rows taken.
    pub num_in: u64,
    /// Rows that went on.
    pub num_accepted: u64,
    /// Rows refused.
    pub num_rejected: u64,
    /// Rows that could not be decided.
    pub num_failed: u64,
    /// Rows made.
    pub num_emitted: u64,
    /// Rejected rows by reason.
    pub reasons: BTreeMap<String, u64>,
    /// Time spent in the operator, summed over threads.
    pub busy_ms: f64,
}

impl StageCounts {
    /// Counts one fate.
    pub(crate) fn add_fate(&mut self, fate: &Fate) {
        self.num_in += 1;
        match fate {
            Fate::Accept => self.num_accepted += 1,
            Fate::Fail { .. } => self.num_failed += 1,
            Fate::Reject { reason, .. } => {
                self.num_rejected += 1;
                *self.reasons.entry((*reason).to_owned()).or_default() += 1;
            }
        }
    }

    /// Adds the counts of another unit.
    pub(crate) fn add(&mut self, other: &StageCounts) {
        self.num_in += other.num_in;
        self.num_accepted += other.num_accepted;
        self.num_rejected += other.num_rejected;
        self.num_failed += other.num_failed;
        self.num_emitted += other.num_emitted;
        self.busy_ms += other.busy_ms;
        for (reason, number) in &other.reasons {
            *self.reasons.entry(reason.clone()).or_default() += number;
        }
    }

    /// Whether every row that came in has exactly one fate.
    pub(crate) fn conserves(&self) -> bool {
        self.num_in == self.num_accepted + self.num_rejected + self.num_failed
            && self.num_rejected == self.reasons.values().sum::<u64>()
    }
}

/// The counts of one unit by stage name, filled in while its rows stream.
#[derive(Debug, Default)]
pub(crate) struct RunCounts {
    stages: Mutex<BTreeMap<String, StageCounts>>,
}

impl RunCounts {
    /// Adds to a stage.
    pub(crate) fn add(&self, stage: &str, counts: &StageCounts) {
        let mut stages = self.stages.lock().unwrap_or_else(PoisonError::into_inner);
        stages.entry(stage.to_owned()).or_default().add(counts);
    }

    /// The counts so far.
    pub(crate) fn snapshot(&self) -> BTreeMap<String, StageCounts> {
        self.stages.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
