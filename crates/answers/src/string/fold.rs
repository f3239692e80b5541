//! Folding: case, quotes, commas, periods, hyphens and blanks, character by character.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;

use crate::latex;
use crate::letters::{is_letter, is_word};
use crate::pattern::pattern;

/// Marks of a line before its text: of an item, a quotation, a heading.
pub(super) const BULLETS: [&str; 5] = ["- ", "* ", "• ", "> ", "# "];

/// Marks that stand on both sides of words.
pub(super) const PAIRED: [&str; 2] = ["**", "$"];

/// "$5 to $10" has two signs of money, which are no marks.
pub(super) static AMOUNT: LazyLock<Regex> = LazyLock::new(|| pattern(r"^[^$]*\$[^$]*\$[0-9]"));

/// So many letters before an exclamation or question mark make a word of a name: "Yahoo!", not "n!".
pub(super) const MIN_EXCLAIMED: usize = 3;

/// What is left of a word behind its apostrophe where two words were drawn together: "we'll" is not "well".
pub(super) const CONTRACTED: [&str; 5] = ["ll", "re", "ve", "m", "d"];

/// Folds a normalised text: what is left after folding has to be equal character by character.
pub(crate) fn fold(text: &str, case_sensitive: bool) -> String {
    fold_with(text, case_sensitive, false)
}

/// Folds a text with its hyphens left out instead of parting words: "e-mail" as "email".
pub(super) fn fold_joined(text: &str, case_sensitive: bool) -> String {
    fold_with(text, case_sensitive, true)
}

fn fold_with(text: &str, case_sensitive: bool, joined: bool) -> String {
    let plain = latex::plain(text);
    let marked = strip_markup(plain.trim());
    let quoted = strip_quotes(marked.trim());
    let text = strip_prefix_any_case(quoted, "the ").unwrap_or(quoted);
    let cased = if case_sensitive { text.to_owned() } else { text.to_lowercase() };
    let spelled = cased.replace("&amp;", "&").replace('&', " and ").replace(" / ", "/");
    let blanked = fold_punctuation(spelled.trim(), joined);
    blanked.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Takes a lower-case or capital prefix off, unless nothing would be left.
pub(super) fn strip_prefix_any_case<'t>(text: &'t str, prefix: &str) -> Option<&'t str> {
    let head = text.get(..prefix.len())?;
    let rest = text.get(prefix.len()..)?;
    // "The The" is a name.
    let is_name = !rest.trim().is_empty() && !rest.trim().eq_ignore_ascii_case(prefix.trim());
    (head.eq_ignore_ascii_case(prefix) && is_name).then_some(rest)
}

/// Takes off the bullet of a single item, and emphasis or mathematics around some of the words.
fn strip_markup(text: &str) -> Cow<'_, str> {
    // "- 5" is minus five and "> 5" is more.
    let is_text = |rest: &&str| !rest.starts_with(|ch: char| !is_letter(ch) && !matches!(ch, '"' | '\'' | '*' | '('));
    let text = BULLETS.iter().find_map(|bullet| text.strip_prefix(bullet).filter(is_text)).unwrap_or(text);
    let mut stripped = Cow::Borrowed(text);
    for mark in PAIRED {
        let is_paired = stripped.contains(mark) && stripped.matches(mark).count() % 2 == 0;
        if is_paired && !(mark == "$" && AMOUNT.is_match(&stripped)) {
            stripped = Cow::Owned(stripped.replace(mark, ""));
        }
    }
    stripped
}

/// Takes the quotes off that stand around a text; double ones are dropped elsewhere too.
fn strip_quotes(text: &str) -> &str {
    let text = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(text).trim();
    text.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')).unwrap_or(text).trim()
}

/// Drops quotes and commas, keeps a period only inside a number, and turns hyphens into blanks or nothing.
fn fold_punctuation(text: &str, joined: bool) -> String {
    let chars: Vec<char> = text.chars().collect();
    let at = |idx: Option<usize>| idx.and_then(|idx| chars.get(idx)).copied().unwrap_or(' ');
    let mut folded = String::with_capacity(text.len());
    let mut num_letters = 0;
    let mut idx = 0;
    while let Some(&ch) = chars.get(idx) {
        let (before, after) = (at(idx.checked_sub(1)), at(idx.checked_add(1)));
        match ch {
            '"' => {}
            '\'' | '`' if is_apostrophe(before, after) && !is_contraction(&chars, idx, num_letters) => {}
            ',' => folded.push_str(fold_comma(before, chars.get(idx + 1..).unwrap_or(&[]))),
            '.' if after.is_ascii_digit() => folded.push(ch),
            // Where something was left out, what is there is not all.
            '.' if is_ellipsis(&chars, idx) => folded.push(ch),
            '.' if is_initial(&chars, idx) => {
                // "J. R. R." and "J.R.R." are one word, whatever the blanks.
                if after == ' ' && is_initial(&chars, idx + 3) {
                    idx += 1;
                }
            }
            // "St.Louis" are two words, "Ph.D." is one.
            '.' if is_letter(after) && is_word(at(idx.checked_add(2))) => folded.push(' '),
            '.' => {}
            // "F-16" and "F16" are one, "10-12" and "1012" are not.
            '-' if joined && is_joint(&chars, idx) => {}
            // "3-1" is a score or a range, "3 1" and "3, 1" are two numbers.
            '-' if before.is_ascii_digit() && after.is_ascii_digit() => folded.push(ch),
            '-' if is_word(before) && is_word(after) => folded.push(' '),
            '-' if before == ' ' && after == ' ' && is_between_letters(&chars, idx) => {}
            ' ' if matches!(after, ':' | '-') && is_ratio(&chars, idx + 1) => {}
            ':' | '-' if is_ratio(&chars, idx) => {
                folded.push(ch);
                idx += 1;
            }
            ':' if after == ' ' => {}
            // A blank of LaTeX.
            '~' if is_word(before) && is_word(after) => folded.push(' '),
            ';' if idx + 1 == chars.len() => {}
            '!' | '?' if num_letters >= MIN_EXCLAIMED && !is_word(after) => {}
            _ => folded.push(ch),
        }
        num_letters = match ch {
            '!' | '?' => num_letters,
            _ if is_letter(ch) => num_letters + 1,
            _ => 0,
        };
        idx += 1;
    }
    folded
}

/// A comma groups digits, stands inside a code of digits, or parts words.
fn fold_comma(before: char, after: &[char]) -> &'static str {
    let num_digits = after.iter().take(4).take_while(|ch| ch.is_ascii_digit()).count();
    match (before.is_ascii_digit(), num_digits) {
        (true, 3) => "",
        // "1,2-dichloroethane" keeps its comma.
        (true, 1..) => ",",
        _ => " ",
    }
}

/// "Halley's" and "James'", but not the prime of "f'".
fn is_apostrophe(before: char, after: char) -> bool {
    is_word(before) && is_letter(after) || matches!(before, 's' | 'S') && after == ' '
}

/// Returns whether the period at an index ends a single letter.
fn is_initial(chars: &[char], idx: usize) -> bool {
    let at = |idx: Option<usize>| idx.and_then(|idx| chars.get(idx)).copied().unwrap_or(' ');
    chars.get(idx) == Some(&'.') && is_letter(at(idx.checked_sub(1))) && !is_word(at(idx.checked_sub(2)))
}

/// "I'll" and "we're", where the apostrophe stands for letters, and "O's", which is no "Os".
fn is_contraction(chars: &[char], idx: usize, num_letters: usize) -> bool {
    let rest: String = chars.iter().skip(idx + 1).take(3).take_while(|ch| is_word(**ch)).collect();
    let rest = rest.to_ascii_lowercase();
    CONTRACTED.contains(&rest.as_str()) || (rest == "s" && num_letters == 1)
}

/// Returns whether the hyphen at an index may be left out: before a consonant, "re-" makes another word.
fn is_joint(chars: &[char], idx: usize) -> bool {
    let at = |idx: Option<usize>| idx.and_then(|idx| chars.get(idx)).copied().unwrap_or(' ');
    let (before, after) = (at(idx.checked_sub(1)), at(idx.checked_add(1)));
    let is_repeated = !is_word(at(idx.checked_sub(3)))
        && matches!((at(idx.checked_sub(2)), before), ('r' | 'R', 'e' | 'E'))
        && !matches!(after.to_ascii_lowercase(), 'a' | 'e' | 'i' | 'o' | 'u');
    // "A-C" is a range, "AC" a current.
    let is_alone = !is_word(at(idx.checked_sub(2))) && !is_word(at(idx.checked_add(2)));
    is_word(before) && is_word(after) && (is_letter(before) || is_letter(after)) && !is_repeated && !is_alone
}

/// Returns whether the period at an index is one of three or more; "Jr.." ends a name and a sentence.
fn is_ellipsis(chars: &[char], idx: usize) -> bool {
    (idx.saturating_sub(2)..=idx).any(|start| chars.get(start..start + 3) == Some(&['.', '.', '.']))
}

/// "3 : 1" has a colon between numbers.
fn is_ratio(chars: &[char], idx: usize) -> bool {
    let around = idx.checked_sub(2).and_then(|start| chars.get(start..idx + 3));
    matches!(around, Some([before, ' ', _, ' ', after]) if before.is_ascii_digit() && after.is_ascii_digit())
}

/// "Star Wars - A New Hope" has a dash, "5 - 3" a minus.
fn is_between_letters(chars: &[char], idx: usize) -> bool {
    let is_letter_at = |idx: Option<usize>| idx.and_then(|idx| chars.get(idx)).is_some_and(|ch| is_letter(*ch));
    is_letter_at(idx.checked_sub(2)) && is_letter_at(idx.checked_add(2))
}
