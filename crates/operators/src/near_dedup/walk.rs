//! The decision: rows in order, each compared with the rows kept before it, with exact similarity.
//!
//! A row is a duplicate only of a row that stays. Chains therefore do not swallow what is unlike the survivor, and rows
//! that come later change nothing about earlier ones, which is why an incremental run gives what a full one gives.

use std::collections::HashMap;

use super::buckets::{Buckets, Local};
use super::jaccard::{Outlines, at_least};

/// A row that says what a kept row says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Duplicate {
    /// The row.
    pub(crate) row: Local,
    /// The row that stays.
    pub(crate) kept: Local,
    /// How alike the two are; nothing where they ask for the same fact in other words.
    pub(crate) jaccard: Option<f64>,
}

/// Where sets of shingles and facts are read from.
pub(crate) trait Sets {
    /// What can go wrong.
    type Error;
    /// Replaces `set` by the set of a row.
    fn read(&mut self, row: Local, set: &mut Vec<u64>) -> Result<(), Self::Error>;
    /// Whether two rows of one document with one answer ask for the same fact.
    fn same_fact(&mut self, kept: Local, row: Local) -> Result<bool, Self::Error>;
}

/// Everything that the decision is taken on.
pub(crate) struct Walk<'a> {
    /// The similarity from which on a row is a duplicate.
    pub(crate) threshold: f64,
    /// What is known of the sets without reading them.
    pub(crate) outlines: &'a Outlines,
    /// Rows whose texts may be alike.
    pub(crate) texts: Buckets,
    /// Rows of one document with the same answer.
    pub(crate) facts: Buckets,
}

impl Walk<'_> {
    /// Decides rows in the order in which they are given; standing ones, first, are always kept.
    pub(crate) fn run<S: Sets>(
        &mut self,
        order: impl Iterator<Item = (Local, bool)>,
        sets: &mut S,
        each: &mut dyn FnMut(Duplicate),
    ) -> Result<(), S::Error> {
        let mut places = vec![u32::MAX; self.outlines.len()];
        let mut alike_to: HashMap<u64, (Local, f64)> = HashMap::new();
        let mut looked = Looked::default();
        for (place, (row, is_standing)) in order.enumerate() {
            places[row as usize] = place as u32;
            let digest = self.outlines.digest(row);
            let found = match alike_to.get(&digest) {
                _ if is_standing => None,
                Some(known) => Some(*known),
                None => self.alike(row, &places, sets, &mut looked)?,
            };
            let fact = if found.is_none() && !is_standing { self.fact(row, &places, sets)? } else { None };
            match (found, fact) {
                (Some((kept, jaccard)), _) => {
                    alike_to.entry(digest).or_insert((kept, jaccard));
                    each(Duplicate { row, kept, jaccard: Some(jaccard) });
                }
                (None, Some(kept)) => each(Duplicate { row, kept, jaccard: None }),
                (None, None) => {
                    // Standing rows may be alike among themselves, so their copies have to look for the first of them.
                    if !is_standing {
                        alike_to.insert(digest, (row, 1.0));
                    }
                    self.texts.keep(row);
                    self.facts.keep(row);
                }
            }
        }
        Ok(())
    }

    /// The first kept row that is alike.
    fn alike<S: Sets>(
        &self,
        row: Local,
        places: &[u32],
        sets: &mut S,
        looked: &mut Looked,
    ) -> Result<Option<(Local, f64)>, S::Error> {
        looked.near.clear();
        let may_reach = |kept: &Local| self.outlines.may_reach(self.threshold, *kept, row);
        looked.near.extend(self.texts.kept_with(row).filter(may_reach).map(|kept| (places[kept as usize], kept)));
        if looked.near.is_empty() {
            return Ok(None);
        }
        looked.near.sort_unstable();
        looked.near.dedup();
        sets.read(row, &mut looked.set)?;
        for (_, kept) in &looked.near {
            sets.read(*kept, &mut looked.other)?;
            if let Some(jaccard) = at_least(self.threshold, &looked.other, &looked.set) {
                return Ok(Some((*kept, jaccard)));
            }
        }
        Ok(None)
    }

    /// The first kept row that asks for the same fact.
    fn fact<S: Sets>(&self, row: Local, places: &[u32], sets: &mut S) -> Result<Option<Local>, S::Error> {
        let mut near: Vec<(u32, Local)> = self.facts.kept_with(row).map(|kept| (places[kept as usize], kept)).collect();
        near.sort_unstable();
        for (_, kept) in near {
            if sets.same_fact(kept, row)? {
                return Ok(Some(kept));
            }
        }
        Ok(None)
    }
}

/// Buffers of a comparison.
#[derive(Default)]
struct Looked {
    near: Vec<(u32, Local)>,
    set: Vec<u64>,
    other: Vec<u64>,
}
