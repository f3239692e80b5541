//! What else a server has to say: its models, its health, its version, its metrics in vLLM's names, and our report.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;

use super::Shared;
use super::reply::{error_body, of_json, with_type};

/// The version that is answered: the first one with all that is modelled here.
const VERSION: &str = "0.12.0+quarry.mock";

/// `GET /v1/models`
pub(crate) async fn models(State(shared): State<Arc<Shared>>) -> Response {
    let settings = &shared.settings;
    let model = |id: &String| {
        json!({
            "id": id, "object": "model", "created": shared.created, "owned_by": "quarry",
            "root": id, "parent": null, "max_model_len": settings.machine.context_tokens,
        })
    };
    let models: Vec<_> = settings.models.iter().map(model).collect();
    of_json(StatusCode::OK, json!({ "object": "list", "data": models }).to_string())
}

/// `GET /health`
pub(crate) async fn health() -> StatusCode {
    StatusCode::OK
}

/// `GET /version`
pub(crate) async fn version() -> Response {
    of_json(StatusCode::OK, json!({ "version": VERSION }).to_string())
}

/// `GET /report`
pub(crate) async fn report(State(shared): State<Arc<Shared>>) -> Response {
    of_json(StatusCode::OK, format!("{:#}\n", shared.report().json()))
}

/// Any other path.
pub(crate) async fn not_found() -> Response {
    of_json(StatusCode::NOT_FOUND, error_body("Not Found", "NotFoundError", &json!(404)).to_string())
}

/// `GET /metrics`
pub(crate) async fn metrics(State(shared): State<Arc<Shared>>) -> Response {
    let load = {
        let mut schedule = shared.schedule();
        schedule.advance(shared.model_seconds());
        schedule.load()
    };
    let tally = shared.record().tally().clone();
    let model = shared.settings.models.first().map_or("mock", String::as_str);
    let mut text = String::new();
    let mut line = |name: &str, kind: &str, labels: &str, value: f64| {
        let family = name.trim_end_matches("_total");
        let sample = format!("vllm:{name}{{engine=\"0\",{labels}model_name={model:?}}} {value:?}");
        text += &format!("# TYPE vllm:{family} {kind}\n{sample}\n");
    };
    let sum = |count: fn(&crate::record::Counts) -> u64| tally.by_schema.values().map(count).sum::<u64>() as f64;
    line("num_requests_running", "gauge", "", load.num_running as f64);
    line("num_requests_waiting", "gauge", "", load.num_waiting as f64);
    line("kv_cache_usage_perc", "gauge", "", load.cache_use);
    line("prefix_cache_queries_total", "counter", "", load.looked_up as f64);
    line("prefix_cache_hits_total", "counter", "", load.found as f64);
    line("prompt_tokens_total", "counter", "", sum(|counts| counts.prompt_tokens));
    line("generation_tokens_total", "counter", "", sum(|counts| counts.completion_tokens));
    line("num_preemptions_total", "counter", "", 0.0);
    for reason in ["stop", "length", "abort"] {
        let count = if reason == "abort" { tally.aborted } else { tally.finished.get(reason).copied().unwrap_or(0) };
        line("request_success_total", "counter", &format!("finished_reason=\"{reason}\","), count as f64);
    }
    with_type(StatusCode::OK, "text/plain; version=0.0.4; charset=utf-8", Body::from(text))
}
