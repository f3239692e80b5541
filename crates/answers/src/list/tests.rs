//! Enumerations are cut and compared item by item.

use super::split;
use crate::check::check;
use crate::infer::infer;
use crate::spec::AnswerSpec;

fn accepts(gold: &str, question: &str, reply: &str) -> bool {
    let spec = infer(gold, question);
    assert!(matches!(spec, Ok(AnswerSpec::Set(_) | AnswerSpec::List(_))), "{gold}: {spec:?}");
    spec.is_ok_and(|spec| check(&spec, reply).is_correct())
}

#[test]
fn enumerations_are_cut() {
    for (text, expected) in [
        ("red, green and blue", &["red", "green", "blue"][..]),
        ("red, green, and blue", &["red", "green", "blue"]),
        ("red; green; blue", &["red", "green", "blue"]),
        ("{1, 2, 3}", &["1", "2", "3"]),
        ("1,234 and 5", &["1,234", "5"]),
        ("(1, 2), (3, 4)", &["(1, 2)", "(3, 4)"]),
        ("Paris", &["Paris"]),
        ("salt & pepper", &["salt", "pepper"]),
    ] {
        assert_eq!(split(text), expected, "{text}");
    }
}

#[test]
fn sets_compare_in_any_order() {
    for reply in [
        "red, green and blue",
        "blue, red, green",
        "Green; Blue; Red",
        "{red, green, blue}",
        "the red, the green and the blue",
    ] {
        assert!(accepts("red, green and blue", "Which colours?", reply), "{reply}");
    }
    for reply in [
        "red, green",
        "red, green, blue, black",
        "red, red, green, blue",
        "red red red",
        "red",
        "red green blue",
        "red, green and black",
        "",
        "red, green or blue",
        "red, red, blue",
        ", ,",
        "{",
        "{,,}",
    ] {
        assert!(!accepts("red, green and blue", "Which colours?", reply), "{reply}");
    }
}

#[test]
fn lists_compare_in_order() {
    let question = "Name the colours in order.";
    assert!(accepts("red, green and blue", question, "red, green, blue"));
    assert!(!accepts("red, green and blue", question, "green, red, blue"));
}

#[test]
fn items_have_types_of_their_own() {
    assert!(accepts("1, 2, 3", "Which?", "3, 2.0, one"));
    assert!(!accepts("1, 2, 3", "Which?", "1, 2, 4"));
    assert!(accepts("12 km and 1,300 m", "Which two distances are given?", "1.3 km and 12 kilometres"));
}

#[test]
fn one_name_with_and_or_comma_is_one_name() {
    for (answer, question) in [
        ("Trinidad and Tobago", "Where is it?"),
        ("Paris, France", "Where is it?"),
        ("Simon and Garfunkel", "Who sang it?"),
    ] {
        let spec = infer(answer, question);
        assert!(matches!(spec, Ok(AnswerSpec::String(_))), "{answer}: {spec:?}");
    }
}
