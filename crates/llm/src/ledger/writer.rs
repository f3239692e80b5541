//! The one thread that writes: it commits whatever waits in one go, since the disk takes as long for one as for many.

use std::collections::HashSet;
use std::io;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use rusqlite::{Connection, Transaction, TransactionBehavior, params};
use tokio::sync::{OwnedSemaphorePermit, oneshot};

use super::known::Known;
use super::pack::{Head, Packed, Packer};
use super::schema::{Problem, fault};
use crate::{Call, Choice, Entry, Error, Finish, RequestHash, Usage};

/// How long a lone reply waits for company.
const LINGER: Duration = Duration::from_millis(5);
/// This many replies are company enough.
const ENOUGH: usize = 64;
/// A commit takes no more, so that its memory is bounded.
const MOST: usize = 1024;
/// Heads that are remembered as written; forgetting one costs a look into an index.
const MAX_HEADS: usize = 16_384;

/// A message to the writer. Its permit bounds how many wait.
pub(super) struct Job {
    /// What is to be written.
    pub(super) what: What,
    /// Hears when it is durable.
    pub(super) done: oneshot::Sender<Result<(), Error>>,
    /// The place in the queue that it holds until then.
    pub(super) _permit: OwnedSemaphorePermit,
}

/// What is to be written.
pub(super) enum What {
    /// A reply that was paid for.
    Reply(Box<Entry>),
    /// A request whose reply comes by batch file.
    Waiting(Arc<Call>),
}

/// The writer's side of a ledger.
pub(super) struct Writer {
    path: PathBuf,
    db: Connection,
    known: Arc<RwLock<Known>>,
    packer: Packer,
    heads: HashSet<[u8; 16]>,
    last_id: i64,
}

/// One row, ready to be written.
pub(super) struct Row {
    /// The request's hash.
    pub(super) hash: String,
    /// Who asked.
    pub(super) stage: Arc<str>,
    /// The model's id.
    pub(super) model: Arc<str>,
    /// The weights' revision.
    pub(super) revision: Option<Arc<str>>,
    /// Which ask this is.
    pub(super) attempt: u32,
    /// The prompt file's hash.
    pub(super) template: Arc<str>,
    /// The request's bytes.
    pub(super) request: Packed,
    /// The reply, unless it is waited for.
    pub(super) answer: Option<Answer>,
}

/// The part of a row that a reply fills.
pub(super) struct Answer {
    /// The answers, as JSON.
    pub(super) reply: String,
    /// Why the answers end.
    pub(super) finish: String,
    /// What was counted.
    pub(super) usage: Usage,
    /// What it cost.
    pub(super) cost: f64,
    /// Tries that it took.
    pub(super) num_tries: u32,
    /// How long the good one took.
    pub(super) duration_ms: u64,
    /// When it came; now, where none is given.
    pub(super) time: Option<String>,
    /// The server's body, zstd.
    pub(super) body: Vec<u8>,
}

impl Writer {
    /// Takes over a connection.
    pub(super) fn new(path: PathBuf, db: Connection, known: Arc<RwLock<Known>>) -> Result<Writer, Error> {
        let packer = Packer::new().map_err(|error| fault(&path, error))?;
        let mut writer = Writer { path, db, known, packer, heads: HashSet::new(), last_id: 0 };
        let first = writer.new_fingerprints().map_err(|problem| fault(&writer.path, problem))?;
        *writer.known.write().unwrap_or_else(PoisonError::into_inner) = Known::new(first);
        Ok(writer)
    }

    /// Writes until nobody can send any more.
    pub(super) fn run(mut self, jobs: &Receiver<Job>) {
        while let Some(group) = next_group(jobs) {
            let rows = group.iter().map(|job| self.row_of(&job.what)).collect::<Result<Vec<_>, _>>();
            let written = rows.map_err(Problem::from).and_then(|rows| self.write(&rows));
            let written = written.map(drop).map_err(|problem| fault(&self.path, problem));
            for job in group {
                // Whoever gave up waiting needs no word; the reply is kept all the same.
                drop(job.done.send(written.clone()));
            }
        }
    }

    /// Writes rows in one transaction and says how many of them were new.
    pub(super) fn write(&mut self, rows: &[Row]) -> Result<usize, Problem> {
        let written = self.write_rows(rows);
        if written.is_err() {
            // Heads that were written in it went with the transaction.
            self.heads.clear();
        }
        let num_new = written?;
        for fingerprint in self.new_fingerprints()? {
            self.known.write().unwrap_or_else(PoisonError::into_inner).insert(fingerprint);
        }
        Ok(num_new)
    }

    /// Packs requests and bodies.
    pub(super) fn packer(&mut self) -> &mut Packer {
        &mut self.packer
    }

    fn write_rows(&mut self, rows: &[Row]) -> Result<usize, Problem> {
        let transaction = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        if self.heads.len() > MAX_HEADS {
            self.heads.clear();
        }
        let mut num_new = 0;
        for row in rows {
            if let Some(head) = &row.request.head
                && self.heads.insert(head.hash)
            {
                insert_head(&transaction, head, &mut self.packer)?;
            }
            num_new += insert(&transaction, row)?;
        }
        transaction.commit()?;
        Ok(num_new)
    }

    fn row_of(&mut self, what: &What) -> io::Result<Row> {
        match what {
            What::Reply(entry) => {
                let answer = self.answer_of(entry)?;
                self.row_of_call(&entry.call, entry.reply.hash, Some(answer))
            }
            What::Waiting(call) => self.row_of_call(call, call.request.hash(), None),
        }
    }

    fn row_of_call(&mut self, call: &Call, hash: RequestHash, answer: Option<Answer>) -> io::Result<Row> {
        Ok(Row {
            hash: hash.to_string(),
            stage: Arc::clone(&call.stage),
            model: Arc::clone(&call.request.model),
            revision: call.request.revision.clone(),
            attempt: call.request.attempt,
            template: Arc::clone(&call.request.template),
            request: self.packer.pack(&call.request)?,
            answer,
        })
    }

    fn answer_of(&mut self, entry: &Entry) -> io::Result<Answer> {
        Ok(Answer {
            reply: serde_json::to_string(&entry.reply.choices)?,
            finish: finish(&entry.reply.choices),
            usage: entry.reply.usage,
            cost: entry.cost,
            num_tries: entry.num_tries,
            duration_ms: u64::try_from(entry.duration.as_millis()).unwrap_or(u64::MAX),
            time: None,
            body: self.packer.compress(&entry.body)?,
        })
    }

    /// The fingerprints of calls that were kept since this was asked last, by this process or another.
    fn new_fingerprints(&mut self) -> Result<Vec<u64>, Problem> {
        // All of them are read out of the index of hashes; a few new ones are found by id.
        let range = if self.last_id == 0 { "?1 = 0" } else { "id > ?1" };
        let sql = format!("SELECT id, substr(hash, 1, 16) FROM call WHERE {range}");
        let mut query = self.db.prepare_cached(&sql)?;
        let mut rows = query.query([self.last_id])?;
        let mut fingerprints = Vec::new();
        let mut last_id = self.last_id;
        while let Some(row) = rows.next()? {
            last_id = last_id.max(row.get(0)?);
            let digits = row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?;
            let number = u64::from_str_radix(digits, 16);
            fingerprints.push(number.map_err(|_| Problem::from("a hash in it is no hexadecimal number"))?);
        }
        drop(rows);
        drop(query);
        self.last_id = last_id;
        Ok(fingerprints)
    }
}

/// Why the answers end, for reading: each reason once.
pub(super) fn finish(choices: &[Choice]) -> String {
    let mut names: Vec<&str> = Vec::new();
    for choice in choices {
        let name = match choice.finish {
            Finish::Stop => "stop",
            Finish::Length => "length",
            Finish::ContentFilter => "content_filter",
            Finish::Refusal => "refusal",
            Finish::Other => "other",
        };
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.join(" ")
}

fn next_group(jobs: &Receiver<Job>) -> Option<Vec<Job>> {
    let mut group = vec![jobs.recv().ok()?];
    let until = Instant::now() + LINGER;
    while group.len() < MOST {
        let wait = if group.len() < ENOUGH { until.saturating_duration_since(Instant::now()) } else { Duration::ZERO };
        match jobs.recv_timeout(wait) {
            Ok(job) => group.push(job),
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => break,
        }
    }
    Some(group)
}

fn insert_head(transaction: &Transaction<'_>, head: &Head, packer: &mut Packer) -> Result<(), Problem> {
    let mut find = transaction.prepare_cached("SELECT 1 FROM text WHERE hash = ?1")?;
    if !find.exists([head.hash.as_slice()])? {
        let mut insert = transaction.prepare_cached("INSERT INTO text VALUES (?1, ?2)")?;
        insert.execute(params![head.hash.as_slice(), packer.compress(&head.text)?])?;
    }
    Ok(())
}

fn insert(transaction: &Transaction<'_>, row: &Row) -> Result<usize, Problem> {
    let head = row.request.head.as_ref().map(|head| head.hash.as_slice());
    let Some(answer) = &row.answer else {
        let mut insert =
            transaction.prepare_cached("INSERT OR IGNORE INTO waiting VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")?;
        let values =
            params![row.hash, row.stage, row.model, row.revision, row.attempt, row.template, head, row.request.tail];
        return Ok(insert.execute(values)?);
    };
    let mut insert = transaction.prepare_cached(
        "INSERT INTO call (hash, stage, model, revision, attempt, template, finish, prompt_tokens, cached_tokens, \
         completion_tokens, cost, num_tries, duration_ms, reply, head, tail, body, time) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, \
         coalesce(?18, strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))) ON CONFLICT (hash) DO NOTHING",
    )?;
    let num_new = insert.execute(params![
        row.hash,
        row.stage,
        row.model,
        row.revision,
        row.attempt,
        row.template,
        answer.finish,
        answer.usage.prompt_tokens,
        answer.usage.cached_tokens,
        answer.usage.completion_tokens,
        answer.cost,
        answer.num_tries,
        answer.duration_ms,
        answer.reply,
        head,
        row.request.tail,
        answer.body,
        answer.time,
    ])?;
    Ok(num_new)
}
