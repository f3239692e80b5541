//! Who asks: personas of the bank by their ids, people whom a model described, or the instructor of a domain.

use crate::{Persona, PersonaBank};

/// Somebody who asks, as a prompt shows them and as rows store them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Person {
    /// What the model calls them.
    pub(crate) id: String,
    /// Who it is.
    pub(crate) who: String,
    /// What they care for; only the bank knows.
    pub(crate) cares_for: String,
    /// What the pair's column `persona` holds.
    pub(crate) stored: String,
}

/// Longer descriptions are cut: nobody needs a novel.
const MAX_WHO_CHARS: usize = 120;

/// The people of the column `personas`: ids of the bank, anything else as a description.
pub(crate) fn people<'a>(bank: &PersonaBank, names: impl Iterator<Item = &'a str>) -> Vec<Person> {
    let mut found: Vec<Person> = Vec::new();
    for name in names {
        let person = match bank.get(name) {
            Some(persona) => known(persona),
            None => described(name, found.len() + 1),
        };
        let is_new = found.iter().all(|other| other.stored != person.stored);
        if is_new && !person.who.is_empty() {
            found.push(person);
        }
    }
    found
}

impl Person {
    /// The reference's asker where there are no personas.
    pub(crate) fn instructor(domain: &str) -> Person {
        let who = match domain.trim() {
            "" => "instructor".to_owned(),
            domain => format!("{domain} instructor"),
        };
        Person { id: "instructor".to_owned(), stored: who.clone(), who, cares_for: String::new() }
    }

    /// Whether a model meant this person.
    pub(crate) fn is_called(&self, name: &str) -> bool {
        let name = name.trim();
        [&self.id, &self.who, &self.stored].iter().any(|known| known.eq_ignore_ascii_case(name))
    }
}

fn known(persona: &Persona) -> Person {
    Person {
        id: persona.id.clone(),
        who: persona.who.clone(),
        cares_for: persona.cares_for.clone(),
        stored: persona.id.clone(),
    }
}

fn described(text: &str, number: usize) -> Person {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let who: String = text.chars().take(MAX_WHO_CHARS).collect();
    Person { id: format!("p{number}"), stored: who.clone(), who, cares_for: String::new() }
}

#[cfg(test)]
mod tests {
    use super::{Person, people};
    use crate::PersonaBank;
    use crate::scripted::Scripted;

    #[test]
    fn ids_are_looked_up_and_descriptions_are_numbered() {
        let bank = PersonaBank::load(&Scripted::saying("").resources(), "personas").unwrap();
        let found =
            people(&bank, ["hydrologist", " A  nurse\n in Lima ", "hydrologist", " ", "A nurse in Lima"].into_iter());
        assert_eq!(found.len(), 2, "{found:?}");
        assert_eq!((found[0].id.as_str(), found[0].stored.as_str()), ("hydrologist", "hydrologist"));
        assert!(!found[0].cares_for.is_empty());
        assert_eq!((found[1].id.as_str(), found[1].stored.as_str()), ("p2", "A nurse in Lima"));
        assert!(found[1].is_called(" P2 ") && found[1].is_called("a nurse in lima") && !found[1].is_called(""));
        assert_eq!(Person::instructor("Math").stored, "Math instructor");
    }
}
