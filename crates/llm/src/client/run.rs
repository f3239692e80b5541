//! All models of a run.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::time::timeout;

use super::Record;
use super::asker::{Asker, Shared};
use super::endpoint::Endpoint;
use super::flights::Flights;
use super::snapshot::{ModelSnapshot, Snapshot};
use super::stop::Stop;
use crate::budget::Purse;
use crate::{Budget, Concurrency, Error, ErrorKind, Model, ModelSettings, Transport, Usage};

/// The models of a run, under one budget and with one record.
///
/// Made anywhere; calls must be made inside a tokio runtime with time and IO. An error that stops the run stops the whole
/// client: calls that were sent are still taken and kept, no other is begun. Call [`Client::drain`] before the runtime
/// ends, however the run ends, or what is in flight is paid for and lost.
pub struct Client {
    askers: BTreeMap<String, Arc<Asker>>,
    shared: Arc<Shared>,
}

impl Client {
    /// Prepares models by the names that recipes use. Sends nothing.
    ///
    /// # Errors
    /// Settings that cannot be used: endpoints, key or certificates.
    pub fn new(
        models: BTreeMap<String, ModelSettings>,
        budget: Budget,
        transport: Transport,
        record: Arc<dyn Record>,
    ) -> Result<Arc<Client>, Error> {
        let shared = Arc::new(Shared {
            record,
            purse: Purse::new(&budget),
            stop: Arc::new(Stop::default()),
            flights: Arc::new(Flights::default()),
            transport,
        });
        check_budget("the run", &budget)?;
        let mut askers = BTreeMap::new();
        let mut endpoints = Vec::new();
        for (name, settings) in models {
            let asker = Asker::new(&name, settings, Arc::clone(&shared), &mut endpoints)?;
            askers.insert(name, Arc::new(asker));
        }
        Ok(Arc::new(Client { askers, shared }))
    }

    /// The model of that name, ready to be asked.
    pub fn model(&self, name: &str) -> Option<Model> {
        let asker = self.askers.get(name)?;
        let settings = &asker.settings;
        let limit = match settings.concurrency {
            Concurrency::Auto { max } => max,
            Concurrency::Fixed(limit) => limit,
        };
        Some(Model {
            id: Arc::from(settings.id.as_str()),
            revision: settings.revision.as_deref().map(Arc::from),
            context_tokens: settings.context_tokens,
            max_in_flight: (limit as usize).max(1) * settings.endpoints.len(),
            chat: Arc::new(Arc::clone(asker)),
        })
    }

    /// Begins no call any more, and sees that those which were sent are answered and kept even when nobody waits for them.
    /// Calls that had not been sent get an error of kind [`ErrorKind::Stopped`].
    pub fn stop(&self) {
        self.shared.stop.stop(Error::new(ErrorKind::Stopped, "the run is being stopped"));
        self.askers.values().for_each(|asker| asker.replicas.turn_away());
    }

    /// Stops, and waits until all calls that were sent are answered and durable, or so long. Gives the number of calls that
    /// are still under way: none on a clean stop.
    pub async fn drain(&self, within: Duration) -> usize {
        self.stop();
        // What is left when time is up is counted below.
        timeout(within, self.shared.flights.all_ended()).await.ok();
        self.shared.flights.num_under_way()
    }

    /// How things stand.
    pub fn snapshot(&self) -> Snapshot {
        let models = self.askers.iter().map(|(name, asker)| (name.clone(), snapshot_of(asker))).collect();
        let mut seen: Vec<&Arc<Endpoint>> = Vec::new();
        for endpoint in self.askers.values().flat_map(|asker| &asker.replicas.list) {
            if !seen.iter().any(|other| Arc::ptr_eq(other, endpoint)) {
                seen.push(endpoint);
            }
        }
        let in_flight = seen.iter().map(|endpoint| endpoint.counts().0).sum();
        let limit = seen.iter().map(|endpoint| endpoint.limit()).sum();
        Snapshot { models, in_flight, limit }
    }
}

/// A cap that is no number would cap nothing.
fn check_budget(whose: &str, budget: &Budget) -> Result<(), Error> {
    if budget.max_cost.is_some_and(|cost| !cost.is_finite() || cost < 0.0) {
        let message = format!("`max_cost` of {whose} must be a number and not negative");
        return Err(Error::new(ErrorKind::Settings, message));
    }
    budget.stages.iter().try_for_each(|(stage, budget)| check_budget(&format!("stage `{stage}`"), budget))
}

fn snapshot_of(asker: &Asker) -> ModelSnapshot {
    let endpoints = &asker.replicas.list;
    let (in_flight, waiting) = endpoints
        .iter()
        .map(|endpoint| endpoint.counts())
        .fold((0, 0), |sum, counts| (sum.0 + counts.0, sum.1 + counts.1));
    let read = |count: &std::sync::atomic::AtomicU64| count.load(Ordering::Relaxed);
    let tallies = &asker.tallies;
    ModelSnapshot {
        in_flight,
        limit: endpoints.iter().map(|endpoint| endpoint.limit()).sum(),
        waiting,
        num_calls: read(&tallies.num_calls),
        num_from_ledger: read(&tallies.num_from_record),
        num_retries: read(&tallies.num_retries),
        usage: Usage {
            prompt_tokens: read(&tallies.prompt_tokens),
            cached_tokens: read(&tallies.cached_tokens),
            completion_tokens: read(&tallies.completion_tokens),
        },
        cost: tallies.cost(),
        down: asker
            .replicas
            .all_down_since()
            .map(|_| endpoints.iter().find_map(|endpoint| endpoint.last_fault()).unwrap_or_default()),
    }
}
