//! Phrases that tie a question to a document which its reader does not have, and questions that ask for two things.
//!
//! Patterns, not understanding: a phrase that says of itself which document is meant (`the study of 1998 by ...`,
//! `as described by Darwin`) is let through, and so is a pronoun after something that it can stand for.

use std::sync::LazyLock;

use regex::{Match, Regex};

use crate::text::pattern;

/// Things that only someone with the document in hand can call `the` so.
const SOURCE: &str = "passage|text|article|document|material|excerpt|extract|snippet|authors?|study|report|table|figure|\
    paragraph|section|chapter|page|post|essay|paper|context|source|chart|diagram|list|entry|lecture|blog|website|narrative|content";

fn source_pattern(before: &str, after: &str) -> Regex {
    pattern(&format!("(?i){before}(?:{SOURCE}){after}"))
}

/// `according to the passage`, `in this study`.
static AFTER_PREPOSITION: LazyLock<Regex> = LazyLock::new(|| {
    source_pattern(
        r"\b(?:according to|based (?:up)?on|as per|per|in|from|by|within|throughout|using|under|given) (?:the|this|these|that|above)(?: (?:given|provided|above|following|preceding|mentioned|aforementioned|source|original|attached|short|first|second|last|previous|present|current|same|reference))? ",
        r"\b",
    )
});
/// `this article`, wherever it stands.
static THIS_SOURCE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\bthis (?:article|paper|study|post|page|passage|text|document|excerpt|extract|report|chapter|section|essay|blog|website|paragraph|snippet|manuscript|review|tutorial|lecture)\b",
    )
});
/// Never said of anything but a text in hand.
static ALWAYS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\bthe (?:aforementioned|above|provided|foregoing)\b|\b(?:mentioned|given|shown|listed|described|stated|quoted|provided) (?:above|below|earlier|previously|herein)\b|\babove-mentioned\b|\bthe text (?:above|below)\b",
    )
});
/// `the passage`, unless it is that of an act or of time.
static THE_PASSAGE: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\bthe (?:passage|excerpt|snippet)\b"));
/// `the given text`, `the following information`.
static GIVEN: LazyLock<Regex> = LazyLock::new(|| {
    source_pattern(
        r"\bthe (?:given|following|preceding|mentioned|supplied|attached) (?:information|details?|data|statements?|facts?|description|",
        r")\b",
    )
});
/// `the mentioned treaty`.
static MENTIONED: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\bthe mentioned\b"));
/// `as stated`.
static AS_STATED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\bas (?:was |is |it is |they are |already )?(?:stated|mentioned|described|discussed|noted|outlined|explained|indicated|reported|presented|detailed|shown|defined|given|specified|suggested|highlighted)\b",
    )
});
/// `the author says`.
static AUTHOR: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\bthe (?:authors?|writer|narrator|speaker)(?:['’]s?)?\b"));
/// `the article mentions`.
static SOURCE_SAYS: LazyLock<Regex> = LazyLock::new(|| {
    source_pattern(
        r"\bthe ",
        r" (?:says?|states?|mentions?|describes?|discuss(?:es)?|notes?|claims?|suggests?|explains?|reports?|indicates?|argues?|refers?|gives?|provides?|lists?|tells?|highlights?|identif(?:y|ies))\b",
    )
});
/// What names the document that is meant, right after it.
static NAMED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"^(?:['’]s)? ?(?:(?i:of|on|by|about|from|for|that|which|who|whose|called|named|titled|entitled|known|published|issued|written|signed|released|against|between|in) |[“"(‘]|tennis|below which|sciences?|culture|salt|manners?)"#,
    )
});
static BY_NAME: LazyLock<Regex> =
    LazyLock::new(|| pattern(r#"^ (?:by|in|at|on|under) (?:(?:the|an?|his|her) )?(?:[A-Z][\p{L}.'’-]*|\d|[“"‘])"#));

/// The phrase that refers to a document, if there is one.
pub(crate) fn refers_to_document(question: &str) -> Option<&str> {
    let named = |found: &Match<'_>| NAMED.is_match(after(question, found));
    let first = |regex: &'static Regex| regex.find(question);
    let open = |regex: &'static Regex| regex.find_iter(question).find(|found| !named(found));
    let said = AS_STATED.find_iter(question).find(|found| !BY_NAME.is_match(after(question, found)));
    let passage = THE_PASSAGE.find_iter(question).find(|found| !after(question, found).starts_with(" of "));
    let found = [
        open(&AFTER_PREPOSITION),
        first(&THIS_SOURCE),
        first(&ALWAYS),
        passage,
        first(&GIVEN),
        first(&MENTIONED),
        first(&SOURCE_SAYS),
        open(&AUTHOR),
        said,
    ];
    found.into_iter().flatten().min_by_key(Match::start).map(|found| found.as_str())
}

fn after<'t>(text: &'t str, found: &Match<'_>) -> &'t str {
    text.get(found.end()..).unwrap_or_default()
}

static PRONOUN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?P<person>he|she|him|his|her|hers|himself|herself)\b|\b(?P<thing>it|its|itself|they|them|their|theirs|themselves)\b|\b(?P<demonstrative>(?:this|that|these|those|such) (?:company|companies|organi[sz]ation|person|man|woman|city|town|country|region|place|area|event|war|battle|book|work|film|theory|method|process|species|animal|plant|substance|compound|element|device|system|language|team|group|people|period|year|century|river|island|building|law|disease|drug|number|function|algorithm|program|term|word|concept|idea|phenomenon|approach|technique|author|scientist|artist|king|queen|president))\b",
    )
});
/// `it is`, `it takes`: an `it` that stands for nothing.
static EMPTY_IT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?: (?:is|was|has been|had been|would be|will be|can be|may be|must be))?(?: not| also| now| often| widely| generally)?(?: (?:called|known|said|believed|thought|estimated|considered|possible|impossible|necessary|likely|common|usual|true|important|customary|illegal|difficult|easy|easier|harder|safe|safer|best|better|take|takes|took|rain|rains|rained|follow|follows))\b",
    )
});
/// Something that a pronoun can stand for: a noun after an article or a preposition, or a name.
static NOUN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i:\b(?:an?|the|my|our|your|some|every|each|any|no|two|three|of|about|on|for|with|from|between|around|named|called) )[\p{L}\p{N}“]",
    )
});
static NAME: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b\p{Lu}[\p{L}\p{N}.'’-]+"));
/// Capitalised only because a sentence begins there.
static OPENER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:What|Which|Who|Whom|Whose|When|Where|Why|How|In|On|At|By|For|From|To|Of|With|During|After|Before|Under|Is|Are|Was|Were|Do|Does|Did|Has|Have|Had|Can|Could|Name|Give|State|Find|Complete|Fill|Choose|He|She|They|It|His|Her|Their|Its|This|That|These|Those|According|January|February|March|April|May|June|July|August|September|October|November|December|I|If)$",
    )
});

/// The first pronoun, if nothing before it in the question could be what it stands for.
pub(crate) fn unresolved_opener(question: &str) -> Option<&str> {
    let found = PRONOUN.captures_iter(question).find_map(|captures| {
        let whole = captures.get(0)?;
        let is_it = captures.name("thing").is_some() && whole.as_str().eq_ignore_ascii_case("it");
        // What comes after an empty `it` may still be a pronoun that stands for nothing.
        (!(is_it && EMPTY_IT.is_match(after(question, &whole)))).then_some((whole, captures.name("person").is_some()))
    })?;
    let (pronoun, is_person) = found;
    let before = question.get(..pronoun.start())?;
    let has_name = NAME.find_iter(before).any(|name| !OPENER.is_match(name.as_str()));
    let has_noun = if is_person { PERSON.is_match(before) } else { NOUN.is_match(before) };
    (!has_name && !has_noun).then_some(pronoun.as_str())
}

/// A noun before `he` or `she` has to be someone: after `a`, `the` or `my`, and not only `in the year`.
static PERSON: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:an?|the|my|our|every|each|which|what) (?:[\p{L}-]+ ){0,3}?(?:\p{L}*(?:er|or|ist|ian|ant|ent|man|woman|men|ess|ee|king|queen|poet|artist|pilot|nurse|chief|judge|coach|guide|chef|monarch|pope|bishop|priest|monk|saint|prince|duke|earl|count|child|boy|girl|father|mother|brother|sister|son|wife|husband|friend|boss|colleague|partner|athlete|champion|scholar|pupil|hero|god|goddess|person|people|uncle|aunt|cousin|bride|widow|clerk|author))\b",
    )
});

/// Two questions in one: a second question mark, or a second question word after `and`.
static SECOND_QUESTION: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:what|which|who|whom|whose|when|where|why|how)\b.*\b(?:and|or)(?: also)?,? (?:(?:in|on|at|by|for|from|to|of|with|during) )?(?:(?:what|why|how|when) |(?:who|where|whose|which)(?: \p{L}+)? (?:is|are|was|were|did|does|do|has|have|had|can|could|would|will)\b)",
    )
});

/// Whether a question, without what it quotes, asks for more than one thing.
pub(crate) fn is_compound(unquoted: &str) -> bool {
    let num_marks = unquoted.split_inclusive('?').filter(|part| part.ends_with('?') && part.len() > 1).count();
    num_marks > 1 || SECOND_QUESTION.is_match(unquoted)
}

#[cfg(test)]
mod tests;
