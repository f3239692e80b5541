//! What the model could ask about a document, each with the right answer and the words that hold it.
//!
//! What it finds depends on the document alone, so a question that it asked can be answered by asking anew.

use std::num::NonZeroUsize;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use lru::LruCache;
use quarry_answers::infer;
use quarry_operators::offline;
use regex::Regex;
use xxhash_rust::xxh3::xxh3_64;

use super::words::{pattern, sentences};

/// A question that a document answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fact {
    /// The question, without the options of a choice.
    pub(super) question: String,
    /// The answer, or the text of the right option.
    pub(super) answer: String,
    /// The answer's type.
    pub(super) answer_type: String,
    /// The sentence of the document that holds it.
    pub(super) evidence: String,
    /// The options of a choice, the right one among them.
    pub(super) options: Vec<String>,
}

/// Questions a document at most.
const MOST: usize = 24;
/// Documents whose facts are remembered, since several requests are about each.
const REMEMBERED: usize = 4096;

/// Finds facts, and remembers those of the last documents.
pub(super) struct Facts {
    known: Mutex<LruCache<u64, Arc<Vec<Fact>>>>,
}

impl Facts {
    /// Knows nothing yet.
    pub(super) fn new() -> Facts {
        Facts { known: Mutex::new(LruCache::new(NonZeroUsize::new(REMEMBERED).unwrap_or(NonZeroUsize::MIN))) }
    }

    /// Whether the facts of a document are at hand.
    pub(super) fn has(&self, document: &str) -> bool {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).contains(&xxh3_64(document.as_bytes()))
    }

    /// The facts of a document.
    pub(super) fn of(&self, document: &str) -> Arc<Vec<Fact>> {
        let key = xxh3_64(document.as_bytes());
        let known = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(facts) = known().get(&key) {
            return Arc::clone(facts);
        }
        let facts = Arc::new(find(document));
        known().put(key, Arc::clone(&facts));
        facts
    }
}

/// What the cloze generator finds, and then plain figures of other sentences, where it finds little or nothing.
fn find(document: &str) -> Vec<Fact> {
    let asked = offline::ask(document, MOST, xxh3_64(document.as_bytes()));
    let mut facts: Vec<Fact> = asked
        .into_iter()
        .map(|pair| Fact {
            question: pair.question,
            answer: pair.answer,
            answer_type: pair.answer_type.as_str().to_owned(),
            evidence: document.get(pair.evidence).unwrap_or_default().to_owned(),
            options: pair.options,
        })
        .collect();
    for figure in figures(document) {
        let is_new = |fact: &Fact| fact.answer != figure.answer && !fact.evidence.contains(&figure.evidence);
        if facts.len() < MOST && facts.iter().all(is_new) {
            facts.push(figure);
        }
    }
    facts
}

/// Asks for the figures of sentences; plain, but any text with a number has one.
fn figures(document: &str) -> Vec<Fact> {
    static FIGURE: LazyLock<Regex> = LazyLock::new(|| pattern(r"\d[\d,]*(?:\.\d+)?(?: ?%)?"));
    let mut facts: Vec<Fact> = Vec::new();
    for sentence in sentences(document) {
        if facts.len() >= MOST {
            break;
        }
        if !(6..60).contains(&sentence.split_whitespace().count()) || sentence.contains(['“', '"', '”']) {
            continue;
        }
        let Some(found) = FIGURE.find(sentence) else { continue };
        let answer = found.as_str().trim_end_matches(',');
        let (before, after) =
            (sentence.get(..found.start()).unwrap_or_default(), sentence.get(found.start() + answer.len()..));
        let question = format!("Which number belongs in the blank? “{before}____{}”", after.unwrap_or_default());
        let Ok(spec) = infer(answer, &question) else { continue };
        if facts.iter().all(|fact| fact.answer != answer) {
            facts.push(Fact {
                question,
                answer: answer.to_owned(),
                answer_type: spec.answer_type().as_str().to_owned(),
                evidence: sentence.to_owned(),
                options: Vec::new(),
            });
        }
    }
    facts
}

#[cfg(test)]
mod tests {
    use super::Facts;

    #[test]
    fn figures_are_asked_for_and_the_evidence_holds_them() {
        let text = "Tallinn is old.\nIts walls were 2.4 km long and had 46 towers in 1550. About 12,345 people lived there then.";
        let facts = Facts::new().of(text);
        assert!(!facts.is_empty());
        for fact in facts.iter() {
            assert!(text.contains(&fact.evidence) && fact.evidence.contains(&fact.answer), "{fact:?}");
            assert!(!fact.question.contains(&fact.answer), "{fact:?}");
        }
    }
}
