//! The ledger's file: its tables, its version, and how connections to it are opened.

use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};

use crate::{Error, ErrorKind};

/// The version of the tables, in SQLite's `user_version`.
const VERSION: i64 = 1;
/// `QRYl`, in SQLite's `application_id`: tells a ledger from other databases.
const APPLICATION: i64 = 0x5152_596c;
/// How long a connection waits for another process that writes.
const PATIENCE: Duration = Duration::from_secs(60);
const BETWEEN_ATTEMPTS: Duration = Duration::from_millis(20);

// Small columns come first, so that totals are read without the blobs behind them. A request is the bytes that its hash
// is taken over: `head` (up to the end of the document, shared by all calls of it) and `tail`, both zstd.
const TABLES: &str = "
CREATE TABLE text (
  hash BLOB PRIMARY KEY,
  body BLOB NOT NULL
) STRICT;
CREATE TABLE call (
  id INTEGER PRIMARY KEY,
  hash TEXT NOT NULL UNIQUE,
  stage TEXT NOT NULL,
  model TEXT NOT NULL,
  revision TEXT,
  attempt INTEGER NOT NULL,
  template TEXT NOT NULL,
  finish TEXT NOT NULL,
  prompt_tokens INTEGER NOT NULL,
  cached_tokens INTEGER NOT NULL,
  completion_tokens INTEGER NOT NULL,
  cost REAL NOT NULL,
  num_tries INTEGER NOT NULL,
  duration_ms INTEGER NOT NULL,
  time TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  reply TEXT NOT NULL,
  head BLOB REFERENCES text (hash),
  tail BLOB NOT NULL,
  body BLOB NOT NULL
) STRICT;
CREATE TABLE waiting (
  hash TEXT PRIMARY KEY,
  stage TEXT NOT NULL,
  model TEXT NOT NULL,
  revision TEXT,
  attempt INTEGER NOT NULL,
  template TEXT NOT NULL,
  head BLOB REFERENCES text (hash),
  tail BLOB NOT NULL
) STRICT;
";

/// Opens a ledger for reading and writing, and makes it where it is missing.
pub(super) fn open(path: &Path) -> Result<Connection, Error> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|error| fault(path, error))?;
    }
    let mut db = Connection::open(path).map_err(|error| fault(path, error))?;
    prepare(&mut db, path)?;
    Ok(db)
}

/// Opens a ledger for reading alone. Nothing that is done with the connection changes the file.
pub(super) fn open_read_only(path: &Path) -> Result<Connection, Error> {
    if !path.is_file() {
        return Err(fault(path, "there is no such file"));
    }
    let db = connect(path).map_err(|error| fault(path, error))?;
    check(&db, path)?;
    if number(&db, "user_version").map_err(|error| fault(path, error))? == 0 {
        return Err(fault(path, "it is empty"));
    }
    Ok(db)
}

/// An error of the ledger: names the file, says what happened and what to do.
pub(super) fn fault(path: &Path, problem: impl Into<Problem>) -> Error {
    Error::new(ErrorKind::Ledger, format!("the ledger `{}` cannot be used: {}", path.display(), problem.into().0))
}

/// What is wrong with a ledger, in words.
pub(super) struct Problem(String);

impl Problem {
    /// The words.
    pub(super) fn text(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Problem {
    fn from(text: &str) -> Problem {
        Problem(text.to_owned())
    }
}

impl From<String> for Problem {
    fn from(text: String) -> Problem {
        Problem(text)
    }
}

impl From<std::io::Error> for Problem {
    fn from(error: std::io::Error) -> Problem {
        Problem(error.to_string())
    }
}

impl From<serde_json::Error> for Problem {
    fn from(error: serde_json::Error) -> Problem {
        Problem(error.to_string())
    }
}

impl From<rusqlite::Error> for Problem {
    fn from(error: rusqlite::Error) -> Problem {
        let advice = match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => {
                "the disk is full; what was kept before is safe, free some space and run again"
            }
            Some(ErrorCode::NotADatabase) => "the file is no SQLite database",
            Some(ErrorCode::DatabaseCorrupt) => "the file is damaged; `sqlite3 FILE .recover` saves what can be read",
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => "another program has locked it for a minute",
            Some(ErrorCode::ReadOnly) => "it may not be written",
            Some(ErrorCode::CannotOpen) => "it cannot be opened",
            _ => return Problem(error.to_string()),
        };
        Problem(format!("{advice} (SQLite: {error})"))
    }
}

fn prepare(db: &mut Connection, path: &Path) -> Result<(), Error> {
    let trouble = |error: rusqlite::Error| fault(path, error);
    db.busy_timeout(PATIENCE).map_err(trouble)?;
    // A database of somebody else's must not even get another journal.
    check(db, path)?;
    let mode = patiently(|| db.query_row("PRAGMA journal_mode = WAL", [], |row| row.get::<_, String>(0)));
    let mode = mode.map_err(trouble)?;
    if mode != "wal" {
        return Err(fault(path, "its file system has no shared memory; put the ledger on a local disk"));
    }
    db.pragma_update(None, "synchronous", "FULL").map_err(trouble)?;
    db.pragma_update(None, "wal_autocheckpoint", 4000).map_err(trouble)?;
    db.pragma_update(None, "cache_size", -16_000).map_err(trouble)?;
    // Two processes may find the file empty; the second one to get the lock finds the tables.
    let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate).map_err(trouble)?;
    if number(&transaction, "user_version").map_err(trouble)? == 0 {
        transaction.execute_batch(TABLES).map_err(trouble)?;
        transaction.pragma_update(None, "application_id", APPLICATION).map_err(trouble)?;
        transaction.pragma_update(None, "user_version", VERSION).map_err(trouble)?;
    }
    transaction.commit().map_err(trouble)
}

/// Does again what another connection is in the way of. SQLite itself does not wait where the kind of journal changes.
fn patiently<T>(mut attempt: impl FnMut() -> rusqlite::Result<T>) -> rusqlite::Result<T> {
    let give_up = Instant::now() + PATIENCE;
    loop {
        let is_busy = |error: &rusqlite::Error| {
            matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked))
        };
        match attempt() {
            Err(error) if is_busy(&error) && Instant::now() < give_up => std::thread::sleep(BETWEEN_ATTEMPTS),
            result => return result,
        }
    }
}

fn check(db: &Connection, path: &Path) -> Result<(), Error> {
    let trouble = |error: rusqlite::Error| fault(path, error);
    // All three in one view of the file, or another program's tables could seem to be there before its name.
    let view = db.unchecked_transaction().map_err(trouble)?;
    let num_tables: i64 =
        view.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).map_err(trouble)?;
    let version = number(&view, "user_version").map_err(trouble)?;
    let application = number(&view, "application_id").map_err(trouble)?;
    view.commit().map_err(trouble)?;
    if application != APPLICATION && (application != 0 || version != 0 || num_tables != 0) {
        return Err(fault(path, "it is a database of another program"));
    }
    if version > VERSION {
        let problem = format!("a newer quarry wrote it (version {version} of its tables, this one knows {VERSION})");
        return Err(fault(path, problem));
    }
    Ok(())
}

fn number(db: &Connection, pragma: &str) -> rusqlite::Result<i64> {
    db.pragma_query_value(None, pragma, |row| row.get(0))
}

fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(path, flags)?;
    db.busy_timeout(PATIENCE)?;
    let Err(error) = number(&db, "user_version") else { return Ok(db) };
    // In a folder that may not be written SQLite cannot set up the log's index; a ledger at rest has no log.
    let has_log = wal_of(path).exists();
    if has_log || error.sqlite_error_code() != Some(ErrorCode::CannotOpen) {
        return Err(error);
    }
    let Ok(address) = url::Url::from_file_path(std::path::absolute(path).unwrap_or_default()) else {
        return Err(error);
    };
    Connection::open_with_flags(format!("{address}?immutable=1"), flags | OpenFlags::SQLITE_OPEN_URI)
}

fn wal_of(path: &Path) -> std::path::PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push("-wal");
    name.into()
}
