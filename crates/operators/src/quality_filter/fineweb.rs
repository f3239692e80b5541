//! What FineWeb's rules measure, on the text or on what C4's rules would leave of it.

use super::lines::{is_space, split_feeds};
use super::marks::is_terminal;
use super::repetition::copies;
use super::table::Table;

/// The values of FineWeb's rules.
pub(super) struct FineWeb {
    pub(super) num_lines: f64,
    pub(super) ended_lines: f64,
    pub(super) short_lines: f64,
    pub(super) repeated_line_chars: f64,
    pub(super) breaks_per_word: f64,
}

impl FineWeb {
    pub(super) fn measure(text: &str, num_words: usize, short_chars: usize, table: &mut Table) -> FineWeb {
        let lines = split_feeds(text).filter(|line| !line.chars().all(is_space));
        let (mut num_lines, mut num_ended, mut num_short) = (0_usize, 0_usize, 0_usize);
        for line in lines.clone() {
            num_lines += 1;
            num_ended += usize::from(line.ends_with(is_terminal));
            num_short += usize::from(is_short(line, short_chars));
        }
        let num_breaks = memchr::memchr_iter(b'\n', text.as_bytes()).count();
        let copied = copies(lines, num_lines, table).num_chars;
        let num_chars = if copied == 0 { 1 } else { text.chars().count() - num_breaks };
        let share = |count: usize| count as f64 / num_lines.max(1) as f64;
        FineWeb {
            num_lines: num_lines as f64,
            ended_lines: share(num_ended),
            short_lines: share(num_short),
            repeated_line_chars: copied as f64 / num_chars as f64,
            breaks_per_word: num_breaks as f64 / num_words.max(1) as f64,
        }
    }
}

fn is_short(line: &str, short_chars: usize) -> bool {
    line.len() <= short_chars || (line.len() <= short_chars.saturating_mul(4) && line.chars().count() <= short_chars)
}
