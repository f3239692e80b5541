//! The recipe: the pipeline as written, checked as a whole before anything runs.
//!
//! TOML text goes in, a [`Checked`] recipe or all of its [`Problems`] come out: one pass finds every mistake, each with
//! its place, an excerpt and a suggestion. What a predicate or a resource's name means is left to the planner, which
//! points at the right place through [`Spans`]. Nothing here reads a file.

mod field;
mod flow;
mod from;
mod overrides;
mod params;
mod parse;
mod problem;
mod render;
mod rule;
mod spec;
mod stage;
mod suggest;
#[cfg(test)]
mod tests;

pub use overrides::{Override, ParseOverrideError};
pub use parse::parse;
pub use problem::{Problem, Problems};
pub use rule::{RULES, Rule};

pub(crate) use rule::{STAGE_BUILD, WHERE_SQL};
pub use spec::{Checked, Recipe, SourceFile, Spans, StageRef, StageSpec};
pub(crate) use suggest::{closest, did_you_mean, list as list_names};
