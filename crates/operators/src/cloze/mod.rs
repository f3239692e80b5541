//! The embedded generator: masks one checkable span of a sentence and asks for it, without a model.
//!
//! The method follows Golden Goose (arXiv 2601.22975): hide a span that the rest of the sentence pins, and ask for it
//! openly or as a choice among distractors of its kind. It goes in four steps:
//!
//! 1. `topic` finds what the document is about, with `title` and `definition`;
//! 2. `statement` finds the sentences that stand alone, and puts their openings right;
//! 3. `finders` finds the facts in them;
//! 4. `ask` gives each persona the facts it asks about: `direct` turns plain clauses into questions, `wording` holds all
//!    words of the others, `distractors` the wrong options, and `typed` refuses answers that no code could check.
//!
//! No guess is made where a sentence is unclear: it is passed over. Rows and columns are left to `cloze_generate`.

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
pub(crate) use wording::shown_options;
