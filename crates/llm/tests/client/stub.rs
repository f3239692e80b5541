//! A server that does what a script says, and what tests ask of it.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Response};
use axum::routing::post;
use futures::{StreamExt as _, stream};
use quarry_llm::{
    Budget, Call, ChatRequest, Client, Concurrency, Error, MemoryRecord, Message, ModelSettings, Reply, Role, Sampling,
    Secret, Transport,
};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::time::Instant;

/// What the server does with one request.
pub(crate) enum Act {
    /// Answers.
    Good,
    /// Answers with this text.
    Text(&'static str),
    /// Sends a status, header fields and a body.
    Status(u16, &'static [(&'static str, &'static str)], &'static str),
    /// Never answers.
    Hang,
    /// Answers after so long.
    Slow(Duration),
    /// Sends half an answer.
    Cut,
    /// Sends bytes without end.
    Endless,
    /// Streams an answer that never stops putting blanks.
    Blanks,
    /// Streams an answer.
    Events(&'static [&'static str]),
}

/// A request that came in.
#[derive(Clone)]
pub(crate) struct Seen {
    /// When.
    pub at: Instant,
    /// Its header.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Value,
}

type Script = Arc<dyn Fn(u32, &Value) -> Act + Send + Sync>;

/// A server under test's control.
pub(crate) struct Stub {
    /// Its base URL.
    pub base: String,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Stub {
    /// Starts a server; the script is given the number of the request, from 0, and its body.
    pub(crate) async fn start(script: impl Fn(u32, &Value) -> Act + Send + Sync + 'static) -> Stub {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Stub::start_on(listener, script)
    }

    /// Starts a server on a socket.
    pub(crate) fn start_on(listener: TcpListener, script: impl Fn(u32, &Value) -> Act + Send + Sync + 'static) -> Stub {
        let base = format!("http://{}/v1", listener.local_addr().unwrap());
        let seen: Arc<Mutex<Vec<Seen>>> = Arc::default();
        let (script, log, count): (Script, _, _) = (Arc::new(script), Arc::clone(&seen), Arc::new(AtomicU32::new(0)));
        let handler = move |headers: HeaderMap, bytes: Bytes| {
            let body: Value = serde_json::from_slice(&bytes).unwrap();
            let number = count.fetch_add(1, Ordering::Relaxed);
            log.lock().unwrap().push(Seen { at: Instant::now(), headers, body: body.clone() });
            respond(script(number, &body), body)
        };
        let router = Router::new().route("/v1/chat/completions", post(handler));
        tokio::runtime::Handle::current().spawn(async move { axum::serve(listener, router).await });
        Stub { base, seen }
    }

    /// The requests so far.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// How many.
    pub(crate) fn num_seen(&self) -> usize {
        self.seen.lock().unwrap().len()
    }
}

async fn respond(act: Act, request: Value) -> Result<Response<Body>, Infallible> {
    let whole = answer(&request, "{\"answer\": \"7\"}").to_string();
    let body = match &act {
        Act::Good => Body::from(whole),
        Act::Text(text) => Body::from(answer(&request, text).to_string()),
        Act::Status(status, fields, body) => {
            let mut response = Response::builder().status(*status);
            for (name, value) in *fields {
                response = response.header(*name, *value);
            }
            return Ok(response.body(Body::from(*body)).unwrap());
        }
        Act::Hang => std::future::pending().await,
        Act::Slow(wait) => {
            tokio::time::sleep(*wait).await;
            Body::from(whole)
        }
        Act::Cut => {
            let half = Bytes::from(whole.as_bytes()[..whole.len() / 2].to_vec());
            Body::from_stream(stream::iter([Ok(half), Err(std::io::Error::other("cut"))]))
        }
        Act::Blanks => {
            let event = Bytes::from("data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"    \"}}]}\n\n");
            Body::from_stream(stream::repeat(event).map(Ok::<_, Infallible>))
        }
        Act::Events(events) => {
            let lines: Vec<String> = events.iter().map(|event| format!("data: {event}\n\n")).collect();
            Body::from_stream(stream::iter(lines).map(Ok::<_, Infallible>))
        }
        Act::Endless => {
            let chunk = Bytes::from(vec![b' '; 64 * 1024]);
            Body::from_stream(stream::repeat(chunk).map(Ok::<_, Infallible>))
        }
    };
    let is_stream = matches!(act, Act::Blanks | Act::Events(_));
    let kind = if is_stream { "text/event-stream" } else { "application/json" };
    Ok(Response::builder().header("content-type", kind).body(body).unwrap())
}

/// A chat completion with as many choices as were asked for.
pub(crate) fn answer(request: &Value, text: &str) -> Value {
    let num = request["n"].as_u64().unwrap_or(1);
    let choice =
        |index| json!({ "index": index, "message": { "role": "assistant", "content": text }, "finish_reason": "stop" });
    let choices: Vec<Value> = (0..num).map(choice).collect();
    json!({ "choices": choices, "usage": { "prompt_tokens": 10, "completion_tokens": 5 * num } })
}

/// Settings of a model at these servers.
pub(crate) fn settings(stubs: &[&Stub]) -> ModelSettings {
    ModelSettings {
        id: "test/model".to_owned(),
        endpoints: stubs.iter().map(|stub| stub.base.clone()).collect(),
        key: Some(Secret::new("sk-canary".to_owned())),
        concurrency: Concurrency::Fixed(64),
        ..ModelSettings::default()
    }
}

/// A client of one model, with its record.
pub(crate) struct Trial {
    /// The client.
    pub client: Arc<Client>,
    /// What it kept.
    pub record: Arc<MemoryRecord>,
}

impl Trial {
    /// Makes a client of one model.
    pub(crate) fn new(settings: ModelSettings, budget: Budget) -> Trial {
        let record = Arc::new(MemoryRecord::default());
        let models = BTreeMap::from([("teacher".to_owned(), settings)]);
        let kept: Arc<MemoryRecord> = Arc::clone(&record);
        let client = Client::new(models, budget, Transport::Live, kept).unwrap();
        Trial { client, record }
    }

    /// Makes a client of one server.
    pub(crate) fn of(stub: &Stub) -> Trial {
        Trial::new(settings(&[stub]), Budget::default())
    }

    /// Asks.
    pub(crate) async fn ask(&self, call: Call) -> Result<Reply, Error> {
        self.client.model("teacher").unwrap().chat.chat(call).await
    }
}

/// The call of that number; all are different.
pub(crate) fn call(number: u64) -> Call {
    Call {
        request: ChatRequest {
            model: Arc::from("test/model"),
            revision: None,
            messages: vec![Message { role: Role::User, content: Arc::from(format!("question {number}")) }],
            sampling: Sampling {
                temperature: 0.0,
                top_p: 1.0,
                top_k: None,
                max_tokens: 50,
                num_samples: 1,
                seed: number,
            },
            schema: None,
            attempt: 0,
            template: Arc::from("t"),
        },
        stage: Arc::from("ask"),
        priority: 0,
        route: number,
    }
}
