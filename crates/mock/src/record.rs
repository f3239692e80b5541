//! What is remembered of each request: for the log, for the report, and to know a retry when one comes.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;

use serde::Serialize;
use serde_json::json;

use super::answers::Defect;
use super::{Error, Settings};

/// A request on its arrival.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Arrival {
    /// Its number, from 1.
    pub(crate) number: u64,
    /// Seconds since the start.
    pub(crate) seconds: f64,
    /// How often it was sent, this time included.
    pub(crate) num_tries: u32,
}

/// How a request ended.
#[derive(Clone, Debug, Default)]
pub(crate) struct Outcome {
    /// The status that was sent; 0 where the client was gone before, or the connection was cut.
    pub(crate) status: u16,
    /// The fault that happened to it.
    pub(crate) fault: Option<&'static str>,
    /// The name of its schema.
    pub(crate) schema: String,
    /// Tokens of its prompt.
    pub(crate) prompt_tokens: u64,
    /// Those out of the cache.
    pub(crate) cached_tokens: u64,
    /// Tokens of its answers.
    pub(crate) completion_tokens: u64,
    /// Model milliseconds in the queue.
    pub(crate) queue_ms: f64,
    /// Why its answers ended; empty where it has none.
    pub(crate) finish: &'static str,
    /// Whether a whole answer went out, which is paid for.
    pub(crate) is_answered: bool,
    /// Seconds before which it must not come again.
    pub(crate) retry_after: Option<f64>,
}

/// Counts by the name of a schema.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Counts {
    /// Requests that were answered.
    pub(crate) answered: u64,
    /// Their prompt tokens.
    pub(crate) prompt_tokens: u64,
    /// Those out of the cache.
    pub(crate) cached_tokens: u64,
    /// Their answers' tokens.
    pub(crate) completion_tokens: u64,
}

/// All counts of requests.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Tally {
    /// Requests that came in.
    pub(crate) requests: u64,
    /// Those that had not come before.
    pub(crate) distinct: u64,
    /// Those that came again after a whole answer had gone out: paid twice.
    pub(crate) repeated: u64,
    /// Those that came again after a try without an answer.
    pub(crate) retried: u64,
    /// Clients that left before the answer.
    pub(crate) aborted: u64,
    /// Retries before the time that `Retry-After` gave.
    pub(crate) rate_limit_violations: u64,
    /// By status.
    pub(crate) statuses: BTreeMap<u16, u64>,
    /// By fault.
    pub(crate) faults: BTreeMap<&'static str, u64>,
    /// By why answers ended.
    pub(crate) finished: BTreeMap<&'static str, u64>,
    /// By schema; plain text has the empty name.
    pub(crate) by_schema: BTreeMap<String, Counts>,
}

struct Seen {
    num_tries: u32,
    is_answered: bool,
    not_before: f64,
}

/// The record of a server.
pub(crate) struct Record {
    tally: Tally,
    seen: HashMap<u128, Seen>,
    num_fired: Vec<u64>,
    defects: Vec<(u128, Defect)>,
    log: Option<Sink>,
    bodies: Option<Sink>,
}

type Sink = (PathBuf, BufWriter<File>);

impl Record {
    /// Makes an empty record, and the log file where one is wanted.
    ///
    /// # Errors
    /// The log cannot be made.
    pub(crate) fn new(settings: &Settings) -> Result<Record, Error> {
        let open = |path: &PathBuf| {
            let file =
                File::create(path).map_err(|source| Error::Write { path: path.display().to_string(), source })?;
            Ok((path.clone(), BufWriter::with_capacity(1 << 16, file)))
        };
        Ok(Record {
            tally: Tally::default(),
            seen: HashMap::new(),
            num_fired: vec![0; settings.faults.num_rules()],
            defects: Vec::new(),
            log: settings.log.as_ref().map(open).transpose()?,
            bodies: settings.bodies.as_ref().map(open).transpose()?,
        })
    }

    /// Takes note of a request that comes in.
    pub(crate) fn arrive(&mut self, hash: u128, seconds: f64) -> Arrival {
        self.tally.requests += 1;
        let seen = self.seen.entry(hash).or_insert(Seen { num_tries: 0, is_answered: false, not_before: 0.0 });
        match (seen.num_tries, seen.is_answered) {
            (0, _) => self.tally.distinct += 1,
            (_, true) => self.tally.repeated += 1,
            (_, false) => self.tally.retried += 1,
        }
        if seconds < seen.not_before {
            self.tally.rate_limit_violations += 1;
        }
        seen.num_tries += 1;
        Arrival { number: self.tally.requests, seconds, num_tries: seen.num_tries }
    }

    /// Keeps a request's body, where bodies are wanted.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(crate) fn keep(&mut self, body: &[u8]) -> std::io::Result<()> {
        let Some((_, bodies)) = &mut self.bodies else { return Ok(()) };
        // A body may be written over several lines; within its strings every line end is escaped.
        let line: Vec<u8> = body.iter().copied().filter(|byte| *byte != b'\n').collect();
        bodies.write_all(&line)?;
        bodies.write_all(b"\n")
    }

    /// How often each rule of the script has done something.
    pub(crate) fn num_fired(&self) -> &[u64] {
        &self.num_fired
    }

    /// Takes note of a rule that does something.
    pub(crate) fn fire(&mut self, rule: usize) {
        if let Some(count) = self.num_fired.get_mut(rule) {
            *count += 1;
        }
    }

    /// Takes note of how a request ended, and writes its line.
    ///
    /// # Errors
    /// The log cannot be written.
    pub(crate) fn end(&mut self, hash: u128, arrival: Arrival, seconds: f64, outcome: &Outcome) -> std::io::Result<()> {
        let tally = &mut self.tally;
        if outcome.status == 0 && outcome.fault.is_none() {
            tally.aborted += 1;
        }
        *tally.statuses.entry(outcome.status).or_default() += 1;
        if let Some(fault) = outcome.fault {
            *tally.faults.entry(fault).or_default() += 1;
        }
        if !outcome.finish.is_empty() {
            *tally.finished.entry(outcome.finish).or_default() += 1;
        }
        if outcome.is_answered {
            if !tally.by_schema.contains_key(&outcome.schema) {
                tally.by_schema.insert(outcome.schema.clone(), Counts::default());
            }
            if let Some(counts) = tally.by_schema.get_mut(&outcome.schema) {
                counts.answered += 1;
                counts.prompt_tokens += outcome.prompt_tokens;
                counts.cached_tokens += outcome.cached_tokens;
                counts.completion_tokens += outcome.completion_tokens;
            }
        }
        if let Some(seen) = self.seen.get_mut(&hash) {
            seen.is_answered |= outcome.is_answered;
            seen.not_before = outcome.retry_after.map_or(0.0, |wait| seconds + wait);
        }
        let Some((_, log)) = &mut self.log else { return Ok(()) };
        let line = json!({
            "at": millis(arrival.seconds),
            "took_ms": millis((seconds - arrival.seconds) * 1000.0),
            "hash": format!("{hash:032x}"),
            "try": arrival.num_tries,
            "status": outcome.status,
            "prompt_tokens": outcome.prompt_tokens,
            "cached_tokens": outcome.cached_tokens,
            "completion_tokens": outcome.completion_tokens,
            "queue_ms": millis(outcome.queue_ms),
            "schema": outcome.schema,
            "finish": outcome.finish,
            "fault": outcome.fault,
        });
        writeln!(log, "{line}")
    }

    /// Takes note of defects that are planted in an answer about to go out; an equal answer that went out before had them.
    pub(crate) fn plant(&mut self, hash: u128, defects: Vec<Defect>) {
        if self.seen.get(&hash).is_some_and(|seen| seen.is_answered) {
            return;
        }
        self.defects.extend(defects.into_iter().map(|defect| (hash, defect)));
    }

    /// Writes what is still held back.
    ///
    /// # Errors
    /// A file cannot be written.
    pub(crate) fn flush(&mut self) -> Result<(), Error> {
        for (path, sink) in self.log.iter_mut().chain(&mut self.bodies) {
            sink.flush().map_err(|source| Error::Write { path: path.display().to_string(), source })?;
        }
        Ok(())
    }

    /// The counts.
    pub(crate) fn tally(&self) -> &Tally {
        &self.tally
    }

    /// The planted defects, each with the hash of its request.
    pub(crate) fn defects(&self) -> &[(u128, Defect)] {
        &self.defects
    }
}

/// Three decimals are enough for a reader.
fn millis(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}

#[cfg(test)]
mod tests {
    use super::{Defect, Outcome, Record};
    use crate::Settings;

    #[test]
    fn retries_repeats_and_early_ones_are_told_apart() {
        let mut record = Record::new(&Settings::default()).unwrap();
        let limited = Outcome { status: 429, fault: Some("rate_limit"), retry_after: Some(2.0), ..Outcome::default() };
        let answered = Outcome { status: 200, is_answered: true, finish: "stop", ..Outcome::default() };
        let first = record.arrive(1, 0.0);
        record.end(1, first, 0.5, &limited).unwrap();
        let early = record.arrive(1, 2.4);
        assert_eq!((early.number, early.num_tries), (2, 2));
        record.end(1, early, 2.5, &answered).unwrap();
        let defect = || vec![Defect { kind: "needs_page", question: String::new(), answer: String::new() }];
        record.plant(1, defect());
        record.arrive(1, 3.0);
        record.arrive(2, 3.0);
        record.plant(2, defect());
        assert_eq!(record.defects().len(), 1);
        let tally = record.tally();
        assert_eq!((tally.requests, tally.distinct, tally.retried, tally.repeated), (4, 2, 1, 1));
        assert_eq!(tally.rate_limit_violations, 1);
        assert_eq!(tally.by_schema[""].answered, 1);
    }

    #[test]
    fn the_log_has_one_line_a_request() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log.jsonl");
        let mut record = Record::new(&Settings { log: Some(path.clone()), ..Settings::default() }).unwrap();
        let arrival = record.arrive(255, 1.25);
        record.end(255, arrival, 1.5, &Outcome::default()).unwrap();
        record.flush().unwrap();
        let text = std::fs::read_to_string(path).unwrap();
        let line: serde_json::Value = serde_json::from_str(text.trim()).unwrap();
        assert_eq!((line["at"].as_f64(), line["took_ms"].as_f64()), (Some(1.25), Some(250.0)));
        assert_eq!(line["hash"], "000000000000000000000000000000ff");
        assert_eq!(record.tally().aborted, 1);
    }
}
