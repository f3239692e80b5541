//! Spellings of one date are equal, other dates and doubtful ones are not.

use proptest::prelude::proptest;

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
    // Two years of a span, or a month.
    let check_year = |reply: &str| check(&spec("1905", Granularity::Year), reply);
    for reply in ["1905-06", "1905/06", "in 1905-12", "The answer is 1905-06"] {
        assert!(matches!(check_year(reply), Verdict::Unknown { .. }), "{reply}");
    }
    assert!(matches!(check_year("1904-05"), Verdict::Incorrect { .. }));
    assert!(check_year("1905-03").is_correct() && check_year("1905-06-01").is_correct());
    assert!(accepts(&spec("1905-06", Granularity::Month), "1905-06"));
    for (value, reply) in [("-0489", "-489"), ("-0490", "-490")] {
        assert!(!accepts(&spec(value, Granularity::Year), reply), "{reply}");
        assert!(accepts(&spec(value, Granularity::Year), value));
    }
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

#[test]
fn words_around_a_date_say_nothing_more() {
    let birthday = spec("1879-03-14", Granularity::Day);
    for reply in [
        "on March the 14th, 1879",
        "Friday the 14th of March, 1879",
        "March 14, 1879, Friday",
        "the fourteenth of March, 1879",
        "March fourteenth, 1879",
        "1879 March 14",
        "1879, March 14",
        "1879-Mar-14",
        "14/Mar/1879",
        "1879.03.14",
        "14. 3. 1879",
        "14 \\text{ March } 1879",
        "14 March, A.D. 1879",
        "1879-03-14T00:00:00Z",
        "The answer is 14 March 1879.",
    ] {
        assert!(accepts(&birthday, reply), "{reply}");
    }
    assert!(accepts(&spec("1879-03-21", Granularity::Day), "the twenty-first of March 1879"));
    for (value, reply) in [("1968-05", "5/1968"), ("1968-05", "the month of May 1968"), ("1968-05", "May of 1968")] {
        assert!(accepts(&spec(value, Granularity::Month), reply), "{reply}");
    }
    for (value, reply) in [
        ("1879", "in 1879"),
        ("1879", "the year 1879"),
        ("1879", "in the year of 1879"),
        ("1879", "A.D. 1879"),
        ("-0043", "44 B.C.E."),
        ("-9999", "10,000 BC"),
        ("0410", "410"),
    ] {
        assert!(accepts(&spec(value, Granularity::Year), reply), "{reply}");
    }
}

#[test]
fn what_is_less_sure_than_a_date_is_refused() {
    for reply in [
        "c. 1879",
        "circa 1879",
        "about 1879",
        "1870s",
        "the 1870s",
        "1879?",
        "early 1879",
        "before 1879",
        "1879 or 1880",
        "1879/80",
        "not 1879",
        "1 879",
        "1879 BC AD",
        "AD 1879 BC",
        "1879 1879",
    ] {
        assert!(!accepts(&spec("1879", Granularity::Year), reply), "{reply}");
    }
    for reply in ["14 March", "Thursday, 14 March 1879", "14 March 1879 14", "13/14/1879", "1879-14-03"] {
        assert!(!accepts(&spec("1879-03-14", Granularity::Day), reply), "{reply}");
    }
}

proptest! {
    #[test]
    fn spellings_of_a_day_equal_it_and_no_other(year in 1000_i16..2100, month in 1_i8..13, day in 1_i8..29, other in 1_i8..29) {
        let names = ["January", "Feb.", "March", "April", "May", "Jun", "july", "AUGUST", "Sept.", "October", "Nov", "December"];
        let name = names[usize::try_from(month - 1).unwrap_or(0)];
        let gold = spec(&format!("{year:04}-{month:02}-{day:02}"), Granularity::Day);
        let spellings = |day: i8| {
            [
                format!("{day} {name} {year}"),
                format!("{name} {day}, {year}"),
                format!("the {day}th of {name}, {year}"),
                format!("{year}-{month:02}-{day:02}"),
                format!("{year}/{month}/{day}"),
                format!("on {year} {name} {day}"),
            ]
        };
        for (right, wrong) in spellings(day).iter().zip(spellings(other)) {
            assert!(accepts(&gold, right), "{right}");
            assert!(day == other || !accepts(&gold, &wrong), "{wrong}");
            assert!(!accepts(&gold, &right.replace(&year.to_string(), &(year + 1).to_string())));
        }
        let slashed = format!("{day}/{month}/{year}");
        assert_eq!(accepts(&gold, &slashed), day > 12 || i16::from(day) == i16::from(month), "{slashed}");
        assert!(accepts(&spec(&year.to_string(), Granularity::Year), &slashed));
    }
}
