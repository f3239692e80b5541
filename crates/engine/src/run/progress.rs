//! How far a run has come: plain counters that anyone may read at any time.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};

/// What a run is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Opening models and files.
    Starting,
    /// Hashing the input to know what has been done already.
    Hashing,
    /// Rows stream through the stages of this segment.
    Segment(u8),
    /// A barrier decides over all rows.
    Barrier(u8),
    /// Writing the dataset.
    Publishing,
}

/// Counters of a run in progress.
#[derive(Debug, Default)]
pub struct Progress {
    phase: AtomicU8,
    total_bytes: AtomicU64,
    read_bytes: Arc<AtomicU64>,
    num_documents: AtomicU64,
    num_emitted: AtomicU64,
    num_rejected: AtomicU64,
    num_failed: AtomicU64,
    num_units: AtomicU64,
    num_units_reused: AtomicU64,
}

/// The counters at one moment.
#[derive(Clone, Copy, Debug)]
pub struct Snapshot {
    /// What the run is doing.
    pub phase: Phase,
    /// Bytes of all shards, as stored.
    pub total_bytes: u64,
    /// Bytes read so far, as stored.
    pub read_bytes: u64,
    /// Documents read.
    pub num_documents: u64,
    /// Pairs made, before verification.
    pub num_emitted: u64,
    /// Rows rejected.
    pub num_rejected: u64,
    /// Rows failed.
    pub num_failed: u64,
    /// Units committed by this run.
    pub num_units: u64,
    /// Units found committed.
    pub num_units_reused: u64,
}

const BARRIER: u8 = 0x80;

impl Progress {
    /// The counters now.
    pub fn snapshot(&self) -> Snapshot {
        let load = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Snapshot {
            phase: decode(self.phase.load(Ordering::Relaxed)),
            total_bytes: load(&self.total_bytes),
            read_bytes: load(&self.read_bytes),
            num_documents: load(&self.num_documents),
            num_emitted: load(&self.num_emitted),
            num_rejected: load(&self.num_rejected),
            num_failed: load(&self.num_failed),
            num_units: load(&self.num_units),
            num_units_reused: load(&self.num_units_reused),
        }
    }

    pub(crate) fn enter(&self, phase: Phase) {
        self.phase.store(encode(phase), Ordering::Relaxed);
    }

    pub(crate) fn set_total_bytes(&self, bytes: u64) {
        self.total_bytes.store(bytes, Ordering::Relaxed);
    }

    /// The counter that readers add to.
    pub(crate) fn read_bytes(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.read_bytes)
    }

    /// Counts rows as they are read, so that progress moves within a unit.
    pub(crate) fn rows_read(&self, num_rows: usize) {
        self.num_documents.fetch_add(num_rows as u64, Ordering::Relaxed);
    }

    pub(crate) fn unit_done(&self, segment: usize, unit: &crate::commit::UnitRecord, reused: bool) {
        let add = |counter: &AtomicU64, number: u64| counter.fetch_add(number, Ordering::Relaxed);
        add(if reused { &self.num_units_reused } else { &self.num_units }, 1);
        if segment == 0 && reused {
            add(&self.num_documents, unit.num_rows);
        }
        add(&self.num_emitted, unit.counts.values().map(|counts| counts.num_emitted).sum());
        add(&self.num_rejected, unit.counts.values().map(|counts| counts.num_rejected).sum());
        add(&self.num_failed, unit.counts.values().map(|counts| counts.num_failed).sum());
    }
}

fn encode(phase: Phase) -> u8 {
    match phase {
        Phase::Starting => 0,
        Phase::Hashing => 1,
        Phase::Publishing => 2,
        Phase::Segment(segment) => 3 + segment.min(100),
        Phase::Barrier(segment) => BARRIER + segment.min(100),
    }
}

fn decode(code: u8) -> Phase {
    match code {
        0 => Phase::Starting,
        1 => Phase::Hashing,
        2 => Phase::Publishing,
        segment if segment >= BARRIER => Phase::Barrier(segment - BARRIER),
        segment => Phase::Segment(segment - 3),
    }
}
