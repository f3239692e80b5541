//! Answers in plain text, where no schema asks for anything else: words without sense, in lengths like those of models.

use super::Dice;
use crate::tokens::count;

/// The spread of lengths: the standard deviation of their logarithm.
const SPREAD: f64 = 0.6;

const WORDS: [&str; 24] = [
    "water", "moves", "slowly", "along", "the", "river", "while", "people", "build", "their", "houses", "near", "old",
    "roads", "and", "sell", "bread", "fish", "or", "cloth", "to", "those", "who", "pass",
];

/// Writes a text whose length is drawn from a log-normal distribution with this mean.
pub(super) fn prose(mean_tokens: f64, dice: Dice) -> String {
    let location = mean_tokens.ln() - SPREAD * SPREAD / 2.0;
    let tokens = (location + SPREAD * normal(dice)).exp().clamp(1.0, mean_tokens * 50.0);
    let wanted = tokens.round().max(1.0);
    let mut text = String::new();
    let mut place = dice.place("first word", WORDS.len());
    // Every word of the list is one token.
    for _ in 0..u64::try_from(wanted as i64).unwrap_or(1) {
        text.push_str(WORDS.get(place).copied().unwrap_or("and"));
        text.push(' ');
        place = (place * 5 + 7) % WORDS.len();
    }
    text.truncate(text.trim_end().len());
    debug_assert_eq!(count(&text) as f64, wanted);
    text
}

/// A draw from the normal distribution, by the method of Box and Muller.
fn normal(dice: Dice) -> f64 {
    let radius = (-2.0 * (1.0 - dice.share("radius")).ln()).sqrt();
    radius * (std::f64::consts::TAU * dice.share("angle")).cos()
}

#[cfg(test)]
mod tests {
    use super::{Dice, prose};
    use crate::tokens::count;

    #[test]
    fn lengths_have_the_mean_and_a_long_tail() {
        let lengths: Vec<u64> = (0..4000).map(|seed| count(&prose(220.0, Dice(seed)))).collect();
        let mean = lengths.iter().sum::<u64>() as f64 / lengths.len() as f64;
        assert!((205.0..235.0).contains(&mean), "{mean}");
        assert!(lengths.iter().any(|length| *length > 800) && lengths.iter().any(|length| *length < 60));
    }
}
