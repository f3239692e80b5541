//! Golds of the numeric types and many spellings of replies: equal, near and absurd ones, marked and unmarked.

use proptest::prelude::{Just, Strategy, any, prop};
use proptest::prop_oneof;
use proptest::sample::select;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use quarry_answers::{AnswerSpec, AnswerType, FractionSpec, PercentageForm, gold_text, infer, infer_as};

/// Answers whose spellings no template makes.
const GOLDS: &[(&str, &str)] = &[
    ("yes", "Is it so?"),
    ("no", "Is it so?"),
    ("2 hours and 30 minutes", "How long did it take?"),
    ("5 ft 10 in", "How tall is he?"),
    ("35 °C", "How hot is it?"),
    ("12 apostles", "How many apostles were there?"),
    ("3", "In which place did she finish?"),
    ("12", "How many red apples were there?"),
    ("two and a half", "What is the ratio?"),
    ("5 pounds", "How much does it weigh?"),
    ("50 cents", "How much did it cost?"),
    ("3 m/s^2", "What is the acceleration?"),
    ("4.2 kJ/(kg K)", "What is the heat capacity?"),
    ("10 N m", "What is the torque?"),
    ("180 degrees", "What is the angle?"),
    ("5 square miles", "How large is it?"),
];

/// Units as golds and replies spell them.
const UNITS: &[&str] = &[
    "km",
    "m",
    "cm",
    "mm",
    "kilometres",
    "meters",
    "mile",
    "miles",
    "ft",
    "feet",
    "in",
    "inches",
    "\"",
    "'",
    "kg",
    "g",
    "mg",
    "grams",
    "lb",
    "pounds",
    "oz",
    "tonnes",
    "s",
    "sec",
    "seconds",
    "min",
    "minutes",
    "h",
    "hours",
    "hrs",
    "days",
    "weeks",
    "months",
    "years",
    "yr",
    "°C",
    "°F",
    "K",
    "degrees Celsius",
    "^\\circ C",
    "degrees",
    "°",
    "rad",
    "N",
    "kN",
    "newtons",
    "J",
    "kJ",
    "kWh",
    "eV",
    "cal",
    "kcal",
    "W",
    "kW",
    "hp",
    "Pa",
    "kPa",
    "bar",
    "atm",
    "psi",
    "mmHg",
    "V",
    "mV",
    "A",
    "mA",
    "Ω",
    "kΩ",
    "C",
    "F",
    "µF",
    "T",
    "Hz",
    "MHz",
    "mol",
    "mmol",
    "bit",
    "B",
    "kB",
    "MB",
    "MiB",
    "GB",
    "Mbps",
    "MB/s",
    "km/h",
    "mph",
    "m/s",
    "m s^-1",
    "m s^{-1}",
    "m/s^2",
    "m/s²",
    "kg·m/s²",
    "kg m s^{-2}",
    "N·m",
    "N m",
    "J/(kg·K)",
    "J kg^-1 K^-1",
    "J/kg/K",
    "W/m²",
    "W/(m² K)",
    "kg/m³",
    "g/cm^3",
    "g/mL",
    "mg/dL",
    "mol/L",
    "L",
    "mL",
    "litres",
    "m³",
    "m^3",
    "cm2",
    "km²",
    "square km",
    "sq ft",
    "square miles",
    "cubic metres",
    "acres",
    "hectares",
    "ha",
    "kilometres per hour",
    "miles per hour",
    "metres per second squared",
    "joules per kilogram",
    "apples",
    "red apples",
    "people",
    "apostles",
    "%",
    "percent",
    "per cent",
    "pct",
    "percentage points",
    "\\%",
    "‰",
    "dB",
    "ppm",
    "rpm",
    "light-years",
    "AU",
    "gallons",
    "US gallons",
    "cups",
    "tons",
    "carats",
    "pixels",
    "\\text{km}",
    "\\,\\mathrm{m/s}",
    "\\text{ m/s}^2",
    "\\frac{\\text{km}}{\\text{h}}",
    "\\Omega",
    "\\mu m",
    "μg",
    "long",
    "old",
    "tall",
    "USD",
    "dollars",
    "cents",
    "euros",
    "EUR",
    "€",
    "pence",
    "million dollars",
    "M",
    "k",
    "bn",
    "th",
    "nd",
    "rd",
    "st",
    "!",
    "^2",
    "km long",
    "years old",
    "1/s",
    "s^-1",
    "per second",
    "times",
];

/// Spellings of one unit in a row.
const EQUAL_UNITS: &[&[&str]] = &[
    &["", ".", " exactly", " in total"],
    &[
        " km",
        "km",
        " kilometres",
        " kilometer",
        "\\,\\text{km}",
        "~\\mathrm{km}",
        "\u{a0}km",
        " KM",
        "-km",
        "000 m",
        " km long",
    ],
    &[
        " m/s^2",
        " m/s²",
        " m s^{-2}",
        " m·s⁻²",
        "\\,\\mathrm{m/s^2}",
        " metres per second squared",
        " \\frac{m}{s^2}",
        " N/kg",
        " ms^-2",
    ],
    &[" °C", "°C", " degrees Celsius", "^\\circ\\text{C}", " ℃", " C", "^{\\circ} C", " Celsius"],
    &[" hours", " h", " hr", "h", " hrs.", " h 0 min", " hours and 0 minutes", "\\text{ h}"],
    &[" kg", " kilograms", " Kg", "000 g", " kilos", "kg", " \\text{kg}"],
    &["%", " %", "\\%", " percent", " per cent", " pct", "\\,\\%", "0‰"],
    &[" dollars", " USD", "$", " US dollars", "00 cents", "00¢"],
    &[" million years", " Myr", " million yrs", "000000 years", " Ma"],
    &[
        " J/(kg·K)",
        " J/kg/K",
        " J kg^-1 K^-1",
        " J/(kg °C)",
        " J/kg K",
        " \\frac{J}{kg \\cdot K}",
        " joules per kilogram per kelvin",
    ],
    &[" MB", " megabytes", "MB", "000 kB", "000000 bytes", " MBytes"],
    &[" sq ft", " ft²", " square feet", " ft^2", " sqft", "\\text{ ft}^2"],
    &[" red apples", "", " apples", " apple", " Apples"],
    &["°", " degrees", "^\\circ", "^{\\circ}", " deg"],
    &[" people", " persons", " person", "", "-people"],
    &[" kΩ", " k\\Omega", " kilohms", "000 ohms", " kohm"],
];

/// Signs and codes before money.
const MONEY: &[&str] = &[
    "$", "US$", "\\$", "USD ", "USD", "€", "EUR ", "£", "GBP ", "¥", "₹", "Rs. ", "Rs ", "A$", "C$", "CHF ", "US $",
    "-$", "$-", "HK$",
];

/// Behind a sum of money.
const MONEY_SCALES: &[&str] = &[
    "",
    "",
    "m",
    "M",
    "k",
    "K",
    "bn",
    "B",
    " million",
    " billion",
    " m",
    "mn",
    " thousand",
    " USD",
    " dollars",
    " million dollars",
    " CAD",
    "/h",
    " per hour",
    " per kg",
    "/kg",
    ".00",
    " each",
    " mil",
    "t",
];

/// Pieces that parsers look at, for replies without sense.
const PIECES: &[&str] = &[
    "1",
    "2",
    "12",
    "123",
    "1,234",
    "1.234",
    "1 234",
    "0.5",
    "3,5",
    ".5",
    "-",
    "+",
    "/",
    "*",
    "^",
    "=",
    "≈",
    "(",
    ")",
    "{",
    "}",
    "[",
    "]",
    " ",
    " ",
    " ",
    "%",
    "$",
    "€",
    "'",
    "\"",
    "°",
    "km",
    "m",
    "s",
    "kg",
    "h",
    "e",
    "E5",
    "x",
    "×10^",
    "10^",
    "\\frac",
    "\\frac{1}{2}",
    "\\cdot",
    "\\times",
    "\\,",
    "{,}",
    "\\text{",
    "\\overline{3}",
    "½",
    "²",
    "⁻¹",
    "!",
    "and",
    " and a half",
    "half",
    "third",
    "thirds",
    "one",
    "two",
    "twenty",
    "hundred",
    "thousand",
    "million",
    "dozen",
    "point",
    "minus",
    "per",
    "square",
    "yes",
    "no",
    "not ",
    "true",
    "it is",
    "exactly",
    "about",
    "of",
    "or",
    ",",
    ".",
    ";",
    ":",
    "percent",
    "\u{301}",
    "\u{200b}",
    "é",
    "Å",
    "µ",
    "١",
    "五",
    "İ",
    "ſ",
    "K",
    "\\left(",
    "\\right)",
    "\\displaystyle",
    "{1.2}",
    "\\bf",
    "\\pi",
    "π",
    "^{rd}",
    "ms^-1",
    "$\\$",
    "\\nicefrac",
    "{5}",
    "the answer is ",
    " of a ",
    "three ",
    " pounds ",
    "fifty",
    " feet ",
    "\\checkmark",
    "(5)",
    "≈",
    "\\over",
    " in ",
    "because it is ",
    "Yes, ",
    "No, ",
];

const WORDS: &[&str] = &[
    "five",
    "twelve",
    "twenty-one",
    "one hundred and five",
    "two thousand, three hundred",
    "a dozen",
    "half a million",
    "two and a half",
    "three quarters",
    "two-thirds",
    "one half",
    "minus seven",
    "three point one four",
    "a hundred",
    "twelve hundred",
    "third",
    "twenty-first",
    "3rd",
    "21st",
    "1.5 million",
    "2 hundred thousand",
    "five lakh",
    "two dozen",
    "yes",
    "no",
    "Yes, it is.",
    "No, it isn't",
    "true",
    "not true",
    "It is false",
    "That is correct.",
    "not false",
    "Yes and no",
    "nope",
    "yep",
    "half an hour",
    "an hour and a half",
    "three quarters of an hour",
    "2h30m",
    "1 h 30 min",
    "5'10\"",
    "5 ft 10",
    "30 minutes and 2 hours",
    "12:00",
    "1:30:00",
    "3 over 4",
    "1 in 3",
    "0.\\overline{3}",
    "0.(3)",
    "2^{10}",
    "5!",
    "10^{-3}",
];

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
    if piece.len() % 2 == 0 && at < chars.len() {
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
        if idx > 0 && (digits.len() - idx) % 3 == 0 {
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
