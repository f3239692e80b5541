//! One endpoint: its places, its health, and what has been learned of its dialect.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use tokio::sync::oneshot;
use tokio::time::Instant;
use xxhash_rust::xxh3::xxh3_64;

use crate::breaker::{Admission, Breaker, Outcome};
use crate::limit::{Finished, Gauges, Pace, PriorityQueue};
use crate::transport::Address;
use crate::wire::{Dialect, FaultKind, Format};
use crate::{Concurrency, ModelSettings, StructuredOutput};

/// One replica of a model.
pub(crate) struct Endpoint {
    /// Where it listens.
    pub address: Address,
    /// A hash of where it listens, for routing.
    pub seed: u64,
    /// Whether anything was ever heard of it, if only that it is busy.
    pub was_reached: AtomicBool,
    /// Whether its metrics are being looked at.
    pub is_watched: AtomicBool,
    inner: Mutex<Inner>,
    last_fault: Mutex<Option<String>>,
    // Copies of what is under the lock, for routing and progress.
    load: AtomicU32,
    limit: AtomicU32,
    down: AtomicBool,
    has_learned: AtomicBool,
    /// By model's id: a server of several may speak differently for each.
    learned: RwLock<HashMap<Arc<str>, Learned>>,
    settings: DialectSettings,
}

/// What a server's refusals taught of one model.
#[derive(Clone, Debug, Default)]
struct Learned {
    /// By name of the schema.
    formats: HashMap<String, Format>,
    completion_tokens: bool,
    no_stream_usage: bool,
}

#[derive(Clone, Copy, PartialEq)]
struct DialectSettings {
    concurrency: Concurrency,
    format: Format,
    may_loosen: bool,
    stream: bool,
    priority: bool,
}

struct Inner {
    in_flight: u32,
    waiting: PriorityQueue<oneshot::Sender<Permit>>,
    pace: Pace,
    breaker: Breaker,
}

impl DialectSettings {
    fn of(settings: &ModelSettings) -> DialectSettings {
        DialectSettings {
            concurrency: settings.concurrency,
            format: match settings.structured_output {
                StructuredOutput::Auto | StructuredOutput::JsonSchema => Format::Schema,
                StructuredOutput::JsonObject => Format::Object,
                StructuredOutput::Off => Format::Prompt,
            },
            may_loosen: settings.structured_output == StructuredOutput::Auto,
            stream: settings.stream,
            priority: settings.takes_priority,
        }
    }
}

/// What came of asking for a place.
pub(crate) enum Place {
    /// Go.
    Permit(Permit),
    /// Wait for it; an error from the channel means: ask anew.
    Queued(oneshot::Receiver<Permit>),
    /// The endpoint is down until then.
    Down(Instant),
}

impl Endpoint {
    /// Starts with what the settings say.
    pub(crate) fn new(address: Address, settings: &ModelSettings, now: Instant) -> Arc<Endpoint> {
        let pace = Pace::new(settings.concurrency, now);
        let settings = DialectSettings::of(settings);
        Arc::new(Endpoint {
            seed: xxh3_64(address.chat.as_str().as_bytes()),
            address,
            was_reached: AtomicBool::new(false),
            is_watched: AtomicBool::new(false),
            load: AtomicU32::new(0),
            limit: AtomicU32::new(pace.limit()),
            down: AtomicBool::new(false),
            last_fault: Mutex::default(),
            inner: Mutex::new(Inner { in_flight: 0, waiting: PriorityQueue::new(), pace, breaker: Breaker::new(now) }),
            has_learned: AtomicBool::new(false),
            learned: RwLock::default(),
            settings,
        })
    }

    /// Whether it is the one that listens there, asked in the same way: models that share a server share its places.
    pub(crate) fn serves(&self, address: &Address, settings: &ModelSettings) -> bool {
        self.address.chat == address.chat && self.settings == DialectSettings::of(settings)
    }

    /// Calls in flight to it and waiting for it.
    pub(crate) fn load(&self) -> u32 {
        self.load.load(Ordering::Relaxed)
    }

    /// Calls that it takes at once.
    pub(crate) fn limit(&self) -> u32 {
        self.limit.load(Ordering::Relaxed)
    }

    /// Whether it is down.
    pub(crate) fn is_down(&self) -> bool {
        self.down.load(Ordering::Relaxed)
    }

    /// Whether a call is finding out if it is back.
    pub(crate) fn is_probing(&self) -> bool {
        self.lock().breaker.is_probing()
    }

    /// Since when it has been down, if it is.
    pub(crate) fn down_since(&self) -> Option<Instant> {
        self.lock().breaker.down_since()
    }

    /// The latest words of a failure.
    pub(crate) fn last_fault(&self) -> Option<String> {
        self.last_fault.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Remembers the words of a failure.
    pub(crate) fn set_last_fault(&self, words: &str) {
        *self.last_fault.lock().unwrap_or_else(PoisonError::into_inner) = Some(words.to_owned());
    }

    /// Calls in flight, and waiting.
    pub(crate) fn counts(&self) -> (u32, u32) {
        let in_flight = self.lock().in_flight;
        (in_flight, self.load().saturating_sub(in_flight))
    }

    /// Asks for a place.
    pub(crate) fn place(self: &Arc<Endpoint>, priority: u32, now: Instant) -> Place {
        let mut inner = self.lock();
        let probe = match inner.breaker.admit(now) {
            Admission::Wait(until) => return Place::Down(until),
            Admission::Probe => true,
            Admission::Go => false,
        };
        if probe || (inner.in_flight < inner.pace.limit() && inner.waiting.is_empty()) {
            inner.in_flight += 1;
            self.load.fetch_add(1, Ordering::Relaxed);
            return Place::Permit(self.permit(probe));
        }
        let (sender, receiver) = oneshot::channel();
        inner.waiting.push(priority, sender);
        Place::Queued(receiver)
    }

    /// Sends all who wait away, to ask anew.
    pub(crate) fn turn_away(&self) {
        let waiting = self.lock().waiting.take_all();
        drop(waiting);
    }

    /// Takes what the server says of itself.
    pub(crate) fn observed(self: &Arc<Endpoint>, now: Instant, gauges: Gauges) {
        let mut inner = self.lock();
        let (in_flight, full) = (inner.in_flight, !inner.waiting.is_empty());
        inner.pace.observed(now, gauges, in_flight, full);
        self.serve(inner);
    }

    /// How a request to a model for a schema is to be put.
    pub(crate) fn dialect(&self, model: &str, schema: Option<&str>) -> Dialect {
        let learned = self.has_learned.load(Ordering::Relaxed).then(|| {
            let learned = self.learned.read().unwrap_or_else(PoisonError::into_inner);
            learned.get(model).cloned()
        });
        let learned = learned.flatten().unwrap_or_default();
        let format = schema.and_then(|name| learned.formats.get(name).copied());
        Dialect {
            format: format.unwrap_or(self.settings.format),
            completion_tokens: learned.completion_tokens,
            stream_usage: !learned.no_stream_usage,
            stream: self.settings.stream,
            priority: self.settings.priority,
        }
    }

    /// Learns from a refusal of what was sent in a dialect. Says whether there is another way to put it.
    pub(crate) fn learn(&self, refused: FaultKind, sent: Dialect, model: &Arc<str>, schema: Option<&str>) -> bool {
        let mut all = self.learned.write().unwrap_or_else(PoisonError::into_inner);
        let learned = all.entry(Arc::clone(model)).or_default();
        self.has_learned.store(true, Ordering::Relaxed);
        match (refused, schema) {
            (FaultKind::CompletionTokens, _) => {
                learned.completion_tokens = true;
                !sent.completion_tokens
            }
            (FaultKind::StreamUsage, _) => {
                learned.no_stream_usage = true;
                sent.stream && sent.stream_usage
            }
            (FaultKind::Format, Some(schema)) if self.settings.may_loosen => {
                let looser = match sent.format {
                    Format::Schema => Format::Object,
                    Format::Object => Format::Prompt,
                    Format::Prompt => return false,
                };
                let format = learned.formats.entry(schema.to_owned()).or_insert(looser);
                *format = looser.max(*format);
                true
            }
            _ => false,
        }
    }

    fn permit(self: &Arc<Endpoint>, probe: bool) -> Permit {
        Permit { endpoint: Arc::clone(self), probe, is_held: true, since: Instant::now() }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives free places to those who wait.
    fn serve(self: &Arc<Endpoint>, mut inner: MutexGuard<'_, Inner>) {
        let limit = inner.pace.limit();
        self.limit.store(limit, Ordering::Relaxed);
        while inner.in_flight < limit {
            let Some(sender) = inner.waiting.pop() else { break };
            if sender.is_closed() {
                continue;
            }
            inner.in_flight += 1;
            self.load.fetch_add(1, Ordering::Relaxed);
            if let Err(mut permit) = sender.send(self.permit(false)) {
                // Whoever waited has gone. Its drop would lock what is locked here.
                permit.is_held = false;
                inner.in_flight -= 1;
                self.load.fetch_sub(1, Ordering::Relaxed);
            }
        }
    }

    /// Counts a call that waits, for routing, until the count is dropped.
    pub(crate) fn count_waiting(self: &Arc<Endpoint>) -> Waiting {
        self.load.fetch_add(1, Ordering::Relaxed);
        Waiting(Arc::clone(self))
    }
}

/// A call that waits for a place.
pub(crate) struct Waiting(Arc<Endpoint>);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.load.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A place among the calls in flight to an endpoint; free again when dropped.
pub(crate) struct Permit {
    /// The endpoint.
    pub endpoint: Arc<Endpoint>,
    probe: bool,
    is_held: bool,
    since: Instant,
}

/// What a call says of its endpoint.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Told {
    /// Of its health.
    pub outcome: Outcome,
    /// Whether it said that it was too much.
    pub refused: bool,
    /// Tokens of the answer.
    pub tokens: u64,
}

impl Permit {
    /// Gives the place back and says what came of it. Says whether the endpoint's health changed by it.
    pub(crate) fn finish(mut self, told: Told) -> bool {
        self.is_held = false;
        let now = Instant::now();
        let took = now.duration_since(self.since);
        let mut inner = self.endpoint.lock();
        inner.in_flight -= 1;
        self.endpoint.load.fetch_sub(1, Ordering::Relaxed);
        let full = !inner.waiting.is_empty();
        inner.pace.finished(now, Finished { tokens: told.tokens, took, refused: told.refused, full });
        let changed =
            if self.probe { inner.breaker.probed(now, told.outcome) } else { inner.breaker.tell(now, told.outcome) };
        self.endpoint.down.store(inner.breaker.down_since().is_some(), Ordering::Relaxed);
        self.endpoint.serve(inner);
        changed
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        if !self.is_held {
            return;
        }
        let mut inner = self.endpoint.lock();
        inner.in_flight -= 1;
        self.endpoint.load.fetch_sub(1, Ordering::Relaxed);
        if self.probe {
            inner.breaker.probe_lost(Instant::now());
        }
        self.endpoint.serve(inner);
    }
}
