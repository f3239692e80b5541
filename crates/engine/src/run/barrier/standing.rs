//! Rows that earlier runs have published: their keys out of `signatures/`, their columns out of the folders of rows.
//!
//! A row that a barrier let pass may have been accepted, rejected or lost behind it, so it is looked for in all folders.

use std::collections::{HashMap, VecDeque};
use std::ops::Range;
use std::sync::Arc;

use arrow::array::{Array, AsArray, BinaryArray, RecordBatch, StringArray, UInt64Array, new_null_array};
use arrow::datatypes::{Field, Schema, SchemaRef};
use quarry_schema::{Level, column};

use super::super::UnitReader;
use super::rows::typed;
use super::signatures::SIGNATURE;
use crate::Error;
use crate::exec::Stage;
use crate::operator::{Keyed, OperatorError, Rows, TakeRows};
use crate::plan::Plan;
use crate::published::{Listed, PublishedDataset};

/// Rows that are read at once.
const BATCH_ROWS: usize = 1024;

/// The level of a rejected or failed row, as published.
const LEVEL: &str = "level";
/// The id of a published pair.
const ID: &str = "id";
/// The text of a document that is published beside its pairs.
const SOURCE_TEXT: &str = "source_text";

/// The rows of all datasets that a run is compared with.
pub(super) struct Standing<'a> {
    schema: &'a SchemaRef,
    level: Level,
    sources: Vec<Source<'a>>,
}

struct Source<'a> {
    dataset: &'a PublishedDataset,
    signatures: Listed,
    numbers: Range<u32>,
}

/// Numbers by row id. Ids that are not unique keep their order.
type Wanted = HashMap<String, VecDeque<u32>>;

impl<'a> Standing<'a> {
    /// Numbers the rows that the stage's namesakes let pass.
    pub(super) fn open(plan: &'a Plan, stage: &Stage) -> Result<Standing<'a>, Error> {
        let (mut sources, mut first) = (Vec::new(), 0_u32);
        for dataset in &plan.standing {
            let signatures = dataset.signatures(stage)?;
            signatures.check()?;
            let end = u32::try_from(signatures.num_rows()).ok().and_then(|num_rows| first.checked_add(num_rows));
            let end = end.ok_or_else(|| Error::internal("a barrier takes at most four billion rows"))?;
            sources.push(Source { dataset, signatures, numbers: first..end });
            first = end;
        }
        Ok(Standing { schema: &plan.schema, level: stage.level, sources })
    }

    /// How many there are.
    pub(super) fn num_rows(&self) -> u32 {
        self.sources.last().map_or(0, |source| source.numbers.end)
    }

    /// Gives every row's key, in order.
    pub(super) fn keys(
        &self,
        each: &mut dyn FnMut(Keyed<'_>) -> Result<(), OperatorError>,
    ) -> Result<(), OperatorError> {
        self.sources.iter().try_for_each(|source| source.keys(each))
    }

    /// Gives some rows with columns, as they were published.
    pub(super) fn rows(&self, wanted: &[u32], columns: &[&str], each: TakeRows<'_>) -> Result<(), OperatorError> {
        for source in &self.sources {
            let place = |number: u32| wanted.partition_point(|wanted| *wanted < number);
            let these = wanted.get(place(source.numbers.start)..place(source.numbers.end)).unwrap_or_default();
            let mut left = source.by_id(these)?;
            for listed in source.dataset.row_files() {
                if left.is_empty() {
                    break;
                }
                listed.check().map_err(OperatorError::stop)?;
                self.rows_of(&listed, columns, &mut left, each)?;
            }
            if !left.is_empty() {
                let message = format!("{} rows that `signatures/` names are not in the dataset", left.len());
                return Err(OperatorError::stop(Error::input(source.dataset.place(), message)));
            }
        }
        Ok(())
    }

    fn rows_of(
        &self,
        listed: &Listed,
        columns: &[&str],
        left: &mut Wanted,
        each: TakeRows<'_>,
    ) -> Result<(), OperatorError> {
        let mut names = vec![column::ROW_ID, ID, column::DOC_ID, LEVEL, SOURCE_TEXT];
        names.extend_from_slice(columns);
        for batch in UnitReader::open_columns(listed.path(), BATCH_ROWS, Some(&names)).map_err(OperatorError::stop)? {
            let batch = batch.map_err(OperatorError::stop)?;
            let Some(ids) = self.ids(&batch)? else { return Ok(()) };
            let levels = text(&batch, LEVEL);
            let (mut rows, mut numbers) = (Vec::new(), Vec::new());
            for row in 0..batch.num_rows() {
                if levels.is_some_and(|levels| levels.value(row) != self.level.as_str()) {
                    continue;
                }
                let Some(found) = left.get_mut(ids.value(row)) else { continue };
                if let Some(number) = found.pop_front() {
                    rows.push(row as u64);
                    numbers.push(number);
                }
                if found.is_empty() {
                    left.remove(ids.value(row));
                }
            }
            if !rows.is_empty() {
                let projected = self.project(&batch, columns)?;
                let taken = arrow::compute::take_record_batch(&projected, &UInt64Array::from(rows))?;
                each(&numbers, Rows::new(&taken))?;
            }
        }
        Ok(())
    }

    /// The ids of a folder's rows, if they are of the level that the barrier takes.
    fn ids<'b>(&self, batch: &'b RecordBatch) -> Result<Option<&'b StringArray>, OperatorError> {
        let has = |name: &str| batch.column_by_name(name).is_some();
        let name = match self.level {
            _ if has(LEVEL) => column::ROW_ID,
            Level::Pair if has(ID) => ID,
            Level::Document if !has(ID) => column::DOC_ID,
            _ => return Ok(None),
        };
        typed(batch, name, |array| array.as_string_opt::<i32>()).map(Some)
    }

    fn project(&self, batch: &RecordBatch, columns: &[&str]) -> Result<RecordBatch, OperatorError> {
        let mut fields = Vec::new();
        let mut arrays = Vec::new();
        for name in columns {
            let published = if *name == column::TEXT { batch.column_by_name(SOURCE_TEXT) } else { None };
            let array = match published.or_else(|| batch.column_by_name(name)) {
                Some(array) => Arc::clone(array),
                None => new_null_array(self.schema.field_with_name(name)?.data_type(), batch.num_rows()),
            };
            fields.push(Field::new(*name, array.data_type().clone(), true));
            arrays.push(array);
        }
        Ok(RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays)?)
    }
}

impl Source<'_> {
    fn keys(&self, each: &mut dyn FnMut(Keyed<'_>) -> Result<(), OperatorError>) -> Result<(), OperatorError> {
        let mut number = self.numbers.start;
        for batch in UnitReader::open(self.signatures.path(), BATCH_ROWS).map_err(OperatorError::stop)? {
            let batch = batch.map_err(OperatorError::stop)?;
            let keys: &BinaryArray = typed(&batch, SIGNATURE, |array| array.as_binary_opt::<i32>())?;
            let row_ids: &StringArray = typed(&batch, column::ROW_ID, |array| array.as_string_opt::<i32>())?;
            let doc_ids: &StringArray = typed(&batch, column::DOC_ID, |array| array.as_string_opt::<i32>())?;
            for row in 0..batch.num_rows() {
                each(Keyed { number, row_id: row_ids.value(row), doc_id: doc_ids.value(row), key: keys.value(row) })?;
                number += 1;
            }
        }
        Ok(())
    }

    fn by_id(&self, wanted: &[u32]) -> Result<Wanted, OperatorError> {
        let mut found = Wanted::new();
        let mut wanted = wanted.iter().peekable();
        if wanted.peek().is_none() {
            return Ok(found);
        }
        self.keys(&mut |row| {
            if wanted.next_if_eq(&&row.number).is_some() {
                found.entry(row.row_id.to_owned()).or_default().push_back(row.number);
            }
            Ok(())
        })?;
        Ok(found)
    }
}

fn text<'a>(batch: &'a RecordBatch, name: &str) -> Option<&'a StringArray> {
    batch.column_by_name(name).and_then(|array| array.as_string_opt::<i32>())
}
