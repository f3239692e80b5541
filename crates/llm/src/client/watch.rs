//! Looks at servers' metrics while a run goes on.

use std::sync::{Arc, Weak};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::time::{Instant, sleep};
use tokio_util::task::AbortOnDropHandle;

use super::endpoint::Endpoint;
use crate::limit::read_gauges;
use crate::transport::get;

/// Time between two looks.
const EVERY: Duration = Duration::from_millis(500);
/// Looks at a server without metrics before it is left alone for long.
const MAX_MISSES: u32 = 4;
const SELDOM: Duration = Duration::from_secs(60);
/// Bytes of metrics that are read.
const MAX_BYTES: usize = 8 << 20;

/// Starts to look at an endpoint; ends when the handle or the endpoint is dropped.
pub(super) fn watch(http: &reqwest::Client, endpoint: &Arc<Endpoint>) -> AbortOnDropHandle<()> {
    let look = look_again(http.clone(), Arc::downgrade(endpoint));
    AbortOnDropHandle::new(Handle::current().spawn(look))
}

async fn look_again(http: reqwest::Client, endpoint: Weak<Endpoint>) {
    let mut num_misses = 0;
    while let Some(endpoint) = endpoint.upgrade() {
        let body = get(&http, &endpoint.address.metrics, EVERY * 4, MAX_BYTES).await;
        match body.and_then(|body| read_gauges(&String::from_utf8_lossy(&body))) {
            Some(gauges) => {
                num_misses = 0;
                endpoint.observed(Instant::now(), gauges);
            }
            None => num_misses += 1,
        }
        drop(endpoint);
        sleep(if num_misses >= MAX_MISSES { SELDOM } else { EVERY }).await;
    }
}
