//! One accepted pair as exporters see it, whatever the trainer.

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::Float32Type;
use quarry_answers::{AnswerSpec, AnswerType};
use quarry_schema::column;

use crate::exit::Stop;

/// An accepted pair.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    pub(crate) id: String,
    pub(crate) question: String,
    pub(crate) answer: String,
    /// As the column says; the name of a type that this version knows, if `spec` is there.
    pub(crate) answer_type: String,
    /// As the column says.
    pub(crate) spec_json: String,
    /// What the column means; nothing if this version cannot read it.
    pub(crate) spec: Option<AnswerSpec>,
    pub(crate) domain: Option<String>,
    pub(crate) persona: Option<String>,
    pub(crate) doc_id: String,
    pub(crate) licence: Option<String>,
    pub(crate) difficulty: Option<f32>,
    pub(crate) split: String,
}

impl Record {
    /// The type of the answer, if this version knows it.
    pub(crate) fn kind(&self) -> Option<AnswerType> {
        self.spec.as_ref().map(AnswerSpec::answer_type)
    }

    /// The domain in lower case with hyphens.
    pub(crate) fn domain_slug(&self) -> String {
        slug(self.domain.as_deref().unwrap_or("other"), '-')
    }
}

/// Letters and digits in lower case, every run of something else as one separator.
pub(crate) fn slug(text: &str, separator: char) -> String {
    let mut slug = String::with_capacity(text.len());
    for letter in text.chars() {
        if letter.is_ascii_alphanumeric() {
            slug.push(letter.to_ascii_lowercase());
        } else if !slug.is_empty() && !slug.ends_with(separator) {
            slug.push(separator);
        }
    }
    slug.trim_end_matches(separator).to_owned()
}

/// Takes a row out of a batch of pairs.
///
/// # Errors
/// A column is missing or of another type, which the engine rules out.
pub(crate) fn record(rows: &RecordBatch, row: usize) -> Result<Record, Stop> {
    let text = |name: &str| -> Result<Option<String>, Stop> {
        let array = rows.column_by_name(name).and_then(|array| array.as_string_opt::<i32>());
        let array = array.ok_or_else(|| Stop::Input(format!("pairs have no column `{name}` of strings")))?;
        Ok(array.is_valid(row).then(|| array.value(row).to_owned()))
    };
    let needed = |name: &str| text(name).map(Option::unwrap_or_default);
    let spec_json = needed(column::ANSWER_SPEC)?;
    let difficulty = rows.column_by_name(column::DIFFICULTY).and_then(|array| array.as_primitive_opt::<Float32Type>());
    Ok(Record {
        id: needed("id")?,
        question: needed(column::QUESTION)?,
        answer: needed(column::ANSWER)?,
        answer_type: needed(column::ANSWER_TYPE)?,
        spec: AnswerSpec::from_json(&spec_json).ok(),
        spec_json,
        domain: text(column::DOMAIN)?,
        persona: text(column::PERSONA)?,
        doc_id: needed(column::DOC_ID)?,
        licence: text(column::LICENCE)?,
        difficulty: difficulty.filter(|array| array.is_valid(row)).map(|array| array.value(row)),
        split: needed("split")?,
    })
}

#[cfg(test)]
mod tests {
    use super::slug;

    #[test]
    fn slugs_have_letters_digits_and_single_separators() {
        assert_eq!(slug("Travel & Lifestyle", '-'), "travel-lifestyle");
        assert_eq!(slug(" openai/gsm8k!", '_'), "openai_gsm8k");
        assert_eq!(slug("数学", '-'), "");
    }
}
