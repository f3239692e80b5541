//! What a checking model says of a pair, once or several times, and what follows from it.
//!
//! Three tests: the question stands alone, the answer is right by the document, the question does not give it away.
//! Each is decided by the majority of the votes; a tie is no majority.

use serde::Deserialize;

/// An objection is no longer than this, so that a talkative checker cannot fill a prompt.
const MAX_OBJECTION_CHARS: usize = 200;

/// One reply of a checker.
#[derive(Clone, Debug, Deserialize, PartialEq)]
pub(crate) struct Vote {
    stands_alone: bool,
    answer_correct: bool,
    leaks_answer: bool,
    /// Its words for what is wrong: data, never an instruction.
    #[serde(default)]
    reason: String,
}

impl Vote {
    fn failed(&self) -> Vec<&'static str> {
        let tests = [
            (WRONG_ANSWER, !self.answer_correct),
            (LEAKED_ANSWER, self.leaks_answer),
            (NEEDS_DOCUMENT, !self.stands_alone),
        ];
        tests.into_iter().filter_map(|(name, fails)| fails.then_some(name)).collect()
    }
}

/// The document does not support the answer.
pub(crate) const WRONG_ANSWER: &str = "wrong_answer";
/// The question gives the answer away.
pub(crate) const LEAKED_ANSWER: &str = "leaked_answer";
/// The question cannot be understood without the document.
pub(crate) const NEEDS_DOCUMENT: &str = "needs_document";

/// What the votes say together.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Tally {
    /// The share of votes that object to nothing.
    pub(crate) pass_share: f32,
    /// The tests that have no majority, the gravest first.
    pub(crate) failed: Vec<&'static str>,
    /// How many votes fail the first of them, of how many.
    pub(crate) num_against: (usize, usize),
    /// The reason that the first of these votes gives, cleaned.
    reason: String,
}

/// Counts votes; nothing for no vote.
pub(crate) fn tally(votes: &[Vote]) -> Option<Tally> {
    if votes.is_empty() {
        return None;
    }
    let against = |test: &str| votes.iter().filter(move |vote| vote.failed().contains(&test)).count();
    let tests = [WRONG_ANSWER, LEAKED_ANSWER, NEEDS_DOCUMENT].into_iter();
    let failed: Vec<&'static str> = tests.filter(|test| against(test) * 2 >= votes.len()).collect();
    let first = failed.first().copied();
    let words = first.and_then(|test| votes.iter().find(|vote| vote.failed().contains(&test)));
    let num_passing = votes.iter().filter(|vote| vote.failed().is_empty()).count();
    #[expect(clippy::cast_precision_loss, reason = "a handful of votes")]
    let pass_share = num_passing as f32 / votes.len() as f32;
    Some(Tally {
        pass_share,
        num_against: (first.map_or(0, against), votes.len()),
        failed,
        reason: words.map_or_else(String::new, |vote| one_line(&vote.reason)),
    })
}

impl Tally {
    /// Which tests failed and why, for whoever repairs the pair; nothing if none did.
    pub(crate) fn objection(&self) -> Option<String> {
        (!self.failed.is_empty()).then(|| shortened(&joined(&self.failed.join(", "), &self.reason)))
    }

    /// How the votes fell and why, for a reject's detail.
    pub(crate) fn detail(&self) -> String {
        let (num, of) = self.num_against;
        shortened(&joined(&format!("{num} of {of}"), &self.reason))
    }
}

fn joined(head: &str, reason: &str) -> String {
    if reason.is_empty() { head.to_owned() } else { format!("{head}: {reason}") }
}

/// A model's words on one line, without signs that steer a terminal or a text's direction.
pub(crate) fn one_line(text: &str) -> String {
    let visible = |ch: &char| !matches!(ch, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
    let spaced: String = text.chars().filter(visible).map(|ch| if ch.is_control() { ' ' } else { ch }).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn shortened(text: &str) -> String {
    text.chars().take(MAX_OBJECTION_CHARS).collect::<String>().trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::{Vote, one_line, tally};

    fn vote(stands_alone: bool, answer_correct: bool, leaks_answer: bool, reason: &str) -> Vote {
        Vote { stands_alone, answer_correct, leaks_answer, reason: reason.to_owned() }
    }

    #[test]
    fn a_single_vote_decides() {
        let good = tally(&[vote(true, true, false, "")]).unwrap();
        assert_eq!((good.pass_share, good.objection()), (1.0, None));
        let bad = tally(&[vote(false, true, true, "it says 'the text'")]).unwrap();
        assert_eq!(bad.failed, ["leaked_answer", "needs_document"]);
        assert_eq!(bad.objection().as_deref(), Some("leaked_answer, needs_document: it says 'the text'"));
        assert_eq!(bad.detail(), "1 of 1: it says 'the text'");
        assert_eq!(tally(&[]), None);
    }

    #[test]
    fn each_test_has_its_own_majority_and_a_tie_is_none() {
        let (good, wrong, leaking) =
            (vote(true, true, false, ""), vote(true, false, false, "no"), vote(true, true, true, "yes"));
        let of = |votes: &[&Vote]| tally(&votes.iter().map(|vote| (*vote).clone()).collect::<Vec<_>>()).unwrap();
        assert!(of(&[&good, &wrong, &good]).failed.is_empty());
        assert!(of(&[&good, &wrong, &leaking]).failed.is_empty());
        assert_eq!(of(&[&wrong, &wrong, &good]).failed, ["wrong_answer"]);
        assert_eq!(of(&[&good, &leaking]).failed, ["leaked_answer"]);
        assert_eq!(of(&[&wrong, &wrong, &good]).detail(), "2 of 3: no");
    }

    #[test]
    fn a_checkers_words_are_one_short_line() {
        assert_eq!(one_line(" a\n\nb\u{202e}\u{1b}[31m\u{0}c "), "a b [31m c");
        let long = tally(&[vote(true, false, false, &"x".repeat(900))]).unwrap();
        assert_eq!(long.objection().unwrap().chars().count(), 200);
        assert_eq!(long.detail().chars().count(), 200);
    }
}
