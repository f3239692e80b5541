//! Every operator of quarry, one file each, and the list of them.
//!
//! An operator is a [`Def`] in its own file and one line in [`ALL`]. Operators return fates and columns; they open no
//! file themselves (that is [`Resources`], once, before the first row), spawn nothing and log no text.

mod ask;
mod balance;
mod boilerplate_assign;
#[cfg(test)]
mod check;
#[cfg(test)]
mod check_barrier;
mod classifier;
mod closed_book_difficulty;
mod cloze;
mod cloze_generate;
#[cfg(test)]
mod conformance;
mod decontaminate;
mod domain_classify;
mod domain_persona_assign;
mod educational_classify;
mod educational_judge_classify;
mod exact_dedup;
mod fingerprint;
mod form_verify;
mod furniture;
mod grounding_verify;
mod injection_filter;
mod language;
mod language_filter;
mod leakage_verify;
mod length_filter;
mod main_text_assign;
mod near_dedup;
pub mod offline;
mod packs;
mod partners;
mod persona_assign;
mod personas;
mod pii_filter;
#[cfg(test)]
mod prompts;
mod qa;
mod qa_generate;
mod qa_repair;
mod qa_verify;
mod quality_filter;
mod quality_judge_filter;
mod resources;
mod round_trip_verify;
mod rules;
#[cfg(test)]
mod scripted;
mod semantic_dedup;
mod text;
mod verify;

use quarry_engine::operator::OperatorDef;

pub use personas::{Persona, PersonaBank};
pub use quality_filter::{Broken, GivenTokens, QualityJudge, QualityRules, Tokens};
pub use resources::{ResourceError, ResourceFile, ResourcePath, Resources};

/// The description of one of our operators.
pub type Def = OperatorDef<Resources>;

/// Every operator, by name.
pub const ALL: &[&Def] = &[
    &balance::DEF,
    &boilerplate_assign::DEF,
    &closed_book_difficulty::DEF,
    &cloze_generate::DEF,
    &decontaminate::DEF,
    &domain_classify::DEF,
    &domain_persona_assign::DEF,
    &educational_classify::DEF,
    &educational_judge_classify::DEF,
    &exact_dedup::DEF,
    &form_verify::DEF,
    &grounding_verify::DEF,
    &injection_filter::DEF,
    &language_filter::DEF,
    &leakage_verify::DEF,
    &length_filter::DEF,
    &main_text_assign::DEF,
    &near_dedup::DEF,
    &persona_assign::DEF,
    &pii_filter::DEF,
    &qa_generate::DEF,
    &qa_repair::DEF,
    &qa_verify::DEF,
    &quality_filter::DEF,
    &quality_judge_filter::DEF,
    &round_trip_verify::DEF,
    &semantic_dedup::DEF,
];
