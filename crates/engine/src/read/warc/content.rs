//! What kind of content a block is, by what its head says and, where that says nothing, by its first bytes.

/// Content that makes a document.
const TEXTS: [&str; 4] = ["text/html", "application/xhtml+xml", "text/plain", "text/markdown"];
/// Bytes that are looked at.
const SNIFFED_BYTES: usize = 512;
/// What a content type is cut to in a message.
const SHOWN_BYTES: usize = 80;

/// The type without its parameters, in small letters.
pub(super) fn essence(content_type: &str) -> String {
    content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// The charset among the parameters.
pub(super) fn charset(content_type: &str) -> Option<&str> {
    let mut params = content_type.split(';').skip(1).filter_map(|param| param.split_once('='));
    let (_, value) = params.find(|(name, _)| name.trim().eq_ignore_ascii_case("charset"))?;
    Some(value.trim().trim_matches(['"', '\'']))
}

/// Whether this is text of a kind that makes a document.
///
/// # Errors
/// What it is instead.
pub(super) fn check(essence: Option<&str>, charset: Option<&str>, body: &[u8]) -> Result<(), String> {
    let first = body.get(..SNIFFED_BYTES).unwrap_or(body);
    let is_wide = charset.is_some_and(|label| label.to_ascii_lowercase().starts_with("utf-16"))
        || first.starts_with(&[0xFF, 0xFE])
        || first.starts_with(&[0xFE, 0xFF]);
    match essence {
        None if body.is_empty() || begins_like_html(first) => Ok(()),
        None => Err("no content type".to_owned()),
        Some(essence) if !TEXTS.contains(&essence) => Err(shown(essence)),
        Some(essence) if !is_wide && first.contains(&0) => Err(format!("{essence}, but binary")),
        Some(_) => Ok(()),
    }
}

fn begins_like_html(bytes: &[u8]) -> bool {
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes).trim_ascii_start().to_ascii_lowercase();
    let marks: [&[u8]; 5] = [b"<!doctype html", b"<html", b"<head", b"<body", b"<?xml"];
    marks.iter().any(|mark| text.starts_with(mark))
}

/// A content type for a message: what is not printed is left out, since anything may stand there.
fn shown(essence: &str) -> String {
    let text: String = essence.chars().filter(char::is_ascii_graphic).take(SHOWN_BYTES).collect();
    if text.is_empty() { "no content type".to_owned() } else { text }
}
