//! The boundary that operators see: one model that answers calls.

use std::sync::Arc;

use futures::future::BoxFuture;

use super::{Call, Error, Reply};

/// Answers calls: over HTTP in a run, from a script in tests.
pub trait Chat: Send + Sync {
    /// Answers a call. Dropping the future gives the call up.
    ///
    /// # Errors
    /// The row or the run is at fault; see [`Error::stops_the_run`].
    fn chat(&self, call: Call) -> BoxFuture<'_, Result<Reply, Error>>;
}

/// A model as a recipe names it (`teacher`), ready to be asked.
#[derive(Clone)]
pub struct Model {
    /// The id that requests carry.
    pub id: Arc<str>,
    /// The weights' revision, where the user pins one.
    pub revision: Option<Arc<str>>,
    /// Tokens of prompt and answer that it can hold; 0 where unknown.
    pub context_tokens: u32,
    /// The most calls that can be in flight over all its endpoints.
    pub max_in_flight: usize,
    /// Who answers.
    pub chat: Arc<dyn Chat>,
}
