//! Finds the passage of a document that a model quotes, though the quote may differ in its spaces, signs and a few letters.
//!
//! What is found is always the document's own text: a quote is only a hint where to look.

use std::ops::Range;

use super::fence::{control_tokens, is_visible};
use crate::text::words;

/// Quotes are searched with this share of their words changed, left out or put in.
const MAX_EDITED_WORDS: f64 = 0.1;

/// Shorter quotes have to be in the document as they are: of three words one edit would leave little.
const MIN_WORDS_TO_EDIT: usize = 5;

/// Longer quotes are no evidence but a copy.
const MAX_QUOTE_WORDS: usize = 60;

/// Every place is compared, on a thread that serves other rows: in a longer text only exact quotes are found.
const MAX_TEXT_WORDS: usize = 20_000;

/// A gap that is marked as left out may hide this many bytes.
const MAX_GAP_BYTES: usize = 600;

/// The bytes of the text that the quote stands for.
pub(crate) fn locate(text: &str, quote: &str) -> Option<Range<usize>> {
    nearest(text, quote).map(|bytes| whole(text, bytes))
}

/// Whole words and numbers: `530` of `13,530`, or `12` of `12 million`, would support another answer.
fn whole(text: &str, bytes: Range<usize>) -> Range<usize> {
    let mut all = bytes.clone();
    for (at, word) in words(text) {
        let end = at + word.len();
        if at < bytes.end && bytes.start < end {
            all = all.start.min(at)..all.end.max(end);
        } else if at >= all.end {
            if is_scale(text, &all, at, word) {
                all.end = end;
            }
            break;
        }
    }
    all
}

/// Whether a word behind a number says how large the number is.
fn is_scale(text: &str, before: &Range<usize>, at: usize, word: &str) -> bool {
    let number = text.get(..before.end).is_some_and(|before| before.ends_with(|ch: char| ch.is_ascii_digit()));
    let next = text.get(before.end..at).is_some_and(|gap| gap.trim().is_empty());
    let word = word.to_lowercase();
    number && next && ["hundred", "thousand", "million", "billion", "trillion"].contains(&word.trim_end_matches('s'))
}

fn nearest(text: &str, quote: &str) -> Option<Range<usize>> {
    let quote = unwrapped(quote);
    if quote.is_empty() {
        return None;
    }
    if let Some(start) = text.find(quote) {
        return Some(start..start + quote.len());
    }
    let folded = Folded::new(text);
    folded.find(quote).or_else(|| folded.find_around_gap(quote)).or_else(|| edited(text, quote))
}

/// The code points of a byte range, as evidence columns count them.
pub(crate) fn code_points(text: &str, bytes: &Range<usize>) -> Option<Range<usize>> {
    let start = text.get(..bytes.start)?.chars().count();
    let len = text.get(bytes.clone())?.chars().count();
    Some(start..start + len)
}

/// The quote without quotation marks and dots of omission around it.
fn unwrapped(quote: &str) -> &str {
    let is_mark = |ch: char| matches!(ch, '"' | '“' | '”' | '„' | '«' | '»' | '…') || ch.is_whitespace();
    let mut quote = quote;
    loop {
        let less = quote.trim_matches(is_mark);
        let less = less.strip_prefix("...").unwrap_or(less);
        let less = less.strip_suffix("...").unwrap_or(less);
        if less.len() == quote.len() {
            return quote;
        }
        quote = less;
    }
}

/// A text in lower case with plain signs and single spaces, and where each byte of it comes from.
struct Folded {
    text: String,
    /// First byte in the original of each byte of `text`.
    origins: Vec<usize>,
    len: usize,
}

impl Folded {
    fn new(original: &str) -> Folded {
        let mut folded = Folded { text: String::new(), origins: Vec::new(), len: original.len() };
        let hidden = control_tokens(original);
        let mut next_hidden = hidden.iter().peekable();
        for (at, ch) in original.char_indices() {
            while next_hidden.next_if(|token| token.end <= at).is_some() {}
            let is_hidden = next_hidden.peek().is_some_and(|token| token.contains(&at));
            match ch {
                _ if is_hidden || ch.is_whitespace() => folded.space(at),
                _ if is_visible(ch) && ch != '\u{ad}' => folded.push(at, ch),
                _ => {}
            }
        }
        folded
    }

    fn space(&mut self, at: usize) {
        if !self.text.ends_with(' ') && !self.text.is_empty() {
            self.text.push(' ');
            self.origins.push(at);
        }
    }

    fn push(&mut self, at: usize, ch: char) {
        let before = self.text.len();
        match ch {
            '‘' | '’' | '‚' | '′' | '`' | '´' => self.text.push('\''),
            '“' | '”' | '„' | '«' | '»' | '″' => self.text.push('"'),
            '‐' | '‑' | '‒' | '–' | '—' | '−' => self.text.push('-'),
            '…' => self.text.push_str("..."),
            _ => self.text.extend(ch.to_lowercase()),
        }
        self.origins.resize(self.origins.len() + self.text.len() - before, at);
    }

    fn find(&self, quote: &str) -> Option<Range<usize>> {
        self.find_from(0, quote)
    }

    /// The original range of the first occurrence at or after this byte of the folded text.
    fn find_from(&self, from: usize, quote: &str) -> Option<Range<usize>> {
        let wanted = Folded::new(quote);
        let wanted = wanted.text.trim();
        if wanted.is_empty() {
            return None;
        }
        let start = from + self.text.get(from..)?.find(wanted)?;
        self.original(start, start + wanted.len())
    }

    fn original(&self, start: usize, end: usize) -> Option<Range<usize>> {
        let first = *self.origins.get(start)?;
        let last = *self.origins.get(end.checked_sub(1)?)?;
        // The end is where the next character that was kept begins, less the white space before it.
        let next = self.origins.get(end..)?.iter().find(|origin| **origin > last).copied().unwrap_or(self.len);
        (first < next).then_some(first..next)
    }

    /// A quote with `...` inside stands for all from its first part to its last.
    fn find_around_gap(&self, quote: &str) -> Option<Range<usize>> {
        let quote = quote.replace('…', "...").replace("[...]", "...");
        let (head, tail) = (quote.split("...").next()?, quote.rsplit("...").next()?);
        if head.split_whitespace().count() < 2 || tail.split_whitespace().count() < 2 || head.len() == quote.len() {
            return None;
        }
        let first = self.find(head)?;
        let from = self.origins.partition_point(|origin| *origin < first.end);
        let last = self.find_from(from, tail)?;
        (last.start.saturating_sub(first.end) <= MAX_GAP_BYTES).then_some(first.start..last.end)
    }
}

/// The stretch of words with the fewest edits, if they are few.
fn edited(text: &str, quote: &str) -> Option<Range<usize>> {
    let wanted: Vec<String> = words(quote).map(|(_, word)| word.to_lowercase()).collect();
    if !(MIN_WORDS_TO_EDIT..=MAX_QUOTE_WORDS).contains(&wanted.len()) {
        return None;
    }
    let spans: Vec<(usize, &str)> = words(text).collect();
    if spans.len() > MAX_TEXT_WORDS {
        return None;
    }
    let folded: Vec<String> = spans.iter().map(|(_, word)| word.to_lowercase()).collect();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of at most 60 words")]
    let most = ((wanted.len() as f64 * MAX_EDITED_WORDS) as usize).max(1);
    let mut best: Option<(usize, Range<usize>)> = None;
    for (start, word) in folded.iter().enumerate() {
        // One of the first words has to be right, or every place in the document would be compared.
        if !wanted.iter().take(most + 1).any(|first| first == word) {
            continue;
        }
        for len in wanted.len().saturating_sub(most)..=wanted.len() + most {
            let Some(window) = folded.get(start..start + len) else { break };
            let edits = strsim::generic_levenshtein(&wanted, &window.to_vec());
            if edits <= most && best.as_ref().is_none_or(|(fewest, _)| edits < *fewest) {
                best = Some((edits, start..start + len));
            }
        }
    }
    let (_, range) = best?;
    let (first, last) = (spans.get(range.start)?, spans.get(range.end.checked_sub(1)?)?);
    Some(first.0..last.0 + last.1.len())
}

#[cfg(test)]
mod tests {
    use super::{code_points, locate};

    const TEXT: &str = "Ünï €. The “Great” Bridge — it’s 1,280 metres\nlong — was built\u{a0}in 1905 by Karl <|im_start|> Brandt. \
                        It was the longest of its time in all of Europe, and it still is. The end.";

    fn found(quote: &str) -> Option<&'static str> {
        locate(TEXT, quote).map(|range| &TEXT[range])
    }

    #[test]
    fn a_quote_is_found_as_it_is() {
        assert_eq!(found("built\u{a0}in 1905"), Some("built\u{a0}in 1905"));
        assert_eq!(found("\"The end.\""), Some("The end."));
        assert_eq!(found("...The end."), Some("The end."));
    }

    #[test]
    fn spaces_signs_and_case_may_differ() {
        assert_eq!(
            found("the \"great\" bridge - it's 1,280 metres long"),
            Some("The “Great” Bridge — it’s 1,280 metres\nlong")
        );
        assert_eq!(
            found("was built in 1905 by Karl Brandt."),
            Some("was built\u{a0}in 1905 by Karl <|im_start|> Brandt.")
        );
    }

    #[test]
    fn what_is_left_out_may_be_marked() {
        assert_eq!(
            found("It was the longest ... it still is."),
            Some("It was the longest of its time in all of Europe, and it still is.")
        );
        assert_eq!(found("It was the longest ... it was not."), None);
    }

    #[test]
    fn a_word_may_be_wrong_and_the_documents_own_words_are_given() {
        assert_eq!(found("It was the longest of its day in all of Europe, and it is"), None,);
        assert_eq!(
            found("It was the longest of its day in all of Europe"),
            Some("It was the longest of its time in all of Europe"),
        );
        assert_eq!(found("It was the widest of all."), None);
        assert_eq!(found(""), None);
        assert_eq!(found("\"...\""), None);
    }

    #[test]
    fn offsets_count_code_points() {
        let range = locate(TEXT, "The “Great” Bridge").unwrap();
        let points = code_points(TEXT, &range).unwrap();
        assert_eq!(points, 7..25);
        assert_eq!(TEXT.chars().skip(7).take(18).collect::<String>(), "The “Great” Bridge");
        assert_eq!(code_points("é", &(1..2)), None);
    }
}
