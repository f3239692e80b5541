//! Gives an answer its type, and refuses answers that no code could check.

use quarry_answers::{AnswerSpec, AnswerType, choice, infer};

use super::fact::Form;

/// The spec of an open answer, if it has the type that its form promises.
pub(crate) fn open(form: &Form, answer: &str, question: &str) -> Option<AnswerSpec> {
    let spec = infer(answer, question).ok()?;
    let expected: &[AnswerType] = match form {
        Form::Year | Form::Day => &[AnswerType::Date],
        Form::Number => &[AnswerType::Integer, AnswerType::Decimal],
        Form::Quantity { .. } => &[AnswerType::Quantity],
        Form::Percentage => &[AnswerType::Percentage],
        Form::Fraction => &[AnswerType::Fraction],
        Form::Items { .. } => &[AnswerType::Set],
        Form::Decade
        | Form::Century
        | Form::Ordinal
        | Form::Known { .. }
        | Form::Name
        | Form::Term
        | Form::Identifier
        | Form::Defined => &[AnswerType::String],
    };
    expected.contains(&spec.answer_type()).then_some(spec)
}

/// The spec of an open answer that has other spellings.
pub(crate) fn with_aliases(mut spec: AnswerSpec, aliases: &[String]) -> AnswerSpec {
    if let AnswerSpec::String(string) = &mut spec {
        for alias in aliases {
            let known = std::iter::once(&string.canonical).chain(&string.aliases);
            if !known.into_iter().any(|name| name.eq_ignore_ascii_case(alias)) {
                string.aliases.push(alias.clone());
            }
        }
    }
    spec
}

/// The spec of a choice.
pub(crate) fn among(options: &[String], correct: usize) -> Option<AnswerSpec> {
    let options: Vec<&str> = options.iter().map(String::as_str).collect();
    choice(&options, correct).ok()
}
