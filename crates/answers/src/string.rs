//! Names and terms: equal when their folded spellings are equal, to the last character.
//!
//! A reply that contains the answer earns nothing. What may differ is closed: case, quotes, the hyphen against the
//! blank, initials with or without periods, a leading "the", and the aliases that the spec lists.

use std::sync::LazyLock;

use regex::Regex;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::error::{Error, NotVerifiable};
use crate::expression::is_element;
use crate::infer::Candidate;
use crate::latex;
use crate::normalize::NORMALISER;
use crate::pattern::pattern;
use crate::spec::AnswerSpec;
use crate::verdict::Verdict;

/// The gold side of a name or term.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StringSpec {
    /// The answer as written.
    pub canonical: String,
    /// Other spellings that are the same answer.
    pub aliases: Vec<String>,
    /// Version of the normaliser that both sides go through.
    pub normaliser: String,
    /// Whether upper and lower case differ.
    pub case_sensitive: bool,
}

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

/// The end of one sentence and the start of another; shorter words before the period may be abbreviations.
static TWO_SENTENCES: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?:[0-9]{2}|[a-z]{5})[.?!] [A-Z]"));

/// Compares a normalised reply with the canonical spelling and every alias.
pub(crate) fn check(spec: &StringSpec, reply: &str) -> Verdict {
    let case_sensitive = spec.case_sensitive;
    let given = fold(reply, case_sensitive);
    let without_article = fold(strip_article(reply), case_sensitive);
    let equal = std::iter::once(&spec.canonical)
        .chain(&spec.aliases)
        .map(|gold| fold(gold, case_sensitive))
        .any(|gold| !gold.is_empty() && (gold == given || gold == without_article));
    Verdict::of(equal)
}

/// Makes a spec of any short phrase; the last type to be tried.
pub(crate) fn infer(candidate: &Candidate<'_>) -> Result<Option<AnswerSpec>, NotVerifiable> {
    if is_fragment(candidate.text) {
        return Err(NotVerifiable::Fragment);
    }
    Ok(Some(AnswerSpec::String(spec_of(candidate.text))))
}

/// Returns whether a text breaks off, or goes on into another sentence.
fn is_fragment(text: &str) -> bool {
    let last = text.rsplit(' ').next().unwrap_or("");
    let first = text.split(' ').next().unwrap_or("");
    let open_end = text.contains(' ')
        && matches!(last, "a" | "an" | "the" | "of" | "and" | "or" | "with" | "from" | "by" | "for" | "as" | "at");
    let open_start = matches!(first, "and" | "or" | "other" | "others" | "etc" | "more" | "various" | "several")
        || matches!(text, "the" | "an" | "of" | "it" | "this" | "that" | "they" | "them" | "these" | "those");
    let count = |wanted: char| text.chars().filter(|ch| *ch == wanted).count();
    let unbalanced = count('(') != count(')') || count('[') != count(']') || count('"') % 2 == 1;
    open_end || open_start || unbalanced || text.ends_with([',', ';', ':', '-']) || TWO_SENTENCES.is_match(text)
}

/// Makes the spec of a name, with the aliases that follow from its spelling.
pub(crate) fn spec_of(text: &str) -> StringSpec {
    let canonical = strip_article(text).to_owned();
    let case_sensitive = is_case_bound(&canonical);
    let mut aliases: Vec<String> = Vec::new();
    let folded = fold(&canonical, case_sensitive);
    for alias in spelling_variants(&canonical) {
        let seen = aliases.iter().any(|known| fold(known, case_sensitive) == fold(&alias, case_sensitive));
        if fold(&alias, case_sensitive) != folded && !seen {
            aliases.push(alias);
        }
    }
    StringSpec { canonical, aliases, normaliser: NORMALISER.to_owned(), case_sensitive }
}

impl StringSpec {
    pub(crate) fn validate(&self) -> Result<(), Error> {
        if fold(&self.canonical, self.case_sensitive).is_empty() {
            return Err(Error::field("string", "canonical"));
        }
        if self.normaliser != NORMALISER {
            return Err(Error::field("string", "normaliser"));
        }
        Ok(())
    }
}

/// Folds a normalised text: what is left after folding has to be equal character by character.
pub(crate) fn fold(text: &str, case_sensitive: bool) -> String {
    let plain = latex::plain(text);
    let text = strip_prefix_any_case(plain.trim(), "the ").unwrap_or(plain.trim());
    let cased = if case_sensitive { text.to_owned() } else { text.to_lowercase() };
    let spelled = cased.replace('&', " and ");
    let blanked = fold_punctuation(strip_quotes(spelled.trim()));
    let words = blanked.split_whitespace().collect::<Vec<_>>().join(" ");
    strip_exclamation(&words).to_owned()
}

/// Drops quotes and commas, keeps a period only inside a number, and turns hyphens into blanks.
fn fold_punctuation(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let at = |idx: Option<usize>| idx.and_then(|idx| chars.get(idx)).copied().unwrap_or(' ');
    let mut folded = String::with_capacity(text.len());
    let mut idx = 0;
    while let Some(&ch) = chars.get(idx) {
        let (before, after) = (at(idx.checked_sub(1)), at(idx.checked_add(1)));
        match ch {
            '"' => {}
            '\'' if is_apostrophe(before, after) => {}
            ',' if before.is_ascii_digit() && groups_thousands(chars.get(idx + 1..)) => {}
            ',' if before.is_ascii_digit() && after.is_ascii_digit() => folded.push(ch),
            ',' => folded.push(' '),
            '.' if after.is_ascii_digit() => folded.push(ch),
            '.' if is_initial(&chars, idx) => {
                // "J. R. R." and "J.R.R." are one word, whatever the blanks.
                if after == ' ' && is_initial(&chars, idx + 3) {
                    idx += 1;
                }
            }
            '.' if after.is_alphabetic() => folded.push(' '),
            '.' => {}
            '-' if before.is_alphanumeric() && after.is_alphanumeric() => folded.push(' '),
            _ => folded.push(ch),
        }
        idx += 1;
    }
    folded
}

/// Returns whether exactly three digits come next: "1,200" is 1200, but "1,2-dichloroethane" keeps its comma.
fn groups_thousands(after: Option<&[char]>) -> bool {
    after.is_some_and(|after| after.iter().take(4).take_while(|ch| ch.is_ascii_digit()).count() == 3)
}

/// "Halley's" and "James'", but not the prime of "f'".
fn is_apostrophe(before: char, after: char) -> bool {
    before.is_alphanumeric() && after.is_alphabetic() || matches!(before, 's' | 'S') && after == ' '
}

/// Returns whether the period at an index ends a single letter.
fn is_initial(chars: &[char], idx: usize) -> bool {
    let at = |idx: Option<usize>| idx.and_then(|idx| chars.get(idx)).copied().unwrap_or(' ');
    chars.get(idx) == Some(&'.') && at(idx.checked_sub(1)).is_alphabetic() && !at(idx.checked_sub(2)).is_alphanumeric()
}

/// Takes a pair of single quotes off; double quotes are dropped wherever they stand.
fn strip_quotes(text: &str) -> &str {
    text.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')).unwrap_or(text)
}

/// "Yahoo!" is "Yahoo", but "n!" is not "n".
fn strip_exclamation(text: &str) -> &str {
    match text.strip_suffix(['!', '?']) {
        Some(rest) if rest.chars().rev().take_while(|ch| ch.is_alphabetic()).count() >= 3 => rest,
        _ => text,
    }
}

/// Takes a leading article off. A capital "A" may be part of the name ("A minor"), so it stays.
fn strip_article(text: &str) -> &str {
    let stripped =
        strip_prefix_any_case(text, "the ").or_else(|| text.strip_prefix("a ")).or_else(|| text.strip_prefix("an "));
    stripped.map(str::trim).filter(|rest| !rest.is_empty()).unwrap_or(text)
}

fn strip_prefix_any_case<'t>(text: &'t str, prefix: &str) -> Option<&'t str> {
    let head = text.get(..prefix.len())?;
    let rest = text.get(prefix.len()..)?;
    (head.eq_ignore_ascii_case(prefix) && !rest.trim().is_empty()).then_some(rest)
}

/// Symbols that are others in another case: `Co` and `CO`, `kPa`, `pH`. Words and longer acronyms are not.
fn is_case_bound(text: &str) -> bool {
    let chars: Vec<char> = text.chars().collect();
    let upper_inside = chars.iter().skip(1).any(|ch| ch.is_uppercase());
    let lower = chars.iter().any(|ch| ch.is_lowercase());
    match chars.as_slice() {
        [first, second] if first.is_alphabetic() && second.is_alphabetic() => {
            let titled: String = first.to_uppercase().chain(second.to_lowercase()).collect();
            (upper_inside && lower) || (text.contains(char::is_uppercase) && is_element(&titled))
        }
        [_, _, _] => upper_inside && lower && chars.iter().all(|ch| ch.is_alphabetic()),
        _ => false,
    }
}

fn spelling_variants(text: &str) -> Vec<String> {
    let mut variants = Vec::new();
    let bare: String = text.nfd().filter(|ch| !is_combining_mark(*ch)).collect();
    // Marks of other scripts are vowels, without which a word is another one.
    if bare.is_ascii() {
        variants.push(bare);
    }
    if let Some((name, acronym)) = named_acronym(text) {
        variants.push(name.to_owned());
        variants.push(acronym.to_owned());
    }
    if text.contains('-') && text.chars().all(|ch| ch.is_alphabetic() || matches!(ch, '-' | ' ')) {
        variants.push(text.replace('-', ""));
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
    variants
}

/// "World Health Organization (WHO)" also goes by each of its two names.
fn named_acronym(text: &str) -> Option<(&str, &str)> {
    let (name, acronym) = text.strip_suffix(')')?.split_once(" (")?;
    let initials: String =
        name.split([' ', '-']).filter_map(|word| word.chars().next()).filter(|ch| ch.is_uppercase()).collect();
    let spelled = acronym.len() >= 3 && acronym.chars().all(char::is_uppercase) && abbreviates(acronym, name);
    ((acronym.len() >= 2 && initials == acronym) || spelled).then_some((name, acronym))
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

#[cfg(test)]
mod tests;
