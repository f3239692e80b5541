//! Giving every item of an answer an item of the reply.

use crate::verdict::Verdict;

/// Whether every gold item comes in turn, with extra items passed over.
pub(super) fn is_in_order(verdicts: &[Vec<Verdict>], edge: fn(Verdict) -> bool) -> bool {
    let mut next = 0;
    verdicts.iter().all(|row| {
        let found = row.iter().skip(next).position(|verdict| edge(*verdict));
        next += found.map_or(0, |offset| offset + 1);
        found.is_some()
    })
}

/// Whether every gold item gets a reply item of its own (augmenting paths).
pub(crate) fn has_assignment(verdicts: &[Vec<Verdict>], num_given: usize, edge: fn(Verdict) -> bool) -> bool {
    let mut owner: Vec<Option<usize>> = vec![None; num_given];
    (0..verdicts.len()).all(|gold| {
        let mut visited = vec![false; num_given];
        assign(gold, verdicts, edge, &mut owner, &mut visited)
    })
}

/// Recursion goes at most as deep as there are items.
fn assign(
    gold: usize,
    verdicts: &[Vec<Verdict>],
    edge: fn(Verdict) -> bool,
    owner: &mut [Option<usize>],
    visited: &mut [bool],
) -> bool {
    let Some(row) = verdicts.get(gold) else { return false };
    for (given, verdict) in row.iter().enumerate() {
        if !edge(*verdict) || visited.get(given).copied().unwrap_or(true) {
            continue;
        }
        if let Some(seen) = visited.get_mut(given) {
            *seen = true;
        }
        let free = match owner.get(given).copied().flatten() {
            None => true,
            Some(other) => assign(other, verdicts, edge, owner, visited),
        };
        if free {
            if let Some(slot) = owner.get_mut(given) {
                *slot = Some(gold);
            }
            return true;
        }
    }
    false
}
