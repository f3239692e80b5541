//! The sentence that says what the topic is: `In mathematics, a group is a set with ...`.

use std::sync::LazyLock;

use regex::Regex;

use crate::text::{pattern, same_stem, words};

/// The parts of a sentence that says what the topic is.
#[derive(Clone, Debug)]
pub(crate) struct Definition {
    /// A field named before the subject, such as `In mathematics, `.
    pub(crate) field: String,
    /// The subject without its article and without asides.
    pub(crate) subject: String,
    /// The verb: is, are, was, were, refers to.
    pub(crate) verb: String,
    /// What the topic is, from after the verb to before the full stop.
    pub(crate) what: String,
    /// The noun of the class (`city` in `an ancient city in Mali`), where one can be told.
    pub(crate) genus: Option<String>,
}

static DEFINITION: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?x)^ (?: (?: The|the|An|an|A|a ) \s )? (?P<subject> [^\s,(] [^,(]{0,60}? ) (?P<aside> (?: ,? \s or \s | , \s | \s \( ) .{1,160}? )?
        \s (?P<verb> is | are | was | were | refers \s to ) \s (?P<what> .+? ) \.? $",
    )
});

static GENUS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:an?|the|any) (?:[\w'’-]+ (?:and |or )?){0,5}?(?P<noun>[a-z]{3,})(?:,| (?:of|in|that|which|who|used|located|on|for|from|with|based|native|spoken|situated|consisting|and|where|to|by|between|near|at|comprising|found|containing|bordering|founded|developed|made|known|formed|designed)\b|$)",
    )
});

/// Words that begin an aside of the field rather than the subject.
const ASIDES: [&str; 10] =
    ["In", "in", "particularly", "especially", "specifically", "more", "and", "including", "or", "on"];

/// Reads a sentence as the definition of a name. A field may stand before it: `In mathematics, especially algebra, `.
pub(super) fn define(sentence: &str, name: &str) -> Option<Definition> {
    let borders = sentence.match_indices(", ").map(|(at, _)| at + 2).take_while(|_| sentence.starts_with("In "));
    std::iter::once(0).chain(borders).find_map(|border| {
        let (field, rest) = sentence.split_at(border);
        let definition = read(rest)?;
        let verb = rest.find(&format!(" {} {}", definition.verb, definition.what))?;
        let same = is_same_thing(&rest[..verb], &definition.subject, name)
            && !ASIDES.contains(&definition.subject.split(' ').next().unwrap_or_default());
        same.then(|| Definition { field: field.to_owned(), ..definition })
    })
}

/// Reads the first sentence of a dictionary entry, which leaves the name out: `A temporary kluge used to avoid a bug.`
pub(super) fn define_entry(sentence: &str, dictionary: &str) -> Option<Definition> {
    static MARKS: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"^(?:\d\. |n\. |\[[^\]]*\] ?|\([^)]*\) )*(?P<what>(?:A|An|The) .+?)[.;]?$"));
    let what = MARKS.captures(sentence)?.name("what")?.as_str();
    let mut letters = what.chars();
    let what = format!("{}{}", letters.next()?.to_lowercase(), letters.as_str());
    Some(Definition {
        field: format!("In {dictionary}, "),
        subject: String::new(),
        verb: "is".to_owned(),
        what,
        genus: None,
    })
}

/// The subject of a defining sentence that has no title to compare it with.
pub(super) fn defined_subject(sentence: &str) -> Option<String> {
    const VAGUE: &[&str] = &[
        "This", "That", "These", "Those", "It", "There", "He", "She", "They", "We", "You", "I", "One", "What", "Here",
        "If", "When",
    ];
    let definition = read(sentence)?;
    let as_class = ["a ", "an ", "any "].iter().any(|start| definition.what.starts_with(start));
    let first = definition.subject.split(' ').next().unwrap_or_default();
    let plain = definition.subject.split(' ').count() <= 3 && !VAGUE.contains(&first) && !sentence.starts_with("The ");
    (as_class && plain).then_some(definition.subject)
}

fn read(sentence: &str) -> Option<Definition> {
    let found = DEFINITION.captures(sentence)?;
    let aside = found.name("aside").map_or("", |aside| aside.as_str());
    let open_aside =
        ["which", "that", "who", "whose", "it", "and", "they"].iter().any(|word| aside.ends_with(&format!(" {word}")))
            || aside.matches('(').count() != aside.matches(')').count();
    let what = found["what"].to_owned();
    let genus = GENUS.captures(&what).map(|genus| genus["noun"].to_owned());
    let definition = Definition {
        field: String::new(),
        subject: found["subject"].to_owned(),
        verb: found["verb"].to_owned(),
        what,
        genus,
    };
    (!open_aside).then_some(definition)
}

/// Whether the words before the verb name the topic: the subject is the name, or its fuller or shorter form as proper
/// names have them (`Sir Edmund Percival Hillary`, `Swedish` for `Swedish language`), or an aside gives the name.
fn is_same_thing(before_verb: &str, subject: &str, name: &str) -> bool {
    let has = |text: &str, word: &str| words(text).any(|(_, other)| same_stem(word, other));
    let all_in = |of: &str, text: &str| words(of).all(|(_, word)| has(text, word));
    let (num_words, num_named) = (words(subject).count(), words(name).count());
    let proper = words(subject)
        .all(|(_, word)| word.starts_with(char::is_uppercase) || ["of", "the", "de", "von"].contains(&word));
    let fuller = all_in(name, subject) && (num_words == num_named || proper && num_words > 1);
    let elsewhere = !all_in(name, subject) && all_in(name, before_verb);
    let shorter = subject.starts_with(char::is_uppercase) && name.starts_with(subject);
    fuller || elsewhere || shorter
}

#[cfg(test)]
mod tests {
    use super::{define, defined_subject};

    #[test]
    fn definitions_are_read_past_asides() -> Result<(), String> {
        for (sentence, name, subject, what) in [
            ("A hat is a head covering.", "Hat", "hat", "a head covering"),
            ("In physics, a force (symbol F) is an influence.", "Force", "force", "an influence"),
            (
                "The hippopotamus, often shortened to hippo, further called river horse, is a mammal.",
                "Hippopotamus",
                "hippopotamus",
                "a mammal",
            ),
            (
                "Sir Edmund Percival Hillary was a mountaineer.",
                "Edmund Hillary",
                "Sir Edmund Percival Hillary",
                "a mountaineer",
            ),
            (
                "In mathematics, particularly in analysis, a Riemann surface is a complex manifold.",
                "Riemann surface",
                "Riemann surface",
                "a complex manifold",
            ),
            ("Swedish is a language.", "Swedish language", "Swedish", "a language"),
        ] {
            let definition = define(sentence, name).ok_or(sentence)?;
            assert_eq!((definition.subject.as_str(), definition.what.as_str()), (subject, what));
        }
        Ok(())
    }

    #[test]
    fn sentences_about_other_things_define_nothing() {
        for (sentence, name) in [
            ("The economy is small.", "Economy of Jersey"),
            ("A hat, which is worn, and a coat are useful.", "Coat"),
            ("Rain falls.", "Rain"),
            ("Spontaneous abortion, also known as miscarriage, is the loss of an embryo.", "Abortion"),
        ] {
            assert!(define(sentence, name).is_none(), "{sentence}");
        }
        assert_eq!(defined_subject("Run the program again."), None);
        assert_eq!(defined_subject("This is a page."), None);
        assert_eq!(defined_subject("Kannada is a Dravidian language."), Some("Kannada".to_owned()));
    }
}
