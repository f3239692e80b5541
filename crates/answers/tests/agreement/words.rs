//! Names, dates, choices, lists and sets: right answers in many spellings, wrong ones near by, and nonsense.

use proptest::prelude::Rng;
use proptest::test_runner::{TestRng, TestRunner};
use quarry_answers::{AnswerSpec, AnswerType, choice, infer, infer_as};

/// Golds with questions that settle their types.
const GOLDS: [(&str, &str); 69] = [
    ("Marie Curie", "Who was it?"),
    ("Kurt Gödel", "Who was it?"),
    ("Sao Paulo", "Which city?"),
    ("Łódź", "Which city?"),
    ("Müller-Thurgau", "Which grape?"),
    ("Straße", "Which word?"),
    ("J. R. R. Tolkien", "Who wrote it?"),
    ("St. Petersburg", "Which city?"),
    ("Mount St. Helens", "Which volcano?"),
    ("Martin Luther King, Jr.", "Who was it?"),
    ("The Beatles", "Which band?"),
    ("A minor", "Which key?"),
    ("World War II", "Which war?"),
    ("Henry VIII", "Which king?"),
    ("Louis XIV", "Which king?"),
    ("twenty-first century", "Which century?"),
    ("Symphony No. 5", "Which work?"),
    ("Apollo 11", "Which mission?"),
    ("F-16", "Which plane?"),
    ("COVID-19", "Which disease?"),
    ("e-mail", "Which service?"),
    ("Johnson & Johnson", "Which company?"),
    ("Ford Motor Company", "Which company?"),
    ("Roe v. Wade", "Which case?"),
    ("Halley's Comet", "Which comet?"),
    ("Yahoo!", "Which company?"),
    ("n!", "Which term?"),
    ("World Health Organization (WHO)", "Which body?"),
    ("colour organisation", "Which term?"),
    ("β-carotene", "Which pigment?"),
    ("kPa", "Which unit?"),
    ("Co", "Which element?"),
    ("हिन्दी", "Which language?"),
    ("Ελλάς", "Which word?"),
    ("北京", "Which city?"),
    ("İstanbul", "Which city?"),
    ("1,2-dichloroethane", "Which solvent?"),
    ("1,200-seat hall", "What was built?"),
    ("7:30 p.m.", "At what time?"),
    ("12:00", "At what time?"),
    ("19:05", "At what time?"),
    ("14 March", "On which day?"),
    ("14 March 1879", "When was he born?"),
    ("4 March 1879", "When was it?"),
    ("29 February 2000", "When was it?"),
    ("March 1879", "When was it?"),
    ("1879", "In which year?"),
    ("44 BC", "When did he die?"),
    ("15 March 44 BC", "When did he die?"),
    ("AD 79", "When was it?"),
    ("10,000 BC", "When was it?"),
    ("the 1450s", "When was it?"),
    ("3:1", "What is the ratio?"),
    ("ñ", "Which letter?"),
    ("CO2", "Which gas?"),
    ("The Who", "Which band?"),
    ("The The", "Which band?"),
    ("A-", "Which grade?"),
    ("AB", "Which blood group?"),
    ("re-entry of 5-10", "Which phase?"),
    ("We'll see who wins", "Which song?"),
    ("Us", "Which film?"),
    ("GB", "Which unit?"),
    ("red, green and blue", "Which colours?"),
    ("copper, tin, and zinc", "Which metals, in order?"),
    ("Trinidad and Tobago, Cuba, and Haiti", "Which three countries?"),
    ("Jan Łukasiewicz and Kurt Gödel", "Which two logicians?"),
    ("14 March 1879, 15 March 44 BC and 1 May 1900", "Which three days?"),
    ("{Spica, Vega, Rigel}", "Which stars?"),
];

const OPTIONS: [&[&str]; 5] = [
    &["Rome", "Paris", "Lima", "Oslo"],
    &["a cell", "an atom", "the nucleus"],
    &["-5", "5", "-50", "500"],
    &["World War I", "World War II", "World War 3", "the Cold War"],
    &["both A and B", "Gödel", "Godel's theorem", "none of the above", "(x)"],
];

/// Changes that keep a name, and changes that do not.
const CHANGES: [(&str, &str); 59] = [
    (" ", "-"),
    ("-", " "),
    ("-", ""),
    (" ", ""),
    (" ", "  "),
    (" ", "\u{a0}"),
    (" ", ", "),
    (", ", "; "),
    (", ", " and "),
    (", ", "\n"),
    (", ", "\n- "),
    (" and ", ", "),
    (" and ", " or "),
    (" and ", " & "),
    ("'", "’"),
    ("'", ""),
    (".", ""),
    (":", " : "),
    ("/", " / "),
    ("", "."),
    ("II", "2"),
    ("VIII", "the Eighth"),
    ("VIII", "8"),
    ("XIV", "the 14th"),
    ("No.", "Number"),
    ("&", "and"),
    ("&", "&amp;"),
    ("St.", "Saint"),
    ("Company", "Co."),
    ("v.", "versus"),
    ("ö", "oe"),
    ("ö", "o\u{308}"),
    ("ü", "u"),
    ("ł", "l"),
    ("March", "Mar."),
    ("March", "May"),
    ("14 March 1879", "14/03/1879"),
    ("4 March 1879", "04/03/1879"),
    ("14 March 1879", "1879-03-14"),
    ("29 February 2000", "2000/02/29"),
    ("14", "14th"),
    ("14", "fourteenth"),
    ("14", "15"),
    ("4", "5"),
    ("1879", "79"),
    ("1879", "1879 AD"),
    ("p.m.", "PM"),
    ("7:30 p.m.", "19:30"),
    ("β", "beta"),
    ("twenty-first", "21st"),
    ("-", " - "),
    ("A", "A-"),
    ("CO2", "$CO_2$"),
    ("CO2", "Co2"),
    ("B", "b"),
    ("-03-", "-04"),
    ("1879", "1879-80"),
    ("1879", "1879-12"),
    (".", "..."),
];

/// What may stand before and behind an answer.
const FRAMES: [(&str, &str); 40] = [
    ("", ""),
    ("", ""),
    ("", ""),
    ("", "."),
    ("the ", ""),
    ("a ", ""),
    ("The answer is ", "."),
    ("So the final answer is: ", ""),
    ("The answer is not ", ""),
    ("It is ", ""),
    ("not ", ""),
    ("\"", "\""),
    ("“", "”"),
    ("'", "'"),
    ("**", "**"),
    ("*", "*"),
    ("$\\text{", "}$"),
    ("\\mathrm{", "}"),
    ("{", "}"),
    ("\\{", "\\}"),
    ("\\left\\{", "\\right\\}"),
    ("[", "]"),
    ("(", ")"),
    ("- ", ""),
    ("1. ", ""),
    ("on ", ""),
    ("in the year ", ""),
    ("Friday, ", ""),
    ("", ", Friday"),
    ("circa ", ""),
    ("Option ", " is correct"),
    ("(B) ", ""),
    ("", " (B)"),
    ("", " (1)"),
    ("", "?"),
    ("", "..."),
    ("", " . . ."),
    ("> ", ""),
    ("Who ", "?"),
    ("THE ", ""),
];

const MARKS: [(&str, &str); 14] = [
    ("", ""),
    ("", ""),
    ("<answer>", "</answer>"),
    ("So \\boxed{", "}."),
    ("\n#### ", ""),
    ("**Answer:** ", ""),
    ("Final answer: ", "\n"),
    ("Fınal answer: ", ""),
    ("**Answer:**\n- ", "\nAnd so it is."),
    ("Answer:\n\n1. ", "\n"),
    ("The answer İs: ", ""),
    ("<think>hm</think>\\boxed{", "}"),
    ("It is not $\\boxed{", "}$."),
    ("<answer>It isn’t \\boxed{", "}</answer>"),
];

/// Characters on which the two languages, or old and new tables, could differ.
const TRAPS: [&str; 40] = [
    "\u{301}",
    "\u{308}",
    "\u{345}",
    "\u{1c}",
    "\u{1f}",
    "\u{85}",
    "\u{a0}",
    "\u{2028}",
    "\u{3000}",
    "\u{200b}",
    "\u{202e}",
    "\u{ad}",
    "\u{feff}",
    "İ",
    "ı",
    "ſ",
    "ß",
    "ẞ",
    "Σ",
    "ς",
    "ﬁ",
    "Ⅳ",
    "²",
    "½",
    "ª",
    "º",
    "™",
    "Ⓐ",
    "🄰",
    "🅐",
    "٣",
    "߂",
    "ʻ",
    "·",
    "−",
    "—",
    "„",
    "«",
    "\u{1171e}",
    "\u{e0041}",
];

pub(crate) fn cases(runner: &mut TestRunner, count: usize) -> Vec<(AnswerSpec, String)> {
    let specs = specs();
    let rng = runner.rng();
    (0..count)
        .map(|_| {
            let (spec, gold) = pick(rng, &specs);
            let (_, other) = pick(rng, &specs);
            (spec.clone(), reply(rng, gold, other))
        })
        .collect()
}

/// Specs with a text that answers each.
fn specs() -> Vec<(AnswerSpec, String)> {
    let mut specs: Vec<(AnswerSpec, String)> = Vec::new();
    for (gold, question) in GOLDS {
        // "n!" is mathematics unless it is said to be a name.
        let spec = infer(gold, question).and_then(|spec| match spec.answer_type() {
            AnswerType::Expression => infer_as(gold, question, AnswerType::String),
            _ => Ok(spec),
        });
        if let Ok(spec) = spec {
            if let AnswerSpec::String(string) = &spec {
                for normaliser in ["squad/1", "triviaqa/1"] {
                    let mut published = string.clone();
                    published.normaliser = normaliser.to_owned();
                    published.case_sensitive = false;
                    specs.push((AnswerSpec::String(published), gold.to_owned()));
                }
            }
            // Our own normaliser is used most.
            specs.extend(std::iter::repeat_n((spec, gold.to_owned()), 4));
        }
    }
    for label in ["A", "B", "I"] {
        if let Ok(spec) = infer_as(label, "", AnswerType::Choice) {
            specs.extend(["", " Rome", ") Rome", ", B"].map(|behind| (spec.clone(), format!("{label}{behind}"))));
        }
    }
    for gold in ["(C) a cell", "D. Oslo"] {
        if let Ok(spec) = infer_as(gold, "", AnswerType::Choice) {
            specs.push((spec, gold.to_owned()));
        }
    }
    for options in OPTIONS {
        for (idx, text) in options.iter().enumerate() {
            if let Ok(spec) = choice(options, idx) {
                let label = char::from(b'A' + u8::try_from(idx).unwrap_or(0));
                for gold in
                    [label.to_string(), (*text).to_owned(), format!("{label}) {text}"), format!("{label}: {text}")]
                {
                    specs.push((spec.clone(), gold));
                }
            }
        }
    }
    specs
}

fn reply(rng: &mut TestRng, gold: &str, other: &str) -> String {
    let mut answer = match below(rng, 24) {
        0 => other.to_owned(),
        1 => format!("{gold}, {other}"),
        2 => format!("{gold} or {other}"),
        3 => String::new(),
        4 => nonsense(rng),
        _ => gold.to_owned(),
    };
    for _ in 0..below(rng, 3) * below(rng, 2) {
        answer = changed(rng, &answer);
    }
    if below(rng, 5) == 0 {
        answer = with_trap(rng, &answer);
    }
    for _ in 0..below(rng, 3) {
        let (before, behind) = *pick(rng, &FRAMES);
        answer = format!("{before}{answer}{behind}");
    }
    let (before, behind) = *pick(rng, &MARKS);
    let marked = format!("{before}{answer}{behind}");
    match below(rng, 12) {
        0 => format!("{marked} \\boxed{{{other}}}"),
        1 => format!("I thought of {other} first.\n{marked}"),
        _ => marked,
    }
}

fn changed(rng: &mut TestRng, text: &str) -> String {
    match below(rng, 8) {
        0 => text.to_uppercase(),
        1 => text.to_lowercase(),
        2 => {
            let mut words: Vec<&str> = text.split(' ').collect();
            let idx = below(rng, words.len());
            let word = words.remove(idx);
            words.insert(below(rng, words.len() + 1), word);
            words.join(" ")
        }
        3 => {
            let mut words: Vec<&str> = text.split(' ').collect();
            words.remove(below(rng, words.len()));
            words.join(" ")
        }
        _ => {
            let fitting: Vec<&(&str, &str)> = CHANGES.iter().filter(|(from, _)| text.contains(from)).collect();
            let (from, to) = **pick(rng, &fitting);
            text.replacen(from, to, 1 + below(rng, 3))
        }
    }
}

/// Puts one odd character somewhere in a text, or takes one out.
fn with_trap(rng: &mut TestRng, text: &str) -> String {
    let mut chars: Vec<String> = text.chars().map(String::from).collect();
    let idx = below(rng, chars.len() + 1);
    if below(rng, 4) == 0 && idx < chars.len() {
        chars.remove(idx);
    } else {
        chars.insert(idx, odd(rng));
    }
    chars.concat()
}

fn odd(rng: &mut TestRng) -> String {
    match below(rng, 8) {
        0..5 => (*pick(rng, &TRAPS)).to_owned(),
        5 | 6 => character(rng, 0x20, 0x600).to_string(),
        _ if below(rng, 8) == 0 => character(rng, 0, 0x11_0000).to_string(),
        _ => character(rng, 0x1e00, 0x3100).to_string(),
    }
}

fn nonsense(rng: &mut TestRng) -> String {
    const PIECES: [&str; 26] = [
        "{", "}", "\\", "$", "*", "_", "`", "(", ")", "[", "]", ",", ";", ".", "'", "\"", "-", ":", "!", "?", "A",
        "the ", " and ", "12", "\\text{", "\n",
    ];
    (0..below(rng, 10)).map(|_| if below(rng, 6) == 0 { odd(rng) } else { (*pick(rng, &PIECES)).to_owned() }).collect()
}

fn character(rng: &mut TestRng, from: u32, to: u32) -> char {
    char::from_u32(from + rng.next_u32() % (to - from)).unwrap_or('x')
}

fn below(rng: &mut TestRng, bound: usize) -> usize {
    rng.next_u32() as usize % bound.max(1)
}

fn pick<'t, T>(rng: &mut TestRng, items: &'t [T]) -> &'t T {
    &items[below(rng, items.len())]
}
