//! A finished dataset in the form that a trainer reads: rows, prompt suffix and scorer that agree with each other.
//!
//! One file of `formats` is one trainer and a pure projection of a [`record::Record`]; what its stock scorer can read is
//! said once, in `scorer`, how a reply marks its answer once, in `answer_format`. `run` takes the rows of the dataset
//! through selection, scoring, length and splits, and counts each exactly once. How rows were made is the engine's.

mod answer_format;
mod card;
mod format;
mod formats;
mod gold;
mod length;
mod options;
mod record;
mod report;
mod run;
mod scorer;
mod splits;
mod tally;
mod write;

pub(crate) use answer_format::AnswerFormat;
pub(crate) use format::names;
pub(crate) use options::{Options, ScorerChoice};
pub(crate) use report::Report;
pub(crate) use run::export;
pub(crate) use splits::Splits;
pub(crate) use tally::LeftOut;
