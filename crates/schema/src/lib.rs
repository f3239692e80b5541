//! Nouns of a quarry run and the columns that hold them.
//!
//! Everything that more than one crate must spell the same way is here: column names, the row's fate, its level and
//! its id. Nothing here computes on text, reads files or knows an operator.

pub mod column;
mod fate;
mod id;
mod level;

pub use fate::{Check, Fate, FateKind, Verdict};
pub use id::{content_id, pair_id};
pub use level::Level;
