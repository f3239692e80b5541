//! Spellings of one date are equal, other dates and doubtful ones are not.

use super::{Calendar, DateSpec, Granularity, check};
use crate::error::NotVerifiable;
use crate::infer::infer;
use crate::normalize::normalize;
use crate::spec::AnswerSpec;
use crate::verdict::Verdict;

fn spec(value: &str, granularity: Granularity) -> DateSpec {
    DateSpec { value: value.to_owned(), granularity, calendar: Calendar::Gregorian }
}

fn accepts(spec: &DateSpec, reply: &str) -> bool {
    check(spec, &normalize(reply)).is_correct()
}

#[test]
fn spellings_of_a_day_are_equal() {
    let birthday = spec("1879-03-14", Granularity::Day);
    for reply in [
        "14 March 1879",
        "March 14, 1879",
        "14th of March, 1879",
        "March 14th, 1879",
        "the 14th of March 1879",
        "Mar. 14, 1879",
        "14-Mar-1879",
        "1879-03-14",
        "1879/03/14",
        "14/03/1879",
        "03/14/1879",
        "14.03.1879",
        "Friday, 14 March 1879",
        "Fri 14 March 1879",
        "march 14 1879",
        "14 March 1879 AD",
    ] {
        assert!(accepts(&birthday, reply), "{reply}");
    }
    for reply in [
        "15 March 1879",
        "14 March 1878",
        "14 May 1879",
        "March 1879",
        "1879",
        "14 March",
        "14 March 79",
        "14/03/79",
        "Monday, 14 March 1879",
        "14 March 1879 BC",
        "30 February 1879",
        "14 and 15 March 1879",
        "14 March 1879, 15 March 1879",
        "",
        "{",
    ] {
        assert!(!accepts(&birthday, reply), "{reply}");
    }
}

#[test]
fn months_and_years_compare_as_far_as_they_go() {
    for reply in ["March 1879", "March, 1879", "1879-03", "14 March 1879"] {
        assert!(accepts(&spec("1879-03", Granularity::Month), reply), "{reply}");
    }
    for reply in ["1879", "AD 1879", "1879 CE", "March 1879", "the year 1879"] {
        assert!(accepts(&spec("1879", Granularity::Year), reply), "{reply}");
    }
    for reply in ["1878", "79", "'79", "1879 BC", "1,879", "1879 or 1880", "1879-1880", "187", "18790"] {
        assert!(!accepts(&spec("1879", Granularity::Year), reply), "{reply}");
    }
    assert!(accepts(&spec("-0043", Granularity::Year), "44 BC"));
    assert!(accepts(&spec("-0043-03-15", Granularity::Day), "15 March 44 BCE"));
    assert!(!accepts(&spec("-0043", Granularity::Year), "44 AD"));
    assert!(accepts(&spec("0079", Granularity::Year), "AD 79"));
}

#[test]
fn doubtful_numeric_replies_are_never_correct() {
    let fourth = spec("1879-03-04", Granularity::Day);
    assert!(matches!(check(&fourth, "04/03/1879"), Verdict::Unknown { .. }));
    assert!(matches!(check(&fourth, "05/03/1879"), Verdict::Incorrect { .. }));
    assert!(accepts(&spec("1879-03-03", Granularity::Day), "03/03/1879"));
    assert!(accepts(&spec("1879", Granularity::Year), "04/03/1879"));
}

#[test]
fn golds_are_read_or_refused() {
    let when = "When was it?";
    for (answer, value) in [
        ("14 March 1879", "1879-03-14"),
        ("March 1879", "1879-03"),
        ("1879", "1879"),
        ("44 BC", "-0043"),
        ("13/02/1990", "1990-02-13"),
    ] {
        let inferred = infer(answer, when);
        assert!(matches!(&inferred, Ok(AnswerSpec::Date(spec)) if spec.value == value), "{answer}: {inferred:?}");
    }
    assert_eq!(infer("03/04/1999", when), Err(NotVerifiable::AmbiguousDate));
    assert_eq!(infer("9/11", when), Err(NotVerifiable::AmbiguousDate));
    assert_eq!(infer("14 March 79", when), Err(NotVerifiable::TwoDigitYear));
    assert_eq!(infer("31/12/99", when), Err(NotVerifiable::TwoDigitYear));
    assert_eq!(infer("30 February 1990", when), Err(NotVerifiable::InvalidDate));
    assert!(matches!(infer("1879", "How many were built?"), Ok(AnswerSpec::Integer(_))));
}

#[test]
fn a_day_of_no_year_is_a_name_with_its_spellings() {
    let inferred = infer("14 March", "On which day is it?");
    assert!(
        matches!(&inferred, Ok(AnswerSpec::String(spec)) if spec.aliases.iter().any(|alias| alias == "march 14")),
        "{inferred:?}"
    );
}
