//! Counts what each stage asks of models, replies out of the ledger included: what a run would cost if nothing were known.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use futures::FutureExt;
use futures::future::BoxFuture;
use quarry_llm::{Call, Chat, Error, Model, Reply, Usage};

/// What one stage asked so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct StageUse {
    /// The id of the model that it asks.
    pub(crate) model: String,
    /// The model's name in the config.
    pub(crate) name: String,
    /// The stage's place in the recipe.
    pub(crate) position: u32,
    /// Answered calls.
    pub(crate) num_calls: u64,
    /// Those of them that the ledger held.
    pub(crate) num_from_ledger: u64,
    /// Tokens of all of them.
    pub(crate) usage: Usage,
    /// Prompt and answer tokens by document, as calls are routed.
    pub(crate) by_document: BTreeMap<u64, Usage>,
}

/// The counts of a run by stage.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    stages: Mutex<BTreeMap<Arc<str>, StageUse>>,
    keeps_documents: bool,
}

impl Meter {
    /// A meter that also counts by document, for estimates over a few of them.
    pub(crate) fn by_document() -> Meter {
        Meter { keeps_documents: true, ..Meter::default() }
    }

    /// The models with this meter before each.
    pub(crate) fn around(self: &Arc<Meter>, models: BTreeMap<String, Model>) -> BTreeMap<String, Model> {
        let metered = |(name, model): (String, Model)| {
            let chat = Metered { name: name.clone(), inner: Arc::clone(&model.chat), meter: Arc::clone(self) };
            (name, Model { chat: Arc::new(chat), ..model })
        };
        models.into_iter().map(metered).collect()
    }

    /// What every stage asked so far, in the order of the recipe.
    pub(crate) fn stages(&self) -> Vec<(Arc<str>, StageUse)> {
        let stages = self.stages.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mut stages: Vec<_> = stages.into_iter().collect();
        stages.sort_by_key(|(_, used)| used.position);
        stages
    }

    fn count(&self, name: &str, asked: &Call, reply: &Reply) {
        let mut stages = self.stages.lock().unwrap_or_else(PoisonError::into_inner);
        let counted = stages.entry(Arc::clone(&asked.stage)).or_insert_with(|| StageUse {
            model: asked.request.model.to_string(),
            name: name.to_owned(),
            position: asked.priority,
            ..StageUse::default()
        });
        counted.num_calls += 1;
        counted.num_from_ledger += u64::from(reply.from_ledger);
        add(&mut counted.usage, reply.usage);
        if self.keeps_documents {
            add(counted.by_document.entry(asked.route).or_default(), reply.usage);
        }
    }
}

fn add(sum: &mut Usage, usage: Usage) {
    sum.prompt_tokens += usage.prompt_tokens;
    sum.cached_tokens += usage.cached_tokens;
    sum.completion_tokens += usage.completion_tokens;
}

/// A model whose replies are counted.
struct Metered {
    name: String,
    inner: Arc<dyn Chat>,
    meter: Arc<Meter>,
}

impl Chat for Metered {
    fn chat(&self, call: Call) -> BoxFuture<'_, Result<Reply, Error>> {
        async move {
            let reply = self.inner.chat(call.clone()).await?;
            self.meter.count(&self.name, &call, &reply);
            Ok(reply)
        }
        .boxed()
    }
}
