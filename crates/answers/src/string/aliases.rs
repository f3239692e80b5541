//! Spellings of a name that follow from how it is written, listed in its spec for scorers that only compare texts.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::fold::fold_joined;
use super::marks::MIN_CHARS;

/// Names of one thing each; a spec of one lists the others.
const GROUPS: &[&[&str]] = &[
    &["United States", "United States of America", "USA", "US", "U.S.", "U.S.A."],
    &["United Kingdom", "UK", "U.K.", "United Kingdom of Great Britain and Northern Ireland"],
    &["Soviet Union", "USSR", "U.S.S.R.", "Union of Soviet Socialist Republics"],
    &["United Arab Emirates", "UAE"],
    &["European Union", "EU"],
    &["United Nations", "UN"],
    &["New York City", "NYC"],
    &["World War I", "First World War", "WWI", "WW1"],
    &["World War II", "Second World War", "WWII", "WW2"],
    &["DNA", "deoxyribonucleic acid"],
    &["RNA", "ribonucleic acid"],
    &["ATP", "adenosine triphosphate"],
];

/// Long words and their abbreviations, at the start of a name.
const TITLES: [(&str, &str); 5] =
    [("Saint ", "St "), ("Mount ", "Mt "), ("Fort ", "Ft "), ("Doctor ", "Dr "), ("Professor ", "Prof ")];

/// Roman numerals at the end of a name.
const NUMERALS: [(&str, &str); 9] = [
    (" II", " 2"),
    (" III", " 3"),
    (" IV", " 4"),
    (" V", " 5"),
    (" VI", " 6"),
    (" VII", " 7"),
    (" VIII", " 8"),
    (" IX", " 9"),
    (" XII", " 12"),
];

/// Ordinals below twenty and their words; centuries and the like are named by them.
const ORDINALS: [(&str, &str); 21] = [
    ("1st", "first"),
    ("2nd", "second"),
    ("3rd", "third"),
    ("4th", "fourth"),
    ("5th", "fifth"),
    ("6th", "sixth"),
    ("7th", "seventh"),
    ("8th", "eighth"),
    ("9th", "ninth"),
    ("10th", "tenth"),
    ("11th", "eleventh"),
    ("12th", "twelfth"),
    ("13th", "thirteenth"),
    ("14th", "fourteenth"),
    ("15th", "fifteenth"),
    ("16th", "sixteenth"),
    ("17th", "seventeenth"),
    ("18th", "eighteenth"),
    ("19th", "nineteenth"),
    ("20th", "twentieth"),
    ("21st", "twenty-first"),
];

/// Returns other spellings of a name, some of which may fold to the same.
pub(super) fn of(text: &str) -> Vec<String> {
    let mut variants = Vec::new();
    let bare: String = text.nfd().filter(|ch| !is_combining_mark(*ch)).collect();
    // Marks of other scripts are vowels, without which a word is another one.
    if bare.is_ascii() && text.chars().count() >= MIN_CHARS {
        variants.push(bare);
    }
    if let Some((name, acronym)) = named_acronym(text) {
        variants.push(name.to_owned());
        variants.push(acronym.to_owned());
    }
    if text.contains('-') && text.chars().all(|ch| ch.is_alphabetic() || matches!(ch, '-' | ' ')) {
        // The hyphen of "A-" is a sign, and "re-sign" is another word than "resign".
        let joined = text.replace('-', "");
        variants.extend((fold_joined(text, false) == fold_joined(&joined, false)).then_some(joined));
    }
    for (long, short) in TITLES {
        variants.extend(text.strip_prefix(long).map(|rest| format!("{short}{rest}")));
        variants.extend(text.strip_prefix(short).map(|rest| format!("{long}{rest}")));
        let dotted = format!("{}. ", short.trim());
        variants.extend(text.strip_prefix(&dotted).map(|rest| format!("{long}{rest}")));
    }
    for (roman, arabic) in NUMERALS {
        variants
            .extend(text.strip_suffix(roman).filter(|rest| rest.contains(' ')).map(|rest| format!("{rest}{arabic}")));
    }
    variants.extend(ordinal_variant(text));
    let group = GROUPS.iter().find(|names| names.contains(&text)).copied().unwrap_or(&[]);
    variants.extend(group.iter().filter(|name| **name != text).map(|name| (*name).to_owned()));
    variants
}

/// A name and the initials of it in brackets: "World Health Organization (WHO)".
pub(super) fn glossed(text: &str) -> Option<(&str, &str)> {
    let (name, acronym) = text.strip_suffix(')')?.split_once(" (")?;
    let initials: String =
        name.split([' ', '-']).filter_map(|word| word.chars().next()).filter(|ch| ch.is_ascii_uppercase()).collect();
    (acronym.len() >= 2 && initials == acronym).then_some((name, acronym))
}

/// "World Health Organization (WHO)" also goes by each of its two names.
fn named_acronym(text: &str) -> Option<(&str, &str)> {
    let spelled = || {
        let (name, acronym) = text.strip_suffix(')')?.split_once(" (")?;
        let is_spelled = acronym.len() >= 3 && acronym.chars().all(char::is_uppercase) && abbreviates(acronym, name);
        is_spelled.then_some((name, acronym))
    };
    glossed(text).or_else(spelled)
}

/// Returns whether the letters of an acronym occur in a name in order, the first one first.
fn abbreviates(acronym: &str, name: &str) -> bool {
    let name = name.to_uppercase();
    let mut letters = name.chars();
    let starts = name.chars().next() == acronym.chars().next();
    starts && acronym.chars().all(|wanted| letters.any(|letter| letter == wanted))
}

/// Swaps "19th century" and "nineteenth century".
fn ordinal_variant(text: &str) -> Option<String> {
    let (first, rest) = text.split_once(' ').unwrap_or((text, ""));
    let lower = first.to_lowercase();
    let (digits, word) = ORDINALS.into_iter().find(|(digits, word)| *digits == lower || *word == lower)?;
    let other = if digits == lower { word } else { digits };
    Some(format!("{other} {rest}").trim_end().to_owned())
}
