//! How an operator asks a model: prompt files, the fenced document, the request, re-asking, and what came of it.
//!
//! An operator describes what it asks ([`Asking`]), gets an [`Asker`] when it is built, and then asks one row at a time.
//! The messages of all stages have one layout, so that calls on one passage share their beginning with each other:
//!
//! 1. system: one fixed line (`prompts/system.md`);
//! 2. user: the fenced passage, the stage's instruction, and last what differs from call to call.
//!
//! Which questions are asked of a document, and what a reply means for its row, is the operators' business; connections,
//! retries and budgets are the client's.

mod asker;
mod fence;
mod locate;
mod params;
mod passage;
mod reply;
mod schema;
mod template;

pub(crate) use asker::{Ask, Asked, Asker, Asking};
pub(crate) use fence::{fence, strip};
pub(crate) use locate::{code_points, locate};
pub(crate) use params::{Defaults, NUM_ASKING, asking_params};
pub(crate) use passage::{passage_of, passages};
pub(crate) use reply::plain;
pub(crate) use schema::{flag, integer, list_of, object, one_of, text, texts};
pub(crate) use template::Template;
