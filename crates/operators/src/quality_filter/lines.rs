//! Lines and white space as Python has them, since the published rules were written down in Python.
//!
//! Python breaks lines at eleven signs and the separators of ASCII are white space to it; Rust knows neither.

use memchr::{memchr, memchr_iter, memmem};

/// Whether Python's `str.isspace` says so.
pub(super) fn is_space(ch: char) -> bool {
    ch.is_whitespace() || ('\x1c'..='\x1f').contains(&ch)
}

/// `str.strip`.
pub(super) fn trim(text: &str) -> &str {
    text.trim_matches(is_space)
}

/// What stands between line feeds, as `str.split` has it, but faster.
pub(super) fn split_feeds(text: &str) -> impl Iterator<Item = &str> + Clone {
    let ends = memchr_iter(b'\n', text.as_bytes()).chain([text.len()]);
    ends.scan(0, move |start, end| {
        let line = &text[*start..end];
        *start = end + 1;
        Some(line)
    })
}

/// The lines of `str.splitlines`.
pub(super) struct Lines<'a> {
    rest: &'a str,
    /// Only `\n` ends a line of this text.
    is_plain: bool,
}

impl<'a> Lines<'a> {
    pub(super) fn new(text: &'a str) -> Lines<'a> {
        let controls = text.as_bytes().iter().fold(0_u8, |found, &byte| found | u8::from(is_break(byte)));
        let is_plain = controls == 0 && (text.is_ascii() || WIDE_BREAKS.iter().all(|sign| !contains(text, sign)));
        Lines { rest: text, is_plain }
    }
}

impl<'a> Iterator for Lines<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        if self.rest.is_empty() {
            return None;
        }
        let (end, next) = match self.is_plain {
            true => memchr(b'\n', self.rest.as_bytes()).map(|end| (end, end + 1)),
            false => odd_break(self.rest),
        }
        .unwrap_or((self.rest.len(), self.rest.len()));
        let line = &self.rest[..end];
        self.rest = &self.rest[next..];
        Some(line)
    }
}

const WIDE_BREAKS: [&str; 3] = ["\u{85}", "\u{2028}", "\u{2029}"];

fn contains(text: &str, sign: &str) -> bool {
    memmem::find(text.as_bytes(), sign.as_bytes()).is_some()
}

/// A break of one byte, other than `\n`. Written so that many bytes are looked at in one go.
fn is_break(byte: u8) -> bool {
    (byte.wrapping_sub(0x0b) < 3) | (byte.wrapping_sub(0x1c) < 3)
}

/// Where the first break begins and ends.
fn odd_break(text: &str) -> Option<(usize, usize)> {
    let (start, sign) = text.char_indices().find(|&(_, ch)| match u8::try_from(ch) {
        Ok(byte) => byte == b'\n' || byte == 0x85 || is_break(byte),
        Err(_) => matches!(ch, '\u{2028}' | '\u{2029}'),
    })?;
    let is_pair = text[start..].starts_with("\r\n");
    Some((start, start + sign.len_utf8() + usize::from(is_pair)))
}

#[cfg(test)]
mod tests {
    use super::Lines;

    fn lines(text: &str) -> Vec<&str> {
        Lines::new(text).collect()
    }

    #[test]
    fn lines_end_where_python_ends_them() {
        assert_eq!(lines("a\n\nb\n"), ["a", "", "b"]);
        assert_eq!(lines(""), Vec::<&str>::new());
        assert_eq!(lines("\n"), [""]);
        assert_eq!(lines("a\r\nb\rc\x0bd\x0ce\x1cf\x1dg\x1eh\x1fi"), ["a", "b", "c", "d", "e", "f", "g", "h\x1fi"]);
        assert_eq!(lines("ä\u{85}b\u{2028}c\u{2029}d\u{a0}e"), ["ä", "b", "c", "d\u{a0}e"]);
        assert_eq!(lines("a\n\u{2028}"), ["a", ""]);
    }
}
