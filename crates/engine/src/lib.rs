//! Recipe to plan to run: stages, fates, units, commit, resume, barriers.
//!
//! The engine knows no operator, prompt, model or persona. It routes rows, counts them, retries, writes and resumes.

pub mod operator;
