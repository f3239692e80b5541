//! How much of a server's capacity is used, in virtual time.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::routing::{get, post};
use futures::StreamExt as _;
use quarry_llm::{Budget, Concurrency, ModelSettings};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep};

use crate::stub::{Trial, answer, call};

/// A server that works on so many requests at once and lets all others wait.
struct Slots {
    num: usize,
    free: Semaphore,
    num_in: AtomicUsize,
    most_in: AtomicUsize,
}

/// How long a request takes: between half a second and two and a half.
fn took(seed: u64) -> Duration {
    Duration::from_millis(500 + seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) % 2_000)
}

async fn serve(num: usize, has_metrics: bool) -> (String, Arc<Slots>) {
    let slots =
        Arc::new(Slots { num, free: Semaphore::new(num), num_in: AtomicUsize::new(0), most_in: AtomicUsize::new(0) });
    let (working, watched) = (Arc::clone(&slots), Arc::clone(&slots));
    let work = move |bytes: Bytes| {
        let slots = Arc::clone(&working);
        async move {
            let body: Value = serde_json::from_slice(&bytes).unwrap();
            let num_in = slots.num_in.fetch_add(1, Ordering::Relaxed) + 1;
            slots.most_in.fetch_max(num_in, Ordering::Relaxed);
            let slot = slots.free.acquire().await;
            sleep(took(body["seed"].as_u64().unwrap_or(0))).await;
            slots.num_in.fetch_sub(1, Ordering::Relaxed);
            drop(slot);
            answer(&body, "{}").to_string()
        }
    };
    let metrics = move || async move {
        let num_in = watched.num_in.load(Ordering::Relaxed);
        let running = num_in.min(watched.num);
        format!("vllm:num_requests_running {running}\nvllm:num_requests_waiting {}\n", num_in - running)
    };
    let mut router = Router::new().route("/v1/chat/completions", post(work));
    if has_metrics {
        router = router.route("/metrics", get(metrics));
    }
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}/v1", listener.local_addr().unwrap());
    tokio::runtime::Handle::current().spawn(async move { axum::serve(listener, router).await });
    (base, slots)
}

/// Asks so many times; gives the share of the server's capacity that was used, and the most calls it had at once.
async fn goodput(num_slots: usize, has_metrics: bool, num_calls: u64) -> (f64, usize) {
    let (base, slots) = serve(num_slots, has_metrics).await;
    let settings = ModelSettings {
        id: "m".to_owned(),
        endpoints: vec![base],
        concurrency: Concurrency::Auto { max: 512 },
        ..ModelSettings::default()
    };
    let trial = Trial::new(settings, Budget::default());
    let started = Instant::now();
    let replies = futures::stream::iter((0..num_calls).map(|number| trial.ask(call(number)))).buffer_unordered(600);
    let num_good = replies.filter(|reply| std::future::ready(reply.is_ok())).count().await;
    assert_eq!(num_good as u64, num_calls);
    let work: Duration = (0..num_calls).map(took).sum();
    let share = work.as_secs_f64() / num_slots as f64 / started.elapsed().as_secs_f64();
    (share, slots.most_in.load(Ordering::Relaxed))
}

#[tokio::test(start_paused = true)]
async fn a_server_with_metrics_is_kept_full_and_hardly_more() {
    let (share, most_in) = goodput(100, true, 2_000).await;
    assert!(share > 0.9 && most_in < 200, "{share:.3} of capacity, {most_in} at once");
}

#[tokio::test(start_paused = true)]
async fn a_server_without_metrics_is_filled_by_what_it_gets_done() {
    let (share, most_in) = goodput(100, false, 2_000).await;
    assert!(share > 0.85, "{share:.3} of capacity, {most_in} at once");
}
