//! The replicas of one model: which one gets a call, and what happens while none can.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

use super::endpoint::{Endpoint, Permit, Place};
use super::stop::Stop;
use crate::route::{Replica, choose};
use crate::{Call, Error, ErrorKind};

/// How long a server of which nothing was ever heard is waited for: long enough for a restart, too short to look like a hang.
const FIRST_SIGN_WITHIN: Duration = Duration::from_secs(12);

/// All endpoints of a model.
pub(super) struct Replicas {
    pub(super) list: Vec<Arc<Endpoint>>,
    /// Told when the health of one changes.
    changed: Notify,
}

impl Replicas {
    pub(super) fn new(list: Vec<Arc<Endpoint>>) -> Replicas {
        Replicas { list, changed: Notify::new() }
    }

    /// Waits for a place at an endpoint.
    ///
    /// # Errors
    /// The run stops, or all endpoints have been down for too long.
    pub(super) async fn permit(
        &self,
        call: &Call,
        stop: &Stop,
        begun: Option<&AtomicBool>,
        patience: Duration,
    ) -> Result<Permit, Error> {
        loop {
            let may_stop = begun.is_none_or(|begun| !begun.load(Ordering::Relaxed));
            if may_stop && stop.is_stopped() {
                return Err(stop.error());
            }
            let now = Instant::now();
            let changed = self.changed.notified();
            let due = match self.probe(call.priority, now) {
                Ok(permit) => return Ok(permit),
                Err(due) => due,
            };
            let Some(endpoint) = self.home(call.route) else {
                let stopped = async {
                    // Who may not stop has been told already.
                    if may_stop { stop.stopped().await } else { std::future::pending().await }
                };
                let until = self.patience_ends(now, due, patience)?;
                tokio::select! {
                    () = sleep_until(until) => {}
                    () = changed => {}
                    () = stopped => {}
                }
                continue;
            };
            match endpoint.place(call.priority, now) {
                Place::Permit(permit) => return Ok(permit),
                // It went down in between.
                Place::Down(_) => {}
                Place::Queued(receiver) => {
                    let _waiting = endpoint.count_waiting();
                    if let Ok(permit) = receiver.await {
                        // Places come free after a stop, too.
                        let may_stop = begun.is_none_or(|begun| !begun.load(Ordering::Relaxed));
                        if may_stop && stop.is_stopped() {
                            return Err(stop.error());
                        }
                        return Ok(permit);
                    }
                }
            }
        }
    }

    /// Tells those who wait that an endpoint went down or came back.
    pub(super) fn health_changed(&self, endpoint: &Endpoint) {
        let base = endpoint.address.shown.as_str();
        if endpoint.is_down() {
            let words = endpoint.last_fault().unwrap_or_default();
            tracing::warn!(endpoint = base, words, "endpoint is down; calls wait and one at a time tries again");
            endpoint.turn_away();
        } else {
            tracing::info!(endpoint = base, "endpoint is back");
        }
        self.changed.notify_waiters();
    }

    /// Sends all who wait away, to find out that the run stops.
    pub(super) fn turn_away(&self) {
        self.list.iter().for_each(|endpoint| endpoint.turn_away());
        self.changed.notify_waiters();
    }

    /// Since when all endpoints have been down.
    pub(super) fn all_down_since(&self) -> Option<Instant> {
        let since: Option<Vec<Instant>> = self.list.iter().map(|endpoint| endpoint.down_since()).collect();
        since?.into_iter().max()
    }

    /// The endpoint for a document, of those that are up or due for a probe.
    fn home(&self, route: u64) -> Option<&Arc<Endpoint>> {
        if let [only] = self.list.as_slice() {
            return Some(only).filter(|only| !only.is_down());
        }
        let up = self.list.iter().enumerate().filter(|(_, endpoint)| !endpoint.is_down());
        let replicas: Vec<Replica> = up
            .map(|(idx, endpoint)| Replica { idx, seed: endpoint.seed, load: endpoint.load(), limit: endpoint.limit() })
            .collect();
        self.list.get(choose(route, &replicas)?)
    }

    /// A place as the probe of an endpoint that is down, or when the next probe is due.
    fn probe(&self, priority: u32, now: Instant) -> Result<Permit, Instant> {
        let mut due = now + Duration::from_secs(1);
        for endpoint in self.list.iter().filter(|endpoint| endpoint.is_down()) {
            match endpoint.place(priority, now) {
                Place::Permit(permit) => return Ok(permit),
                Place::Down(until) => due = due.min(until),
                // It has just come back; what waits there is dropped, and asked for anew.
                Place::Queued(_) => due = now,
            }
        }
        Err(due)
    }

    /// When to look again, while all endpoints are down.
    fn patience_ends(&self, now: Instant, due: Instant, patience: Duration) -> Result<Instant, Error> {
        // What is being found out is waited for; the probe has a timeout of its own.
        if self.list.iter().any(|endpoint| endpoint.is_probing()) {
            return Ok(due);
        }
        let never = !self.list.iter().any(|endpoint| endpoint.was_reached.load(Ordering::Relaxed));
        let patience = if never { FIRST_SIGN_WITHIN.min(patience) } else { patience };
        match self.all_down_since() {
            Some(since) if now.duration_since(since) >= patience => {
                Err(self.given_up(now.duration_since(since), never))
            }
            Some(since) => Ok(due.min(since + patience)),
            None => Ok(now),
        }
    }

    fn given_up(&self, down_for: Duration, never: bool) -> Error {
        let urls: Vec<String> = self.list.iter().map(|endpoint| format!("`{}`", endpoint.address.shown)).collect();
        let urls = urls.join(", ");
        let words = self.list.iter().find_map(|endpoint| endpoint.last_fault()).unwrap_or_default();
        let secs = down_for.as_secs();
        let message = if never && words.contains("certificate") {
            format!("{urls} cannot be trusted: {words}; if it has a certificate of its own, set `ca_file`")
        } else if never {
            format!(
                "no answer from {urls}: {words}; check that the server runs and has loaded its model, and that the URL \
                 is right"
            )
        } else {
            format!("{urls} down for {secs} s: {words}; run again when it is back, nothing that was paid is paid twice")
        };
        Error::new(ErrorKind::Endpoint, message)
    }
}
