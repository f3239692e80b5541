//! Batch files: requests that are answered elsewhere, by a provider's batch service or `vllm run-batch`, in their own time.
//!
//! A run over a ledger writes what the ledger does not hold; the answers are read into the ledger; and so on until nothing
//! is missing. How the files travel is the user's.

mod read;
mod write;

pub use read::{BatchRead, read_batch};
pub use write::{BatchFile, BatchWriter};

#[cfg(test)]
mod tests;
