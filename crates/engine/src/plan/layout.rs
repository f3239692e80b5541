//! Which columns a run has: one schema from the reader to the sink, filled in stage by stage.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use quarry_schema::column;

use crate::operator::OperatorDef;
use crate::recipe::{Checked, Problem, Problems};

/// The key that a barrier compares; filled by the last stage of a segment.
pub(crate) const KEY: &str = "_key";

/// Header, document columns, `checks`, the barrier key, then what the operators add, in recipe order.
pub(super) fn layout<R>(checked: &Checked, defs: &[&OperatorDef<R>], problems: &mut Problems) -> SchemaRef {
    let mut fields = column::header_fields();
    fields.extend(column::document_fields());
    fields.push(Arc::new(Field::new(column::CHECKS, column::checks_type(), true)));
    fields.push(Arc::new(Field::new(KEY, DataType::Binary, true)));
    for (index, spec) in checked.recipe.stages.iter().enumerate() {
        let Some(def) = defs.iter().find(|def| def.name == spec.op) else { continue };
        for add in def.adds {
            match fields.iter().find(|field| field.name() == add.name) {
                None => fields.push(Arc::new(Field::new(add.name, add.kind.data_type(), true))),
                Some(field) if *field.data_type() == add.kind.data_type() => {}
                Some(field) => problems.push(Problem {
                    code: "R040",
                    message: format!("column `{}` has two types", add.name),
                    span: checked.spans.op(index),
                    label: format!("`{}` adds it as {}", spec.op, add.kind.data_type()),
                    help: Some(format!("an earlier stage adds it as {}", field.data_type())),
                }),
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
