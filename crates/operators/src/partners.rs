//! Rows that go because of another row, and the ids of those that stay, which barriers put into the detail.

use std::collections::HashMap;

use quarry_engine::operator::{AllRows, Decide, Decision, OperatorError};
use quarry_schema::Fate;

/// Pairs of a row that goes and the row that it goes for, by number.
#[derive(Default)]
pub(crate) struct Partners {
    pairs: Vec<(u32, u32)>,
}

impl Partners {
    /// Adds a row that goes for another one.
    pub(crate) fn add(&mut self, gone: u32, stays: u32) {
        self.pairs.push((gone, stays));
    }

    /// Looks up the ids of the rows that stay and decides about those that go.
    pub(crate) fn decide(
        self,
        all: &dyn AllRows,
        decided: Decide<'_>,
        fate: impl Fn(String) -> Fate,
    ) -> Result<(), OperatorError> {
        let mut ids: HashMap<u32, String> = self.pairs.iter().map(|(_, stays)| (*stays, String::new())).collect();
        all.keys(&mut |row| {
            if let Some(id) = ids.get_mut(&row.number) {
                row.row_id.clone_into(id);
            }
            Ok(())
        })?;
        let num_standing = all.num_standing();
        for (gone, stays) in self.pairs.into_iter().filter(|(gone, _)| *gone >= num_standing) {
            let id = ids.get(&stays).cloned().unwrap_or_default();
            decided(Decision::fate(gone, fate(id)))?;
        }
        Ok(())
    }
}
