//! Calls under way, by the hash of their request: who asks the same at the same time waits for the same answer.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use futures::FutureExt as _;
use futures::future::{Shared, WeakShared};
use tokio::runtime::Handle;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::task::TaskTracker;

use super::stop::Stop;
use crate::{Error, Reply, RequestHash};

/// How long a call that nobody waits for any more goes on, in case the run is about to stop.
const GRACE: Duration = Duration::from_secs(2);
/// A power of two: so many parts have a lock each.
const NUM_PARTS: usize = 16;

/// A call under way, for all who wait for it.
pub(super) type Flight = Shared<Landing>;

/// Calls by the hash of their request, numbered.
type Part = HashMap<RequestHash, (u64, WeakShared<Landing>)>;

/// All calls under way.
#[derive(Default)]
pub(super) struct Flights {
    parts: [Mutex<Part>; NUM_PARTS],
    num_begun: AtomicU64,
    tracker: TaskTracker,
}

impl Flights {
    /// Joins the call of that hash, or begins it. It is given up when nobody waits for it any more, unless the run is
    /// stopping: then what was sent is also taken.
    pub(super) fn join<F>(self: &Arc<Flights>, hash: RequestHash, stop: &Arc<Stop>, begin: impl FnOnce() -> F) -> Flight
    where
        F: Future<Output = Result<Reply, Error>> + Send + 'static,
    {
        let mut part = self.part(hash);
        if let Some(flight) = part.get(&hash).and_then(|(_, flight)| flight.upgrade()) {
            return flight;
        }
        let number = self.num_begun.fetch_add(1, Ordering::Relaxed);
        let entry = OnTheList { flights: Arc::clone(self), hash, number };
        let call = begin();
        let task = self.tracker.spawn(async move {
            let _entry = entry;
            call.await
        });
        let flight = Landing { task: Some(task), stop: Arc::clone(stop) }.shared();
        if let Some(weak) = flight.downgrade() {
            part.insert(hash, (number, weak));
        }
        flight
    }

    /// Waits until all calls have ended; none may be begun any more.
    pub(super) async fn all_ended(&self) {
        self.tracker.close();
        self.tracker.wait().await;
    }

    /// Calls under way.
    pub(super) fn num_under_way(&self) -> usize {
        self.tracker.len()
    }

    fn part(&self, hash: RequestHash) -> MutexGuard<'_, Part> {
        let idx = usize::from(hash.0[0]) % NUM_PARTS;
        self.parts[idx].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes a call off the list when it ends, however it ends.
struct OnTheList {
    flights: Arc<Flights>,
    hash: RequestHash,
    number: u64,
}

impl Drop for OnTheList {
    fn drop(&mut self) {
        let mut part = self.flights.part(self.hash);
        if part.get(&self.hash).is_some_and(|(number, _)| *number == self.number) {
            part.remove(&self.hash);
        }
    }
}

/// Waits for the task of a call, and ends it when dropped early.
pub(super) struct Landing {
    task: Option<JoinHandle<Result<Reply, Error>>>,
    stop: Arc<Stop>,
}

impl Future for Landing {
    type Output = Result<Reply, Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Some(task) = &mut self.task else { return Poll::Ready(Err(self.stop.error())) };
        let Poll::Ready(ended) = task.poll_unpin(cx) else { return Poll::Pending };
        self.task = None;
        match ended {
            Ok(result) => Poll::Ready(result),
            Err(error) => match error.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                Err(_) => Poll::Ready(Err(self.stop.error())),
            },
        }
    }
}

impl Drop for Landing {
    fn drop(&mut self) {
        let Some(task) = self.task.take().filter(|_| !self.stop.is_stopped()) else { return };
        let Ok(runtime) = Handle::try_current() else { return task.abort() };
        // A run that fails drops its calls first and says right afterwards that it stops.
        let stop = Arc::clone(&self.stop);
        runtime.spawn(async move {
            if timeout(GRACE, stop.stopped()).await.is_err() {
                task.abort();
            }
        });
    }
}
