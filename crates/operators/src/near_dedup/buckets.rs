//! Buckets of rows that may be alike, held in two flat arrays, and which of their rows were kept so far.

use std::collections::HashSet;

use xxhash_rust::xxh3::xxh3_128;

/// A row's place among all rows that are in some bucket.
pub(crate) type Local = u32;

/// Takes entries in the order of their buckets and keeps the buckets that matter.
pub(crate) struct Grouping {
    num_standing: u32,
    bucket: Option<[u64; 2]>,
    group: Vec<u32>,
    known: HashSet<u128>,
    members: Vec<u32>,
    ends: Vec<usize>,
}

impl Grouping {
    /// Rows before `num_standing` need not be compared with each other.
    pub(crate) fn new(num_standing: u32) -> Grouping {
        let (group, members, ends) = (Vec::new(), Vec::new(), Vec::new());
        Grouping { num_standing, bucket: None, group, known: HashSet::new(), members, ends }
    }

    /// Adds a row to a bucket. Entries come sorted by bucket and row.
    pub(crate) fn push(&mut self, bucket: [u64; 2], row: u32) {
        if self.bucket != Some(bucket) {
            self.close();
            self.bucket = Some(bucket);
        }
        self.group.push(row);
    }

    /// Alike rows meet in many buckets; one of those that hold the same rows is enough.
    fn close(&mut self) {
        self.group.dedup();
        let matters = self.group.len() > 1 && self.group.last().is_some_and(|last| *last >= self.num_standing);
        if matters && self.known.insert(digest(&self.group)) {
            self.members.extend_from_slice(&self.group);
            self.ends.push(self.members.len());
        }
        self.group.clear();
    }

    /// Ends the last bucket.
    pub(crate) fn finish(mut self) -> Groups {
        self.close();
        self.members.shrink_to_fit();
        Groups { members: self.members, ends: self.ends }
    }
}

fn digest(group: &[u32]) -> u128 {
    match group {
        [one, two] => u128::from(*one) << 32 | u128::from(*two),
        _ => xxh3_128(&group.iter().flat_map(|row| row.to_le_bytes()).collect::<Vec<u8>>()) | 1 << 127,
    }
}

/// Buckets of several rows.
pub(crate) struct Groups {
    members: Vec<u32>,
    ends: Vec<usize>,
}

impl Groups {
    /// The rows that are in some bucket, each as often as it is.
    pub(crate) fn rows(&self) -> impl Iterator<Item = u32> {
        self.members.iter().copied()
    }

    /// Replaces row numbers by places among the `num_locals` rows that are in some bucket.
    pub(crate) fn place(mut self, num_locals: usize, local: impl Fn(u32) -> Local) -> Buckets {
        self.members.iter_mut().for_each(|row| *row = local(*row));
        let mut starts = vec![0; num_locals + 1];
        for member in &self.members {
            starts[*member as usize + 1] += 1;
        }
        for idx in 0..num_locals {
            starts[idx + 1] += starts[idx];
        }
        let mut of_row = vec![0_u32; self.members.len()];
        let mut next = starts.clone();
        let mut start = 0;
        for (bucket, end) in self.ends.iter().enumerate() {
            for member in &self.members[start..*end] {
                let at = &mut next[*member as usize];
                of_row[*at] = bucket as u32;
                *at += 1;
            }
            start = *end;
        }
        let num_kept = vec![0; self.ends.len()];
        Buckets { members: self.members, ends: self.ends, num_kept, starts, of_row }
    }
}

/// Buckets, and for each row those that it is in. As rows are kept they replace the members at a bucket's front.
pub(crate) struct Buckets {
    members: Vec<Local>,
    ends: Vec<usize>,
    num_kept: Vec<u32>,
    starts: Vec<usize>,
    of_row: Vec<u32>,
}

impl Buckets {
    /// The rows kept so far that share a bucket with this one, each as often as they share one.
    pub(crate) fn kept_with(&self, row: Local) -> impl Iterator<Item = Local> {
        self.of(row).iter().flat_map(|bucket| {
            let start = self.start(*bucket);
            self.members[start..start + self.num_kept[*bucket as usize] as usize].iter().copied()
        })
    }

    /// Notes that a row is kept. Each row of a bucket is noted once at most, so there is room for it.
    pub(crate) fn keep(&mut self, row: Local) {
        for idx in self.starts[row as usize]..self.starts[row as usize + 1] {
            let bucket = self.of_row[idx];
            let at = self.start(bucket) + self.num_kept[bucket as usize] as usize;
            self.members[at] = row;
            self.num_kept[bucket as usize] += 1;
        }
    }

    fn of(&self, row: Local) -> &[u32] {
        &self.of_row[self.starts[row as usize]..self.starts[row as usize + 1]]
    }

    fn start(&self, bucket: u32) -> usize {
        (bucket as usize).checked_sub(1).map_or(0, |before| self.ends[before])
    }
}
