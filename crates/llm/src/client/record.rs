//! The seam between the client and whatever remembers replies: the ledger in a run, a map in tests.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use futures::FutureExt as _;
use futures::future::{BoxFuture, ready};

use crate::{Call, Error, Reply, RequestHash};

/// Remembers replies by the hash of their request.
pub trait Record: Send + Sync {
    /// Finds the reply that an equal request was given, marked as [`Reply::from_ledger`].
    ///
    /// # Errors
    /// The record cannot be read.
    fn find(&self, hash: &RequestHash) -> BoxFuture<'_, Result<Option<Reply>, Error>>;

    /// Keeps a reply; done when it is durable. An entry that is there already stays as it is.
    ///
    /// # Errors
    /// The record cannot be written.
    fn keep(&self, entry: Entry) -> BoxFuture<'_, Result<(), Error>>;
}

/// A reply that was paid for, with all that an audit wants to know of it. Only good replies become entries.
#[derive(Clone, Debug)]
pub struct Entry {
    /// What was asked, and by which stage; its hash is in the reply.
    pub call: Arc<Call>,
    /// What was made of the body.
    pub reply: Reply,
    /// The server's body as it came. A streamed one is put together, and an array holds several where samples were
    /// asked for one by one.
    pub body: Bytes,
    /// What it cost by the model's prices.
    pub cost: f64,
    /// Tries that it took, the good one included.
    pub num_tries: u32,
    /// How long the good try took.
    pub duration: Duration,
}

/// Remembers replies in memory, for tests and trials.
#[derive(Debug, Default)]
pub struct MemoryRecord {
    entries: Mutex<HashMap<RequestHash, Entry>>,
}

impl MemoryRecord {
    /// Lists what was kept, in the order of the hashes.
    pub fn entries(&self) -> Vec<Entry> {
        let entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let mut list: Vec<Entry> = entries.values().cloned().collect();
        list.sort_by_key(|entry| entry.reply.hash);
        list
    }
}

impl Record for MemoryRecord {
    fn find(&self, hash: &RequestHash) -> BoxFuture<'_, Result<Option<Reply>, Error>> {
        let entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let found = entries.get(hash).map(|entry| Reply { from_ledger: true, ..entry.reply.clone() });
        ready(Ok(found)).boxed()
    }

    fn keep(&self, entry: Entry) -> BoxFuture<'_, Result<(), Error>> {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries.entry(entry.reply.hash).or_insert(entry);
        ready(Ok(())).boxed()
    }
}
