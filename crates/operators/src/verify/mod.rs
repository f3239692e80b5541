//! What the verifiers of pairs share: the parts of a question, its words and its numbers, and phrases that give away a
//! document.
//!
//! Which of it leads to a reject is each verifier's own decision.

mod numbers;
mod pair;
mod phrases;
mod samples;
mod shown;
mod stem;
mod votes;

pub(crate) use numbers::{numbers, unscaled_numbers};
pub(crate) use pair::{Pairs, Subject, text_at};
pub(crate) use phrases::{is_compound, refers_to_document, unresolved_opener};
pub(crate) use samples::{Agreement, ShortAnswer, short_answer};
pub(crate) use shown::{Shown, decided, offset_at, span};
pub(crate) use stem::{Stem, contains, contains_inflected, folded_words, is_rare};
pub(crate) use votes::{LEAKED_ANSWER, NEEDS_DOCUMENT, Tally, Vote, WRONG_ANSWER, one_line, tally};
