//! What a response that is no answer means, and so who must act.

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::Value;

use super::shown;

/// Why a try has no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// What to do about it.
    pub kind: FaultKind,
    /// The server's words or the system's, fit to be shown.
    pub words: String,
    /// The wait that the server asks for.
    pub wait: Option<Duration>,
}

/// What to do about a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FaultKind {
    /// Ask later: too many requests. Not a try.
    Rate,
    /// Stop: the account is empty.
    Quota,
    /// Ask later and less: the server is overloaded.
    Overload,
    /// Ask again: the server failed, the connection broke or the answer is no answer.
    Transient,
    /// Ask again: nothing got through to the server.
    Unreachable,
    /// Reject the row: the prompt is too long.
    TooLong,
    /// Reject the row: the server's filter.
    Filtered,
    /// Stop, or give the row up: the server does not understand the request.
    Request,
    /// Stop: the key.
    Auth,
    /// Ask again with a looser response format.
    Format,
    /// Ask again with `max_completion_tokens`.
    CompletionTokens,
    /// Ask again without `stream_options`.
    StreamUsage,
    /// The server does not draw that many samples for one prompt.
    NumSamples,
}

impl Fault {
    /// Makes a fault without a wait.
    pub(crate) fn new(kind: FaultKind, words: impl Into<String>) -> Fault {
        Fault { kind, words: words.into(), wait: None }
    }
}

const TOO_LONG: &[&str] = &[
    "context_length_exceeded",
    "maximum context length",
    "context length",
    "context window",
    "context size",
    "max_model_len",
    "maximum model length",
    "prompt is too long",
    "input is too long",
    "too many tokens",
];
const QUOTA: &[&str] = &[
    "insufficient_quota",
    "insufficient quota",
    "exceeded your current quota",
    "billing_hard_limit",
    "billing hard limit",
    "insufficient balance",
    "insufficient credit",
    "insufficient funds",
    "out of credit",
    "credit balance",
    "credits exhausted",
];
const NUM_SAMPLES: &[&str] =
    &["field 'n'", "parameter 'n'", "parameter: 'n'", "parameter `n`", "'n' must", "`n` must", "body.n:"];
const FORMAT: &[&str] = &["response_format", "json_schema", "json_object", "schema", "guided", "grammar", "structured"];

/// Reads a response with a status that is not 200, or an error that came with 200.
pub(crate) fn fault_of(status: StatusCode, body: &[u8], wait: Option<Duration>, key: Option<&str>) -> Fault {
    let text = words(body);
    let lower = text.to_lowercase();
    let kind = kind_of(status.as_u16(), &lower);
    Fault { kind, words: shown(&format!("status {}: {text}", status.as_u16()), key), wait }
}

fn kind_of(status: u16, words: &str) -> FaultKind {
    let says = |signs: &[&str]| signs.iter().any(|sign| words.contains(sign));
    match status {
        402 => FaultKind::Quota,
        400 | 403 if says(&["moderation", "flagged"]) => FaultKind::Filtered,
        // Some name a limit a minute a quota.
        429 if says(&["retry in", "per minute", "perminute"]) => FaultKind::Rate,
        429 | 400 | 403 if says(QUOTA) => FaultKind::Quota,
        429 => FaultKind::Rate,
        // A wall before the server says nothing of the key; where it is always so the run stops all the same.
        403 if words == "an html page" => FaultKind::Request,
        401 | 403 | 407 => FaultKind::Auth,
        400 | 413 | 422 if says(TOO_LONG) => FaultKind::TooLong,
        400 if says(&["content_filter", "content management policy", "content policy"]) => FaultKind::Filtered,
        400 | 422 if says(&["max_completion_tokens"]) => FaultKind::CompletionTokens,
        400 | 422 if says(&["stream_options"]) => FaultKind::StreamUsage,
        400 | 422 if says(NUM_SAMPLES) => FaultKind::NumSamples,
        400 | 422 | 501 if says(FORMAT) => FaultKind::Format,
        502..=504 | 529 => FaultKind::Overload,
        408 | 409 | 425 => FaultKind::Transient,
        501 => FaultKind::Request,
        500..=599 | 200..=299 => FaultKind::Transient,
        _ => FaultKind::Request,
    }
}

/// The error message of a body: code and text of the usual JSON forms, or the body itself unless it is a page.
fn words(body: &[u8]) -> String {
    let body = body.get(..body.len().min(64 * 1024)).unwrap_or_default();
    let Ok(value) = serde_json::from_slice::<Value>(body) else {
        let text = String::from_utf8_lossy(body);
        let is_page = text.trim_start().starts_with('<');
        return if is_page { "an HTML page".to_owned() } else { text.chars().take(2_000).collect() };
    };
    let error = value.get("error").unwrap_or(&value);
    let parts = ["code", "type", "message", "detail"].iter().filter_map(|name| plain(error.get(name)?));
    let text = parts.collect::<Vec<_>>().join(", ");
    if text.is_empty() { plain(error).unwrap_or_else(|| "no message".to_owned()) } else { text }
}

/// The text of a field: a string, a number, or the messages of a list of problems, whose inputs would quote the prompt.
fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        Value::Array(problems) => {
            let texts = problems.iter().filter_map(|problem| {
                let place: Vec<String> = problem.get("loc")?.as_array()?.iter().filter_map(plain).collect();
                Some(format!("{}: {}", place.join("."), problem.get("msg")?.as_str()?))
            });
            Some(texts.collect::<Vec<_>>().join("; "))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use reqwest::StatusCode;

    use super::{FaultKind, fault_of};

    #[test]
    fn every_class_of_the_taxonomy_is_told_from_the_others() {
        for (status, body, kind) in [
            (429, r#"{"error":{"code":"rate_limit_exceeded","message":"slow_down"}}"#, FaultKind::Rate),
            (
                429,
                r#"{"error":{"code":"insufficient_quota","message":"You exceeded your current quota"}}"#,
                FaultKind::Quota,
            ),
            (402, "", FaultKind::Quota),
            (503, "overloaded", FaultKind::Overload),
            (529, "", FaultKind::Overload),
            (502, "<html>bad gateway</html>", FaultKind::Overload),
            (500, "", FaultKind::Transient),
            (400, r#"{"error":{"message":"This model's maximum context length is 4096 tokens."}}"#, FaultKind::TooLong),
            (400, r#"{"error":{"message":"the request exceeds the available context size"}}"#, FaultKind::TooLong),
            (400, r#"{"error":{"message":"'response_format.type' must be 'json_object'"}}"#, FaultKind::Format),
            (
                400,
                r#"{"error":{"message":"Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens'"}}"#,
                FaultKind::CompletionTokens,
            ),
            (400, r#"{"error":{"code":"content_filter","message":"refused"}}"#, FaultKind::Filtered),
            (400, r#"{"error":{"message":"bad seed"}}"#, FaultKind::Request),
            (
                400,
                r#"{"error":{"message":"Field 'n': Value must be between 1 and 2, but got 3","code":400}}"#,
                FaultKind::NumSamples,
            ),
            (
                422,
                r#"{"detail":[{"loc":["body","seed"],"msg":"no integer","input":"secret document"}]}"#,
                FaultKind::Request,
            ),
            (404, r#"{"error":{"message":"model not found"}}"#, FaultKind::Request),
            (301, "", FaultKind::Request),
            (401, "", FaultKind::Auth),
            (403, "", FaultKind::Auth),
        ] {
            let fault = fault_of(StatusCode::from_u16(status).unwrap(), body.as_bytes(), None, None);
            assert_eq!(fault.kind, kind, "{status} {body}");
            assert!(!fault.words.contains("document") && !fault.words.contains('<'), "{}", fault.words);
        }
    }
}
