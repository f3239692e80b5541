//! What a document is about: the name that every question gives, and the other words that stand for it.
//!
//! The title gives the name. Without one, the subject of a defining first sentence does, where that is plain. Whether a
//! sentence may be asked about is decided in `statement`.

use std::sync::LazyLock;

use regex::Regex;

use super::definition::{Definition, define, define_entry, defined_subject};
use super::title::Title;
use crate::text::{find_word, pattern};

/// The pronoun that stands for a topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pronoun {
    /// A man.
    He,
    /// A woman.
    She,
    /// A thing.
    It,
    /// Several.
    They,
}

/// What a document is about.
#[derive(Clone, Debug)]
pub(crate) struct Topic {
    /// The name alone, as the title has it, without a bracketed addition.
    pub(crate) name: String,
    /// The name as it reads in the middle of a sentence, with its article.
    pub(crate) display: String,
    /// The first sentence taken apart, where it defines the topic.
    pub(crate) definition: Option<Definition>,
    /// The pronoun that may stand for it; none if that is unclear.
    pub(crate) pronoun: Option<Pronoun>,
    /// Whether the document is a page of a manual.
    pub(crate) manual: bool,
    forms: Vec<String>,
}

impl Topic {
    /// Finds the topic from the title, or without one from the first sentence.
    pub(crate) fn find(title: Option<&str>, text: &str, first: &str) -> Option<Topic> {
        let title = match title {
            Some(title) => Title::read(title)?,
            None => Title::read(&defined_subject(first)?)?,
        };
        let name = title.name;
        let definition = match &title.dictionary {
            Some(dictionary) => define_entry(first, dictionary),
            None => define(first, &name),
        };
        let plural = definition.as_ref().is_some_and(|definition| matches!(definition.verb.as_str(), "are" | "were"));
        let pronoun = pronoun(&name, text, definition.as_ref(), plural);
        let mut forms = forms(&name, pronoun);
        forms.extend(title.forms);
        forms.extend(acronym(first, &name));
        forms.extend(definition.as_ref().map(|definition| definition.subject.clone()));
        forms.retain(|form| !form.is_empty());
        let said = definition.as_ref().filter(|_| plural).map_or(&name, |definition| &definition.subject);
        let said = if said.is_empty() { &name } else { said };
        let display = title.display.unwrap_or_else(|| display(&upper_first(said), first, text));
        Some(Topic { name, display, definition, pronoun, manual: title.manual, forms })
    }

    /// Whether the definition names this class.
    pub(crate) fn is_of_class(&self, class: &str) -> bool {
        self.definition.as_ref().and_then(|definition| definition.genus.as_deref()) == Some(class)
    }

    /// Other spellings of the name, such as its plural and its acronym.
    pub(crate) fn forms(&self) -> &[String] {
        &self.forms
    }

    /// How long the mention of the topic is with which the sentence begins, its article included.
    pub(crate) fn mention_at_start(&self, sentence: &str) -> Option<usize> {
        let article =
            ["The ", "An ", "A ", "the ", "an ", "a "].into_iter().find(|article| sentence.starts_with(article));
        let skip = article.map_or(0, str::len);
        [0, skip].into_iter().find_map(|skip| {
            let rest = &sentence[skip..];
            let form =
                self.forms.iter().filter(|form| rest.starts_with(form.as_str())).max_by_key(|form| form.len())?;
            let next = rest[form.len()..].chars().next();
            (!next.is_some_and(|ch| ch.is_alphanumeric() || ch == '-')).then_some(skip + form.len())
        })
    }

    /// Where the sentence first names the topic.
    pub(crate) fn first_mention(&self, sentence: &str) -> Option<usize> {
        self.forms.iter().filter_map(|form| find_word(sentence, form).first().map(|span| span.start)).min()
    }
}

/// The pronoun for the topic: decided by the pronouns that the text uses, never by a guess at a name's gender.
fn pronoun(name: &str, text: &str, definition: Option<&Definition>, plural: bool) -> Option<Pronoun> {
    let count = |list: &[&str]| list.iter().map(|word| find_word(text, word).len()).sum::<usize>();
    let he = count(&["he", "He", "his", "His", "him"]);
    let she = count(&["she", "She", "her", "Her"]);
    let it = count(&["it", "It", "its", "Its"]);
    let is_person = match definition {
        Some(definition) => PERSON.is_match(&definition.what),
        None => {
            he + she > it
                && name.split(' ').count() > 1
                && name.split(' ').all(|word| word.starts_with(char::is_uppercase))
        }
    };
    match (he, she, is_person, plural) {
        (_, 0, true, _) if he > 0 => Some(Pronoun::He),
        (0, _, true, _) if she > 0 => Some(Pronoun::She),
        (_, _, true, _) => None,
        (.., true) => Some(Pronoun::They),
        (..) => definition.map(|_| Pronoun::It),
    }
}

/// What a person is.
static PERSON: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:\S+ ){0,14}?(?:who|whose|poet|writer|novelist|playwright|author|essayist|journalist|critic|scholar|historian|philosopher|theologian|priest|monk|nun|saint|pope|bishop|prophet|reformer|king|queen|emperor|empress|sultan|shah|caliph|prince|princess|duke|pharaoh|tsar|ruler|monarch|president|politician|statesman|chancellor|minister|diplomat|lawyer|general|admiral|soldier|commander|officer|revolutionary|activist|leader|explorer|navigator|traveller|conqueror|conquistador|physicist|chemist|mathematician|astronomer|biologist|naturalist|botanist|physician|surgeon|nurse|psychologist|psychiatrist|economist|sociologist|anthropologist|linguist|scientist|engineer|inventor|architect|polymath|programmer|businessman|businesswoman|industrialist|entrepreneur|investor|philanthropist|banker|painter|sculptor|artist|photographer|composer|musician|singer|rapper|songwriter|guitarist|pianist|conductor|dancer|choreographer|actor|actress|comedian|filmmaker|director|producer|athlete|player|cricketer|footballer|boxer|swimmer|sprinter|astronaut|cosmonaut|teacher|educator|god|goddess|deity|hero|heroine|man|woman|mountaineer|pirate|nobleman|noblewoman|samurai|shogun|warlord|geographer|cartographer|cleric|rabbi|imam|guru|yogi|virologist|anatomist|geologist|researcher|figure)s?\b",
    )
});

/// The name as the text itself writes it: with its article, and in lower case if it is a common noun.
fn display(name: &str, first: &str, text: &str) -> String {
    let lower = lower_first(name);
    let opens = |article: &str, name: &str| {
        let at_start = find_word(first, &format!("{article} {name}")).first().is_some_and(|span| span.start == 0);
        let after_field =
            first.starts_with("In ") && !find_word(first, &format!("{} {name}", article.to_lowercase())).is_empty();
        at_start || after_field
    };
    let common = ["A", "An", "The"].iter().any(|article| opens(article, &lower)) && lower != name;
    match () {
        () if name.starts_with("The ") => format!("the {}", &name[4..]),
        () if common => format!("the {lower}"),
        () if ["A", "An", "The"].iter().any(|article| opens(article, name)) => format!("the {name}"),
        () if !find_word(text, &lower).is_empty() || is_common(name, text) => lower,
        () => name.to_owned(),
    }
}

/// Whether a name of several words is a common noun: lower case behind a first word that is no name.
fn is_common(name: &str, text: &str) -> bool {
    let Some((first, rest)) = name.split_once(' ') else { return false };
    let of_a_name =
        ["'s", "’s", "ean", "ian", "ish", "ese", "an", "ic", "ch", "li", "i"].iter().any(|end| first.ends_with(end));
    let named_elsewhere = find_word(text, first)
        .iter()
        .any(|span| span.start > 0 && text[..span.start].ends_with(' ') && !text[..span.start].ends_with(". "));
    !rest.contains(char::is_uppercase) && !of_a_name && !named_elsewhere
}

fn lower_first(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(|ch| ch.to_lowercase().to_string()).unwrap_or_default();
    let second_is_upper = letters.clone().next().is_some_and(char::is_uppercase);
    if second_is_upper { name.to_owned() } else { first + letters.as_str() }
}

fn upper_first(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|ch| ch.to_uppercase().to_string()).unwrap_or_default() + letters.as_str()
}

fn forms(name: &str, pronoun: Option<Pronoun>) -> Vec<String> {
    let name = name.strip_prefix("The ").unwrap_or(name);
    let plural = match name {
        _ if name.ends_with('s') || name.ends_with('x') || name.ends_with('o') => format!("{name}es"),
        _ if name.ends_with('y') => format!("{}ies", &name[..name.len() - 1]),
        _ => format!("{name}s"),
    };
    let singular = name.strip_suffix('s').filter(|singular| singular.len() > 3);
    let mut forms: Vec<String> = [Some(name), Some(&plural), singular]
        .into_iter()
        .flatten()
        .flat_map(|form| [form.to_owned(), upper_first(form), lower_first(form)])
        .collect();
    forms.extend(surname(name).filter(|_| matches!(pronoun, Some(Pronoun::He | Pronoun::She))));
    forms
}

fn surname(name: &str) -> Option<String> {
    let last = name.rsplit(' ').next()?;
    let is_rank = last.chars().all(|ch| "IVX".contains(ch));
    (last.len() >= 4 && last.starts_with(char::is_uppercase) && !is_rank && !name.contains(" of "))
        .then(|| last.to_owned())
}

/// An acronym that the first sentence puts in brackets right behind the name.
fn acronym(first: &str, name: &str) -> Option<String> {
    let at = first.to_lowercase().find(&format!("{} (", name.to_lowercase()))?;
    let inside = first.get(at + name.len() + 2..)?;
    let short: String = inside.chars().take_while(|ch| ch.is_ascii_uppercase()).collect();
    (short.len() >= 2 && inside[short.len()..].starts_with([')', ',', ';'])).then_some(short)
}

#[cfg(test)]
mod tests {
    use super::{Pronoun, Topic};

    fn find(title: &str, text: &str) -> Result<Topic, String> {
        let first = text.split_inclusive(". ").next().unwrap_or(text).trim();
        Topic::find(Some(title), text, first).ok_or_else(|| title.to_owned())
    }

    #[test]
    fn display_has_the_article_and_case_of_running_text() -> Result<(), String> {
        for (title, text, display) in [
            ("Danube", "The Danube is a river in Europe. It is long.", "the Danube"),
            ("Hat", "A hat is a head covering. Hats are worn.", "the hat"),
            (
                "Algebraic number field",
                "In mathematics, an algebraic number field is a field.",
                "the algebraic number field",
            ),
            ("Timbuktu", "Timbuktu is an ancient city in Mali.", "Timbuktu"),
            ("Mercury (planet)", "Mercury is the first planet from the Sun.", "Mercury"),
            ("Infrared", "Infrared is radiation. Most infrared is felt as heat.", "infrared"),
        ] {
            assert_eq!(find(title, text)?.display, display);
        }
        Ok(())
    }

    #[test]
    fn a_definition_gives_class_and_pronoun() -> Result<(), String> {
        for (title, text, genus, pronoun) in [
            ("Timbuktu", "Timbuktu is an ancient city in Mali. It is old.", Some("city"), Pronoun::It),
            (
                "John Wycliffe",
                "John Wycliffe was an English philosopher who wrote. He died.",
                Some("philosopher"),
                Pronoun::He,
            ),
            ("Porcupine", "Porcupines are large rodents with spines.", None, Pronoun::They),
        ] {
            let topic = find(title, text)?;
            assert_eq!(topic.definition.as_ref().and_then(|definition| definition.genus.as_deref()), genus, "{title}");
            assert_eq!(topic.pronoun, Some(pronoun), "{title}");
        }
        Ok(())
    }

    #[test]
    fn mentions_at_the_start_take_article_and_plural() -> Result<(), String> {
        let topic = find("Tomato", "The tomato is a plant whose fruit is eaten.")?;
        assert_eq!(topic.mention_at_start("The tomato is red."), Some(10));
        assert_eq!(topic.mention_at_start("Tomatoes are red."), Some(8));
        assert_eq!(topic.mention_at_start("Tomatillos are green."), None);
        assert_eq!(topic.first_mention("Some say tomato."), Some(9));
        Ok(())
    }
}
