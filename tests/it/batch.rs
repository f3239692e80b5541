//! `quarry batch`: requests go out and answers come in by file, until the run finds all it needs in the ledger.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::dataset::{assert_same_bytes, bytes};
use crate::endpoints::{Mock, place, run, serve_by};
use crate::place::{Place, Ran, ran};

/// More rounds than the recipe has stages that ask, with re-asks.
const MAX_ROUNDS: usize = 30;

fn write(place: &Place) -> Ran {
    let recipe = "pipeline/recipes/recipe.toml";
    let arguments =
        ["batch", "write", recipe, "-i", "a.jsonl", "--config", "config.toml", "-o", "out", "--to", "requests.jsonl"];
    ran(&mut place.quarry(arguments))
}

fn read(place: &Place, answers: &[String]) -> Ran {
    place.write("answers.jsonl", answers.join("\n"));
    ran(&mut place.quarry(["batch", "read", "answers.jsonl", "--config", "config.toml", "-o", "out"]))
}

/// The files of requests, which are taken away.
fn taken(place: &Place) -> Vec<String> {
    let names = place.path("").read_dir().unwrap().map(|entry| entry.unwrap().path());
    let is_requests = |path: &PathBuf| path.file_name().unwrap().to_str().unwrap().starts_with("requests");
    let files: Vec<PathBuf> = names.filter(is_requests).collect();
    let lines = files.iter().flat_map(|path| {
        let text = std::fs::read_to_string(path).unwrap();
        std::fs::remove_file(path).unwrap();
        text.lines().map(str::to_owned).collect::<Vec<_>>()
    });
    lines.collect()
}

/// What a batch service makes of a request: the answer of the server that stands behind it.
fn answered(mock: &Mock, request: &str) -> String {
    let request: Value = serde_json::from_str(request).unwrap();
    let body = request["body"].to_string();
    let mut stream = TcpStream::connect(&mock.address).unwrap();
    let (route, length) = (request["url"].as_str().unwrap(), body.len());
    write!(
        stream,
        "POST {route} HTTP/1.0\r\nHost: mock\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
    )
    .unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).unwrap();
    let reply: Value = serde_json::from_str(reply.split_once("\r\n\r\n").unwrap().1).unwrap();
    let response = json!({ "status_code": 200, "request_id": "r", "body": reply });
    json!({ "id": "b", "custom_id": request["custom_id"], "response": response, "error": null }).to_string()
}

#[test]
fn rounds_of_batch_files_lead_to_the_same_dataset_as_live_calls() {
    let place = place();
    let mock = Mock::start(&place, &[]);
    serve_by(&place, &mock, "");
    ran(&mut run(&place, "live")).exits(0);
    std::fs::remove_file(place.path("ledger.db")).unwrap();
    let mut num_rounds = 0;
    loop {
        let told = write(&place).exits(0);
        let requests = taken(&place);
        if requests.is_empty() {
            told.prints(&["nothing to ask", "quarry run"]);
            break;
        }
        told.prints(&["requests for", "quarry batch read"]);
        let answers: Vec<String> = requests.iter().map(|request| answered(&mock, request)).collect();
        read(&place, &answers).exits(0).prints(&[&format!("{} answers", answers.len()), "quarry batch write"]);
        num_rounds += 1;
        assert!(num_rounds < MAX_ROUNDS);
    }
    assert!(num_rounds > 3, "{num_rounds}");
    let num_asked = mock.count("requests");
    ran(&mut run(&place, "out")).exits(0);
    assert_eq!(mock.count("requests"), num_asked, "the run asked live");
    assert_same_bytes(&place.path("out"), &bytes(&place.path("live")), "by batch");
    let left: Vec<_> = place.path("out/.quarry").read_dir().unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| !name.to_str().unwrap().starts_with("batch")), "{left:?}");
}

#[test]
fn what_is_no_answer_is_told_and_asked_again() {
    let place = place();
    let mock = Mock::start(&place, &[]);
    serve_by(&place, &mock, "");
    read(&place, &[]).exits(2).tells(&["no ledger"]);
    write(&place).exits(0);
    let requests = taken(&place);
    let mut answers: Vec<String> = requests.iter().map(|request| answered(&mock, request)).collect();
    let (expired, num_good) = (requests.len() - 1, requests.len() - 1);
    let custom_id = serde_json::from_str::<Value>(&requests[expired]).unwrap()["custom_id"].clone();
    answers[expired] =
        json!({ "custom_id": custom_id, "response": null, "error": { "message": "expired" } }).to_string();
    answers.push("{\"custom_id\": \"00\", \"response\": {\"status_code\": 200, \"body\": {}}}".to_owned());
    answers.push(answers[0].clone());
    answers.push(answers[0][..40].to_owned());
    let told = read(&place, &answers).exits(0);
    told.prints(&[&format!("{num_good} answers"), "expired", "nobody", "had one", "cut off", "1 requests still wait"]);
    ran(&mut place.quarry(["ledger", "ledger.db"])).exits(0).prints(&["wait for answers"]);
    write(&place).exits(0);
    assert!(taken(&place).iter().any(|request| request.contains(custom_id.as_str().unwrap())));
}

#[test]
fn a_batch_needs_no_key() {
    let place = place();
    let models = ["teacher", "checker", "student"].map(|name| {
        format!("[models.{name}]\nid = \"{name}\"\nendpoints = \"https://localhost/v1\"\nkey_env = \"NO_SUCH_KEY\"\n")
    });
    place.write("config.toml", models.concat());
    ran(&mut run(&place, "out")).exits(2).tells(&["NO_SUCH_KEY", "`teacher`", "`checker`"]);
    write(&place).exits(0).prints(&["requests for teacher (teacher) in `requests.jsonl`"]);
    assert!(taken(&place).len() > 3);
}
