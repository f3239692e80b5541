//! Days, months, years, decades and centuries.

use std::sync::LazyLock;

use regex::Regex;

use super::{Scene, is_rough, word_before};
use crate::cloze::fact::{Fact, Form, Kind};
use crate::text::pattern;

static DAY: LazyLock<Regex> = LazyLock::new(|| {
    let month = "(?:January|February|March|April|May|June|July|August|September|October|November|December)";
    pattern(&format!(r"\b(?:\d{{1,2}} {month} \d{{4}}|{month} \d{{1,2}}, \d{{4}}|{month} \d{{4}})\b"))
});
static YEAR: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b(?:1[0-9]{3}|20[0-4][0-9])\b"));
static DECADE: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b(?:1[5-9]|20)[1-9]0s\b"));
static CENTURY: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b(?P<rank>\d{1,2}(?:st|nd|rd|th))(?: |-)century\b"));

static ERA: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"\b(?:in|of|since|by|until|around|about|c\.) (?P<year>\d{1,4})(?P<era> (?:BC|BCE|AD|CE)\b)")
});

/// Finds dates.
pub(super) fn find(scene: Scene<'_>) -> Vec<Fact> {
    let text = scene.statement.text.as_str();
    let mut facts: Vec<Fact> =
        DAY.find_iter(text).map(|found| Fact::plain(Kind::Date, Form::Day, text, found.range())).collect();
    let inside_day = |at: usize| DAY.find_iter(text).any(|day| day.range().contains(&at));
    facts.extend(YEAR.find_iter(text).filter(|year| !inside_day(year.start())).filter_map(|year| {
        let fact = Fact::plain(Kind::Date, Form::Year, text, year.range());
        (is_year(text, year.start(), year.end())).then(|| Fact { rough: is_rough(text, year.start()), ..fact })
    }));
    facts.extend(DECADE.find_iter(text).filter(|decade| has_plain_opening(text, decade.start())).map(|decade| Fact {
        rough: is_rough(text, decade.start()),
        ..Fact::plain(Kind::Date, Form::Decade, text, decade.range())
    }));
    facts.extend(CENTURY.captures_iter(text).filter_map(|found| {
        let rank = found.name("rank")?;
        let goes_on = text[..rank.start()].ends_with("to the ")
            || text[..rank.start()].ends_with(['–', '-'])
            || text[..rank.start()].ends_with("and ");
        let era = text[rank.end()..].starts_with("-century");
        (!goes_on && !era).then(|| Fact::plain(Kind::Date, Form::Century, text, rank.range()))
    }));
    facts.extend(ERA.captures_iter(text).filter_map(|found| {
        let year = found.name("year")?;
        Some(Fact { rough: is_rough(text, year.start()), ..Fact::plain(Kind::Date, Form::Number, text, year.range()) })
    }));
    facts
}

/// Four digits are a year after the words that years follow, and before nothing that they could count.
fn is_year(text: &str, start: usize, end: usize) -> bool {
    const OPENINGS: &[&str] = &[
        "in", "since", "until", "till", "of", "year", "from", "to", "by", "before", "after", "around", "about",
        "circa", "c.", "and", "early", "late",
    ];
    let after = &text[end..];
    let ends_plainly = after.starts_with([',', '.', ';', ')'])
        && !after[1..].starts_with(|ch: char| ch.is_ascii_digit())
        || [
            " and ",
            " to ",
            " by ",
            " in ",
            " as ",
            " at ",
            " on ",
            " with ",
            " when ",
            " after ",
            " for ",
            " until ",
            " until ",
            " under ",
            " following ",
            " from ",
            " through ",
            " but ",
            " or ",
            " that ",
            " is ",
            " was ",
            " during ",
            " census",
            " election",
        ]
        .iter()
        .any(|next| after.starts_with(next));
    ends_plainly && has_opening(text, start, OPENINGS) || dates_a_work(text, start, end)
}

/// `his 1697 book`, `the 1936 novel`.
fn dates_a_work(text: &str, start: usize, end: usize) -> bool {
    static WORK: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"^ (?:\w+ )?(?:book|novel|film|essay|paper|work|treatise|play|album|article|poem|song|opera|election|treaty|constitution|edition|census|war|revolution|coup|world cup|earthquake|monograph|short story|debut)\b",
        )
    });
    has_opening(text, start, &["his", "her", "its", "their", "the", "a"]) && WORK.is_match(&text[end..])
}

fn has_opening(text: &str, start: usize, openings: &[&str]) -> bool {
    openings.contains(&word_before(text, start).to_lowercase().as_str())
}

fn has_plain_opening(text: &str, start: usize) -> bool {
    has_opening(text, start, &["the", "early", "mid", "late", "mid-", "in"])
}
