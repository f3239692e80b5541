//! Numbers in a text, in digits and in English words.
//!
//! Every number is its size: signs, units and ordinal endings are left aside. A lone `one` is no number, since it is
//! mostly a pronoun.

use unicode_segmentation::UnicodeSegmentation;

/// All numbers of a text, in order.
pub(crate) fn numbers(text: &str) -> Vec<f64> {
    let lower = text.to_lowercase();
    let words: Vec<&str> = lower.unicode_words().collect();
    let mut found = Vec::new();
    let mut idx = 0;
    while let Some(word) = words.get(idx) {
        let rest = words.get(idx + 1..).unwrap_or_default();
        let (value, num_words) = match digits(word) {
            Some(value) => scaled(value, rest),
            None => spoken(words.get(idx..).unwrap_or_default()),
        };
        if num_words > 0 && !(*word == "one" && num_words == 1) {
            found.push(value);
        }
        idx += num_words.max(1);
    }
    found
}

/// All numbers in digits, without the `million` that may follow them.
pub(crate) fn unscaled_numbers(text: &str) -> Vec<f64> {
    text.unicode_words().filter_map(digits).collect()
}

/// The number that a word of digits begins with: `1,234.5`, `12km`, `1750s`. Words such as `b12` have none.
fn digits(word: &str) -> Option<f64> {
    let end = word.find(|ch: char| !ch.is_ascii_digit() && ch != ',' && ch != '.').unwrap_or(word.len());
    let plain: String = word.get(..end)?.trim_end_matches(['.', ',']).chars().filter(|ch| *ch != ',').collect();
    plain.parse().ok()
}

/// `12 million` is one number.
fn scaled(value: f64, rest: &[&str]) -> (f64, usize) {
    let factors: Vec<f64> = rest.iter().map_while(|word| scale(word)).collect();
    (value * factors.iter().product::<f64>(), 1 + factors.len())
}

/// The longest number written in words that the list begins with, and how many words it takes; none for no number.
fn spoken(words: &[&str]) -> (f64, usize) {
    let (mut total, mut group, mut num_words) = (0.0, 0.0, 0);
    let mut last = 0.0;
    for (idx, word) in words.iter().enumerate() {
        if let Some(value) = small(word) {
            let fits = group == 0.0 || (group % 100.0 == 0.0 && value < 100.0) || (last >= 20.0 && value < 10.0);
            if !fits {
                break;
            }
            group += value;
            last = value;
        } else if let Some(factor) = scale(word).filter(|_| num_words > 0) {
            if factor == 100.0 {
                group *= factor;
            } else {
                total += group * factor;
                group = 0.0;
            }
            last = 0.0;
        } else if *word == "and"
            && last == 0.0
            && num_words > 0
            && words.get(idx + 1).is_some_and(|next| small(next).is_some())
        {
            continue;
        } else {
            break;
        }
        num_words = idx + 1;
    }
    (total + group, num_words)
}

fn small(word: &str) -> Option<f64> {
    crate::text::number_of_word(word).map(f64::from).or_else(|| (word == "dozen").then_some(12.0))
}

fn scale(word: &str) -> Option<f64> {
    Some(match word {
        "hundred" => 1e2,
        "thousand" => 1e3,
        "million" => 1e6,
        "billion" => 1e9,
        "trillion" => 1e12,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::numbers;

    #[test]
    fn digits_and_words_give_the_same_numbers() {
        for (text, expected) in [
            ("12 ships and 1,234.5 km", vec![12.0, 1234.5]),
            ("twelve ships, twenty-five men", vec![12.0, 25.0]),
            ("1.5 million, or two hundred and five thousand", vec![1.5e6, 205_000.0]),
            ("three hundred", vec![300.0]),
            ("12km in the 1750s, on the 5th", vec![12.0, 1750.0, 5.0]),
            ("one of them; no one; one hundred", vec![100.0]),
            ("four five", vec![4.0, 5.0]),
            ("vitamin B12 and the and hundred", vec![]),
            ("two and a half", vec![2.0]),
            ("", vec![]),
        ] {
            assert_eq!(numbers(text), expected, "{text}");
        }
    }
}
