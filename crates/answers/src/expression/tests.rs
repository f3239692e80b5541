//! Equal expressions are proved equal, known wrong accepts are refused.

use super::{ExpressionKind, ExpressionSpec, check};
use crate::infer::infer;
use crate::normalize::normalize;
use crate::spec::AnswerSpec;
use crate::verdict::Verdict;

fn compare(gold: &str, reply: &str) -> Verdict {
    let spec =
        ExpressionSpec { latex: normalize(gold), variables: Vec::new(), domain: None, kind: ExpressionKind::Expr };
    check(&spec, &normalize(reply))
}

#[test]
fn equal_expressions_are_proved_equal() {
    for (gold, reply) in [
        ("x^2 + 2x + 1", "(x+1)^2"),
        ("(x+1)^2", "x^{2} + 2 x + 1"),
        ("\\frac{1}{x} + \\frac{1}{y}", "\\frac{x+y}{xy}"),
        ("1 - 1/e", "(e-1)/e"),
        ("2^{10}", "1024"),
        ("5!", "120"),
        ("1/2004!", "1/2004!"),
        ("0.5x", "x/2"),
        ("\\sqrt{2}", "√2"),
        ("\\sin(x+1)", "sin(1+x)"),
        ("2\\pi r", "2πr"),
        ("\\frac{\\pi}{4}", "π/4"),
        ("±2021", "\\pm 2021"),
        ("±2021", "∓2021"),
        ("x = 5", "5"),
        ("x = 5", "5 = x"),
        ("x > 3", "3 < x"),
        ("n = 2, 3, 4", "n=2,3,4"),
        ("D = (0, 1)", "(0,1)"),
        ("[0, 1)", "[0,1)"),
        ("\\{1, 2\\}", "{2, 1}"),
        ("E = mc^2", "E = m c^{2}"),
        ("1, 2, …, n", "1,2,...,n"),
        ("e^{x}", "exp(x)"),
        ("\\left(\\frac12, 3\\right)", "\\left( \\frac12, 3 \\right)"),
        ("\\begin{pmatrix}1&2\\end{pmatrix}", "\\begin{pmatrix} 1 & 2 \\end{pmatrix}"),
    ] {
        assert_eq!(compare(gold, reply), Verdict::Correct, "{gold} / {reply}");
    }
}

#[test]
fn known_wrong_accepts_are_refused_both_ways() {
    for (gold, reply) in [
        ("1/2004!", "1/2006!"),
        ("1/2^99", "1/2^98"),
        ("n = 2, 3, 4", "n = 1, 2, 3"),
        ("D = (0, 1)", "D = (0, 1.5)"),
        ("1 − 1/e", "1 + 1/e"),
        ("±2021", "2021"),
    ] {
        for (gold, reply) in [(gold, reply), (reply, gold)] {
            assert!(matches!(compare(gold, reply), Verdict::Incorrect { .. }), "{gold} / {reply}");
        }
    }
    for (gold, reply) in [("12:00", "1:00"), ("1, 2, …, n", "1, 3, 5, …, 2n − 1")] {
        assert!(!compare(gold, reply).is_correct() && !compare(reply, gold).is_correct(), "{gold} / {reply}");
    }
}

#[test]
fn different_expressions_are_proved_different() {
    for (gold, reply) in [
        ("x^2 + 1", "x^2 - 1"),
        ("2x", "2y"),
        ("x^2", "2x"),
        ("[0, 1)", "(0, 1)"),
        ("(1, 2)", "(2, 1)"),
        ("(1, 2)", "(1, 2, 3)"),
        ("x = 5", "x = 6"),
        ("x = 5", "6"),
        ("1/3", "0.333"),
        ("π/4", "0.785"),
        ("1/2^99", "0"),
        ("x^2", "{"),
        ("x^2", "hello world"),
        ("x^2", "x^2, x^3"),
        ("x^2", "((((((((("),
    ] {
        assert!(matches!(compare(gold, reply), Verdict::Incorrect { .. }), "{gold} / {reply}");
    }
}

#[test]
fn what_cannot_be_proved_is_unknown() {
    for (gold, reply) in [
        ("\\sqrt{4}", "2"),
        ("\\sin^2 x + \\cos^2 x", "1"),
        ("x = 5", "y = 5"),
        ("1, 2, ..., n", "1, 2, ..., 9"),
        ("i^2", "-1"),
        ("1/(2x)", "1/2x"),
        ("1234x/x", "1,234"),
        ("[0, 1)", "0, 1"),
        ("x = 2, 3", "x = 3, 2"),
        ("|x|", "x"),
        ("x^3000000", "x"),
        ("f(x+1)", "f(x)+f(1)"),
    ] {
        assert!(
            matches!(compare(gold, reply), Verdict::Unknown { .. }),
            "{gold} / {reply}: {:?}",
            compare(gold, reply)
        );
    }
}

#[test]
fn mathematics_is_recognised_and_names_are_not() {
    for (answer, kind) in [
        ("x^2 + 1", ExpressionKind::Expr),
        ("1/2004!", ExpressionKind::Expr),
        ("E = mc²", ExpressionKind::Equation),
        ("[0, 1)", ExpressionKind::Interval),
        ("(1, 2)", ExpressionKind::Tuple),
        ("±2021", ExpressionKind::Expr),
        ("2n - 1", ExpressionKind::Expr),
        ("n - 1", ExpressionKind::Expr),
        ("H₂O", ExpressionKind::Formula),
        ("\\begin{pmatrix}1&2\\\\3&4\\end{pmatrix}", ExpressionKind::Matrix),
    ] {
        let spec = infer(answer, "What is it?");
        assert!(matches!(&spec, Ok(AnswerSpec::Expression(spec)) if spec.kind == kind), "{answer}: {spec:?}");
    }
    for answer in [
        "F-16",
        "3-D",
        "A/B testing",
        "C++",
        "Covid-19",
        "H5",
        "K2",
        "TCP/IP",
        "Yahoo!",
        "vitamin B12",
        "and/or",
        "x-ray",
        "T-34",
        "12:00",
    ] {
        let spec = infer(answer, "What is it?");
        assert!(matches!(&spec, Ok(AnswerSpec::String(_))), "{answer}: {spec:?}");
    }
}

#[test]
fn formulae_are_exact() {
    let spec =
        ExpressionSpec { latex: "H2O".to_owned(), variables: Vec::new(), domain: None, kind: ExpressionKind::Formula };
    for reply in ["H2O", "H₂O", "H_2O", "\\ce{H2O}", "$\\mathrm{H_2O}$"] {
        assert!(check(&spec, &normalize(reply)).is_correct(), "{reply}");
    }
    for reply in ["H2O2", "h2o", "HO2", "water", "H2", "OH2", "{"] {
        assert!(!check(&spec, &normalize(reply)).is_correct(), "{reply}");
    }
}
