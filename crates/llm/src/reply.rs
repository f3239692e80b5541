//! What comes back from a model.

use serde::{Deserialize, Serialize};

use super::RequestHash;

/// An answered call. It was durable in the ledger before the caller saw it.
#[derive(Clone, Debug, PartialEq)]
pub struct Reply {
    /// The request that it answers.
    pub hash: RequestHash,
    /// One answer for each sample that was asked for.
    pub choices: Vec<Choice>,
    /// What was counted.
    pub usage: Usage,
    /// Whether it was paid for earlier and read back.
    pub from_ledger: bool,
}

/// One answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Choice {
    /// Its text.
    pub text: String,
    /// Why it ends.
    pub finish: Finish,
}

/// Why an answer ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Finish {
    /// The model was done.
    Stop,
    /// `max_tokens` was reached: the answer is cut off.
    Length,
    /// The server's filter stepped in.
    ContentFilter,
    /// The model refused.
    Refusal,
    /// Anything else, or nothing was said.
    Other,
}

/// Tokens of a call, over all samples.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// Tokens of the prompt.
    pub prompt_tokens: u64,
    /// Tokens of the prompt that the server had in its prefix cache.
    pub cached_tokens: u64,
    /// Tokens of the answers.
    pub completion_tokens: u64,
}
