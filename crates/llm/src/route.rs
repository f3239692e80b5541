//! Which of several replicas gets a call: the one that its document hashes to, unless it has more than its share to do.
//!
//! Rendezvous hashing: when a replica goes, only its own documents move.

use xxhash_rust::xxh3::xxh3_64_with_seed;

/// How far above the mean a replica's load may be before calls go elsewhere.
const MAX_OVER_MEAN: f64 = 1.25;

/// One replica that could be asked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Replica {
    /// Its place in the list.
    pub idx: usize,
    /// A hash of its address.
    pub seed: u64,
    /// Calls in flight to it and waiting for it.
    pub load: u32,
    /// Calls that it takes at once.
    pub limit: u32,
}

/// Chooses a replica for a call; none where there is none.
pub(crate) fn choose(route: u64, replicas: &[Replica]) -> Option<usize> {
    if let [only] = replicas {
        return Some(only.idx);
    }
    let total: u32 = replicas.iter().map(|replica| replica.load).sum::<u32>() + 1;
    let limits: u32 = replicas.iter().map(|replica| replica.limit).sum::<u32>().max(1);
    let has_room = |replica: &&Replica| {
        let share = f64::from(total) * f64::from(replica.limit) / f64::from(limits);
        f64::from(replica.load) < (share * MAX_OVER_MEAN).ceil()
    };
    let rank = |replica: &&Replica| xxh3_64_with_seed(&route.to_le_bytes(), replica.seed);
    let chosen = replicas.iter().filter(has_room).max_by_key(rank);
    chosen.or_else(|| replicas.iter().min_by_key(|replica| replica.load)).map(|replica| replica.idx)
}

#[cfg(test)]
mod tests {
    use super::{Replica, choose};

    fn replicas(loads: &[u32]) -> Vec<Replica> {
        let replica = |(idx, load): (usize, &u32)| Replica { idx, seed: idx as u64 + 77, load: *load, limit: 64 };
        loads.iter().enumerate().map(replica).collect()
    }

    #[test]
    fn a_document_stays_with_its_replica_and_moves_only_when_that_one_goes() {
        let all = replicas(&[5, 5, 5, 5]);
        let homes: Vec<usize> = (0..1000).filter_map(|route| choose(route, &all)).collect();
        assert!((0..4).all(|idx| homes.iter().filter(|home| **home == idx).count() > 200), "spread");
        let without: Vec<Replica> = all.iter().copied().filter(|replica| replica.idx != 2).collect();
        for (route, home) in homes.iter().enumerate() {
            let now = choose(route as u64, &without);
            assert!(*home == 2 || now == Some(*home), "{route}");
        }
    }

    #[test]
    fn no_replica_gets_more_than_a_quarter_above_its_share() {
        let mut loads = [0_u32; 4];
        for _ in 0..1000 {
            // All calls of one document.
            let idx = choose(7, &replicas(&loads)).unwrap();
            loads[idx] += 1;
        }
        assert!(loads.iter().all(|load| *load <= 313), "{loads:?}");
        assert_eq!(choose(7, &[]), None);
    }
}
