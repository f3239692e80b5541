//! The JSON of every type is a public format: these texts may gain fields, never lose or rename one.

use super::{AnswerSpec, guess_probability};
use crate::choice::choice;
use crate::error::ErrorKind;
use crate::infer::infer;

fn json(answer: &str, question: &str) -> String {
    infer(answer, question).map(|spec| spec.to_json()).unwrap_or_default()
}

#[test]
fn every_type_has_a_fixed_json_form() {
    for (answer, question, expected) in [
        ("1,234", "How many?", r#"{"type":"integer","value":"1234"}"#),
        ("3.14", "What?", r#"{"type":"decimal","value":"3.14","rel_tol":0.001,"abs_tol":0.005,"sig_figs":3}"#),
        (
            "€3.50",
            "How much?",
            r#"{"type":"quantity","value":"3.50","unit":"EUR","accepted_units":[{"unit":"EUR","factor":"1"}],"rel_tol":0.001,"abs_tol":0.005,"unit_optional":false}"#,
        ),
        ("12%", "What share?", r#"{"type":"percentage","value":"12","form":"percent"}"#),
        ("12%", "What percentage?", r#"{"type":"percentage","value":"12","form":"percent_or_bare"}"#),
        ("2/6", "What part?", r#"{"type":"fraction","num":"2","den":"6","require_reduced":false}"#),
        ("Yes", "Is it?", r#"{"type":"boolean","value":true}"#),
        (
            "St. Louis",
            "Which city?",
            r#"{"type":"string","canonical":"St. Louis","aliases":["Saint Louis"],"normaliser":"norm/1","case_sensitive":false}"#,
        ),
        ("March 1879", "When?", r#"{"type":"date","value":"1879-03","granularity":"month","calendar":"gregorian"}"#),
        (
            "2 and 3",
            "Which primes?",
            r#"{"type":"set","items":[{"type":"integer","value":"2"},{"type":"integer","value":"3"}],"ordered":false,"allow_extra":false}"#,
        ),
        ("x² + 1", "What?", r#"{"type":"expression","latex":"x^2 + 1","variables":["x"],"kind":"expr"}"#),
    ] {
        assert_eq!(json(answer, question), expected);
        assert_eq!(AnswerSpec::from_json(expected).map(|spec| spec.to_json()).as_deref(), Ok(expected));
    }
    let spec = choice(&["red", "blue"], 1);
    let expected =
        r#"{"type":"choice","label":"B","options":[{"label":"A","text":"red"},{"label":"B","text":"blue"}]}"#;
    assert_eq!(spec.as_ref().map(AnswerSpec::to_json).as_deref(), Ok(expected));
    assert_eq!(AnswerSpec::from_json(expected), spec);
}

#[test]
fn specs_that_nothing_could_equal_are_errors() {
    for (spec, kind) in [
        ("", ErrorKind::Malformed),
        ("{}", ErrorKind::Malformed),
        (r#"{"type":"number","value":"1"}"#, ErrorKind::Malformed),
        (r#"{"type":"integer"}"#, ErrorKind::Malformed),
        (r#"{"type":"integer","value":"1","tolerance":1}"#, ErrorKind::Malformed),
        (r#"{"type":"integer","value":"1.5"}"#, ErrorKind::Unusable),
        (r#"{"type":"integer","value":"many"}"#, ErrorKind::Unusable),
        (r#"{"type":"decimal","value":"1.5","rel_tol":-1,"abs_tol":0,"sig_figs":2}"#, ErrorKind::Unusable),
        (r#"{"type":"fraction","num":"1","den":"0","require_reduced":false}"#, ErrorKind::Unusable),
        (r#"{"type":"date","value":"1879-02-30","granularity":"day","calendar":"gregorian"}"#, ErrorKind::Unusable),
        (r#"{"type":"date","value":"1879","granularity":"day","calendar":"gregorian"}"#, ErrorKind::Unusable),
        (
            r#"{"type":"string","canonical":" ","aliases":[],"normaliser":"norm/1","case_sensitive":false}"#,
            ErrorKind::Unusable,
        ),
        (
            r#"{"type":"string","canonical":"a","aliases":[],"normaliser":"norm/9","case_sensitive":false}"#,
            ErrorKind::Unusable,
        ),
        (
            r#"{"type":"choice","label":"C","options":[{"label":"A","text":"x"},{"label":"B","text":"y"}]}"#,
            ErrorKind::Unusable,
        ),
        (r#"{"type":"set","items":[],"ordered":false,"allow_extra":false}"#, ErrorKind::Unusable),
        (r#"{"type":"expression","latex":"","variables":[],"kind":"expr"}"#, ErrorKind::Unusable),
    ] {
        assert_eq!(AnswerSpec::from_json(spec).map_err(|error| error.kind()), Err(kind), "{spec}");
    }
}

#[test]
fn errors_do_not_repeat_the_spec() {
    let error = AnswerSpec::from_json(r#"{"type":"secret-word"}"#).map_err(|error| error.to_string());
    assert!(error.is_err_and(|message| !message.contains("secret")));
}

#[test]
fn guesses_are_rated_where_the_spec_tells() {
    let probability = |answer: &str| infer(answer, "Which?").ok().and_then(|spec| guess_probability(&spec));
    assert_eq!(probability("yes"), Some(0.5));
    assert_eq!(probability("Paris"), None);
    assert_eq!(choice(&["a b", "b c", "c d", "d e"], 0).ok().and_then(|spec| guess_probability(&spec)), Some(0.25));
}
