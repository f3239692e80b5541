//! Turns a sentence into a question where its form makes that safe; everything else is asked with a blank.
//!
//! A sentence qualifies only if it is one plain clause with the fact at its end, as its object or as its subject, so that
//! moving the verb before the subject is all there is to do.

use std::sync::LazyLock;

use regex::Regex;

use super::distractors::Distractors;
use super::fact::{Fact, Form};
use super::statement::Statement;
use super::topic::Topic;
use crate::text::pattern;

/// Gives the question that asks for the fact, beginning in lower case; none if the sentence must be quoted.
pub(crate) fn direct(statement: &Statement, fact: &Fact, topic: &Topic, distractors: &Distractors) -> Option<String> {
    if statement.own > 0 || !fact.shown.is_empty() {
        return None;
    }
    let text = statement.text.as_str();
    let (before, after) = (&text[..fact.mask.start], text[fact.mask.end..].strip_suffix('.')?);
    match &fact.form {
        Form::Percentage => share_of(before, after).or_else(|| value_of(before, after)),
        Form::Number => count_of(before, after),
        Form::Quantity { .. } => value_of(before, after),
        Form::Year if after.is_empty() => in_which(before, topic, "year", &DEED),
        Form::Known { class } if after.is_empty() => {
            in_which(before, topic, short_noun(distractors.class(class)?.noun.as_str())?, &SEAT)
        }
        _ => None,
    }
}

/// `In 2015, ____ of the people could read` asks what percentage could.
fn share_of(before: &str, after: &str) -> Option<String> {
    let plain = is_opening(before) && after.starts_with(" of ") && is_one_clause(after);
    plain.then(|| format!("{}what percentage{after}?", lower_in(before)))
}

/// `In 2015, life expectancy in Laos was ____` asks what it was.
fn value_of(before: &str, after: &str) -> Option<String> {
    static WAS: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"^(?P<opening>In \d{4}, )(?P<subject>[a-z][^,;:()]{5,80}) (?P<verb>was|is) $"));
    let found = WAS.captures(before).filter(|_| after.is_empty())?;
    Some(format!("{}what {} {}?", lower_in(&found["opening"]), &found["verb"], &found["subject"]))
}

/// `In 2011, Ecuador had ____ physicians for every 1,000 people` asks how many it had.
fn count_of(before: &str, after: &str) -> Option<String> {
    static HAD: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"^(?P<opening>In \d{4}, )?(?P<subject>\p{Lu}[^,;]{2,60}?) (?P<verb>had|has) $"));
    static COUNTED: LazyLock<Regex> = LazyLock::new(|| {
        pattern(r"^ (?P<noun>[a-z-]+(?: [a-z-]+){0,2}?)(?P<rest>(?: (?:for|in|per|with|of|at|on) [^;]+)?)$")
    });
    let (found, counted) = (HAD.captures(before)?, COUNTED.captures(after)?);
    let opening = found.name("opening").map_or(String::new(), |opening| lower_in(opening.as_str()));
    let verb = if &found["verb"] == "had" { "did" } else { "does" };
    let subject = &found["subject"];
    let light = |word: &str| word.starts_with(char::is_uppercase) || ["of", "the", "in"].contains(&word);
    let subject = if subject.contains("s in ") { lower_in(subject) } else { subject.replacen("The ", "the ", 1) };
    let plain = is_one_clause(after) && subject.split(' ').skip(1).all(light);
    plain.then(|| format!("{opening}how many {} {verb} {} have{}?", &counted["noun"], subject, &counted["rest"]))
}

/// What happens in a year.
static DEED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:[a-z]+ly )?(?:[a-z]+ed|built|born|held|written|begun|made|given|taken|known|sold|set|split|won|lost|found|put|torn|sunk) ?[^0-9]*$|^(?:[a-z]+ly )?(?:[a-z]+ed|built|born|held|written|begun|made)$",
    )
});
/// What a country or a state has.
static SEAT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:the|an?) (?:[a-z-]+ )*(?:capital|[a-z-]+ (?:city|municipality|metropolis|town|port|seaport|river|lake|peak|mountain|province|airport))$",
    )
});

/// `Baltimore was designated an independent city in ____` asks in which year it was.
fn in_which(before: &str, topic: &Topic, noun: &str, predicates: &Regex) -> Option<String> {
    static PREDICATE: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"^ (?P<verb>is|was|are|were) (?P<rest>[^,;:()]+) (?P<link>in|of)(?: the)? $"));
    let (subject, rest) = before.split_at(topic.mention_at_start(before)?);
    let found = PREDICATE.captures(rest)?;
    let (verb, predicate) = (&found["verb"], &found["rest"]);
    let link = &found["link"];
    let subject = ["The ", "A ", "An "].iter().find(|article| subject.starts_with(**article)).map_or_else(
        || subject.to_owned(),
        |article| format!("{}{}", article.to_lowercase(), &subject[article.len()..]),
    );
    let plain = is_one_clause(predicate) && predicates.is_match(predicate) && !predicate.contains("until");
    plain.then(|| format!("{link} which {noun} {verb} {subject} {predicate}?"))
}

/// `country` out of `the name of a country`.
fn short_noun(noun: &str) -> Option<&str> {
    let noun = noun.strip_prefix("the name of ")?;
    noun.strip_prefix("a ").or_else(|| noun.strip_prefix("an "))
}

fn is_opening(before: &str) -> bool {
    static OPENING: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"^(?:(?:In|By|As of) \d{4}, )?(?:[Aa]bout |[Aa]round |[Aa]pproximately )?$"));
    OPENING.is_match(before)
}

fn lower_in(opening: &str) -> String {
    let mut letters = opening.chars();
    letters.next().map_or(String::new(), |first| format!("{}{}", first.to_lowercase(), letters.as_str()))
}

fn is_one_clause(part: &str) -> bool {
    static JOINT: LazyLock<Regex> =
        LazyLock::new(|| pattern(r", |[;:()]| (?:but|while|when|that|which|who|where|because|although|after|before) "));
    !JOINT.is_match(part)
}

#[cfg(test)]
mod tests {
    use super::{Distractors, Fact, Form, Statement, Topic, direct};
    use crate::cloze::fact::Kind;

    fn ask(title: &str, text: &str, form: Form, answer: &str) -> Option<String> {
        let topic = Topic::find(Some(title), text, text)?;
        let at = text.rfind(answer)?;
        let fact = Fact::plain(Kind::Date, form, text, at..at + answer.len());
        let statement =
            Statement { text: text.to_owned(), own: 0, start: 0, end: text.len(), index: 0, defines: false };
        let bank =
            [r#"class = [{ id = "country", noun = "the name of a country", kind = "place", entries = ["Cambodia"] }]"#];
        direct(&statement, &fact, &topic, &Distractors::parse(bank).ok()?)
    }

    #[test]
    fn plain_clauses_become_questions() {
        let country = || Form::Known { class: "country".to_owned() };
        for (title, text, form, answer, question) in [
            (
                "Baltimore",
                "Baltimore was designated as an independent city in 1851.",
                Form::Year,
                "1851",
                "in which year was Baltimore designated as an independent city?",
            ),
            (
                "Phnom Penh",
                "Phnom Penh is the capital and most populous city of Cambodia.",
                country(),
                "Cambodia",
                "of which country is Phnom Penh the capital and most populous city?",
            ),
            (
                "Education in Swaziland",
                "In 2015, 87.5% of the people of Swaziland could read and write.",
                Form::Percentage,
                "87.5%",
                "in 2015, what percentage of the people of Swaziland could read and write?",
            ),
            (
                "Health in Ecuador",
                "In 2011, Ecuador had 1.72 physicians for every 1,000 people.",
                Form::Number,
                "1.72",
                "in 2011, how many physicians did Ecuador have for every 1,000 people?",
            ),
            (
                "Health in Ecuador",
                "Hospitals in Ecuador had 1.6 beds for every 1,000 people in 2011.",
                Form::Number,
                "1.6",
                "how many beds did hospitals in Ecuador have for every 1,000 people in 2011?",
            ),
            (
                "Health in Laos",
                "In 2015, life expectancy at birth in Laos was 63.88 years.",
                Form::Quantity { unit: "years".to_owned() },
                "63.88 years",
                "in 2015, what was life expectancy at birth in Laos?",
            ),
        ] {
            assert_eq!(ask(title, text, form, answer).as_deref(), Some(question));
        }
    }

    #[test]
    fn anything_else_is_left_to_the_blank() {
        for (title, text, form, answer) in [
            ("Baltimore", "Baltimore was founded in 1729, and burnt down in 1851.", Form::Year, "1851"),
            ("Baltimore", "Baltimore was rebuilt in 1851 by its people.", Form::Year, "1851"),
            ("Tallinn", "The old town of Tallinn was rebuilt in 1851.", Form::Year, "1851"),
        ] {
            assert_eq!(ask(title, text, form, answer), None, "{text}");
        }
    }
}
