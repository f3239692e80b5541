//! Which columns a run has: one schema from the reader to the sink, filled in stage by stage.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use quarry_schema::column;

use crate::operator::OperatorDef;
use crate::recipe::Checked;

/// The key that a barrier compares; filled by the last stage of a segment.
pub(crate) const KEY: &str = "_key";

/// Header, document columns, `checks`, the barrier key, then what the operators add, in recipe order.
pub(super) fn layout<R>(checked: &Checked, defs: &[&OperatorDef<R>]) -> SchemaRef {
    let mut fields = column::header_fields();
    fields.extend(column::document_fields());
    fields.push(Arc::new(Field::new(column::CHECKS, column::checks_type(), true)));
    fields.push(Arc::new(Field::new(KEY, DataType::Binary, true)));
    let names = checked.recipe.stages.iter().map(|spec| spec.op.as_str());
    for def in names.filter_map(|name| defs.iter().find(|def| def.name == name)) {
        for add in def.adds {
            // A column with two types was refused when the recipe was parsed.
            if fields.iter().all(|field| field.name() != add.name) {
                fields.push(Arc::new(Field::new(add.name, add.kind.data_type(), true)));
            }
        }
    }
    Arc::new(Schema::new(fields))
}

/// Columns that outlive every stage, since a published file has them.
pub(super) fn is_published(name: &str) -> bool {
    let published = [column::pair_fields(), column::source_fields(), column::outcome_fields(), column::header_fields()];
    published.iter().flatten().any(|field| field.name() == name)
        || column::document_fields().iter().any(|field| field.name() == name)
        || [column::GEN_MODEL, column::GEN_PROMPT, column::GEN_REQUEST, KEY].contains(&name)
}
