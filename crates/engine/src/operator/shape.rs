//! The three shapes of an operator and what each returns.

use std::sync::Arc;

use arrow::array::ArrayRef;
use futures::future::BoxFuture;
use quarry_schema::{Fate, Verdict};

use super::{Barrier, Rows};

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
    /// Something that concerns no single row, such as a model that gives no numbers; it stops the run.
    fn decide(&self, rows: Rows<'_>) -> Result<Decided, OperatorError>;

    /// How many rows one call should get where that is possible.
    fn rows_per_call(&self) -> usize {
        32
    }
}

/// Decides one row at a time by calling something remote.
pub trait Remote: Send + Sync {
    /// Decides the only row of `rows`.
    ///
    /// # Errors
    /// Something that concerns no single row, such as a refused key; it stops the run.
    fn decide<'a>(&'a self, rows: Rows<'a>) -> BoxFuture<'a, Result<Decided, OperatorError>>;

    /// How many rows may be in flight at once.
    fn in_flight(&self) -> usize;
}

/// What an operator says of the rows that it was handed.
#[derive(Clone, Debug, Default)]
pub struct Decided {
    /// One fate a row, in order.
    pub fates: Vec<Fate>,
    /// The declared columns, one value a row. Empty for filters, and for generators.
    pub columns: Vec<ArrayRef>,
    /// One verdict a row where the operator is a checker; otherwise empty.
    pub verdicts: Vec<Option<Verdict>>,
    /// New rows, where the operator is a generator.
    pub emitted: Option<Emitted>,
}

impl Decided {
    /// Fates alone, as a filter gives.
    pub fn fates(fates: Vec<Fate>) -> Decided {
        Decided { fates, ..Decided::default() }
    }
}

/// Rows that a generator makes.
#[derive(Clone, Debug)]
pub struct Emitted {
    /// For each new row the index of the row it was made from, ascending.
    pub parents: Vec<usize>,
    /// The declared columns of the new rows.
    pub columns: Vec<ArrayRef>,
}

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
