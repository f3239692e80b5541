//! One request and its response, within bounds of time and size.

use std::error::Error as _;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use reqwest::header::CONTENT_TYPE;
use reqwest::{Client, Method, Request, Response, StatusCode};
use tokio::time::timeout;
use url::Url;

use crate::wire::{Answer, Fault, FaultKind, Streamed, fault_of, read_answer, shown, told_wait};

/// Bytes of an error's body that are read; its message is at the start.
const MAX_ERROR_BYTES: usize = 64 * 1024;

/// A request about to be sent.
pub(crate) struct Post<'a> {
    /// Where to.
    pub url: &'a Url,
    /// JSON.
    pub body: Bytes,
    /// From connecting to the last byte.
    pub timeout: Duration,
    /// Bytes of a reply; a longer one is cut off.
    pub max_bytes: usize,
    /// What must not be shown.
    pub key: Option<&'a str>,
}

/// Sends a request and gives the body of a good response.
///
/// # Errors
/// The request did not get through, no good response came in time, or it was too large.
pub(crate) async fn post(client: &Client, post: &Post<'_>) -> Result<Bytes, Fault> {
    within(post.timeout, async {
        let mut response = send(client, post).await?;
        whole(&mut response, post.max_bytes).await
    })
    .await
}

/// Sends a request and puts the answer together from the stream of a good response. Servers that do not stream answer in
/// one piece, which is taken as well.
///
/// # Errors
/// As for [`post`].
pub(crate) async fn post_streamed(client: &Client, post: &Post<'_>) -> Result<(Answer, Bytes), Fault> {
    within(post.timeout, async {
        let mut response = send(client, post).await?;
        let kind = response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        if !kind.starts_with("text/event-stream") {
            let body = whole(&mut response, post.max_bytes).await?;
            return Ok((read_answer(&body, post.key)?, body));
        }
        let mut streamed = Streamed::default();
        let mut num_bytes = 0;
        while let Some(chunk) = response.chunk().await.map_err(|error| broken(&error))? {
            num_bytes += chunk.len();
            // An event has some 200 bytes around each token.
            if num_bytes / 16 > post.max_bytes {
                return Err(too_large(post.max_bytes));
            }
            if !streamed.take(&chunk, post.key)? {
                break;
            }
        }
        streamed.answer(post.key)
    })
    .await
}

async fn within<T>(limit: Duration, exchange: impl Future<Output = Result<T, Fault>>) -> Result<T, Fault> {
    timeout(limit, exchange)
        .await
        .unwrap_or_else(|_| Err(Fault::new(FaultKind::Transient, format!("no whole answer in {} s", limit.as_secs()))))
}

/// Sends a request; gives a response with status 200.
async fn send(client: &Client, post: &Post<'_>) -> Result<Response, Fault> {
    let mut request = Request::new(Method::POST, post.url.clone());
    *request.body_mut() = Some(post.body.clone().into());
    let mut response = client.execute(request).await.map_err(|error| broken(&error))?;
    let status = response.status();
    if status == StatusCode::OK {
        return Ok(response);
    }
    let wait = told_wait(response.headers());
    // What has come of a broken error is enough to tell its class by the status.
    let body = head(&mut response, MAX_ERROR_BYTES).await;
    Err(fault_of(status, &body, wait, post.key))
}

fn too_large(max_bytes: usize) -> Fault {
    Fault::new(FaultKind::Transient, format!("the answer is larger than {max_bytes} bytes"))
}

/// What came of looking at a page.
pub(crate) enum Page {
    /// Its bytes.
    Body(Bytes),
    /// There is no such page, or it is not for us.
    None,
    /// Perhaps later, and not before so long.
    Later(Option<Duration>),
}

/// Gets a small page.
pub(crate) async fn get(client: &Client, url: &Url, limit: Duration, max_bytes: usize) -> Page {
    let exchange = async {
        let Ok(mut response) = client.execute(Request::new(Method::GET, url.clone())).await else {
            return Page::Later(None);
        };
        match response.status() {
            StatusCode::OK => whole(&mut response, max_bytes).await.map_or(Page::Later(None), Page::Body),
            StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT => Page::Later(told_wait(response.headers())),
            status if status.is_server_error() => Page::Later(told_wait(response.headers())),
            _ => Page::None,
        }
    };
    timeout(limit, exchange).await.unwrap_or(Page::Later(None))
}

async fn whole(response: &mut Response, max_bytes: usize) -> Result<Bytes, Fault> {
    let told = usize::try_from(response.content_length().unwrap_or(0)).unwrap_or(usize::MAX);
    if told > max_bytes {
        return Err(too_large(max_bytes));
    }
    let Some(first) = response.chunk().await.map_err(|error| broken(&error))? else { return Ok(Bytes::new()) };
    if first.len() == told {
        return Ok(first);
    }
    let mut body = BytesMut::with_capacity(told.max(first.len()));
    body.extend_from_slice(&first);
    while let Some(chunk) = response.chunk().await.map_err(|error| broken(&error))? {
        if body.len() + chunk.len() > max_bytes {
            return Err(too_large(max_bytes));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

async fn head(response: &mut Response, max_bytes: usize) -> Vec<u8> {
    let mut body = Vec::new();
    while body.len() < max_bytes {
        match response.chunk().await {
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) | Err(_) => break,
        }
    }
    body
}

/// Tells a connection that never was from one that broke.
fn broken(error: &reqwest::Error) -> Fault {
    let words = shown(&innermost(error), None);
    if is_out_of_files(error) {
        let words = format!("{words}; allow more open files (`ulimit -n`) or fewer calls in flight");
        return Fault { kind: FaultKind::Rate, words, wait: Some(Duration::from_secs(1)) };
    }
    let kind = if error.is_connect() { FaultKind::Unreachable } else { FaultKind::Transient };
    Fault::new(kind, words)
}

/// The words of the cause at the bottom, which are the system's; those above it repeat the URL.
pub(super) fn innermost(error: &reqwest::Error) -> String {
    let mut words = None;
    let mut cause = error.source();
    while let Some(error) = cause {
        words = Some(error.to_string());
        cause = error.source();
    }
    words.unwrap_or_else(|| error.to_string())
}

fn is_out_of_files(error: &reqwest::Error) -> bool {
    let mut cause = error.source();
    while let Some(error) = cause {
        // 23 and 24 are the numbers on all Unix systems, for the system and for the process.
        let io = error.downcast_ref::<std::io::Error>();
        if matches!(io.and_then(std::io::Error::raw_os_error), Some(23 | 24)) {
            return true;
        }
        cause = error.source();
    }
    false
}
