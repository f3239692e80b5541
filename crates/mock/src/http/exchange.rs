//! One request from its arrival to its end, however it ends: answered, refused, broken, or left by the client.

use std::sync::Arc;

use super::Shared;
use crate::answers::Answer;
use crate::faults::{Fault, Sight};
use crate::record::{Arrival, Outcome};
use crate::request::ChatRequest;
use crate::schedule::{Job, Ticket};

/// A request that is being dealt with. Dropped before its end it counts as left by the client, and frees its slots.
pub(crate) struct Exchange {
    shared: Arc<Shared>,
    hash: u128,
    arrival: Arrival,
    ticket: Option<Ticket>,
    has_ended: bool,
    /// What is known so far of how it ends.
    pub(crate) outcome: Outcome,
}

impl Exchange {
    /// Takes note of a request.
    pub(crate) fn begin(shared: &Arc<Shared>, request: &ChatRequest<'_>) -> Exchange {
        let arrival = shared.record().arrive(request.hash, shared.seconds());
        let outcome = Outcome { schema: request.schema_name().to_owned(), ..Outcome::default() };
        Exchange { shared: Arc::clone(shared), hash: request.hash, arrival, ticket: None, has_ended: false, outcome }
    }

    /// Asks the script what goes wrong.
    pub(crate) fn pick_fault(&mut self, request: &ChatRequest<'_>) -> Option<Fault> {
        let script = &self.shared.settings.faults;
        if script.num_rules() == 0 {
            return None;
        }
        let sight = Sight {
            hash: short(self.hash),
            num_tries: self.arrival.num_tries,
            number: self.arrival.number,
            seconds: self.arrival.seconds,
            schema: request.schema_name(),
        };
        let says = |text: &str| request.turns().any(|(_, content)| content.contains(text));
        let mut record = self.shared.record();
        let (rule, fault) = script.pick(sight, record.num_fired(), says)?;
        record.fire(rule);
        self.outcome.fault = Some(fault.kind.name());
        self.outcome.retry_after = fault.retry_after.seconds();
        Some(fault)
    }

    /// Puts the request into the queue.
    pub(crate) fn queue(&mut self, job: Job) {
        self.ticket = Some(self.shared.submit(job));
    }

    /// The machine is done with it.
    pub(crate) fn leave_slots(&mut self) {
        self.ticket = None;
    }

    /// The whole answer goes out; its defects are on record from now on.
    pub(crate) fn answer(mut self, answers: Vec<Answer>) {
        self.outcome.is_answered = true;
        let defects: Vec<_> = answers.into_iter().flat_map(|answer| answer.defects).collect();
        if !defects.is_empty() {
            self.shared.record().plant(self.hash, defects);
        }
        self.end(200);
    }

    /// It ends with this status; 0 where none is sent.
    pub(crate) fn end(mut self, status: u16) {
        self.close(status);
    }

    fn close(&mut self, status: u16) {
        if std::mem::replace(&mut self.has_ended, true) {
            return;
        }
        self.outcome.status = status;
        let seconds = self.shared.seconds();
        if let Err(error) = self.shared.record().end(self.hash, self.arrival, seconds, &self.outcome) {
            self.shared.fail(error);
        }
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket.take() {
            self.shared.cancel(ticket);
        }
        self.close(0);
    }
}

/// Half of a hash is enough to draw by.
pub(crate) fn short(hash: u128) -> u64 {
    u64::try_from(hash >> 64).unwrap_or_default()
}
