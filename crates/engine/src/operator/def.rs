//! The description of an operator: a `const` in the operator's own file, from which docs, validation and tests derive.

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
    /// A seed derived from the recipe's seed and the stage's name. Combine it with the row id for each row.
    pub seed: u64,
    /// The level of the rows at the stage's place.
    pub level: Level,
    /// Models, banks and files of `pipeline/`.
    pub resources: &'a R,
    digests: Vec<(String, String)>,
}

impl<'a, R> BuildContext<'a, R> {
    /// Starts a context with no resource used yet.
    pub fn new(params: &'a Params, seed: u64, level: Level, resources: &'a R) -> BuildContext<'a, R> {
        BuildContext { params, seed, level, resources, digests: Vec::new() }
    }

    /// Records that the operator's answers depend on a resource with this content; it goes into the recipe hash.
    pub fn depends_on(&mut self, name: impl Into<String>, digest: impl Into<String>) {
        self.digests.push((name.into(), digest.into()));
    }

    /// Gives the recorded resources, sorted by name.
    pub fn into_digests(mut self) -> Vec<(String, String)> {
        self.digests.sort();
        self.digests
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
