//! The models that a run asks over HTTP: their client, the ledger behind it, and the meter before it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use quarry_engine::recipe::Recipe;
use quarry_llm::{Client, Ledger, MemoryRecord, Model, Prices, Record, Transport};

use crate::config::Config;
use crate::meter::Meter;
use crate::models;

/// What a run asks models through.
pub(crate) struct Asked {
    client: Arc<Client>,
    drain: Duration,
    /// What was asked so far.
    pub(crate) meter: Arc<Meter>,
    /// Prices by the models' names in the config.
    pub(crate) prices: BTreeMap<String, Prices>,
}

impl Asked {
    /// Prepares the models that a recipe names, with the ledger of the config. Sends nothing.
    ///
    /// # Errors
    /// A key is not set, settings cannot be used, or the ledger cannot be opened.
    pub(crate) fn open(recipe: &Recipe, config: &Config, transport: Transport, meter: Meter) -> anyhow::Result<Asked> {
        let names = models::asked_by(recipe, config);
        let record: Arc<dyn Record> = match names.is_empty() {
            true => Arc::new(MemoryRecord::default()),
            false => Arc::new(Ledger::open(config.ledger_path())?),
        };
        Asked::with_record(recipe, config, transport, meter, record)
    }

    /// Prepares the models that a recipe names without touching a file, to see whether they could be asked.
    ///
    /// # Errors
    /// As of [`Asked::open`], but for the ledger.
    pub(crate) fn try_out(recipe: &Recipe, config: &Config) -> anyhow::Result<Asked> {
        Asked::with_record(recipe, config, Transport::Replay, Meter::default(), Arc::new(MemoryRecord::default()))
    }

    /// Prepares the models that a recipe names, with a record that is open.
    ///
    /// # Errors
    /// As of [`Asked::open`], but for the ledger.
    pub(crate) fn with_record(
        recipe: &Recipe,
        config: &Config,
        transport: Transport,
        meter: Meter,
        record: Arc<dyn Record>,
    ) -> anyhow::Result<Asked> {
        for stage in config.budget.stages.keys().filter(|name| recipe.stages.iter().all(|stage| stage.name != **name)) {
            tracing::warn!("`budget.stages.{stage}` caps nothing: the recipe has no such stage");
        }
        let settings = models::settings(config, &models::asked_by(recipe, config))?;
        let prices = settings.iter().map(|(name, model)| (name.clone(), model.prices)).collect();
        let client = Client::new(settings, config.budget.clone(), transport, record)?;
        Ok(Asked { client, drain: config.run.drain, meter: Arc::new(meter), prices })
    }

    /// The models by the names that recipes use.
    pub(crate) fn models(&self) -> BTreeMap<String, Model> {
        let named = |name: &String| Some((name.clone(), self.client.model(name)?));
        self.meter.around(self.prices.keys().filter_map(named).collect())
    }

    /// Whether models were to be asked and none ever answered.
    pub(crate) fn is_unheard(&self) -> bool {
        !self.prices.is_empty() && self.meter.stages().is_empty()
    }

    /// Begins no call any more.
    pub(crate) fn stop(&self) {
        self.client.stop();
    }

    /// Waits for the calls that were sent, so that none of them is paid twice.
    pub(crate) async fn drain(&self) {
        let num_left = self.client.drain(self.drain).await;
        if num_left > 0 {
            tracing::warn!(
                "{num_left} calls were still under way after {:?}; they are paid again by the run that goes on (`run.drain` \
                 in the config is the time to wait)",
                self.drain
            );
        }
    }

    /// The client, for those who show how things stand; none where no model is asked.
    pub(crate) fn watch(&self) -> Option<Arc<Client>> {
        (!self.prices.is_empty()).then(|| Arc::clone(&self.client))
    }
}
