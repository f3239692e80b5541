//! Equal spellings of numbers are accepted, mutated ones are not.

use super::{DecimalSpec, IntegerSpec, check_decimal, check_integer, parse_number};

fn plain(text: &str) -> Option<String> {
    parse_number(text).map(|number| number.to_plain())
}

#[test]
fn digits_words_and_scales_are_read() {
    for (text, expected) in [
        ("1,234", "1234"),
        ("1 234 567", "1234567"),
        ("1{,}234", "1234"),
        ("-12", "-12"),
        ("+12", "12"),
        ("3.50", "3.50"),
        (".5", "0.5"),
        ("3.5 million", "3500000"),
        ("1.2e3", "1200"),
        ("1.2e-3", "0.0012"),
        ("3 * 10^8", "300000000"),
        ("3*10^{-2}", "0.03"),
        ("10^6", "1000000"),
        ("two hundred and five", "205"),
        ("two dozen", "24"),
        ("a dozen", "12"),
        ("2 hundred", "200"),
        ("5 bn", "5000000000"),
        ("0", "0"),
        ("12.0", "12.0"),
    ] {
        assert_eq!(plain(text).as_deref(), Some(expected), "{text}");
    }
}

#[test]
fn other_texts_are_not_numbers() {
    for text in [
        "",
        "{",
        "1,2345",
        "12,34",
        "1.2.3",
        "12 km",
        "12%",
        "$12",
        "1/2",
        "5!",
        "±5",
        "12:00",
        "2^10",
        "1, 2",
        "12 13",
        "one two",
        "1e9999",
        "--5",
        "1,234,56",
        "inf",
        "nan",
        "1_000",
        "\u{661}\u{662}",
        "0x10",
        "5 5",
    ] {
        assert_eq!(plain(text), None, "{text}");
    }
}

#[test]
fn integers_are_exact() {
    let spec = IntegerSpec { value: "1234".to_owned(), ..IntegerSpec::default() };
    for reply in ["1234", "1,234", "1234.0", "1 234", "1.234e3", "one thousand two hundred and thirty-four"] {
        assert!(check_integer(&spec, reply).is_correct(), "{reply}");
    }
    for reply in ["1235", "1234.1", "-1234", "1.234", "12340", "1234 km", "1234!", "1234%", "1234 1234", "1234, 1235"] {
        assert!(!check_integer(&spec, reply).is_correct(), "{reply}");
    }
}

#[test]
fn decimals_have_a_tolerance_and_no_factor_of_a_hundred() {
    let spec = DecimalSpec { value: "3.14".to_owned(), rel_tol: 1e-3, abs_tol: 0.005, sig_figs: 3, counted: None };
    for reply in ["3.14", "3.1416", "3.145", "3.135", "314e-2"] {
        assert!(check_decimal(&spec, reply).is_correct(), "{reply}");
    }
    for reply in ["3.146", "3.1", "3", "314", "0.0314", "-3.14", "3.14 m", "22/7"] {
        assert!(!check_decimal(&spec, reply).is_correct(), "{reply}");
    }
}

#[test]
fn half_units_follow_the_last_stated_digit() {
    for (text, expected) in
        [("3.14", 0.005), ("3.5 million", 50_000.0), ("12", 0.0), ("2 million", 0.0), ("5e-3", 0.0005)]
    {
        assert_eq!(parse_number(text).map(|number| number.half_unit()), Some(expected), "{text}");
    }
}
