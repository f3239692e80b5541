//! Requests whose replies come by batch file: what was asked, until it is answered.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension as _, params};
use serde::Deserialize;

use super::pack::{Packer, unpack};
use super::schema::{Problem, fault, open};
use super::writer::finish;
use crate::{Choice, Error, Usage};

/// Answers that are written in one transaction.
const GROUP: usize = 1000;

/// What a ledger knows of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// It waits for its reply.
    Waiting {
        /// The model's id.
        model: String,
        /// How many answers it asks for.
        num_samples: u32,
    },
    /// It has one.
    Answered,
    /// Nobody made it.
    Never,
}

/// The requests of a ledger that wait, while their replies come in.
pub(crate) struct WaitingCalls {
    path: PathBuf,
    db: Connection,
    packer: Packer,
    num_open: usize,
}

#[derive(Deserialize)]
struct Request {
    sampling: Samples,
}

#[derive(Deserialize)]
struct Samples {
    num_samples: u32,
}

impl WaitingCalls {
    /// Opens a ledger.
    pub(crate) fn open(path: &Path) -> Result<WaitingCalls, Error> {
        let db = open(path)?;
        let packer = Packer::new().map_err(|error| fault(path, error))?;
        Ok(WaitingCalls { path: path.to_path_buf(), db, packer, num_open: 0 })
    }

    /// What is known of a request.
    pub(crate) fn find(&self, hash: &str) -> Result<Asked, Error> {
        self.look_up(hash).map_err(|problem| fault(&self.path, problem))
    }

    /// Keeps the reply to a request that waits. It is durable once enough of them came, or at the end.
    pub(crate) fn answer(
        &mut self,
        hash: &str,
        choices: &[Choice],
        usage: Usage,
        cost: f64,
        body: &[u8],
    ) -> Result<(), Error> {
        let kept = self.insert(hash, choices, usage, cost, body).and_then(|()| match self.num_open >= GROUP {
            true => self.commit(),
            false => Ok(()),
        });
        kept.map_err(|problem| fault(&self.path, problem))
    }

    /// Makes everything durable, and says how many requests still wait.
    pub(crate) fn finish(mut self) -> Result<u64, Error> {
        let sql = "SELECT count(*) FROM waiting WHERE hash NOT IN (SELECT hash FROM call)";
        let num_waiting = self.commit().and_then(|()| Ok(self.db.query_row(sql, [], |row| row.get::<_, u64>(0))?));
        num_waiting.map_err(|problem| fault(&self.path, problem))
    }

    fn look_up(&self, hash: &str) -> Result<Asked, Problem> {
        let mut answered = self.db.prepare_cached("SELECT 1 FROM call WHERE hash = ?1")?;
        if answered.exists([hash])? {
            return Ok(Asked::Answered);
        }
        let mut waiting = self.db.prepare_cached(
            "SELECT waiting.model, text.body, waiting.tail FROM waiting LEFT JOIN text ON text.hash = waiting.head \
             WHERE waiting.hash = ?1",
        )?;
        let row = waiting.query_row([hash], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, Option<Vec<u8>>>(1)?, row.get::<_, Vec<u8>>(2)?))
        });
        let Some((model, head, tail)) = row.optional()? else { return Ok(Asked::Never) };
        let request: Request = serde_json::from_str(&unpack(head.as_deref(), &tail)?)?;
        Ok(Asked::Waiting { model, num_samples: request.sampling.num_samples.max(1) })
    }

    fn insert(&mut self, hash: &str, choices: &[Choice], usage: Usage, cost: f64, body: &[u8]) -> Result<(), Problem> {
        if self.num_open == 0 {
            self.db.execute_batch("BEGIN IMMEDIATE")?;
        }
        let mut insert = self.db.prepare_cached(
            "INSERT INTO call (hash, stage, model, revision, attempt, template, finish, prompt_tokens, cached_tokens, \
             completion_tokens, cost, num_tries, duration_ms, reply, head, tail, body) \
             SELECT hash, stage, model, revision, attempt, template, ?2, ?3, ?4, ?5, ?6, 1, 0, ?7, head, tail, ?8 \
             FROM waiting WHERE hash = ?1 ON CONFLICT (hash) DO NOTHING",
        )?;
        insert.execute(params![
            hash,
            finish(choices),
            usage.prompt_tokens,
            usage.cached_tokens,
            usage.completion_tokens,
            cost,
            serde_json::to_string(choices)?,
            self.packer.compress(body)?,
        ])?;
        self.db.prepare_cached("DELETE FROM waiting WHERE hash = ?1")?.execute([hash])?;
        self.num_open += 1;
        Ok(())
    }

    fn commit(&mut self) -> Result<(), Problem> {
        if std::mem::take(&mut self.num_open) > 0 {
            self.db.execute_batch("COMMIT")?;
        }
        Ok(())
    }
}
