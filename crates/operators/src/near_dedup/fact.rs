//! Whether two questions about one document ask for the same fact.
//!
//! They have the same canonical answer to begin with. Then either it is the same words of the document that answer both: the
//! answer stands in the evidence of each only once, and at the same place; or their questions have seven tenths of their
//! content words in common. (Of a sentence that says one year of two things, the second question goes by the first rule.)
//!
//! A yes, a no or the letter of a choice proves nothing, since half of all other questions have it too: there nearly all
//! content words have to be the same. What a choice answers is the text of its right option.

use arrow::array::{Array, Int64Array, StringArray};
use quarry_answers::{AnswerSpec, AnswerType, gold_text};
use quarry_engine::operator::{OperatorError, Rows};
use quarry_schema::column;

use super::jaccard;
use super::words::Words;
use crate::fingerprint::Fingerprint;
use crate::text::find_word;
use crate::verify::{Pairs, text_at};

/// Content words that two questions with a telling answer share at the least, as a Jaccard similarity.
const ALIKE: f64 = 0.7;

/// The same where the answer tells nothing.
const NEARLY_EQUAL: f64 = 0.8;

/// Words that a question is built of, whatever it asks for.
const FUNCTION_WORDS: &str = "a an the of in on at to for from by with and or as is are was were be been being do does did \
     has have had he she it they his her its their this that these those what which who whom whose when where why how \
     according";

/// The answers of pairs as digests.
pub(super) struct AnswerDigests<'a> {
    pairs: Pairs<'a>,
}

impl<'a> AnswerDigests<'a> {
    pub(super) fn read(rows: Rows<'a>) -> Result<AnswerDigests<'a>, OperatorError> {
        Ok(AnswerDigests { pairs: Pairs::read(rows)? })
    }

    /// Zero where there is no answer.
    pub(super) fn of(&self, idx: usize) -> u64 {
        let subject = self.pairs.subject(idx);
        let answer = match &subject.spec {
            Some(AnswerSpec::Choice(_)) | None => subject.fact().to_owned(),
            Some(spec) => gold_text(spec),
        };
        if answer.trim().is_empty() {
            return 0;
        }
        let mut fingerprint = Fingerprint::default();
        fingerprint.add(&answer);
        (fingerprint.finish() as u64).max(1)
    }
}

/// What pairs ask for.
pub(super) struct Facts<'a> {
    pub(super) answers: AnswerDigests<'a>,
    questions: &'a StringArray,
    golds: &'a StringArray,
    types: &'a StringArray,
    evidence: &'a StringArray,
    starts: &'a Int64Array,
    ends: &'a Int64Array,
}

impl<'a> Facts<'a> {
    /// The columns that it reads beside the question.
    pub(super) const COLUMNS: [&'static str; 6] = [
        column::ANSWER,
        column::ANSWER_TYPE,
        column::ANSWER_SPEC,
        column::EVIDENCE,
        column::EVIDENCE_START,
        column::EVIDENCE_END,
    ];

    pub(super) fn read(rows: Rows<'a>) -> Result<Facts<'a>, OperatorError> {
        Ok(Facts {
            answers: AnswerDigests::read(rows)?,
            questions: rows.text(column::QUESTION)?,
            golds: rows.text(column::ANSWER)?,
            types: rows.text(column::ANSWER_TYPE)?,
            evidence: rows.text(column::EVIDENCE)?,
            starts: rows.int(column::EVIDENCE_START)?,
            ends: rows.int(column::EVIDENCE_END)?,
        })
    }

    pub(super) fn of(&self, idx: usize) -> Fact {
        let closed = [AnswerType::Boolean, AnswerType::Choice].map(AnswerType::as_str);
        let is_telling = !closed.contains(&text_at(self.types, idx));
        let has_place = is_telling && self.starts.is_valid(idx) && self.ends.is_valid(idx);
        let only = only_place(text_at(self.golds, idx), text_at(self.evidence, idx)).filter(|_| has_place);
        let span = only.map(|(start, end)| (self.starts.value(idx) + start, self.starts.value(idx) + end));
        Fact { is_telling, span, words: content_words(text_at(self.questions, idx)) }
    }
}

/// Where the answer stands in the evidence, in code points, if it does so exactly once, whatever its case.
fn only_place(answer: &str, evidence: &str) -> Option<(i64, i64)> {
    let (answer, evidence) = (answer.trim().to_lowercase(), evidence.to_lowercase());
    if answer.is_empty() {
        return None;
    }
    let places = find_word(&evidence, &answer);
    let [only] = places.as_slice() else { return None };
    let code_points = |end: usize| i64::try_from(evidence.get(..end)?.chars().count()).ok();
    Some((code_points(only.start)?, code_points(only.end)?))
}

/// The words that say what is asked for, ascending, each once.
fn content_words(question: &str) -> Vec<u64> {
    let (mut words, mut found, mut function_words) = (Words::default(), Vec::new(), Vec::new());
    words.hash_into(question, &mut found);
    words.hash_into(FUNCTION_WORDS, &mut function_words);
    found.retain(|word| !function_words.contains(word));
    found.sort_unstable();
    found.dedup();
    found
}

/// What one pair asks for, as far as it is not in its answer.
#[derive(Debug, PartialEq)]
pub(super) struct Fact {
    /// Whether few other questions have the same answer by chance.
    is_telling: bool,
    /// Where the answer stands in the document, if it stands in the evidence only once.
    span: Option<(i64, i64)>,
    words: Vec<u64>,
}

impl Fact {
    /// Bytes of everything but the words.
    pub(super) const HEAD_BYTES: usize = 4 * 8;

    /// Whether a question with the same answer asks for the same.
    pub(super) fn is_asked_by(&self, other: &Fact) -> bool {
        let same_place = match (self.span, other.span) {
            (Some(one), Some(two)) => one.0 < two.1 && two.0 < one.1,
            _ => false,
        };
        let least = if self.is_telling && other.is_telling { ALIKE } else { NEARLY_EQUAL };
        same_place || jaccard::at_least(least, &self.words, &other.words).is_some()
    }

    /// Appends it as bytes.
    pub(super) fn write(&self, bytes: &mut Vec<u8>) {
        let (start, end) = self.span.unwrap_or((0, 0));
        let flags = u64::from(self.is_telling) | u64::from(self.span.is_some()) << 1;
        for number in [self.words.len() as u64, flags, start as u64, end as u64] {
            bytes.extend_from_slice(&number.to_le_bytes());
        }
        bytes.extend(self.words.iter().flat_map(|word| word.to_le_bytes()));
    }

    /// How many bytes it takes, by its head.
    pub(super) fn num_bytes(head: &[u8]) -> usize {
        let num_words = numbers(head).next().and_then(|number| usize::try_from(number).ok()).unwrap_or(0);
        Fact::HEAD_BYTES + num_words * 8
    }

    /// Reads what [`Fact::write`] wrote.
    pub(super) fn parse(bytes: &[u8]) -> Fact {
        let mut numbers = numbers(bytes).skip(1);
        let mut next = || numbers.next().unwrap_or(0);
        let (flags, start, end) = (next(), next() as i64, next() as i64);
        let words = numbers.collect();
        Fact { is_telling: flags & 1 == 1, span: (flags & 2 == 2).then_some((start, end)), words }
    }
}

fn numbers(bytes: &[u8]) -> impl Iterator<Item = u64> {
    bytes.as_chunks().0.iter().map(|bytes| u64::from_le_bytes(*bytes))
}

#[cfg(test)]
mod tests {
    use super::{Fact, content_words, only_place};

    #[test]
    fn facts_come_back_as_they_were_written() {
        for span in [None, Some((-3, 9))] {
            let fact = Fact { is_telling: span.is_none(), span, words: content_words("When was the bridge built?") };
            let mut bytes = Vec::new();
            fact.write(&mut bytes);
            assert_eq!(Fact::num_bytes(&bytes), bytes.len());
            assert_eq!(Fact::parse(&bytes), fact);
        }
    }

    #[test]
    fn an_answer_that_stands_twice_has_no_place() {
        assert_eq!(only_place("Two", "She had two sons."), Some((8, 11)));
        assert_eq!(only_place("two", "She had two sons and two daughters."), None);
        assert_eq!(only_place("2", "She had two sons."), None);
        assert_eq!(only_place("", "She had two sons."), None);
    }
}
