//! What each line of a text is, and which lines stay.

use aho_corasick::AhoCorasick;

use crate::furniture::{BYTES_A_PHRASE, FURNITURE_LINE_BYTES, MENU_LINE_BYTES, MENU_LINES, is_menu};

/// Phrases that make furniture even of a whole sentence, as long as it is short.
pub(super) const NOTICES: &[&str] = &[
    "accept all cookies",
    "accept cookies",
    "all rights reserved",
    "cookie policy",
    "cookie settings",
    "enable javascript",
    "our newsletter",
    "privacy policy",
    "skip to content",
    "skip to main",
    "terms and conditions",
    "terms of service",
    "terms of use",
    "use cookies",
    "use of cookies",
    "uses cookies",
];

/// Words of a sentence; a title has fewer.
const PROSE_WORDS: usize = 8;
/// Words of a sentence that ends as one.
const SENTENCE_WORDS: usize = 4;
/// Rows of a table; links stand on one or two.
const TABLE_ROWS: usize = 3;
/// Characters of a sentence where words are not set apart.
const PROSE_CHARS: usize = 20;

/// What a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Nothing.
    Blank,
    /// A short line without an end: a heading, an entry of a list or of a menu.
    Label,
    /// Words between bars: links side by side, or a row of a table.
    Row,
    /// Part of the page, not of the text.
    Furniture,
    /// What is read.
    Prose,
}

/// The lines of a text with what each of them is.
pub(super) fn kinds<'t>(text: &'t str, phrases: &AhoCorasick, num_notices: usize) -> Vec<(&'t str, Kind)> {
    let mut found = phrases.find_iter(text).peekable();
    let mut offset = 0;
    let mut lines = Vec::new();
    for line in text.split('\n') {
        let end = offset + line.len();
        let (mut notices, mut calls) = (0_u64, 0_u64);
        while let Some(hit) = found.next_if(|hit| hit.start() < end) {
            // Each phrase counts once a line.
            match hit.pattern().as_usize().checked_sub(num_notices) {
                Some(call) => calls |= 1 << call.min(63),
                None => notices |= 1 << hit.pattern().as_usize().min(63),
            }
        }
        offset = end + 1;
        lines.push((line, kind(line.trim(), notices.count_ones() as usize, calls.count_ones() as usize)));
    }
    tell_rows(&mut lines);
    lines
}

/// One or two rows are links, and more of them are a table.
fn tell_rows(lines: &mut [(&str, Kind)]) {
    for run in lines.chunk_by_mut(|(_, one), (_, next)| (*one == Kind::Row) == (*next == Kind::Row)) {
        let is_table = run.len() >= TABLE_ROWS;
        for (_, kind) in run.iter_mut().filter(|(_, kind)| *kind == Kind::Row) {
            *kind = if is_table { Kind::Prose } else { Kind::Furniture };
        }
    }
}

fn kind(line: &str, num_notices: usize, num_calls: usize) -> Kind {
    if line.is_empty() {
        return Kind::Blank;
    }
    let num_phrases = num_notices + num_calls;
    let is_short = line.len() <= FURNITURE_LINE_BYTES;
    let is_dense = num_phrases >= 3 && line.len() <= num_phrases * BYTES_A_PHRASE;
    let ends = line.ends_with(['.', '?', '!', '"', '\'', ')', '…', '。', '！', '？', '”', '।', '؟', '۔']);
    let calls = num_calls > usize::from(ends);
    if is_dense || (is_short && (num_notices > 0 || calls)) || is_copyright(line) {
        return Kind::Furniture;
    }
    if is_menu(line) || is_row_of_labels(line) {
        return Kind::Row;
    }
    let num_words = line.split_whitespace().take(PROSE_WORDS).count();
    let is_unspaced = !line.is_ascii() && num_words < SENTENCE_WORDS && line.chars().nth(PROSE_CHARS).is_some();
    match num_words >= PROSE_WORDS || is_unspaced || (ends && num_words >= SENTENCE_WORDS) {
        true => Kind::Prose,
        false => Kind::Label,
    }
}

/// Three or more short labels between bars.
fn is_row_of_labels(line: &str) -> bool {
    let mut labels = line.split('|').map(str::trim);
    line.len() <= 3 * MENU_LINE_BYTES
        && line.contains(" | ")
        && labels.clone().count() >= 3
        && labels.all(|label| !label.is_empty() && label.len() <= MENU_LINE_BYTES)
}

/// A line such as `© 2024 Example Media`.
fn is_copyright(line: &str) -> bool {
    let starts = |mark: &str| line.get(..mark.len()).is_some_and(|start| start.eq_ignore_ascii_case(mark));
    let has_year = line.as_bytes().windows(4).any(|four| four.iter().all(u8::is_ascii_digit));
    line.len() <= FURNITURE_LINE_BYTES / 2 && has_year && ["©", "copyright ", "(c) "].into_iter().any(starts)
}

/// The lines that stay, in order.
pub(super) fn kept<'t>(lines: &[(&'t str, Kind)]) -> Vec<(&'t str, Kind)> {
    let is_prose = |(_, kind): &(&str, Kind)| *kind == Kind::Prose;
    let (Some(first), Some(last)) = (lines.iter().position(is_prose), lines.iter().rposition(is_prose)) else {
        return Vec::new();
    };
    let before = lines.get(..first).unwrap_or_default();
    let after = lines.get(last + 1..).unwrap_or_default();
    let begin = menu_or_furniture(before.iter().rev()).map_or(0, |distance| first - distance);
    let end = menu_or_furniture(after.iter()).map_or(lines.len(), |distance| last + 1 + distance);
    let mut kept = lines.get(begin..end).unwrap_or_default().to_vec();
    drop_runs(&mut kept);
    kept
}

/// How many lines, away from the prose, stand before the first one that is furniture or begins a menu.
fn menu_or_furniture<'l>(away: impl Iterator<Item = &'l (&'l str, Kind)>) -> Option<usize> {
    let mut labels = Vec::new();
    for (distance, (line, kind)) in away.enumerate() {
        match kind {
            Kind::Furniture => return Some(distance),
            Kind::Label if line.trim().len() <= MENU_LINE_BYTES => labels.push(distance),
            // A line that stands alone is a heading.
            Kind::Blank if labels.len() > 1 => {}
            _ => labels.clear(),
        }
        if labels.len() == MENU_LINES {
            return labels.first().copied();
        }
    }
    None
}

/// Takes out rows of links, and furniture that stands on two lines or more.
fn drop_runs(lines: &mut Vec<(&str, Kind)>) {
    let (mut kept, mut rest) = (Vec::with_capacity(lines.len()), lines.as_slice());
    while !rest.is_empty() {
        let len = rest.iter().take_while(|(_, kind)| matches!(kind, Kind::Furniture | Kind::Blank)).count();
        let (run, others) = rest.split_at(len.max(1));
        rest = others;
        let num_furniture = run.iter().filter(|(_, kind)| *kind == Kind::Furniture).count();
        let is_links = len > 0 && run.iter().any(|(line, _)| line.contains(" | "));
        if num_furniture < 2 && !is_links {
            kept.extend_from_slice(run);
        } else if run.iter().any(|(_, kind)| *kind == Kind::Blank) {
            // One blank line stays where there was one.
            kept.push(("", Kind::Blank));
        }
    }
    *lines = kept;
}
