//! Cuts batches so that each holds one live document with its pairs, or one live pair of the input: then no row waits for
//! another's call.

use arrow::array::{Array, RecordBatch};
use arrow::datatypes::UInt8Type;
use quarry_schema::{FateKind, Level, column};

use super::header;
use crate::Error;

/// The batch in pieces, in order. Documents that are out of play stay with the piece before them.
pub(crate) fn by_document(batch: &RecordBatch) -> Result<Vec<RecordBatch>, Error> {
    let fates = header::<UInt8Type>(batch, column::FATE)?;
    let levels = header::<UInt8Type>(batch, column::LEVEL)?;
    let parents = batch.column_by_name(column::PARENT);
    let came_in = |row: usize| parents.is_some_and(|parents| parents.is_null(row));
    // A document whose pairs are in play may itself be at rest, so what follows it decides as well.
    let begins = |row: usize| {
        let is_live = fates.value(row) == FateKind::Accepted.code();
        let has_pairs = || row + 1 < levels.len() && levels.value(row + 1) == Level::Pair.code() && !came_in(row + 1);
        if levels.value(row) == Level::Document.code() { is_live || has_pairs() } else { is_live && came_in(row) }
    };
    let mut starts: Vec<usize> = (1..batch.num_rows()).filter(|&row| begins(row)).collect();
    starts.insert(0, 0);
    let ends = starts.iter().copied().skip(1).chain([batch.num_rows()]);
    Ok(starts.iter().zip(ends).map(|(&start, end)| batch.slice(start, end - start)).collect())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{RecordBatch, UInt8Array};
    use arrow::datatypes::{DataType, Field, Schema};
    use quarry_schema::{FateKind, Level, column};

    use super::by_document;

    fn lengths(rows: &[(Level, FateKind)]) -> Vec<usize> {
        let schema = Schema::new(vec![
            Field::new(column::LEVEL, DataType::UInt8, false),
            Field::new(column::FATE, DataType::UInt8, false),
        ]);
        let levels = UInt8Array::from_iter_values(rows.iter().map(|(level, _)| level.code()));
        let fates = UInt8Array::from_iter_values(rows.iter().map(|(_, fate)| fate.code()));
        let batch = RecordBatch::try_new(Arc::new(schema), vec![Arc::new(levels), Arc::new(fates)]).unwrap();
        by_document(&batch).unwrap().iter().map(RecordBatch::num_rows).collect()
    }

    #[test]
    fn a_piece_is_a_live_document_with_its_pairs_and_the_dead_ones_behind_it() {
        let live = (Level::Document, FateKind::Accepted);
        let dead = (Level::Document, FateKind::Rejected);
        let pair = (Level::Pair, FateKind::Accepted);
        assert_eq!(lengths(&[live, pair, pair, dead, dead, live, live, pair]), [5, 1, 2]);
        assert_eq!(lengths(&[dead, dead, live]), [2, 1]);
        assert_eq!(lengths(&[dead, pair, dead, pair]), [2, 2]);
        assert_eq!(lengths(&[dead]), [1]);
    }
}
