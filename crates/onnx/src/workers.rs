//! A fixed set of threads, each with a session of its own.
//!
//! Callers come from rayon. Its threads, while they wait inside another rayon pool (that of `rten`), take up further
//! work of their own pool: one that held a session could then wait for a second one for ever. So sessions live on plain
//! threads, and callers wait on a channel, where nothing is stolen.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use crate::engine::{Session, TokenBatch};
use crate::error::Error;

/// Worker threads that answer batches until they are dropped.
pub(crate) struct Workers {
    model: String,
    jobs: Option<Sender<Job>>,
    threads: Vec<JoinHandle<()>>,
}

/// Batches handed over by one caller.
pub(crate) struct Pending<'a> {
    workers: &'a Workers,
    reply: Sender<Answer>,
    answers: Receiver<Answer>,
    num_sent: usize,
}

struct Job {
    index: usize,
    batch: TokenBatch,
    reply: Sender<Answer>,
}

type Answer = (usize, Result<Vec<f32>, Error>);

impl Workers {
    /// Starts a thread for each session.
    pub(crate) fn start(model: &str, sessions: Vec<Box<dyn Session>>) -> Result<Self, Error> {
        let (jobs, queue) = channel::<Job>();
        let queue = Arc::new(Mutex::new(queue));
        let start = |(number, session): (usize, Box<dyn Session>)| {
            let queue = Arc::clone(&queue);
            let thread = std::thread::Builder::new().name(format!("onnx-{number}"));
            thread.spawn(move || work(&queue, session)).map_err(|error| Error::inference(model, error))
        };
        let threads = sessions.into_iter().enumerate().map(start).collect::<Result<_, _>>()?;
        Ok(Self { model: model.to_owned(), jobs: Some(jobs), threads })
    }

    /// Number of threads.
    pub(crate) fn num_workers(&self) -> usize {
        self.threads.len()
    }

    /// Opens a set of batches that are answered together.
    pub(crate) fn pending(&self) -> Pending<'_> {
        let (reply, answers) = channel();
        Pending { workers: self, reply, answers, num_sent: 0 }
    }

    fn stopped(&self) -> Error {
        Error::inference(&self.model, "a worker thread stopped; this is a fault of the engine")
    }
}

impl Pending<'_> {
    /// Hands a batch to the next free worker.
    pub(crate) fn send(&mut self, batch: TokenBatch) -> Result<(), Error> {
        let job = Job { index: self.num_sent, batch, reply: self.reply.clone() };
        self.num_sent += 1;
        let jobs = self.workers.jobs.as_ref().ok_or_else(|| self.workers.stopped())?;
        jobs.send(job).map_err(|_| self.workers.stopped())
    }

    /// Waits for all answers, in the order of sending.
    pub(crate) fn collect(self) -> Result<Vec<Vec<f32>>, Error> {
        let Self { workers, reply, answers, num_sent } = self;
        // Without our own copy the channel closes when a worker dies with a job in hand.
        drop(reply);
        let mut outputs = vec![None; num_sent];
        for (index, answer) in answers {
            let answer = answer?;
            if let Some(slot) = outputs.get_mut(index) {
                *slot = Some(answer);
            }
        }
        outputs.into_iter().collect::<Option<Vec<_>>>().ok_or_else(|| workers.stopped())
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        self.jobs = None;
        for thread in self.threads.drain(..) {
            // A thread that panicked has told so already, and its callers got an error.
            thread.join().ok();
        }
    }
}

fn work(queue: &Mutex<Receiver<Job>>, mut session: Box<dyn Session>) {
    loop {
        // The lock is held while waiting, never while working.
        let job = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(Job { index, batch, reply }) = job else { return };
        let answer = session.run(&batch);
        // The caller may have left after an earlier error.
        reply.send((index, answer)).ok();
    }
}

#[cfg(test)]
mod tests {
    use super::Workers;
    use crate::engine::{Session, TokenBatch};
    use crate::error::Error;

    /// Answers with the first id; fails on 13 and panics on 666.
    struct Echo;

    impl Session for Echo {
        fn run(&mut self, batch: &TokenBatch) -> Result<Vec<f32>, Error> {
            match batch.ids[0] {
                13 => Err(Error::inference("echo", "unlucky")),
                666 => panic!("a fault in the engine"),
                id => Ok(vec![f32::from(u8::try_from(id).unwrap_or(0))]),
            }
        }
    }

    fn echo(num_workers: usize, ids: &[u32]) -> Result<Vec<Vec<f32>>, Error> {
        let sessions = (0..num_workers).map(|_| Box::new(Echo) as Box<dyn Session>).collect();
        let workers = Workers::start("echo", sessions)?;
        let mut pending = workers.pending();
        for &id in ids {
            pending.send(TokenBatch::pad(&[&[id]], 1))?;
        }
        pending.collect()
    }

    #[test]
    fn answers_come_back_in_the_order_sent() -> Result<(), Error> {
        let ids: Vec<u32> = (20..220).collect();
        let wanted: Vec<Vec<f32>> = (20..220_u8).map(|id| vec![f32::from(id)]).collect();
        for num_workers in [1, 3] {
            assert_eq!(echo(num_workers, &ids)?, wanted);
        }
        assert!(echo(2, &[])?.is_empty());
        Ok(())
    }

    #[test]
    fn an_error_of_the_engine_reaches_the_caller() {
        let error = echo(2, &[20, 13, 21]).unwrap_err().to_string();
        assert!(error.contains("unlucky"), "{error}");
    }

    #[test]
    fn a_panic_of_the_engine_is_an_error_and_not_a_hang() {
        let error = echo(1, &[20, 666, 21]).unwrap_err().to_string();
        assert!(error.contains("a worker thread stopped"), "{error}");
    }
}
