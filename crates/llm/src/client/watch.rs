//! Looks at servers' metrics while a run goes on.

use std::sync::{Arc, Weak};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::time::{Instant, sleep};
use tokio_util::task::AbortOnDropHandle;

use super::endpoint::Endpoint;
use crate::limit::read_gauges;
use crate::retry::Backoff;
use crate::transport::{Page, get};

/// Time between two looks.
const EVERY: Duration = Duration::from_millis(500);
/// The longest pause after looks that failed.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// Failed looks in a row after which a server that never showed metrics is left alone.
const MAX_MISSES: u32 = 8;
/// Bytes of metrics that are read.
const MAX_BYTES: usize = 8 << 20;

/// Starts to look at an endpoint; ends when the handle or the endpoint is dropped.
pub(super) fn watch(http: &reqwest::Client, endpoint: &Arc<Endpoint>) -> AbortOnDropHandle<()> {
    let look = look_again(http.clone(), Arc::downgrade(endpoint));
    AbortOnDropHandle::new(Handle::current().spawn(look))
}

async fn look_again(http: reqwest::Client, endpoint: Weak<Endpoint>) {
    let (mut num_misses, mut has_metrics, mut pauses) = (0, false, None);
    while let Some(endpoint) = endpoint.upgrade() {
        let pause = match get(&http, &endpoint.address.metrics, EVERY * 4, MAX_BYTES).await {
            Page::Body(body) => {
                let Some(gauges) = read_gauges(&String::from_utf8_lossy(&body)) else { return };
                (num_misses, has_metrics, pauses) = (0, true, None);
                endpoint.observed(Instant::now(), gauges);
                EVERY
            }
            Page::None => return,
            Page::Later(told) => {
                num_misses += 1;
                if num_misses > MAX_MISSES && !has_metrics {
                    return;
                }
                let pauses = pauses.get_or_insert_with(|| Backoff::new(endpoint.seed, LONGEST_PAUSE));
                pauses.next(told).max(EVERY)
            }
        };
        drop(endpoint);
        sleep(pause).await;
    }
}
