//! Cuts long documents into passages on sentence borders, the same ones in every stage.
//!
//! Tokens are counted as three bytes each. English prose has four to five bytes a token, Chinese about three, and code
//! about three, so a passage has seldom more tokens than it may; four bytes a token would be too few for a limit.

use std::ops::Range;

use crate::text::sentences;

/// Bytes that are counted as one token.
const BYTES_PER_TOKEN: usize = 3;

/// The passages of a text, in order, as byte ranges that hold all of it.
pub(crate) fn passages(text: &str, max_tokens: usize) -> Vec<Range<usize>> {
    let max_bytes = max_tokens.saturating_mul(BYTES_PER_TOKEN).max(1);
    if text.len() <= max_bytes {
        return std::iter::once(0..text.len()).collect();
    }
    let mut found = Vec::new();
    let mut start = 0;
    for piece in pieces(text, max_bytes) {
        // Of about equal size, so that the last one is no remnant without context.
        let rest = text.len() - start;
        let wanted = rest / rest.div_ceil(max_bytes);
        let (without, with) = (piece.start - start, piece.end - start);
        if without > 0 && (with > max_bytes || wanted.abs_diff(without) <= wanted.abs_diff(with)) {
            found.push(start..piece.start);
            start = piece.start;
        }
    }
    found.push(start..text.len());
    found
}

/// The passage that holds the byte at this offset.
pub(crate) fn passage_of(text: &str, max_tokens: usize, offset: usize) -> Range<usize> {
    let found = passages(text, max_tokens);
    let holder = found.iter().find(|passage| passage.contains(&offset)).or(found.last());
    holder.cloned().unwrap_or(0..text.len())
}

/// Stretches that may not be cut: sentences with the white space behind them, and pieces of endless ones.
fn pieces(text: &str, max_bytes: usize) -> Vec<Range<usize>> {
    let starts: Vec<usize> = sentences(text).iter().map(|sentence| sentence.start).collect();
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    let mut pieces = Vec::new();
    for (index, (start, end)) in starts.iter().copied().zip(ends).enumerate() {
        let mut from = if index == 0 { 0 } else { start };
        while end - from > max_bytes {
            let to = text.floor_char_boundary(from + max_bytes).max(text.ceil_char_boundary(from + 1));
            pieces.push(from..to);
            from = to;
        }
        pieces.push(from..end);
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::{passage_of, passages};

    #[test]
    fn passages_hold_all_of_a_text_and_end_with_sentences() {
        let text = "The river is long. It flows into the sea. Its banks are green, and its fish are many. ".repeat(9);
        for max_tokens in [20, 50, 100, 1_000] {
            let found = passages(&text, max_tokens);
            assert_eq!(found[0].start, 0);
            assert_eq!(found[found.len() - 1].end, text.len());
            assert!(found.windows(2).all(|pair| pair[0].end == pair[1].start), "{found:?}");
            assert!(found.iter().all(|passage| passage.len() <= max_tokens * 3), "{found:?}");
            assert!(found.iter().all(|passage| text[passage.clone()].trim_end().ends_with('.')), "{found:?}");
        }
    }

    #[test]
    fn passages_are_of_about_equal_size() {
        let text = "A sentence of some words. ".repeat(50);
        let sizes: Vec<usize> = passages(&text, 150).iter().map(ExactSizeIterator::len).collect();
        assert_eq!(sizes, [442, 416, 442]);
    }

    #[test]
    fn text_without_any_border_is_cut_between_characters() {
        let text = "é".repeat(1_000);
        let found = passages(&text, 50);
        assert!(found.len() >= 14 && found.iter().all(|passage| text.get(passage.clone()).is_some()), "{found:?}");
        assert_eq!(passages("", 50), vec![0..0]);
        assert_eq!(passages("  \n ", 1), vec![0..4]);
    }

    #[test]
    fn an_offset_finds_its_passage() {
        let text = "The river is long. It flows into the sea. ".repeat(20);
        for (index, passage) in passages(&text, 50).into_iter().enumerate() {
            assert_eq!(passage_of(&text, 50, passage.start), passage, "{index}");
            assert_eq!(passage_of(&text, 50, passage.end - 1), passage, "{index}");
        }
        assert_eq!(passage_of("short", 50, 99), 0..5);
    }
}
