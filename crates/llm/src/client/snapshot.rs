//! What a run's models are doing, for the progress line.

use std::collections::BTreeMap;

use crate::Usage;

/// How things stand, by model.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Snapshot {
    /// By the names that recipes use.
    pub models: BTreeMap<String, ModelSnapshot>,
    /// Calls in flight over all endpoints; models that share an endpoint share its calls.
    pub in_flight: u32,
    /// Calls that may be.
    pub limit: u32,
}

/// How things stand with one model.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ModelSnapshot {
    /// Calls in flight to all its endpoints, those of models that share them included.
    pub in_flight: u32,
    /// Calls that may be.
    pub limit: u32,
    /// Calls that wait for a place.
    pub waiting: u32,
    /// Calls that were answered in this run, and paid for.
    pub num_calls: u64,
    /// Calls that were answered out of the ledger.
    pub num_from_ledger: u64,
    /// Tries beyond the first.
    pub num_retries: u64,
    /// Tokens of the calls that were paid for.
    pub usage: Usage,
    /// Their cost.
    pub cost: f64,
    /// Why nothing goes on, while all its endpoints are down.
    pub down: Option<String>,
}
