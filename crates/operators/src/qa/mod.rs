//! What `qa_generate` is made of: how many questions a document is worth and who asks them, the demonstrations of its
//! domain, and how a pair that a model wrote becomes a row.
//!
//! No pair that a model wrote is left out: what no code can check is emitted as it is, so that the rules behind the
//! generator reject it with their reasons. Asking itself is `ask`'s business.

mod demos;
mod form;
mod people;
mod plan;
mod reply;
mod rows;

pub(crate) use demos::Demos;
pub(crate) use form::{Formed, form};
pub(crate) use people::{Person, people};
pub(crate) use plan::{Limits, Share, plan};
pub(crate) use reply::{QaPairs, WrittenPair, schema};
pub(crate) use rows::{ADDS, PairRows};
