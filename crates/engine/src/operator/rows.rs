//! Typed access to the columns of the rows that an operator was handed.

use arrow::array::{Array, ArrayRef, AsArray, Float32Array, Int64Array, ListArray, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Float64Type};

use super::OperatorError;

/// The rows of one call. All of them are live and of the level that the operator takes.
#[derive(Clone, Copy, Debug)]
pub struct Rows<'a> {
    batch: &'a RecordBatch,
}

impl<'a> Rows<'a> {
    /// Wraps a batch.
    pub fn new(batch: &'a RecordBatch) -> Rows<'a> {
        Rows { batch }
    }

    /// The number of rows.
    pub fn len(&self) -> usize {
        self.batch.num_rows()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A string column.
    ///
    /// # Errors
    /// The column is absent or of another type.
    pub fn text(&self, name: &str) -> Result<&'a StringArray, OperatorError> {
        self.typed(name, |array| array.as_string_opt::<i32>())
    }

    /// A list column.
    ///
    /// # Errors
    /// The column is absent or of another type.
    pub fn list(&self, name: &str) -> Result<&'a ListArray, OperatorError> {
        self.typed(name, |array| array.as_list_opt::<i32>())
    }

    /// A column of 64-bit integers.
    ///
    /// # Errors
    /// The column is absent or of another type.
    pub fn int(&self, name: &str) -> Result<&'a Int64Array, OperatorError> {
        self.typed(name, |array| array.as_primitive_opt())
    }

    /// A column of 32-bit floats.
    ///
    /// # Errors
    /// The column is absent or of another type.
    pub fn float(&self, name: &str) -> Result<&'a Float32Array, OperatorError> {
        self.typed(name, |array| array.as_primitive_opt())
    }

    /// A column of numbers of any type, as 64-bit floats; a row without one has none.
    ///
    /// # Errors
    /// The column is absent or holds no numbers.
    pub fn numbers(&self, name: &str) -> Result<Vec<Option<f64>>, OperatorError> {
        let column = self.typed(name, |array| array.data_type().is_numeric().then_some(array))?;
        let floats = arrow::compute::cast(column, &DataType::Float64)?;
        Ok(floats.as_primitive::<Float64Type>().iter().collect())
    }

    /// Whether a column holds numbers.
    ///
    /// # Errors
    /// The column is absent.
    pub fn is_numeric(&self, name: &str) -> Result<bool, OperatorError> {
        Ok(self.typed(name, Some)?.data_type().is_numeric())
    }

    /// The row ids, to be combined with the stage's seed.
    ///
    /// # Errors
    /// The header is damaged.
    pub fn ids(&self) -> Result<&'a StringArray, OperatorError> {
        self.text(quarry_schema::column::ROW_ID)
    }

    fn typed<T: Array>(
        &self,
        name: &str,
        read: impl Fn(&'a ArrayRef) -> Option<&'a T>,
    ) -> Result<&'a T, OperatorError> {
        let batch: &'a RecordBatch = self.batch;
        batch
            .column_by_name(name)
            .and_then(read)
            .ok_or_else(|| OperatorError::new(format!("column `{name}` is absent or has another type")))
    }
}
