//! Numbers written as words become digits: `twelve` is `12`, `twenty-first` is `21st`, `2.5 million` is `2500000`.
//!
//! Only the sequence of words counts, never what stands between them, so that no change of punctuation changes what is
//! read. Which words make a number is the business of the crate for answers.

use std::sync::LazyLock;

use quarry_answers::{number_vocabulary, spoken_number, spoken_place};
use xxhash_rust::xxh3::xxh3_64;

use super::normal::{DIGITS, SPOKEN, Token};

/// Words that are read together at most.
const MOST_WORDS: usize = 16;

/// The words of numbers, by hash.
pub(super) struct Vocabulary {
    /// A bit for the low bits of each hash, since hardly any word of a text is a number.
    filter: [u64; 64],
    words: Vec<(u64, Spoken)>,
    and: u64,
    point: u64,
    articles: [u64; 2],
    pub(super) percent: u64,
}

/// One word that may be of a number.
pub(super) struct Spoken {
    word: String,
    /// The hash of its digits, where it stands for a number by itself.
    alone: Option<u64>,
    /// Zeros that it adds to the number before it.
    num_zeros: usize,
}

pub(super) fn vocabulary() -> &'static Vocabulary {
    static VOCABULARY: LazyLock<Vocabulary> = LazyLock::new(Vocabulary::new);
    &VOCABULARY
}

impl Vocabulary {
    fn new() -> Vocabulary {
        let hash = |word: &str| xxh3_64(word.as_bytes());
        let spoken = |word: String| {
            let place = spoken_place(&word).map(|place| format!("{place}{}", suffix(&place)));
            let digits = spoken_number(&word).map(|(digits, _)| digits).or(place);
            // A scale is a number behind an article: `a hundred`.
            let scaled = spoken_number(&format!("one {word}")).filter(|(_, len)| *len == word.len() + 4);
            let num_zeros = scaled.map_or(0, |(digits, _)| digits.len() - 1);
            (hash(&word), Spoken { alone: digits.map(|digits| hash(&digits)), num_zeros, word })
        };
        let mut words: Vec<(u64, Spoken)> = number_vocabulary().into_iter().map(spoken).collect();
        words.sort_by_key(|(hash, _)| *hash);
        let mut filter = [0; 64];
        for (hash, _) in &words {
            filter[*hash as usize >> 6 & 63] |= 1 << (hash & 63);
        }
        let articles = [hash("a"), hash("an")];
        Vocabulary { filter, words, and: hash("and"), point: hash("point"), articles, percent: hash("percent") }
    }

    #[inline]
    pub(super) fn may_hold(&self, hash: u64) -> bool {
        self.filter[hash as usize >> 6 & 63] >> (hash & 63) & 1 == 1
    }

    pub(super) fn get(&self, hash: u64) -> Option<&Spoken> {
        let at = self.words.binary_search_by_key(&hash, |(hash, _)| *hash).ok()?;
        self.words.get(at).map(|(_, spoken)| spoken)
    }

    fn word(&self, token: Token) -> Option<&str> {
        match token.hash {
            hash if hash == self.and => Some("and"),
            hash if hash == self.point => Some("point"),
            _ if token.flags & SPOKEN != 0 => self.get(token.hash).map(|spoken| spoken.word.as_str()),
            _ => None,
        }
    }
}

fn suffix(place: &str) -> &'static str {
    let last = place.as_bytes().last();
    match (place.ends_with("11") || place.ends_with("12") || place.ends_with("13"), last) {
        (false, Some(b'1')) => "st",
        (false, Some(b'2')) => "nd",
        (false, Some(b'3')) => "rd",
        _ => "th",
    }
}

/// Replaces number words by one token of digits each.
pub(super) fn spoken_to_digits(tokens: &mut Vec<Token>, text: &str, vocabulary: &Vocabulary) {
    let (mut from, mut to) = (0, 0_usize);
    while let Some(token) = tokens.get(from).copied() {
        let mut next = token;
        let mut used = 1;
        if token.flags & SPOKEN != 0 {
            let before = to.checked_sub(1).and_then(|at| tokens.get(at)).copied();
            if let Some(scaled) = scaled(before, token, text, vocabulary) {
                to -= 1;
                next = scaled;
            } else if let Some((hash, num_words)) = read(tokens.get(from..).unwrap_or_default(), vocabulary) {
                let end = tokens.get(from + num_words - 1).map_or(token.end, |last| last.end);
                next = Token { hash, end, flags: token.flags | DIGITS, ..token };
                used = num_words;
            }
        }
        if let Some(slot) = tokens.get_mut(to) {
            *slot = next;
        }
        to += 1;
        from += used;
    }
    tokens.truncate(to);
}

/// A scale behind digits or an article: `5 million`, `a hundred`.
fn scaled(before: Option<Token>, scale: Token, text: &str, vocabulary: &Vocabulary) -> Option<Token> {
    let num_zeros = vocabulary.get(scale.hash)?.num_zeros;
    let before = before.filter(|_| num_zeros > 0)?;
    let digits = match vocabulary.articles.contains(&before.hash) {
        true => "1".to_owned(),
        false if before.flags & (DIGITS | SPOKEN) == DIGITS => text
            .get(before.start as usize..before.end as usize)?
            .chars()
            .filter(|ch| ch.is_ascii_digit() || *ch == '.')
            .collect(),
        false => return None,
    };
    let (whole, decimals) = digits.split_once('.').unwrap_or((&digits, ""));
    let moved = decimals.get(..num_zeros).unwrap_or(decimals);
    let left = decimals.get(moved.len()..).filter(|left| !left.is_empty());
    let mut shifted = format!("{whole}{moved}{}", "0".repeat(num_zeros - moved.len()));
    if let Some(left) = left {
        shifted.push('.');
        shifted.push_str(left);
    }
    let shifted = shifted.trim_start_matches('0');
    Some(Token { hash: xxh3_64(shifted.as_bytes()), end: scale.end, flags: before.flags | DIGITS, ..before })
}

/// The longest number that the words begin with: the hash of its digits, and how many words it takes.
fn read(tokens: &[Token], vocabulary: &Vocabulary) -> Option<(u64, usize)> {
    let first = vocabulary.get(tokens.first()?.hash)?;
    let words: Vec<&str> = tokens.iter().take(MOST_WORDS).map_while(|token| vocabulary.word(*token)).collect();
    if words.len() == 1 {
        return first.alone.map(|hash| (hash, 1));
    }
    for num_words in (2..=words.len()).rev() {
        if let Some(place) = words.get(..num_words).and_then(|words| spoken_place(&words.join(" "))) {
            return Some((xxh3_64(format!("{place}{}", suffix(&place)).as_bytes()), num_words));
        }
    }
    let joined = words.join(" ");
    match spoken_number(&joined) {
        Some((digits, len)) => {
            let num_words = joined.get(..len)?.split(' ').count();
            Some((xxh3_64(digits.as_bytes()), num_words))
        }
        None => first.alone.map(|hash| (hash, 1)),
    }
}
