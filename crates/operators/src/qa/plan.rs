//! How many questions a document is worth, and which passage and which person they go to.

use std::ops::Range;

use crate::text::{Sentence, sentences};

/// What the recipe allows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Questions of one person.
    pub(crate) questions_per_persona: usize,
    /// Questions about a document.
    pub(crate) max_questions: usize,
    /// A question is worth this many words.
    pub(crate) words_per_question: usize,
}

/// What one passage is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Share {
    /// The passage, as bytes of the text.
    pub(crate) passage: Range<usize>,
    /// How many questions each person asks, by the place of the person; at least one of them asks.
    pub(crate) by_person: Vec<usize>,
}

impl Share {
    /// How many questions are asked about the passage.
    pub(crate) fn num_questions(&self) -> usize {
        self.by_person.iter().sum()
    }
}

/// Shares questions out: more to passages that state more, and the same number, if possible, to each person.
pub(crate) fn plan(text: &str, passages: &[Range<usize>], num_people: usize, limits: Limits) -> Vec<Share> {
    let worth: Vec<usize> =
        passages.iter().map(|passage| worth(text.get(passage.clone()).unwrap_or_default(), limits)).collect();
    let wished = limits.max_questions.min(limits.questions_per_persona.saturating_mul(num_people));
    // A document that came this far is asked at least once: what counts as checkable is only an estimate.
    let total = wished.min(worth.iter().sum::<usize>().max(1));
    let mut given = vec![0_usize; passages.len()];
    for _ in 0..total {
        // The passage with the most worth for each question so far, as seats go to parties.
        let next = (0..given.len()).min_by(|&left, &right| {
            (worth[right] * (2 * given[left] + 1)).cmp(&(worth[left] * (2 * given[right] + 1))).then(left.cmp(&right))
        });
        if let Some(count) = next.and_then(|next| given.get_mut(next)) {
            *count += 1;
        }
    }
    let mut turn = 0;
    let mut shares = Vec::new();
    for (passage, count) in passages.iter().zip(given) {
        let mut by_person = vec![0; num_people];
        for _ in 0..count {
            by_person[turn % num_people] += 1;
            turn += 1;
        }
        if count > 0 {
            shares.push(Share { passage: passage.clone(), by_person });
        }
    }
    shares
}

/// How many questions a passage is worth: by its words, and never more than it has sentences that state something.
fn worth(passage: &str, limits: Limits) -> usize {
    let by_words = passage.split_whitespace().count().div_ceil(limits.words_per_question.max(1));
    let stating = |sentence: &Sentence| states_something(&passage[sentence.start..sentence.end]);
    by_words.min(sentences(passage).iter().filter(|sentence| stating(sentence)).count())
}

/// Figures, names and formulas are what short answers are made of.
fn states_something(sentence: &str) -> bool {
    let mut words = sentence.split_whitespace().skip(1);
    sentence.contains(|ch: char| ch.is_ascii_digit() || matches!(ch, '\\' | '=' | '`' | '“' | '"'))
        || words.any(|word| word.starts_with(char::is_uppercase))
}

#[cfg(test)]
mod tests {
    use super::{Limits, Share, plan};
    use crate::ask::passages;

    const LIMITS: Limits = Limits { questions_per_persona: 2, max_questions: 5, words_per_question: 10 };
    const FACT: &str = "The Volga is a river in Russia that is 3,530 km long. ";
    const TALK: &str = "it is what it is, and so it has been for as long as anyone can tell. ";

    fn whole(text: &str, num_people: usize) -> Vec<usize> {
        let shares = plan(text, &passages(text, usize::MAX), num_people, LIMITS);
        shares.first().map(|share| share.by_person.clone()).unwrap_or_default()
    }

    #[test]
    fn the_number_follows_what_a_document_states() {
        assert_eq!(whole(FACT, 3), [1, 0, 0]);
        assert_eq!(whole(&FACT.repeat(2), 3), [1, 1, 0]);
        assert_eq!(whole(&FACT.repeat(9), 3), [2, 2, 1]);
        assert_eq!(whole(&FACT.repeat(9), 1), [2]);
        assert_eq!(whole(&TALK.repeat(9), 3), [1, 0, 0]);
        assert_eq!(whole("", 2), [1, 0]);
    }

    #[test]
    fn passages_that_state_more_are_asked_more() {
        let text = format!("{}{}{}", TALK.repeat(4), FACT.repeat(2), FACT.repeat(6));
        let (first, second) = (TALK.len() * 4, TALK.len() * 4 + FACT.len() * 2);
        let shares = plan(&text, &[0..first, first..second, second..text.len()], 3, LIMITS);
        assert_eq!(
            shares,
            [
                Share { passage: first..second, by_person: vec![1, 0, 0] },
                Share { passage: second..text.len(), by_person: vec![1, 2, 1] }
            ]
        );
        assert_eq!(shares.iter().map(Share::num_questions).sum::<usize>(), 5);
    }
}
