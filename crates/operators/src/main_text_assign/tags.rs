//! The tags of a page in the order of its bytes, without a tree. Comments, scripts and styles hold none.

/// One tag.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Tag<'h> {
    /// Its name as it is written.
    pub(super) name: &'h str,
    /// Whether it ends an element.
    pub(super) is_end: bool,
    /// What stands behind the name.
    pub(super) attributes: &'h str,
}

/// Cuts a page into its tags.
pub(super) struct Tags<'h> {
    html: &'h str,
    at: usize,
}

impl<'h> Tags<'h> {
    /// Begins at the beginning.
    pub(super) fn new(html: &'h str) -> Tags<'h> {
        Tags { html, at: 0 }
    }

    fn rest(&self) -> &'h str {
        self.html.get(self.at..).unwrap_or_default()
    }

    /// Stands behind the next such text, or at the end.
    fn pass(&mut self, mark: &str) {
        let found = memchr::memmem::find(self.rest().as_bytes(), mark.as_bytes());
        self.at = found.map_or(self.html.len(), |at| self.at + at + mark.len());
    }

    /// Stands before the end tag of an element whose content is no markup.
    fn pass_raw(&mut self, name: &str) {
        loop {
            let rest = self.rest();
            let Some(at) = memchr::memmem::find(rest.as_bytes(), b"</") else {
                self.at = self.html.len();
                return;
            };
            self.at += at;
            let named = rest.get(at + 2..at + 2 + name.len());
            if named.is_some_and(|found| found.eq_ignore_ascii_case(name)) {
                return;
            }
            self.at += 2;
        }
    }
}

impl<'h> Iterator for Tags<'h> {
    type Item = Tag<'h>;

    fn next(&mut self) -> Option<Tag<'h>> {
        loop {
            self.at += memchr::memchr(b'<', self.rest().as_bytes())?;
            let rest = self.rest();
            if rest.starts_with("<!--") {
                self.pass("-->");
                continue;
            }
            let is_end = rest.starts_with("</");
            let named = rest.get(1 + usize::from(is_end)..).unwrap_or_default();
            if !named.starts_with(|first: char| first.is_ascii_alphabetic()) {
                self.at += 1;
                continue;
            }
            let inside = named.get(..end_of_tag(named)).unwrap_or(named);
            let name_end = inside.find(|c: char| c.is_ascii_whitespace() || c == '/').unwrap_or(inside.len());
            let (name, attributes) = inside.split_at_checked(name_end).unwrap_or((inside, ""));
            self.at += 1 + usize::from(is_end) + inside.len();
            let is_raw =
                ["script", "style", "textarea", "title", "noscript"].iter().any(|raw| name.eq_ignore_ascii_case(raw));
            if is_raw && !is_end {
                self.pass_raw(name);
            }
            return Some(Tag { name, is_end, attributes });
        }
    }
}

/// Where a tag ends: at `>`, but not inside quotes.
fn end_of_tag(tag: &str) -> usize {
    let mut quote = None;
    let mut before = b' ';
    for (at, byte) in tag.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return at,
            (None, b'"' | b'\'') if before == b'=' => quote = Some(byte),
            (Some(open), byte) if open == byte => quote = None,
            _ => {}
        }
        if !byte.is_ascii_whitespace() {
            before = byte;
        }
    }
    // A quote that nothing closes is taken as far as the next end of a tag.
    tag.find('>').unwrap_or(tag.len())
}

impl<'h> Tag<'h> {
    /// Whether this is the tag of that name, in small letters.
    pub(super) fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    /// The value of an attribute.
    pub(super) fn attribute(&self, name: &str) -> Option<&'h str> {
        let mut rest = self.attributes;
        loop {
            rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
            let name_end = rest.find(|c: char| c.is_ascii_whitespace() || matches!(c, '=' | '/')).unwrap_or(rest.len());
            let (found, after) = rest.split_at_checked(name_end).filter(|(found, _)| !found.is_empty())?;
            let Some(value) = after.trim_ascii_start().strip_prefix('=') else {
                rest = after;
                continue;
            };
            let value = value.trim_ascii_start();
            let (value, after) = match value.chars().next() {
                Some(quote @ ('"' | '\'')) => value.get(1..)?.split_once(quote)?,
                _ => value.split_at_checked(value.find(|c: char| c.is_ascii_whitespace()).unwrap_or(value.len()))?,
            };
            if found.eq_ignore_ascii_case(name) {
                return Some(value.trim());
            }
            rest = after;
        }
    }
}
