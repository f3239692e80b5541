//! Numbers written as English words: "twelve", "two hundred and five", "three point one four".
//!
//! The grammar is strict: "one two" and "twenty twenty" are no numbers, since a reader could not say which one.

use num_bigint::{BigInt, Sign};
use serde_json::{Value, json};

/// Words of one value, and the value.
const SMALL: [(&str, u32); 22] = [
    ("nought", 0),
    ("naught", 0),
    ("zero", 0),
    ("one", 1),
    ("two", 2),
    ("three", 3),
    ("four", 4),
    ("five", 5),
    ("six", 6),
    ("seven", 7),
    ("eight", 8),
    ("nine", 9),
    ("ten", 10),
    ("eleven", 11),
    ("twelve", 12),
    ("thirteen", 13),
    ("fourteen", 14),
    ("fifteen", 15),
    ("sixteen", 16),
    ("seventeen", 17),
    ("eighteen", 18),
    ("nineteen", 19),
];

const TENS: [(&str, u32); 8] = [
    ("twenty", 20),
    ("thirty", 30),
    ("forty", 40),
    ("fifty", 50),
    ("sixty", 60),
    ("seventy", 70),
    ("eighty", 80),
    ("ninety", 90),
];

/// Longer numbers are no answers.
const MAX_WORDS: usize = 40;

/// Scale words and their powers of ten.
const SCALES: [(&str, u32); 7] = [
    ("thousand", 3),
    ("million", 6),
    ("billion", 9),
    ("trillion", 12),
    ("quadrillion", 15),
    ("quintillion", 18),
    ("sextillion", 21),
];

/// Places in an order that are no number word with "th" behind it.
const PLACES: [(&str, &str); 7] = [
    ("first", "one"),
    ("second", "two"),
    ("third", "three"),
    ("fifth", "five"),
    ("eighth", "eight"),
    ("ninth", "nine"),
    ("twelfth", "twelve"),
];

/// The longest number that a text begins with: its digits, its power of ten, and where it ends.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Spoken {
    /// Digits as a whole number.
    pub(crate) mantissa: BigInt,
    /// Power of ten; below zero for "three point one".
    pub(crate) exponent: i32,
    /// Byte length of the words read.
    pub(crate) len: usize,
}

/// Takes a word off the beginning of a text, in any case.
pub(crate) fn strip_word<'t>(text: &'t str, word: &str) -> Option<&'t str> {
    let rest = text.get(word.len()..)?;
    text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word)).then_some(rest)
}

/// Reads a whole number that is nothing but words.
pub(crate) fn cardinal(text: &str) -> Option<BigInt> {
    read(text).filter(|spoken| spoken.len == text.len() && spoken.exponent == 0).map(|spoken| spoken.mantissa)
}

/// Reads a place in an order that is nothing but words: "third", "twenty-first", "one hundredth".
pub(crate) fn ordinal(text: &str) -> Option<BigInt> {
    let lower = text.to_ascii_lowercase();
    let start = lower.rfind([' ', '-']).map_or(0, |idx| idx + 1);
    let (before, last) = lower.split_at_checked(start)?;
    let word = match PLACES.into_iter().find(|(place, _)| *place == last) {
        Some((_, word)) => word.to_owned(),
        None => match last.strip_suffix("ieth") {
            Some(tens) => format!("{tens}y"),
            None => last.strip_suffix("th").filter(|word| PLACES.iter().all(|(_, known)| known != word))?.to_owned(),
        },
    };
    let is_scale = word == "hundred" || scale(&word).is_some();
    cardinal(&format!("{before}{}{word}", if before.is_empty() && is_scale { "one " } else { "" }))
}

/// Reads the number that a text of English words begins with: its digits, and the bytes that were read.
///
/// "two hundred and five men" gives `205` and 20, "three point one four" gives `3.14`.
pub fn spoken_number(text: &str) -> Option<(String, usize)> {
    let Spoken { mantissa, exponent, len } = read(text)?;
    let mut digits = mantissa.magnitude().to_string();
    let places = usize::try_from(-exponent).ok().filter(|places| *places > 0);
    if let Some(places) = places {
        digits = format!("{digits:0>width$}", width = places + 1);
        digits.insert(digits.len() - places, '.');
    }
    if mantissa.sign() == Sign::Minus {
        digits.insert(0, '-');
    }
    Some((digits, len))
}

/// Reads a place in an order that is nothing but English words: "twenty-first" gives `21`.
pub fn spoken_place(text: &str) -> Option<String> {
    ordinal(text).map(|place| place.to_string())
}

/// The words that numbers and places begin with or go on with, each in small letters; "and" and "point" are not among
/// them, since they stand in any text.
pub fn number_vocabulary() -> Vec<String> {
    let cardinals: Vec<&str> = SMALL.iter().chain(&TENS).chain(&SCALES).map(|(word, _)| *word).collect();
    let cardinals = cardinals.into_iter().chain(["hundred"]);
    let place = |word: &str| match PLACES.iter().find(|(_, cardinal)| *cardinal == word) {
        Some((place, _)) => (*place).to_owned(),
        None => word.strip_suffix('y').map_or_else(|| format!("{word}th"), |stem| format!("{stem}ieth")),
    };
    cardinals.flat_map(|word| [word.to_owned(), place(word)]).collect()
}

/// What the Python side shares.
pub(crate) fn rules() -> Value {
    json!({ "small": SMALL, "tens": TENS, "scales": SCALES, "places": PLACES, "max_words": MAX_WORDS })
}

/// Reads the number words that a text begins with.
pub(crate) fn read(text: &str) -> Option<Spoken> {
    let words = words(text);
    let (negative, start) = match words.first()?.0.as_str() {
        "minus" | "negative" => (true, 1),
        _ => (false, 0),
    };
    let (whole, mut used) = whole(words.get(start..)?)?;
    let mut mantissa = whole;
    let mut exponent = 0;
    used += start;
    if words.get(used).is_some_and(|(word, _)| word == "point") {
        let digits: Vec<u32> = words.get(used + 1..)?.iter().map_while(|(word, _)| digit(word)).collect();
        if digits.is_empty() {
            return None;
        }
        used += 1 + digits.len();
        for digit in digits {
            mantissa = mantissa * 10 + digit;
            exponent -= 1;
        }
    }
    let len = words.get(used.checked_sub(1)?)?.1;
    Some(Spoken { mantissa: if negative { -mantissa } else { mantissa }, exponent, len })
}

/// Lower-cased words with the byte offset of their ends. Words end at a blank or a hyphen, or a comma
/// behind a scale; anything else ends the list.
fn words(text: &str) -> Vec<(String, usize)> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut after_comma = false;
    for (offset, ch) in text.char_indices().chain(std::iter::once((text.len(), ' '))) {
        if ch.is_ascii_alphabetic() {
            word.push(ch.to_ascii_lowercase());
            after_comma = false;
            continue;
        }
        // "One thousand, two hundred": a comma may stand behind a scale.
        if after_comma && ch == ' ' {
            after_comma = false;
            continue;
        }
        // A letter with an accent or a digit makes the word something else than a number word.
        if word.is_empty() || ch.is_alphanumeric() || words.len() == MAX_WORDS {
            break;
        }
        words.push((std::mem::take(&mut word), offset));
        after_comma = ch == ',' && words.last().is_some_and(|(word, _)| scale(word).is_some());
        if !matches!(ch, ' ' | '-') && !after_comma {
            break;
        }
    }
    words
}

/// Reads a whole number: groups below a thousand, each with a smaller scale word than the one before.
fn whole(words: &[(String, usize)]) -> Option<(BigInt, usize)> {
    let mut total = BigInt::ZERO;
    let mut used = 0;
    let mut scale_below = u32::MAX;
    loop {
        let rest = words.get(used..)?;
        let skip = usize::from(used > 0 && rest.first().is_some_and(|(word, _)| word == "and"));
        let Some((value, len)) = group(rest.get(skip..)?) else { break };
        let scale = rest.get(skip + len).and_then(|(word, _)| scale(word));
        if scale.unwrap_or(0) >= scale_below {
            return None;
        }
        total += BigInt::from(value) * BigInt::from(10).pow(scale.unwrap_or(0));
        used += skip + len + usize::from(scale.is_some());
        match scale {
            Some(scale) => scale_below = scale,
            None => break,
        }
    }
    (used > 0).then_some((total, used))
}

/// Reads a number below a thousand, or hundreds such as "twelve hundred".
fn group(words: &[(String, usize)]) -> Option<(u32, usize)> {
    let word = |idx: usize| words.get(idx).map_or("", |(word, _)| word.as_str());
    let next_is_scale = word(1) == "hundred" || scale(word(1)).is_some();
    let (first, used) = match below_hundred(words) {
        Some(found) => found,
        None if matches!(word(0), "a" | "an") && next_is_scale => (1, 1),
        None => return None,
    };
    if word(used) != "hundred" || first == 0 {
        return Some((first, used));
    }
    let hundreds = first * 100;
    let skip = usize::from(word(used + 1) == "and");
    match words.get(used + 1 + skip..).and_then(below_hundred) {
        Some((rest, len)) if rest > 0 => Some((hundreds + rest, used + 1 + skip + len)),
        _ => Some((hundreds, used + 1)),
    }
}

fn below_hundred(words: &[(String, usize)]) -> Option<(u32, usize)> {
    let first = &words.first()?.0;
    if let Some(small) = lookup(&SMALL, first) {
        return Some((small, 1));
    }
    let tens = lookup(&TENS, first)?;
    match words.get(1).and_then(|(word, _)| digit(word)) {
        Some(digit) if digit > 0 => Some((tens + digit, 2)),
        _ => Some((tens, 1)),
    }
}

fn digit(word: &str) -> Option<u32> {
    lookup(&SMALL, word).filter(|value| *value < 10)
}

fn scale(word: &str) -> Option<u32> {
    lookup(&SCALES, word)
}

fn lookup(table: &[(&str, u32)], word: &str) -> Option<u32> {
    table.iter().find(|(name, _)| *name == word).map(|(_, value)| *value)
}

#[cfg(test)]
mod tests {
    use super::{number_vocabulary, read, spoken_number, spoken_place};

    #[test]
    fn spoken_numbers_are_given_as_digits() {
        let number = |text| spoken_number(text).map(|(digits, len)| (digits, &text[len..]));
        assert_eq!(number("two hundred and five men"), Some(("205".to_owned(), " men")));
        assert_eq!(number("three point one four"), Some(("3.14".to_owned(), "")));
        assert_eq!(number("zero point zero five"), Some(("0.05".to_owned(), "")));
        assert_eq!(number("minus five"), Some(("-5".to_owned(), "")));
        assert_eq!(number("many"), None);
        assert_eq!(spoken_place("twenty-first").as_deref(), Some("21"));
        assert_eq!(spoken_place("twenty"), None);
        let words = number_vocabulary();
        for word in ["twelve", "twelfth", "third", "forty", "fortieth", "hundred", "hundredth", "millionth"] {
            assert!(words.iter().any(|known| known == word), "{word}");
        }
    }

    fn all(text: &str) -> Option<String> {
        let spoken = read(text)?;
        (spoken.len == text.len()).then(|| format!("{}e{}", spoken.mantissa, spoken.exponent))
    }

    #[test]
    fn numbers_are_read() {
        for (text, expected) in [
            ("twelve", "12e0"),
            ("Two hundred and five", "205e0"),
            ("twenty-one", "21e0"),
            ("a hundred", "100e0"),
            ("twelve hundred", "1200e0"),
            ("one million two hundred thousand and six", "1200006e0"),
            ("nine hundred ninety-nine thousand", "999000e0"),
            ("minus five", "-5e0"),
            ("three point one four", "314e-2"),
            ("zero", "0e0"),
        ] {
            assert_eq!(all(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn loose_sequences_are_not_numbers() {
        for text in [
            "one two",
            "twenty twenty",
            "nineteen forty-five",
            "thousand",
            "and five",
            "five and",
            "a",
            "an",
            "point five",
            "one thousand million two million",
            "twelvé",
            "hundred",
        ] {
            assert_eq!(all(text), None, "{text}");
        }
    }
}
