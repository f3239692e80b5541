//! Whatever the number: equal spellings are accepted, those of other numbers are not.

use proptest::prelude::{ProptestConfig, Strategy, any, prop_assert, proptest};

use crate::check::check;
use crate::infer::infer;
use crate::normalize::normalize;
use crate::number_words;
use crate::spec::{AnswerSpec, gold_text};

fn grouped(digits: &str, separator: &str) -> String {
    let mut grouped = String::new();
    for (idx, digit) in digits.chars().enumerate() {
        if idx > 0 && (digits.len() - idx).is_multiple_of(3) {
            grouped.push_str(separator);
        }
        grouped.push(digit);
    }
    grouped
}

/// Spellings of the digits with a sign; a point or comma between groups is left to numbers that need two of them.
fn spellings(value: i64) -> Vec<String> {
    let (sign, digits) = (if value < 0 { "-" } else { "" }, value.unsigned_abs().to_string());
    let mut spellings = Vec::new();
    for separator in [",", " ", "\u{a0}", "\u{202f}", "'", "\u{2019}", "{,}", "\\,", "\\!", ""] {
        spellings.push(format!("{sign}{}", grouped(&digits, separator)));
    }
    if digits.len() > 6 {
        spellings.push(format!("{sign}{}", grouped(&digits, ".")));
    }
    let (first, rest) = digits.split_at(1);
    let power = rest.len();
    for times in ["*", " * ", "\u{d7}", "\\times ", "\\cdot ", " x "] {
        spellings.push(format!("{sign}{first}.{rest}0{times}10^{power}"));
        spellings.push(format!("{sign}{first}.{rest}0{times}10^{{{power}}}"));
    }
    spellings.extend([
        format!("{sign}{first}.{rest}0e{power}"),
        format!("{sign}{digits}.0"),
        format!("{sign}{digits}/1"),
        format!("x = {sign}{digits}"),
        format!("\\boxed{{{sign}{digits}}}"),
        format!("\u{2212}{digits}").replace(if value < 0 { "~" } else { "\u{2212}" }, ""),
        format!("\\frac{{{sign}{digits}0}}{{10}}"),
        format!("exactly {sign}{digits}"),
        format!("{sign}{digits} ({sign}{digits}.00)"),
    ]);
    spellings
}

/// A number below a billion in words.
fn spoken(value: u64) -> String {
    const SMALL: [&str; 20] = [
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
    ];
    const TENS: [&str; 10] = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
    let below = |rest: u64, text: String| if rest == 0 { text } else { format!("{text} {}", spoken(rest)) };
    let idx = |value: u64| usize::try_from(value).unwrap_or(0);
    match value {
        0..20 => SMALL[idx(value)].to_owned(),
        20..100 if value.is_multiple_of(10) => TENS[idx(value / 10)].to_owned(),
        20..100 => format!("{}-{}", TENS[idx(value / 10)], SMALL[idx(value % 10)]),
        100..1_000 => below(value % 100, format!("{} hundred", SMALL[idx(value / 100)])),
        1_000..1_000_000 => below(value % 1_000, format!("{} thousand", spoken(value / 1_000))),
        _ => below(value % 1_000_000, format!("{} million", spoken(value / 1_000_000))),
    }
}

fn any_value() -> impl Strategy<Value = i64> {
    proptest::prop_oneof![
        -100_i64..100,
        -100_000_i64..100_000,
        any::<i32>().prop_map(i64::from),
        -(1_i64 << 52)..1_i64 << 52
    ]
}

fn spec_of(text: &str) -> Option<AnswerSpec> {
    infer(text, "What is the value?").ok()
}

proptest! {
    // Each case compares some four hundred spellings.
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn equal_integers_are_accepted_and_others_not(value in any_value(), other in any_value()) {
        let Some(spec) = spec_of(&value.to_string()) else { panic!("{value}") };
        prop_assert!(matches!(spec, AnswerSpec::Integer(_)));
        prop_assert!(check(&spec, &gold_text(&spec)).is_correct());
        for spelling in spellings(value) {
            prop_assert!(check(&spec, &spelling).is_correct(), "{} for {}", spelling, value);
        }
        for other in [other, value + 1, value - 1, value * 10, value * 1000, -value, value ^ 1].into_iter().filter(|it| *it != value) {
            for spelling in spellings(other) {
                prop_assert!(!check(&spec, &spelling).is_correct(), "{} for {}", spelling, value);
            }
        }
        for spelling in spellings(value).into_iter().filter(|it| !it.starts_with("\\boxed")) {
            for mutated in [format!("{spelling}%"), format!("{spelling} km"), format!("about {spelling}"), format!("{spelling}, 7")] {
                prop_assert!(!check(&spec, &mutated).is_correct(), "{} for {}", mutated, value);
            }
        }
    }
}

proptest! {
    #[test]
    fn numbers_in_words_are_those_in_digits(value in 0_u64..1_000_000_000, other in 0_u64..1_000_000_000) {
        let words = spoken(value);
        prop_assert!(number_words::cardinal(&words) == Some(value.into()), "{}", words);
        let Some(spec) = spec_of(&value.to_string()) else { panic!("{value}") };
        prop_assert!(check(&spec, &words).is_correct(), "{}", words);
        prop_assert!(check(&spec, &words.replace('-', " ").to_uppercase()).is_correct(), "{}", words);
        prop_assert!(value == other || !check(&spec, &spoken(other)).is_correct(), "{} {}", value, other);
        let twice = format!("{words} {words}");
        prop_assert!(!check(&spec, &twice).is_correct());
    }

    #[test]
    fn decimals_are_held_to_their_tolerance(mantissa in -9_999_999_i64..9_999_999, places in 1_usize..6) {
        let digits = mantissa.unsigned_abs();
        let scale = 10_u64.pow(u32::try_from(places).unwrap_or(1));
        let sign = if mantissa < 0 { "-" } else { "" };
        let (whole, fraction) = (digits / scale, digits % scale);
        let text = format!("{sign}{whole}.{fraction:0places$}");
        let Some(spec) = spec_of(&text) else { panic!("{text}") };
        prop_assert!(matches!(spec, AnswerSpec::Decimal(_)));
        prop_assert!(check(&spec, &gold_text(&spec)).is_correct());
        let comma = if fraction == 0 || places == 3 { text.clone() } else { text.replace('.', ",") };
        let thousands = format!("{sign}{}.{fraction:0places$}", grouped(&whole.to_string(), ","));
        let foreign = format!("{sign}{},{fraction:0places$}", grouped(&whole.to_string(), "."));
        let foreign = if whole < 1000 { text.clone() } else { foreign };
        for equal in [
            comma, thousands, foreign, format!("{mantissa}e-{places}"), format!("{mantissa} \\times 10^{{-{places}}}"),
            format!("{mantissa}/{scale}"), format!("\\frac{{{mantissa}}}{{{scale}}}"), format!("\\approx {text}"), format!("{text}4"),
            format!("x = {text}"),
        ] {
            prop_assert!(check(&spec, &equal).is_correct(), "{} for {}", equal, text);
        }
        // Off by more than half a unit, and by more than a thousandth.
        let off = format!("{sign}{}e-{places}", digits + digits / 400 + 1);
        for other in [off, format!("{text}%"), format!("{text} km"), format!("{mantissa}00e-{places}"), format!("about {text}")] {
            let is_zero = digits == 0 && other.ends_with(&format!("00e-{places}"));
            prop_assert!(is_zero || !check(&spec, &other).is_correct(), "{} for {}", other, text);
        }
    }

    #[test]
    fn fractions_are_compared_as_ratios(num in 0_i64..500, den in 2_i64..500, factor in 2_i64..9, other in 1_i64..500) {
        let Some(spec) = spec_of(&format!("{num}/{den}")) else { panic!("{num}/{den}") };
        prop_assert!(check(&spec, &gold_text(&spec)).is_correct());
        let (whole, rest) = (num / den, num % den);
        let mixed = if whole > 0 && rest > 0 { format!("{whole} {rest}/{den}") } else { format!("{num} / {den}") };
        for equal in [
            format!("\\frac{{{num}}}{{{den}}}"), format!("\\dfrac{{{}}}{{{}}}", num * factor, den * factor),
            format!("{}/{}", num * factor, den * factor), format!("{num} over {den}"), mixed, format!("x = {num}/{den}"),
            format!("-{num}/-{den}"), format!("{{{num} \\over {den}}}"), format!("({num})/({den})"),
        ] {
            prop_assert!(check(&spec, &equal).is_correct(), "{} for {}/{}", equal, num, den);
        }
        for wrong in [
            format!("{}/{den}", num + 1), format!("{num}/{}", den + other), format!("{num}.{den}"), format!("{num}:{den}"),
            format!("{num}/{den}%"), format!("{num}/{den}/{den}"), format!("1-{num}/{den}"),
        ] {
            // Nothing over another number is nothing as well, and 2/4 is a half.
            let is_equal = num == 0;
            prop_assert!(is_equal || wrong.contains('.') || !check(&spec, &wrong).is_correct(), "{} for {}/{}", wrong, num, den);
        }
        let negative = format!("-{num}/{den}");
        prop_assert!(num == 0 || !check(&spec, &negative).is_correct());
    }

    #[test]
    fn percentages_are_exact(mantissa in 0_u32..100_000, places in 0_u32..3) {
        let scale = 10_u32.pow(places);
        let plain = normalize(&format!("{}", f64::from(mantissa) / f64::from(scale)));
        let Some(spec) = spec_of(&format!("{plain}%")) else { panic!("{plain}") };
        prop_assert!(check(&spec, &gold_text(&spec)).is_correct());
        for equal in ["@ %", "@ percent", "@\\%", "@ per cent", "x = @%", "@-percent", "@\\,\\%", "@0‰"] {
            let equal = if plain.contains('.') && equal == "@0‰" { "@%" } else { equal };
            prop_assert!(check(&spec, &equal.replace('@', &plain)).is_correct(), "{} {}", equal, plain);
        }
        for wrong in ["@", "@ percentage points", "@1%", "1@%", "-@%", "@% or 7%", "about @%", "@ km", "@‰"] {
            let is_zero = mantissa == 0 && matches!(wrong, "-@%" | "@‰");
            prop_assert!(is_zero || !check(&spec, &wrong.replace('@', &plain)).is_correct(), "{} {}", wrong, plain);
        }
    }

    #[test]
    fn yes_and_no_are_told_apart(dress in proptest::sample::select(vec!["@", "@.", "@!", "**@**", "\\boxed{@}", "\\text{@}", "\"@\""])) {
        let (yes, no) = (["yes", "True", "CORRECT", "not false", "Yes, it is", "yes indeed"], ["no", "False", "not true", "No, it is not"]);
        for (gold, right, wrong) in [("yes", yes.as_slice(), no.as_slice()), ("no", no.as_slice(), yes.as_slice())] {
            let Some(spec) = infer(gold, "Is it so?").ok() else { panic!("{gold}") };
            prop_assert!(check(&spec, &gold_text(&spec)).is_correct());
            for reply in right {
                prop_assert!(check(&spec, &dress.replace('@', reply)).is_correct(), "{} {}", dress, reply);
            }
            for reply in wrong {
                prop_assert!(!check(&spec, &dress.replace('@', reply)).is_correct(), "{} {}", dress, reply);
            }
        }
    }
}
