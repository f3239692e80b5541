//! Appends a checker's verdicts to the `checks` column.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, Float32Array, ListArray, StringArray, StructArray, UInt32Array, new_empty_array,
};
use arrow::buffer::{NullBuffer, OffsetBuffer};
use arrow::datatypes::DataType;
use quarry_schema::{Verdict, column};

use crate::Error;

/// Gives the column with one more check in each row that has a verdict.
///
/// `verdicts` holds one entry for each row of the batch.
pub(crate) fn append(
    existing: &ArrayRef,
    verdicts: &[Option<&Verdict>],
    name: &str,
    version: &str,
) -> Result<ArrayRef, Error> {
    let Some(lists) = existing.as_list_opt::<i32>() else {
        return Err(Error::internal("column `checks` has another type"));
    };
    let new: Vec<&Verdict> = verdicts.iter().filter_map(|verdict| *verdict).collect();
    let added = Arc::new(StructArray::new(
        column::check_fields(),
        vec![
            Arc::new(StringArray::from(vec![name; new.len()])),
            Arc::new(StringArray::from_iter_values(new.iter().map(|verdict| verdict.verdict))),
            Arc::new(Float32Array::from_iter(new.iter().map(|verdict| verdict.score))),
            Arc::new(StringArray::from(vec![version; new.len()])),
        ],
        None,
    )) as ArrayRef;
    let old = if lists.values().is_empty() {
        new_empty_array(&DataType::Struct(column::check_fields()))
    } else {
        Arc::clone(lists.values())
    };
    rebuild(lists, &old, &added, verdicts)
}

fn rebuild(
    lists: &ListArray,
    old: &ArrayRef,
    added: &ArrayRef,
    verdicts: &[Option<&Verdict>],
) -> Result<ArrayRef, Error> {
    let both = arrow::compute::concat(&[old.as_ref(), added.as_ref()]).map_err(Error::internal)?;
    let mut next_new = u32::try_from(old.len()).map_err(Error::internal)?;
    let mut picks: Vec<u32> = Vec::new();
    let mut lengths = Vec::with_capacity(lists.len());
    let mut valid = Vec::with_capacity(lists.len());
    for (row, verdict) in verdicts.iter().enumerate() {
        let before = picks.len();
        if lists.is_valid(row) {
            let offsets = lists.value_offsets();
            let (start, end) = (offsets.get(row).copied(), offsets.get(row + 1).copied());
            if let (Some(start), Some(end)) = (start, end) {
                picks.extend((start..end).filter_map(|index| u32::try_from(index).ok()));
            }
        }
        if verdict.is_some() {
            picks.push(next_new);
            next_new += 1;
        }
        lengths.push(picks.len() - before);
        valid.push(lists.is_valid(row) || verdict.is_some());
    }
    let values = arrow::compute::take(&both, &UInt32Array::from(picks), None).map_err(Error::internal)?;
    let DataType::List(field) = column::checks_type() else {
        return Err(Error::internal("`checks` is not a list"));
    };
    let offsets = OffsetBuffer::from_lengths(lengths);
    Ok(Arc::new(ListArray::new(field, offsets, values, Some(NullBuffer::from(valid)))))
}
