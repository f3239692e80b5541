//! `POST /v1/chat/completions`: from the request's bytes to the answer, by way of faults, checks, author and machine.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, State};
use axum::http::StatusCode;
use axum::response::Response;
use futures::stream;
use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::Shared;
use super::doorway::Connection;
use super::exchange::Exchange;
use super::faulty::{broken, instead_of_an_answer};
use super::reply::{Heading, Usage, bad_request, of_json, part_of, piece, whole, with_type};
use crate::answers::Answer;
use crate::faults::{Fault, Kind};
use crate::request::ChatRequest;
use crate::schedule::{Event, Job};
use crate::tokens::{Prompt, count, shortened};

/// In how many pieces an answer is streamed.
const PIECES: u32 = 8;
/// Samples of a request at most.
const MOST_SAMPLES: u64 = 1024;
const EVENT_STREAM: &str = "text/event-stream; charset=utf-8";

/// Answers a chat request.
pub(crate) async fn chat(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(connection): ConnectInfo<Connection>,
    body: Bytes,
) -> Response {
    if shared.door.closed_until().is_some() {
        connection.break_off();
        return Response::new(Body::empty());
    }
    let request = match ChatRequest::read(&body) {
        Ok(request) => request,
        Err(problem) => return bad_request(&problem),
    };
    let mut exchange = Exchange::begin(&shared, &request);
    if let Err(error) = shared.record().keep(&body) {
        shared.fail(error);
    }
    let fault = exchange.pick_fault(&request);
    if let Some(fault) = fault {
        if let Some(response) = instead_of_an_answer(fault, (shared.settings.now)()) {
            exchange.end(response.status().as_u16());
            return response;
        }
        match fault.kind {
            Kind::Refuse => {
                shared.door.close_for(Duration::from_secs_f64(fault.for_s));
                connection.break_off();
                exchange.end(0);
                return Response::new(Body::empty());
            }
            Kind::Stall => tokio::time::sleep(Duration::from_secs_f64(fault.for_s)).await,
            _ => {}
        }
    }
    let prompt = match accepted(&shared, &request) {
        Ok(prompt) => prompt,
        Err(problem) => {
            exchange.end(400);
            return bad_request(&problem);
        }
    };
    let mut answers = written(&shared, &request, &body).await;
    let room = shared.settings.machine.context_tokens.saturating_sub(prompt.num_tokens);
    for answer in &mut answers {
        limit(answer, request.max_tokens.unwrap_or(u64::MAX).min(room));
    }
    distort(&mut answers, fault);
    let heading = Heading { hash: request.hash, model: request.model.clone().into_owned(), created: shared.created };
    let sending = Sending { heading, answers, include_usage: request.include_usage, prompt, fault, connection };
    sending.send(exchange, &shared, request.stream, request.priority).await
}

/// Has the answers be written, on another thread if that takes long.
async fn written(shared: &Arc<Shared>, request: &ChatRequest<'_>, body: &Bytes) -> Vec<Answer> {
    if shared.author.is_quick(request) {
        return shared.author.answer(request);
    }
    let (shared, body) = (Arc::clone(shared), body.clone());
    let work = move || ChatRequest::read(&body).map(|request| shared.author.answer(&request)).unwrap_or_default();
    tokio::task::spawn_blocking(work).await.unwrap_or_default()
}

/// Whether the machine takes a request, with the words of vLLM where it does not.
fn accepted(shared: &Shared, request: &ChatRequest<'_>) -> Result<Prompt, String> {
    let Some(messages) = &request.messages else {
        return Err("[{'type': 'missing', 'loc': ('body', 'messages'), 'msg': 'Field required'}]".to_owned());
    };
    if messages.is_empty() {
        return Err(
            "[{'type': 'too_short', 'loc': ('body', 'messages'), 'msg': 'List should have at least 1 item after \
                    validation, not 0'}]"
                .to_owned(),
        );
    }
    let num_samples = request.num_samples.unwrap_or(1);
    if num_samples == 0 || num_samples > MOST_SAMPLES {
        return Err(format!("n must be at least 1 and at most {MOST_SAMPLES}, got {num_samples}."));
    }
    if request.max_tokens == Some(0) {
        return Err("max_tokens must be at least 1, got 0.".to_owned());
    }
    if request.priority != 0 && !shared.settings.machine.priority {
        return Err(format!("Got priority {} but Priority scheduling is not enabled.", request.priority));
    }
    let prompt = Prompt::of(request.turns());
    let (most, in_messages) = (shared.settings.machine.context_tokens, prompt.num_tokens);
    match request.max_tokens {
        Some(wanted) if in_messages.saturating_add(wanted) > most => Err(format!(
            "This model's maximum context length is {most} tokens. However, you requested {} tokens ({in_messages} in the \
             messages, {wanted} in the completion). Please reduce the length of the messages or completion.",
            in_messages.saturating_add(wanted)
        )),
        None if in_messages >= most => Err(format!(
            "This model's maximum context length is {most} tokens. However, your request has {in_messages} input tokens. \
             Please reduce the length of the input messages."
        )),
        _ => Ok(prompt),
    }
}

/// Cuts an answer off where its tokens run out.
fn limit(answer: &mut Answer, max_tokens: u64) {
    if count(&answer.text) > max_tokens {
        answer.text = shortened(&answer.text, max_tokens).to_owned();
        answer.finish = "length";
        answer.defects.clear();
    }
}

/// Carries out the faults that change the answer itself.
fn distort(answers: &mut Vec<Answer>, fault: Option<Fault>) {
    let Some(fault) = fault else { return };
    for answer in answers.iter_mut() {
        let (text, finish) = match fault.kind {
            Kind::Spaces => (" ".repeat(fault.bytes), "length"),
            Kind::ContentFilter => (String::new(), "content_filter"),
            Kind::Length => (part_of(&answer.text, 1, 2).to_owned(), "length"),
            _ => continue,
        };
        *answer = Answer { text, finish, defects: Vec::new() };
    }
    if fault.kind == Kind::NoChoices {
        answers.clear();
    }
}

/// An answer on its way out.
struct Sending {
    heading: Heading,
    answers: Vec<Answer>,
    include_usage: bool,
    prompt: Prompt,
    fault: Option<Fault>,
    connection: Connection,
}

impl Sending {
    async fn send(self, mut exchange: Exchange, shared: &Arc<Shared>, as_stream: bool, priority: i64) -> Response {
        let tokens: Vec<u64> = self.answers.iter().map(|answer| count(&answer.text)).collect();
        exchange.outcome.prompt_tokens = self.prompt.num_tokens;
        exchange.outcome.completion_tokens = tokens.iter().sum();
        exchange.outcome.finish = self.answers.first().map_or("", |answer| answer.finish);
        let is_broken = self.fault.is_some_and(|fault| matches!(fault.kind, Kind::Cut | Kind::Reset));
        if shared.settings.machine.speed <= 0.0 || tokens.is_empty() {
            exchange.outcome.cached_tokens = shared.schedule().answer_at_once(&self.prompt);
            return self.at_once(exchange, as_stream);
        }
        let (events, heard) = unbounded_channel();
        let num_parts = if as_stream && !is_broken { PIECES } else { 1 };
        let prompt = Arc::new(self.prompt.clone());
        exchange.queue(Job { prompt, tokens, num_parts, priority, events });
        if as_stream && !is_broken {
            return self.piecewise(exchange, heard);
        }
        wait(&mut exchange, heard, self.answers.len()).await;
        self.at_once(exchange, as_stream)
    }

    fn usage(&self, exchange: &Exchange) -> Usage {
        Usage {
            prompt_tokens: self.prompt.num_tokens,
            cached_tokens: exchange.outcome.cached_tokens,
            completion_tokens: exchange.outcome.completion_tokens,
        }
    }

    fn at_once(self, exchange: Exchange, as_stream: bool) -> Response {
        let usage = self.usage(&exchange);
        let (content_type, body) = if as_stream {
            let mut lines = String::new();
            for (sample, answer) in self.answers.iter().enumerate() {
                lines += &self.piece(sample, 1, 1);
                lines += &ending(&self.heading, sample, answer);
            }
            lines += &self.farewell(usage);
            (EVENT_STREAM, lines.into_bytes())
        } else {
            ("application/json", whole(&self.heading, &self.answers, usage))
        };
        match self.fault {
            Some(fault) if matches!(fault.kind, Kind::Cut | Kind::Reset) => {
                let response = broken(fault, content_type, &body, &self.connection);
                exchange.end(200);
                response
            }
            Some(fault) if fault.kind == Kind::ContentType => {
                exchange.end(200);
                with_type(StatusCode::OK, "text/plain; charset=utf-8", Body::from(body))
            }
            Some(fault) if fault.kind != Kind::Stall => {
                exchange.end(200);
                with_type(StatusCode::OK, content_type, Body::from(body))
            }
            _ => {
                exchange.answer(self.answers);
                if as_stream {
                    with_type(StatusCode::OK, content_type, Body::from(body))
                } else {
                    of_json(StatusCode::OK, body)
                }
            }
        }
    }

    /// Streams the parts of all samples as the machine tells them.
    fn piecewise(self, exchange: Exchange, heard: UnboundedReceiver<Event>) -> Response {
        let num_left = self.answers.len();
        let state = Some((self, exchange, heard, num_left));
        let lines = stream::unfold(state, |state| async move {
            let (sending, mut exchange, mut heard, mut num_left) = state?;
            let event = heard.recv().await?;
            let (sample, part) = match event {
                Event::Part { sample, part } => (sample, part),
                Event::Done { sample, cached_tokens, .. } => {
                    exchange.outcome.cached_tokens += cached_tokens;
                    num_left -= 1;
                    (sample, PIECES)
                }
            };
            let mut line = sending.piece(sample, part, PIECES);
            if let (PIECES, Some(answer)) = (part, sending.answers.get(sample)) {
                line += &ending(&sending.heading, sample, answer);
            }
            if num_left > 0 {
                return Some((Ok::<_, std::io::Error>(line), Some((sending, exchange, heard, num_left))));
            }
            exchange.leave_slots();
            line += &sending.farewell(sending.usage(&exchange));
            match sending.fault {
                Some(fault) if fault.kind != Kind::Stall => exchange.end(200),
                _ => exchange.answer(sending.answers),
            }
            Some((Ok(line), None))
        });
        with_type(StatusCode::OK, EVENT_STREAM, Body::from_stream(lines))
    }

    fn piece(&self, sample: usize, part: u32, num_parts: u32) -> String {
        let text = self.answers.get(sample).map_or("", |answer| part_of(&answer.text, part, num_parts));
        let delta = match part {
            1 => json!({ "role": "assistant", "content": text }),
            _ => json!({ "content": text }),
        };
        piece(&self.heading, json!([{ "index": sample, "delta": delta, "finish_reason": null }]), None)
    }

    fn farewell(&self, usage: Usage) -> String {
        let usage = self.include_usage.then(|| piece(&self.heading, json!([]), Some(usage)));
        usage.unwrap_or_default() + "data: [DONE]\n\n"
    }
}

/// Waits until all samples are done.
async fn wait(exchange: &mut Exchange, mut heard: UnboundedReceiver<Event>, num_samples: usize) {
    let mut num_left = num_samples;
    while num_left > 0 {
        match heard.recv().await {
            Some(Event::Done { sample, cached_tokens, queued }) => {
                num_left -= 1;
                exchange.outcome.cached_tokens += cached_tokens;
                if sample == 0 {
                    exchange.outcome.queue_ms = queued * 1000.0;
                }
            }
            Some(Event::Part { .. }) => {}
            None => break,
        }
    }
    exchange.leave_slots();
}

fn ending(heading: &Heading, sample: usize, answer: &Answer) -> String {
    let choices: Value = json!([{ "index": sample, "delta": {}, "finish_reason": answer.finish }]);
    piece(heading, choices, None)
}
