//! What all requests share: settings, author, machine and record, and the clock between real and model time.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::UNIX_EPOCH;

use tokio::sync::Notify;
use tokio::time::Instant;

use super::doorway::Door;
use crate::answers::Author;
use crate::record::Record;
use crate::report::{Report, report};
use crate::schedule::{Job, Schedule, Ticket};
use crate::{Error, Settings};

/// The state of a server.
pub(crate) struct Shared {
    /// As they were given.
    pub(crate) settings: Settings,
    /// Writes the answers.
    pub(crate) author: Author,
    /// The listening socket's.
    pub(crate) door: Arc<Door>,
    /// Seconds since 1970 at the start.
    pub(crate) created: u64,
    started: Instant,
    schedule: Mutex<Schedule>,
    record: Mutex<Record>,
    /// Model seconds at which the machine is looked at next.
    alarm: Mutex<Option<f64>>,
    earlier: Notify,
    failure: Mutex<Option<std::io::Error>>,
}

impl Shared {
    /// Makes the state of a server that starts now.
    pub(crate) fn new(settings: Settings, door: Arc<Door>) -> Result<Shared, Error> {
        Ok(Shared {
            author: Author::new(settings.habits.clone()),
            schedule: Mutex::new(Schedule::new(settings.machine.clone())),
            record: Mutex::new(Record::new(&settings)?),
            created: (settings.now)().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs()),
            started: Instant::now(),
            alarm: Mutex::new(None),
            earlier: Notify::new(),
            failure: Mutex::new(None),
            door,
            settings,
        })
    }

    /// The machine.
    pub(crate) fn schedule(&self) -> MutexGuard<'_, Schedule> {
        self.schedule.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The record.
    pub(crate) fn record(&self) -> MutexGuard<'_, Record> {
        self.record.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Real seconds since the start.
    pub(crate) fn seconds(&self) -> f64 {
        self.started.elapsed().as_secs_f64()
    }

    /// Model seconds since the start.
    pub(crate) fn model_seconds(&self) -> f64 {
        self.seconds() * self.settings.machine.speed
    }

    /// Puts a job into the queue, and has the machine be looked at earlier if need be.
    pub(crate) fn submit(&self, job: Job) -> Ticket {
        // The lock on the machine is held while the alarm is read or set: nobody is to miss what the other does.
        let mut schedule = self.schedule();
        let ticket = schedule.submit(self.model_seconds(), job);
        let alarm = *self.alarm.lock().unwrap_or_else(PoisonError::into_inner);
        if schedule.next_event().is_some_and(|next| alarm.is_none_or(|alarm| next < alarm)) {
            self.earlier.notify_one();
        }
        ticket
    }

    /// Breaks a job off.
    pub(crate) fn cancel(&self, ticket: Ticket) {
        self.schedule().cancel(self.model_seconds(), ticket);
        self.earlier.notify_one();
    }

    /// Wakes the machine at each of its events, for ever.
    pub(crate) async fn keep_time(&self) {
        loop {
            let next = {
                let mut schedule = self.schedule();
                schedule.advance(self.model_seconds());
                let next = schedule.next_event();
                *self.alarm.lock().unwrap_or_else(PoisonError::into_inner) = next;
                next
            };
            let sleep = async {
                match next {
                    Some(next) => tokio::time::sleep_until(self.real_time(next)).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = sleep => {}
                () = self.earlier.notified() => {}
            }
        }
    }

    fn real_time(&self, model_seconds: f64) -> Instant {
        let seconds = (model_seconds / self.settings.machine.speed).clamp(0.0, 1e7);
        self.started + std::time::Duration::from_secs_f64(seconds)
    }

    /// Remembers that the log could not be written; the server then stops.
    pub(crate) fn fail(&self, error: std::io::Error) {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
    }

    /// What failed in the meantime.
    pub(crate) fn failure(&self) -> Option<std::io::Error> {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// The report up to now.
    pub(crate) fn report(&self) -> Report {
        let load = {
            let mut schedule = self.schedule();
            schedule.advance(self.model_seconds());
            schedule.load()
        };
        report(&self.settings.machine, &load, &self.record(), self.seconds())
    }
}
