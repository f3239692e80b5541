//! Golds of the numeric types and many spellings of replies: equal, near and absurd ones, marked and unmarked.

mod spellings;

use proptest::prelude::{Just, Strategy, any, prop};
use proptest::prop_oneof;
use proptest::sample::select;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use quarry_answers::{AnswerSpec, AnswerType, FractionSpec, PercentageForm, gold_text, infer, infer_as};

use spellings::{EQUAL_UNITS, GOLDS, MONEY, MONEY_SCALES, PIECES, UNITS, WORDS};

pub(crate) fn cases(runner: &mut TestRunner, count: usize) -> Vec<(AnswerSpec, String)> {
    let strategy = (gold(), prop::collection::vec(reply(), 4), any::<u8>());
    let twins =
        (number(), prop::sample::select(EQUAL_UNITS), any::<[u8; 4]>(), prop::collection::vec(any::<[u8; 5]>(), 6));
    let mut cases = Vec::with_capacity(count);
    while cases.len() < count {
        if let Ok(tree) = twins.new_tree(runner) {
            let ((digits, places), units, gold, replies) = tree.current();
            push_twins(&mut cases, (&digits, places), units, gold, &replies);
        }
        let Ok(tree) = strategy.new_tree(runner) else { continue };
        let ((gold, question, form), replies, mark) = tree.current();
        let Some(spec) = spec(&gold, &question, form) else { continue };
        let own = gold_text(&spec);
        for (idx, reply) in replies.into_iter().enumerate() {
            let reply = reply.replace('@', if idx % 2 == 0 { &gold } else { &own });
            cases.push((spec.clone(), marked(&reply, mark.wrapping_add(u8::try_from(idx).unwrap_or(0)))));
        }
    }
    cases.truncate(count);
    cases
}

/// A gold and replies that mostly say the same in another spelling.
fn push_twins(
    cases: &mut Vec<(AnswerSpec, String)>,
    (digits, places): (&str, usize),
    units: &[&str],
    gold: [u8; 4],
    replies: &[[u8; 5]],
) {
    let question =
        ["How many red apples are there?", "How many people live there?", "How hot is it?", "What percentage is it?"];
    let unit = units[usize::from(gold[0]) % units.len()];
    // Zeros behind the number belong to another unit, and only whole numbers take them.
    let places = if units.iter().any(|unit| unit.starts_with('0')) { 0 } else { places };
    let unit = if unit.starts_with('0') { units[0] } else { unit };
    let text = format!("{}{unit}", spelled(digits, places, gold[1] % 16 * (gold[2] % 2)));
    let Some(spec) = spec(&text, question[usize::from(gold[3]) % question.len()], gold[2] % 16) else { return };
    for reply in replies {
        let near = if reply[3] % 8 == 0 { format!("{digits}1") } else { digits.to_owned() };
        let unit = units[usize::from(reply[0]) % units.len()];
        let style = if unit.starts_with('0') { 0 } else { reply[1] % 24 };
        let text = format!("{}{unit}", spelled(&near, places, style));
        let text = match reply[2] % 12 {
            0 => format!("x = {text}"),
            1 => format!("{text} ({text})"),
            2 => format!("\\approx {text}"),
            3 => format!("P(X = 1) = {text}"),
            _ => text,
        };
        cases.push((spec.clone(), marked(&text, reply[4])));
    }
}

fn spec(gold: &str, question: &str, form: u8) -> Option<AnswerSpec> {
    let mut spec = match form {
        0 => infer_as(gold, question, AnswerType::Decimal),
        1 => infer_as(gold, question, AnswerType::Fraction),
        _ => infer(gold, question),
    }
    .ok()?;
    match &mut spec {
        AnswerSpec::Percentage(spec) if form == 2 => spec.form = PercentageForm::PercentOrRatio,
        AnswerSpec::Fraction(FractionSpec { require_reduced, .. }) => *require_reduced = form == 3,
        AnswerSpec::Integer(_)
        | AnswerSpec::Decimal(_)
        | AnswerSpec::Quantity(_)
        | AnswerSpec::Percentage(_)
        | AnswerSpec::Boolean(_) => {}
        _ => return None,
    }
    Some(spec)
}

fn gold() -> impl Strategy<Value = (String, String, u8)> {
    let number = || (number(), plain_style()).prop_map(|((digits, places), style)| spelled(&digits, places, style));
    let question = select(vec![
        "How many are there?",
        "How many red apples are there?",
        "What is it?",
        "How much did it cost?",
        "How far is it in km?",
        "What percentage is it?",
        "In lowest terms, what part is it?",
        "Which place was it?",
    ]);
    let gold = prop_oneof![
        4 => number(),
        4 => (number(), select(UNITS)).prop_map(|(number, unit)| format!("{number} {unit}")),
        2 => (select(MONEY), number(), select(MONEY_SCALES)).prop_map(|(sign, number, scale)| format!("{sign}{number}{scale}")),
        2 => (1..40_u32, 1..40_u32).prop_map(|(num, den)| format!("{num}/{den}")),
        2 => number().prop_map(|number| format!("{number}%")),
        1 => select(WORDS).prop_map(str::to_owned),
    ];
    prop_oneof![
        5 => (gold, question).prop_map(|(gold, question)| (gold, question.to_owned())),
        1 => select(GOLDS).prop_map(|(gold, question)| (gold.to_owned(), question.to_owned())),
    ]
    .prop_flat_map(|(gold, question)| (Just(gold), Just(question), 0..12_u8))
}

/// A reply; `@` stands for the gold.
fn reply() -> impl Strategy<Value = String> {
    let number = || (number(), 0..24_u8).prop_map(|((digits, places), style)| spelled(&digits, places, style));
    let amount = || prop_oneof![2 => Just("@".to_owned()), 3 => number(), 1 => select(WORDS).prop_map(str::to_owned)];
    let measured = || {
        (amount(), select(vec!["", " ", "-", "\u{a0}", "\\,", "~"]), select(UNITS))
            .prop_map(|(amount, blank, unit)| format!("{amount}{blank}{unit}"))
    };
    let lead =
        select(vec!["x = ", "= ", "≈ ", "\\approx ", "exactly ", "about ", "v_0 = ", "~", "not ", "the ", "- ", "+"]);
    prop_oneof![
        4 => amount(),
        4 => measured(),
        2 => (lead, measured()).prop_map(|(lead, reply)| format!("{lead}{reply}")),
        2 => (select(MONEY), amount(), select(MONEY_SCALES)).prop_map(|(sign, amount, scale)| format!("{sign}{amount}{scale}")),
        1 => (measured(), measured()).prop_map(|(one, two)| format!("{one} {two}")),
        1 => (amount(), measured()).prop_map(|(one, two)| format!("{one} ({two})")),
        1 => (amount(), measured()).prop_map(|(one, two)| format!("{one} = {two}")),
        2 => (amount(), prop::collection::vec(select(PIECES), 1..3)).prop_map(|(amount, pieces)| amount + &pieces.concat()),
        2 => (measured(), any::<prop::sample::Index>(), select(PIECES)).prop_map(|(text, at, piece)| inserted(&text, at, piece)),
        3 => prop::collection::vec(select(PIECES), 0..8).prop_map(|pieces| pieces.concat()),
        1 => prop::collection::vec(any::<char>(), 0..6).prop_map(|chars| chars.into_iter().collect()),
    ]
}

fn inserted(text: &str, at: prop::sample::Index, piece: &str) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    let at = at.index(chars.len() + 1);
    if piece.len().is_multiple_of(2) && at < chars.len() {
        chars.remove(at);
    }
    chars.splice(at..at, piece.chars());
    chars.into_iter().collect()
}

/// Digits, and how many of them are decimals.
fn number() -> impl Strategy<Value = (String, usize)> {
    let digits = prop_oneof![4 => 0..100_u64, 3 => 0..10_000_u64, 2 => 0..100_000_000_u64, 1 => any::<u64>()];
    (digits, prop_oneof![3 => Just(0_usize), 2 => 1..4_usize]).prop_map(|(digits, places)| (digits.to_string(), places))
}

/// The styles that a gold is written in.
fn plain_style() -> impl Strategy<Value = u8> {
    prop_oneof![6 => Just(0_u8), 1 => 0..24_u8]
}

/// Writes a number in one of many ways.
fn spelled(digits: &str, places: usize, style: u8) -> String {
    let padded = format!("{digits:0>width$}", width = places + 1);
    let (whole, fraction) = padded.split_at(padded.len() - places);
    let point = |separator: &str| if fraction.is_empty() { String::new() } else { format!("{separator}{fraction}") };
    match style {
        1 => format!("{}{}", grouped(whole, ","), point(".")),
        2 => format!("{}{}", grouped(whole, " "), point(".")),
        3 => format!("{}{}", grouped(whole, "."), point(",")),
        4 => format!("{}{}", grouped(whole, "'"), point(".")),
        5 => format!("{}{}", grouped(whole, "’"), point(",")),
        6 => format!("{}{}", grouped(whole, "{,}"), point(".")),
        7 => format!("{}{}", grouped(whole, "\\,"), point(".")),
        8 => format!("{}{}", grouped(whole, "\u{202f}"), point(",")),
        9 => format!("{whole}{}", point(",")),
        10 => format!("{padded}e-{places}"),
        11 => format!("{padded} × 10^{{-{places}}}"),
        12 => format!("{padded} \\cdot 10^{{-{places}}}"),
        13 => format!("{padded}*10**-{places}"),
        14 => format!("{padded} x 10⁻{}", ['⁰', '¹', '²', '³'][places.min(3)]),
        15 => format!("{whole}{}00", point(".")),
        16 => format!("-{whole}{}", point(".")),
        17 => format!("\\frac{{{padded}}}{{1{}}}", "0".repeat(places)),
        18 => format!("{padded}/1{}", "0".repeat(places)),
        19 => format!("{whole}{}.", point(".")),
        20 => format!("{whole}{} million", point(".")),
        21 => format!("{whole}{} 1/2", point(".")),
        22 => format!("+{whole}{}", point(".")),
        _ => format!("{whole}{}", point(".")),
    }
}

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

fn marked(reply: &str, mark: u8) -> String {
    match mark % 12 {
        0 => format!("So it is \\boxed{{{reply}}}."),
        1 => format!("<answer>{reply}</answer>"),
        2 => format!("#### {reply}"),
        3 => format!("Answer: {reply}"),
        4 => format!("${reply}$"),
        5 => format!("**{reply}**"),
        6 => format!("\\text{{{reply}}}"),
        7 => format!("{reply}."),
        _ => reply.to_owned(),
    }
}
