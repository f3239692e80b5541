//! From the run's wide rows to the published columns.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, StringArray, StructArray, new_null_array};
use arrow::datatypes::{DataType, FieldRef, Schema, SchemaRef, UInt8Type};
use quarry_schema::{Level, column};

use super::Kind;
use crate::Error;
use crate::exec::{header, header_text};
use crate::plan::Plan;

/// The published columns of a folder.
pub(crate) fn schema(kind: Kind, plan: &Plan) -> SchemaRef {
    match kind {
        Kind::Data => Arc::clone(&plan.published.data),
        Kind::Documents => plan.published.documents.clone().unwrap_or_else(|| Arc::new(Schema::empty())),
        Kind::Rejects | Kind::Failures => Arc::new(Schema::new(column::outcome_fields())),
    }
}

/// The rows as they are published. All of them belong to the folder.
pub(crate) fn project(kind: Kind, plan: &Plan, rows: &RecordBatch) -> Result<RecordBatch, Error> {
    let schema = schema(kind, plan);
    let columns =
        schema.fields().iter().map(|field| column_of(kind, field, plan, rows)).collect::<Result<Vec<_>, _>>()?;
    RecordBatch::try_new(schema, columns).map_err(|error| {
        Error::Internal(format!("{} cannot be written, an operator left a column empty: {error}", kind.folder()))
    })
}

fn column_of(kind: Kind, field: &FieldRef, plan: &Plan, rows: &RecordBatch) -> Result<ArrayRef, Error> {
    let num_rows = rows.num_rows();
    let named =
        |name: &str| rows.column_by_name(name).cloned().unwrap_or_else(|| new_null_array(field.data_type(), num_rows));
    let array = match field.name().as_str() {
        "id" => named(column::ROW_ID),
        "source_text" => named(column::TEXT),
        column::SPLIT => or_constant(rows, column::SPLIT, "train")?,
        "level" => levels(rows)?,
        "gen" => generated(rows)?,
        "recipe" => recipe(plan, rows)?,
        column::DOC_ID if kind == Kind::Data && plan.rows_in() == Level::Pair => given_doc_ids(rows)?,
        name => named(name),
    };
    if array.data_type() == field.data_type() {
        Ok(array)
    } else {
        Err(Error::Internal(format!("column `{}` is {}, not {}", field.name(), array.data_type(), field.data_type())))
    }
}

/// A column of the input where it has a value, and one value elsewhere.
fn or_constant(rows: &RecordBatch, name: &str, value: &str) -> Result<ArrayRef, Error> {
    let Some(given) = rows.column_by_name(name) else { return Ok(constant(value, rows.num_rows())) };
    let given = given.as_string_opt::<i32>().ok_or_else(|| Error::Internal(format!("column `{name}` is no string")))?;
    Ok(Arc::new(StringArray::from_iter_values(given.iter().map(|text| text.unwrap_or(value)))))
}

/// The recipe that made a pair: this one, unless the pair came in and named another.
fn recipe(plan: &Plan, rows: &RecordBatch) -> Result<ArrayRef, Error> {
    let hash = match rows.column_by_name(column::RECIPE_NAME) {
        // A name without a hash is not one of ours, and must not get ours.
        Some(names) if names.null_count() < names.len() => {
            let hashes = rows.column_by_name(column::RECIPE_HASH).and_then(|hashes| hashes.as_string_opt::<i32>());
            let is_named = |row: usize| names.is_valid(row);
            let hash = |row: usize| match hashes.filter(|hashes| hashes.is_valid(row)) {
                Some(hashes) => hashes.value(row),
                None if is_named(row) => "",
                None => plan.hash(),
            };
            Arc::new(StringArray::from_iter_values((0..rows.num_rows()).map(hash))) as ArrayRef
        }
        _ => constant(plan.hash(), rows.num_rows()),
    };
    let values = vec![or_constant(rows, column::RECIPE_NAME, plan.name())?, hash];
    Ok(Arc::new(StructArray::new(column::recipe_fields(), values, None)))
}

/// The ids of documents that the input gave; a pair without one stands for its own in the run.
fn given_doc_ids(rows: &RecordBatch) -> Result<ArrayRef, Error> {
    let (ids, own) = (header_text(rows, column::DOC_ID)?, header_text(rows, column::ROW_ID)?);
    let given = ids.iter().zip(own.iter()).map(|(id, own)| id.filter(|_| id != own));
    Ok(Arc::new(given.collect::<StringArray>()))
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
