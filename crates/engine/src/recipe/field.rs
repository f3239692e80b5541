//! The keys of a TOML table against the keys that may stand there.

use std::collections::BTreeMap;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::suggest::{closest, did_you_mean, quote};
use super::{Problem, Problems};

/// A value with the place of its key.
#[derive(Clone)]
pub(super) struct Field<'t> {
    pub(super) key: Range<usize>,
    pub(super) value: &'t Spanned<DeValue<'t>>,
}

/// How to report a key that may not stand in a table.
pub(super) struct UnknownKey<'a> {
    pub(super) code: &'static str,
    /// What the keys of the table are called.
    pub(super) noun: &'a str,
    /// Where the table is, as the message ends.
    pub(super) place: String,
    pub(super) help: String,
}

/// Sorts the table's values by the allowed names and reports the other keys.
///
/// The value of a misspelt key counts as that of the suggested name, so that it is checked in the same pass and the
/// name is not reported as missing.
pub(super) fn fields<'t>(
    table: &'t DeTable<'t>,
    allowed: &[&'static str],
    unknown: &UnknownKey<'_>,
    problems: &mut Problems,
) -> BTreeMap<&'static str, Field<'t>> {
    let mut fields = BTreeMap::new();
    for name in allowed {
        if let Some((key, value)) = table.get_key_value(*name) {
            fields.insert(*name, Field { key: key.span(), value });
        }
    }
    for (key, value) in table {
        let word = key.get_ref().as_ref();
        if allowed.contains(&word) {
            continue;
        }
        let suggestion = closest(word, allowed.iter().copied());
        problems.push(Problem {
            code: unknown.code,
            message: format!("unknown {} {} {}", unknown.noun, quote(word), unknown.place),
            span: key.span(),
            label: did_you_mean(suggestion, format!("no such {}", unknown.noun)),
            help: Some(unknown.help.clone()),
        });
        if let Some(name) = allowed.iter().find(|name| Some(**name) == suggestion) {
            fields.entry(*name).or_insert(Field { key: key.span(), value });
        }
    }
    fields
}

/// Names a value's type with its article.
pub(super) fn type_of(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number with a fraction",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date or time",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
