//! The embedded generator for a caller outside of recipes: facts of a text as question and answer, without a model.
//!
//! It lets a mock server write questions that a text really answers. Operators use `cloze` themselves.

use std::ops::Range;
use std::sync::LazyLock;

use quarry_answers::{AnswerSpec, AnswerType};

use crate::Persona;
use crate::cloze::{Asked, Distractors, Pair, Request, ask as ask_cloze};

/// A question about a text, and its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfflinePair {
    /// The question, without the options of a choice.
    pub question: String,
    /// The answer; of a choice the text of the right option.
    pub answer: String,
    /// The answer's type.
    pub answer_type: AnswerType,
    /// The bytes of the text that support it.
    pub evidence: Range<usize>,
    /// The options of a choice, in order; empty for all others.
    pub options: Vec<String>,
}

/// The bank of `pipeline/`, as it was when this was compiled.
static DISTRACTORS: LazyLock<Distractors> = LazyLock::new(|| {
    let files = [
        include_str!("../../../pipeline/distractors/culture.toml"),
        include_str!("../../../pipeline/distractors/people.toml"),
        include_str!("../../../pipeline/distractors/places.toml"),
        include_str!("../../../pipeline/distractors/science.toml"),
    ];
    // A test parses it; without a bank there are fewer choices.
    Distractors::parse(files).unwrap_or_default()
});

/// Nobody in particular: those who ask are the caller's.
static READER: LazyLock<Persona> = LazyLock::new(|| {
    let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    Persona {
        id: "reader".to_owned(),
        who: "A reader".to_owned(),
        cares_for: String::new(),
        asks_about: owned(&["quantity", "date", "name", "number", "percentage", "place", "term"]),
        lead_in: owned(&["Regarding {topic},", "On the subject of {topic},", "As to {topic},"]),
    }
});

/// Asks about a text, no more than so many questions; none where it has no topic or no fact.
pub fn ask(text: &str, num_questions: usize, seed: u64) -> Vec<OfflinePair> {
    let request = Request {
        text,
        title: None,
        personas: &[&READER],
        seed,
        questions_per_persona: num_questions,
        max_questions: num_questions,
        max_answer_words: 8,
        choice_share: 0.15,
        num_options: 6,
    };
    match ask_cloze(request, &DISTRACTORS) {
        Asked::Pairs(pairs) => pairs.into_iter().map(offline).collect(),
        Asked::NoTopic | Asked::NoSentence | Asked::NoFact => Vec::new(),
    }
}

fn offline(pair: Pair) -> OfflinePair {
    let answer_type = pair.spec.answer_type();
    let AnswerSpec::Choice(choice) = pair.spec else {
        let Pair { question, answer, evidence, .. } = pair;
        return OfflinePair { question, answer, answer_type, evidence, options: Vec::new() };
    };
    let stem = pair.question.split(" Options: A) ").next().unwrap_or_default().to_owned();
    let right = choice.options.iter().find(|option| option.label == choice.label);
    OfflinePair {
        question: stem,
        answer: right.map(|option| option.text.clone()).unwrap_or_default(),
        answer_type,
        evidence: pair.evidence,
        options: choice.options.into_iter().map(|option| option.text).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::{DISTRACTORS, ask};

    const TEXT: &str = "Timbuktu is an ancient city in Mali, situated 20 kilometres north of the Niger River. It was founded \
        in 1100 by the Tuareg. Timbuktu had 32,460 inhabitants in the census of 2018.";

    #[test]
    fn the_evidence_holds_the_answer_and_the_question_does_not() {
        assert!(DISTRACTORS.class_of("Mali").is_some());
        let mut num_choices = 0;
        for seed in 0..40 {
            let pairs = ask(TEXT, 9, seed);
            assert!(pairs.len() >= 2, "{pairs:?}");
            for pair in pairs {
                assert!(TEXT[pair.evidence.clone()].contains(&pair.answer), "{pair:?}");
                assert!(!pair.question.contains("Options:") && !pair.question.contains(&pair.answer), "{pair:?}");
                assert!(pair.options.is_empty() || pair.options.contains(&pair.answer), "{pair:?}");
                num_choices += usize::from(!pair.options.is_empty());
            }
        }
        assert!(num_choices > 0);
        assert!(ask("Click here.", 9, 1).is_empty());
    }
}
