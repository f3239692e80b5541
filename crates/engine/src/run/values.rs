//! Cells of the columns that a barrier adds, to Arrow and back.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Float32Array, Int64Array, StringArray};
use arrow::datatypes::{DataType, Float32Type, Int64Type};

use crate::Error;
use crate::operator::Value;

/// A column of these cells.
///
/// # Errors
/// A cell is of another type than the column.
pub(super) fn array_of(data_type: &DataType, values: &[Value]) -> Result<ArrayRef, Error> {
    match data_type {
        DataType::Utf8 => column::<_, StringArray>(values, |value| match value {
            Value::Text(text) => Some(text.clone()),
            _ => None,
        }),
        DataType::Float32 => column::<_, Float32Array>(values, |value| match value {
            Value::Float(number) => Some(*number),
            _ => None,
        }),
        DataType::Int64 => column::<_, Int64Array>(values, |value| match value {
            Value::Int(number) => Some(*number),
            _ => None,
        }),
        other => Err(Error::internal(format!("a barrier cannot add a column of type {other}"))),
    }
}

fn column<T, A>(values: &[Value], read: impl Fn(&Value) -> Option<T>) -> Result<ArrayRef, Error>
where
    A: FromIterator<Option<T>> + Array + 'static,
{
    let is_other = |value: &&Value| **value != Value::Null && read(value).is_none();
    match values.iter().find(is_other) {
        Some(value) => Err(Error::internal(format!("a barrier gave {value:?} for a column of another type"))),
        None => Ok(Arc::new(values.iter().map(&read).collect::<A>())),
    }
}

/// The cell of a column at a row.
///
/// # Errors
/// The column has a type that barriers do not add.
pub(super) fn value_at(array: &ArrayRef, row: usize) -> Result<Value, Error> {
    if array.is_null(row) {
        return Ok(Value::Null);
    }
    match array.data_type() {
        DataType::Utf8 => Ok(Value::Text(array.as_string::<i32>().value(row).to_owned())),
        DataType::Float32 => Ok(Value::Float(array.as_primitive::<Float32Type>().value(row))),
        DataType::Int64 => Ok(Value::Int(array.as_primitive::<Int64Type>().value(row))),
        other => Err(Error::internal(format!("a barrier cannot add a column of type {other}"))),
    }
}
