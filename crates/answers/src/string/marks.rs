//! Letters with marks against plain ones: "Gödel", "Godel" and "Goedel".

use serde_json::{Value, json};
use unicode_normalization::UnicodeNormalization;

/// Marks above, below and through Latin letters, as NFD sets them apart.
const MARKS: (char, char) = ('\u{300}', '\u{36f}');

/// In shorter texts a mark makes another letter: "ñ" is no "n".
pub(super) const MIN_CHARS: usize = 3;

/// Letters that are written with plain ones where they are not to be had.
const PLAIN: &[(char, &str)] = &[
    ('Æ', "Ae"),
    ('Ð', "D"),
    ('Ø', "O"),
    ('Þ', "Th"),
    ('ß', "ss"),
    ('æ', "ae"),
    ('ð', "d"),
    ('ø', "o"),
    ('þ', "th"),
    ('Đ', "D"),
    ('đ', "d"),
    ('ħ', "h"),
    ('ı', "i"),
    ('Ł', "L"),
    ('ł', "l"),
    ('Œ', "Oe"),
    ('œ', "oe"),
    ('ẞ', "SS"),
    ('ʻ', ""),
    ('ʾ', ""),
    ('ʿ', ""),
];

/// Letters that are also written with two.
const EXPANDED: &[(char, &str)] = &[
    ('Ä', "Ae"),
    ('Å', "Aa"),
    ('Ö', "Oe"),
    ('Ø', "Oe"),
    ('Ü', "Ue"),
    ('ä', "ae"),
    ('å', "aa"),
    ('ö', "oe"),
    ('ø', "oe"),
    ('ü', "ue"),
];

/// Returns the spellings of a text in plain ASCII letters; none if it has other letters than Latin ones.
pub(super) fn plain_spellings(text: &str) -> Vec<String> {
    if text.is_ascii() || text.chars().count() < MIN_CHARS {
        return Vec::new();
    }
    let mut spellings = Vec::new();
    let composed: String = text.nfc().collect();
    for table in [&[][..], EXPANDED] {
        let expanded = replace(&composed, table);
        let bare: String = expanded.nfd().filter(|ch| !(MARKS.0..=MARKS.1).contains(ch)).collect();
        let spelling = replace(&bare, PLAIN);
        // Marks of other scripts are vowels, without which a word is another one.
        if spelling.is_ascii() && !spellings.contains(&spelling) {
            spellings.push(spelling);
        }
    }
    spellings
}

/// What the Python side shares.
pub(super) fn rules() -> Value {
    json!({ "marks": [u32::from(MARKS.0), u32::from(MARKS.1)], "min_chars": MIN_CHARS, "plain": PLAIN, "expanded": EXPANDED })
}

fn replace(text: &str, table: &[(char, &str)]) -> String {
    let mut replaced = String::with_capacity(text.len());
    for ch in text.chars() {
        match table.iter().find(|(from, _)| *from == ch) {
            Some((_, to)) => replaced.push_str(to),
            None => replaced.push(ch),
        }
    }
    replaced
}
