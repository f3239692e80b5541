//! Counts and other bare numbers, fractions and ranks.

use std::sync::LazyLock;

use regex::Regex;

use super::{Scene, is_bound, is_rough, word_after, word_before};
use crate::cloze::fact::{Fact, Form, Kind};
use crate::cloze::statement::has_year;
use crate::text::{number_of_word, pattern};

static DIGITS: LazyLock<Regex> = LazyLock::new(|| pattern(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"));
static WORD: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b[a-z]+(?:-[a-z]+)?\b"));
static FRACTION: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?P<share>(?:one|two)[ -]thirds?|(?:one|three)[ -](?:quarters?|fourths?)|(?:one|two|three|four)[ -]fifths?|(?:one|five)[ -]sixths?|(?:one|three|five|seven)[ -]eighths?|(?:one|three|seven|nine)[ -]tenths?) (?:of|the)\b",
    )
});
static RANK: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:is|was|as|became) the (?P<rank>second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|\d{1,2}(?:st|nd|rd|th))[ -](?:most[ -])?(?:largest|longest|highest|populous|smallest|oldest|tallest|deepest|abundant|common|brightest|widest|spoken|massive|planet|president|king|emperor|element|letter|month|book|lightest|heaviest|studio|busiest|wealthiest|closest|king|prime|governor|secretary)",
    )
});

/// Words after which a bare number is a fact of its own.
static CODED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:atomic number|port|[Pp]ort number|RFC|error code|exit status|exit code|default(?: value)? is|defaults to|default of) $",
    )
});

/// Words after which a number names a thing instead of counting it.
const NAMING: &[&str] = &[
    "version", "chapter", "section", "part", "type", "class", "level", "volume", "page", "figure", "table", "grade",
    "step", "rule", "route", "highway", "size", "channel", "model", "series", "article", "line", "group", "period",
    "phase", "stage", "category", "issue", "edition", "act", "no", "no.", "nos.", "mark", "unit", "item", "option",
    "python", "release", "windows", "appendix", "day", "tier", "form",
];

/// Finds bare numbers, fractions and ranks.
pub(super) fn find(scene: Scene<'_>) -> Vec<Fact> {
    let text = scene.statement.text.as_str();
    let mut facts: Vec<Fact> = FRACTION
        .captures_iter(text)
        .filter_map(|found| found.name("share"))
        .map(|found| Fact {
            rough: is_rough(text, found.start()),
            ..Fact::plain(Kind::Percentage, Form::Fraction, text, found.range())
        })
        .filter(|fact| !is_bound(text, fact.mask.start))
        .collect();
    facts.extend(
        RANK.captures_iter(text)
            .filter_map(|found| Some(Fact::plain(Kind::Number, Form::Ordinal, text, found.name("rank")?.range()))),
    );
    let digits = DIGITS.find_iter(text).filter(|found| is_free(text, found.start(), found.end()));
    let words = WORD.find_iter(text).filter(|found| number_of_word(found.as_str()).is_some_and(|value| value >= 3));
    let counts = digits.chain(words).filter(|found| counts_something(text, found.start(), found.end()));
    facts.extend(counts.map(|found| Fact {
        rough: is_rough(text, found.start()),
        ..Fact::plain(Kind::Number, Form::Number, text, found.range())
    }));
    facts
}

/// Whether the digits stand alone: no part of a range, ratio, name, version or code.
pub(super) fn is_free(text: &str, start: usize, end: usize) -> bool {
    let before = text[..start].chars().next_back();
    let after = text[end..].chars().next();
    let second = text[end..].chars().nth(1);
    let tied = |ch: char| ch.is_alphanumeric() || "-–—−/:.°#$€£¥±+×'’&".contains(ch);
    let decimal_goes_on = after == Some('.') && second.is_some_and(char::is_alphanumeric);
    let tied_after = after.is_some_and(|ch| ch.is_alphanumeric() || "-–—−/:°×'’&".contains(ch)) && after != Some('°');
    !before.is_some_and(tied) && !tied_after && !decimal_goes_on && !is_range(text, start, end)
}

fn is_range(text: &str, start: usize, end: usize) -> bool {
    let next_is_number = |word: &str| word.starts_with(|ch: char| ch.is_ascii_digit());
    let goes_on = ["to", "and", "or", "by", "through"].contains(&word_after(text, end))
        && text[end..].trim_start().split(' ').nth(1).is_some_and(next_is_number);
    let preceded = ["to", "and", "or", "by", "through"].contains(&word_before(text, start))
        && text[..start]
            .trim_end()
            .rsplit(' ')
            .nth(1)
            .is_some_and(|word| word.ends_with(|ch: char| ch.is_ascii_digit()));
    goes_on || preceded
}

fn counts_something(text: &str, start: usize, end: usize) -> bool {
    let (before, after) = (word_before(text, start), word_after(text, end));
    let noun = counted_noun(text, end);
    let named = before.starts_with(char::is_uppercase) && start > before.len() + 1
        || NAMING.contains(&before.to_lowercase().as_str());
    let picks = ["first", "last", "these", "those", "the", "other", "of", "every", "all", "both", "and", "or"]
        .contains(&before.to_lowercase().as_str());
    let listed = text[end..].contains(": ") || text[end..].contains(" namely ") || text[end..].contains(" – ");
    let ties =
        after.contains('-') || ["or", "to", "and", "times", "of"].contains(&after) || text[end..].starts_with(" or ");
    let crowd = ["people", "countries", "followers", "adherents", "stores", "locations", "staff", "players", "states"];
    let changing = noun.iter().any(|word| crowd.contains(word)) && !has_year(text);
    let coded = CODED.is_match(&text[..start]);
    let year = end - start == 4 && text[start..end].parse().is_ok_and(|year: u32| (1000..2100).contains(&year));
    let converted = text[end..]
        .find('(')
        .is_some_and(|at| at < 30 && text[end + at + 1..].starts_with(|ch: char| ch.is_ascii_digit()));
    coded
        || !year
            && !converted
            && !named
            && !picks
            && !listed
            && !ties
            && !noun.is_empty()
            && !changing
            && !is_bound(text, start)
}

/// The lower-case words right after a number: what it counts. Empty if nothing is counted.
fn counted_noun(text: &str, end: usize) -> Vec<&str> {
    const STOPS: &[&str] = &[
        "in", "on", "at", "by", "for", "from", "with", "as", "is", "was", "are", "were", "when", "after", "before",
        "until", "under", "during", "into", "that", "which", "who", "but", "while", "it", "he", "she", "a", "an",
        "the",
    ];
    if !text[end..].starts_with(' ') {
        return Vec::new();
    }
    let lower = |word: &&str| word.starts_with(char::is_lowercase);
    let words = text[end..].split_whitespace().take_while(|word| lower(word) && !STOPS.contains(word));
    words.take(3).map(|word| word.trim_end_matches(['.', ',', ';'])).collect()
}
