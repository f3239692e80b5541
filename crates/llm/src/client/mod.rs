//! Asks models over HTTP, and keeps every reply before anyone uses it.
//!
//! A call goes through these hands, outermost first: `flights` (equal calls are one), `asker` (record and budget),
//! `samples` (several answers to one prompt), `tries` (faults), `replicas` and `endpoint` (where, and when there is room).
//!
//! What a reply means is the caller's; it is not even parsed here.

mod asker;
mod endpoint;
mod flights;
mod record;
mod replicas;
mod run;
mod samples;
mod snapshot;
mod stop;
mod tries;
mod watch;

pub use record::{Entry, MemoryRecord, Record};
pub use run::Client;
pub use snapshot::{ModelSnapshot, Snapshot};
