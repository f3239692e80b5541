//! The head of a WARC record: its version and its named fields.

/// The fields of one record's head. Names are compared without case, as the standard says.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Head {
    fields: Vec<(String, String)>,
}

/// Whether a line begins a record.
pub(super) const MAGIC: &[u8] = b"WARC/";

impl Head {
    /// Parses a head, up to and without the blank line that ends it.
    ///
    /// # Errors
    /// What is wrong with it, in words that hold none of its content.
    pub(super) fn parse(bytes: &[u8]) -> Result<Head, String> {
        let text = String::from_utf8_lossy(bytes);
        let mut lines = text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line));
        let version = lines.next().and_then(|line| line.strip_prefix("WARC/")).unwrap_or_default().trim_end();
        if !version.split('.').all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit())) {
            return Err("no record begins here".to_owned());
        }
        let mut head = Head::default();
        for line in lines.filter(|line| !line.is_empty()) {
            match (line.starts_with([' ', '\t']), head.fields.last_mut(), line.split_once(':')) {
                // A long value may go on, on lines that are indented.
                (true, Some((_, value)), _) => {
                    value.push(' ');
                    value.push_str(line.trim());
                }
                (false, _, Some((name, value))) => {
                    head.fields.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
                }
                _ => return Err("a line of the head is no field".to_owned()),
            }
        }
        Ok(head)
    }

    /// The value of a field, by its name in small letters.
    pub(super) fn field(&self, name: &str) -> Option<&str> {
        let found = self.fields.iter().find(|(known, value)| known == name && !value.is_empty());
        found.map(|(_, value)| value.as_str())
    }

    /// The bytes of the block.
    ///
    /// # Errors
    /// The head does not say.
    pub(super) fn content_length(&self) -> Result<u64, String> {
        let value = self.field("content-length").ok_or("no `Content-Length`")?;
        // A sign is no digit, though Rust would parse it.
        let is_number = value.bytes().all(|byte| byte.is_ascii_digit());
        let length = is_number.then(|| value.parse().ok()).flatten();
        length.ok_or_else(|| "`Content-Length` is no number".to_owned())
    }

    /// The kind of record, in small letters.
    pub(super) fn kind(&self) -> String {
        self.field("warc-type").unwrap_or_default().to_ascii_lowercase()
    }

    /// Where the block was found. Old writers put it in angle brackets.
    pub(super) fn target(&self) -> Option<&str> {
        let uri = self.field("warc-target-uri")?;
        Some(uri.strip_prefix('<').and_then(|uri| uri.strip_suffix('>')).unwrap_or(uri))
    }

    /// The record's id, without the brackets and the prefix that all of them have.
    pub(super) fn record_id(&self) -> Option<&str> {
        let id = self.field("warc-record-id")?;
        let id = id.strip_prefix('<').and_then(|id| id.strip_suffix('>')).unwrap_or(id);
        Some(id.strip_prefix("urn:uuid:").unwrap_or(id)).filter(|id| !id.is_empty())
    }

    /// Whether the record makes a row: it may hold a page, and its target is one.
    pub(super) fn is_row(&self) -> bool {
        let is_page = |target: &str| {
            let scheme = target.split_once(':').map_or("", |(scheme, _)| scheme);
            ["http", "https", "ftp", "ftps", "file", "gopher", "gemini", ""]
                .iter()
                .any(|known| scheme.eq_ignore_ascii_case(known))
        };
        matches!(self.kind().as_str(), "response" | "resource" | "conversion") && self.target().is_none_or(is_page)
    }
}

/// Where a head ends in the bytes that begin with it: its length, and that with the blank line.
pub(super) fn end_of_head(bytes: &[u8], from: usize) -> Option<(usize, usize)> {
    let begin = from.saturating_sub(3);
    let tail = bytes.get(begin..)?;
    let newlines = tail.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
    newlines.map(|(at, _)| at).find_map(|at| {
        let rest = tail.get(at + 1..)?;
        let blank = if rest.starts_with(b"\r\n") { 2 } else { usize::from(rest.starts_with(b"\n")) };
        (blank > 0).then(|| (begin + at, begin + at + 1 + blank))
    })
}
