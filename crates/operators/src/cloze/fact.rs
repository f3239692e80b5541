//! A checkable span of a sentence, and what kind of answer it is.

use std::ops::Range;

/// The kinds of fact, as personas name them in `asks_about`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// A number with a unit, or money.
    Quantity,
    /// A count or another bare number.
    Number,
    /// A share of a hundred, or a fraction.
    Percentage,
    /// A day, month, year, decade or century.
    Date,
    /// A person, organisation, work or other name.
    Name,
    /// A place or nationality.
    Place,
    /// A term, given what it means.
    Term,
}

impl Kind {
    /// All kinds with the names that personas use.
    pub(crate) const ALL: [(&'static str, Kind); 7] = [
        ("quantity", Kind::Quantity),
        ("number", Kind::Number),
        ("percentage", Kind::Percentage),
        ("date", Kind::Date),
        ("name", Kind::Name),
        ("place", Kind::Place),
        ("term", Kind::Term),
    ];

    /// The kind with this name.
    pub(crate) fn named(name: &str) -> Option<Kind> {
        Kind::ALL.iter().find(|(known, _)| *known == name).map(|(_, kind)| *kind)
    }
}

/// What the answer looks like; it decides the instruction and the distractors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// A year in four digits.
    Year,
    /// A day of a year, or a month of a year.
    Day,
    /// A decade such as `1830s`.
    Decade,
    /// A century such as `19th`.
    Century,
    /// A bare number, the noun or unit stays outside the blank.
    Number,
    /// A number with its unit.
    Quantity {
        /// The unit as it is written.
        unit: String,
    },
    /// A number with a percent sign or word.
    Percentage,
    /// A fraction such as `two-thirds`.
    Fraction,
    /// A rank such as `third`.
    Ordinal,
    /// A name or term of a kind that the distractor bank knows.
    Known {
        /// The id of that kind in the bank.
        class: String,
    },
    /// Another name.
    Name,
    /// Another term.
    Term,
    /// A name in a program.
    Identifier,
    /// The topic itself, given its definition.
    Defined,
    /// Several things in any order.
    Items {
        /// How many.
        num_items: usize,
    },
}

/// A checkable span of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fact {
    /// What personas call it.
    pub(crate) kind: Kind,
    /// What the answer looks like.
    pub(crate) form: Form,
    /// The bytes of the statement that the blank covers.
    pub(crate) mask: Range<usize>,
    /// The answer as it is written in the statement.
    pub(crate) answer: String,
    /// What the blank covers beyond the answer but the question shows all the same, such as the unit of a bare number.
    pub(crate) shown: String,
    /// Whether the sentence gives it as a rough figure, so that it may only be asked as a choice.
    pub(crate) rough: bool,
}

impl Fact {
    /// A fact whose blank covers exactly its answer.
    pub(crate) fn plain(kind: Kind, form: Form, text: &str, mask: Range<usize>) -> Fact {
        Fact { kind, form, answer: text[mask.clone()].to_owned(), mask, shown: String::new(), rough: false }
    }

    /// The same quantity with its unit left standing in the sentence, so that a bare number is the answer.
    pub(crate) fn without_unit(&self) -> Option<Fact> {
        let Form::Quantity { unit } = &self.form else { return None };
        let number = self.answer.strip_suffix(unit.as_str())?.trim_end();
        let shown = self.answer[number.len()..].to_owned();
        Some(Fact { form: Form::Number, answer: number.to_owned(), shown, ..self.clone() })
    }
}
