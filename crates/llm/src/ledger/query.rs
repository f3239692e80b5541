//! Questions to a ledger: what was spent where, and anything that SQL can ask.

use std::path::{Path, PathBuf};

use rusqlite::functions::FunctionFlags;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Error as SqlError};
use serde::Serialize;
use serde_json::Value;

use super::pack::{decompress, unpack};
use super::schema::{fault, open_read_only};
use crate::{Error, Usage};

/// What the tables do not say by themselves, for `--sql`: requests and bodies as text.
const VIEWS: &str = "
CREATE TEMP VIEW request AS
  SELECT call.hash AS hash, call.stage AS stage, request_json(text.body, call.tail) AS request, unzstd(call.body) AS body
  FROM call LEFT JOIN text ON text.hash = call.head;
";

/// A ledger that is only read. Others may write to it meanwhile.
pub struct LedgerView {
    pub(super) path: PathBuf,
    pub(super) db: Connection,
}

/// What one stage spent on one model.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Total {
    /// The stage that paid; others that asked the same got the reply for nothing.
    pub stage: String,
    /// The model's id.
    pub model: String,
    /// Replies that were paid for.
    pub num_calls: u64,
    /// Tokens that were counted.
    pub usage: Usage,
    /// Money, by the prices of their time.
    pub cost: f64,
}

impl LedgerView {
    /// Opens a ledger to look at it.
    ///
    /// # Errors
    /// There is none, or it cannot be used.
    pub fn open(path: impl Into<PathBuf>) -> Result<LedgerView, Error> {
        let path = path.into();
        let db = open_read_only(&path)?;
        add_functions(&db).and_then(|()| db.execute_batch(VIEWS)).map_err(|error| fault(&path, error))?;
        Ok(LedgerView { path, db })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What each stage spent on each model, in the order of their names.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn totals(&self) -> Result<Vec<Total>, Error> {
        let trouble = |error: SqlError| fault(&self.path, error);
        let mut query = self
            .db
            .prepare(
                "SELECT stage, model, count(*), sum(prompt_tokens), sum(cached_tokens), sum(completion_tokens), \
                 sum(cost) FROM call GROUP BY stage, model ORDER BY stage, model",
            )
            .map_err(trouble)?;
        let rows = query.query_map([], |row| {
            let usage =
                Usage { prompt_tokens: row.get(3)?, cached_tokens: row.get(4)?, completion_tokens: row.get(5)? };
            Ok(Total { stage: row.get(0)?, model: row.get(1)?, num_calls: row.get(2)?, usage, cost: row.get(6)? })
        });
        rows.and_then(Iterator::collect).map_err(trouble)
    }

    /// How many requests wait for their replies by batch file.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn num_waiting(&self) -> Result<u64, Error> {
        let sql = "SELECT count(*) FROM waiting WHERE hash NOT IN (SELECT hash FROM call)";
        self.db.query_row(sql, [], |row| row.get(0)).map_err(|error| fault(&self.path, error))
    }

    /// Runs one statement of SQL that reads. Besides the tables there are the view `request` (requests and bodies as
    /// text) and the function `unzstd(blob)`. `each` gets the columns' names and a row, and ends it by `false`.
    ///
    /// # Errors
    /// The statement is wrong or would write, or the ledger cannot be read.
    pub fn query(&self, sql: &str, each: &mut dyn FnMut(&[String], &[Value]) -> bool) -> Result<(), Error> {
        let wrong = |error: SqlError| fault(&self.path, format!("the SQL does not work: {error}"));
        let mut query = self.db.prepare(sql).map_err(wrong)?;
        if !query.readonly() {
            return Err(fault(&self.path, "the SQL would write; a ledger is only read"));
        }
        let columns: Vec<String> = query.column_names().map(str::to_owned).collect();
        let mut rows = query.query([]).map_err(wrong)?;
        while let Some(row) = rows.next().map_err(wrong)? {
            let cells = (0..columns.len()).map(|idx| row.get_ref(idx).map(value)).collect::<Result<Vec<_>, _>>();
            if !each(&columns, &cells.map_err(wrong)?) {
                break;
            }
        }
        Ok(())
    }
}

impl std::fmt::Debug for LedgerView {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LedgerView").field("path", &self.path).finish_non_exhaustive()
    }
}

fn add_functions(db: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    db.create_scalar_function("unzstd", 1, flags, |ctx| {
        let bytes = decompress(ctx.get_raw(0).as_blob()?).map_err(user_error)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    })?;
    db.create_scalar_function("request_json", 2, flags, |ctx| {
        unpack(ctx.get_raw(0).as_blob_or_null()?, ctx.get_raw(1).as_blob()?).map_err(user_error)
    })
}

fn user_error(error: std::io::Error) -> SqlError {
    SqlError::UserFunctionError(Box::new(error))
}

fn value(cell: ValueRef<'_>) -> Value {
    match cell {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::from(number),
        ValueRef::Real(number) => Value::from(number),
        ValueRef::Text(text) => Value::from(String::from_utf8_lossy(text).into_owned()),
        ValueRef::Blob(bytes) => Value::from(bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>()),
    }
}
