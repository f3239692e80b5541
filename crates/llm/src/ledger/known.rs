//! Which requests the ledger may hold, so that asking for one that it does not hold touches no file.

use std::collections::HashSet;

use crate::RequestHash;

/// Fingerprints of the requests in a ledger: eight bytes for each one that was there at the start.
#[derive(Debug, Default)]
pub(super) struct Known {
    first: Vec<u64>,
    later: HashSet<u64>,
}

impl Known {
    /// Takes the fingerprints that a ledger starts with.
    pub(super) fn new(mut first: Vec<u64>) -> Known {
        first.sort_unstable();
        Known { first, later: HashSet::new() }
    }

    /// Adds a request.
    pub(super) fn insert(&mut self, fingerprint: u64) {
        self.later.insert(fingerprint);
    }

    /// Whether a request may be there; never `false` for one that is.
    pub(super) fn may_hold(&self, hash: &RequestHash) -> bool {
        let wanted = fingerprint(hash);
        self.later.contains(&wanted) || self.first.binary_search(&wanted).is_ok()
    }
}

/// The first eight bytes of a hash.
fn fingerprint(hash: &RequestHash) -> u64 {
    hash.0.iter().take(8).fold(0, |number, byte| (number << 8) | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::{Known, RequestHash};

    #[test]
    fn a_request_is_known_whether_it_was_there_first_or_came_later() {
        let mut hash = [0; 32];
        hash[7] = 9;
        let mut known = Known::new(vec![12, 5]);
        assert!(!known.may_hold(&RequestHash(hash)));
        known.insert(9);
        assert!(known.may_hold(&RequestHash(hash)));
        hash[7] = 5;
        hash[20] = 1;
        assert!(known.may_hold(&RequestHash(hash)));
    }
}
