//! Words that are written in several ways: numbers, titles, abbreviations, the two spellings of English.
//!
//! Works on folded text. Each way of writing becomes one; words that are not in the tables stay as they are.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde_json::{Value, json};

use crate::letters::is_letter;

/// Words and what they are taken for, wherever they stand.
const WORDS: &[(&str, &str)] = &[
    ("mount", "mt"),
    ("fort", "ft"),
    ("doctor", "dr"),
    ("professor", "prof"),
    ("mister", "mr"),
    ("junior", "jr"),
    ("senior", "sr"),
    ("colour", "color"),
    ("colours", "colors"),
    ("coloured", "colored"),
    ("centre", "center"),
    ("centres", "centers"),
    ("theatre", "theater"),
    ("theatres", "theaters"),
    ("fibre", "fiber"),
    ("fibres", "fibers"),
    ("litre", "liter"),
    ("litres", "liters"),
    ("metre", "meter"),
    ("metres", "meters"),
    ("kilometre", "kilometer"),
    ("kilometres", "kilometers"),
    ("lustre", "luster"),
    ("sabre", "saber"),
    ("aluminium", "aluminum"),
    ("sulphur", "sulfur"),
    ("sulphate", "sulfate"),
    ("sulphide", "sulfide"),
    ("sulphuric", "sulfuric"),
    ("caesium", "cesium"),
    ("grey", "gray"),
    ("defence", "defense"),
    ("offence", "offense"),
    ("licence", "license"),
    ("labour", "labor"),
    ("honour", "honor"),
    ("harbour", "harbor"),
    ("neighbour", "neighbor"),
    ("neighbours", "neighbors"),
    ("neighbourhood", "neighborhood"),
    ("behaviour", "behavior"),
    ("behavioural", "behavioral"),
    ("favour", "favor"),
    ("favourite", "favorite"),
    ("flavour", "flavor"),
    ("humour", "humor"),
    ("vapour", "vapor"),
    ("tumour", "tumor"),
    ("tumours", "tumors"),
    ("armour", "armor"),
    ("rumour", "rumor"),
    ("odour", "odor"),
    ("vigour", "vigor"),
    ("parlour", "parlor"),
    ("catalogue", "catalog"),
    ("dialogue", "dialog"),
    ("analogue", "analog"),
    ("programme", "program"),
    ("programmes", "programs"),
    ("plough", "plow"),
    ("jewellery", "jewelry"),
    ("aeroplane", "airplane"),
    ("aeroplanes", "airplanes"),
    ("anaemia", "anemia"),
    ("leukaemia", "leukemia"),
    ("haemoglobin", "hemoglobin"),
    ("haemophilia", "hemophilia"),
    ("haemorrhage", "hemorrhage"),
    ("oestrogen", "estrogen"),
    ("oesophagus", "esophagus"),
    ("foetus", "fetus"),
    ("diarrhoea", "diarrhea"),
    ("paediatrics", "pediatrics"),
    ("paediatric", "pediatric"),
    ("orthopaedic", "orthopedic"),
    ("archaeology", "archeology"),
    ("palaeontology", "paleontology"),
    ("encyclopaedia", "encyclopedia"),
    ("mediaeval", "medieval"),
    ("manoeuvre", "maneuver"),
    ("mould", "mold"),
    ("traveller", "traveler"),
    ("travelling", "traveling"),
    ("modelling", "modeling"),
    ("fulfil", "fulfill"),
    ("pyjamas", "pajamas"),
    ("sceptic", "skeptic"),
    ("scepticism", "skepticism"),
    ("cheque", "check"),
    ("kerb", "curb"),
    ("α", "alpha"),
    ("β", "beta"),
    ("γ", "gamma"),
    ("δ", "delta"),
    ("ε", "epsilon"),
    ("θ", "theta"),
    ("κ", "kappa"),
    ("λ", "lambda"),
    ("μ", "mu"),
    ("π", "pi"),
    ("ρ", "rho"),
    ("σ", "sigma"),
    ("τ", "tau"),
    ("φ", "phi"),
    ("χ", "chi"),
    ("ψ", "psi"),
    ("ω", "omega"),
];

/// Words before others.
const BEFORE: &[(&str, &str)] = &[("saint", "st")];

/// Words behind others.
const BEHIND: &[(&str, &str)] = &[
    ("street", "st"),
    ("avenue", "ave"),
    ("road", "rd"),
    ("boulevard", "blvd"),
    ("company", "co"),
    ("corporation", "corp"),
    ("incorporated", "inc"),
    ("limited", "ltd"),
    ("brothers", "bros"),
];

/// Words between others.
const BETWEEN: &[(&str, &str)] =
    &[("vs", "v"), ("versus", "v"), ("n", "and"), ("'n'", "and"), ("'n", "and"), ("n'", "and")];

/// Endings of long words.
const ENDINGS: &[(&str, &str)] = &[
    ("isation", "ization"),
    ("isations", "izations"),
    ("ise", "ize"),
    ("ised", "ized"),
    ("ises", "izes"),
    ("ising", "izing"),
    ("yse", "yze"),
    ("ysed", "yzed"),
    ("ysing", "yzing"),
];

/// Shorter words keep their ending: "rise", "wise", "noise".
const MIN_ENDED: usize = 7;

/// Powers of ten, alone or behind a number below ten.
const POWERS: &[(&str, usize)] = &[("hundred", 100), ("thousand", 1000)];

/// What "number" is shortened to, before digits.
const NUMBER: &[&str] = &["no", "nr", "number"];

const UNITS: &[&str] = &[
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

const TENS: &[&str] = &["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

const ORDINAL_UNITS: &[&str] = &[
    "zeroth",
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
];

const ORDINAL_TENS: &[&str] =
    &["twentieth", "thirtieth", "fortieth", "fiftieth", "sixtieth", "seventieth", "eightieth", "ninetieth"];

/// Roman numerals are a part of tens and a part of units; single letters are mostly something else.
const ROMAN_TENS: &[&str] = &["", "x", "xx", "xxx", "xl", "l", "lx", "lxx", "lxxx"];
const ROMAN_UNITS: &[&str] = &["", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix"];

/// Single letters that are numbers behind the words below.
const ROMAN_LETTERS: &[(&str, &str)] = &[("i", "1"), ("v", "5"), ("x", "10")];

/// Kinds of things that are counted, and names of rulers.
const COUNTED: &[&str] = &[
    "war",
    "type",
    "chapter",
    "part",
    "act",
    "scene",
    "volume",
    "book",
    "phase",
    "class",
    "level",
    "article",
    "title",
    "stage",
    "grade",
    "mark",
    "section",
    "factor",
    "photosystem",
    "complex",
    "dynasty",
    "episode",
    "bowl",
    "rocky",
    "elizabeth",
    "henry",
    "charles",
    "george",
    "james",
    "edward",
    "william",
    "louis",
    "napoleon",
    "philip",
    "peter",
    "catherine",
    "alexander",
    "nicholas",
    "frederick",
    "mary",
    "richard",
    "john",
    "paul",
    "pius",
    "benedict",
    "leo",
    "gregory",
    "innocent",
    "clement",
    "francis",
    "wilhelm",
    "otto",
    "ramesses",
    "darius",
    "xerxes",
    "ptolemy",
    "constantine",
    "justinian",
    "theodosius",
    "ivan",
    "ferdinand",
    "leopold",
    "christian",
    "gustav",
    "umberto",
];

static BY_WORD: LazyLock<BTreeMap<&str, &str>> = LazyLock::new(|| WORDS.iter().copied().collect());

static ROMAN: LazyLock<BTreeMap<String, usize>> = LazyLock::new(|| {
    let tens = ROMAN_TENS.iter().enumerate();
    tens.flat_map(|(ten, tens)| {
        ROMAN_UNITS.iter().enumerate().map(move |(unit, units)| (format!("{tens}{units}"), ten * 10 + unit))
    })
    .collect()
});

/// Writes folded text with one spelling for each word.
pub(super) fn canonical(folded: &str) -> String {
    let words: Vec<&str> = folded.split(' ').collect();
    let mut written: Vec<String> = Vec::with_capacity(words.len());
    let mut idx = 0;
    while let Some(word) = words.get(idx) {
        let previous = idx.checked_sub(1).and_then(|idx| words.get(idx)).copied();
        let next = words.get(idx + 1).copied();
        if let Some((number, num_words)) = number(word, next) {
            written.push(number);
            idx += num_words;
            continue;
        }
        written.push(spelling(previous, word, next));
        idx += 1;
    }
    join_initials(&regnal(written))
}

/// Leaves out the blank between a letter and a digit: "Apollo 11" as "Apollo11".
pub(super) fn close(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut closed = String::with_capacity(text.len());
    for (idx, ch) in chars.iter().enumerate() {
        let around = idx.checked_sub(1).and_then(|idx| chars.get(idx)).zip(chars.get(idx + 1));
        let is_inside = around.is_some_and(|(before, after)| {
            (is_letter(*before) && after.is_ascii_digit()) || (before.is_ascii_digit() && is_letter(*after))
        });
        if *ch != ' ' || !is_inside {
            closed.push(*ch);
        }
    }
    closed
}

/// What the Python side shares.
pub(super) fn rules() -> Value {
    json!({
        "words": WORDS,
        "before": BEFORE,
        "behind": BEHIND,
        "between": BETWEEN,
        "endings": ENDINGS,
        "min_ended": MIN_ENDED,
        "number": NUMBER,
        "powers": POWERS,
        "units": UNITS,
        "tens": TENS,
        "ordinal_units": ORDINAL_UNITS,
        "ordinal_tens": ORDINAL_TENS,
        "roman_tens": ROMAN_TENS,
        "roman_units": ROMAN_UNITS,
        "roman_letters": ROMAN_LETTERS,
        "counted": COUNTED,
    })
}

/// Reads a number of one or two words, cardinal or ordinal, and says how many words it has.
fn number(word: &str, next: Option<&str>) -> Option<(String, usize)> {
    let find = |words: &[&str], word: &str| words.iter().position(|known| *known == word);
    let power = |word: &str| POWERS.iter().find(|(power, _)| *power == word).map(|(_, value)| *value);
    if let Some(value) = find(UNITS, word) {
        return Some(match next.and_then(power).filter(|_| (1..10).contains(&value)) {
            Some(power) => ((value * power).to_string(), 2),
            None => (value.to_string(), 1),
        });
    }
    if let Some(power) = power(word) {
        return Some((power.to_string(), 1));
    }
    if let Some(value) = find(ORDINAL_UNITS, word) {
        return Some((ordinal(value), 1));
    }
    if let Some(tens) = find(ORDINAL_TENS, word) {
        return Some((ordinal(tens * 10 + 20), 1));
    }
    let tens = find(TENS, word)? * 10 + 20;
    let unit = |words: &[&str]| next.and_then(|next| find(words, next)).filter(|unit| (1..10).contains(unit));
    Some(match (unit(UNITS), unit(ORDINAL_UNITS)) {
        (Some(unit), _) => ((tens + unit).to_string(), 2),
        (None, Some(unit)) => (ordinal(tens + unit), 2),
        (None, None) => (tens.to_string(), 1),
    })
}

/// Reads an ordinal of one or two words, and says how many words it has.
pub(crate) fn ordinal_of(word: &str, next: Option<&str>) -> Option<(String, usize)> {
    number(word, next).filter(|(number, _)| !number.ends_with(|ch: char| ch.is_ascii_digit()))
}

/// Writes "1st", "2nd", "3rd", "4th".
fn ordinal(value: usize) -> String {
    let suffix = match (value % 10, value) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{value}{suffix}")
}

/// Returns the one spelling of a word, given its neighbours.
fn spelling(previous: Option<&str>, word: &str, next: Option<&str>) -> String {
    let find = |table: &[(&str, &'static str)]| table.iter().find(|(from, _)| *from == word).map(|(_, to)| *to);
    let by_place = match (previous, next) {
        (None, Some(_)) => find(BEFORE),
        (Some(_), None) => find(BEHIND),
        (Some(_), Some(_)) => find(BEFORE).or_else(|| find(BETWEEN)),
        (None, None) => None,
    };
    if let Some(to) = BY_WORD.get(word).copied().or(by_place) {
        return to.to_owned();
    }
    if NUMBER.contains(&word) && next.is_some_and(|next| next.starts_with(|ch: char| ch.is_ascii_digit())) {
        return "number".to_owned();
    }
    if let Some(digits) = previous.and_then(|previous| roman(previous, word)) {
        return digits;
    }
    if word.chars().count() >= MIN_ENDED
        && let Some((from, to)) = ENDINGS.iter().find(|(from, _)| word.ends_with(from))
    {
        return format!("{}{to}", word.strip_suffix(from).unwrap_or(word));
    }
    word.to_owned()
}

/// Reads a Roman numeral behind another word.
fn roman(previous: &str, word: &str) -> Option<String> {
    if word.len() == 1 {
        let (_, digits) = ROMAN_LETTERS.iter().find(|(letter, _)| *letter == word)?;
        return COUNTED.contains(&previous).then(|| (*digits).to_owned());
    }
    ROMAN.get(word).map(usize::to_string)
}

/// "Henry the 8th" is "Henry 8".
fn regnal(mut words: Vec<String>) -> Vec<String> {
    if let [.., name, article, last] = words.as_slice()
        && COUNTED.contains(&name.as_str())
        && article == "the"
        && let Some(digits) = ["st", "nd", "rd", "th"].iter().find_map(|suffix| last.strip_suffix(suffix))
        && !digits.is_empty()
        && digits.bytes().all(|byte| byte.is_ascii_digit())
    {
        let digits = digits.to_owned();
        words.truncate(words.len() - 2);
        words.push(digits);
    }
    words
}

/// "J R R Tolkien" is "JRR Tolkien". Letters alone may be several answers.
fn join_initials(words: &[String]) -> String {
    let is_initial = |word: &String| word.len() == 1 && word.bytes().all(|byte| byte.is_ascii_alphabetic());
    if words.iter().all(is_initial) {
        return words.join(" ");
    }
    let mut joined = String::new();
    let mut is_after_initial = false;
    for (idx, word) in words.iter().enumerate() {
        let is_initial = is_initial(word);
        if idx > 0 && !(is_initial && is_after_initial) {
            joined.push(' ');
        }
        joined.push_str(word);
        is_after_initial = is_initial;
    }
    joined
}
