//! Complete lists that a sentence gives: all parts, all neighbours. They are asked for as a set.

use std::sync::LazyLock;

use regex::Regex;

use super::Scene;
use crate::cloze::fact::{Fact, Form, Kind};
use crate::text::pattern;

static LIST: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?x)\b(?:consists?\ of|consisted\ of|composed\ of|made\ up\ of|comprises?|comprised\ of|divided\ into|bordered\ by|borders|namely|are|were|bounded\ by)
        (?:\ (?:the\ )?(?:two|three|four|five|six|seven|eight)\ (?:[a-z]+\ ){1,3}?(?:[a-z]+):)?
        \ (?P<list>[^.;:()]+?,?\ and\ [^.,;:()]+)\.$",
    )
});

/// Finds lists of three to five short items that end the sentence.
pub(super) fn find(scene: Scene<'_>) -> Vec<Fact> {
    let text = scene.statement.text.as_str();
    let Some(list) = LIST.captures(text).and_then(|found| found.name("list")) else { return Vec::new() };
    let items = items(list.as_str());
    let short = |item: &String| (1..=3).contains(&item.split(' ').count()) && !is_open(item);
    if !(3..=5).contains(&items.len()) || !items.iter().all(short) || !is_uniform(&items) {
        return Vec::new();
    }
    let kind = if items.iter().all(|item| item.starts_with(char::is_uppercase)) { Kind::Place } else { Kind::Term };
    let form = Form::Items { num_items: items.len() };
    vec![Fact { kind, form, mask: list.range(), answer: items.join(", "), shown: String::new(), rough: false }]
}

fn items(list: &str) -> Vec<String> {
    let list = list.replace(", and ", ", ").replace(" and ", ", ");
    let bare = |item: &str| {
        ["the ", "a ", "an "].iter().find_map(|article| item.strip_prefix(article)).unwrap_or(item).to_owned()
    };
    list.split(", ").map(|item| bare(item.trim())).collect()
}

fn is_open(item: &str) -> bool {
    let words = [
        "other", "others", "more", "some", "many", "various", "several", "often", "usually", "to", "in", "by", "for",
        "with", "that", "which", "as", "on", "from", "at", "or", "both", "all",
    ];
    item.split(' ').any(|word| words.contains(&word)) || item.contains(|ch: char| ch.is_ascii_digit())
}

/// All names or no name: mixed lists are clauses rather than lists.
fn is_uniform(items: &[String]) -> bool {
    let names = items.iter().filter(|item| item.starts_with(char::is_uppercase)).count();
    names == 0 || names == items.len()
}
