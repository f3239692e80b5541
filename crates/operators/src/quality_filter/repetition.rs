//! What Gopher's rules on repeated lines and paragraphs measure; n-grams are in `words`.

use std::collections::HashSet;

use xxhash_rust::xxh3::xxh3_64;

/// Shares of a text that stand in it a second time. Only second and later copies count.
#[derive(Default)]
pub(super) struct Repetition {
    pub(super) paragraphs: f64,
    pub(super) paragraph_chars: f64,
    pub(super) lines: f64,
    pub(super) line_chars: f64,
}

impl Repetition {
    /// Lines are parted by runs of line breaks, paragraphs by runs of two or more.
    pub(super) fn measure(text: &str) -> Repetition {
        let text = text.trim();
        if memchr::memchr(b'\n', text.as_bytes()).is_none() {
            return Repetition::default();
        }
        let paragraphs = text.split("\n\n").map(|part| part.trim_matches('\n')).filter(|part| !part.is_empty());
        let (paragraphs, paragraph_chars) = shares(paragraphs, text);
        let (lines, line_chars) = shares(text.split('\n').filter(|line| !line.is_empty()), text);
        Repetition { paragraphs, paragraph_chars, lines, line_chars }
    }
}

fn shares<'a>(parts: impl Iterator<Item = &'a str>, text: &str) -> (f64, f64) {
    let mut seen = HashSet::new();
    let (mut num_parts, mut num_duplicates, mut num_chars) = (0_usize, 0_usize, 0_usize);
    for part in parts {
        num_parts += 1;
        if !seen.insert(xxh3_64(part.as_bytes())) {
            num_duplicates += 1;
            num_chars += part.chars().count();
        }
    }
    if num_duplicates == 0 {
        return (0.0, 0.0);
    }
    (num_duplicates as f64 / num_parts as f64, num_chars as f64 / text.chars().count().max(1) as f64)
}
