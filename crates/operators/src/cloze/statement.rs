//! Sentences that may be asked about: they stand alone, or their first pronoun can be put right without doubt.
//!
//! Whatever points out of the sentence (`this`, `the latter`, `later that year`), depends on the time of reading
//! (`currently`) or is no running prose (code, formulas, fragments) is passed over. What is asked is decided elsewhere.

use std::sync::LazyLock;

use regex::Regex;

use super::topic::{Pronoun, Topic};
use crate::text::{Sentence, pattern};

/// Shorter sentences pin nothing, longer ones cannot be read at once.
const WORDS: std::ops::RangeInclusive<usize> = 8..=45;

/// A sentence that stands alone.
#[derive(Clone, Debug)]
pub(crate) struct Statement {
    /// The sentence with its opening put right and its white space plain, behind the sentence that dates it if need be.
    pub(crate) text: String,
    /// Where the sentence itself begins in `text`; facts are taken from there on.
    pub(crate) own: usize,
    /// First byte of the sentence in the document.
    pub(crate) start: usize,
    /// Byte after it.
    pub(crate) end: usize,
    /// The sentence's number in the document.
    pub(crate) index: usize,
    /// Whether it is the sentence that defines the topic.
    pub(crate) defines: bool,
}

/// Gives the usable sentences of a document, in order.
pub(crate) fn statements(text: &str, cuts: &[Sentence], topic: &Topic) -> Vec<Statement> {
    let mut found = Vec::new();
    let mut speaks_of_topic = false;
    for (index, cut) in cuts.iter().enumerate() {
        let raw = &text[cut.start..cut.end];
        let plain = plain(raw);
        let defines = index == 0 && topic.definition.is_some();
        let resolved = if defines { Some(plain.clone()) } else { resolve(&plain, topic, speaks_of_topic) };
        speaks_of_topic = resolved.is_some();
        let stands = resolved.or_else(|| on_its_own(&plain, topic));
        let usable = stands.filter(|_| !is_damaged(raw)).filter(|text| stands_alone(text, topic));
        let statement = usable.map(|text| Statement { text, own: 0, start: cut.start, end: cut.end, index, defines });
        let dated = statement.map(|statement| dated(statement, found.last()));
        found.extend(dated);
    }
    found
}

/// Puts the sentence before in front of a figure that has no date of its own: `In 2015, ... . The rate was ...`.
fn dated(statement: Statement, before: Option<&Statement>) -> Statement {
    let dates = |before: &&Statement| before.index + 1 == statement.index && has_year(&before.text) && before.own == 0;
    match before.filter(|_| is_changing(&statement.text) && !has_year(&statement.text)).filter(dates) {
        None => statement,
        Some(before) => Statement {
            own: before.text.len() + 1,
            text: format!("{} {}", before.text, statement.text),
            start: before.start,
            ..statement
        },
    }
}

/// Whether a sentence names a year.
pub(crate) fn has_year(text: &str) -> bool {
    static YEAR: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b(?:1[5-9]|20)\d\d\b"));
    YEAR.is_match(text)
}

/// Whether a sentence gives a figure that is another one every year.
pub(crate) fn is_changing(text: &str) -> bool {
    static CHANGING: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?i)\b(?:population|inhabitants|residents|speakers|gdp|census|estimates?|estimated|literacy|rate|rates|expectancy|revenues?|exports?|imports?|employment|unemployment|employs?|workforce|labor force|labour force|income|budget|growth|poverty|debt|deficit|inflation|reserves|spending|expenditures?|members|membership|employees|users|students|enrol?ment|enrolled|subscribers|customers|output|production|annually|each year|every year|per year|a year|remittances|electricity|per capita|market share|readership|circulation)\b",
        )
    });
    CHANGING.is_match(text)
}

/// A sentence with another subject: it must name the topic before any pronoun, or be one of a manual.
fn on_its_own(sentence: &str, topic: &Topic) -> Option<String> {
    static PRONOUN: LazyLock<Regex> = LazyLock::new(|| {
        pattern(r"(?i)\b(?:he|she|it|they|his|her|hers|its|their|him|them|theirs|itself|themselves)\b")
    });
    static DANGLING: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"^(?:The [a-z][\w-]*(?: [a-z][\w-]*){0,3}(?:,| (?:is|are|was|were|has|have|had|can|may|will|also|that|which|includes?|covers?|contains?|became|lies|began|came|rose|fell|grew|held|took|gave|made|remains?|stands?|serves?|forms?|uses?)\b)|(?:A|An) (?:second|third|further|similar|different|related|new)\b)",
        )
    });
    let sentence = upper_first(&CONNECTIVE.replace(sentence, ""));
    let pronoun = PRONOUN.find(&sentence).map(|found| found.start());
    let named = topic.first_mention(&sentence).is_some_and(|at| pronoun.is_none_or(|pronoun| at < pronoun));
    let stands =
        named && !DANGLING.is_match(&sentence) || topic.manual && pronoun.is_none() && !DANGLING.is_match(&sentence);
    stands.then_some(sentence)
}

static CONNECTIVE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:However|Moreover|Furthermore|Additionally|In addition|Nevertheless|Nonetheless|Also|Notably|Indeed|In fact|Overall|Historically|Traditionally|Finally|Generally|Typically|Usually), ",
    )
});

static INTRODUCTION: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:In|During|By|After|Before|On|At|Since|Until|From|As of|With|Under|Within|Over|Through|Throughout|Between|According to|Born in|Founded in|Located in|Situated in|Established in|For|Like) [^,;:]{2,70}(?:, (?:\d{4}|[A-Z][a-z]+),)?,? ?",
    )
});

/// Replaces an opening that stands for the topic by its name. None if the sentence does not speak of the topic.
fn resolve(sentence: &str, topic: &Topic, speaks_of_topic: bool) -> Option<String> {
    let sentence = &CONNECTIVE.replace(sentence, "");
    let sentence = upper_first(sentence);
    if topic.mention_at_start(&sentence).is_some() {
        return Some(sentence);
    }
    if let Some(opening) = stand_in(&sentence, topic, speaks_of_topic) {
        return Some(upper_first(&opening));
    }
    let introduction = INTRODUCTION.find(&sentence).filter(|found| found.as_str().contains(','))?;
    let (before, rest) = sentence.split_at(introduction.end());
    if topic.mention_at_start(rest).is_some() {
        return Some(sentence);
    }
    stand_in(&upper_first(rest), topic, speaks_of_topic).map(|rest| format!("{before}{rest}"))
}

/// Replaces `It`, `Its`, `The city`, `The term` at the start by the topic.
fn stand_in(sentence: &str, topic: &Topic, speaks_of_topic: bool) -> Option<String> {
    let (word, rest) = sentence.split_once(' ')?;
    let owned = format!("{}{}", topic.display, if topic.display.ends_with('s') { "’" } else { "’s" });
    let by = |name: &str| Some(format!("{name} {rest}"));
    match (word, topic.pronoun) {
        ("It", Some(Pronoun::It)) if speaks_of_topic && !is_expletive(rest) => by(&topic.display),
        ("He", Some(Pronoun::He)) | ("She", Some(Pronoun::She)) if speaks_of_topic => by(&topic.display),
        ("They", Some(Pronoun::They)) if speaks_of_topic => by(&topic.display),
        ("Its", Some(Pronoun::It)) | ("His", Some(Pronoun::He)) | ("Her", Some(Pronoun::She)) if speaks_of_topic => {
            by(&owned)
        }
        ("The", _) => definite(rest, topic),
        _ => None,
    }
}

/// `It is known that ...` names nothing.
fn is_expletive(rest: &str) -> bool {
    static EXPLETIVE: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"^(?:is|was|has been|may be|can be|became) (?:\w+ )?(?:that|to|possible|believed|estimated|thought|said|likely|important|necessary|unclear|unknown|common)\b|^(?:is|was) (?:not until|only|through|by|in|on|at|during|from)\b.* that\b|^(?:takes|appears|seems|follows)\b",
        )
    });
    EXPLETIVE.is_match(rest)
}

static VERB: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:also |now |originally |formerly |largely |mainly |primarily |officially )?(?:is|are|was|were|has|have|had|lies|covers|contains|consists|includes|became|began|comes|came|refers|derives|borders|stands|ran|runs|lasted|measures|reached|extends|flows|rises|serves|served|produces|belongs|originated|received|took|gained|won|grew|opened|joined|hosts|houses|occupies|can|could|may|must|will|does|did)\b",
    )
});

/// Resolves `The city has ...` by the class that the definition names, and `The term ...` by the name itself.
fn definite(rest: &str, topic: &Topic) -> Option<String> {
    let (noun, after) = rest.split_once(' ')?;
    if !VERB.is_match(after) {
        return None;
    }
    match noun {
        "term" | "word" | "name" => Some(format!("The {noun} '{}' {after}", topic.name)),
        _ if topic.definition.as_ref()?.genus.as_deref() == Some(noun) => Some(format!("{} {after}", topic.display)),
        _ => None,
    }
}

fn upper_first(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|ch| ch.to_uppercase().to_string()).unwrap_or_default() + letters.as_str()
}

/// One space between words, straight quotation marks made single so that the sentence can be quoted.
fn plain(raw: &str) -> String {
    raw.split_whitespace().collect::<Vec<_>>().join(" ").replace(['"', '“', '”'], "'")
}

/// Holes and spaces where a formula, a pronunciation or a reference was lost, and markup.
fn is_damaged(raw: &str) -> bool {
    static DAMAGED: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"\S {2,}\S| [.,;:)]|\( |\(\)|\[[0-9a-z]+\]|[{}\\|<>=~^*#@`]|\b_|_\b|https?:|www\.|::|[a-z)]\.[A-Z][a-z]|\.\.\.|…|----|\t",
        )
    });
    DAMAGED.is_match(raw)
}

static POINTS_OUT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?xi)\b(?: this | these | those | aforementioned | the \s (?: former | latter | following | above | same | next | previous | preceding | rest | others? | two | three | document | article | chapter | section | passage | figures? | authors? )
        | (?: here | thus | then | therefore | however | hence | thereafter | thereby | afterwards? | meanwhile | otherwise | instead | similarly | conversely | likewise | consequently | subsequently | respectively )
        | (?: later | that | same | previous | next | following ) \s (?: year | years | month | day | century | decade | time | period | season )
        | (?: years? | months? | days? | centuries | decades? | weeks? ) \s (?: later | earlier | after | before | ago )
        | the \s (?: past | last ) \s (?: \d+ | few | several | two | three | five | ten | twenty | decade | century | years | decades )  | current | currently | today | nowadays | now | recent | recently | presently | at \s present | to \s date | so \s far | still | latest | so-called
        | we | our | us | me | my | let['’]s | see \s also | shown | below | above
        | for \s (?: example | instance ) | such \s (?: an? | [a-rt-z] ) | e\.g | i\.e | etc | et \s al | ibid | not \s only | (?: is | are | was ) \s (?: another | yet ) | (?: not | n['’]t ) \s yet | in \s turn )\b",
    )
});

/// What was to come when the text was written may have come otherwise.
static FUTURE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:will|plans to|is planned|continues? to|is expected|are expected|is scheduled|is projected|aims to|upcoming|ongoing)\b",
    )
});

/// `I` as a word of its own, not as the number of a king or a war.
static FIRST_PERSON: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?:^|[a-z,;:'] )I(?: [a-z]|['’])"));

/// Manuals speak to their reader; elsewhere nobody knows who that is.
static READER: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\b(?:you|your|yours|please)\b"));

/// `The country` of a city that the sentence does not name.
static COUNTRY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\bthe (?:country|nation|state|kingdom|empire|island|river|province|county|company|city|team|band)(?:[,.;:)]| (?:[a-np-z]|o[a-eg-z])|['’]s (?:oldest|first|largest|only|second|third|most|main|capital|national))",
    )
});

static OPENS_BADLY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:There|Here|That|Such|Some|Many|Most|Others?|Another|Both|Each|All|Several|And|But|Or|So|Because|If|When|While|Although|Though|Since then|Then|As such|As a result|See|Note|Despite|Unlike|One|What|Who|Which|Where|Why|How|Even|Yet|Not|No|Additionally|To learn more|The remaining|In contrast|By contrast|On the other hand|New in|Changed in|Added in|Deprecated since|Contributed)\b",
    )
});

/// Whether a sentence whose subject is known points nowhere else and is whole.
fn stands_alone(sentence: &str, topic: &Topic) -> bool {
    let balanced = |open: char, close: char| sentence.matches(open).count() == sentence.matches(close).count();
    let single_quotes = sentence.split_whitespace().filter(|word| word.starts_with('\'')).count();
    let closing = sentence
        .split_whitespace()
        .filter(|word| word.trim_end_matches(['.', ',', ';', ':', ')']).ends_with('\''))
        .count();
    sentence.ends_with('.')
        && sentence.starts_with(|ch: char| ch.is_alphanumeric())
        && WORDS.contains(&sentence.split_whitespace().count())
        && balanced('(', ')')
        && balanced('[', ']')
        && single_quotes == closing
        && !sentence.contains(['?', '!', '\n'])
        && !POINTS_OUT.is_match(sentence)
        && !FIRST_PERSON.is_match(sentence)
        && (topic.manual || !READER.is_match(sentence) && !FUTURE.is_match(sentence))
        && (topic.mention_at_start(sentence).is_some() || !OPENS_BADLY.is_match(sentence))
        && (topic.is_of_class("country") || !COUNTRY.is_match(sentence))
}

#[cfg(test)]
mod tests {
    use super::{Topic, statements};
    use crate::text::sentences;

    fn usable(title: &str, text: &str) -> Vec<String> {
        let cuts = sentences(text);
        let first = cuts.first().map_or("", |cut| &text[cut.start..cut.end]);
        let Some(topic) = Topic::find(Some(title), text, first) else { return Vec::new() };
        statements(text, &cuts, &topic).into_iter().map(|statement| statement.text).collect()
    }

    #[test]
    fn openings_are_resolved_only_where_the_topic_is_the_subject() {
        let lead = "Timbuktu is an ancient city in Mali, north of the Niger River.";
        for (second, expected) in [
            (
                "It was founded in the twelfth century by nomads.",
                "Timbuktu was founded in the twelfth century by nomads.",
            ),
            (
                "The city has a population of 32,460 in the 2018 census.",
                "Timbuktu has a population of 32,460 in the 2018 census.",
            ),
            ("In 1893, it was taken by the French army.", "In 1893, Timbuktu was taken by the French army."),
            ("However, its mosque was built in 1327 by Musa.", "Timbuktu’s mosque was built in 1327 by Musa."),
            ("It is believed that gold was traded there in 1300.", ""),
            ("They came from the north in the year 1100.", ""),
            ("The river floods the plain every year in August.", ""),
            ("Timbuktu was later that year taken by the Tuareg.", ""),
            ("Timbuktu currently has 32,460 people and three mosques.", ""),
        ] {
            let found = usable("Timbuktu", &format!("{lead} {second}"));
            assert_eq!(found.get(1).map_or("", String::as_str), expected, "{second}");
        }
    }

    #[test]
    fn damaged_sentences_are_passed_over() {
        for text in [
            "A field is a set  with two operations that obey nine rules.",
            "A field is a set with two operations [3] that obey nine rules.",
            "A field is a set with two operations (which obey nine rules.",
        ] {
            assert!(usable("Field", text).is_empty(), "{text}");
        }
    }
}
