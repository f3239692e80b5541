//! Chat over HTTP: what is asked, what comes back, what it costs, and the ledger that remembers every paid reply.
//!
//! Knows nothing of Arrow, recipes or pairs. A caller gives a [`Call`] and gets a [`Reply`] that is durable, or an
//! [`Error`] that says whether the row or the run is at fault.

mod batch;
mod breaker;
mod budget;
mod chat;
mod client;
mod error;
pub mod json;
mod ledger;
mod limit;
mod reply;
mod request;
mod retry;
mod route;
mod settings;
mod transport;
mod wire;

pub use batch::{BatchFile, BatchRead, BatchWriter, read_batch};
pub use chat::{Chat, Model};
pub use client::{Client, Entry, MemoryRecord, ModelSnapshot, Record, Snapshot};
pub use error::{Error, ErrorKind};
pub use ledger::{Imported, Ledger, LedgerView, Total};
pub use reply::{Choice, Finish, Reply, Usage};
pub use request::{Call, ChatRequest, Message, RequestHash, Role, Sampling, Schema};
pub use settings::{Budget, Concurrency, ModelSettings, Prices, Secret, StructuredOutput, Transport};
