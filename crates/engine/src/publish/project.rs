//! From the run's wide rows to the published columns.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, StringArray, StructArray, new_null_array};
use arrow::datatypes::{DataType, FieldRef, Schema, SchemaRef, UInt8Type};
use quarry_schema::{Level, column};

use super::Kind;
use crate::Error;
use crate::exec::header;
use crate::plan::Plan;

/// The published columns of a folder.
pub(crate) fn schema(kind: Kind) -> SchemaRef {
    let fields: Vec<FieldRef> = match kind {
        Kind::Pairs => column::pair_fields(),
        Kind::Documents => column::source_fields(),
        Kind::Rejects | Kind::Failures => column::outcome_fields(),
    };
    Arc::new(Schema::new(fields))
}

/// The rows as they are published. All of them belong to the folder.
pub(crate) fn project(kind: Kind, plan: &Plan, rows: &RecordBatch) -> Result<RecordBatch, Error> {
    let schema = schema(kind);
    let columns = schema.fields().iter().map(|field| column_of(field, plan, rows)).collect::<Result<Vec<_>, _>>()?;
    RecordBatch::try_new(schema, columns).map_err(|error| {
        Error::Internal(format!("{} cannot be written, an operator left a column empty: {error}", kind.folder()))
    })
}

fn column_of(field: &FieldRef, plan: &Plan, rows: &RecordBatch) -> Result<ArrayRef, Error> {
    let num_rows = rows.num_rows();
    let named =
        |name: &str| rows.column_by_name(name).cloned().unwrap_or_else(|| new_null_array(field.data_type(), num_rows));
    let array = match field.name().as_str() {
        "id" => named(column::ROW_ID),
        "source_text" => named(column::TEXT),
        "split" => constant("train", num_rows),
        "level" => levels(rows)?,
        "gen" => generated(rows)?,
        "recipe" => {
            let values = vec![constant(plan.name(), num_rows), constant(plan.hash(), num_rows)];
            Arc::new(StructArray::new(column::recipe_fields(), values, None))
        }
        name => named(name),
    };
    if array.data_type() == field.data_type() {
        Ok(array)
    } else {
        Err(Error::Internal(format!("column `{}` is {}, not {}", field.name(), array.data_type(), field.data_type())))
    }
}

fn constant(value: &str, num_rows: usize) -> ArrayRef {
    Arc::new(StringArray::from(vec![value; num_rows]))
}

fn levels(rows: &RecordBatch) -> Result<ArrayRef, Error> {
    let names = header::<UInt8Type>(rows, column::LEVEL)?
        .iter()
        .map(|code| if code == Some(Level::Pair.code()) { Level::Pair } else { Level::Document })
        .map(Level::as_str);
    Ok(Arc::new(StringArray::from_iter_values(names)))
}

fn generated(rows: &RecordBatch) -> Result<ArrayRef, Error> {
    let columns = [column::GEN_MODEL, column::GEN_PROMPT, column::GEN_REQUEST]
        .iter()
        .map(|name| match rows.column_by_name(name) {
            Some(array) if array.as_string_opt::<i32>().is_some() => Ok(Arc::clone(array)),
            Some(_) => Err(Error::Internal(format!("column `{name}` is no string"))),
            None => Ok(new_null_array(&DataType::Utf8, rows.num_rows())),
        })
        .collect::<Result<_, _>>()?;
    Ok(Arc::new(StructArray::new(column::gen_fields(), columns, None)))
}
