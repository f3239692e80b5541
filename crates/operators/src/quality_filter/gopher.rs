//! What Gopher's quality rules measure.

use super::lines::{Lines, is_space};
use super::words::Words;

/// The values of Gopher's quality rules.
pub(super) struct Gopher {
    pub(super) num_words: f64,
    pub(super) mean_word_chars: f64,
    pub(super) hashes_per_word: f64,
    pub(super) ellipses_per_word: f64,
    pub(super) bullet_lines: f64,
    pub(super) ellipsis_lines: f64,
    pub(super) letter_words: f64,
    pub(super) num_stop_words: f64,
}

impl Gopher {
    pub(super) fn measure(text: &str, words: &Words) -> Gopher {
        let num_tokens = words.num_tokens.max(1) as f64;
        let (num_lines, num_bullets, num_cut) = count_lines(text);
        Gopher {
            num_words: words.num_words as f64,
            mean_word_chars: words.num_word_chars as f64 / words.num_words.max(1) as f64,
            hashes_per_word: memchr::memchr_iter(b'#', text.as_bytes()).count() as f64 / num_tokens,
            ellipses_per_word: num_ellipses(text) as f64 / num_tokens,
            bullet_lines: num_bullets as f64 / num_lines,
            ellipsis_lines: num_cut as f64 / num_lines,
            letter_words: words.num_letter_words as f64 / num_tokens,
            num_stop_words: f64::from(words.num_stop_words),
        }
    }
}

fn count_lines(text: &str) -> (f64, usize, usize) {
    let (mut num_lines, mut num_bullets, mut num_cut) = (0, 0, 0);
    for line in Lines::new(text) {
        num_lines += 1;
        num_bullets += usize::from(line.trim_start_matches(is_space).starts_with(['•', '-']));
        let end = line.trim_end_matches(is_space);
        num_cut += usize::from(end.ends_with("...") || end.ends_with('…'));
    }
    (f64::from(num_lines.max(1)), num_bullets, num_cut)
}

fn num_ellipses(text: &str) -> usize {
    let of_dots = memchr::memmem::find_iter(text.as_bytes(), b"...").count();
    let of_one = if text.is_ascii() { 0 } else { memchr::memmem::find_iter(text.as_bytes(), "…").count() };
    of_dots + of_one
}
