//! How the faults of a script look on the wire.

use std::io;
use std::time::{Duration, SystemTime};

use axum::body::{Body, Bytes};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use futures::stream::{self, StreamExt};
use serde_json::json;

use super::doorway::Connection;
use super::reply::{error_body, of_json, with_type};
use crate::faults::{Fault, Kind, RetryAfter};

/// The response of a fault that leaves no answer; none for the faults that change one.
pub(crate) fn instead_of_an_answer(fault: Fault, now: SystemTime) -> Option<Response> {
    let response = match fault.kind {
        Kind::RateLimit => error(fault, "Rate limit reached for requests", "requests", "rate_limit_exceeded"),
        Kind::Quota => error(
            fault,
            "You exceeded your current quota, please check your plan and billing details.",
            "insufficient_quota",
            "insufficient_quota",
        ),
        Kind::Unauthorized => error(fault, "Incorrect API key provided", "invalid_request_error", "invalid_api_key"),
        Kind::NoSchema => error(
            fault,
            "'response_format' of type 'json_schema' is not supported",
            "BadRequestError",
            "unsupported_value",
        ),
        Kind::Status => {
            let words = StatusCode::from_u16(fault.status).ok().and_then(|status| status.canonical_reason());
            error(fault, words.unwrap_or("error"), "server_error", "error")
        }
        Kind::Html => with_type(
            StatusCode::OK,
            "text/html; charset=utf-8",
            Body::from("<!DOCTYPE html><html><head><title>Sign in</title></head><body>Please sign in.</body></html>"),
        ),
        Kind::Garbage => {
            of_json(StatusCode::OK, "{\"id\": \"chatcmpl-1\", \"choices\": [{\"message\": {\"content\": \"\u{fffd}")
        }
        Kind::ErrorBody => of_json(
            StatusCode::OK,
            error_body("The server had an error while processing your request", "server_error", &json!(500))
                .to_string(),
        ),
        Kind::Huge => with_type(StatusCode::OK, "application/json", endless(fault.bytes)),
        _ => return None,
    };
    Some(told_to_wait(response, fault.retry_after, now))
}

fn error(fault: Fault, message: &str, kind: &str, code: &str) -> Response {
    let status = StatusCode::from_u16(fault.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    of_json(status, error_body(message, kind, &json!(code)).to_string())
}

fn told_to_wait(mut response: Response, retry_after: RetryAfter, now: SystemTime) -> Response {
    let (name, value) = match retry_after {
        RetryAfter::None => return response,
        RetryAfter::Seconds(seconds) => ("retry-after", seconds.to_string()),
        RetryAfter::Date(seconds) => ("retry-after", httpdate::fmt_http_date(now + Duration::from_secs(seconds))),
        RetryAfter::Millis(millis) => ("retry-after-ms", millis.to_string()),
    };
    if let Ok(value) = HeaderValue::from_str(&value) {
        response.headers_mut().insert(HeaderName::from_static(name), value);
    }
    response
}

/// The start of an answer that goes on and on.
fn endless(num_bytes: usize) -> Body {
    const PIECE: usize = 1 << 16;
    let start = Bytes::from_static(b"{\"id\":\"chatcmpl-1\",\"choices\":[{\"index\":0,\"message\":{\"content\":\"");
    let piece = Bytes::from(vec![b'a'; PIECE]);
    let pieces = stream::iter(0..num_bytes.div_ceil(PIECE)).map(move |_| Ok::<_, io::Error>(piece.clone()));
    Body::from_stream(stream::once(async { Ok(start) }).chain(pieces))
}

/// How long the start of a body gets to reach the client before the connection goes.
const HEAD_START: Duration = Duration::from_millis(20);

/// A body that stops in the middle, by a reset or just so.
pub(crate) fn broken(fault: Fault, content_type: &'static str, body: &[u8], connection: &Connection) -> Response {
    let length = fault.after_bytes.unwrap_or(body.len() / 2).min(body.len());
    let start = Bytes::copy_from_slice(body.get(..length).unwrap_or_default());
    let connection = (fault.kind == Kind::Reset).then(|| connection.clone());
    let end = async move {
        tokio::time::sleep(HEAD_START).await;
        connection.iter().for_each(Connection::reset_at_end);
        Err(io::Error::from(io::ErrorKind::ConnectionReset))
    };
    let body = stream::once(async { Ok(start) }).chain(stream::once(end));
    with_type(StatusCode::OK, content_type, Body::from_stream(body))
}
