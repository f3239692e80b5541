//! Equal quantities in any spelling are accepted, other values and units are not.

use crate::check::check;
use crate::error::NotVerifiable;
use crate::infer::infer;
use crate::spec::AnswerSpec;

fn accepts(gold: &str, question: &str, reply: &str) -> bool {
    let spec = infer(gold, question);
    assert!(matches!(spec, Ok(AnswerSpec::Quantity(_))), "{gold}: {spec:?}");
    spec.is_ok_and(|spec| check(&spec, reply).is_correct())
}

#[test]
fn equal_quantities_are_accepted() {
    for (gold, replies) in [
        (
            "12 km",
            &[
                "12 km",
                "12km",
                "12 kilometres",
                "12.0 km",
                "twelve kilometers",
                "12,000 m",
                "12\\,\\text{km}",
                "7.456 miles",
            ][..],
        ),
        ("1,200 metres", &["1200 m", "1.2 km", "1,200 meters"]),
        ("35 °C", &["35°C", "35 degrees Celsius", "95 °F", "308.15 K", "35^\\circ \\text{C}", "35 ℃"]),
        (
            "$4.5 billion",
            &[
                "$4.5bn",
                "4.5 billion dollars",
                "US$4.5 billion",
                "$4,500 million",
                "4500000000 USD",
                "\\$4.5 billion",
                "$4.5B",
            ],
        ),
        ("£10m", &["10 million pounds", "£10,000,000", "GBP 10 million"]),
        ("€5", &["5 euros", "5 EUR", "€5.00", "EUR 5"]),
        ("5 kg", &["5 kilograms", "5000 g", "11.023 lb"]),
        ("100 km/h", &["100 kph", "100 kilometres per hour", "62.137 mph", "27.778 m/s"]),
        ("3 years", &["3 yrs", "36 months", "three years"]),
        ("50 square kilometres", &["50 km²", "50 km^2", "50 sq km", "5,000 hectares"]),
        ("3.5 GB", &["3.5 gigabytes", "3500 MB"]),
        ("2 hours and 30 minutes", &["150 min", "2.5 hours", "2 h 30 min", "2 hours, 30 minutes"]),
        ("£3.50", &["3 pounds 50", "three pounds fifty", "3 pounds and 50 pence", "350p"]),
        (
            "5 ft 10 in",
            &["five feet ten inches", "five feet and ten inches", "70 inches", "5 feet 10 inches", "177.8 cm"],
        ),
        ("2.5 hours", &["2 hours 30 minutes"]),
        ("126 mg/dL", &["126 milligrams per decilitre", "1.26 g/L"]),
        ("45 years old", &["45 years"]),
        ("66 million years ago", &["66 million years", "66 Myr"]),
        ("4.2 J/kg", &["4.2 joules per kilogram"]),
    ] {
        for reply in replies {
            assert!(accepts(gold, "How much is it?", reply), "{gold} / {reply}");
        }
    }
}

#[test]
fn other_values_and_units_are_refused() {
    for (gold, replies) in [
        (
            "12 km",
            &[
                "12",
                "12 m",
                "13 km",
                "12.4 km",
                "12 kg",
                "12 km 13 km",
                "12 km or 13 km",
                "km",
                "12 km/h",
                "-12 km",
                "",
                "{",
                "12 miles",
            ][..],
        ),
        ("1,200 metres", &["1,201 metres", "1199 m", "1,200", "1,200 kilometres"]),
        ("35 °C", &["35", "35 °F", "35 K", "35 degrees", "36 °C"]),
        (
            "$4.5 billion",
            &[
                "$4.5 million",
                "4.5 billion",
                "€4.5 billion",
                "A$4.5 billion",
                "$4.6 billion",
                "$4.5",
                "$4.5 billion CAD",
            ],
        ),
        ("£10m", &["10 m", "$10m", "10 lb"]),
        (
            "2 hours and 30 minutes",
            &[
                "2 hours",
                "30 minutes",
                "30 minutes and 2 hours",
                "2 hours 30",
                "2 hours 31 minutes",
                "2 hours 90 minutes",
            ],
        ),
        ("5 MW", &["5 mW", "5 Mw", "5 kW"]),
        ("8 MB", &["8 Mb", "8 mb"]),
        ("5 ft 10 in", &["5 ft -10 in", "5 ft 14 in"]),
        ("77 °F", &["77 fs", "77 °C"]),
        ("25 °C", &["25 cs", "25 °F"]),
        ("3 years", &["3 months", "3", "1095 days"]),
    ] {
        for reply in replies {
            assert!(!accepts(gold, "How much is it?", reply), "{gold} / {reply}");
        }
    }
}

#[test]
fn the_bare_number_counts_where_the_question_names_the_unit() {
    assert!(accepts("12 km", "How many kilometres is it?", "12"));
    assert!(accepts("12 km", "What is the length in km?", "12"));
    assert!(!accepts("12 km", "How many kilometres is it?", "13"));
    assert!(accepts("50 square kilometres", "How many square kilometres is it?", "50"));
    assert!(accepts("100 km/h", "How many kilometres per hour is it?", "100"));
    assert!(accepts("$5", "How many dollars did it cost?", "5"));
    assert!(!accepts("$5", "How much did it cost?", "5"));
    assert!(!accepts("12 km", "How far is it from Rome?", "12"));
    assert!(!accepts("5 in", "How long is it in the north?", "5"));
}

#[test]
fn counted_nouns_need_the_question() {
    assert!(accepts("12 apostles", "How many apostles were there?", "twelve apostles"));
    assert!(accepts("12 apostles", "How many apostles were there?", "12"));
    assert!(!accepts("12 apostles", "How many apostles were there?", "12 disciples"));
    assert_eq!(infer("12 apostles", "Who was there?"), Err(NotVerifiable::UnknownUnit));
}

#[test]
fn units_with_several_meanings_are_refused_as_gold() {
    assert_eq!(infer("5 pounds", "What is it?"), Err(NotVerifiable::AmbiguousUnit));
    assert_eq!(infer("35 degrees", "What is the temperature there?"), Err(NotVerifiable::AmbiguousUnit));
    assert_eq!(infer("35 C", "What is it?"), Err(NotVerifiable::AmbiguousUnit));
    assert!(accepts("5 pounds", "How much did it cost?", "£5"));
    assert!(accepts("5 pounds", "How much does it weigh?", "5 lb"));
}
