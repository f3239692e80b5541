//! Whatever the unit: equal amounts in units of its dimension are accepted, other amounts and units are not.

use num_rational::BigRational;
use proptest::prelude::{prop_assert, proptest};

use crate::check::check;
use crate::infer::infer;
use crate::spec::{AnswerSpec, gold_text};
use crate::units::{Unit, ratio_text, resolve, resolve_gold};

/// Units of several dimensions, as a gold may spell them.
const UNITS: [&str; 64] = [
    "m",
    "km",
    "cm",
    "mm",
    "miles",
    "ft",
    "inches",
    "yards",
    "light-years",
    "km^2",
    "square feet",
    "acres",
    "hectares",
    "m^3",
    "litres",
    "mL",
    "cubic inches",
    "kg",
    "g",
    "mg",
    "lb",
    "ounces",
    "tonnes",
    "s",
    "ms",
    "minutes",
    "hours",
    "days",
    "weeks",
    "months",
    "years",
    "decades",
    "°C",
    "°F",
    "K",
    "N",
    "kN",
    "lbf",
    "J",
    "kWh",
    "eV",
    "kcal",
    "W",
    "kW",
    "Pa",
    "kPa",
    "bar",
    "psi",
    "atm",
    "V",
    "mA",
    "Ω",
    "Hz",
    "MHz",
    "km/h",
    "m/s",
    "mph",
    "knots",
    "m/s^2",
    "kg/m^3",
    "g/cm^3",
    "MB",
    "GiB",
    "Mbit/s",
];

fn one(text: &str) -> Option<Unit> {
    resolve(text).into_iter().next()
}

proptest! {
    #[test]
    fn amounts_convert_exactly(value in 1_u32..1_000_000, from in proptest::sample::select(UNITS.as_slice()), to in proptest::sample::select(UNITS.as_slice())) {
        let gold = format!("{value} {from}");
        let Ok(spec) = infer(&gold, "How much is it?") else { panic!("{gold}") };
        prop_assert!(matches!(spec, AnswerSpec::Quantity(_)));
        prop_assert!(check(&spec, &gold_text(&spec)).is_correct(), "{}", gold_text(&spec));
        let (Some(own), Some(other)) = (one(from), one(to)) else { panic!("{from} {to}") };
        let Some((factor, summand)) = own.conversion_to(&other) else {
            prop_assert!(!check(&spec, &format!("{value} {to}")).is_correct(), "{} {}", gold, to);
            return Ok(());
        };
        let amount = BigRational::from_integer(value.into()) * &factor + &summand;
        let rounded = format!("{:.12e}", float(&amount));
        for reply in [ratio_text(&amount), rounded] {
            prop_assert!(check(&spec, &format!("{reply} {to}")).is_correct(), "{} as {} {}", gold, reply, to);
        }
        // A hundredth more, and the same number in the other unit.
        for off in ["101/100", "99/100", "10", "1/1000"] {
            let Some(off) = crate::units::ratio(off) else { panic!("{off}") };
            let wrong = format!("{:.12e} {to}", float(&((BigRational::from_integer(value.into()) * off) * &factor + &summand)));
            prop_assert!(!check(&spec, &wrong).is_correct(), "{} as {}", gold, wrong);
        }
        let is_same = factor == BigRational::from_integer(1.into());
        prop_assert!(is_same || !check(&spec, &format!("{value} {to}")).is_correct(), "{} {}", gold, to);
        prop_assert!(!check(&spec, &value.to_string()).is_correct());
        let twice = format!("{gold} {gold}");
        prop_assert!(!check(&spec, &twice).is_correct());
    }

    #[test]
    fn every_gold_is_accepted_as_its_own_text(value in 0_u32..10_000, places in 0_usize..4, unit in "[a-zA-Z°$€£'\"/^2 .*-]{1,8}") {
        let gold = format!("{value}.{:0places$} {unit}", 7);
        if let Ok(spec) = infer(&gold, "How many apples or km are there?") {
            prop_assert!(check(&spec, &gold_text(&spec)).is_correct(), "{} as {}", gold, gold_text(&spec));
        }
    }

    #[test]
    fn money_is_exact(value in 1_u32..1_000_000, currency in proptest::sample::select(vec!["$", "€", "£", "¥", "₹"])) {
        let gold = format!("{currency}{value}");
        let Ok(spec) = infer(&gold, "How much?") else { panic!("{gold}") };
        prop_assert!(check(&spec, &gold_text(&spec)).is_correct());
        for equal in [format!("{value} {currency}"), format!("{currency} {value}.00"), format!("{currency}{value}e0"), format!("{}k{currency}", f64::from(value) / 1000.0)] {
            prop_assert!(check(&spec, &equal).is_correct(), "{}", equal);
        }
        for wrong in [format!("{currency}{}", value + 1), format!("{currency}{value}k"), value.to_string(), format!("-{currency}{value}"), format!("A${value}")] {
            prop_assert!(!check(&spec, &wrong).is_correct(), "{}", wrong);
        }
    }
}

#[test]
fn every_unit_of_the_table_makes_a_gold_that_equals_itself() {
    for line in include_str!("../units.tsv").lines().filter(|line| !line.starts_with('#')) {
        let Some([id, _, _, _, _, symbols, words]) = line.split('\t').collect::<Vec<_>>().first_chunk().copied() else {
            panic!("{line}");
        };
        for spelling in symbols.split('|').chain(words.split('|')).filter(|it| !it.is_empty() && !it.starts_with('~')) {
            if resolve_gold(spelling).len() != 1 {
                continue;
            }
            for gold in [format!("7 {spelling}"), format!("7.5 {spelling}")] {
                if let Ok(spec @ AnswerSpec::Quantity(_)) = infer(&gold, "How much is it?") {
                    assert!(check(&spec, &gold_text(&spec)).is_correct(), "{id}: {gold} as {}", gold_text(&spec));
                }
            }
        }
    }
}

fn float(value: &BigRational) -> f64 {
    use num_traits::ToPrimitive;
    value.to_f64().unwrap_or(f64::NAN)
}
