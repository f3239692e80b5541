//! Which columns a run has: one schema from the reader to the sink, filled in stage by stage, and what is published of it.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, FieldRef, Schema, SchemaRef};
use quarry_schema::{Level, column};

use crate::operator::{ColumnType, OperatorDef};
use crate::recipe::{Checked, StageSpec};

/// The key that a barrier compares; filled by the last stage of a segment.
pub(crate) const KEY: &str = "_key";

/// What the rows of the input are, what `data/` holds, and with which columns.
#[derive(Clone, Debug)]
pub(crate) struct Published {
    /// What the rows of the input are.
    pub(crate) rows_in: Level,
    /// What `data/` holds: pairs where the input or a stage gives pairs.
    pub(crate) rows_out: Level,
    /// The columns of `data/`.
    pub(crate) data: SchemaRef,
    /// The columns of `documents/`, where documents are published beside their pairs.
    pub(crate) documents: Option<SchemaRef>,
}

/// Header, document columns, `checks`, the barrier key, a pair's columns where pairs are read, then what the operators
/// add, in recipe order.
pub(super) fn layout<R>(checked: &Checked, defs: &[&OperatorDef<R>]) -> SchemaRef {
    let mut fields = column::header_fields();
    fields.extend(column::document_fields());
    fields.push(Arc::new(Field::new(column::CHECKS, column::checks_type(), true)));
    fields.push(Arc::new(Field::new(KEY, DataType::Binary, true)));
    if checked.recipe.rows == Level::Pair {
        append(&mut fields, column::pair_input_fields());
    }
    append(&mut fields, added(checked, defs, |_, _| true));
    Arc::new(Schema::new(fields))
}

/// The published columns: the fixed ones, then every one that operators added. Vectors are for later stages only.
pub(super) fn published<R>(checked: &Checked, defs: &[&OperatorDef<R>]) -> Published {
    let recipe = &checked.recipe;
    let makes_pairs = defs.iter().any(|def| def.emits && recipe.stages.iter().any(|spec| spec.op == def.name));
    let rows_out = if makes_pairs { Level::Pair } else { recipe.rows };
    let mut data = match (recipe.rows, rows_out) {
        (_, Level::Document) => column::document_fields(),
        (Level::Document, Level::Pair) => column::pair_fields(),
        (Level::Pair, Level::Pair) => nullable(column::pair_fields()),
    };
    if recipe.rows == Level::Pair {
        let names = [column::LANGUAGE, column::META];
        data.extend(column::document_fields().into_iter().filter(|field| names.contains(&field.name().as_str())));
    }
    let beside = recipe.rows == Level::Document && rows_out == Level::Pair;
    // What `documents/` has of a document is not repeated in each of its pairs.
    let elsewhere = if beside { column::source_fields() } else { Vec::new() };
    let of_data = added(checked, defs, |_, _| true).into_iter().filter(|field| is_extra(field, &elsewhere));
    append(&mut data, of_data.collect());
    let documents = beside.then(|| {
        let mut fields = column::source_fields();
        let of_documents = added(checked, defs, |spec, def| spec.level == Level::Document && !def.emits);
        append(&mut fields, of_documents.into_iter().filter(|field| is_extra(field, &[])).collect());
        Arc::new(Schema::new(fields))
    });
    Published { rows_in: recipe.rows, rows_out, data: Arc::new(Schema::new(data)), documents }
}

impl Published {
    /// Whether a column outlives every stage, since a published file has it.
    pub(super) fn has(&self, name: &str) -> bool {
        let fixed = [column::outcome_fields(), column::header_fields(), column::document_fields()];
        fixed.iter().flatten().any(|field| field.name() == name)
            || [Some(&self.data), self.documents.as_ref()].into_iter().flatten().any(|s| s.index_of(name).is_ok())
            || INSIDE.contains(&name)
            || name == KEY
    }
}

/// Columns of the run that are published inside of others.
const INSIDE: [&str; 5] =
    [column::GEN_MODEL, column::GEN_PROMPT, column::GEN_REQUEST, column::RECIPE_NAME, column::RECIPE_HASH];

/// What the operators of some stages add, each column once.
fn added<R>(
    checked: &Checked,
    defs: &[&OperatorDef<R>],
    wanted: impl Fn(&StageSpec, &OperatorDef<R>) -> bool,
) -> Vec<FieldRef> {
    let mut fields = Vec::new();
    for spec in &checked.recipe.stages {
        let def = defs.iter().find(|def| def.name == spec.op).filter(|def| wanted(spec, def));
        // A column with two types was refused when the recipe was parsed.
        let new = def.iter().flat_map(|def| def.adds);
        append(&mut fields, new.map(|add| Arc::new(Field::new(add.name, add.kind.data_type(), true))).collect());
    }
    fields
}

fn append(fields: &mut Vec<FieldRef>, new: Vec<FieldRef>) {
    for field in new {
        if fields.iter().all(|known| known.name() != field.name()) {
            fields.push(field);
        }
    }
}

fn nullable(fields: Vec<FieldRef>) -> Vec<FieldRef> {
    let with_nulls = |field: FieldRef| Arc::new(field.as_ref().clone().with_nullable(true));
    fields.into_iter().map(|field| if field.name() == "id" { field } else { with_nulls(field) }).collect()
}

fn is_extra(field: &FieldRef, elsewhere: &[FieldRef]) -> bool {
    let name = field.name().as_str();
    *field.data_type() != ColumnType::FloatList.data_type()
        && !INSIDE.contains(&name)
        && name != column::TEXT
        && !elsewhere.iter().any(|other| other.name() == name)
}
