//! What is kept of the rows that a barrier lets pass: id, document and key.

use std::path::Path;
use std::sync::{Arc, LazyLock};

use arrow::array::{ArrayRef, BinaryBuilder, RecordBatch, StringBuilder};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use quarry_schema::column;

use super::rows::SegmentRows;
use crate::commit::{ParquetFile, Purpose};
use crate::operator::{AllRows, OperatorError};

/// The column of the keys.
pub(super) const SIGNATURE: &str = "key";

/// Rows that are handed to the file at once.
const BATCH_ROWS: usize = 1024;

static SCHEMA: LazyLock<SchemaRef> = LazyLock::new(|| {
    Arc::new(Schema::new(vec![
        Field::new(column::ROW_ID, DataType::Utf8, false),
        Field::new(column::DOC_ID, DataType::Utf8, false),
        Field::new(SIGNATURE, DataType::Binary, false),
    ]))
});

#[derive(Default)]
struct Builder {
    num_rows: usize,
    row_ids: StringBuilder,
    doc_ids: StringBuilder,
    keys: BinaryBuilder,
}

impl Builder {
    fn finish(&mut self) -> Result<RecordBatch, OperatorError> {
        self.num_rows = 0;
        let columns: Vec<ArrayRef> =
            vec![Arc::new(self.row_ids.finish()), Arc::new(self.doc_ids.finish()), Arc::new(self.keys.finish())];
        Ok(RecordBatch::try_new(Arc::clone(&SCHEMA), columns)?)
    }
}

/// Writes this run's rows but those that are gone, in their order.
pub(super) fn write(path: &Path, all: &SegmentRows<'_>, mut gone: Vec<u32>) -> Result<(), OperatorError> {
    gone.sort_unstable();
    let mut gone = gone.into_iter().peekable();
    let mut file = ParquetFile::create(path, &SCHEMA, Purpose::Dataset).map_err(OperatorError::stop)?;
    let mut builder = Builder::default();
    let num_standing = all.num_standing();
    all.keys(&mut |row| {
        if gone.next_if_eq(&row.number).is_some() || row.number < num_standing {
            return Ok(());
        }
        builder.row_ids.append_value(row.row_id);
        builder.doc_ids.append_value(row.doc_id);
        builder.keys.append_value(row.key);
        builder.num_rows += 1;
        if builder.num_rows < BATCH_ROWS {
            return Ok(());
        }
        file.write(builder.finish()?).map_err(OperatorError::stop)
    })?;
    file.write(builder.finish()?).map_err(OperatorError::stop)?;
    file.commit().map_err(OperatorError::stop)?;
    Ok(())
}
