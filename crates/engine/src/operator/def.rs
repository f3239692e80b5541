//! The description of an operator: a `const` in the operator's own file, from which docs, validation and tests derive.

use std::collections::BTreeMap;

use arrow::datatypes::DataType;
use quarry_schema::{Level, column};

use super::{Operator, ParamDef, Params};

/// All that the engine, the docs and the tests know of an operator before it is built.
///
/// `R` is the resource set that operators are built from (models, prompts, banks); the engine never looks inside.
pub struct OperatorDef<R: 'static> {
    /// Object then role, `snake_case`: the name in recipes and of the operator's file.
    pub name: &'static str,
    /// One line for lists.
    pub summary: &'static str,
    /// Raised when the same params would give other rows.
    pub version: u32,
    /// Which of the three shapes it builds.
    pub shape: Shape,
    /// The level of the rows it takes.
    pub takes: Takes,
    /// Whether it makes pair rows out of the rows that it takes.
    pub emits: bool,
    /// Columns that it reads.
    pub reads: &'static [&'static str],
    /// Columns that it adds, or that its emitted rows have, in the order of [`super::Decided::columns`].
    pub adds: &'static [ColumnDef],
    /// The closed list of reasons for its rejects.
    pub reasons: &'static [ReasonDef],
    /// Its settings in a recipe.
    pub params: &'static [ParamDef],
    /// Makes the operator, once a run, before any row is read.
    pub build: fn(&mut BuildContext<'_, R>) -> Result<Operator, BuildError>,
}

/// The closed list of shapes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A batch at a time, on the CPU or an accelerator.
    Compute,
    /// A row at a time, over the network.
    Remote,
    /// All keys of a run at once.
    Barrier,
}

/// The level of the rows that an operator takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// Documents only.
    Documents,
    /// Pairs only.
    Pairs,
    /// Whatever the recipe has at its place: documents before a generator, pairs after it.
    Either,
}

/// A column that an operator adds.
#[derive(Clone, Copy, Debug)]
pub struct ColumnDef {
    /// The column's name.
    pub name: &'static str,
    /// Its type.
    pub kind: ColumnType,
    /// What it holds and in which unit.
    pub doc: &'static str,
}

/// The types that operators may add.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnType {
    /// A string.
    Text,
    /// A list of strings.
    TextList,
    /// A 32-bit float.
    Float,
    /// A list of 32-bit floats.
    FloatList,
    /// A 64-bit integer.
    Int,
}

impl ColumnType {
    /// The Arrow type; columns are always nullable, since rows of other levels have no value.
    pub fn data_type(self) -> DataType {
        match self {
            ColumnType::Text => DataType::Utf8,
            ColumnType::TextList => column::string_list(),
            ColumnType::Float => DataType::Float32,
            ColumnType::FloatList => column::float_list(),
            ColumnType::Int => DataType::Int64,
        }
    }
}

/// A reason for which an operator may reject a row. Reasons are a public format: add, never rename.
#[derive(Clone, Copy, Debug)]
pub struct ReasonDef {
    /// `snake_case`, past or adjective.
    pub name: &'static str,
    /// When it is given.
    pub doc: &'static str,
}

/// What an operator is built from.
pub struct BuildContext<'a, R> {
    /// The stage's params, checked and with defaults filled in.
    pub params: &'a Params,
    /// The stage's name in the recipe, by which calls of a model are accounted for.
    pub stage: &'a str,
    /// The stage's place in the recipe, from 0; what is further on comes first where calls compete.
    pub position: usize,
    /// A seed derived from the recipe's seed and the stage's name. Combine it with the row id for each row.
    pub seed: u64,
    /// The level of the rows at the stage's place.
    pub level: Level,
    /// Models, banks and files of `pipeline/`.
    pub resources: &'a R,
    used: Used,
}

/// Where a stage stands in its recipe.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The stage's name.
    pub stage: &'a str,
    /// Its place, from 0.
    pub position: usize,
    /// The level of the rows that reach it.
    pub level: Level,
    /// The seed derived from the recipe's seed and the stage's name.
    pub seed: u64,
}

/// What an operator was built from, as it told its context.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Used {
    /// Content digests by resource name; they go into the recipe hash.
    pub resources: BTreeMap<String, String>,
    /// Engine and device by model name; they go into the identity of units, not into the recipe hash.
    pub runtimes: BTreeMap<String, String>,
}

impl<'a, R> BuildContext<'a, R> {
    /// Starts a context with no resource used yet.
    pub fn new(params: &'a Params, place: Place<'a>, resources: &'a R) -> BuildContext<'a, R> {
        let Place { stage, position, level, seed } = place;
        BuildContext { params, stage, position, seed, level, resources, used: Used::default() }
    }

    /// Records that the operator's answers depend on a resource with this content; it goes into the recipe hash.
    pub fn depends_on(&mut self, name: impl Into<String>, digest: impl Into<String>) {
        self.used.resources.insert(name.into(), digest.into());
    }

    /// Records which engine and device answers for a model.
    pub fn runs_on(&mut self, model: impl Into<String>, runtime: impl Into<String>) {
        self.used.runtimes.insert(model.into(), runtime.into());
    }

    /// Gives what was recorded.
    pub fn into_used(self) -> Used {
        self.used
    }
}

/// Why an operator could not be built.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct BuildError {
    /// The param at fault, so that the report can point at it.
    pub param: Option<&'static str>,
    /// What is wrong and what to do.
    pub message: String,
}

impl BuildError {
    /// A problem with one param.
    pub fn param(param: &'static str, message: impl Into<String>) -> BuildError {
        BuildError { param: Some(param), message: message.into() }
    }

    /// A problem with a resource or the operator as a whole.
    pub fn other(message: impl Into<String>) -> BuildError {
        BuildError { param: None, message: message.into() }
    }
}
