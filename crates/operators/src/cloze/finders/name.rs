//! Names of people, places, organisations and works in the middle of a sentence.

use std::sync::LazyLock;

use regex::{Match, Regex};

use super::Scene;
use crate::cloze::fact::{Fact, Form, Kind};
use crate::text::pattern;

static SPAN: LazyLock<Regex> = LazyLock::new(|| {
    let word = r"(?:(?:St|Ste|Mt|Ft|Dr|Jr)\. \p{Lu}[\p{L}’'-]*\p{L}|\p{Lu}[\p{L}’'-]*\p{L}|\p{Lu}\.)";
    let link = r"(?:of the|of|de la|de|la|le|du|des|von der|von|van der|van|di|da|del|della|der|bin|ibn|el|al|y)";
    pattern(&format!(r"{word}(?:(?: {link})? (?:{word}|[IVX]+\b))*"))
});

/// What may stand before a name that is asked for: the agent of a deed, a namesake, a place.
static AGENT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:(?:invented|discovered|developed|founded|created|designed|written|coined|introduced|built|proposed|published|led|directed|composed|painted|established|described|formulated|proved|conquered|commissioned|produced|patented|popularized|popularised|isolated|synthesized|pioneered|devised|discovered|ruled|defeated|succeeded|appointed|edited|translated|made|launched|released|owned|governed|assassinated|crowned|taught|influenced|succeeded|defined|named|used|maintained|adopted)(?: in (?:\d{4}|[A-Z][a-z]+))? by|named (?:after|for)|in honou?r of|named by|called after|son of|daughter of|wife of|husband of|married|sister of|brother of|nephew of|student of|work of|after its (?:inventor|discoverer)|written by|succeeded|author of|novel by|book by|film by|poem by|mathematician|physicist|chemist|philosopher|astronomer|engineer|inventor|economist|architect|composer|explorer|poet|painter|naturalist|biologist|physician|botanist|linguist|historian|psychologist|sociologist|scientist|emperor|god|goddess|king|president)(?: (?:the|its|an?|(?:the )?(?:[\w-]+ ){0,6}?(?:mathematician|physicist|chemist|philosopher|astronomer|engineer|inventor|economist|architect|composer|explorer|poet|painter|naturalist|biologist|physician|botanist|linguist|historian|psychologist|sociologist|scientist|emperor|god|goddess|king|president|goddess|company|titan|writer|author|monk|programmer|logician|statistician|geologist|zoologist)))? $",
    )
});
static WHERE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:born|died|located|situated|based|headquartered|founded|held|established|built|lies|lie|found|native|capital|city|town|country|state|region|province|island|river|village|port|district|part|coast|north|south|east|west|northern|southern|eastern|western|central|spoken|originated|lived|buried|educated|studied|flows|empties|discovered|invented|developed|used|endemic|indigenous|centred|centered|introduced|opened|began|formed|signed|fought|language|mountain|lake|archipelago|department|county|municipality|settlement|suburb|arrondissement|borough|territory|peninsula|member|kingdom|published|set) (?:[a-z]+ ){0,2}?(?:in|at|of|near|to|from|into|within|on)(?: the| north(?:ern|east|west|eastern|western)?| south(?:ern|east|west|eastern|western)?| east(?:ern)?| west(?:ern)?| central| modern| ancient| present-day)* $",
    )
});

/// A preposition at least: names elsewhere are subjects, attributes or parts of longer names.
static PREPOSITION: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:in|by|of|from|near|after|with|against|under|at|to|into|on|during|through|across|via|called|family|order|genus|class|phylum|suborder|infraorder|subfamily|superfamily)(?: the)? $",
    )
});

const CALENDAR: &[&str] = &[
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
    "I",
    "The",
    "Earth",
    "Internet",
    "Moon",
    "Sun",
    "South",
    "North",
    "East",
    "West",
];

/// Finds names.
pub(super) fn find(scene: Scene<'_>) -> Vec<Fact> {
    let text = scene.statement.text.as_str();
    // The full stop of the sentence is no part of a name that ends in an initial or a number.
    let body = text.strip_suffix('.').unwrap_or(text);
    let spans = SPAN.find_iter(body).filter(|span| stands_free(body, span));
    spans.filter_map(|span| name(scene, text, &span)).collect()
}

fn name(scene: Scene<'_>, text: &str, span: &Match<'_>) -> Option<Fact> {
    let before = &text[..span.start()];
    let known = scene.distractors.class_of(span.as_str());
    let (kind, form) = match known {
        Some(_) if is_part(scene, before) => return None,
        Some(class) if class.id == "nationality" && !is_of_people(text, span.end()) => return None,
        Some(class) if class.kind == Kind::Name && is_namesake(&class.id, before, text, span.end()) => return None,
        Some(class) => (class.kind, Form::Known { class: class.id.clone() }),
        None if is_attribute(text, span.end()) => return None,
        None if is_part(scene, before) => return None,
        None if text[span.end()..].starts_with(" for ") => return None,
        None if AGENT.is_match(before) => (Kind::Name, Form::Name),
        None if goes_on(scene, &text[span.end()..]) => return None,
        None if WHERE.is_match(before) => (Kind::Place, Form::Name),
        None if PREPOSITION.is_match(before) => (Kind::Name, Form::Name),
        None => return None,
    };
    Some(Fact::plain(kind, form, text, span.range()))
}

/// Whether the span ends a longer name: `List of World Heritage in Danger`, but not `Honshu in Japan`.
fn is_part(scene: Scene<'_>, before: &str) -> bool {
    static PART: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"(?P<last>\p{Lu}[\w’'-]+) (?:in|for|and|on|to|with|at|from) $"));
    PART.captures(before).is_some_and(|found| {
        let known =
            scene.distractors.class_of(&found["last"]).is_some() || scene.topic.display.contains(&found["last"]);
        !known && found.get(0).is_some_and(|whole| whole.start() > 0)
    })
}

/// Whether a longer name goes on behind the span: `List of World Heritage` before `in Danger`.
fn goes_on(scene: Scene<'_>, after: &str) -> bool {
    static REST: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"^ (?:in|for|and|on|to|with) (?:the )?(?P<first>\p{Lu}[\w’'-]+)"));
    REST.captures(after).is_some_and(|found| scene.distractors.class_of(&found["first"]).is_none())
}

/// `the Apollo program`, `the Oracle at Delphi`: the name is there, but stands for something else.
fn is_namesake(class: &str, before: &str, text: &str, end: usize) -> bool {
    let takes_article = ["period", "organisation", "university"].contains(&class);
    !takes_article && (before.ends_with("the ") || is_attribute(text, end))
}

/// `the English author`, but not `in English` or `the English language`.
fn is_of_people(text: &str, end: usize) -> bool {
    let words = [
        "language",
        "word",
        "words",
        "name",
        "term",
        "spelling",
        "alphabet",
        "translation",
        "origin",
        "dialect",
        "dialects",
        "names",
        "letter",
        "letters",
        "numerals",
    ];
    is_attribute(text, end)
        && !text[end..].trim_start().split([' ', ',', '.']).take(2).any(|word| words.contains(&word))
}

/// Whether a lower-case noun follows at once: `the Trinity of Carnatic music`.
pub(super) fn is_attribute(text: &str, end: usize) -> bool {
    const LINKS: &[&str] = &[
        "and", "or", "in", "on", "at", "by", "for", "from", "with", "as", "is", "was", "are", "were", "when", "after",
        "before", "until", "under", "during", "into", "that", "which", "who", "but", "while", "to", "of", "has", "had",
        "between", "where", "through", "about", "near", "since", "because", "against", "until", "via",
    ];
    let next =
        text[end..].strip_prefix(' ').and_then(|rest| rest.split([' ', ',', '.', ';']).next()).unwrap_or_default();
    next.starts_with(char::is_lowercase) && !LINKS.contains(&next)
}

/// `Java's JAR`, `the Oecd's`: a name and what is its own, or half of that.
fn owns_more(name: &str) -> bool {
    name.split(' ').any(|word| word.ends_with("'s") || word.ends_with("’s"))
}

/// Whether the span is a whole name inside of the sentence.
fn stands_free(text: &str, span: &Match<'_>) -> bool {
    let before = text[..span.start()].chars().next_back();
    let after = text[span.end()..].chars().next();
    let first = span.start() == 0 || text[..span.start()].ends_with(". ") || text[..span.start()].ends_with(": ");
    let tied = |ch: char| ch.is_alphanumeric() || "-–—/'’.&$_".contains(ch);
    let tied_after = after.is_some_and(|ch| ch.is_alphanumeric() || "-–—/'’&_(".contains(ch));
    let number_next = text[span.end()..].trim_start().starts_with(|ch: char| ch.is_ascii_digit())
        && !text[span.end()..].starts_with(['.', ',']);
    let letters = span.as_str().chars().filter(|ch| ch.is_alphabetic()).count();
    let acronym = span.as_str().chars().all(|ch| ch.is_uppercase());
    !first
        && !before.is_some_and(tied)
        && !tied_after
        && !number_next
        && letters >= 3
        && !acronym
        && !owns_more(span.as_str())
        && !CALENDAR.contains(&span.as_str())
}
