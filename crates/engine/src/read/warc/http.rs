//! What a server answered: the status, the head, and the body as it was before it was packed for the way.
//!
//! Crawlers differ in whether they store a body as it came or unpacked, and some leave the head that spoke of the
//! packing. A body that is not packed as its head says is therefore taken as it is, if it does not even begin so.

use std::borrow::Cow;
use std::io::{Cursor, Read};

/// Fields in the head of an answer; a server with more is broken.
const MAX_HEADERS: usize = 512;

/// An answer.
pub(super) struct Response<'b> {
    /// The status.
    pub(super) status: u16,
    headers: Vec<(String, String)>,
    body: &'b [u8],
}

impl<'b> Response<'b> {
    /// Parses an answer.
    ///
    /// # Errors
    /// What is wrong with it, in words that hold none of its content.
    pub(super) fn parse(block: &'b [u8]) -> Result<Response<'b>, String> {
        let mut fields = [httparse::EMPTY_HEADER; MAX_HEADERS];
        let mut response = httparse::Response::new(&mut fields);
        let mut config = httparse::ParserConfig::default();
        config
            .allow_spaces_after_header_name_in_responses(true)
            .allow_obsolete_multiline_headers_in_responses(true)
            .allow_multiple_spaces_in_response_status_delimiters(true)
            .ignore_invalid_headers_in_responses(true);
        let head = as_version_1(block);
        let parsed = config.parse_response(&mut response, &head).map_err(|error| format!("its HTTP head: {error}"))?;
        let httparse::Status::Complete(len) = parsed else {
            return Err("its HTTP head has no end".to_owned());
        };
        let text = |value: &[u8]| String::from_utf8_lossy(value).trim().to_owned();
        let headers = response.headers.iter().map(|field| (field.name.to_ascii_lowercase(), text(field.value)));
        // The head may have been written anew, the body is the end of both.
        let body = block.get(block.len() - head.len().saturating_sub(len).min(block.len())..).unwrap_or_default();
        Ok(Response { status: response.code.unwrap_or_default(), headers: headers.collect(), body })
    }

    /// The value of a header field, by its name in small letters.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, value)| known == name && !value.is_empty());
        found.map(|(_, value)| value.as_str())
    }

    /// The body, unpacked to at most `max_bytes`.
    ///
    /// # Errors
    /// It cannot be unpacked, or is longer.
    pub(super) fn body(&self, max_bytes: usize, is_cut: bool) -> Result<Cow<'b, [u8]>, String> {
        let mut body = Cow::Borrowed(self.body);
        if self.encodings("transfer-encoding").iter().any(|encoding| encoding == "chunked") {
            body = unchunked(self.body).map_or(body, Cow::Owned);
        }
        // The last encoding was applied last.
        for encoding in self.encodings("content-encoding").iter().rev() {
            if let Some(unpacked) = unpack(&body, encoding, max_bytes, is_cut)? {
                body = Cow::Owned(unpacked);
            }
        }
        Ok(body)
    }

    fn encodings(&self, name: &str) -> Vec<String> {
        let listed = self.headers.iter().filter(|(known, _)| known == name).flat_map(|(_, value)| value.split(','));
        listed.map(|encoding| encoding.trim().to_ascii_lowercase()).filter(|encoding| !encoding.is_empty()).collect()
    }
}

/// Some crawlers write down that they spoke HTTP/2, in the form of HTTP/1.
fn as_version_1(block: &[u8]) -> Cow<'_, [u8]> {
    let newer: [&[u8]; 4] = [b"HTTP/2.0 ", b"HTTP/3.0 ", b"HTTP/2 ", b"HTTP/3 "];
    match newer.iter().find_map(|version| block.strip_prefix(*version)) {
        Some(rest) => Cow::Owned([b"HTTP/1.1 ", rest].concat()),
        None => Cow::Borrowed(block),
    }
}

/// The chunks put together; none if these are no chunks. What a crawler cut off at the end is not missed.
fn unchunked(mut body: &[u8]) -> Option<Vec<u8>> {
    let mut whole = Vec::with_capacity(body.len());
    let mut num_chunks = 0;
    while !body.is_empty() {
        match httparse::parse_chunk_size(body) {
            Ok(httparse::Status::Complete((_, 0))) => return Some(whole),
            Ok(httparse::Status::Complete((begin, len))) => {
                let rest = body.get(begin..)?;
                let len = usize::try_from(len).unwrap_or(usize::MAX).min(rest.len());
                whole.extend_from_slice(rest.get(..len)?);
                let rest = rest.get(len..)?;
                body = rest.strip_prefix(b"\r\n").or_else(|| rest.strip_prefix(b"\n")).unwrap_or(rest);
                num_chunks += 1;
            }
            // A cut in the middle of a length.
            Ok(httparse::Status::Partial) if num_chunks > 0 => return Some(whole),
            _ => return None,
        }
    }
    Some(whole)
}

/// Undoes one encoding; none if the body is not in it.
fn unpack(body: &[u8], encoding: &str, max_bytes: usize, is_cut: bool) -> Result<Option<Vec<u8>>, String> {
    let reader: Box<dyn Read + '_> = match encoding {
        "gzip" | "x-gzip" if body.starts_with(&[0x1F, 0x8B]) => Box::new(flate2::read::MultiGzDecoder::new(body)),
        "deflate" if is_zlib(body) => Box::new(flate2::read::ZlibDecoder::new(body)),
        "deflate" if !body.trim_ascii_start().starts_with(b"<") => Box::new(flate2::read::DeflateDecoder::new(body)),
        "br" if !body.trim_ascii_start().starts_with(b"<") => {
            Box::new(brotli::Decompressor::new(Cursor::new(body), 4096))
        }
        "zstd" if body.starts_with(&[0x28, 0xB5, 0x2F, 0xFD]) => {
            Box::new(zstd::stream::read::Decoder::new(body).map_err(|error| error.to_string())?)
        }
        "identity" | "gzip" | "x-gzip" | "deflate" | "br" | "zstd" => return Ok(None),
        _ => return Err("its content encoding is not known".to_owned()),
    };
    let mut unpacked = Vec::new();
    let result = reader.take(max_bytes as u64 + 1).read_to_end(&mut unpacked);
    if unpacked.len() > max_bytes {
        return Err(format!("longer than {max_bytes} bytes when unpacked"));
    }
    match result {
        Err(error) if !is_cut => Err(format!("its body cannot be unpacked: {error}")),
        _ => Ok(Some(unpacked)),
    }
}

/// The two bytes of a zlib head are a multiple of 31, and the method is deflate.
fn is_zlib(body: &[u8]) -> bool {
    matches!(body, [first, second, ..] if first & 0x0F == 8 && (u16::from(*first) << 8 | u16::from(*second)) % 31 == 0)
}
