//! What may be spent: held back before a call is sent, at its worst case, and settled when it has been answered.
//!
//! So the sum of what was spent and what is held never exceeds a cap. Prompt tokens are bounded without a tokenizer: no
//! token stands for less than a byte. What cannot be seen is not counted: a server may have worked on a call whose answer
//! was lost on the way, and bill it.

mod state;

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::oneshot;

use crate::{Budget, Call, Error, ModelSettings, Usage};
use state::State;

/// Tokens that a chat template may add for each message and for the whole.
const TEMPLATE_TOKENS: u64 = 64;

/// Money and tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Spend {
    /// By the model's prices.
    pub cost: f64,
    /// Of prompts.
    pub tokens_in: u64,
    /// Of answers.
    pub tokens_out: u64,
}

impl Spend {
    /// What was counted, at a model's prices.
    pub(crate) fn of(usage: &Usage, settings: &ModelSettings) -> Spend {
        let cost = settings.prices.cost(usage);
        Spend { cost, tokens_in: usage.prompt_tokens, tokens_out: usage.completion_tokens }
    }

    /// The most that a call can cost, asked in so many requests.
    pub(crate) fn bound(call: &Call, settings: &ModelSettings, num_requests: u32) -> Spend {
        let usage = most(call, num_requests);
        let prices = &settings.prices;
        let input = prices.input.max(prices.cached_input.unwrap_or(0.0));
        let cost = price(usage.prompt_tokens, input) + price(usage.completion_tokens, prices.output);
        Spend { cost, tokens_in: usage.prompt_tokens, tokens_out: usage.completion_tokens }
    }

    fn plus(self, other: Spend) -> Spend {
        Spend {
            cost: self.cost + other.cost,
            tokens_in: self.tokens_in + other.tokens_in,
            tokens_out: self.tokens_out + other.tokens_out,
        }
    }

    fn minus(self, other: Spend) -> Spend {
        Spend {
            cost: (self.cost - other.cost).max(0.0),
            tokens_in: self.tokens_in.saturating_sub(other.tokens_in),
            tokens_out: self.tokens_out.saturating_sub(other.tokens_out),
        }
    }
}

/// The most tokens that a call can take, asked in so many requests.
pub(crate) fn most(call: &Call, num_requests: u32) -> Usage {
    let request = &call.request;
    let texts: usize = request.messages.iter().map(|message| message.content.len()).sum();
    let schema = request.schema.as_ref().map_or(0, |schema| schema.schema.to_string().len());
    let template = TEMPLATE_TOKENS * (request.messages.len() as u64 + 1);
    let prompt = (texts + schema) as u64 + template;
    Usage {
        prompt_tokens: prompt * u64::from(num_requests),
        cached_tokens: 0,
        completion_tokens: u64::from(request.sampling.max_tokens) * u64::from(request.sampling.num_samples),
    }
}

#[expect(clippy::cast_precision_loss, reason = "money needs no more than 53 bits")]
fn price(tokens: u64, per_million: f64) -> f64 {
    tokens as f64 * per_million / 1e6
}

/// Guards the caps of a run.
pub(crate) struct Purse {
    /// None where nothing is capped.
    state: Option<Mutex<State>>,
}

impl Purse {
    /// Opens an untouched purse.
    pub(crate) fn new(budget: &Budget) -> Arc<Purse> {
        let capped = *budget != Budget::default();
        Arc::new(Purse { state: capped.then(|| Mutex::new(State::new(budget))) })
    }

    /// Holds back what a call may cost; waits while calls in flight may give room for it.
    ///
    /// # Errors
    /// It cannot fit any more.
    pub(crate) async fn hold(self: &Arc<Purse>, call: &Call, bound: impl FnOnce() -> Spend) -> Result<Held, Error> {
        let Some(state) = &self.state else { return Ok(Held { purse: None, stage: None, amount: Spend::default() }) };
        let amount = bound();
        let receiver = {
            let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
            let stage = state.stage(&call.stage);
            if state.is_quiet() && state.hold(stage, amount)? {
                return Ok(self.held(stage, amount));
            }
            let (sender, receiver) = oneshot::channel();
            state.wait(call.priority, stage, amount, sender);
            // The newcomer may go before those that wait.
            state.serve(self);
            receiver
        };
        receiver.await.unwrap_or_else(|_| Err(state::gone()))
    }

    fn held(self: &Arc<Purse>, stage: Option<usize>, amount: Spend) -> Held {
        Held { purse: Some(Arc::clone(self)), stage, amount }
    }

    fn give_back(self: &Arc<Purse>, stage: Option<usize>, held: Spend, spent: Spend) {
        let Some(state) = &self.state else { return };
        let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
        state.settle(stage, held, spent);
        state.serve(self);
    }
}

/// What is held back for a call; given back when dropped.
pub(crate) struct Held {
    purse: Option<Arc<Purse>>,
    stage: Option<usize>,
    amount: Spend,
}

impl Held {
    /// Spends some of it and gives the rest back.
    pub(crate) fn settle(mut self, spent: Spend) {
        if let Some(purse) = self.purse.take() {
            purse.give_back(self.stage, self.amount, spent);
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if let Some(purse) = self.purse.take() {
            purse.give_back(self.stage, self.amount, Spend::default());
        }
    }
}
