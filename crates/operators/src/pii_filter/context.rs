//! What stands around a candidate: the same digits are a telephone number after "tel." and nothing after "ISBN".

use super::digits::Group;

/// A candidate's place in its text.
#[derive(Clone, Copy)]
pub(super) struct Around<'a> {
    text: &'a str,
    start: usize,
}

impl<'a> Around<'a> {
    pub(super) fn new(text: &'a str, start: usize) -> Around<'a> {
        Around { text, start }
    }

    /// The digits of a group.
    pub(super) fn digits(&self, group: Group) -> impl Iterator<Item = u8> + 'a {
        self.text.as_bytes().get(group.start..group.end).unwrap_or_default().iter().copied()
    }

    /// The byte before the candidate.
    pub(super) fn byte_before(&self) -> Option<u8> {
        self.text.as_bytes().get(self.start.checked_sub(1)?).copied()
    }

    /// Whether a letter follows a group at once, or after a point or hyphen.
    pub(super) fn goes_on(&self, group: Group) -> bool {
        let after = self.text.as_bytes().get(group.end..).unwrap_or_default();
        match after {
            [b'.' | b'-', byte, ..] | [byte, ..] => byte.is_ascii_alphabetic() || *byte == b'_',
            [] => false,
        }
    }

    /// Whether the candidate goes on a word, path, identifier or decimal, and is no number of its own.
    pub(super) fn is_part_of_a_name(&self) -> bool {
        let glued = |byte: u8| byte.is_ascii_alphanumeric() || !byte.is_ascii() || b"/_=#&%$.-*^\\@".contains(&byte);
        // A word of another script ends where digits begin, and so does a dash or quote.
        self.byte_before().is_some_and(glued) && !self.before(4).ends_with(is_loose)
    }

    /// The text before the candidate, of its own line, this many bytes at most.
    pub(super) fn before(&self, max_bytes: usize) -> &'a str {
        let from = self.text.floor_char_boundary(self.start.saturating_sub(max_bytes));
        let before = self.text.get(from..self.start).unwrap_or_default();
        before.rsplit('\n').next().unwrap_or(before)
    }

    /// Whether one of the last few words before the candidate is one of these, in any case.
    pub(super) fn has_word(&self, words: &[&str]) -> bool {
        const REACH: usize = 28;
        const MAX_WORDS: usize = 3;
        let last = self.before(REACH).rsplit(|ch: char| !ch.is_alphanumeric()).filter(|word| !word.is_empty());
        last.take(MAX_WORDS).any(|word| {
            let stem = word.trim_end_matches(|ch: char| ch.is_ascii_digit());
            words.iter().any(|known| stem.to_lowercase() == *known)
        })
    }
}

/// Signs outside ASCII that end a word.
fn is_loose(ch: char) -> bool {
    !ch.is_ascii() && (!ch.is_alphanumeric() || ('\u{2e80}'..='\u{ffef}').contains(&ch))
}
