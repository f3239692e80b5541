//! Columns of a parquet file to the fields of rows, so that the same rules apply to them as to JSON Lines.

use std::borrow::Cow;

use arrow::array::{Array, ArrayRef, AsArray, Float64Array, Int64Array, RecordBatch, StringArray, UInt64Array};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float64Type, Int64Type, Schema, UInt64Type};
use arrow::json::LineDelimitedWriter;
use serde_json::{Map, Value};

use super::fields::{Cell, FieldNames, Fields};

/// Which columns of a file hold which fields.
pub(super) struct Columns {
    /// The column of each cell, where the file has one of a fitting type.
    cells: Vec<Option<usize>>,
    /// All other columns.
    others: Vec<usize>,
}

impl Columns {
    /// Finds the columns in a file's schema.
    ///
    /// # Errors
    /// No column can hold the text, or the question or answer.
    pub(super) fn new(schema: &Schema, names: &FieldNames) -> Result<Columns, String> {
        let mut cells = vec![None; names.names().len()];
        let mut others = Vec::new();
        for (column, field) in schema.fields().iter().enumerate() {
            let cell = names
                .slot(field.name())
                .filter(|slot| {
                    is_string(field.data_type()) || (names.takes_numbers(*slot) && field.data_type().is_numeric())
                })
                .and_then(|slot| cells.get_mut(slot));
            match cell {
                Some(cell) if cell.is_none() => *cell = Some(column),
                _ => others.push(column),
            }
        }
        let is_there = |slots: &[usize]| slots.iter().any(|slot| cells.get(*slot).is_some_and(Option::is_some));
        let Some(missing) = names.required().into_iter().find(|slots| !is_there(slots)) else {
            return Ok(Columns { cells, others });
        };
        let found: Vec<String> =
            schema.fields().iter().map(|field| format!("`{}` ({})", field.name(), field.data_type())).collect();
        let remedy = if names.pair().is_some() {
            "map one in the config, such as `question = \"prompt\"`"
        } else {
            "map one in the config, such as `text = \"body\"`"
        };
        Err(format!("no string column {}; it has {}; {remedy}", names.names_of(missing), found.join(", ")))
    }

    /// Makes the rows of a batch readable.
    ///
    /// # Errors
    /// A column is of a type that cannot be kept as JSON.
    pub(super) fn rows(&self, batch: &RecordBatch) -> Result<BatchRows, String> {
        let values =
            |column: &Option<usize>| column.map_or(Ok(CellValues::Absent), |column| cell_values(batch.column(column)));
        Ok(BatchRows {
            num_rows: batch.num_rows(),
            cells: self.cells.iter().map(values).collect::<Result<_, _>>()?,
            others: self.others(batch).map_err(|source| source.to_string())?,
        })
    }

    /// Every other column of each row as one JSON object a line.
    fn others(&self, batch: &RecordBatch) -> Result<Vec<u8>, arrow::error::ArrowError> {
        let mut lines = Vec::new();
        if !self.others.is_empty() {
            let mut writer = LineDelimitedWriter::new(&mut lines);
            writer.write(&batch.project(&self.others)?)?;
            writer.finish()?;
        }
        Ok(lines)
    }
}

fn is_string(data_type: &DataType) -> bool {
    match data_type {
        DataType::Dictionary(_, value) => is_string(value),
        // Writers older than the string annotation leave text as plain bytes.
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView => true,
        data_type => data_type.is_string(),
    }
}

/// The rows of one batch.
pub(super) struct BatchRows {
    num_rows: usize,
    cells: Vec<CellValues>,
    others: Vec<u8>,
}

enum CellValues {
    Absent,
    /// Strings, with the bytes they came from: a null here that is none there is no UTF-8.
    Text {
        text: StringArray,
        stored: ArrayRef,
    },
    Signed(Int64Array),
    Unsigned(UInt64Array),
    Float(Float64Array),
}

fn cell_values(stored: &ArrayRef) -> Result<CellValues, String> {
    let as_type = |data_type: DataType| cast(stored, &data_type).map_err(|source| source.to_string());
    Ok(match stored.data_type() {
        data_type if is_string(data_type) => CellValues::Text {
            text: as_type(DataType::Utf8)?.as_string::<i32>().clone(),
            stored: ArrayRef::clone(stored),
        },
        data_type if data_type.is_signed_integer() => {
            CellValues::Signed(as_type(DataType::Int64)?.as_primitive::<Int64Type>().clone())
        }
        data_type if data_type.is_unsigned_integer() => {
            CellValues::Unsigned(as_type(DataType::UInt64)?.as_primitive::<UInt64Type>().clone())
        }
        _ => CellValues::Float(as_type(DataType::Float64)?.as_primitive::<Float64Type>().clone()),
    })
}

impl CellValues {
    fn cell(&self, row: usize) -> Result<Cell<'_>, String> {
        Ok(match self {
            CellValues::Text { text, .. } if text.is_valid(row) => Cell::Text(Cow::Borrowed(text.value(row))),
            CellValues::Text { stored, .. } if stored.is_valid(row) => return Err("invalid UTF-8".to_owned()),
            CellValues::Signed(values) if values.is_valid(row) => Cell::Other(Value::from(values.value(row))),
            CellValues::Unsigned(values) if values.is_valid(row) => Cell::Other(Value::from(values.value(row))),
            CellValues::Float(values) if values.is_valid(row) => Cell::Other(Value::from(values.value(row))),
            _ => Cell::Absent,
        })
    }
}

impl BatchRows {
    /// The fields of the rows in order, or in the place of a row what makes it unreadable.
    pub(super) fn fields(&self, max_row_bytes: usize) -> impl Iterator<Item = Result<Fields<'_>, String>> {
        let mut others = self.others.split(|byte| *byte == b'\n');
        (0..self.num_rows).map(move |row| {
            let others = others.next().unwrap_or_default();
            let cells: Vec<Cell> = self.cells.iter().map(|values| values.cell(row)).collect::<Result<_, _>>()?;
            let text_bytes: usize = cells.iter().map(Cell::text_len).sum();
            if text_bytes + others.len() > max_row_bytes {
                return Err(format!("longer than {max_row_bytes} bytes"));
            }
            let others = if others.is_empty() { Map::new() } else { parse_others(others)? };
            Ok(Fields { cells, others })
        })
    }
}

fn parse_others(line: &[u8]) -> Result<Map<String, Value>, String> {
    serde_json::from_slice(line).map_err(|error| format!("a nested column is no JSON: {:?}", error.classify()))
}
