//! The embedded generator: masks one checkable span of a sentence and asks for it, without a model.
//!
//! The method follows Golden Goose (arXiv 2601.22975): hide a span that the rest of the sentence pins, and ask for it
//! openly or as a choice among distractors of its kind. It goes in four steps, one module each: `topic` finds what the
//! document is about, `statement` the sentences that stand alone, `finders` the facts in them, `ask` gives each
//! persona the facts it asks about. `direct` turns plain clauses into questions, `wording` holds all words of the others, `distractors` the wrong options, and
//! `typed` refuses answers that no code could check. Rows and columns are left to `cloze_generate`.

mod ask;
mod definition;
mod direct;
mod distractors;
mod fact;
mod finders;
mod statement;
mod title;
mod topic;
mod typed;
mod wording;

pub(crate) use ask::{Asked, Pair, Request, ask};
pub(crate) use distractors::Distractors;
