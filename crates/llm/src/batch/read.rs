//! Answers of a batch file, read into the ledger. What is no answer is counted and told, and asked again by the next file.

use std::io::BufRead;
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::ledger::{Asked, WaitingCalls};
use crate::wire::{read_answer, shown};
use crate::{Error, ErrorKind, Finish, Prices};

/// Problems that are told one by one; all are counted.
const MAX_TOLD: usize = 10;

/// What came of a file of answers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct BatchRead {
    /// Answers that are in the ledger now.
    pub num_kept: u64,
    /// Of these, answers that were cut off at their most tokens; the stage will ask anew.
    pub num_at_length: u64,
    /// Answers to requests that had one.
    pub num_duplicate: u64,
    /// Answers to requests that nobody made.
    pub num_unknown: u64,
    /// Requests that the service could not answer, or not in full.
    pub num_failed: u64,
    /// Lines that are cut off or no answers at all.
    pub num_unreadable: u64,
    /// Requests that still wait.
    pub num_waiting: u64,
    /// The first problems, with their lines.
    pub problems: Vec<String>,
}

#[derive(Deserialize)]
struct Line<'l> {
    custom_id: String,
    #[serde(borrow, default)]
    response: Option<Response<'l>>,
    #[serde(default)]
    error: Option<Value>,
}

#[derive(Deserialize)]
struct Response<'l> {
    #[serde(default)]
    status_code: Option<u16>,
    #[serde(borrow)]
    body: &'l RawValue,
}

enum Outcome {
    Kept { at_length: bool },
    Duplicate,
    Unknown,
    Failed(String),
    Unreadable(String),
}

/// Reads answers into a ledger. `prices` gives a model's prices by its id.
///
/// # Errors
/// The ledger cannot be written, or the answers cannot be read any further; those before are kept.
pub fn read_batch(ledger: &Path, from: &mut dyn BufRead, prices: &dyn Fn(&str) -> Prices) -> Result<BatchRead, Error> {
    let mut calls = WaitingCalls::open(ledger)?;
    let mut read = BatchRead::default();
    let mut text = Vec::new();
    let mut number = 0;
    loop {
        text.clear();
        let unread = |error| Error::new(ErrorKind::Settings, format!("the answers cannot be read: {error}"));
        if from.read_until(b'\n', &mut text).map_err(unread)? == 0 {
            break;
        }
        number += 1;
        if !text.trim_ascii().is_empty() {
            let outcome = take(&text, &mut calls, prices)?;
            read.count(number, outcome);
        }
    }
    read.num_waiting = calls.finish()?;
    Ok(read)
}

impl BatchRead {
    fn count(&mut self, number: u64, outcome: Outcome) {
        let problem = match outcome {
            Outcome::Kept { at_length } => {
                self.num_kept += 1;
                self.num_at_length += u64::from(at_length);
                return;
            }
            Outcome::Duplicate => {
                self.num_duplicate += 1;
                return;
            }
            Outcome::Unknown => {
                self.num_unknown += 1;
                "nobody asked this; is it the file of another output directory?".to_owned()
            }
            Outcome::Failed(problem) => {
                self.num_failed += 1;
                problem
            }
            Outcome::Unreadable(problem) => {
                self.num_unreadable += 1;
                problem
            }
        };
        if self.problems.len() < MAX_TOLD {
            self.problems.push(format!("line {number}: {problem}"));
        }
    }
}

fn take(text: &[u8], calls: &mut WaitingCalls, prices: &dyn Fn(&str) -> Prices) -> Result<Outcome, Error> {
    let line: Line<'_> = match serde_json::from_slice(text) {
        Ok(line) => line,
        Err(error) if error.is_eof() => return Ok(Outcome::Unreadable("the line is cut off".to_owned())),
        Err(_) => return Ok(Outcome::Unreadable("the line is no answer of a batch".to_owned())),
    };
    let (model, num_samples) = match calls.find(&line.custom_id)? {
        Asked::Waiting { model, num_samples } => (model, num_samples),
        Asked::Answered => return Ok(Outcome::Duplicate),
        Asked::Never => return Ok(Outcome::Unknown),
    };
    let body = match body_of(&line) {
        Ok(body) => body,
        Err(problem) => return Ok(Outcome::Failed(problem)),
    };
    let mut answer = match read_answer(body.as_bytes(), None) {
        Ok(answer) => answer,
        Err(fault) => return Ok(Outcome::Failed(fault.words)),
    };
    if answer.choices.len() < num_samples as usize {
        let problem = format!("{} answers instead of {num_samples}", answer.choices.len());
        return Ok(Outcome::Failed(problem));
    }
    answer.choices.truncate(num_samples as usize);
    let at_length = answer.choices.iter().any(|choice| choice.finish == Finish::Length);
    let usage = answer.usage.unwrap_or_default();
    calls.answer(&line.custom_id, &answer.choices, usage, prices(&model).cost(&usage), body.as_bytes())?;
    Ok(Outcome::Kept { at_length })
}

/// The body of a good response, or what is wrong instead.
fn body_of<'l>(line: &Line<'l>) -> Result<&'l str, String> {
    if let Some(error) = line.error.as_ref().filter(|error| !error.is_null()) {
        let words = error.get("message").and_then(Value::as_str).map_or_else(|| error.to_string(), str::to_owned);
        return Err(format!("the service says: {}", shown(&words, None)));
    }
    let Some(response) = &line.response else { return Err("there is neither a response nor an error".to_owned()) };
    match response.status_code {
        None | Some(200) => Ok(response.body.get()),
        Some(status) => Err(format!("status {status}: {}", shown(response.body.get(), None))),
    }
}
