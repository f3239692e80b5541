//! Bodies as servers write them: answers whole and in pieces, and errors.

use axum::body::{Body, Bytes};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use serde::Serialize;
use serde_json::{Value, json};

use crate::answers::Answer;

/// What all pieces of an answer say.
#[derive(Clone, Debug)]
pub(crate) struct Heading {
    /// The request's hash, of which the answer's id is made.
    pub(crate) hash: u128,
    /// The model that the request names.
    pub(crate) model: String,
    /// Seconds since 1970.
    pub(crate) created: u64,
}

/// Tokens of a request.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Usage {
    /// Of the prompt.
    pub(crate) prompt_tokens: u64,
    /// Of the prompt, out of the cache.
    pub(crate) cached_tokens: u64,
    /// Of all answers.
    pub(crate) completion_tokens: u64,
}

#[derive(Serialize)]
struct UsageBody {
    prompt_tokens: u64,
    total_tokens: u64,
    completion_tokens: u64,
    prompt_tokens_details: Details,
}

#[derive(Serialize)]
struct Details {
    cached_tokens: u64,
}

impl Usage {
    fn body(self) -> UsageBody {
        UsageBody {
            prompt_tokens: self.prompt_tokens,
            total_tokens: self.prompt_tokens + self.completion_tokens,
            completion_tokens: self.completion_tokens,
            prompt_tokens_details: Details { cached_tokens: self.cached_tokens },
        }
    }
}

#[derive(Serialize)]
struct Completion<'a> {
    id: String,
    object: &'static str,
    created: u64,
    model: &'a str,
    choices: Vec<Choice<'a>>,
    usage: UsageBody,
}

#[derive(Serialize)]
struct Choice<'a> {
    index: usize,
    message: Said<'a>,
    logprobs: Option<()>,
    finish_reason: &'static str,
}

#[derive(Serialize)]
struct Said<'a> {
    role: &'static str,
    content: &'a str,
}

/// A whole answer.
pub(crate) fn whole(heading: &Heading, answers: &[Answer], usage: Usage) -> Vec<u8> {
    let choices = answers.iter().enumerate().map(|(index, answer)| {
        let message = Said { role: "assistant", content: &answer.text };
        Choice { index, message, logprobs: None, finish_reason: answer.finish }
    });
    let completion = Completion {
        id: id(heading),
        object: "chat.completion",
        created: heading.created,
        model: &heading.model,
        choices: choices.collect(),
        usage: usage.body(),
    };
    serde_json::to_vec(&completion).unwrap_or_default()
}

fn id(heading: &Heading) -> String {
    format!("chatcmpl-{:032x}", heading.hash)
}

/// One line of a stream: a piece of an answer, its end, or the usage of all.
pub(crate) fn piece(heading: &Heading, choices: Value, usage: Option<Usage>) -> String {
    let mut body = json!({
        "id": id(heading),
        "object": "chat.completion.chunk",
        "created": heading.created,
        "model": heading.model,
        "choices": choices,
    });
    if let (Some(usage), Some(fields)) = (usage, body.as_object_mut()) {
        fields.insert("usage".to_owned(), json!(usage.body()));
    }
    format!("data: {body}\n\n")
}

/// The part of an answer that is sent as a piece, out of so many, from 1.
pub(crate) fn part_of(text: &str, part: u32, num_parts: u32) -> &str {
    let border = |part: u32| {
        let at = text.len() * part as usize / num_parts.max(1) as usize;
        (at..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len())
    };
    text.get(border(part.saturating_sub(1))..border(part)).unwrap_or_default()
}

/// A response of JSON.
pub(crate) fn of_json(status: StatusCode, body: impl Into<Bytes>) -> Response {
    with_type(status, "application/json", Body::from(body.into()))
}

/// A response of any type.
pub(crate) fn with_type(status: StatusCode, content_type: &'static str, body: Body) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

/// The body of an error, as vLLM and the hosted services write it.
pub(crate) fn error_body(message: &str, kind: &str, code: &Value) -> Value {
    json!({ "error": { "message": message, "type": kind, "param": null, "code": code } })
}

/// A request that is refused for what it says.
pub(crate) fn bad_request(message: &str) -> Response {
    of_json(StatusCode::BAD_REQUEST, error_body(message, "BadRequestError", &json!(400)).to_string())
}

#[cfg(test)]
mod tests {
    use super::part_of;

    #[test]
    fn the_parts_of_a_text_are_the_text() {
        for (text, num_parts) in [("数学と科学 and more", 8), ("ab", 8), ("", 3), ("abc", 1)] {
            let parts: String = (1..=num_parts).map(|part| part_of(text, part, num_parts)).collect();
            assert_eq!(parts, text);
        }
    }
}
