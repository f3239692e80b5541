//! Every operator of quarry, one file each, and the list of them.
//!
//! An operator is a [`Def`] in its own file and one line in [`ALL`]. Operators return fates and columns; they open no
//! file themselves (that is [`Resources`], once, before the first row), spawn nothing and log no text.

mod ask;
#[cfg(test)]
mod check;
mod cloze;
mod cloze_generate;
#[cfg(test)]
mod conformance;
mod domain_classify;
mod exact_dedup;
mod fingerprint;
mod form_verify;
mod grounding_verify;
mod language;
mod language_filter;
mod leakage_verify;
mod length_filter;
pub mod offline;
mod persona_assign;
mod personas;
mod quality_filter;
mod resources;
#[cfg(test)]
mod scripted;
mod text;
mod verify;

use quarry_engine::operator::OperatorDef;

pub use personas::{Persona, PersonaBank};
pub use resources::{ResourceError, ResourceFile, Resources};

/// The description of one of our operators.
pub type Def = OperatorDef<Resources>;

/// Every operator, by name.
pub const ALL: &[&Def] = &[
    &cloze_generate::DEF,
    &domain_classify::DEF,
    &exact_dedup::DEF,
    &form_verify::DEF,
    &grounding_verify::DEF,
    &language_filter::DEF,
    &leakage_verify::DEF,
    &length_filter::DEF,
    &persona_assign::DEF,
    &quality_filter::DEF,
];
