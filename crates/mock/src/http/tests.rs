use std::future::pending;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::{Habits, Machine, Script, Server, Settings};

/// A server that runs as long as the test.
struct Running {
    address: std::net::SocketAddr,
    _task: JoinSet<()>,
}

fn instant() -> Machine {
    Machine { speed: 0.0, ..Machine::default() }
}

async fn start(settings: Settings) -> Running {
    let server = Server::bind(Settings { listen: "127.0.0.1:0".to_owned(), ..settings }).await.unwrap();
    let address = server.address();
    let mut task = JoinSet::new();
    task.spawn(async move { drop(server.serve(pending()).await) });
    Running { address, _task: task }
}

/// Status, head and body of a response; status 0 if none came.
async fn exchange(server: &Running, method: &str, path: &str, body: &str) -> (u16, String, String) {
    let Ok(mut stream) = TcpStream::connect(server.address).await else { return (0, String::new(), String::new()) };
    let length = body.len();
    let request =
        format!("{method} {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut bytes = Vec::new();
    let ended = stream.read_to_end(&mut bytes).await;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or_default();
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    let reset = if ended.is_err() { " (reset)" } else { "" };
    (status, format!("{head}{reset}"), body.to_owned())
}

async fn chat(server: &Running, body: &Value) -> (u16, String, String) {
    exchange(server, "POST", "/v1/chat/completions", &body.to_string()).await
}

fn hello(number: usize) -> Value {
    json!({ "model": "any", "messages": [{ "role": "user", "content": format!("hello {number}") }] })
}

async fn report(server: &Running) -> Value {
    serde_json::from_str(&exchange(server, "GET", "/report", "").await.2).unwrap()
}

#[tokio::test]
async fn an_answer_has_what_clients_read() {
    let server = start(Settings { machine: instant(), ..Settings::default() }).await;
    let long = "many words to read ".repeat(40);
    let body = json!({ "model": "any", "n": 2, "max_tokens": 5, "messages": [{ "role": "user", "content": long }] });
    let (status, _, first) = chat(&server, &body).await;
    let reply: Value = serde_json::from_str(&first).unwrap();
    assert_eq!((status, &reply["model"], &reply["object"]), (200, &json!("any"), &json!("chat.completion")));
    assert_eq!(reply["choices"][1]["finish_reason"], "length");
    assert_eq!(reply["choices"][0]["message"]["content"].as_str().unwrap().split(' ').count(), 5);
    assert_eq!(reply["usage"]["completion_tokens"], 10);
    assert_eq!(reply["usage"]["prompt_tokens_details"]["cached_tokens"], 0);
    let again: Value = serde_json::from_str(&chat(&server, &body).await.2).unwrap();
    assert_eq!(again["choices"], reply["choices"]);
    assert_eq!(again["usage"]["prompt_tokens_details"]["cached_tokens"], 160);
    let report = report(&server).await;
    assert_eq!((&report["requests"]["requests"], &report["requests"]["repeated"]), (&json!(2), &json!(1)));
    assert_eq!(report["tokens"]["cached_of_cacheable"], 1.0);
}

#[tokio::test]
async fn what_cannot_be_answered_is_refused_in_the_words_of_a_server() {
    let server = start(Settings { machine: Machine { context_tokens: 100, ..instant() }, ..Settings::default() }).await;
    let long = ["word"; 90].join(" ");
    for (body, part) in [
        (json!({ "model": "m" }), "Field required"),
        (json!({ "messages": [] }), "at least 1 item"),
        (json!({ "messages": "hi" }), "text, or a list of parts"),
        (
            json!({ "messages": [{ "role": "user", "content": long }], "max_tokens": 20 }),
            "maximum context length is 100 tokens. However, you requested 114 tokens (94 in the messages, 20 in the completion)",
        ),
        (
            json!({ "messages": [{ "role": "user", "content": "hi" }], "priority": 1 }),
            "Priority scheduling is not enabled",
        ),
        (json!({ "messages": [{ "role": "user", "content": "hi" }], "n": 0 }), "n must be at least 1"),
    ] {
        let (status, _, reply) = chat(&server, &body).await;
        if part.starts_with("text,") {
            assert_eq!(status, 400);
            continue;
        }
        assert!(status == 400 && reply.contains(part), "{status} {reply}");
        assert!(serde_json::from_str::<Value>(&reply).unwrap()["error"]["message"].is_string());
    }
    assert_eq!(exchange(&server, "GET", "/nowhere", "").await.0, 404);
}

#[tokio::test]
async fn a_stream_says_the_same_as_a_whole_answer() {
    for machine in [instant(), Machine { speed: 1000.0, ..Machine::default() }] {
        let server = start(Settings { machine, ..Settings::default() }).await;
        let whole: Value = serde_json::from_str(&chat(&server, &hello(1)).await.2).unwrap();
        let mut body = hello(1);
        body["stream"] = json!(true);
        body["stream_options"] = json!({ "include_usage": true });
        let (status, head, lines) = chat(&server, &body).await;
        assert!(status == 200 && head.contains("text/event-stream"), "{head}");
        let pieces = lines.lines().filter_map(|line| serde_json::from_str::<Value>(line.strip_prefix("data: ")?).ok());
        let (mut text, mut usage) = (String::new(), Value::Null);
        for piece in pieces {
            text += piece["choices"][0]["delta"]["content"].as_str().unwrap_or_default();
            usage = piece["usage"].clone();
        }
        assert_eq!(whole["choices"][0]["message"]["content"], text);
        assert_eq!(whole["usage"]["completion_tokens"], usage["completion_tokens"]);
        assert!(lines.contains("data: [DONE]"));
    }
}

#[tokio::test]
async fn a_client_that_leaves_frees_its_slot() {
    let machine = Machine { slots: 1, step_ms: 1000.0, ..Machine::default() };
    let server = start(Settings { machine, ..Settings::default() }).await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let body = hello(1).to_string();
    let head = format!("POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\ncontent-length: {}\r\n\r\n", body.len());
    stream.write_all(format!("{head}{body}").as_bytes()).await.unwrap();
    let running = |metrics: &str| {
        metrics.lines().any(|line| line.starts_with("vllm:num_requests_running") && line.ends_with(" 1.0"))
    };
    while !running(&exchange(&server, "GET", "/metrics", "").await.2) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    drop(stream);
    while running(&exchange(&server, "GET", "/metrics", "").await.2) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(report(&server).await["requests"]["aborted"], 1);
}

#[tokio::test]
async fn faults_look_as_they_do_in_the_wild_and_a_retry_gets_the_answer() {
    for (rule, status, part) in [
        ("kind = \"rate_limit\"\nretry_after = \"7\"", 429, "retry-after: 7"),
        ("kind = \"rate_limit\"\nretry_after = \"ms:1500\"", 429, "retry-after-ms: 1500"),
        ("kind = \"rate_limit\"\nretry_after = \"date:9\"", 429, "retry-after: Thu, 01 Jan 1970 00:00:09 GMT"),
        ("kind = \"quota\"", 429, "insufficient_quota"),
        ("kind = \"unauthorized\"", 401, "invalid_api_key"),
        ("kind = \"status\"\nstatus = 504", 504, "Gateway Timeout"),
        ("kind = \"html\"", 200, "text/html"),
        ("kind = \"garbage\"", 200, "\"choices\": [{"),
        ("kind = \"error_body\"", 200, "server_error"),
        ("kind = \"spaces\"\nbytes = 5000", 200, "                         "),
        ("kind = \"huge\"\nbytes = 100000", 200, "aaaaaaaaaaaa"),
        ("kind = \"content_filter\"", 200, "content_filter"),
        ("kind = \"length\"", 200, "\"length\""),
        ("kind = \"content_type\"", 200, "text/plain"),
        ("kind = \"no_choices\"", 200, "\"choices\":[]"),
        ("kind = \"cut\"", 200, "transfer-encoding: chunked"),
        ("kind = \"reset\"", 200, "(reset)"),
        ("kind = \"refuse\"\nfor_s = 0.1", 0, ""),
    ] {
        let faults = Script::parse(&format!("[[fault]]\ntries = 1\n{rule}")).unwrap();
        let server = start(Settings { machine: instant(), faults, ..Settings::default() }).await;
        let (got, head, body) = chat(&server, &hello(1)).await;
        assert!(got == status && format!("{head}{body}").contains(part), "{rule}: {head} {body:.300}");
        if rule.contains("refuse") {
            assert!(TcpStream::connect(server.address).await.is_err(), "closed");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        let (again, _, body) = chat(&server, &hello(1)).await;
        assert!(again == 200 && body.ends_with('}') && body.contains("\"stop\""), "{rule}: {again}");
        let report = report(&server).await;
        assert_eq!(report["requests"]["retried"], 1, "{rule}");
        assert_eq!(report["requests"]["rate_limit_violations"], u64::from(head.contains("retry-after")), "{rule}");
    }
}

#[tokio::test]
async fn slots_are_kept_busy_and_the_report_says_so() {
    let machine = Machine { slots: 8, speed: 50.0, ..Machine::default() };
    let server = start(Settings { machine, habits: Habits::default(), ..Settings::default() }).await;
    let mut clients = JoinSet::new();
    for number in 0..64 {
        let address = server.address;
        clients.spawn(async move { chat(&Running { address, _task: JoinSet::new() }, &hello(number)).await.0 });
    }
    while let Some(status) = clients.join_next().await {
        assert_eq!(status.unwrap(), 200);
    }
    let report = report(&server).await;
    let busy = |name: &str| report["goodput"][name].as_f64().unwrap();
    assert!(busy("between_full") > 0.9 && busy("whole") > 0.5 && busy("whole") <= 1.0, "{}", report["goodput"]);
    assert_eq!(report["requests"]["statuses"]["200"], 64);
}
