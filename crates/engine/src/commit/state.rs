//! The run's state: which units and barriers are done. SQLite in WAL mode, so that users can ask it with `sqlite3`.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, OptionalExtension, params};

use crate::Error;
use crate::exec::StageCounts;

const SCHEMA: &str = "
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
CREATE TABLE IF NOT EXISTS unit (
  id TEXT PRIMARY KEY,
  segment INTEGER NOT NULL,
  shard TEXT NOT NULL,
  start_row INTEGER NOT NULL,
  num_rows INTEGER NOT NULL,
  num_rows_out INTEGER NOT NULL,
  last INTEGER NOT NULL,
  counts TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS barrier (
  id TEXT PRIMARY KEY,
  segment INTEGER NOT NULL,
  num_decided INTEGER NOT NULL
) STRICT;
";

/// A committed unit: its file is `units/<id>.parquet`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct UnitRecord {
    /// Hash of shard content, range and segment.
    pub(crate) id: String,
    /// The segment that made it.
    pub(crate) segment: usize,
    /// The shard it is part of.
    pub(crate) shard: String,
    /// First row in the shard.
    pub(crate) start_row: u64,
    /// Rows that came in.
    pub(crate) num_rows: u64,
    /// Rows in its file: those that came in and those made from them.
    pub(crate) num_rows_out: u64,
    /// Whether the shard ends with it.
    pub(crate) last: bool,
    /// What happened at each stage.
    pub(crate) counts: BTreeMap<String, StageCounts>,
}

/// A committed barrier: its decisions are in `barriers/<id>.parquet`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct BarrierRecord {
    /// Hash of the segment and of all its units.
    pub(crate) id: String,
    /// The segment that it ends.
    pub(crate) segment: usize,
    /// Rows that it rejected or failed.
    pub(crate) num_decided: u64,
}

/// The state database of one output directory.
pub(crate) struct State {
    db: Mutex<Connection>,
    path: String,
}

impl State {
    /// Opens the database, and makes it where it is missing.
    pub(crate) fn open(path: &Path) -> Result<State, Error> {
        let fault = |error: rusqlite::Error| Error::output(path, error);
        let db = Connection::open(path).map_err(fault)?;
        db.execute_batch(SCHEMA).map_err(fault)?;
        Ok(State { db: Mutex::new(db), path: path.display().to_string() })
    }

    /// A committed unit by id.
    pub(crate) fn unit(&self, id: &str) -> Result<Option<UnitRecord>, Error> {
        let row = self
            .db()
            .query_row(
                "SELECT id, segment, shard, start_row, num_rows, num_rows_out, last, counts FROM unit WHERE id = ?1",
                [id],
                |row| {
                    let record = UnitRecord {
                        id: row.get(0)?,
                        segment: row.get(1)?,
                        shard: row.get(2)?,
                        start_row: row.get(3)?,
                        num_rows: row.get(4)?,
                        num_rows_out: row.get(5)?,
                        last: row.get(6)?,
                        counts: BTreeMap::new(),
                    };
                    Ok((record, row.get::<_, String>(7)?))
                },
            )
            .optional()
            .map_err(|error| self.fault(error))?;
        let Some((record, counts)) = row else { return Ok(None) };
        let counts = serde_json::from_str(&counts).map_err(|error| self.fault(error))?;
        Ok(Some(UnitRecord { counts, ..record }))
    }

    /// Forgets every unit that holds failures, and all that was made from it, so that they are decided again.
    pub(crate) fn forget_failed(&self) -> Result<(), Error> {
        // Later units name their parents by id only, so all of them go; model calls are in the ledger and cost nothing.
        const FORGET: &str = "
            BEGIN IMMEDIATE;
            CREATE TEMP TABLE failed AS SELECT DISTINCT unit.id, unit.segment FROM unit, json_each(unit.counts)
              WHERE json_extract(json_each.value, '$.num_failed') > 0;
            DELETE FROM unit WHERE id IN (SELECT id FROM failed) OR segment > (SELECT min(segment) FROM failed);
            DELETE FROM barrier WHERE segment >= (SELECT min(segment) FROM failed);
            DROP TABLE failed;
            COMMIT;";
        self.db().execute_batch(FORGET).map_err(|error| self.fault(error))
    }

    /// Records that a unit's file is in place. This is the commit.
    pub(crate) fn commit_unit(&self, unit: &UnitRecord) -> Result<(), Error> {
        let counts = serde_json::to_string(&unit.counts).map_err(Error::internal)?;
        self.db()
            .execute(
                "INSERT OR REPLACE INTO unit VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                params![
                    unit.id,
                    unit.segment,
                    unit.shard,
                    unit.start_row,
                    unit.num_rows,
                    unit.num_rows_out,
                    unit.last,
                    counts
                ],
            )
            .map_err(|error| self.fault(error))?;
        Ok(())
    }

    /// A committed barrier by id.
    pub(crate) fn barrier(&self, id: &str) -> Result<Option<BarrierRecord>, Error> {
        self.db()
            .query_row("SELECT id, segment, num_decided FROM barrier WHERE id = ?1", [id], |row| {
                Ok(BarrierRecord { id: row.get(0)?, segment: row.get(1)?, num_decided: row.get(2)? })
            })
            .optional()
            .map_err(|error| self.fault(error))
    }

    /// Records that a barrier's decisions are in place.
    pub(crate) fn commit_barrier(&self, barrier: &BarrierRecord) -> Result<(), Error> {
        self.db()
            .execute(
                "INSERT OR REPLACE INTO barrier VALUES (?1, ?2, ?3)",
                params![barrier.id, barrier.segment, barrier.num_decided],
            )
            .map_err(|error| self.fault(error))?;
        Ok(())
    }

    /// How many units each segment has committed, for `quarry status`.
    pub(crate) fn units_by_segment(&self) -> Result<Vec<(usize, u64, u64)>, Error> {
        let db = self.db();
        let mut query = db
            .prepare("SELECT segment, count(*), sum(num_rows) FROM unit GROUP BY segment ORDER BY segment")
            .map_err(|error| self.fault(error))?;
        let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)));
        rows.and_then(Iterator::collect).map_err(|error| self.fault(error))
    }

    fn db(&self) -> MutexGuard<'_, Connection> {
        self.db.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn fault(&self, error: impl std::fmt::Display) -> Error {
        Error::Output { path: self.path.clone(), message: error.to_string() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_committed_unit_is_found_again_with_its_counts() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state.db");
        let counts = StageCounts { num_in: 2, num_accepted: 2, ..StageCounts::default() };
        let unit = UnitRecord {
            id: "u1".to_owned(),
            segment: 0,
            shard: "a.jsonl".to_owned(),
            start_row: 0,
            num_rows: 2,
            num_rows_out: 2,
            last: true,
            counts: BTreeMap::from([("long_enough".to_owned(), counts)]),
        };
        State::open(&path).unwrap().commit_unit(&unit).unwrap();
        let state = State::open(&path).unwrap();
        assert_eq!(state.unit("u1").unwrap(), Some(unit));
        assert_eq!(state.unit("u2").unwrap(), None);
        assert_eq!(state.units_by_segment().unwrap(), vec![(0, 1, 2)]);
    }
}
