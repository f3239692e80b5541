//! Pairs as verifiers read them: question, answer and spec of each row.

use arrow::array::{Array, StringArray};
use quarry_answers::AnswerSpec;
use quarry_engine::operator::{Decided, OperatorError, Rows};
use quarry_schema::{Fate, Verdict, column};

/// The columns that every verifier reads.
pub(crate) struct Pairs<'a> {
    questions: &'a StringArray,
    answers: &'a StringArray,
    types: &'a StringArray,
    specs: &'a StringArray,
}

/// One pair. A null is an empty text, which no verifier lets pass.
pub(crate) struct Subject<'a> {
    pub(crate) question: &'a str,
    pub(crate) answer: &'a str,
    /// `None` if it cannot be read, or is not of the type that the row names.
    pub(crate) spec: Option<AnswerSpec>,
}

impl<'a> Pairs<'a> {
    pub(crate) fn read(rows: Rows<'a>) -> Result<Pairs<'a>, OperatorError> {
        Ok(Pairs {
            questions: rows.text(column::QUESTION)?,
            answers: rows.text(column::ANSWER)?,
            types: rows.text(column::ANSWER_TYPE)?,
            specs: rows.text(column::ANSWER_SPEC)?,
        })
    }

    /// Gives each pair to a verifier, and turns a reject into a verdict of the same name.
    pub(crate) fn verify(&self, mut verify: impl FnMut(usize, &Subject<'_>) -> (Fate, Option<f32>)) -> Decided {
        let mut decided = Decided::default();
        for idx in 0..self.questions.len() {
            let (fate, score) = verify(idx, &self.subject(idx));
            let verdict = match &fate {
                Fate::Reject { reason, .. } => reason,
                Fate::Accept | Fate::Fail { .. } => "pass",
            };
            decided.fates.push(fate);
            decided.verdicts.push(Some(Verdict { verdict, score }));
        }
        decided
    }

    /// The pair of a row.
    pub(crate) fn subject(&self, idx: usize) -> Subject<'a> {
        let spec = AnswerSpec::from_json(text_at(self.specs, idx)).ok();
        let spec = spec.filter(|spec| spec.answer_type().as_str() == text_at(self.types, idx));
        Subject { question: text_at(self.questions, idx), answer: text_at(self.answers, idx), spec }
    }
}

impl Subject<'_> {
    /// What has to be known to answer: of a choice the text of the right option, otherwise the answer.
    pub(crate) fn fact(&self) -> &str {
        let Some(AnswerSpec::Choice(spec)) = &self.spec else { return self.answer };
        spec.options.iter().find(|option| option.label == spec.label).map_or("", |option| &option.text)
    }
}

/// The text of a row, empty for a null.
pub(crate) fn text_at(texts: &StringArray, idx: usize) -> &str {
    if texts.is_null(idx) { "" } else { texts.value(idx) }
}
