//! Terms: the topic by its definition, what something is called, a symbol, the class that something belongs to.

use std::sync::LazyLock;

use regex::Regex;

use super::Scene;
use super::name::is_attribute;
use crate::cloze::definition::Definition;
use crate::cloze::fact::{Fact, Form, Kind};
use crate::text::{pattern, words};

/// A definition with fewer words fits many things.
const MIN_DEFINITION_WORDS: usize = 7;

static CALLED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:known as|called|referred to as|termed|known by the name of)(?: an?| the)? '?(?P<term>[a-z][\p{L}-]+(?: [a-z][\p{L}-]+){0,2})'?(?:[.,;)]| because\b| when\b| if\b)",
    )
});
static EQUATED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"\b(?:is|are|was|were) (?:called |named |known as )?(?:the|an?) (?P<term>[a-z]{3,}(?: [a-z]{3,})?)\.$")
});
static SYMBOL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:symbol|chemical formula|molecular formula|formula|file extension|abbreviated|abbreviation|ISO code) (?:is |as )?(?P<term>[A-Z][A-Za-z0-9]{0,5})(?:[.,;)]| and\b)",
    )
});
static CLASS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:is|are|was|were) (?:an?|the) (?:[a-z-]+ )?(?:genus|species|dialect|subset|unit|measure) (?:of|in) (?:the )?(?P<term>[a-z][\p{L}-]+(?: [a-z][\p{L}-]+)?)(?:[.,;]| that\b| which\b| concerned\b| dealing\b| in the (?:family|order)\b| used\b| involving\b| devoted\b| studying\b)",
    )
});

/// Finds terms.
pub(super) fn find(scene: Scene<'_>) -> Vec<Fact> {
    let text = scene.statement.text.as_str();
    let mut facts: Vec<Fact> = defined(scene).into_iter().collect();
    for finder in [&*CALLED, &*EQUATED, &*SYMBOL, &*CLASS] {
        facts.extend(finder.captures_iter(text).filter_map(|found| {
            let term = found.name("term")?;
            let form = match scene.distractors.class_of(term.as_str()) {
                Some(class) => Form::Known { class: class.id.clone() },
                None => Form::Term,
            };
            is_term(term.as_str()).then(|| Fact::plain(Kind::Term, form, text, term.range()))
        }));
    }
    facts.extend(known(scene));
    facts
}

/// Terms of the bank behind a preposition or a verb of making.
fn known(scene: Scene<'_>) -> Vec<Fact> {
    static OPENING: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"\b(?:of|in|by|from|with|into|as|called|contains?|containing|produces?|producing|producer of|causes?|causing|caused by|between|for|to|using|uses|called|on|form of|type of|made of|made from)(?: the| an?)? $",
        )
    });
    let text = scene.statement.text.as_str();
    let starts: Vec<usize> = words(text).map(|(at, _)| at).collect();
    let ends: Vec<usize> = words(text).map(|(at, word)| at + word.len()).collect();
    let mut facts = Vec::new();
    for (index, start) in starts.iter().enumerate().filter(|(_, start)| OPENING.is_match(&text[..**start])) {
        let longest = (index..(index + 3).min(ends.len())).rev().find_map(|last| {
            let class = scene.distractors.class_of(&text[*start..ends[last]])?;
            (class.kind == Kind::Term).then(|| (ends[last], class.id.clone()))
        });
        let figurative = |end: usize| text[end..].starts_with(" of ");
        let whole = |end: usize| {
            !text[end..].starts_with(['-', '–', '\'', '’']) && !is_attribute(text, end) && !figurative(end)
        };
        facts.extend(
            longest
                .filter(|(end, _)| whole(*end))
                .map(|(end, class)| Fact::plain(Kind::Term, Form::Known { class }, text, *start..end)),
        );
    }
    facts
}

/// The topic as the answer: its definition is the question.
fn defined(scene: Scene<'_>) -> Option<Fact> {
    let definition = scene.topic.definition.as_ref().filter(|_| scene.statement.defines)?;
    let bare_plural = definition.verb == "are" && definition.what.starts_with(char::is_lowercase);
    let starts_as_class =
        bare_plural || ["a ", "an ", "the ", "any "].iter().any(|start| definition.what.starts_with(start));
    let long_enough = definition.what.split(' ').count() >= MIN_DEFINITION_WORDS;
    let start = scene.statement.text.find(&definition.what).unwrap_or(0);
    let plural = matches!(definition.verb.as_str(), "are" | "were") && !definition.subject.is_empty();
    let answer = if plural { definition.subject.clone() } else { scene.topic.name.clone() };
    let whole = definition.subject.is_empty() || definition.subject.to_lowercase().contains(&answer.to_lowercase());
    let few_words = whole && is_unique(definition) && answer.split(' ').count() <= 4;
    (starts_as_class && long_enough && few_words).then(|| Fact {
        kind: Kind::Term,
        form: Form::Defined,
        mask: 0..start,
        answer,
        shown: String::new(),
        rough: false,
    })
}

/// Classes with so many members that a short description fits several; they need a mark of their own.
fn is_unique(definition: &Definition) -> bool {
    static CROWDED: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"\b(?:city|town|village|municipality|commune|river|genus|family|species|suborder|county|district|province|island|lake|mountain|writer|poet|actor|actress|singer|painter|composer|politician|footballer|breed|language|dialect|football|band|album|film|novel|website|company|moth|plant|bird|fish|tree|shrub|king|queen|emperor|philosopher|mathematician|physicist|chemist|historian|scientist|engineer|architect|constellation|star|galaxy|moon|asteroid|crater|deity|god|goddess|sea|strait|bay|gulf|desert|peninsula|tribe|clan|dynasty)s?\b",
        )
    });
    static MARK: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"\b(?:only|largest|first|last|capital|second|third|longest|highest|oldest|founder|author|inventor|discoverer|best known|known for|most|created|pioneered|won|served as|\d{2,4}|symbol|invented|discovered|led|wrote|between|brightest|longest-ruling|ruled)\b",
        )
    });
    let what = &definition.what;
    let class = what.split(' ').take(6).collect::<Vec<_>>().join(" ");
    !CROWDED.is_match(&class) || MARK.is_match(what) && what.split(' ').count() >= 10
}

fn is_term(term: &str) -> bool {
    const LOOSE: &[&str] = &[
        "it", "they", "he", "she", "one", "part", "other", "others", "such", "some", "many", "either", "just",
        "simply", "which", "that", "being", "having", "most", "more", "result", "same", "way", "case", "first",
        "either", "any", "their", "its",
    ];
    !words(term).any(|(_, word)| LOOSE.contains(&word.to_lowercase().as_str()))
}
