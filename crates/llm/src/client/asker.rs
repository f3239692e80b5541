//! One model, asked: out of the record, or over HTTP under the budget, and kept before anyone sees the answer.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use futures::FutureExt as _;
use futures::future::BoxFuture;
use tokio::time::Instant;
use tokio_util::task::AbortOnDropHandle;

use super::endpoint::{Endpoint, Permit};
use super::flights::Flights;
use super::replicas::Replicas;
use super::samples::{Drawn, draw_all};
use super::stop::Stop;
use super::watch::watch;
use super::{Entry, Record};
use crate::budget::{Purse, Spend};
use crate::transport::{addresses, connect};
use crate::{Call, Chat, Concurrency, Error, ErrorKind, Finish, ModelSettings, Reply, RequestHash, Transport, Usage};

/// What all models of a run have in common.
pub(super) struct Shared {
    pub record: Arc<dyn Record>,
    pub purse: Arc<Purse>,
    pub stop: Arc<Stop>,
    pub flights: Arc<Flights>,
    pub transport: Transport,
}

/// Asks one model.
pub(super) struct Asker {
    pub name: String,
    pub settings: ModelSettings,
    pub http: reqwest::Client,
    pub replicas: Replicas,
    pub shared: Arc<Shared>,
    pub tallies: Tallies,
    /// Answers that it gave.
    pub num_good: AtomicU64,
    /// Requests that no endpoint of it understood since its last answer.
    pub num_misunderstood: AtomicU32,
    ignores_num_samples: AtomicBool,
    /// Set with the first call, when there is a runtime.
    watches: OnceLock<Vec<AbortOnDropHandle<()>>>,
}

/// What a model has done in this run.
#[derive(Default)]
pub(super) struct Tallies {
    pub num_calls: AtomicU64,
    pub num_from_record: AtomicU64,
    pub num_retries: AtomicU64,
    pub prompt_tokens: AtomicU64,
    pub cached_tokens: AtomicU64,
    pub completion_tokens: AtomicU64,
    /// Bits of a float.
    cost: AtomicU64,
}

impl Tallies {
    fn add(&self, drawn: &Drawn, cost: f64) {
        self.num_calls.fetch_add(1, Ordering::Relaxed);
        self.prompt_tokens.fetch_add(drawn.usage.prompt_tokens, Ordering::Relaxed);
        self.cached_tokens.fetch_add(drawn.usage.cached_tokens, Ordering::Relaxed);
        self.completion_tokens.fetch_add(drawn.usage.completion_tokens, Ordering::Relaxed);
        let add = |bits: u64| Some((f64::from_bits(bits) + cost).to_bits());
        self.cost.fetch_update(Ordering::Relaxed, Ordering::Relaxed, add).ok();
    }

    pub(super) fn cost(&self) -> f64 {
        f64::from_bits(self.cost.load(Ordering::Relaxed))
    }
}

impl Asker {
    /// Prepares a model; sends nothing.
    pub(super) fn new(
        name: &str,
        settings: ModelSettings,
        shared: Arc<Shared>,
        known: &mut Vec<Arc<Endpoint>>,
    ) -> Result<Asker, Error> {
        check(name, &settings)?;
        let now = Instant::now();
        let mut endpoints = Vec::new();
        for address in addresses(name, &settings)? {
            let shared = known.iter().find(|endpoint| endpoint.serves(&address, &settings)).map(Arc::clone);
            let endpoint = shared.unwrap_or_else(|| Endpoint::new(address, &settings, now));
            known.push(Arc::clone(&endpoint));
            endpoints.push(endpoint);
        }
        Ok(Asker {
            name: name.to_owned(),
            http: connect(name, &settings)?,
            replicas: Replicas::new(endpoints),
            shared,
            tallies: Tallies::default(),
            num_good: AtomicU64::new(0),
            num_misunderstood: AtomicU32::new(0),
            ignores_num_samples: AtomicBool::new(!settings.takes_num_samples),
            watches: OnceLock::new(),
            settings,
        })
    }

    /// Waits for a place at one of the endpoints.
    pub(super) async fn permit(&self, call: &Call, begun: Option<&AtomicBool>) -> Result<Permit, Error> {
        self.replicas.permit(call, &self.shared.stop, begun, self.settings.give_up_after).await
    }

    /// Whether the server draws several samples in one request, as far as is known.
    pub(super) fn takes_num_samples(&self) -> bool {
        !self.ignores_num_samples.load(Ordering::Relaxed)
    }

    /// Learns that it does not.
    pub(super) fn ignores_num_samples(&self) {
        self.ignores_num_samples.store(true, Ordering::Relaxed);
    }

    /// Answers a call: what is on record, or else what the model says, once it is on record.
    async fn answer(&self, call: Call, hash: RequestHash) -> Result<Reply, Error> {
        let shared = &self.shared;
        if let Some(reply) = shared.record.find(&hash).await? {
            self.tallies.num_from_record.fetch_add(1, Ordering::Relaxed);
            return Ok(reply);
        }
        if shared.transport != Transport::Live {
            let message = format!("the reply of model `{}` to request {hash} is not in the ledger", self.name);
            return Err(Error::new(ErrorKind::Undecided, message));
        }
        if shared.stop.is_stopped() {
            return Err(shared.stop.error());
        }
        let samples = call.request.sampling.num_samples.max(1);
        self.watches.get_or_init(|| self.watch());
        // A server that draws one at a time reads the prompt each time, and one that draws too few is asked again.
        let held = shared.purse.hold(&call, || Spend::bound(&call, &self.settings, samples)).await?;
        let mut usage = Usage::default();
        let drawn = draw_all(self, &call, &mut usage).await;
        let spent = Spend::of(&usage, &self.settings);
        held.settle(spent);
        let drawn = drawn?;
        self.tallies.add(&drawn, spent.cost);
        let reply = Reply { hash, choices: drawn.choices, usage: drawn.usage, from_ledger: false };
        let entry = Entry {
            call: Arc::new(call),
            reply: reply.clone(),
            body: drawn.body,
            cost: spent.cost,
            num_tries: drawn.num_tries,
            duration: drawn.duration,
        };
        shared.record.keep(entry).await?;
        Ok(reply)
    }

    fn watch(&self) -> Vec<AbortOnDropHandle<()>> {
        match self.settings.concurrency {
            Concurrency::Fixed(_) => Vec::new(),
            Concurrency::Auto { .. } => self
                .replicas
                .list
                .iter()
                .filter(|endpoint| !endpoint.is_watched.swap(true, Ordering::Relaxed))
                .map(|endpoint| watch(&self.http, endpoint))
                .collect(),
        }
    }

    /// Answers a call and stops the run where the run is at fault.
    async fn answer_or_stop(self: Arc<Asker>, call: Call, hash: RequestHash) -> Result<Reply, Error> {
        let result = self.answer(call, hash).await.map_err(|error| self.named(error));
        if let Err(error) = &result
            && error.stops_the_run()
        {
            self.shared.stop.stop(error.clone());
            self.replicas.turn_away();
        }
        result
    }

    /// Says which model an error is about.
    fn named(&self, error: Error) -> Error {
        match error.kind {
            ErrorKind::Budget | ErrorKind::Ledger | ErrorKind::Stopped => error,
            _ if error.message.starts_with("model ") => error,
            kind => Error::new(kind, format!("model `{}`: {}", self.name, error.message)),
        }
    }
}

/// Refuses settings that would let calls through that cannot succeed or are not counted.
fn check(name: &str, settings: &ModelSettings) -> Result<(), Error> {
    let prices = &settings.prices;
    let is_price = |price: f64| price.is_finite() && price >= 0.0;
    let fault = if settings.id.is_empty() {
        "has no `id`"
    } else if settings.timeout.is_zero() {
        "has a `timeout` of 0"
    } else if ![prices.input, prices.output, prices.cached_input.unwrap_or(0.0)].into_iter().all(is_price) {
        "has a price that is negative or no number"
    } else {
        return Ok(());
    };
    Err(Error::new(ErrorKind::Settings, format!("model `{name}` {fault}")))
}

impl Chat for Arc<Asker> {
    fn chat(&self, call: Call) -> BoxFuture<'_, Result<Reply, Error>> {
        async move {
            let hash = call.request.hash();
            let shared = &self.shared;
            let begin = || Arc::clone(self).answer_or_stop(call, hash);
            let reply = shared.flights.join(hash, &shared.stop, begin).await?;
            let blocked = |finish: Finish| matches!(finish, Finish::ContentFilter | Finish::Refusal);
            if reply.choices.iter().all(|choice| blocked(choice.finish)) {
                let message = format!("model `{}` filtered or refused the answer", self.name);
                return Err(Error::new(ErrorKind::Filtered, message));
            }
            Ok(reply)
        }
        .boxed()
    }
}
