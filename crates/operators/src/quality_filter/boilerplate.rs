//! How much of a text is the furniture of a web page: menus, notices, calls to action.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};

use super::c4;
use super::lines::split_feeds;
use crate::furniture::{BYTES_A_PHRASE, FURNITURE, FURNITURE_LINE_BYTES, MENU_LINE_BYTES, MENU_LINES, is_menu};

#[expect(clippy::expect_used, reason = "the phrases are constants and few, so the automaton can always be built")]
static PHRASES: LazyLock<AhoCorasick> = LazyLock::new(|| {
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .match_kind(MatchKind::LeftmostLongest)
        .build(c4::PHRASES.iter().chain(FURNITURE))
        .expect("constant phrases")
});

/// The share of bytes on lines of furniture.
pub(super) fn share(text: &str) -> f64 {
    let (mut furniture, mut num_bytes, mut offset) = (Furniture::default(), 0, 0);
    let mut found = PHRASES.find_iter(text).peekable();
    for line in split_feeds(text) {
        let end = offset + line.len();
        // Each phrase counts once a line: an article on cookies says `cookie policy` more than once.
        let mut phrases = 0_u64;
        while let Some(hit) = found.next_if(|hit| hit.start() < end) {
            phrases |= 1 << hit.pattern().as_usize().min(63);
        }
        offset = end + 1;
        let line = line.trim();
        num_bytes += line.len();
        furniture.add(line, phrases.count_ones() as usize);
    }
    furniture.finish() as f64 / num_bytes.max(1) as f64
}

/// Bytes of furniture, with the run of menu lines that is not over yet.
#[derive(Default)]
struct Furniture {
    num_bytes: usize,
    run_lines: usize,
    run_bytes: usize,
}

impl Furniture {
    fn add(&mut self, line: &str, num_phrases: usize) {
        let is_label = line.len() <= MENU_LINE_BYTES && !line.ends_with(['.', '?', '!', ',', ';', ':']);
        if is_label {
            self.run_lines += usize::from(!line.is_empty());
            self.run_bytes += line.len();
            return;
        }
        self.end_run();
        if is_furniture(line, num_phrases) {
            self.num_bytes += line.len();
        }
    }

    fn end_run(&mut self) {
        if self.run_lines >= MENU_LINES {
            self.num_bytes += self.run_bytes;
        }
        (self.run_lines, self.run_bytes) = (0, 0);
    }

    fn finish(mut self) -> usize {
        self.end_run();
        self.num_bytes
    }
}

fn is_furniture(line: &str, num_phrases: usize) -> bool {
    let is_short = line.len() <= FURNITURE_LINE_BYTES;
    let is_dense = num_phrases >= 3 && line.len() <= num_phrases * BYTES_A_PHRASE;
    (num_phrases > 0 && is_short) || is_dense || is_menu(line)
}
