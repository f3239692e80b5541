//! The ledger: every reply that was ever paid for, in one SQLite file that users can ask with `sqlite3`.
//!
//! Cache, replay log, cost record and audit trail at once. [`Ledger`] finds and keeps replies while a run goes on,
//! [`LedgerView`] answers questions about them. What is worth keeping and what it cost is left to the client.

mod known;
mod pack;
mod query;
mod schema;
mod store;
mod transfer;
mod waiting;
mod writer;

pub use query::{LedgerView, Total};
pub use store::Ledger;
pub use transfer::Imported;
pub(crate) use waiting::{Asked, WaitingCalls};

#[cfg(test)]
mod tests;
