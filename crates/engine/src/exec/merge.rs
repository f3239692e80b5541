//! Writes what a stage decided back into the batch: header, columns, checks, and the rows it made.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, Int32Array, RecordBatch, StringArray, StringBuilder, UInt8Array, UInt64Array, new_null_array,
};
use arrow::datatypes::{Int32Type, UInt8Type};
use quarry_schema::{Fate, FateKind, Level, Verdict, column, pair_id};

use super::stage::{header, header_text, text_at};
use super::{ChangeRows, Stage, StageCounts, checks};
use crate::Error;
use crate::operator::{Decided, Emitted};

impl Stage {
    /// The batch after this stage, with counts. Emitted rows stand right behind the row they were made from.
    pub(crate) fn merge(
        &self,
        batch: &RecordBatch,
        taken: &ChangeRows,
        decided: Decided,
    ) -> Result<(RecordBatch, StageCounts), Error> {
        let mut counts = StageCounts::default();
        for fate in &decided.fates {
            counts.add_fate(fate);
        }
        if taken.positions.is_empty() {
            return Ok((batch.clone(), counts));
        }
        let mut columns = batch.columns().to_vec();
        self.write_header(batch, &mut columns, taken, &decided.fates)?;
        if decided.emitted.is_none() {
            self.write_columns(batch, &mut columns, taken, &decided.columns)?;
        }
        self.write_checks(batch, &mut columns, taken, &decided.verdicts)?;
        for &drop in &self.drops {
            if let Some(column) = columns.get_mut(drop) {
                *column = new_null_array(column.data_type(), batch.num_rows());
            }
        }
        let merged = RecordBatch::try_new(batch.schema(), columns).map_err(Error::internal)?;
        match decided.emitted {
            Some(emitted) if !emitted.parents.is_empty() => {
                counts.num_emitted = emitted.parents.len() as u64;
                Ok((self.insert(merged, taken, &emitted)?, counts))
            }
            _ => Ok((merged, counts)),
        }
    }

    fn write_header(
        &self,
        batch: &RecordBatch,
        columns: &mut [ArrayRef],
        taken: &ChangeRows,
        fates: &[Fate],
    ) -> Result<(), Error> {
        let mut at = header::<Int32Type>(batch, column::AT)?.values().to_vec();
        for &row in &taken.positions {
            if let Some(at) = at.get_mut(row) {
                *at = self.index;
            }
        }
        put(batch, columns, column::AT, Arc::new(Int32Array::from(at)))?;
        if fates.iter().all(|fate| *fate == Fate::Accept) {
            return Ok(());
        }
        let changed: HashMap<usize, &Fate> = taken.positions.iter().copied().zip(fates).collect();
        write_fates(batch, columns, &self.name, &changed)
    }

    fn write_columns(
        &self,
        batch: &RecordBatch,
        columns: &mut [ArrayRef],
        taken: &ChangeRows,
        new: &[ArrayRef],
    ) -> Result<(), Error> {
        for (&position, new) in self.adds.iter().zip(new) {
            let Some(column) = columns.get_mut(position) else {
                return Err(self.error(format!("has no column {position}")));
            };
            if taken.positions.len() == batch.num_rows() {
                *column = Arc::clone(new);
                continue;
            }
            let mut picks: Vec<(usize, usize)> = (0..batch.num_rows()).map(|row| (0, row)).collect();
            for (index, &row) in taken.positions.iter().enumerate() {
                if let Some(pick) = picks.get_mut(row) {
                    *pick = (1, index);
                }
            }
            *column = arrow::compute::interleave(&[column.as_ref(), new.as_ref()], &picks).map_err(Error::internal)?;
        }
        Ok(())
    }

    fn write_checks(
        &self,
        batch: &RecordBatch,
        columns: &mut [ArrayRef],
        taken: &ChangeRows,
        verdicts: &[Option<Verdict>],
    ) -> Result<(), Error> {
        if verdicts.iter().all(Option::is_none) {
            return Ok(());
        }
        let mut by_row: Vec<Option<&Verdict>> = vec![None; batch.num_rows()];
        for (&row, verdict) in taken.positions.iter().zip(verdicts) {
            if let Some(slot) = by_row.get_mut(row) {
                *slot = verdict.as_ref();
            }
        }
        let position = batch.schema().index_of(column::CHECKS).map_err(Error::internal)?;
        if let Some(existing) = columns.get_mut(position) {
            *existing = checks::append(existing, &by_row, self.op, &self.version)?;
        }
        Ok(())
    }

    /// Puts the emitted rows behind their parents.
    fn insert(&self, merged: RecordBatch, taken: &ChangeRows, emitted: &Emitted) -> Result<RecordBatch, Error> {
        let children = self.children(&merged, taken, emitted)?;
        let mut picks: Vec<(usize, usize)> = Vec::with_capacity(merged.num_rows() + children.num_rows());
        let mut next = 0;
        let mut parent_rows = emitted.parents.iter().map(|&parent| taken.positions.get(parent).copied()).peekable();
        for row in 0..merged.num_rows() {
            picks.push((0, row));
            while parent_rows.next_if_eq(&Some(row)).is_some() {
                picks.push((1, next));
                next += 1;
            }
        }
        if next != children.num_rows() {
            return Err(self.error("emitted rows are not in the order of their parents".to_owned()));
        }
        arrow::compute::interleave_record_batch(&[&merged, &children], &picks).map_err(Error::internal)
    }

    /// The emitted rows: their parents' columns with their own on top.
    fn children(&self, merged: &RecordBatch, taken: &ChangeRows, emitted: &Emitted) -> Result<RecordBatch, Error> {
        let rows: Vec<u64> = emitted
            .parents
            .iter()
            .map(|&parent| taken.positions.get(parent).map(|&row| row as u64))
            .collect::<Option<_>>()
            .ok_or_else(|| self.error("an emitted row has no parent".to_owned()))?;
        let inherited = arrow::compute::take_record_batch(merged, &UInt64Array::from(rows)).map_err(Error::internal)?;
        let num_rows = inherited.num_rows();
        let mut columns = inherited.columns().to_vec();
        for (&position, new) in self.adds.iter().zip(&emitted.columns) {
            if let Some(column) = columns.get_mut(position) {
                *column = Arc::clone(new);
            }
        }
        let blank = |name: &str| -> Result<ArrayRef, Error> {
            let field = inherited.schema().field_with_name(name).map_err(Error::internal)?.clone();
            Ok(new_null_array(field.data_type(), num_rows))
        };
        let ids = self.pair_ids(&inherited, &columns)?;
        let parents = Arc::new(header_text(&inherited, column::ROW_ID)?.clone());
        let accepted = vec![FateKind::Accepted.code(); num_rows];
        let header: Vec<(&str, ArrayRef)> = vec![
            (column::LEVEL, Arc::new(UInt8Array::from(vec![Level::Pair.code(); num_rows]))),
            (column::AT, Arc::new(Int32Array::from(vec![self.index; num_rows]))),
            (column::FATE, Arc::new(UInt8Array::from(accepted))),
            (column::STAGE, blank(column::STAGE)?),
            (column::REASON, blank(column::REASON)?),
            (column::DETAIL, blank(column::DETAIL)?),
            (column::CHECKS, blank(column::CHECKS)?),
            (column::ROW_ID, ids),
            (column::PARENT, parents),
        ];
        for (name, array) in header {
            put(&inherited, &mut columns, name, array)?;
        }
        RecordBatch::try_new(inherited.schema(), columns).map_err(Error::internal)
    }

    fn pair_ids(&self, inherited: &RecordBatch, columns: &[ArrayRef]) -> Result<ArrayRef, Error> {
        let parents = header_text(inherited, column::ROW_ID)?;
        let texts = header_text(inherited, column::TEXT)?;
        let personas = inherited
            .schema()
            .index_of(column::PERSONA)
            .ok()
            .and_then(|position| columns.get(position))
            .and_then(|array| array.as_any().downcast_ref::<StringArray>());
        let mut ids = StringBuilder::new();
        let (mut parent, mut index) = (None, 0);
        for row in 0..inherited.num_rows() {
            let this = Some(parents.value(row));
            index = if parent == this { index + 1 } else { 0 };
            parent = this;
            let (text, persona) = (text_at(texts, row), personas.map_or("", |personas| text_at(personas, row)));
            ids.append_value(pair_id(parents.value(row), text, persona, index, &self.recipe_hash));
        }
        Ok(Arc::new(ids.finish()))
    }
}

/// Rejects or fails rows of a batch in the name of a stage, outside of that stage's own run.
pub(crate) fn reject_rows(
    batch: &RecordBatch,
    stage: &str,
    fates: &HashMap<usize, Fate>,
) -> Result<RecordBatch, Error> {
    let mut columns = batch.columns().to_vec();
    let changed: HashMap<usize, &Fate> = fates.iter().map(|(row, fate)| (*row, fate)).collect();
    write_fates(batch, &mut columns, stage, &changed)?;
    RecordBatch::try_new(batch.schema(), columns).map_err(Error::internal)
}

fn write_fates(
    batch: &RecordBatch,
    columns: &mut [ArrayRef],
    stage: &str,
    changed: &HashMap<usize, &Fate>,
) -> Result<(), Error> {
    let mut codes = header::<UInt8Type>(batch, column::FATE)?.values().to_vec();
    let old: Vec<&StringArray> = [column::STAGE, column::REASON, column::DETAIL]
        .into_iter()
        .map(|name| header_text(batch, name))
        .collect::<Result<_, _>>()?;
    let mut new = [StringBuilder::new(), StringBuilder::new(), StringBuilder::new()];
    for row in 0..batch.num_rows() {
        let values = match changed.get(&row) {
            Some(Fate::Reject { reason, detail }) => [Some(stage), Some(*reason), Some(detail.as_str())],
            Some(Fate::Fail { detail }) => [Some(stage), None, Some(detail.as_str())],
            _ => {
                [0, 1, 2].map(|index| old.get(index).filter(|array| array.is_valid(row)).map(|array| array.value(row)))
            }
        };
        if let (Some(code), Some(fate)) = (codes.get_mut(row), changed.get(&row)) {
            *code = fate.kind().code();
        }
        for (builder, value) in new.iter_mut().zip(values) {
            builder.append_option(value);
        }
    }
    put(batch, columns, column::FATE, Arc::new(UInt8Array::from(codes)))?;
    for (name, mut builder) in [column::STAGE, column::REASON, column::DETAIL].into_iter().zip(new) {
        put(batch, columns, name, Arc::new(builder.finish()))?;
    }
    Ok(())
}

fn put(batch: &RecordBatch, columns: &mut [ArrayRef], name: &str, array: ArrayRef) -> Result<(), Error> {
    let position = batch.schema().index_of(name).map_err(Error::internal)?;
    if let Some(slot) = columns.get_mut(position) {
        *slot = array;
    }
    Ok(())
}
