//! What a checked recipe is, and where in its file each part stands.

use std::collections::BTreeMap;
use std::ops::Range;

use quarry_schema::Level;

use super::Problems;
use crate::operator::Params;

/// A recipe as written and found without fault.
#[derive(Clone, Debug, PartialEq)]
pub struct Recipe {
    /// Its name, which goes into every row's provenance.
    pub name: String,
    /// The seed that all seeds derive from; 0 where the recipe gives none.
    pub seed: u64,
    /// What the rows of the input are: documents, unless `rows = "pairs"` is written.
    pub rows: Level,
    /// The stages in the order of the file. A stage reads only from earlier ones.
    pub stages: Vec<StageSpec>,
}

/// One stage of a recipe.
#[derive(Clone, Debug, PartialEq)]
pub struct StageSpec {
    /// Its unique name, `snake_case`.
    pub name: String,
    /// The operator that it runs.
    pub op: String,
    /// What it reads: at least one entry, none twice.
    pub from: Vec<StageRef>,
    /// The SQL predicate of `where`, not yet understood.
    pub predicate: Option<String>,
    /// The operator's params, checked and with defaults filled in.
    pub params: Params,
    /// The level of the rows that reach it.
    pub level: Level,
}

/// What a stage reads from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StageRef {
    /// The input of the run, written `source`.
    Source,
    /// An earlier stage, by its index.
    Stage(usize),
}

/// A recipe's text with the name that reports show for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// The path as the user gave it.
    pub name: String,
    /// The whole text.
    pub text: String,
}

/// A recipe without fault, with the places of its parts and what may not be meant.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The recipe.
    pub recipe: Recipe,
    /// The places of its parts.
    pub spans: Spans,
    /// What runs as written but is probably not meant.
    pub warnings: Problems,
}

/// The byte ranges of a recipe's parts, so that later checks can point at them.
///
/// A part that the recipe does not write has the place of the part that implies it, so every answer can be shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spans {
    pub(super) stages: Vec<StageSpans>,
}

/// The byte ranges of one stage's parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct StageSpans {
    pub(super) stage: Range<usize>,
    pub(super) op: Range<usize>,
    pub(super) from: Option<Range<usize>>,
    pub(super) predicate: Option<Range<usize>>,
    pub(super) params: BTreeMap<String, Range<usize>>,
}

impl Spans {
    /// The stage's name.
    pub fn stage(&self, stage_idx: usize) -> Range<usize> {
        self.find(stage_idx, |stage| stage.stage.clone())
    }

    /// The stage's operator.
    pub fn op(&self, stage_idx: usize) -> Range<usize> {
        self.find(stage_idx, |stage| stage.op.clone())
    }

    /// The stage's `from`; its name where it has none.
    pub fn from(&self, stage_idx: usize) -> Range<usize> {
        self.find(stage_idx, |stage| stage.from.clone().unwrap_or_else(|| stage.stage.clone()))
    }

    /// The stage's `where`, quotes included; its name where it has none.
    pub fn predicate(&self, stage_idx: usize) -> Range<usize> {
        self.find(stage_idx, |stage| stage.predicate.clone().unwrap_or_else(|| stage.stage.clone()))
    }

    /// A param's value; the operator where the recipe leaves the param out or `--set` gave it.
    pub fn param(&self, stage_idx: usize, name: &str) -> Range<usize> {
        self.find(stage_idx, |stage| stage.params.get(name).unwrap_or(&stage.op).clone())
    }

    fn find(&self, stage_idx: usize, pick: impl Fn(&StageSpans) -> Range<usize>) -> Range<usize> {
        self.stages.get(stage_idx).map_or(0..0, pick)
    }
}
