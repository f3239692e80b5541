//! A record to a document, or why it is none.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::content;
use super::head::Head;
use super::http::Response;
use super::records::Record;
use crate::read::builder::ReadReason;
use crate::read::charset::{Hints, decode};

/// The parts of a document that are made from a record.
pub(super) struct Page<'w> {
    /// The decoded text.
    pub(super) text: Cow<'w, str>,
    /// The language that the archive says most of the text is in.
    pub(super) language: Option<&'w str>,
    /// What else the record tells, as a JSON object.
    pub(super) meta: String,
}

/// Why a record is no document.
#[derive(Debug)]
pub(super) struct Refused {
    /// The reason.
    pub(super) reason: ReadReason,
    /// The value behind it.
    pub(super) detail: String,
}

impl Refused {
    /// A record that is broken.
    pub(super) fn unreadable(detail: String) -> Refused {
        Refused { reason: ReadReason::UnreadableRow, detail }
    }
}

/// The content of a record, without what it was packed in for the way.
struct Content<'w> {
    content_type: Option<String>,
    status: Option<u16>,
    body: Cow<'w, [u8]>,
}

/// Makes a document of at most `max_bytes`.
///
/// # Errors
/// The record is broken, or holds no page.
pub(super) fn page<'w>(record: &'w Record<'w>, max_bytes: usize) -> Result<Page<'w>, Refused> {
    let too_long = || Refused::unreadable(format!("longer than {max_bytes} bytes"));
    let head = &record.head;
    let block = record.block.ok_or_else(too_long)?;
    if head.field("warc-segment-number").is_some() {
        return Err(Refused::unreadable("it is in several segments".to_owned()));
    }
    let content = content_of(head, block, max_bytes)?;
    let content_type = content.content_type.as_deref();
    let (essence, label) = (content_type.map(content::essence), content_type.and_then(content::charset));
    content::check(essence.as_deref(), label, &content.body)
        .map_err(|detail| Refused { reason: ReadReason::NotText, detail })?;
    let (text, charset) = match content.body {
        Cow::Borrowed(bytes) => decode(bytes, Hints { label, url: head.target() }),
        Cow::Owned(bytes) => {
            let (text, charset) = decode(&bytes, Hints { label, url: head.target() });
            (Cow::Owned(text.into_owned()), charset)
        }
    };
    if text.len() > max_bytes {
        return Err(too_long());
    }
    let language = head.field("warc-identified-content-language").and_then(|list| list.split(',').next());
    let meta = meta(head, [("charset", Some(charset)), ("content_type", essence.as_deref())], content.status);
    Ok(Page { text, language: language.map(str::trim), meta })
}

fn content_of<'w>(head: &Head, block: &'w [u8], max_bytes: usize) -> Result<Content<'w>, Refused> {
    let own_type = head.field("content-type");
    let is_http = match own_type.map(content::essence) {
        Some(essence) => essence == "application/http",
        None => block.starts_with(b"HTTP/"),
    };
    if !is_http {
        return Ok(Content { content_type: own_type.map(str::to_owned), status: None, body: Cow::Borrowed(block) });
    }
    let response = Response::parse(block).map_err(Refused::unreadable)?;
    if response.status != 200 {
        return Err(Refused { reason: ReadReason::HttpStatus, detail: response.status.to_string() });
    }
    let identified = || head.field("warc-identified-payload-type");
    let content_type = response.header("content-type").or_else(identified).map(str::to_owned);
    // A picture is not unpacked to find that it is one.
    if let Some(essence) = content_type.as_deref().map(content::essence) {
        content::check(Some(&essence), None, &[]).map_err(|detail| Refused { reason: ReadReason::NotText, detail })?;
    }
    let is_cut = head.field("warc-truncated").is_some();
    let body = response.body(max_bytes, is_cut).map_err(Refused::unreadable)?;
    Ok(Content { content_type, status: Some(response.status), body })
}

/// What the record tells beside its text, by name.
fn meta(head: &Head, content: [(&str, Option<&str>); 2], status: Option<u16>) -> String {
    let kind = head.kind();
    let texts = content.into_iter().chain([
        ("truncated", head.field("warc-truncated")),
        ("warc_date", head.field("warc-date")),
        ("warc_type", Some(kind.as_str())),
    ]);
    let texts = texts.filter_map(|(name, value)| Some((name.to_owned(), Value::from(value?))));
    let mut meta: Map<String, Value> = texts.collect();
    if let Some(status) = status {
        meta.insert("http_status".to_owned(), status.into());
    }
    meta.sort_keys();
    Value::Object(meta).to_string()
}
