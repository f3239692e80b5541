//! Equal forms are accepted and mutated ones refused, whatever the numbers in them.

use proptest::prelude::{ProptestConfig, Strategy, prop, proptest};

use super::{ExpressionKind, ExpressionSpec, check};
use crate::normalize::normalize;
use crate::verdict::Verdict;

fn verdict(gold: &str, reply: &str) -> Verdict {
    let latex = normalize(gold);
    let spec = ExpressionSpec { latex, variables: Vec::new(), domain: None, kind: ExpressionKind::Expr };
    check(&spec, &normalize(reply))
}

#[track_caller]
fn equal(gold: &str, reply: &str) {
    assert_eq!(verdict(gold, reply), Verdict::Correct, "{gold} / {reply}");
    assert_eq!(verdict(reply, gold), Verdict::Correct, "{reply} / {gold}");
}

#[track_caller]
fn different(gold: &str, reply: &str) {
    assert!(matches!(verdict(gold, reply), Verdict::Incorrect { .. }), "{gold} / {reply}: {:?}", verdict(gold, reply));
    assert!(!verdict(reply, gold).is_correct(), "{reply} / {gold}");
}

/// Numbers other than zero.
fn number() -> impl Strategy<Value = i64> {
    prop::sample::select(vec![-41, -12, -7, -5, -4, -3, -2, -1, 1, 2, 3, 4, 5, 7, 9, 13, 58])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn polynomials(a in number(), b in number(), c in number(), d in number()) {
        let gold = format!("{a}x^2 + ({b})x + ({c})");
        equal(&gold, &format!("x({a}x + {b}) + {c}").replace("+ -", "- "));
        equal(&gold, &format!("\\frac{{{}x^2 + ({})x + ({})}}{{{d}}}", a * d, b * d, c * d));
        equal(&format!("(x - ({a}))(x - ({b}))"), &format!("x^2 - ({})x + ({})", a + b, a * b));
        different(&gold, &format!("{a}x^2 + ({b})x + ({})", c + d));
        different(&gold, &format!("{a}x^2 + ({})x + ({c})", b + d));
        different(&gold, &format!("{a}x^3 + ({b})x + ({c})"));
        different(&gold, &format!("{a}y^2 + ({b})y + ({c})"));
    }

    #[test]
    fn functions(a in 1_i64..40, b in 1_i64..40, d in number()) {
        equal(&format!("\\sin({a}x+{b})"), &format!("\\sin {a}x \\cos {b} + \\cos({a}x)\\sin({b})"));
        equal(&format!("\\ln({}x)", a * b), &format!("\\ln {a} + \\ln {b} + \\ln x"));
        equal(&format!("e^{{{a}x}}"), &format!("(e^x)^{{{a}}}"));
        equal(&format!("\\log_{{{}}} x", a + 1), &format!("\\frac{{\\ln x}}{{\\ln {}}}", a + 1));
        equal(&format!("\\cosh^2({a}x) - \\sinh^2({a}x) + {b}"), &format!("{}", b + 1));
        different(&format!("\\sin({a}x+{b})"), &format!("\\sin({a}x+{})", b + d));
        different(&format!("\\sin({a}x)"), &format!("{a}\\sin({}x)", a + 1));
        different(&format!("\\ln({}x)", a + 50), &format!("\\ln({}x)", a + 50 + d));
        different(&format!("e^{{{a}x}}"), &format!("e^{{{}x}}", a + d));
    }

    #[test]
    fn surds_and_complex_numbers(a in 2_i64..60, b in 2_i64..12, d in number()) {
        equal(&format!("\\sqrt{{{}}}", a * b * b), &format!("{b}\\sqrt{{{a}}}"));
        equal(&format!("\\frac{{{b}}}{{\\sqrt{{{a}}}}}"), &format!("\\frac{{{b}\\sqrt{{{a}}}}}{{{a}}}"));
        equal(&format!("(\\sqrt{{{a}}} + {b})^2"), &format!("{} + {}√{a}", a + b * b, 2 * b));
        equal(&format!("({a} + {b}i)^2"), &format!("{} + {}i", a * a - b * b, 2 * a * b).replace("+ -", "- "));
        equal(&format!("e^{{i\\pi/{a}}}"), &format!("\\cos\\frac{{\\pi}}{{{a}}} + i\\sin\\frac{{\\pi}}{{{a}}}"));
        different(&format!("{b}\\sqrt{{{a}}}"), &format!("{b}\\sqrt{{{}}}", a + d.abs()));
        different(&format!("{b} + \\sqrt{{{a}}}"), &format!("{b} - \\sqrt{{{a}}}"));
        different(&format!("{a} + {b}i"), &format!("{a} - {b}i"));
        different(&format!("e^{{i\\pi/{a}}}"), &format!("e^{{i\\pi/{}}}", a + d.abs()));
        different(&format!("\\sqrt{{{}}} + 10^{{-{b}}}", a * a + 1), &format!("\\sqrt{{{}}}", a * a + 1));
    }

    #[test]
    fn intervals_and_inequalities(a in -50_i64..50, length in 1_i64..50, d in 1_i64..9) {
        let b = a + length;
        equal(&format!("({a}, {b}]"), &format!("{a} < x \\le {b}"));
        equal(&format!("[{a}, \\infty)"), &format!("{d}x ≥ {}", a * d));
        equal(&format!("(-\\infty, {a}) \\cup ({b}, \\infty)"), &format!("x > {b} or x < {a}"));
        equal(&format!("|x - ({a})| < {d}"), &format!("({}, {})", a - d, a + d));
        equal(&format!("[{a}, {b}) \\cup [{b}, {}]", b + d), &format!("[{a}, {}]", b + d));
        for reply in [
            format!("[{a}, {b}]"),
            format!("({a}, {b})"),
            format!("({a}, {}]", b + d),
            format!("({}, {b}]", a - d),
            format!("x \\le {b}"),
            format!("{a} \\le x < {b}"),
            format!("({a}, {b}] \\cup [{}, {})", b + d, b + d + 1),
        ] {
            different(&format!("({a}, {b}]"), &reply);
        }
    }

    #[test]
    fn several_values(values in prop::collection::btree_set(-90_i64..90, 2..6), d in 100_i64..200) {
        let texts: Vec<String> = values.iter().map(|value| format!("\\sqrt[3]{{{value}}}")).collect();
        let backwards: Vec<String> = texts.iter().rev().cloned().collect();
        let gold = format!("\\{{{}\\}}", texts.join(", "));
        equal(&gold, &format!("{{{}}}", backwards.join(",")));
        equal(&gold, &format!("x = {}", backwards.join(" or x = ")));
        let more = format!("{{{}, {d}}}", texts.join(", "));
        let mut other = texts.clone();
        other[0] = d.to_string();
        different(&gold, &more);
        different(&gold, &format!("{{{}}}", other.join(", ")));
        different(&gold, &texts[0]);
        different(&format!("({})", texts.join(", ")), &format!("({})", other.join(", ")));
        assert!(!verdict(&format!("({})", texts.join(", ")), &format!("({})", backwards.join(", "))).is_correct());
    }

    #[test]
    fn equations_and_matrices(a in number(), b in number(), c in number(), d in 100_i64..200) {
        let gold = format!("{a}x + ({b})y = {c}");
        equal(&gold, &format!("y = \\frac{{{c} - ({a})x}}{{{b}}}"));
        equal(&gold, &format!("{}x + ({})y - ({}) = 0", 3 * a, 3 * b, 3 * c));
        different(&gold, &format!("{a}x + ({b})y = {}", c + d));
        different(&gold, &format!("{a}x + ({})y = {c}", b + d));
        let matrix = format!("\\begin{{pmatrix}} {a} & {b} \\\\ {c} & {d} \\end{{pmatrix}}");
        equal(&matrix, &format!("[[{a}, {b}], [{c}, {d}]]"));
        equal(&matrix, &format!("\\frac12 \\begin{{bmatrix}} {} & {} \\\\ {} & {} \\end{{bmatrix}}", 2 * a, 2 * b, 2 * c, 2 * d));
        different(&matrix, &format!("[[{a}, {b}], [{d}, {c}]]"));
        different(&matrix, &format!("[[{a}, {b}, {c}, {d}]]"));
    }

    #[test]
    fn tiny_differences(power in 3_u32..300, other in 3_u32..300) {
        if power != other {
            for (gold, reply) in [
                (format!("e^{{-{power}}}"), format!("e^{{-{other}}}")),
                (format!("\\sqrt2/{power}!"), format!("\\sqrt2/{other}!")),
                (format!("\\pi/2^{{{power}}}"), format!("\\pi/2^{{{other}}}")),
                (format!("10^{{-{power}}}\\ln 2"), "0".to_owned()),
            ] {
                different(&gold, &reply);
            }
            assert!(!verdict(&format!("\\sqrt3 + \\pi/10^{{{power}}}"), "\\sqrt3").is_correct());
            assert!(!verdict(&format!("\\cos(\\pi/10^{{{power}}})"), "1").is_correct());
        }
    }

    #[test]
    fn nothing_panics(gold in "[-+*/^=<>|(){}\\[\\], .0-9a-ex-zπ√±∞∪_!'&]{0,30}", reply in "(\\\\(frac|sqrt|sin|pm|left|right|text|begin|binom|sum)|[-+^=|(){}\\[\\],xyz0-9 ]|\\PC){0,30}") {
        let _ = verdict(&gold, &reply);
        let _ = verdict(&reply, &gold);
        if !gold.trim().is_empty() {
            assert!(!verdict(&gold, "{").is_correct() || normalize(&gold) == "{");
        }
    }
}
