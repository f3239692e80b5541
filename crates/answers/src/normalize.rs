//! Steps 1 to 4 of `norm/1`: the spelling of a text, before any type reads it.
//!
//! The order is part of the version: compatibility forms (NFKC), invisible characters, look-alike characters,
//! wrappers. What a text means is left to the type modules, and so are case, articles and punctuation.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;
use serde_json::{Value, json};
use unicode_normalization::UnicodeNormalization;

use crate::pattern::pattern;

/// The version of the normaliser, stored with every row that it touched.
pub const NORMALISER: &str = "norm/1";

/// Wrappers are peeled this many times at most, which keeps the work linear in the text.
const MAX_WRAPPERS: usize = 16;

/// Delimiters that say nothing about the text between them. Longer ones come first.
const DELIMITERS: [(&str, &str); 14] = [
    ("$$", "$$"),
    ("$", "$"),
    ("\\(", "\\)"),
    ("\\[", "\\]"),
    ("```", "```"),
    ("`", "`"),
    ("**", "**"),
    ("__", "__"),
    ("*", "*"),
    ("_", "_"),
    ("<b>", "</b>"),
    ("<strong>", "</strong>"),
    ("<i>", "</i>"),
    ("<em>", "</em>"),
];

/// LaTeX commands whose argument is the whole answer.
const COMMANDS: [&str; 21] = [
    "\\boxed",
    "\\fbox",
    "\\text",
    "\\textbf",
    "\\textit",
    "\\textrm",
    "\\textsf",
    "\\texttt",
    "\\textsc",
    "\\textnormal",
    "\\emph",
    "\\underline",
    "\\mbox",
    "\\mathrm",
    "\\mathbf",
    "\\mathit",
    "\\mathsf",
    "\\mathtt",
    "\\boldsymbol",
    "\\bm",
    "\\ensuremath",
];

/// Raised characters and what they raise. In order, as are the tables below.
const RAISED: [(char, char); 14] = [
    ('²', '2'),
    ('³', '3'),
    ('¹', '1'),
    ('⁰', '0'),
    ('ⁱ', 'i'),
    ('⁴', '4'),
    ('⁵', '5'),
    ('⁶', '6'),
    ('⁷', '7'),
    ('⁸', '8'),
    ('⁹', '9'),
    ('⁺', '+'),
    ('⁻', '-'),
    ('ⁿ', 'n'),
];

const LOWERED_DIGITS: [(char, char); 1] = [('₀', '₉')];

const VULGAR_FRACTIONS: [(char, char); 3] = [('¼', '¾'), ('⅐', '⅞'), ('↉', '↉')];

/// Typed for a degree sign and for an apostrophe; NFKC would make an "o" and a blank of them.
const MISTYPED: [(char, char); 2] = [('´', '\''), ('º', '°')];

/// Marks of ownership, which say nothing about a name.
const MARKS: &str = "™℠®©";

/// Control, zero-width, bidi, variation and tag characters.
const INVISIBLE: [(char, char); 14] = [
    ('\0', '\u{1f}'),
    ('\u{7f}', '\u{9f}'),
    ('\u{ad}', '\u{ad}'),
    ('\u{34f}', '\u{34f}'),
    ('\u{61c}', '\u{61c}'),
    ('\u{180b}', '\u{180f}'),
    ('\u{200b}', '\u{200f}'),
    ('\u{202a}', '\u{202e}'),
    ('\u{2060}', '\u{206f}'),
    ('\u{fe00}', '\u{fe0f}'),
    ('\u{feff}', '\u{feff}'),
    ('\u{fff9}', '\u{fffb}'),
    ('\u{e0000}', '\u{e007f}'),
    ('\u{e0100}', '\u{e01ef}'),
];

/// Dashes, quotes, signs of multiplication and division that look or mean the same.
const UNIFIED: [(char, char); 35] = [
    ('\u{ab}', '"'),
    ('\u{b7}', '*'),
    ('\u{bb}', '"'),
    ('\u{d7}', '*'),
    ('\u{f7}', '/'),
    ('\u{2bc}', '\''),
    ('\u{2010}', '-'),
    ('\u{2011}', '-'),
    ('\u{2012}', '-'),
    ('\u{2013}', '-'),
    ('\u{2014}', '-'),
    ('\u{2015}', '-'),
    ('\u{2018}', '\''),
    ('\u{2019}', '\''),
    ('\u{201a}', '\''),
    ('\u{201b}', '\''),
    ('\u{201c}', '"'),
    ('\u{201d}', '"'),
    ('\u{201e}', '"'),
    ('\u{201f}', '"'),
    ('\u{2032}', '\''),
    ('\u{2033}', '"'),
    ('\u{2043}', '-'),
    ('\u{2044}', '/'),
    ('\u{2212}', '-'),
    ('\u{2215}', '/'),
    ('\u{2217}', '*'),
    ('\u{2219}', '*'),
    ('\u{22c5}', '*'),
    ('\u{2715}', '*'),
    ('\u{2716}', '*'),
    ('\u{2a2f}', '*'),
    ('\u{2e3a}', '-'),
    ('\u{2e3b}', '-'),
    ('\u{fe58}', '-'),
];

/// "The answer is", which says nothing of its own; in lower case.
static FRAME: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:(?:so|thus|hence|therefore),? )?(?:the |my )?(?:final |correct |right )?answer (?:is|was|would be|should be):? ",
    )
});

/// Normalises the spelling of a text.
pub fn normalize(text: &str) -> String {
    trim_wrappers(&strip_and_unify(&compose(text, usize::MAX))).to_owned()
}

/// Normalises a text unless it is longer than a number of characters, before or after: one may become eighteen.
pub(crate) fn normalize_within(text: &str, max_chars: usize) -> Option<String> {
    let is_longer = |text: &str| text.chars().nth(max_chars).is_some();
    if is_longer(text) {
        return None;
    }
    let composed = compose(text, max_chars.saturating_add(1));
    (!is_longer(&composed)).then(|| trim_wrappers(&strip_and_unify(&composed)).to_owned())
}

/// Step 1, up to a number of characters. ASCII is its own composed form.
fn compose(text: &str, max_chars: usize) -> Cow<'_, str> {
    if text.is_ascii() { Cow::Borrowed(text) } else { spell_raised(text).nfkc().take(max_chars).collect() }
}

/// What the Python side shares.
pub(crate) fn rules() -> Value {
    let codes = |ranges: &[(char, char)]| -> Vec<[u32; 2]> {
        ranges.iter().map(|(first, last)| [u32::from(*first), u32::from(*last)]).collect()
    };
    json!({
        "frame": FRAME.as_str(),
        "max_wrappers": MAX_WRAPPERS,
        "delimiters": DELIMITERS,
        "commands": COMMANDS,
        "raised": RAISED,
        "lowered_digits": codes(&LOWERED_DIGITS),
        "vulgar_fractions": codes(&VULGAR_FRACTIONS),
        "mistyped": MISTYPED,
        "marks": MARKS,
        "invisible": codes(&INVISIBLE),
        "unified": codes(&UNIFIED),
    })
}

/// Removes white space, mathematics delimiters, emphasis, boxes and a trailing period from both ends.
pub(crate) fn trim_wrappers(text: &str) -> &str {
    let mut text = text.trim();
    for _ in 0..MAX_WRAPPERS {
        let inner = peel(text).trim();
        if inner.len() == text.len() {
            break;
        }
        text = inner;
    }
    text
}

/// Takes off words that only announce the answer: what is left is compared as if it stood alone.
pub(crate) fn without_frame(text: &str) -> Option<&str> {
    let end = FRAME.find(&text.to_ascii_lowercase())?.end();
    text.get(end..).map(trim_wrappers)
}

/// Spells out the raised characters whose place NFKC would lose: it makes `10²` a 102 and `2½` a 21/2.
fn spell_raised(text: &str) -> String {
    let mut spelled = String::with_capacity(text.len() + 8);
    let mut previous = ' ';
    for ch in text.chars() {
        match look_up(&RAISED, ch) {
            Some(plain) => {
                if look_up(&RAISED, previous).is_none() && !previous.is_whitespace() {
                    spelled.push('^');
                }
                spelled.push(plain);
            }
            None if is_in(&VULGAR_FRACTIONS, ch) => {
                spelled.push(' ');
                spelled.push(ch);
                spelled.push(' ');
            }
            None if look_up(&MISTYPED, ch).is_some() => spelled.extend(look_up(&MISTYPED, ch)),
            None if MARKS.contains(ch) => {}
            None => {
                // "101₂" is a number in base two, not the number 1012.
                if is_in(&LOWERED_DIGITS, ch) && previous.is_ascii_digit() {
                    spelled.push('_');
                }
                // A digit right after a power is another factor, not one more digit of it.
                if ch.is_ascii_digit() && look_up(&RAISED, previous).is_some() {
                    spelled.push(' ');
                }
                spelled.push(ch);
            }
        }
        previous = ch;
    }
    spelled
}

/// Steps 2 and 3 in one pass: white space becomes single blanks, invisible characters go, look-alikes become one.
fn strip_and_unify(text: &str) -> String {
    let mut unified = String::with_capacity(text.len());
    for ch in text.chars() {
        if ch.is_whitespace() {
            if !unified.ends_with(' ') {
                unified.push(' ');
            }
        } else if ch.is_ascii_graphic() {
            unified.push(ch);
        } else if !is_in(&INVISIBLE, ch) {
            unified.push(look_up(&UNIFIED, ch).unwrap_or(ch));
        }
    }
    unified
}

/// Finds a character in a table that is in the order of its first column.
fn look_up(table: &[(char, char)], ch: char) -> Option<char> {
    let idx = table.binary_search_by_key(&ch, |(from, _)| *from).ok()?;
    table.get(idx).map(|(_, to)| *to)
}

/// Returns whether a character is in one of the ranges, which are in order.
fn is_in(ranges: &[(char, char)], ch: char) -> bool {
    let idx = ranges.partition_point(|(first, _)| *first <= ch);
    idx.checked_sub(1).and_then(|idx| ranges.get(idx)).is_some_and(|(_, last)| ch <= *last)
}

/// Takes one layer off, or returns the text as it is.
fn peel(text: &str) -> &str {
    if let Some(inner) = DELIMITERS.iter().find_map(|(open, close)| between(text, open, close)) {
        return inner;
    }
    if let Some(inner) = COMMANDS.iter().find_map(|command| argument(text, command)) {
        return inner;
    }
    match text.strip_suffix('.') {
        Some(inner) if !inner.ends_with('.') => inner,
        _ => text,
    }
}

/// The text between two delimiters, unless they also occur inside: `*a* or *b*` is no emphasis of one thing.
fn between<'t>(text: &'t str, open: &str, close: &str) -> Option<&'t str> {
    let inner = text.strip_prefix(open)?.strip_suffix(close)?;
    // `__init__` is a name of its own.
    let is_identifier = open.starts_with('_') && inner.chars().all(|ch| ch.is_ascii_lowercase() || ch == '_');
    (!inner.contains(open) && !inner.contains(close) && !is_identifier).then_some(inner)
}

/// The argument of a command that spans the whole text.
fn argument<'t>(text: &'t str, command: &str) -> Option<&'t str> {
    let inner = text.strip_prefix(command)?.trim_start().strip_prefix('{')?.strip_suffix('}')?;
    let mut depth = 0_usize;
    for ch in inner.chars() {
        match ch {
            '{' => depth += 1,
            '}' => depth = depth.checked_sub(1)?,
            _ => {}
        }
    }
    (depth == 0).then_some(inner)
}

#[cfg(test)]
mod tests {
    use super::normalize;

    fn check(table: &[(&str, &str)]) {
        for (text, expected) in table {
            assert_eq!(normalize(text), *expected, "{text:?}");
        }
    }

    #[test]
    fn compatibility_forms_become_plain() {
        check(&[("１２", "12"), ("ﬁn", "fin"), ("㎞", "km"), ("Ⅳ", "IV"), ("H₂O", "H2O"), ("35 ℃", "35 °C")]);
    }

    #[test]
    fn raised_digits_stay_powers() {
        check(&[
            ("10²", "10^2"),
            ("10⁻⁸", "10^-8"),
            ("101₂", "101_2"),
            ("x²y", "x^2y"),
            ("x²3", "x^2 3"),
            ("m³", "m^3"),
            ("2½", "2 1/2"),
            ("½", "1/2"),
        ]);
    }

    #[test]
    fn invisible_characters_go_and_white_space_is_single() {
        check(&[
            ("1\u{200b}2", "12"),
            ("\u{202e}abc\u{202c}", "abc"),
            ("a\t\n b", "a b"),
            ("a\u{a0}b", "a b"),
            ("\u{0}", ""),
        ]);
    }

    #[test]
    fn look_alikes_become_one() {
        check(&[("10–15", "10-15"), ("−5", "-5"), ("“a” ‘b’", "\"a\" 'b'"), ("3 × 4 ÷ 2 · 1", "3 * 4 / 2 * 1")]);
    }

    #[test]
    fn wrappers_are_peeled() {
        check(&[
            ("$x$", "x"),
            ("\\boxed{\\text{Paris}}.", "Paris"),
            ("**42**.", "42"),
            ("\\( 1/2 \\)", "1/2"),
            ("`a`", "a"),
            ("\\boxed{}", ""),
            ("$$", ""),
            ("__Marie Curie__", "Marie Curie"),
            (".", ""),
        ]);
    }

    #[test]
    fn what_is_no_wrapper_stays() {
        check(&[
            ("$5", "$5"),
            ("*a* or *b*", "*a* or *b*"),
            ("\\boxed{1} \\boxed{2}", "\\boxed{1} \\boxed{2}"),
            ("1, 2, ...", "1, 2, ..."),
            ("__init__", "__init__"),
            ("{", "{"),
        ]);
    }
}
