//! The body of a chat completion request.

use serde::Serialize;
use serde_json::Value;

use crate::{Call, Message};

/// Bytes of a body besides its messages and its schema.
const FRAME_BYTES: usize = 512;

/// What a server takes; learned from its refusals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Dialect {
    /// How an answer is held to its schema.
    pub format: Format,
    /// Whether the cap on tokens is called `max_completion_tokens`.
    pub completion_tokens: bool,
    /// Whether a stream may be asked for its usage.
    pub stream_usage: bool,
    /// Whether replies are streamed.
    pub stream: bool,
    /// Whether the server schedules by priority.
    pub priority: bool,
}

/// How an answer is held to its schema, strictest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Format {
    /// By the schema.
    Schema,
    /// To any JSON object.
    Object,
    /// By the prompt alone.
    Prompt,
}

/// The samples that one request draws.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Draw {
    /// How many.
    pub num_samples: u32,
    /// By which seed.
    pub seed: u64,
}

#[derive(Serialize)]
struct Body<'a> {
    model: &'a str,
    messages: &'a [Message],
    temperature: f64,
    top_p: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    top_k: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_completion_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    n: Option<u32>,
    seed: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    response_format: Option<ResponseFormat<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    priority: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stream: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stream_options: Option<StreamOptions>,
}

#[derive(Serialize)]
struct ResponseFormat<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    json_schema: Option<NamedSchema<'a>>,
}

#[derive(Serialize)]
struct NamedSchema<'a> {
    name: &'a str,
    strict: bool,
    schema: &'a Value,
}

#[derive(Serialize)]
struct StreamOptions {
    include_usage: bool,
}

/// Writes the body of a request.
pub(crate) fn body(call: &Call, draw: Draw, dialect: Dialect) -> Vec<u8> {
    let request = &call.request;
    let max_tokens = Some(request.sampling.max_tokens);
    let response_format = request.schema.as_deref().and_then(|schema| match dialect.format {
        Format::Schema => Some(ResponseFormat {
            kind: "json_schema",
            json_schema: Some(NamedSchema { name: &schema.name, strict: true, schema: &schema.schema }),
        }),
        Format::Object => Some(ResponseFormat { kind: "json_object", json_schema: None }),
        Format::Prompt => None,
    });
    let body = Body {
        model: &request.model,
        messages: &request.messages,
        temperature: request.sampling.temperature,
        top_p: request.sampling.top_p,
        top_k: request.sampling.top_k,
        max_tokens: max_tokens.filter(|_| !dialect.completion_tokens),
        max_completion_tokens: max_tokens.filter(|_| dialect.completion_tokens),
        n: (draw.num_samples > 1).then_some(draw.num_samples),
        // Servers read seeds as signed integers of 32 or 64 bits.
        seed: draw.seed & 0x7fff_ffff,
        response_format,
        // To servers a lower number is earlier.
        priority: dialect.priority.then(|| -i64::from(call.priority)),
        stream: dialect.stream.then_some(true),
        stream_options: (dialect.stream && dialect.stream_usage).then_some(StreamOptions { include_usage: true }),
    };
    let text: usize = request.messages.iter().map(|message| message.content.len() + 64).sum();
    let mut bytes = Vec::with_capacity(FRAME_BYTES + text + text / 8);
    // Strings, numbers and a JSON value cannot fail to be written to memory.
    serde_json::to_writer(&mut bytes, &body).ok();
    bytes
}
