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

#[test]
fn golds_of_many_forms_are_accepted_as_their_own_text() {
    for gold in [
        "1/2 cup",
        "2 1/2 hours",
        "½ mile",
        "one third of a mile",
        "half an hour",
        "two-thirds of a cup",
        "$20 per hour",
        "€5/kg",
        "12 kg m/s",
        "9.8 m s^{-2}",
        "45^\\circ",
        "5\\text{ cm}^2",
        "π/2 rad",
        "3\\pi rad",
        "$5M",
        "5M USD",
        "3.5 million dollars",
        "1,234.5 kg",
        "6.674e-11 m^3 kg^-1 s^-2",
        "4.18 J/(g °C)",
        "-40 °F",
        "minus 5 degrees Celsius",
        "5'10\"",
        "45° 30'",
        "2h30m",
        "1 year and 6 months",
        "1 dollar and 50 cents",
        "50 cents",
        "5 µg/dL",
        "10 kΩ",
        "1 g/cc",
        "3 ft lb",
        "20 psi",
        "5 sq ft",
        "2 US gallons",
        "1.6e-19 coulombs",
        "5 microfarads",
        "440 Hz",
        "8 GiB",
        "100 Mbps",
        "12,5 km",
        "1.234.567 m",
    ] {
        let spec = infer(gold, "How much is it?");
        assert!(matches!(spec, Ok(AnswerSpec::Quantity(_))), "{gold}: {spec:?}");
        let Ok(spec) = spec else { continue };
        assert!(check(&spec, &gold_text(&spec)).is_correct(), "{gold} as {}", gold_text(&spec));
        assert_eq!(AnswerSpec::from_json(&spec.to_json()), Ok(spec), "{gold}");
    }
    for (name, question) in
        [("A bar", "Where did they meet?"), ("a mole", "Which animal is it?"), ("3M", "Which company?")]
    {
        assert!(!matches!(infer(name, question), Ok(AnswerSpec::Quantity(_))), "{name}");
    }
}

fn float(value: &BigRational) -> f64 {
    use num_traits::ToPrimitive;
    value.to_f64().unwrap_or(f64::NAN)
}
