//! How calls flow: once each, in order, under the budget, and to the end.

use std::sync::Arc;
use std::time::Duration;

use futures::future::join_all;
use quarry_llm::{Budget, Concurrency, ErrorKind, Finish, ModelSettings, Prices, Schema};
use serde_json::json;
use tokio::time::{Instant, sleep};

use crate::stub::{Act, Stub, Trial, call, settings};

#[tokio::test(start_paused = true)]
async fn everything_that_shapes_an_answer_is_sent() {
    let stub = Stub::start(|_, _| Act::Good).await;
    let trial = Trial::of(&stub);
    let mut asked = call(7);
    asked.request.sampling.top_k = Some(20);
    asked.request.sampling.num_samples = 3;
    let schema = json!({ "type": "object" });
    asked.request.schema = Some(Arc::new(Schema { name: "short_answer".to_owned(), schema: schema.clone() }));
    let reply = trial.ask(asked).await.unwrap();
    assert_eq!(reply.choices.len(), 3);
    let seen = &stub.seen()[0];
    let expected = json!({
        "model": "test/model", "messages": [{ "role": "user", "content": "question 7" }], "temperature": 0.0,
        "top_p": 1.0, "top_k": 20, "max_tokens": 50, "n": 3, "seed": 7,
        "response_format": { "type": "json_schema", "json_schema": { "name": "short_answer", "strict": true, "schema": schema } },
    });
    assert_eq!(seen.body, expected);
    assert_eq!(seen.headers["authorization"], "Bearer sk-canary");
}

#[tokio::test(start_paused = true)]
async fn equal_calls_are_sent_once_and_paid_ones_never_again() {
    let stub = Stub::start(|_, _| Act::Slow(Duration::from_secs(1))).await;
    let trial = Trial::of(&stub);
    let replies = join_all((0..20).map(|_| trial.ask(call(1)))).await;
    assert!(replies.iter().all(|reply| reply.as_ref().is_ok_and(|reply| !reply.from_ledger)));
    let again = trial.ask(call(1)).await.unwrap();
    assert!(again.from_ledger);
    assert_eq!(stub.num_seen(), 1);
    let snapshot = &trial.client.snapshot().models["teacher"];
    assert_eq!((snapshot.num_calls, snapshot.num_from_ledger, snapshot.in_flight), (1, 1, 0));
}

#[tokio::test(start_paused = true)]
async fn a_call_that_nobody_waits_for_is_given_up() {
    let stub = Stub::start(|number, _| if number == 0 { Act::Hang } else { Act::Good }).await;
    let trial = Trial::of(&stub);
    assert!(tokio::time::timeout(Duration::from_secs(1), trial.ask(call(1))).await.is_err());
    // A run that is about to stop would have said so by then.
    sleep(Duration::from_secs(3)).await;
    assert_eq!(trial.client.snapshot().models["teacher"].in_flight, 0);
    assert!(trial.ask(call(1)).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_clean_stop_takes_what_was_sent_and_sends_nothing_more() {
    let stub = Stub::start(|_, _| Act::Slow(Duration::from_secs(5))).await;
    let trial =
        Trial::new(ModelSettings { concurrency: Concurrency::Fixed(4), ..settings(&[&stub]) }, Budget::default());
    let asked = join_all((0..10).map(|number| trial.ask(call(number))));
    // Nobody waits any more when the answers come.
    tokio::select! {
        _ = asked => {}
        () = async { sleep(Duration::from_secs(1)).await; trial.client.stop() } => {}
    }
    assert_eq!(trial.client.drain(Duration::from_secs(10)).await, 0);
    assert_eq!((stub.num_seen(), trial.record.entries().len()), (4, 4));
    assert_eq!(trial.ask(call(50)).await.unwrap_err().kind, ErrorKind::Stopped);
    assert!(trial.ask(call(0)).await.unwrap().from_ledger, "what is on record can still be had");
}

#[tokio::test(start_paused = true)]
async fn samples_are_asked_for_one_by_one_where_a_server_draws_one() {
    let stub = Stub::start(|_, body| if body["n"].is_null() { Act::Good } else { Act::Text("") }).await;
    let one_by_one = ModelSettings { takes_num_samples: false, ..settings(&[&stub]) };
    let trial = Trial::new(one_by_one, Budget::default());
    let mut asked = call(1);
    asked.request.sampling.num_samples = 4;
    let reply = trial.ask(asked.clone()).await.unwrap();
    assert_eq!((reply.choices.len(), reply.usage.prompt_tokens, reply.usage.completion_tokens), (4, 40, 20));
    let mut seeds: Vec<u64> = stub.seen().iter().filter_map(|seen| seen.body["seed"].as_u64()).collect();
    seeds.sort_unstable();
    seeds.dedup();
    assert_eq!(seeds.len(), 4);
    let entries = trial.record.entries();
    assert_eq!(entries.len(), 1);
    let bodies: Vec<serde_json::Value> = serde_json::from_slice(&entries[0].body).unwrap();
    assert_eq!(bodies.len(), 4);
    assert!(trial.ask(asked).await.unwrap().from_ledger);
}

#[tokio::test(start_paused = true)]
async fn later_stages_go_first() {
    let stub = Stub::start(|_, _| Act::Slow(Duration::from_secs(1))).await;
    let trial =
        Trial::new(ModelSettings { concurrency: Concurrency::Fixed(1), ..settings(&[&stub]) }, Budget::default());
    let asked = (0..9).map(|number| {
        let mut call = call(number);
        call.priority = u32::try_from(number % 3).unwrap();
        trial.ask(call)
    });
    join_all(asked).await;
    let order: Vec<u64> = stub.seen().iter().filter_map(|seen| seen.body["seed"].as_u64()).collect();
    assert_eq!(order, [0, 2, 5, 8, 1, 4, 7, 3, 6]);
}

#[tokio::test(start_paused = true)]
async fn a_schema_is_loosened_as_far_as_a_server_refuses_it() {
    let stub = Stub::start(|_, body| match body["response_format"]["type"].as_str() {
        None => Act::Good,
        Some(_) => Act::Status(400, &[], r#"{"error": {"message": "response_format is not supported"}}"#),
    })
    .await;
    let trial = Trial::of(&stub);
    let schema = Arc::new(Schema { name: "s".to_owned(), schema: json!({}) });
    for number in 0..3 {
        let mut asked = call(number);
        asked.request.schema = Some(Arc::clone(&schema));
        assert!(trial.ask(asked).await.is_ok());
    }
    assert_eq!(stub.num_seen(), 5, "the first learns, the others know");
}

#[tokio::test(start_paused = true)]
async fn documents_stay_with_their_replica_and_leave_it_when_it_is_down() {
    let first = Stub::start(|_, _| Act::Good).await;
    let second = Stub::start(|_, _| Act::Good).await;
    let trial = Trial::new(settings(&[&first, &second]), Budget::default());
    for number in 0..60 {
        let mut asked = call(number);
        asked.route = number / 6;
        assert!(trial.ask(asked).await.is_ok());
    }
    for stub in [&first, &second] {
        assert!(stub.num_seen() > 0 && stub.num_seen() % 6 == 0, "{}", stub.num_seen());
    }
    let gone = Stub::start(|_, _| Act::Status(500, &[], "gone")).await;
    let trial = Trial::new(settings(&[&first, &gone]), Budget::default());
    let replies = join_all((100..300).map(|number| trial.ask(call(number)))).await;
    assert!(replies.iter().all(Result::is_ok));
}

/// Spends until the budget stops the run; gives tokens in, out and the error.
async fn spend(budget: Budget, prices: Prices) -> (u64, u64, f64, Option<quarry_llm::Error>) {
    let stub = Stub::start(|_, _| Act::Slow(Duration::from_secs(1))).await;
    let trial = Trial::new(ModelSettings { prices, ..settings(&[&stub]) }, budget);
    let replies = join_all((0..200).map(|number| trial.ask(call(number)))).await;
    assert_eq!(trial.client.drain(Duration::from_secs(10)).await, 0);
    let entries = trial.record.entries();
    assert_eq!(entries.len(), stub.num_seen(), "what was sent was kept");
    let sum = |count: fn(&quarry_llm::Usage) -> u64| entries.iter().map(|entry| count(&entry.reply.usage)).sum();
    let cost = entries.iter().map(|entry| entry.cost).sum();
    (
        sum(|usage| usage.prompt_tokens),
        sum(|usage| usage.completion_tokens),
        cost,
        replies.into_iter().find_map(Result::err),
    )
}

#[tokio::test(start_paused = true)]
async fn caps_are_never_exceeded_and_used_up_to_the_last_call_that_fits() {
    let prices = Prices { input: 1.0, cached_input: None, output: 10.0 };
    let caps = Budget { max_tokens_out: Some(400), ..Budget::default() };
    let (_, out, _, error) = spend(caps.clone(), prices).await;
    // A call may take 50 tokens and takes 5.
    assert!((351..=400).contains(&out), "{out}");
    let error = error.unwrap();
    assert_eq!(error.kind, ErrorKind::Budget);
    assert!(error.message.contains("max_tokens_out") && error.message.contains("400"), "{error}");
    let stages = [("ask".to_owned(), caps)].into();
    let (_, out, _, error) = spend(Budget { stages, ..Budget::default() }, prices).await;
    assert!((351..=400).contains(&out) && error.unwrap().message.contains("stage `ask`"));
    let (_, _, cost, error) = spend(Budget { max_cost: Some(0.005), ..Budget::default() }, prices).await;
    assert!(cost <= 0.005 && cost > 0.003 && error.is_some(), "{cost}");
    let (sent, _, _, error) = spend(Budget { max_tokens_in: Some(100_000), ..Budget::default() }, prices).await;
    assert_eq!((sent, error), (2000, None));
}

#[tokio::test(start_paused = true)]
async fn the_limit_holds_and_everything_in_it_is_used() {
    let stub = Stub::start(|_, _| Act::Slow(Duration::from_secs(1))).await;
    let trial =
        Trial::new(ModelSettings { concurrency: Concurrency::Fixed(8), ..settings(&[&stub]) }, Budget::default());
    let started = Instant::now();
    assert!(join_all((0..80).map(|number| trial.ask(call(number)))).await.iter().all(Result::is_ok));
    assert!(started.elapsed() < Duration::from_millis(10_200), "{:?}", started.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_streamed_answer_is_put_together_and_an_endless_one_cut_off() {
    let stub = Stub::start(|number, _| match number {
        0 => Act::Events(&[
            r#"{"choices":[{"index":0,"delta":{"content":"se"}}]}"#,
            r#"{"choices":[{"index":0,"delta":{"content":"ven"},"finish_reason":"stop"}]}"#,
            r#"{"choices":[],"usage":{"prompt_tokens":8,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":6}}}"#,
            "[DONE]",
        ]),
        1 => Act::Blanks,
        // Cut off: not an answer.
        2 => Act::Events(&[r#"{"choices":[{"index":0,"delta":{"content":"se"}}]}"#]),
        _ => Act::Good,
    })
    .await;
    let trial = Trial::new(ModelSettings { stream: true, ..settings(&[&stub]) }, Budget::default());
    let reply = trial.ask(call(1)).await.unwrap();
    assert_eq!((reply.choices[0].text.as_str(), reply.usage.cached_tokens), ("seven", 6));
    let endless = trial.ask(call(2)).await.unwrap();
    assert_eq!(endless.choices[0].finish, Finish::Length);
    assert!(endless.choices[0].text.len() < 2_000);
    assert_eq!(trial.ask(call(3)).await.unwrap().choices[0].text, "{\"answer\": \"7\"}");
    assert_eq!(stub.num_seen(), 4);
    assert_eq!(stub.seen()[0].body["stream_options"], json!({ "include_usage": true }));
}

#[tokio::test(start_paused = true)]
async fn a_filtered_answer_is_kept_and_stays_filtered() {
    let filtered = r#"{"choices": [{"message": {"content": ""}, "finish_reason": "content_filter"}]}"#;
    let stub = Stub::start(move |_, _| Act::Status(200, &[], filtered)).await;
    let trial = Trial::of(&stub);
    for _ in 0..2 {
        assert_eq!(trial.ask(call(1)).await.unwrap_err().kind, ErrorKind::Filtered);
    }
    assert_eq!((stub.num_seen(), trial.record.entries().len()), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_clean_stop_completes_the_samples_of_a_call_that_has_begun() {
    let stub = Stub::start(|_, _| Act::Slow(Duration::from_secs(1))).await;
    let concurrency = Concurrency::Fixed(2);
    let one_by_one = ModelSettings { takes_num_samples: false, concurrency, ..settings(&[&stub]) };
    let trial = Trial::new(one_by_one, Budget::default());
    let asked = [1, 2].map(|number| {
        let mut asked = call(number);
        asked.request.sampling.num_samples = 5;
        trial.ask(asked)
    });
    tokio::select! {
        _ = join_all(asked) => {}
        () = async { sleep(Duration::from_millis(500)).await; trial.client.stop() } => {}
    }
    assert_eq!(trial.client.drain(Duration::from_secs(60)).await, 0);
    let num_kept = trial.record.entries().len();
    assert!(num_kept >= 1 && stub.num_seen() == num_kept * 5, "{num_kept} kept of {} requests", stub.num_seen());
}
