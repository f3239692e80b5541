//! Chemical formulae: equal when they are written with the same atoms in the same order.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;
use serde_json::{Value, json};

use crate::pattern::pattern;
use crate::verdict::{Cause, Verdict};

/// Symbols of the elements, in the order of their numbers.
const ELEMENTS: &str = "H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Se Br Kr \
    Rb Sr Y Zr Nb Mo Tc Ru Rh Pd Ag Cd In Sn Sb Te I Xe Cs Ba La Ce Pr Nd Pm Sm Eu Gd Tb Dy Ho Er Tm Yb Lu Hf Ta W Re Os \
    Ir Pt Au Hg Tl Pb Bi Po At Rn Fr Ra Ac Th Pa U Np Pu Am Cm Bk Cf Es Fm Md No Lr Rf Db Sg Bh Hs Mt Ds Rg Cn Nh Fl Mc \
    Lv Ts Og";

static FORM: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^[0-9]{0,2}(?P<body>(?:[A-Z][a-z]?[0-9]{0,3}|[()\[\]][0-9]{0,3}|\*[0-9]{0,2})+)(?:\^(?P<charge>[0-9]{0,2}[+-]{1,2}|[+-][0-9]{1,2})|(?P<sign>[+-][0-9]{0,2}))?(?P<state>\((?:aq|s|l|g)\))?$",
    )
});
static COUNTED: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?P<symbol>[A-Z][a-z]?)(?P<count>[0-9]{0,3})"));
static ATOM: LazyLock<Regex> = LazyLock::new(|| pattern(r"[A-Z][a-z]?"));

/// Spellings within a formula and what stands for them.
const DRESS: [(&str, &str); 14] = [
    ("\\ce", ""),
    ("\\mathrm", ""),
    ("\\text", ""),
    ("\\left", ""),
    ("\\right", ""),
    ("\\cdot", "*"),
    ("\\bullet", "*"),
    ("\\,", ""),
    ("~", ""),
    ("_", ""),
    ("{", ""),
    ("}", ""),
    (" ", ""),
    ("$", ""),
];

/// Writes a formula without LaTeX and blanks, or returns nothing if the text is no formula.
pub(crate) fn canonical(text: &str) -> Option<String> {
    let plain = DRESS.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to));
    let known = FORM.is_match(&plain) && ATOM.find_iter(&plain).all(|atom| is_element(atom.as_str()));
    known.then_some(plain)
}

/// A formula in its parts.
struct Formula {
    /// The atoms and their numbers, with the number of molecules.
    body: String,
    /// The charge, if it is raised: "Fe3+" does not say what the 3 counts.
    charge: Option<String>,
    /// All of it on one line.
    flat: String,
    /// Solid, liquid, gas or dissolved; empty if not stated.
    state: String,
}

fn read(text: &str) -> Option<Formula> {
    let plain = canonical(text)?;
    let found = FORM.captures(&plain)?;
    let part = |name: &str| found.name(name).map(|part| part.as_str());
    let body = plain.get(..found.name("body")?.end())?.to_owned();
    let charge = part("charge").map(charge);
    let tail = charge.clone().or_else(|| part("sign").map(self::charge)).unwrap_or_default();
    let flat = format!("{body}{tail}");
    Some(Formula { body, charge, flat, state: part("state").unwrap_or("").to_owned() })
}

/// The number before the sign: "-2" and "--" are "2-", and "1+" is "+".
fn charge(written: &str) -> String {
    let sign = if written.contains('-') { "-" } else { "+" };
    let digits = written.replace(['+', '-'], "");
    let num_signs = written.len() - digits.len();
    match (digits.as_str(), num_signs) {
        ("" | "1", 1) => sign.to_owned(),
        ("", count) => format!("{count}{sign}"),
        (digits, _) => format!("{digits}{sign}"),
    }
}

/// Compares two formulae: the same atoms written in another order may be another molecule.
pub(super) fn compare(gold: &str, reply: &str) -> Verdict {
    let Some(gold) = read(gold) else { return Verdict::unknown(Cause::InvalidSpec) };
    let Some(reply) = read(reply) else { return Verdict::incorrect(Cause::Unreadable) };
    if !gold.state.is_empty() && gold.state != reply.state {
        let missing = reply.state.is_empty() && gold.flat == reply.flat;
        return if missing { Verdict::unknown(Cause::Undecided) } else { Verdict::of(false) };
    }
    let same = match (&gold.charge, &reply.charge) {
        (Some(charge), Some(other)) => gold.body == reply.body && charge == other,
        _ => gold.flat == reply.flat,
    };
    let counts = atoms(&gold.flat);
    let same_atoms = gold.charge == reply.charge && counts.is_some() && counts == atoms(&reply.flat);
    if !same && same_atoms { Verdict::unknown(Cause::Undecided) } else { Verdict::of(same) }
}

/// How many atoms of each element a formula has without brackets; nothing for others.
fn atoms(flat: &str) -> Option<BTreeMap<&str, u32>> {
    if flat.contains(['(', ')', '[', ']', '*']) || flat.starts_with(|ch: char| ch.is_ascii_digit()) {
        return None;
    }
    let mut counts = BTreeMap::new();
    for found in COUNTED.captures_iter(flat) {
        let symbol = found.name("symbol")?.as_str();
        let count = found.name("count").map_or("", |count| count.as_str());
        *counts.entry(symbol).or_insert(0) += if count.is_empty() { 1 } else { count.parse::<u32>().ok()? };
    }
    Some(counts)
}

/// What the Python side shares.
pub(super) fn rules() -> Vec<(&'static str, Value)> {
    vec![
        ("formula", json!(FORM.as_str())),
        ("atom", json!(ATOM.as_str())),
        ("counted_atom", json!(COUNTED.as_str())),
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
    use super::{canonical, compare, is_meant};

    #[test]
    fn formulae_lose_their_dress() {
        for (text, expected) in [
            ("H_2O", "H2O"),
            ("\\ce{H2O}", "H2O"),
            ("\\mathrm{CO_2}", "CO2"),
            ("Ca(OH)_{2}", "Ca(OH)2"),
            ("Na^+", "Na^+"),
            ("SO_4^{2-}", "SO4^2-"),
        ] {
            assert_eq!(canonical(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn charges_and_states_count() {
        for (gold, reply) in [
            ("SO4^2-", "SO_4^{2-}"),
            ("SO4^2-", "\\ce{SO4^2-}"),
            ("SO4^2-", "SO_4^{-2}"),
            ("SO4^2-", "SO42-"),
            ("Fe^3+", "Fe3+"),
            ("Na+", "Na^{+}"),
            ("Na+", "\\mathrm{Na}^{1+}"),
            ("NaCl", "NaCl(aq)"),
            ("CuSO4*5H2O", "CuSO_4 \\cdot 5H_2O"),
            ("Mg^2+", "Mg^{++}"),
        ] {
            assert!(compare(gold, reply).is_correct(), "{gold} / {reply}");
        }
        for (gold, reply) in [
            ("SO4^2-", "SO4"),
            ("SO4^2-", "SO3^2-"),
            ("SO4^2-", "SO4^-"),
            ("Fe^3+", "Fe^2+"),
            ("Cu^2+", "Cu_2^+"),
            ("NaCl(s)", "NaCl(aq)"),
            ("NaCl(s)", "NaCl"),
            ("H2O", "2H2O"),
            ("H2O", "HO2"),
            ("CuSO4*5H2O", "CuSO4"),
            ("C2H5OH", "C2H6O"),
            ("CO", "Co"),
        ] {
            assert!(!compare(gold, reply).is_correct(), "{gold} / {reply}");
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
