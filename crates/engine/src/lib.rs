//! Recipe to plan to run: stages, fates, units, commit, resume, barriers.
//!
//! The engine knows no operator, prompt, model or persona. It routes rows, counts them, retries, writes and resumes.

mod error;
mod exec;
pub mod operator;
pub mod read;
pub mod recipe;

pub use error::{Error, ErrorKind};
