//! Cuts a text into sentences.
//!
//! The borders are those of Unicode (UAX #29) with three repairs that encyclopedic text needs: no border after an
//! abbreviation or an initial, none inside brackets, and a single line break inside a hard-wrapped paragraph is a space.

use std::sync::LazyLock;

use regex::Regex;
use unicode_segmentation::UnicodeSegmentation;

use super::pattern;

/// A sentence and its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sentence {
    /// First byte in the text.
    pub(crate) start: usize,
    /// Byte after the sentence, without white space behind it.
    pub(crate) end: usize,
    /// The number of the paragraph it stands in, from 0.
    pub(crate) paragraph: usize,
}

/// Lines shorter than this are headings or verse, not lines of a hard-wrapped paragraph.
const MIN_WRAPPED_LINE_CHARS: usize = 45;

/// Longer runs without a border are no sentences; cutting them keeps the work linear.
const MAX_SENTENCE_BYTES: usize = 4_000;

static ABBREVIATION: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?x) (?: ^ | [\s(\[“‘/-] ) (?:
            [A-Za-z] | (?: [A-Za-z] \. )+ [A-Za-z]
          | Mr | Mrs | Ms | Dr | Prof | St | Ste | Sr | Jr | Rev | Gen | Col | Capt | Lt | Sgt | Hon | Gov | Sen | Rep
          | No | Nos | Vol | Fig | Eq | Ch | Sec | Art | Op | Inc | Ltd | Co | Corp | Bros | Mt | Ft | Ave | Blvd
          | vs | etc | ca | cf | al | approx | est | incl | viz | lit | fl | pron | abbr | resp | esp | lat | var | sp | subsp
          | Jan | Feb | Mar | Apr | Jun | Jul | Aug | Sep | Sept | Oct | Nov | Dec
        ) \. [\s\u{a0}]* $",
    )
});

/// Cuts a text into its sentences, in order.
pub(crate) fn sentences(text: &str) -> Vec<Sentence> {
    let flowing = join_wrapped_lines(text);
    let mut found = Vec::new();
    for (paragraph, (start, end)) in lines(&flowing).enumerate() {
        cut_paragraph(&flowing[start..end], start, paragraph, &mut found);
    }
    found
}

/// Replaces line breaks inside hard-wrapped paragraphs by spaces; offsets stay what they are.
fn join_wrapped_lines(text: &str) -> String {
    let mut flowing = String::with_capacity(text.len());
    let mut rest = text.split('\n').peekable();
    while let Some(line) = rest.next() {
        flowing.push_str(line);
        let Some(next) = rest.peek() else { break };
        flowing.push(if is_wrapped(line, next) { ' ' } else { '\n' });
    }
    flowing
}

fn is_wrapped(line: &str, next: &str) -> bool {
    let line = line.trim_end();
    let runs_on = !line.ends_with(['.', ':', '!', '?', ';', '"', '”', ')']);
    let next_starts_as_text = next.trim_start().starts_with(|ch: char| ch.is_alphanumeric() || ch == '(' || ch == '"');
    let long = line.chars().count() >= MIN_WRAPPED_LINE_CHARS;
    long && next_starts_as_text && (runs_on || line.chars().count() <= 82 && next.chars().count() <= 82)
}

fn lines(text: &str) -> impl Iterator<Item = (usize, usize)> {
    let mut start = 0;
    text.split('\n').filter_map(move |line| {
        let from = start;
        start += line.len() + 1;
        (!line.trim().is_empty()).then_some((from, from + line.len()))
    })
}

fn cut_paragraph(text: &str, offset: usize, paragraph: usize, found: &mut Vec<Sentence>) {
    let mut start = 0;
    for (at, piece) in text.split_sentence_bound_indices() {
        let end = at + piece.len();
        let fits = end - start <= MAX_SENTENCE_BYTES;
        if end < text.len() && fits && !is_border(&text[start..end], &text[end..]) {
            continue;
        }
        let sentence = text[start..end].trim();
        if !sentence.is_empty() {
            let from = offset + start + (text[start..end].len() - text[start..end].trim_start().len());
            found.push(Sentence { start: from, end: from + sentence.len(), paragraph });
        }
        start = end;
    }
}

fn is_border(before: &str, after: &str) -> bool {
    let open = before.chars().fold(0_i32, |depth, ch| match ch {
        '(' | '[' => depth + 1,
        ')' | ']' => depth - 1,
        _ => depth,
    });
    let starts_low = after.trim_start().starts_with(char::is_lowercase);
    open <= 0 && !starts_low && !ABBREVIATION.is_match(before)
}

#[cfg(test)]
mod tests {
    use super::sentences;

    fn cut(text: &str) -> Vec<&str> {
        sentences(text).iter().map(|sentence| &text[sentence.start..sentence.end]).collect()
    }

    #[test]
    fn borders_fall_between_sentences_only() {
        let cases: &[(&str, &[&str])] = &[
            ("One ends. Two begins.", &["One ends.", "Two begins."]),
            ("It weighs 3.5 kg. It is red.", &["It weighs 3.5 kg.", "It is red."]),
            ("Dr. J. R. Smith of St. Ives came. He left.", &["Dr. J. R. Smith of St. Ives came.", "He left."]),
            ("Rivers, e.g. the Po, flow. All do.", &["Rivers, e.g. the Po, flow.", "All do."]),
            ("The U.S. Senate met. It rose.", &["The U.S. Senate met.", "It rose."]),
            ("A (see below. It is long) dog. It barks.", &["A (see below. It is long) dog.", "It barks."]),
            ("Heading\n\nBody text here.\nMore.", &["Heading", "Body text here.", "More."]),
            ("", &[]),
        ];
        for (text, expected) in cases {
            assert_eq!(cut(text), *expected, "{text}");
        }
    }

    #[test]
    fn runs_without_a_border_are_cut() {
        let text = "A. ".repeat(10_000);
        let pieces = cut(&text);
        assert!(pieces.len() > 5 && pieces.iter().all(|piece| piece.len() < 5_000));
    }

    #[test]
    fn hard_wrapped_lines_flow_together() {
        let text = "The table is read from the front to the back by the\nparser, which stops at the end of it. Then the parser\nreturns.";
        assert_eq!(cut(text).len(), 2);
        assert!(cut(text)[0].ends_with("at the end of it."));
    }
}
