//! The bytes of a page to characters: what the page says of itself is tried, and where it lies its bytes tell.
//!
//! In the order of the HTML standard: a byte order mark, the label that came with the page, the one in a `<meta>`, and
//! then a guess from the bytes. A label under which the bytes make no sense is passed over, since servers often name
//! one for all their pages; a stray byte is no reason for that, and becomes U+FFFD.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, REPLACEMENT, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252, X_USER_DEFINED};

/// Bytes in which a `<meta>` must stand. The standard says 1,024, and pages put scripts before it.
const META_BYTES: usize = 8 << 10;
/// Bytes that a guess is made from.
const GUESS_BYTES: usize = 256 << 10;
/// Of so many characters beyond ASCII, one may be wrong before a label is not believed.
const CHARACTERS_A_FAULT: usize = 50;

/// What is known of a page's characters besides its bytes.
#[derive(Clone, Copy, Default)]
pub(super) struct Hints<'a> {
    /// The label that came with it, such as the charset of an HTTP header.
    pub(super) label: Option<&'a str>,
    /// Where it was found; the country tells something of the language.
    pub(super) url: Option<&'a str>,
}

/// Decodes a page and says which encoding that was.
pub(super) fn decode<'b>(bytes: &'b [u8], hints: Hints) -> (Cow<'b, str>, &'static str) {
    if let Some((encoding, len)) = Encoding::for_bom(bytes) {
        let (text, _) = encoding.decode_without_bom_handling(bytes.get(len..).unwrap_or_default());
        return (text, encoding.name());
    }
    let labels = [hints.label.and_then(|label| Encoding::for_label(label.as_bytes())), declared(bytes)];
    for encoding in labels.into_iter().flatten().filter(|encoding| *encoding != REPLACEMENT) {
        let (text, has_faults) = encoding.decode_without_bom_handling(bytes);
        if !has_faults || is_plausible(&text) {
            return (text, encoding.name());
        }
    }
    let encoding = guess(bytes, hints.url);
    (encoding.decode_without_bom_handling(bytes).0, encoding.name())
}

/// Whether so few characters are wrong that the label is right.
fn is_plausible(text: &str) -> bool {
    let faults = text.chars().filter(|character| *character == char::REPLACEMENT_CHARACTER).count();
    let beyond_ascii = text.chars().filter(|character| !character.is_ascii()).count();
    faults * CHARACTERS_A_FAULT <= beyond_ascii
}

/// The encoding that the page names in a `<meta>`.
fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = bytes.get(..META_BYTES).unwrap_or(bytes).to_ascii_lowercase();
    let tags = memchr::memmem::find_iter(&head, b"<meta").filter_map(|at| {
        let tag = head.get(at..)?;
        tag.get(..memchr::memchr(b'>', tag)?)
    });
    let encoding = tags.filter_map(charset_of).find_map(Encoding::for_label)?;
    // A page whose `<meta>` could be read as ASCII is not in UTF-16, whatever it says.
    Some(match encoding {
        encoding if encoding == UTF_16LE || encoding == UTF_16BE => UTF_8,
        encoding if encoding == X_USER_DEFINED => WINDOWS_1252,
        encoding => encoding,
    })
}

/// What stands behind `charset=` in a tag.
fn charset_of(tag: &[u8]) -> Option<&[u8]> {
    let after = memchr::memmem::find(tag, b"charset")? + b"charset".len();
    let value = tag.get(after..)?.trim_ascii_start().strip_prefix(b"=")?.trim_ascii_start();
    let value = value.strip_prefix(b"\"").or_else(|| value.strip_prefix(b"'")).unwrap_or(value);
    value.split(|byte| matches!(byte, b'"' | b'\'' | b';' | b' ' | b'/' | b'\t' | b'\n' | b'\r')).next()
}

fn guess(bytes: &[u8], url: Option<&str>) -> &'static Encoding {
    if std::str::from_utf8(bytes).is_ok() {
        return UTF_8;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    let is_whole = bytes.len() <= GUESS_BYTES;
    detector.feed(bytes.get(..GUESS_BYTES).unwrap_or(bytes), is_whole);
    detector.guess(url.and_then(top_level_domain), Utf8Detection::Allow)
}

/// The last label of a URL's host in the form that the detector wants; anything else is left out.
fn top_level_domain(url: &str) -> Option<&[u8]> {
    let host = url.split_once("://")?.1.split(['/', '?', '#', ':']).next()?;
    let domain = host.rsplit('.').next()?;
    let is_plain = !domain.is_empty() && domain.bytes().all(|byte| byte.is_ascii_lowercase());
    is_plain.then_some(domain.as_bytes())
}
