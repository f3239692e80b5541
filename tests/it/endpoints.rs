//! The recipe that asks models, against `quarry mock`: sound pairs, each call paid once, whatever fails on the way.
//!
//! Real servers, hostile ones and kills are tried by `tests/endpoints.py` and `tests/kill.py`.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::dataset::{assert_conserved, assert_same_bytes, bytes, counts};
use crate::place::{Place, ran, root};
use crate::sample::lines;

/// Documents of a run.
const NUM_DOCUMENTS: usize = 8;

/// Faults of every kind that a client has to live with.
const FAULTS: &str = r#"
seed = 3

[[fault]]
kind = "rate_limit"
share = 0.3
tries = 2
retry_after = "ms:50"

[[fault]]
kind = "status"
status = 503
share = 0.2
tries = 2

[[fault]]
kind = "cut"
share = 0.05
tries = 1

[[fault]]
kind = "reset"
share = 0.05
tries = 1

[[fault]]
kind = "html"
share = 0.05
tries = 1

[[fault]]
kind = "garbage"
share = 0.05
tries = 1

[[fault]]
kind = "error_body"
share = 0.05
tries = 1

[[fault]]
kind = "no_choices"
share = 0.05
tries = 1
"#;

/// A server of ours, which ends with the value.
pub(crate) struct Mock {
    child: Child,
    pub(crate) address: String,
}

impl Mock {
    pub(crate) fn start(place: &Place, arguments: &[&str]) -> Mock {
        let mut command = place.quarry(["mock", "--listen", "127.0.0.1:0", "--instant"]);
        let mut child = command.args(arguments).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening on http://").unwrap().to_owned();
        Mock { child, address }
    }

    /// What it says it was asked.
    fn report(&self) -> Value {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        write!(stream, "GET /report HTTP/1.0\r\nHost: mock\r\n\r\n").unwrap();
        let mut reply = String::new();
        stream.read_to_string(&mut reply).unwrap();
        serde_json::from_str(reply.split_once("\r\n\r\n").unwrap().1).unwrap()
    }

    pub(crate) fn count(&self, name: &str) -> u64 {
        self.report()["requests"][name].as_u64().unwrap()
    }
}

impl Drop for Mock {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// The recipe and a few documents.
pub(crate) fn place() -> Place {
    let recipe = std::fs::read_to_string(root().join("pipeline/recipes/webscale.toml")).unwrap();
    let place = Place::with_recipe(&recipe);
    place.write("a.jsonl", lines("web-01.jsonl", 0, NUM_DOCUMENTS).concat());
    place
}

/// Points all models of the recipe to a server. All runs of a place share a ledger.
pub(crate) fn serve_by(place: &Place, mock: &Mock, more: &str) {
    let model = |name| format!("[models.{name}]\nid = \"{name}\"\nendpoints = \"http://{}/v1\"\n", mock.address);
    let models = ["teacher", "checker", "student"].map(model).concat();
    place.write("config.toml", format!("{models}[ledger]\npath = \"ledger.db\"\n{more}"));
}

/// A run over the documents.
pub(crate) fn run(place: &Place, out: &str) -> Command {
    place.quarry(["run", "pipeline/recipes/recipe.toml", "-i", "a.jsonl", "--config", "config.toml", "-o", out])
}

#[test]
fn a_call_that_is_in_the_ledger_is_not_made_again() {
    let place = place();
    let mock = Mock::start(&place, &[]);
    serve_by(&place, &mock, "");
    ran(&mut run(&place, "first")).exits(0);
    assert_conserved(&place.path("first"), NUM_DOCUMENTS as u64);
    let num_pairs = counts(&place.path("first"))["pairs"]["num_accepted"].as_u64();
    assert!(num_pairs > Some(0), "{num_pairs:?} pairs");
    let num_requests = mock.count("requests");
    assert_eq!(mock.count("distinct"), num_requests);

    ran(&mut run(&place, "second")).exits(0);
    assert_eq!(mock.count("requests"), num_requests, "the second run asked again");
    assert_same_bytes(&place.path("second"), &bytes(&place.path("first")), "out of the ledger");
}

#[test]
fn a_changed_prompt_of_the_checker_pays_the_checker_alone() {
    let place = place();
    let mock = Mock::start(&place, &[]);
    serve_by(&place, &mock, "");
    ran(&mut run(&place, "first")).exits(0);
    let answered = |schema: &str| mock.report()["requests"]["by_schema"][schema]["answered"].as_u64().unwrap();
    let before = ["quality_judge", "qa_pairs", "qa_verdict"].map(answered);
    let prompt = place.path("pipeline/prompts/qa_verify.md");
    let changed = std::fs::read_to_string(&prompt).unwrap() + "\nBe strict.\n";
    std::fs::write(&prompt, changed).unwrap();
    ran(&mut run(&place, "second")).exits(0);
    let after = ["quality_judge", "qa_pairs", "qa_verdict"].map(answered);
    assert_eq!(before[..2], after[..2], "the teacher was asked again");
    assert!(after[2] > before[2], "the checker was not asked again");
    assert_eq!(mock.count("repeated"), 0);
}

#[test]
fn an_endpoint_that_fails_every_second_time_changes_no_byte() {
    let place = place();
    let mock = Mock::start(&place, &[]);
    serve_by(&place, &mock, "");
    ran(&mut run(&place, "calm")).exits(0);
    drop(mock);
    std::fs::remove_file(place.path("ledger.db")).unwrap();
    place.write("faults.toml", FAULTS);
    let mock = Mock::start(&place, &["--faults", "faults.toml"]);
    serve_by(&place, &mock, "");
    ran(&mut run(&place, "faulty")).exits(0);
    assert_same_bytes(&place.path("faulty"), &bytes(&place.path("calm")), "with faults");
    let report = mock.report();
    let requests = &report["requests"];
    assert!(requests["faults"].as_object().unwrap().len() > 3, "{requests}");
    assert_eq!(
        (requests["repeated"].as_u64(), requests["rate_limit_violations"].as_u64()),
        (Some(0), Some(0)),
        "{requests}"
    );
}

#[test]
fn a_spent_budget_stops_the_run_and_a_higher_one_ends_it() {
    let place = place();
    let mock = Mock::start(&place, &[]);
    serve_by(&place, &mock, "");
    ran(&mut run(&place, "uncapped")).exits(0);
    let spent = mock.report()["tokens"]["prompt"].as_u64().unwrap();
    drop(mock);
    std::fs::remove_file(place.path("ledger.db")).unwrap();
    let mock = Mock::start(&place, &[]);
    let cap = spent / 2;
    serve_by(&place, &mock, &format!("[budget]\nmax_tokens_in = {cap}\n"));
    ran(&mut run(&place, "capped")).exits(5);
    let first = mock.report()["tokens"]["prompt"].as_u64().unwrap();
    assert!(0 < first && first <= cap, "{first} tokens were spent of {cap}");
    serve_by(&place, &mock, "");
    ran(&mut run(&place, "capped")).exits(0);
    assert_same_bytes(&place.path("capped"), &bytes(&place.path("uncapped")), "after the budget was raised");
    assert_eq!(mock.count("repeated"), 0);
}
