//! All rows of a segment that have a key, read out of its unit files as often as they are asked for.

use std::ops::Range;
use std::path::PathBuf;

use arrow::array::{Array, AsArray, BinaryArray, RecordBatch, StringArray};
use quarry_schema::column;
use tokio::runtime::Handle;

use super::super::{RunCtx, UnitReader};
use super::scratch::ScratchFile;
use super::sort::Sorter;
use super::standing::Standing;
use crate::Error;
use crate::exec::{Stage, text_at};
use crate::operator::{AllRows, Keyed, OperatorError, Rows, Scratch, Sort, TakeRows};
use crate::plan::KEY;

/// Rows that are read at once.
const BATCH_ROWS: usize = 1024;

/// The rows of a segment as its barrier sees them.
pub(super) struct SegmentRows<'a> {
    ctx: &'a RunCtx,
    handle: Handle,
    /// They come first.
    standing: Standing<'a>,
    units: Vec<Unit>,
    num_rows: u32,
}

/// One unit file and which of its rows have a key.
struct Unit {
    path: PathBuf,
    /// Number of its first row with a key.
    first: u32,
    /// Places of the rows with a key.
    places: Vec<u32>,
}

impl<'a> SegmentRows<'a> {
    /// Numbers the rows. It is called within the runtime that carries the run.
    pub(super) fn open(ctx: &'a RunCtx, stage: &Stage, paths: Vec<PathBuf>) -> Result<SegmentRows<'a>, Error> {
        let standing = Standing::open(&ctx.plan, stage)?;
        let mut units = Vec::with_capacity(paths.len());
        let mut num_rows = standing.num_rows();
        for path in paths {
            let places = places(&path)?;
            let too_many = || Error::internal("a barrier takes at most four billion rows");
            let len = u32::try_from(places.len()).map_err(|_| too_many())?;
            units.push(Unit { path, first: num_rows, places });
            num_rows = num_rows.checked_add(len).ok_or_else(too_many)?;
        }
        Ok(SegmentRows { ctx, handle: Handle::current(), standing, units, num_rows })
    }

    /// The unit and the row in it that a number stands for.
    pub(super) fn place(&self, number: u32) -> Option<(u32, u32)> {
        let after = self.units.partition_point(|unit| unit.first <= number);
        let ordinal = after.checked_sub(1)?;
        let unit = self.units.get(ordinal)?;
        let row = unit.places.get((number - unit.first) as usize)?;
        Some((u32::try_from(ordinal).ok()?, *row))
    }
}

fn places(path: &std::path::Path) -> Result<Vec<u32>, Error> {
    let (mut places, mut row) = (Vec::new(), 0_u32);
    for batch in UnitReader::open_columns(path, BATCH_ROWS, Some(&[KEY]))? {
        let batch = batch?;
        let keys = batch.column_by_name(KEY).ok_or_else(|| Error::internal("a unit file lacks its keys"))?;
        for idx in 0..batch.num_rows() {
            if keys.is_valid(idx) {
                places.push(row);
            }
            row += 1;
        }
    }
    Ok(places)
}

impl Unit {
    fn numbers(&self) -> Range<u32> {
        self.first..self.first + self.places.len() as u32
    }

    fn keys(&self, each: &mut dyn FnMut(Keyed<'_>) -> Result<(), OperatorError>) -> Result<(), OperatorError> {
        let columns = [KEY, column::ROW_ID, column::DOC_ID];
        let reader = UnitReader::open_columns(&self.path, BATCH_ROWS, Some(&columns)).map_err(OperatorError::stop)?;
        let mut number = self.first;
        for batch in reader {
            let batch = batch.map_err(OperatorError::stop)?;
            let keys: &BinaryArray = typed(&batch, KEY, |array| array.as_binary_opt::<i32>())?;
            let row_ids: &StringArray = typed(&batch, column::ROW_ID, |array| array.as_string_opt::<i32>())?;
            let doc_ids: &StringArray = typed(&batch, column::DOC_ID, |array| array.as_string_opt::<i32>())?;
            for idx in (0..batch.num_rows()).filter(|idx| keys.is_valid(*idx)) {
                let (row_id, doc_id) = (text_at(row_ids, idx), text_at(doc_ids, idx));
                each(Keyed { number, row_id, doc_id, key: keys.value(idx) })?;
                number += 1;
            }
        }
        Ok(())
    }

    fn rows(&self, wanted: &[u32], columns: &[&str], each: TakeRows<'_>) -> Result<(), OperatorError> {
        let places: Vec<u32> =
            wanted.iter().filter_map(|number| self.places.get((number - self.first) as usize).copied()).collect();
        let reader = UnitReader::open_rows(&self.path, BATCH_ROWS, columns, &places).map_err(OperatorError::stop)?;
        let mut numbers = wanted;
        for batch in reader {
            let batch = batch.map_err(OperatorError::stop)?;
            let Some((these, rest)) = numbers.split_at_checked(batch.num_rows()) else {
                return Err(OperatorError::new("a unit file gave more rows than were asked for"));
            };
            numbers = rest;
            each(these, Rows::new(&batch))?;
        }
        Ok(())
    }
}

pub(super) fn typed<'a, T: Array>(
    batch: &'a RecordBatch,
    name: &str,
    read: impl Fn(&'a dyn Array) -> Option<&'a T>,
) -> Result<&'a T, OperatorError> {
    let column = batch.column_by_name(name).and_then(|array| read(array.as_ref()));
    column.ok_or_else(|| OperatorError::new(format!("a unit file lacks `{name}`")))
}

impl AllRows for SegmentRows<'_> {
    fn num_rows(&self) -> u32 {
        self.num_rows
    }

    fn num_standing(&self) -> u32 {
        self.standing.num_rows()
    }

    fn keys(&self, each: &mut dyn FnMut(Keyed<'_>) -> Result<(), OperatorError>) -> Result<(), OperatorError> {
        self.standing.keys(each)?;
        self.units.iter().filter(|unit| !unit.places.is_empty()).try_for_each(|unit| unit.keys(each))
    }

    fn rows(&self, wanted: &[u32], columns: &[&str], each: TakeRows<'_>) -> Result<(), OperatorError> {
        let num_standing = self.num_standing();
        let (standing, mut rest) = wanted.split_at(wanted.partition_point(|number| *number < num_standing));
        self.standing.rows(standing, columns, each)?;
        for unit in &self.units {
            let numbers = unit.numbers();
            let (these, others) = rest.split_at(rest.partition_point(|number| *number < numbers.end));
            rest = others;
            if !these.is_empty() {
                unit.rows(these, columns, each)?;
            }
        }
        Ok(())
    }

    fn sort(&self) -> Result<Box<dyn Sort>, OperatorError> {
        Ok(Box::new(Sorter::start(self.ctx, &self.handle).map_err(OperatorError::stop)?))
    }

    fn scratch(&self) -> Result<Box<dyn Scratch>, OperatorError> {
        Ok(Box::new(ScratchFile::create(&self.ctx.spill_dir()).map_err(OperatorError::stop)?))
    }
}
