//! The three shapes of an operator and what each returns.

use std::sync::Arc;

use arrow::array::{ArrayRef, BinaryArray};
use futures::future::BoxFuture;
use quarry_schema::{Fate, Verdict};

use super::Rows;

/// An operator, ready to run. Cheap to clone; shared by all threads.
#[derive(Clone)]
pub enum Operator {
    /// Runs on rayon.
    Compute(Arc<dyn Compute>),
    /// Runs on tokio, bounded in flight across batches.
    Remote(Arc<dyn Remote>),
    /// Runs once a run, over the keys of all rows.
    Barrier(Arc<dyn Barrier>),
}

/// Decides a batch at a time. The engine may cut a batch anywhere: a row's answer depends on that row alone.
pub trait Compute: Send + Sync {
    /// Decides each row and gives the declared columns.
    ///
    /// # Errors
    /// Something that concerns no single row: it stops the run.
#[derive(Debug, thiserror::Error)]
pub enum OperatorError {
    /// The operator's own words.
    #[error("{0}")]
    Own(String),
    /// The error of a library, which callers of the engine find again in the chain of sources.
    #[error(transparent)]
    Source(Box<dyn std::error::Error + Send + Sync>),
}

impl OperatorError {
    /// Wraps a message.
    pub fn new(message: impl Into<String>) -> OperatorError {
        OperatorError::Own(message.into())
    }

    /// Wraps the error of a library.
    pub fn stop(error: impl std::error::Error + Send + Sync + 'static) -> OperatorError {
        OperatorError::Source(Box::new(error))
    }
}

impl From<arrow::error::ArrowError> for OperatorError {
    fn from(error: arrow::error::ArrowError) -> OperatorError {
        OperatorError::new(error.to_string())
    }
}
