//! Addresses for electronic mail, from the sign between name and host.

use memchr::memchr_iter;

use super::kind::{Found, Kind};

/// Endings of files that look like hosts, as in `icon@2x.png`.
const FILE_ENDINGS: [&str; 10] = ["png", "jpg", "jpeg", "gif", "svg", "webp", "css", "html", "json", "service"];
/// Hosts that RFC 2606 and 6761 keep for examples.
const EXAMPLE_ENDINGS: [&str; 5] = ["example", "invalid", "test", "localhost", "local"];

/// Finds all addresses; those that are kept for examples only with `reserved`.
pub(super) fn find(text: &str, reserved: bool, found: &mut Vec<Found>) {
    let bytes = text.as_bytes();
    for at in memchr_iter(b'@', bytes) {
        let start = name_start(bytes, at);
        let end = host_end(bytes, at + 1);
        let host = text.get(at + 1..end).unwrap_or_default();
        if start == at || !is_host(host) || (!reserved && is_example(host)) {
            continue;
        }
        // A name at a name at a host is an account of a social network, `git@host:path` a place, and what follows `//` a login.
        let is_place = bytes.get(end) == Some(&b':') && bytes.get(end + 1).is_some_and(u8::is_ascii_alphabetic);
        let before = text.get(text.floor_char_boundary(start.saturating_sub(64))..start).unwrap_or_default();
        let is_login = before.rsplit(char::is_whitespace).next().is_some_and(|word| word.contains("//"));
        if before.ends_with(['@', '/']) || is_place || is_login {
            continue;
        }
        found.push(Found { kind: Kind::Email, start, end });
    }
}

fn name_start(bytes: &[u8], at: usize) -> usize {
    const MAX_NAME: usize = 64;
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"._%+-".contains(byte);
    let name = bytes.get(at.saturating_sub(MAX_NAME)..at).unwrap_or_default();
    let length = name.iter().rev().take_while(|byte| is_name(byte)).count();
    let start = at - length;
    // Dots and dashes do not begin a name.
    let skipped =
        bytes.get(start..at).unwrap_or_default().iter().take_while(|byte| !byte.is_ascii_alphanumeric()).count();
    let ends_well = at.checked_sub(1).and_then(|idx| bytes.get(idx)).is_some_and(|byte| *byte != b'.');
    if ends_well { start + skipped } else { at }
}

fn host_end(bytes: &[u8], from: usize) -> usize {
    let is_host = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'.' || *byte == b'-';
    let host = bytes.get(from..).unwrap_or_default();
    let length = host.iter().take_while(|byte| is_host(byte)).take(253).count();
    let dangling = host.get(..length).unwrap_or_default().iter().rev();
    from + length - dangling.take_while(|byte| !byte.is_ascii_alphanumeric()).count()
}

fn is_host(host: &str) -> bool {
    let Some((rest, ending)) = host.rsplit_once('.') else { return false };
    let is_label = |label: &str| !label.is_empty() && label.len() < 64 && !label.starts_with('-');
    let ending_is_one = (2..=18).contains(&ending.len()) && ending.bytes().all(|byte| byte.is_ascii_alphabetic());
    ending_is_one && rest.split('.').all(is_label) && !FILE_ENDINGS.contains(&ending)
}

fn is_example(host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    let ending = host.rsplit('.').next().unwrap_or_default();
    let is_example = |domain: &str| host == domain || host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'));
    EXAMPLE_ENDINGS.contains(&ending) || ["example.com", "example.org", "example.net"].into_iter().any(is_example)
}
