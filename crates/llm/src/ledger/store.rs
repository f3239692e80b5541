//! The ledger of a run: finds replies that were paid for, and keeps new ones.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread::JoinHandle;

use futures::FutureExt as _;
use futures::future::{BoxFuture, ready};
use rusqlite::{Connection, OptionalExtension as _};
use tokio::sync::{Semaphore, oneshot};

use super::known::Known;
use super::schema::{fault, open, open_read_only};
use super::writer::{Job, What, Writer};
use crate::{Call, Entry, Error, Record, Reply, RequestHash, Usage};

/// Writes that may wait for the disk.
const MAX_WAITING: usize = 2048;
/// Connections that read at once; a lookup takes some ten microseconds.
const MAX_READERS: usize = 4;

/// A ledger in use. Dropping it waits for what is being written.
pub struct Ledger {
    path: Arc<Path>,
    known: Arc<RwLock<Known>>,
    jobs: Option<Sender<Job>>,
    queue: Arc<Semaphore>,
    readers: Arc<Readers>,
    thread: Option<JoinHandle<()>>,
}

struct Readers {
    idle: Mutex<Vec<Connection>>,
    permits: Arc<Semaphore>,
}

impl Ledger {
    /// Opens a ledger, and makes it where it is missing. Several processes may use one.
    ///
    /// # Errors
    /// The file cannot be used; the message says why.
    pub fn open(path: impl Into<PathBuf>) -> Result<Ledger, Error> {
        let path = path.into();
        let db = open(&path)?;
        Ledger::start(path, db)
    }

    /// Starts the writer on an open database.
    pub(super) fn start(path: PathBuf, db: Connection) -> Result<Ledger, Error> {
        let known = Arc::new(RwLock::new(Known::default()));
        let writer = Writer::new(path.clone(), db, Arc::clone(&known))?;
        let (jobs, receiver) = channel();
        let thread = std::thread::Builder::new()
            .name("ledger".to_owned())
            .spawn(move || writer.run(&receiver))
            .map_err(|error| fault(&path, error))?;
        Ok(Ledger {
            path: Arc::from(path),
            known,
            jobs: Some(jobs),
            queue: Arc::new(Semaphore::new(MAX_WAITING)),
            readers: Arc::new(Readers { idle: Mutex::new(Vec::new()), permits: Arc::new(Semaphore::new(MAX_READERS)) }),
            thread: Some(thread),
        })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Notes a request whose reply is to come by batch file; done when it is durable.
    ///
    /// # Errors
    /// The ledger cannot be written.
    pub fn ask_later(&self, call: Arc<Call>) -> BoxFuture<'_, Result<(), Error>> {
        self.send(What::Waiting(call)).boxed()
    }

    async fn send(&self, what: What) -> Result<(), Error> {
        let stopped = || fault(&self.path, "its writer has stopped");
        let permit = Arc::clone(&self.queue).acquire_owned().await.map_err(|_| stopped())?;
        let (done, heard) = oneshot::channel();
        let jobs = self.jobs.as_ref().ok_or_else(stopped)?;
        jobs.send(Job { what, done, _permit: permit }).map_err(|_| stopped())?;
        heard.await.map_err(|_| stopped())?
    }

    async fn look_up(&self, hash: RequestHash) -> Result<Option<Reply>, Error> {
        let stopped = || fault(&self.path, "its readers have stopped");
        let permit = Arc::clone(&self.readers.permits).acquire_owned().await.map_err(|_| stopped())?;
        let (path, readers) = (Arc::clone(&self.path), Arc::clone(&self.readers));
        let task = tokio::task::spawn_blocking(move || {
            let found = readers.find(&path, hash);
            drop(permit);
            found
        });
        task.await.map_err(|_| stopped())?
    }
}

impl Record for Ledger {
    fn find(&self, hash: &RequestHash) -> BoxFuture<'_, Result<Option<Reply>, Error>> {
        if !self.known.read().unwrap_or_else(PoisonError::into_inner).may_hold(hash) {
            return ready(Ok(None)).boxed();
        }
        self.look_up(*hash).boxed()
    }

    fn keep(&self, entry: Entry) -> BoxFuture<'_, Result<(), Error>> {
        self.send(What::Reply(Box::new(entry))).boxed()
    }
}

impl Drop for Ledger {
    fn drop(&mut self) {
        self.jobs = None;
        // The writer is to be the last that closes the file: it then moves the log into it, and one file is all there is.
        self.readers.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
        if let Some(thread) = self.thread.take() {
            // A writer that panicked has told everyone who waited.
            drop(thread.join());
        }
    }
}

impl std::fmt::Debug for Ledger {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ledger").field("path", &self.path).finish_non_exhaustive()
    }
}

impl Readers {
    fn find(&self, path: &Path, hash: RequestHash) -> Result<Option<Reply>, Error> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let db = idle.map_or_else(|| open_read_only(path), Ok)?;
        let found = find(&db, path, hash)?;
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(db);
        Ok(found)
    }
}

fn find(db: &Connection, path: &Path, hash: RequestHash) -> Result<Option<Reply>, Error> {
    let trouble = |error: rusqlite::Error| fault(path, error);
    let mut query = db
        .prepare_cached("SELECT reply, prompt_tokens, cached_tokens, completion_tokens FROM call WHERE hash = ?1")
        .map_err(trouble)?;
    let row = query.query_row([hash.to_string()], |row| {
        let usage = Usage { prompt_tokens: row.get(1)?, cached_tokens: row.get(2)?, completion_tokens: row.get(3)? };
        Ok((row.get::<_, String>(0)?, usage))
    });
    let Some((choices, usage)) = row.optional().map_err(trouble)? else { return Ok(None) };
    let choices = serde_json::from_str(&choices).map_err(|error| fault(path, error))?;
    Ok(Some(Reply { hash, choices, usage, from_ledger: true }))
}
