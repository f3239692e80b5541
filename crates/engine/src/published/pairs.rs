//! Accepted pairs, file after file, with a mark for each row that was selected.

use std::collections::VecDeque;
use std::fs::File;
use std::sync::Arc;

use arrow::array::{Array, AsArray, BooleanArray, RecordBatch, RecordBatchReader};
use arrow::compute::prep_null_mask_filter;
use arrow::datatypes::{FieldRef, Schema, SchemaRef};
use datafusion::physical_expr::PhysicalExpr;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use quarry_schema::column;

use super::Listed;
use crate::Error;

/// Rows that are decoded together.
const ROWS_PER_BATCH: usize = 1024;

/// Some pairs, and which of them were selected.
pub struct PairBatch {
    /// All columns of the pairs.
    pub rows: RecordBatch,
    /// One mark a row.
    pub selected: BooleanArray,
}

/// The accepted pairs of a dataset in their order.
pub struct Pairs {
    files: VecDeque<Listed>,
    schema: SchemaRef,
    mask: Option<Arc<dyn PhysicalExpr>>,
    current: Option<(Listed, ParquetRecordBatchReader, u64)>,
}

impl Pairs {
    pub(super) fn new(files: Vec<Listed>, schema: SchemaRef, mask: Option<Arc<dyn PhysicalExpr>>) -> Pairs {
        Pairs { files: files.into(), schema, mask, current: None }
    }

    /// Reads on; `None` is the end.
    ///
    /// # Errors
    /// A file is damaged, has other columns or another number of rows than it should.
    pub fn next_batch(&mut self) -> Result<Option<PairBatch>, Error> {
        loop {
            if let Some((listed, reader, num_rows)) = &mut self.current {
                let fault = |message: String| Error::input(listed.path.display().to_string(), message);
                match reader.next() {
                    Some(batch) => {
                        let rows = batch.map_err(|error| fault(error.to_string()))?;
                        *num_rows += rows.num_rows() as u64;
                        let rows = as_pairs(&rows, &self.schema).map_err(fault)?;
                        let selected = self.marks(&rows)?;
                        return Ok(Some(PairBatch { rows, selected }));
                    }
                    None if *num_rows != listed.file.num_rows => {
                        return Err(fault(format!("it has {num_rows} rows, not {}", listed.file.num_rows)));
                    }
                    None => self.current = None,
                }
            }
            let Some(listed) = self.files.pop_front() else { return Ok(None) };
            listed.check()?;
            let reader = open(&listed)?;
            self.current = Some((listed, reader, 0));
        }
    }

    fn marks(&self, rows: &RecordBatch) -> Result<BooleanArray, Error> {
        let Some(mask) = &self.mask else { return Ok(BooleanArray::from(vec![true; rows.num_rows()])) };
        let value = mask.evaluate(rows).and_then(|value| value.into_array(rows.num_rows()));
        let array =
            value.map_err(|error| Error::Usage(format!("`--select` failed on a row: {}", error.strip_backtrace())))?;
        let marks = array.as_boolean_opt().ok_or_else(|| Error::internal("a predicate gave no booleans"))?;
        // Neither true nor false is not selected, as in SQL.
        Ok(if marks.null_count() > 0 { prep_null_mask_filter(marks) } else { marks.clone() })
    }
}

/// Opens a parquet file that the manifest lists.
pub(super) fn open(listed: &Listed) -> Result<ParquetRecordBatchReader, Error> {
    let fault = |message: String| Error::input(listed.path.display().to_string(), message);
    let file = File::open(&listed.path).map_err(|error| fault(error.to_string()))?;
    ParquetRecordBatchReaderBuilder::try_new(file)
        .and_then(|builder| builder.with_batch_size(ROWS_PER_BATCH).build())
        .map_err(|error| fault(error.to_string()))
}

/// The columns of a published pair, then those that the dataset has beside them.
pub(super) fn schema_of(first: Option<&Listed>) -> Result<SchemaRef, Error> {
    let mut fields = column::pair_fields();
    if let Some(listed) = first {
        let beside = open(listed)?.schema();
        let is_new = |field: &&FieldRef| column::pair_fields().iter().all(|known| known.name() != field.name());
        fields.extend(beside.fields().iter().filter(is_new).cloned());
    }
    Ok(Arc::new(Schema::new(fields)))
}

/// Takes the columns of a pair out of a batch. Nullability is that of the schema, whatever the file says.
fn as_pairs(rows: &RecordBatch, schema: &SchemaRef) -> Result<RecordBatch, String> {
    let columns = schema
        .fields()
        .iter()
        .map(|field| {
            let column =
                rows.column_by_name(field.name()).ok_or_else(|| format!("it has no column `{}`", field.name()))?;
            if !field.is_nullable() && column.null_count() > 0 {
                return Err(format!(
                    "pairs in it have no `{}`, which trainers need; a dataset made of pairs has what its input had, and \
                     `quarry answers infer` types answers",
                    field.name()
                ));
            }
            arrow::compute::cast(column, field.data_type()).map_err(|error| error.to_string())
        })
        .collect::<Result<Vec<_>, String>>()?;
    RecordBatch::try_new(SchemaRef::clone(schema), columns).map_err(|error| error.to_string())
}
