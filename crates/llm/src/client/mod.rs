//! Asks models over HTTP, and keeps every reply before anyone uses it.

mod record;

pub use record::{Entry, MemoryRecord, Record};
