//! Identifiers in manuals: functions, classes, options and exceptions, given what they do.

use std::sync::LazyLock;

use regex::Regex;

use super::Scene;
use crate::cloze::fact::{Fact, Form, Kind};
use crate::text::pattern;

static IDENTIFIER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:[A-Za-z]+(?:_[A-Za-z0-9]+)+|[A-Z][a-z]+(?:[A-Z][a-z]+)+|[a-z]{2,}(?:\.[a-z_]{3,})+|[A-Z]{2,}[a-z]{2,}[A-Za-z]*|[a-z]+[A-Z][A-Za-z]+)\b",
    )
});
static OPENING: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)(?:^|\b(?:use|using|uses|used|calls?|calling|raises?|raise an?|generate an?|via|named|called|by|in|of|to|with|set|sets|setting|function|method|module|class|exception|type|option|view|parameter|catalog|variable|keyword|the|an?|new|from|is) )$",
    )
});
static ROLE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^ (?:module|function|method|class|exception|option|parameter|attribute|argument|command|type|operator|view|catalog|statement|keyword|descriptor|field|setting|variable|object|error|flag|clause|interface|constant|protocol|utility|program|pragma|is|returns?|provides?|raises?|takes|accepts|can|gives|specifies|controls|defines|determines|to|if|when|which|that|for|has|will|contains)\b",
    )
});

/// `the nis module`: a plain word that only its role marks as an identifier.
static NAMED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b[Tt]he (?P<name>[A-Za-z_][\w.]{2,}) (?:module|function|method|exception|class|command|macro|package|library|keyword|utility|attribute|data type|type|system view|catalog|environment variable|parameter|clause)\b",
    )
});

/// Words before `module` or `function` that are no identifiers.
const PLAIN_WORDS: &[&str] = &[
    "new",
    "old",
    "existing",
    "default",
    "standard",
    "main",
    "current",
    "given",
    "resulting",
    "corresponding",
    "underlying",
    "usual",
    "first",
    "second",
    "last",
    "same",
    "other",
    "whole",
    "entire",
    "data",
    "base",
    "input",
    "output",
    "user",
    "static",
    "virtual",
    "hash",
    "return",
    "following",
    "aggregate",
    "window",
    "generic",
    "shared",
    "python",
    "perl",
    "builtin",
    "actual",
    "original",
    "internal",
    "external",
    "result",
    "optional",
    "required",
    "target",
];

/// Finds identifiers whose role the sentence tells.
pub(super) fn find(scene: Scene<'_>) -> Vec<Fact> {
    if !scene.topic.manual {
        return Vec::new();
    }
    let text = scene.statement.text.as_str();
    let told = |start: usize, end: usize| OPENING.is_match(&text[..start]) || ROLE.is_match(&text[end..]);
    let found = IDENTIFIER.find_iter(text).filter(|found| {
        found.len() >= 4
            && !text[found.end()..].starts_with(['\'', '’'])
            && scene.distractors.class_of(found.as_str()).is_none()
            && told(found.start(), found.end())
    });
    let named = NAMED.captures_iter(text).filter_map(|found| found.name("name"));
    let named = named.filter(|name| !PLAIN_WORDS.contains(&name.as_str().to_lowercase().as_str()));
    found.chain(named).map(|found| Fact::plain(Kind::Term, Form::Identifier, text, found.range())).collect()
}
