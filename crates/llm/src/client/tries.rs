//! The tries of one request: which faults are met by asking again, when, and when it has been enough.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use tokio::time::{Instant, sleep};
use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::asker::Asker;
use super::endpoint::{Endpoint, Permit, Told};
use crate::breaker::Outcome;
use crate::retry::Backoff;
use crate::transport::{Post, post, post_streamed};
use crate::wire::{Answer, Dialect, Draw, Fault, FaultKind, body, read_answer};
use crate::{Call, Error, ErrorKind};

/// The longest pauses after failures and after refusals that name none.
const LONGEST_PAUSE: Duration = Duration::from_secs(20);
const LONGEST_RATE_PAUSE: Duration = Duration::from_secs(60);
const LONGEST_UNREACHED_PAUSE: Duration = Duration::from_secs(1);
/// How long a call waits for rate limits and unreachable servers in all.
const LONGEST_WAIT: Duration = Duration::from_secs(30 * 60);
/// Requests in a row that a server may misunderstand before the run stops.
const MAX_MISUNDERSTOOD: u32 = 20;
/// Bytes of a reply that are read at least, and for each token that was allowed.
const MIN_REPLY_BYTES: usize = 4 << 20;
const BYTES_A_TOKEN: usize = 32;

/// An answer and what it took.
pub(super) struct Answered {
    pub answer: Answer,
    pub body: Bytes,
    pub num_tries: u32,
    pub duration: Duration,
}

/// One request of a call, on its way through its tries.
pub(super) struct Tries<'a> {
    asker: &'a Asker,
    call: &'a Call,
    draw: Draw,
    /// Set once a sample of the call has been sent: then the others must come too, or it was paid for in vain.
    begun: Option<&'a AtomicBool>,
    num_tries: u32,
    waited: Duration,
    failures: Backoff,
    refusals: Backoff,
    body: Option<(Dialect, Bytes)>,
}

impl<'a> Tries<'a> {
    /// Prepares a request that draws some samples. Unless `begun` is set it is given up when the run stops.
    pub(super) fn new(asker: &'a Asker, call: &'a Call, draw: Draw, begun: Option<&'a AtomicBool>) -> Tries<'a> {
        let salt = xxh3_64_with_seed(&draw.seed.to_le_bytes(), call.route);
        Tries {
            asker,
            call,
            draw,
            begun,
            num_tries: 0,
            waited: Duration::ZERO,
            failures: Backoff::new(salt, LONGEST_PAUSE),
            refusals: Backoff::new(!salt, LONGEST_RATE_PAUSE),
            body: None,
        }
    }

    /// Asks until there is an answer.
    ///
    /// # Errors
    /// There is none to be had; who must act is in the error.
    pub(super) async fn run(mut self) -> Result<Answered, Error> {
        loop {
            let permit = self.asker.permit(self.call, self.begun).await?;
            if let Some(begun) = self.begun {
                begun.store(true, Ordering::Relaxed);
            }
            let started = Instant::now();
            self.num_tries += 1;
            match self.once(permit).await {
                Ok((answer, body)) => {
                    return Ok(Answered { answer, body, num_tries: self.num_tries, duration: started.elapsed() });
                }
                Err((endpoint, fault, dialect)) => {
                    let wait = self.judge(&endpoint, &fault, dialect)?;
                    self.asker.tallies.num_retries.fetch_add(1, Ordering::Relaxed);
                    self.wait(wait).await?;
                }
            }
        }
    }

    /// Sends the request once.
    async fn once(&mut self, permit: Permit) -> Result<(Answer, Bytes), (Arc<Endpoint>, Fault, Dialect)> {
        let endpoint = Arc::clone(&permit.endpoint);
        let dialect = endpoint
            .dialect(&self.call.request.model, self.call.request.schema.as_deref().map(|schema| schema.name.as_str()));
        let request = Post {
            url: &endpoint.address.chat,
            body: self.body(dialect),
            timeout: self.asker.settings.timeout,
            max_bytes: self.max_bytes(),
            key: self.asker.settings.key.as_ref().map(crate::Secret::expose),
        };
        let http = &self.asker.http;
        let result = if dialect.stream {
            post_streamed(http, &request).await
        } else {
            post(http, &request).await.and_then(|body| Ok((read_answer(&body, request.key)?, body)))
        };
        let told = told(&result);
        if told.outcome != Outcome::Unreached {
            endpoint.was_reached.store(true, Ordering::Relaxed);
        }
        let changed = permit.finish(told);
        if let Err(fault) = &result {
            if matches!(told.outcome, Outcome::Bad | Outcome::Unreached) {
                endpoint.set_last_fault(&fault.words);
            }
        } else {
            self.asker.num_good.fetch_add(1, Ordering::Relaxed);
            self.asker.num_misunderstood.store(0, Ordering::Relaxed);
        }
        if changed {
            self.asker.replicas.health_changed(&endpoint);
        }
        result.map_err(|fault| (endpoint, fault, dialect))
    }

    /// The bytes to send; written once for all tries in one dialect.
    fn body(&mut self, dialect: Dialect) -> Bytes {
        if let Some((_, body)) = self.body.as_ref().filter(|(written, _)| *written == dialect) {
            return body.clone();
        }
        let bytes = Bytes::from(body(self.call, self.draw, dialect));
        self.body = Some((dialect, bytes.clone()));
        bytes
    }

    fn max_bytes(&self) -> usize {
        let tokens = u64::from(self.call.request.sampling.max_tokens) * u64::from(self.draw.num_samples);
        usize::try_from(tokens).unwrap_or(usize::MAX).saturating_mul(BYTES_A_TOKEN).clamp(MIN_REPLY_BYTES, 64 << 20)
    }

    /// Decides what to do about a fault: how long to wait, or that there is no point.
    fn judge(&mut self, endpoint: &Endpoint, fault: &Fault, sent: Dialect) -> Result<Duration, Error> {
        let base = &endpoint.address.shown;
        let error = |kind, what: &str| Err(Error::new(kind, format!("{what} `{base}`: {}", fault.words)));
        match fault.kind {
            FaultKind::Transient | FaultKind::Overload if self.num_tries >= self.asker.settings.max_tries => {
                error(ErrorKind::Undecided, &format!("no answer in {} tries from", self.num_tries))
            }
            FaultKind::Transient | FaultKind::Overload => {
                let wait = self.failures.next(fault.wait);
                if fault.wait.is_some() { self.bounded(wait, endpoint, fault) } else { Ok(wait) }
            }
            FaultKind::Rate => {
                self.num_tries -= 1;
                let wait = self.refusals.next(fault.wait);
                self.bounded(wait, endpoint, fault)
            }
            FaultKind::Unreachable => {
                self.num_tries -= 1;
                // How often a server that is down is tried is the breaker's to say.
                let wait = self.failures.next(fault.wait).min(LONGEST_UNREACHED_PAUSE);
                self.bounded(wait, endpoint, fault)
            }
            FaultKind::Quota => error(ErrorKind::Budget, "the account is empty at"),
            FaultKind::Auth => error(ErrorKind::Auth, "the key is missing or refused at"),
            FaultKind::TooLong => error(ErrorKind::TooLong, "the prompt is too long for"),
            FaultKind::Filtered => error(ErrorKind::Filtered, "the prompt was filtered by"),
            FaultKind::Format | FaultKind::CompletionTokens | FaultKind::StreamUsage => {
                self.num_tries -= 1;
                let schema = self.call.request.schema.as_deref().map(|schema| schema.name.as_str());
                if endpoint.learn(fault.kind, sent, &self.call.request.model, schema) {
                    tracing::info!(endpoint = base.as_str(), words = fault.words.as_str(), "asking in another form");
                    return Ok(Duration::ZERO);
                }
                Err(misunderstood(self.asker, endpoint, fault))
            }
            FaultKind::NumSamples if self.draw.num_samples > 1 => {
                // Whoever wants several samples asks for them one by one from here on.
                self.asker.ignores_num_samples();
                error(ErrorKind::Undecided, "one sample at a time is drawn by")
            }
            FaultKind::Request | FaultKind::NumSamples => Err(misunderstood(self.asker, endpoint, fault)),
        }
    }

    /// Counts a wait that is not for a failed try.
    fn bounded(&mut self, wait: Duration, endpoint: &Endpoint, fault: &Fault) -> Result<Duration, Error> {
        self.waited += wait;
        if self.waited <= LONGEST_WAIT {
            return Ok(wait);
        }
        let minutes = LONGEST_WAIT.as_secs() / 60;
        let base = &endpoint.address.shown;
        let message = format!("`{base}` makes a call wait for more than {minutes} minutes: {}", fault.words);
        Err(Error::new(ErrorKind::Endpoint, format!("{message}; run again later, nothing that was paid is paid twice")))
    }

    async fn wait(&self, wait: Duration) -> Result<(), Error> {
        if wait.is_zero() {
            return Ok(());
        }
        let stop = &self.asker.shared.stop;
        if self.begun.is_some_and(|begun| begun.load(Ordering::Relaxed)) {
            sleep(wait).await;
            return Ok(());
        }
        tokio::select! {
            () = sleep(wait) => Ok(()),
            () = stop.stopped() => Err(stop.error()),
        }
    }
}

/// A request that a server does not understand is the run's fault while it has understood none for this model, or none for
/// long.
fn misunderstood(asker: &Asker, endpoint: &Endpoint, fault: &Fault) -> Error {
    let in_a_row = asker.num_misunderstood.fetch_add(1, Ordering::Relaxed) + 1;
    let never = asker.num_good.load(Ordering::Relaxed) == 0;
    let kind = if never || in_a_row >= MAX_MISUNDERSTOOD { ErrorKind::Request } else { ErrorKind::Undecided };
    let hint = if fault.words.starts_with("status 404") {
        "; check the model's id, and that the URL is the base, which mostly ends in `/v1`"
    } else {
        ""
    };
    Error::new(kind, format!("`{}` refuses the request: {}{hint}", endpoint.address.shown, fault.words))
}

/// What the result of a try says of its endpoint.
fn told(result: &Result<(Answer, Bytes), Fault>) -> Told {
    let fault = match result {
        Ok((answer, body)) => {
            // Where a server counts nothing, its bytes must do.
            let tokens = answer.usage.map_or(body.len() as u64 / 4, |usage| usage.completion_tokens);
            return Told { outcome: Outcome::Good, refused: false, tokens };
        }
        Err(fault) => fault,
    };
    let outcome = match fault.kind {
        FaultKind::Overload | FaultKind::Transient => Outcome::Bad,
        FaultKind::Unreachable => Outcome::Unreached,
        _ => Outcome::Neither,
    };
    Told { outcome, refused: matches!(fault.kind, FaultKind::Rate | FaultKind::Overload), tokens: 0 }
}
