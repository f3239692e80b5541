//! Short answers of a model to a question, and how many of them are the pair's answer.
//!
//! A sample that cannot be read says nothing about the question: it counts neither for it nor against it.

use std::sync::Arc;

use quarry_answers::{AnswerSpec, check};
use quarry_llm::Schema;
use serde::Deserialize;

use crate::ask::{object, plain, text};

/// The reply to a question: an answer and nothing else.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct ShortAnswer {
    /// The answer as the model writes it.
    #[serde(deserialize_with = "plain")]
    pub(crate) answer: String,
}

/// The schema of a [`ShortAnswer`].
pub(crate) fn short_answer() -> Arc<Schema> {
    object("short_answer", &[("answer", text(240))])
}

/// How many samples there are and how many of them are right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Agreement {
    /// Samples equal to the answer, by the code that will check a trainer's replies.
    pub(crate) num_correct: usize,
    /// Samples that could be read.
    pub(crate) num_read: usize,
}

impl Agreement {
    /// Compares each answer with the spec.
    pub(crate) fn of(spec: &AnswerSpec, answers: &[ShortAnswer]) -> Agreement {
        let num_correct = answers.iter().filter(|answer| check(spec, &answer.answer).is_correct()).count();
        Agreement { num_correct, num_read: answers.len() }
    }

    /// The share of samples that are right; 0 for none.
    pub(crate) fn share(self) -> f32 {
        #[expect(clippy::cast_precision_loss, reason = "a handful of samples")]
        let share = self.num_correct as f32 / self.num_read.max(1) as f32;
        share
    }
}

#[cfg(test)]
mod tests {
    use quarry_answers::infer;

    use super::{Agreement, ShortAnswer};

    #[test]
    fn answers_are_compared_as_a_trainer_would() {
        let spec = infer("3,530 km", "How long is the Volga?").unwrap();
        let answers = ["3530 kilometres", "3,530 km", "3,500 km", "unknown"]
            .map(|answer| ShortAnswer { answer: answer.to_owned() });
        let agreement = Agreement::of(&spec, &answers);
        assert_eq!((agreement.num_correct, agreement.num_read), (2, 4));
        assert!((agreement.share() - 0.5).abs() < f32::EPSILON);
        assert_eq!(Agreement::of(&spec, &[]).share(), 0.0);
    }
}
