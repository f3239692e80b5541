//! A round by batch file: what is missing is written, what is answered is found, and nothing else is taken for an answer.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};

use super::{BatchRead, BatchWriter, read_batch};
use crate::{
    Budget, Call, ChatRequest, Client, ErrorKind, Ledger, Message, Model, ModelSettings, Prices, Record, Role,
    Sampling, Transport,
};

fn call(model: &str, number: u64) -> Call {
    let request = ChatRequest {
        model: Arc::from(model),
        revision: None,
        messages: vec![Message { role: Role::User, content: Arc::from(format!("Question {number}?")) }],
        sampling: Sampling { temperature: 0.0, top_p: 1.0, top_k: None, max_tokens: 9, num_samples: 2, seed: number },
        schema: None,
        attempt: 0,
        template: Arc::from("t"),
    };
    Call { request, stage: Arc::from("ask"), priority: 0, route: 0 }
}

fn models(ledger: &Arc<Ledger>, writer: &Arc<BatchWriter>) -> BTreeMap<String, Model> {
    let of = |name: &str| {
        let endpoints = vec!["http://127.0.0.1:9/v1".to_owned()];
        (name.to_owned(), ModelSettings { id: format!("{name}-id"), endpoints, ..ModelSettings::default() })
    };
    let settings = BTreeMap::from([of("teacher"), of("checker")]);
    let record: Arc<dyn Record> = Arc::clone(ledger) as Arc<dyn Record>;
    let client = Client::new(settings.clone(), Budget::default(), Transport::Replay, record).unwrap();
    let behind = |(name, settings): (String, ModelSettings)| {
        let model = writer.behind(&name, &settings, client.model(&name).unwrap());
        (name, model)
    };
    settings.into_iter().map(behind).collect()
}

/// Asks both models the same questions twice and says what is in each of the files.
fn write(folder: &Path, numbers: std::ops::Range<u64>) -> Vec<(String, Vec<Value>)> {
    let ledger = Arc::new(Ledger::open(folder.join("ledger.db")).unwrap());
    let writer = BatchWriter::new(Arc::clone(&ledger), folder.join("requests.jsonl"));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        for (name, model) in models(&ledger, &writer) {
            for number in numbers.clone().chain(numbers.clone()) {
                if let Err(error) = model.chat.chat(call(&format!("{name}-id"), number)).await {
                    assert_eq!(error.kind, ErrorKind::Undecided);
                }
            }
        }
    });
    let lines = |path: &Path| -> Vec<Value> {
        std::fs::read_to_string(path).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    let files = writer.finish().unwrap();
    files
        .iter()
        .map(|file| {
            let name = file.path.file_name().unwrap().to_str().unwrap().to_owned();
            assert_eq!(file.num_requests, lines(&file.path).len() as u64);
            (name, lines(&file.path))
        })
        .collect()
}

fn answer(custom_id: &str, texts: &[&str]) -> Value {
    let choices: Vec<Value> = texts
        .iter()
        .enumerate()
        .map(|(index, text)| json!({ "index": index, "message": { "content": text }, "finish_reason": "stop" }))
        .collect();
    let body = json!({ "choices": choices, "usage": { "prompt_tokens": 10, "completion_tokens": 4 } });
    json!({ "id": "b1", "custom_id": custom_id, "response": { "status_code": 200, "body": body }, "error": null })
}

fn read(folder: &Path, lines: &str) -> BatchRead {
    let prices = |model: &str| Prices { input: if model == "teacher-id" { 1e5 } else { 0.0 }, ..Prices::default() };
    read_batch(&folder.join("ledger.db"), &mut Cursor::new(lines), &prices).unwrap()
}

#[test]
fn requests_are_written_once_a_model_and_their_answers_end_the_asking() {
    let folder = tempfile::tempdir().unwrap();
    let files = write(folder.path(), 0..3);
    let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["requests-checker.jsonl", "requests-teacher.jsonl"]);
    let first = &files[1].1[0];
    assert_eq!((&first["method"], &first["url"]), (&json!("POST"), &json!("/v1/chat/completions")));
    assert_eq!((&first["body"]["model"], &first["body"]["n"]), (&json!("teacher-id"), &json!(2)));
    assert_eq!(first["custom_id"], call("teacher-id", 0).request.hash().to_string());

    let answers: String = files
        .iter()
        .flat_map(|(_, lines)| lines)
        .map(|line| format!("{}\n", answer(line["custom_id"].as_str().unwrap(), &["a", "b"])))
        .collect();
    let told = read(folder.path(), &answers);
    assert_eq!(told, BatchRead { num_kept: 6, ..BatchRead::default() });
    assert!(write(folder.path(), 0..3).is_empty());
    assert_eq!(write(folder.path(), 0..4).len(), 2);
    let totals = crate::LedgerView::open(folder.path().join("ledger.db")).unwrap().totals().unwrap();
    assert_eq!((totals[1].model.as_str(), totals[1].num_calls, totals[1].cost), ("teacher-id", 3, 3.0));
    assert_eq!(read(folder.path(), &answers).num_duplicate, 6);
}

#[test]
fn lines_that_are_no_good_answers_are_counted_and_asked_again() {
    let folder = tempfile::tempdir().unwrap();
    let ids: Vec<String> = write(folder.path(), 0..6)
        .remove(1)
        .1
        .iter()
        .map(|line| line["custom_id"].as_str().unwrap().to_owned())
        .collect();
    let whole = answer(&ids[0], &["a", "b"]).to_string();
    let mut at_length = answer(&ids[1], &["a", "b"]);
    at_length["response"]["body"]["choices"][1]["finish_reason"] = json!("length");
    let refused =
        json!({ "custom_id": ids[2], "response": { "status_code": 429, "body": { "error": "slow\u{1b}[2J" } } });
    let failed = json!({ "custom_id": ids[3], "response": null, "error": { "message": "expired" } });
    let lines = [
        whole.clone(),
        at_length.to_string(),
        refused.to_string(),
        failed.to_string(),
        answer(&ids[4], &["only one"]).to_string(),
        answer(&"0".repeat(64), &["a", "b"]).to_string(),
        whole.clone(),
        "[]".to_owned(),
        whole[..whole.len() / 2].to_owned(),
    ];
    let told = read(folder.path(), &lines.join("\n"));
    assert_eq!((told.num_kept, told.num_at_length, told.num_duplicate), (2, 1, 1));
    assert_eq!((told.num_failed, told.num_unknown, told.num_unreadable), (3, 1, 2));
    assert_eq!(told.num_waiting, 10);
    let problems = told.problems.join("\n");
    for part in ["line 3: status 429", "line 4: the service says: expired", "line 5: 1 answers instead of 2", "cut off"]
    {
        assert!(problems.contains(part), "`{part}` in {problems}");
    }
    assert!(!problems.contains('\u{1b}'), "{problems}");
    assert_eq!(write(folder.path(), 0..6)[1].1.len(), 4);
}
