//! Where models are served and what may be spent: deployment, filled in by the program from config and environment.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

/// One model as it is served.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelSettings {
    /// The id that requests carry and that provenance shows.
    pub id: String,
    /// The weights' revision, where the user pins one.
    pub revision: Option<String>,
    /// Base URLs of its replicas, such as `http://localhost:8000/v1`.
    pub endpoints: Vec<String>,
    /// The key, read from the environment by name.
    pub key: Option<Secret>,
    /// Calls in flight to each endpoint.
    pub concurrency: Concurrency,
    /// How an answer is held to its schema.
    pub structured_output: StructuredOutput,
    /// Whether the server draws several samples for one prompt (`n`); otherwise the client asks once a sample.
    pub takes_num_samples: bool,
    /// Whether the server schedules by priority; an error where it does not.
    pub takes_priority: bool,
    /// Whether replies are streamed, so that an endless one is cut off early.
    pub stream: bool,
    /// Tokens of prompt and answer that the model can hold; 0 where unknown.
    pub context_tokens: u32,
    /// Tries of one call, the first included, before it is undecided. Waiting for a rate limit does not count.
    pub max_tries: u32,
    /// Time for one try, connection to last byte.
    pub timeout: Duration,
    /// How long all endpoints may be down in mid-run before the run stops.
    pub give_up_after: Duration,
    /// What tokens cost.
    pub prices: Prices,
    /// Whether plain `http://` may be used for hosts other than this one.
    pub allow_plain_http: bool,
    /// A file of certificates to trust besides the system's.
    pub ca_file: Option<PathBuf>,
}

impl Default for ModelSettings {
    fn default() -> ModelSettings {
        ModelSettings {
            id: String::new(),
            revision: None,
            endpoints: Vec::new(),
            key: None,
            concurrency: Concurrency::Auto { max: 1024 },
            structured_output: StructuredOutput::Auto,
            takes_num_samples: true,
            takes_priority: false,
            stream: false,
            context_tokens: 0,
            // A call that meets faults three times in ten still fails only once in two million.
            max_tries: 12,
            timeout: Duration::from_secs(600),
            give_up_after: Duration::from_secs(120),
            prices: Prices::default(),
            allow_plain_http: false,
            ca_file: None,
        }
    }
}

/// How the number of calls in flight to an endpoint is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Concurrency {
    /// By the server's metrics, its token throughput or its refusals, whichever it gives; never above `max`.
    Auto {
        /// The most calls in flight.
        max: u32,
    },
    /// This many.
    Fixed(u32),
}

/// How an answer is held to its schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StructuredOutput {
    /// `json_schema`, then `json_object`, then by prompt alone, as far down as the server refuses.
    Auto,
    /// `response_format: json_schema`.
    JsonSchema,
    /// `response_format: json_object`.
    JsonObject,
    /// By prompt alone.
    Off,
}

/// What tokens cost, in any currency, per million.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Prices {
    /// Prompt tokens.
    pub input: f64,
    /// Prompt tokens out of the prefix cache; as `input` where none is given.
    pub cached_input: Option<f64>,
    /// Answer tokens.
    pub output: f64,
}

impl Prices {
    /// What so many tokens cost.
    pub fn cost(&self, usage: &crate::Usage) -> f64 {
        let price = |tokens: u64, per_million: f64| tokens as f64 * per_million / 1e6;
        let cached = usage.cached_tokens.min(usage.prompt_tokens);
        price(usage.prompt_tokens - cached, self.input)
            + price(cached, self.cached_input.unwrap_or(self.input))
            + price(usage.completion_tokens, self.output)
    }
}

/// Caps on what a run may spend, replies out of the ledger not counted.
///
/// What a call may cost at most is held back before it is sent, so the sum of what is counted never exceeds a cap. A server
/// may also bill a call that it worked on and whose answer was lost (a cut connection, a timeout): nobody tells how much, so
/// that is in no sum. The number of tries beyond the first, in the snapshot and the ledger, says how much it could be.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Budget {
    /// Money.
    pub max_cost: Option<f64>,
    /// Prompt tokens.
    pub max_tokens_in: Option<u64>,
    /// Answer tokens.
    pub max_tokens_out: Option<u64>,
    /// The same caps for single stages, by stage name.
    pub stages: std::collections::BTreeMap<String, Budget>,
}

/// How requests reach a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Transport {
    /// Over HTTP, now.
    Live,
    /// Only out of the ledger; a request that it does not hold is undecided, and [`crate::BatchWriter`] may take it down.
    Replay,
}

/// A key. Its text is in no output: `Debug` hides it, and nothing serialises it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a key.
    pub fn new(text: String) -> Secret {
        Secret(text)
    }

    /// The key, for the header of a request and nothing else.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(...)")
    }
}
