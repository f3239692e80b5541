//! What is asked of a model: everything that can change its answer, and the hash of exactly that.

use std::fmt;
use std::sync::Arc;

use serde::Serialize;
use sha2::{Digest, Sha256};

/// A request and what the client needs to know to carry it out well. Only `request` can change the answer.
#[derive(Clone, Debug)]
pub struct Call {
    /// What is asked.
    pub request: ChatRequest,
    /// The stage that asks, for the ledger.
    pub stage: Arc<str>,
    /// Higher goes first: later stages, so that started documents are finished before new ones are begun.
    pub priority: u32,
    /// Calls of one document have one number, so that they reach the replica that holds its prefix.
    pub route: u64,
}

/// Everything that can change an answer. Endpoint and key are not in it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ChatRequest {
    /// The model's id, as the server knows it.
    pub model: Arc<str>,
    /// The weights' revision, where the user pins one.
    pub revision: Option<Arc<str>>,
    /// The conversation.
    pub messages: Vec<Message>,
    /// How tokens are drawn.
    pub sampling: Sampling,
    /// The form that the answer must have.
    pub schema: Option<Arc<Schema>>,
    /// 0 at first; raised for each re-ask, since an equal request would get its recorded answer again.
    pub attempt: u32,
    /// The hash of the prompt file that the messages were made from.
    pub template: Arc<str>,
}

/// One message of a conversation.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Message {
    /// Who says it.
    pub role: Role,
    /// What is said.
    pub content: Arc<str>,
}

/// Who says a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Standing instructions.
    System,
    /// The caller.
    User,
    /// The model.
    Assistant,
}

/// How tokens are drawn. All of it is sent, since a model's own defaults would go unrecorded.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Sampling {
    /// 0 is greedy.
    pub temperature: f64,
    /// The share of probability that is drawn from.
    pub top_p: f64,
    /// The number of candidates; left to the server where none, since hosted services refuse the field.
    pub top_k: Option<u32>,
    /// Tokens of one answer at most.
    pub max_tokens: u32,
    /// How many answers are drawn for one prompt.
    pub num_samples: u32,
    /// Makes the draw repeatable where a server honours it.
    pub seed: u64,
}

/// A JSON schema with the name that servers ask for.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Schema {
    /// Letters, digits and underscores.
    pub name: String,
    /// The schema: flat, with `maxLength` and `maxItems`, and all properties required.
    pub schema: serde_json::Value,
}

/// SHA-256 over the canonical JSON of a request.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RequestHash(pub [u8; 32]);

impl ChatRequest {
    /// The key of this request in the ledger, and its name in provenance.
    pub fn hash(&self) -> RequestHash {
        // Fields are written in the order of the struct and numbers in one form, so equal requests give equal bytes.
        let canonical = serde_json::to_vec(self).unwrap_or_default();
        RequestHash(Sha256::digest(&canonical).into())
    }
}

impl fmt::Display for RequestHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for RequestHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RequestHash({self})")
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{ChatRequest, Message, Role, Sampling};

    fn request() -> ChatRequest {
        ChatRequest {
            model: Arc::from("m"),
            revision: None,
            messages: vec![Message { role: Role::User, content: Arc::from("hello") }],
            sampling: Sampling { temperature: 0.0, top_p: 1.0, top_k: None, max_tokens: 9, num_samples: 1, seed: 7 },
            schema: None,
            attempt: 0,
            template: Arc::from("t"),
        }
    }

    #[test]
    fn whatever_could_change_the_answer_changes_the_hash() {
        let first = request();
        assert_eq!(first.hash(), request().hash());
        let mut changed = vec![request(); 5];
        changed[0].attempt = 1;
        changed[1].sampling.seed = 8;
        changed[2].revision = Some(Arc::from("main"));
        changed[3].messages[0].role = Role::System;
        changed[4].template = Arc::from("u");
        for other in changed {
            assert_ne!(first.hash(), other.hash(), "{other:?}");
        }
    }
}
