//! Faults of a server, and what the client makes of them.

use std::time::Duration;

use futures::future::join_all;
use quarry_llm::{Budget, Concurrency, ErrorKind, ModelSettings};
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpListener;
use tokio::time::Instant;

use crate::stub::{Act, Stub, Trial, call, settings};

#[tokio::test(start_paused = true)]
async fn a_rate_limit_is_waited_out_and_never_cut_short() {
    let stub = Stub::start(|number, _| match number {
        0 => Act::Status(429, &[("retry-after", "7")], "slow down"),
        1 => Act::Status(429, &[("retry-after-ms", "1500")], ""),
        2 => Act::Status(
            429,
            &[("date", "Sun, 06 Nov 1994 08:49:37 GMT"), ("retry-after", "Sun, 06 Nov 1994 08:49:57 GMT")],
            "",
        ),
        3 => Act::Status(429, &[], r#"{"error": {"code": "rate_limit_exceeded"}}"#),
        _ => Act::Good,
    })
    .await;
    let mut settings = settings(&[&stub]);
    // Waiting for a rate limit is no try.
    settings.max_tries = 1;
    let trial = Trial::new(settings, Budget::default());
    let reply = trial.ask(call(1)).await.unwrap();
    assert_eq!(reply.choices[0].text, "{\"answer\": \"7\"}");
    let times: Vec<Instant> = stub.seen().iter().map(|seen| seen.at).collect();
    assert_eq!(times.len(), 5);
    for (num, told) in [(0, 7.0), (1, 1.5), (2, 20.0), (3, 0.0)] {
        let waited = times[num + 1].duration_since(times[num]).as_secs_f64();
        assert!(waited >= told && waited < told + 4.5, "{num}: {waited}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_passes_is_tried_again_and_only_the_answer_is_kept() {
    let stub = Stub::start(|number, _| match number {
        0 => Act::Status(503, &[], "overloaded"),
        1 => Act::Status(200, &[("content-type", "text/html")], "<html>welcome</html>"),
        2 => Act::Cut,
        3 => Act::Status(500, &[], ""),
        4 => Act::Endless,
        5 => Act::Hang,
        6 => Act::Status(200, &[], r#"{"error": {"message": "worker died"}}"#),
        7 => Act::Status(200, &[], "{}"),
        _ => Act::Good,
    })
    .await;
    let trial = Trial::of(&stub);
    let reply = trial.ask(call(1)).await.unwrap();
    assert_eq!(stub.num_seen(), 9);
    assert_eq!((reply.usage.prompt_tokens, reply.usage.completion_tokens), (10, 5));
    let entries = trial.record.entries();
    assert_eq!((entries.len(), entries[0].num_tries), (1, 9));
    assert_eq!(trial.client.snapshot().models["teacher"].num_retries, 8);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_fails_every_time_is_undecided_and_not_kept() {
    let stub = Stub::start(|_, body| if body["seed"] == 1 { Act::Cut } else { Act::Good }).await;
    let trial = Trial::of(&stub);
    let error = trial.ask(call(1)).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Undecided);
    assert!(error.message.contains("12 tries"), "{error}");
    assert_eq!((stub.num_seen(), trial.record.entries().len()), (12, 0));
    assert!(trial.ask(call(2)).await.is_ok(), "the run goes on");
}

#[tokio::test(start_paused = true)]
async fn an_error_that_is_the_runs_stops_every_later_call() {
    for (act, kind) in [
        ((429, r#"{"error": {"code": "insufficient_quota"}}"#), ErrorKind::Budget),
        ((402, ""), ErrorKind::Budget),
        ((401, r#"{"error": {"message": "Incorrect API key provided: sk-canary"}}"#), ErrorKind::Auth),
        ((403, ""), ErrorKind::Auth),
        ((404, r#"{"error": {"message": "The model `x` does not exist."}}"#), ErrorKind::Request),
        ((400, "\u{1b}[31mbad\u{202e}"), ErrorKind::Request),
        ((301, ""), ErrorKind::Request),
    ] {
        let (status, body) = act;
        let stub = Stub::start(move |_, _| Act::Status(status, &[("location", "http://other.example/")], body)).await;
        let trial = Trial::of(&stub);
        let error = trial.ask(call(1)).await.unwrap_err();
        assert_eq!(error.kind, kind, "{error}");
        assert!(error.message.contains("model `teacher`") || kind == ErrorKind::Budget, "{error}");
        assert!(!error.message.contains("canary") && !error.message.contains(char::is_control), "{error}");
        assert_eq!(trial.ask(call(2)).await.unwrap_err(), error);
        assert_eq!(stub.num_seen(), 1, "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_error_that_is_the_rows_stops_nothing() {
    let stub = Stub::start(|_, body| match body["seed"].as_u64() {
        Some(1) => {
            Act::Status(400, &[], r#"{"error": {"message": "This model's maximum context length is 10 tokens"}}"#)
        }
        Some(2) => Act::Status(400, &[], r#"{"error": {"code": "content_filter", "message": "no"}}"#),
        Some(3) => Act::Status(400, &[], r#"{"error": {"message": "odd"}}"#),
        _ => Act::Good,
    })
    .await;
    let trial = Trial::of(&stub);
    assert!(trial.ask(call(9)).await.is_ok());
    for (number, kind) in [(1, ErrorKind::TooLong), (2, ErrorKind::Filtered), (3, ErrorKind::Undecided)] {
        assert_eq!(trial.ask(call(number)).await.unwrap_err().kind, kind);
    }
    assert!(trial.ask(call(10)).await.is_ok());
    assert_eq!((stub.num_seen(), trial.record.entries().len()), (5, 2));
}

#[tokio::test(start_paused = true)]
async fn a_server_that_is_not_there_is_named_within_fifteen_seconds() {
    // A port that no other test can be given.
    let base = "http://127.0.0.1:1/v1".to_owned();
    let settings = ModelSettings { id: "m".to_owned(), endpoints: vec![base.clone()], ..ModelSettings::default() };
    for number in 0..20 {
        let trial = Trial::new(settings.clone(), Budget::default());
        let started = Instant::now();
        let error = trial.ask(call(number)).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Endpoint);
        assert!(error.message.contains(&base) && error.message.contains("refused"), "{error}");
        assert!(started.elapsed() < Duration::from_secs(15), "{:?}", started.elapsed());
    }
}

#[tokio::test(start_paused = true)]
async fn a_reset_connection_is_tried_again() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::runtime::Handle::current().spawn(async move {
        for _ in 0..3 {
            let (mut socket, _) = listener.accept().await.unwrap();
            let mut some = [0; 64];
            assert!(socket.read(&mut some).await.unwrap() > 0);
            socket.set_zero_linger().unwrap();
        }
        Stub::start_on(listener, |_, _| Act::Good);
    });
    let settings = ModelSettings {
        id: "m".to_owned(),
        endpoints: vec![format!("http://{address}/v1")],
        // The server's metrics are asked for only where they could set the limit.
        concurrency: Concurrency::Fixed(8),
        ..ModelSettings::default()
    };
    let trial = Trial::new(settings, Budget::default());
    assert!(trial.ask(call(1)).await.is_ok());
    assert_eq!(trial.record.entries()[0].num_tries, 4);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_was_there_may_be_away_for_two_minutes() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let down_from = Instant::now() + Duration::from_secs(1);
    let down = move |from: u64, to: u64| {
        let passed = Instant::now().saturating_duration_since(down_from).as_secs();
        (from..to).contains(&passed)
    };
    let stub = Stub::start_on(listener, move |_, _| {
        let away = Instant::now() > down_from && (down(0, 100) || down(400, 1000));
        if away { Act::Status(500, &[], "gone") } else { Act::Good }
    });
    let trial = Trial::of(&stub);
    assert!(trial.ask(call(0)).await.is_ok());
    tokio::time::sleep(Duration::from_secs(2)).await;
    let calls = join_all((1..100).map(|number| trial.ask(call(number)))).await;
    assert!(calls.iter().all(Result::is_ok), "{:?}", calls.iter().find(|call| call.is_err()));
    assert!(stub.num_seen() < 500, "{} requests to a server that is down", stub.num_seen());
    tokio::time::sleep_until(down_from + Duration::from_secs(401)).await;
    let calls = join_all((100..200).map(|number| trial.ask(call(number)))).await;
    assert!(calls.iter().all(|call| call.as_ref().is_err_and(|error| error.kind == ErrorKind::Endpoint)));
    assert!(down_from.elapsed() < Duration::from_secs(400 + 150), "{:?}", down_from.elapsed());
}

/// What a server does with a request, by its number: three in ten 429, two in ten 503, one in ten a broken body.
fn chaos(number: u32) -> Act {
    match number.wrapping_mul(2_654_435_761) >> 16 & 0xff {
        0..77 => Act::Status(429, &[("retry-after", "1")], ""),
        77..128 => Act::Status(503, &[], ""),
        128..141 => Act::Cut,
        141..154 => Act::Status(200, &[("content-type", "text/html")], "<html>"),
        _ => Act::Good,
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_kept_is_the_same_with_and_without_faults() {
    let (good, bad) = (Stub::start(|_, _| Act::Good).await, Stub::start(|number, _| chaos(number)).await);
    let mut kept = Vec::new();
    for stub in [&good, &bad] {
        let auto = Concurrency::Auto { max: 256 };
        let trial = Trial::new(ModelSettings { concurrency: auto, ..settings(&[stub]) }, Budget::default());
        let replies = join_all((0..1000).map(|number| trial.ask(call(number)))).await;
        let failed = replies.iter().find_map(|reply| reply.as_ref().err());
        assert_eq!(failed, None);
        let entries = trial.record.entries().into_iter();
        kept.push(entries.map(|entry| (entry.reply, entry.body, entry.cost.to_bits())).collect::<Vec<_>>());
    }
    assert_eq!(kept[0], kept[1]);
    assert!(bad.num_seen() > 1500, "{}", bad.num_seen());
}
