//! What a whole run would ask of models, from a run over a few documents.

mod extrapolate;
mod sample;

pub(crate) use extrapolate::{Estimate, StageEstimate, extrapolate};
pub(crate) use sample::{Sample, draw};
