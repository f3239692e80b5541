//! A ledger as lines of JSON: for audits, and to replay a run where no model can be reached.

use std::io::{BufRead, Write};
use std::path::Path;
use std::sync::{Arc, RwLock};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use super::known::Known;
use super::pack::{decompress, has_hash, unpack};
use super::query::LedgerView;
use super::schema::{Problem, fault, open};
use super::store::Ledger;
use super::writer::{Answer, Row, Writer, finish};
use crate::{Choice, Error, ErrorKind, Usage};

/// Lines that are written in one transaction.
const GROUP: usize = 1000;

const CALLS: &str = "SELECT call.hash, stage, reply, prompt_tokens, cached_tokens, completion_tokens, cost, num_tries, \
                     duration_ms, time, call.body, text.body, tail \
                     FROM call LEFT JOIN text ON text.hash = call.head ORDER BY call.hash";

/// What came of an import.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Replies that the ledger did not hold.
    pub num_new: u64,
    /// Replies whose request it held; its own stayed.
    pub num_known: u64,
}

/// One call as a line.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    hash: String,
    stage: Arc<str>,
    choices: Vec<Choice>,
    usage: Usage,
    cost: f64,
    num_tries: u32,
    duration_ms: u64,
    time: String,
    request: Box<RawValue>,
    body: String,
}

/// The part of a request that has columns of its own.
#[derive(Deserialize)]
struct Columns {
    model: Arc<str>,
    revision: Option<Arc<str>>,
    attempt: u32,
    template: Arc<str>,
    sampling: Samples,
}

#[derive(Deserialize)]
struct Samples {
    num_samples: u32,
}

impl LedgerView {
    /// Writes all calls, one a line, in the order of their hashes, and says how many.
    ///
    /// # Errors
    /// The ledger cannot be read or the lines cannot be written.
    pub fn export(&self, to: &mut dyn Write) -> Result<u64, Error> {
        self.write_lines(to).map_err(|problem| fault(&self.path, problem))
    }

    fn write_lines(&self, to: &mut dyn Write) -> Result<u64, Problem> {
        let mut query = self.db.prepare(CALLS)?;
        let mut rows = query.query([])?;
        let mut num_calls = 0;
        while let Some(row) = rows.next()? {
            serde_json::to_writer(&mut *to, &line(row)?)?;
            to.write_all(b"\n")?;
            num_calls += 1;
        }
        to.flush()?;
        Ok(num_calls)
    }
}

impl Ledger {
    /// Reads exported calls into a ledger, which is made where it is missing. Each request is held against its hash.
    ///
    /// # Errors
    /// The ledger cannot be written; or, with kind [`ErrorKind::Settings`], a line is wrong. Those before it may be in the
    /// ledger already, which does no harm.
    pub fn import(path: &Path, from: &mut dyn BufRead) -> Result<Imported, Error> {
        let known = Arc::new(RwLock::new(Known::default()));
        let mut writer = Writer::new(path.to_path_buf(), open(path)?, known)?;
        let mut imported = Imported::default();
        let mut rows = Vec::new();
        for (idx, text) in from.lines().enumerate() {
            let wrong = |problem: Problem| {
                Error::new(ErrorKind::Settings, format!("line {} of the import is wrong: {}", idx + 1, problem.text()))
            };
            let text = text.map_err(|error| wrong(error.into()))?;
            if !text.trim().is_empty() {
                rows.push(row(&text, &mut writer).map_err(wrong)?);
            }
            if rows.len() >= GROUP {
                write(&mut writer, &mut rows, &mut imported).map_err(|problem| fault(path, problem))?;
            }
        }
        write(&mut writer, &mut rows, &mut imported).map_err(|problem| fault(path, problem))?;
        Ok(imported)
    }
}

fn write(writer: &mut Writer, rows: &mut Vec<Row>, imported: &mut Imported) -> Result<(), Problem> {
    let num_new = writer.write(rows)? as u64;
    imported.num_new += num_new;
    imported.num_known += rows.len() as u64 - num_new;
    rows.clear();
    Ok(())
}

fn line(row: &rusqlite::Row<'_>) -> Result<Line, Problem> {
    let choices: String = row.get(2)?;
    let head = row.get_ref(11)?.as_blob_or_null().map_err(rusqlite::Error::from)?;
    let tail = row.get_ref(12)?.as_blob().map_err(rusqlite::Error::from)?;
    let body = decompress(row.get_ref(10)?.as_blob().map_err(rusqlite::Error::from)?)?;
    Ok(Line {
        hash: row.get(0)?,
        stage: row.get(1)?,
        choices: serde_json::from_str(&choices)?,
        usage: Usage { prompt_tokens: row.get(3)?, cached_tokens: row.get(4)?, completion_tokens: row.get(5)? },
        cost: row.get(6)?,
        num_tries: row.get(7)?,
        duration_ms: row.get(8)?,
        time: row.get(9)?,
        request: RawValue::from_string(unpack(head, tail)?)?,
        body: String::from_utf8_lossy(&body).into_owned(),
    })
}

fn row(text: &str, writer: &mut Writer) -> Result<Row, Problem> {
    let line: Line = serde_json::from_str(text)?;
    let mut canonical = line.request.get().to_owned();
    if !has_hash(canonical.as_bytes(), &line.hash) {
        // Other programs put blanks between a line's parts, which changes nothing.
        canonical = serde_json::to_string(&serde_json::from_str::<Value>(&canonical)?)?;
        if !has_hash(canonical.as_bytes(), &line.hash) {
            return Err(Problem::from("the request is not the one that its hash names"));
        }
    }
    let columns: Columns = serde_json::from_str(&canonical)?;
    if line.choices.len() < columns.sampling.num_samples.max(1) as usize {
        return Err(Problem::from("it has fewer answers than were asked for"));
    }
    Ok(Row {
        hash: line.hash,
        stage: line.stage,
        model: columns.model,
        revision: columns.revision,
        attempt: columns.attempt,
        template: columns.template,
        request: writer.packer().pack_bytes(canonical.as_bytes())?,
        answer: Some(Answer {
            reply: serde_json::to_string(&line.choices)?,
            finish: finish(&line.choices),
            usage: line.usage,
            cost: line.cost,
            num_tries: line.num_tries,
            duration_ms: line.duration_ms,
            time: Some(line.time),
            body: writer.packer().compress(line.body.as_bytes())?,
        }),
    })
}
