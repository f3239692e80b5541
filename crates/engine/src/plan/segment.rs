//! A barrier divides the run into segments. Each segment's units commit on their own.

use std::ops::Range;

use crate::exec::{Stage, StageKind};
use std::sync::Arc;

/// Consecutive stages that rows stream through without waiting for other rows.
#[derive(Clone, Debug)]
pub(crate) struct Segment {
    /// Its stages by position; the last one is a barrier if `ends_in_barrier`.
    pub(crate) stages: Range<usize>,
    /// Whether its last stage gives keys that are decided once all units are committed.
    pub(crate) ends_in_barrier: bool,
    /// Hash of every stage up to here and of the runtimes that answer for them.
    pub(crate) hash: String,
}

/// Cuts the stages behind each barrier. There is always one segment at least.
pub(super) fn cut(stages: &[Arc<Stage>], hashes: &[String]) -> Vec<Segment> {
    let mut segments = Vec::new();
    let mut start = 0;
    for (index, (stage, hash)) in stages.iter().zip(hashes).enumerate() {
        let ends_in_barrier = matches!(stage.kind, StageKind::Barrier(_));
        if ends_in_barrier || index + 1 == stages.len() {
            segments.push(Segment { stages: start..index + 1, ends_in_barrier, hash: hash.clone() });
            start = index + 1;
        }
    }
    segments
}
