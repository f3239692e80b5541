//! What Gopher's rules on repeated lines and paragraphs measure; n-grams are in `words`.

use xxhash_rust::xxh3::xxh3_64;

use super::lines::{split_feeds, trim};
use super::table::Table;

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
    pub(super) fn measure(text: &str, num_text_chars: usize, table: &mut Table) -> Repetition {
        let mut found = Repetition::default();
        if memchr::memchr(b'\n', text.as_bytes()).is_none() {
            return found;
        }
        let num_text_chars = num_text_chars.max(1) as f64;
        let (num_lines, copies) = count(split_feeds(text), table);
        // A break at an end of the text parts an empty line from it; the second such is a copy of the first.
        let (first, last) = (usize::from(text.starts_with('\n')), usize::from(text.ends_with('\n')));
        found.lines = (copies.num + first * last) as f64 / (num_lines + first + last) as f64;
        found.line_chars = copies.num_chars as f64 / num_text_chars;
        let (num_paragraphs, copies) = count(paragraphs(trim(text)), table);
        found.paragraphs = copies.num as f64 / num_paragraphs.max(1) as f64;
        found.paragraph_chars = copies.num_chars as f64 / num_text_chars;
        found
    }
}

fn paragraphs(text: &str) -> impl Iterator<Item = &str> + Clone {
    let ends = memchr::memmem::find_iter(text.as_bytes(), "\n\n").chain([text.len()]);
    ends.scan(0, move |start, end| {
        let paragraph = text[*start..end].trim_matches('\n');
        *start = end;
        Some(paragraph)
    })
}

/// Second and later copies of parts.
#[derive(Default)]
pub(super) struct Copies {
    pub(super) num: usize,
    pub(super) num_chars: usize,
}

/// Counts the parts that are not empty, and the copies among them.
fn count<'a>(parts: impl Iterator<Item = &'a str> + Clone, table: &mut Table) -> (usize, Copies) {
    let parts = parts.filter(|part| !part.is_empty());
    let num_parts = parts.clone().count();
    (num_parts, copies(parts, num_parts, table))
}

/// The copies among parts, so many in all.
pub(super) fn copies<'a>(parts: impl Iterator<Item = &'a str>, num_parts: usize, table: &mut Table) -> Copies {
    table.clear(num_parts);
    let mut copies = Copies::default();
    for (place, part) in parts.enumerate() {
        if table.enter(xxh3_64(part.as_bytes()), place as u32) as usize != place {
            copies.num += 1;
            copies.num_chars += part.chars().count();
        }
    }
    copies
}
