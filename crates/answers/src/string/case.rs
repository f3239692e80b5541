//! Where case makes another answer of the same letters: symbols, formulae, acronyms beside names.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::{Value, json};

use super::fold::strip_prefix_any_case;
use crate::expression::{formula, is_element};
use crate::pattern::pattern;
use crate::units::resolve_gold;

static NEUTRAL: LazyLock<Regex> = LazyLock::new(|| pattern(r"^[A-Za-z0-9()]+$"));
/// Letters before the "b" of a number of bits, which "B" makes bytes.
const BITS: [char; 6] = ['k', 'K', 'M', 'G', 'T', 'P'];
/// No acronym of a name has more letters.
const MAX_ACRONYM: usize = 5;
/// Symbols of units with more letters are told apart by their letters.
const MAX_UNIT: usize = 3;
/// After "The", a name of so many letters is easily taken for another one: "The Who".
const MAX_SHORT: usize = 4;

/// Symbols that are others in another case: `Co` and `CO`, `kPa`, `pH`. Words and longer acronyms are not.
pub(super) fn is_bound(text: &str) -> bool {
    let chars: Vec<char> = text.chars().collect();
    let upper_inside = chars.iter().skip(1).any(|ch| ch.is_uppercase());
    let lower = chars.iter().any(|ch| ch.is_lowercase());
    match chars.as_slice() {
        [first, 'b'] if BITS.contains(first) => true,
        [first, second] if first.is_alphabetic() && second.is_alphabetic() => {
            let titled: String = first.to_uppercase().chain(second.to_lowercase()).collect();
            (upper_inside && lower) || (text.contains(char::is_uppercase) && is_element(&titled))
        }
        [_, _, _] => upper_inside && lower && chars.iter().all(|ch| ch.is_alphabetic()),
        _ => false,
    }
}

/// Returns whether a reply has the letters of a gold, but in a case that makes another symbol or an acronym of them.
pub(super) fn is_other(gold: &str, reply: &str) -> bool {
    let named = gold.strip_prefix("The ");
    let bare = named.unwrap_or(gold);
    let given = reply.strip_prefix("the ").or_else(|| reply.strip_prefix("The ")).unwrap_or(reply);
    if bare == given || !given.is_ascii() || !bare.eq_ignore_ascii_case(given) {
        return false;
    }
    // "Us" is a film.
    let is_titled = given.len() == 2 && bare.starts_with(|ch: char| ch.is_ascii_uppercase());
    let is_upper = given.contains(|ch: char| ch.is_ascii_uppercase());
    // "nm" and "Nm" are no words.
    let is_symbol =
        given.len() == 2 && is_upper && !given.to_ascii_lowercase().contains(['a', 'e', 'i', 'o', 'u', 'y']);
    let is_acronym = given.len() <= MAX_ACRONYM && given.bytes().all(|byte| byte.is_ascii_uppercase());
    // "FE2O3" could be another formula, "fe2o3" could not.
    let is_formula = formula_of(bare).is_some() && is_upper;
    is_bound(given)
        || is_formula
        || is_symbol
        || are_units(bare, given)
        || (is_titled && given.starts_with(|ch: char| ch.is_ascii_uppercase()))
        || (named.is_some() && is_acronym)
}

/// Returns whether two short symbols are those of different units: `nm` and `Nm`.
fn are_units(gold: &str, given: &str) -> bool {
    if gold.len() > MAX_UNIT {
        return false;
    }
    let (gold, given) = (resolve_gold(gold), resolve_gold(given));
    !gold.is_empty() && !given.is_empty() && !gold.iter().any(|unit| given.contains(unit))
}

/// Returns a formula of atoms and numbers in its plain spelling; charges are compared as they are written.
pub(super) fn formula_of(text: &str) -> Option<String> {
    let is_counted = text.contains(|ch: char| ch.is_ascii_digit());
    // "B 1 2" has the blanks of a text, "H_2 O" those of LaTeX.
    let is_one = !text.contains(' ') || text.contains(['\\', '_']);
    let has_letters = text.contains(|ch: char| ch.is_ascii_uppercase());
    if is_counted && is_one && has_letters { formula(text).filter(|plain| NEUTRAL.is_match(plain)) } else { None }
}

/// Returns whether a name keeps its article where it is stored.
pub(super) fn is_short_title(text: &str) -> bool {
    text.starts_with("The ")
        && strip_prefix_any_case(text, "the ").is_some_and(|rest| rest.chars().count() <= MAX_SHORT)
}

/// What the Python side shares.
pub(super) fn rules() -> Value {
    json!({ "bits": BITS, "max_acronym": MAX_ACRONYM, "max_unit": MAX_UNIT, "neutral": NEUTRAL.as_str() })
}
