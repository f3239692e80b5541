//! Chemical formulae: equal when they are written with the same atoms in the same order.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::{Value, json};

use crate::pattern::pattern;

/// Symbols of the elements, in the order of their numbers.
const ELEMENTS: &str = "H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Se Br Kr \
    Rb Sr Y Zr Nb Mo Tc Ru Rh Pd Ag Cd In Sn Sb Te I Xe Cs Ba La Ce Pr Nd Pm Sm Eu Gd Tb Dy Ho Er Tm Yb Lu Hf Ta W Re Os \
    Ir Pt Au Hg Tl Pb Bi Po At Rn Fr Ra Ac Th Pa U Np Pu Am Cm Bk Cf Es Fm Md No Lr Rf Db Sg Bh Hs Mt Ds Rg Cn Nh Fl Mc \
    Lv Ts Og";

static FORM: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"^(?:[0-9]{0,2})(?:[A-Z][a-z]?[0-9]{0,3}|[()\[\]][0-9]{0,3}|\*[0-9]{0,2})+(?:\^?[0-9]?[+-])?$")
});
static ATOM: LazyLock<Regex> = LazyLock::new(|| pattern(r"[A-Z][a-z]?"));

/// Spellings within a formula and what stands for them. The charge may be raised or not: "SO4^2-" is "SO42-" only to the
/// eye, so the caret stays where there are digits.
const DRESS: [(&str, &str); 11] = [
    ("\\ce", ""),
    ("\\mathrm", ""),
    ("\\text", ""),
    ("\\cdot", "*"),
    ("_", ""),
    ("{", ""),
    ("}", ""),
    (" ", ""),
    ("$", ""),
    ("^+", "+"),
    ("^-", "-"),
];

/// Writes a formula without LaTeX and blanks, or returns nothing if the text is no formula.
pub(crate) fn canonical(text: &str) -> Option<String> {
    let plain = DRESS.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to));
    let known = FORM.is_match(&plain) && ATOM.find_iter(&plain).all(|atom| is_element(atom.as_str()));
    known.then_some(plain)
}

/// What the Python side shares.
pub(super) fn rules() -> Vec<(&'static str, Value)> {
    vec![
        ("formula", json!(FORM.as_str())),
        ("atom", json!(ATOM.as_str())),
        ("elements", json!(ELEMENTS.split_whitespace().collect::<Vec<_>>())),
        ("formula_dress", json!(DRESS)),
    ]
}

/// Elements that stand first in a formula, and those that follow, in compounds without digits.
const FIRST: [&str; 27] = [
    "H", "Li", "Na", "K", "Rb", "Cs", "Be", "Mg", "Ca", "Sr", "Ba", "Al", "Ga", "In", "Zn", "Cd", "Cu", "Ag", "Au",
    "Fe", "Ni", "Co", "Mn", "Pb", "Sn", "Hg", "Si",
];
const FOLLOWING: [&str; 13] = ["H", "C", "N", "O", "F", "P", "S", "Cl", "As", "Se", "Br", "Te", "I"];

/// Returns whether a text is meant as a formula: a code such as "K2", "HIV" or "B12" has its form, too.
pub(super) fn is_meant(text: &str) -> bool {
    let Some(plain) = canonical(text).filter(|_| !text.contains(' ')) else { return false };
    let atoms: Vec<&str> = ATOM.find_iter(&plain).map(|atom| atom.as_str()).collect();
    let Some((first, following)) = atoms.split_first() else { return false };
    let several = following.iter().any(|atom| atom != first);
    let molecule = matches!(plain.as_str(), "H2" | "N2" | "O2" | "O3" | "F2" | "Cl2" | "Br2" | "I2" | "S8" | "P4");
    let ion = !several && plain.ends_with(['+', '-']);
    if plain.contains(|ch: char| ch.is_ascii_digit()) {
        return molecule || ion || several;
    }
    // "CDs" and "NFAs" are plurals of acronyms, and "USA" is no formula of uranium.
    let lower = plain.contains(|ch: char| ch.is_ascii_lowercase());
    let binary = FIRST.contains(first) && following.iter().all(|atom| FOLLOWING.contains(atom));
    ion || (several && lower && binary && atoms.len() <= 3)
}

/// Returns whether a text is the symbol of an element.
pub(crate) fn is_element(symbol: &str) -> bool {
    ELEMENTS.split_whitespace().any(|element| element == symbol)
}

#[cfg(test)]
mod tests {
    use super::{canonical, is_meant};

    #[test]
    fn formulae_lose_their_dress() {
        for (text, expected) in [
            ("H_2O", "H2O"),
            ("\\ce{H2O}", "H2O"),
            ("\\mathrm{CO_2}", "CO2"),
            ("Ca(OH)_{2}", "Ca(OH)2"),
            ("Na^+", "Na+"),
            ("SO_4^{2-}", "SO4^2-"),
        ] {
            assert_eq!(canonical(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn codes_and_words_are_no_formulae() {
        for text in ["H2O", "NaCl", "CO2", "O2", "Na+", "C6H12O6", "Fe2O3"] {
            assert!(is_meant(text), "{text}");
        }
        for text in [
            "CDs", "NFAs", "GaWC", "K2", "B12", "HIV", "USA", "Cow", "He", "I", "NO", "CO", "x2", "H", "", "C++",
            "F-16",
        ] {
            assert!(!is_meant(text), "{text}");
        }
    }
}
