//! What a barrier decided: one file, read back unit by unit and applied to the rows.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use arrow::array::{Array, AsArray, RecordBatch, new_null_array};
use arrow::datatypes::{DataType, Field, Int32Type, Schema, SchemaRef, UInt8Type, UInt32Type};
use datafusion::prelude::{ParquetReadOptions, col, lit};
use quarry_schema::{Fate, FateKind, column};

use super::RunCtx;
use crate::Error;
use crate::exec::{RunCounts, Stage, StageCounts, header, reject_rows, text_at};
use crate::plan::{KEY, Plan};

/// The decisions of one barrier over the units of one segment. Rows that are not in it are accepted.
#[derive(Clone, Debug)]
pub(crate) struct Decisions {
    pub(crate) path: PathBuf,
}

/// A row that a barrier did not accept.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Decision {
    /// The row's place in its unit.
    pub(crate) row: usize,
    /// The reason of a reject; a failure has none.
    pub(crate) reason: Option<String>,
    /// What decided.
    pub(crate) detail: String,
}

/// The columns of a decisions file.
pub(crate) fn schema() -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new("unit", DataType::UInt32, false),
        Field::new("row", DataType::UInt32, false),
        Field::new("reason", DataType::Utf8, true),
        Field::new("detail", DataType::Utf8, false),
    ]))
}

impl Decisions {
    /// The decisions over one unit, by row. Row groups of other units are skipped by their statistics.
    pub(crate) async fn of_unit(&self, ctx: &RunCtx, ordinal: usize) -> Result<Vec<Decision>, Error> {
        let path = self.path.display().to_string();
        let unit = u32::try_from(ordinal).map_err(Error::internal)?;
        let batches = async {
            ctx.session
                .read_parquet(&path, ParquetReadOptions::default())
                .await?
                .filter(col("unit").eq(lit(unit)))?
                .sort(vec![col("row").sort(true, false)])?
                .collect()
                .await
        };
        let batches = batches.await.map_err(|error| Error::input(path.as_str(), error.to_string()))?;
        let mut decisions = Vec::new();
        for batch in &batches {
            decode(batch, &mut decisions)?;
        }
        Ok(decisions)
    }
}

fn decode(batch: &RecordBatch, decisions: &mut Vec<Decision>) -> Result<(), Error> {
    let damaged = || Error::internal("a barrier's decisions are damaged");
    let rows = batch.column_by_name("row").and_then(|array| array.as_primitive_opt::<UInt32Type>());
    let text = |name: &str| batch.column_by_name(name).and_then(|array| array.as_string_opt::<i32>());
    let (Some(rows), Some(reasons), Some(details)) = (rows, text("reason"), text("detail")) else {
        return Err(damaged());
    };
    for index in 0..batch.num_rows() {
        decisions.push(Decision {
            row: rows.value(index) as usize,
            reason: reasons.is_valid(index).then(|| reasons.value(index).to_owned()),
            detail: text_at(details, index).to_owned(),
        });
    }
    Ok(())
}

/// Applies the decisions of the barrier that ended a segment to a batch of one of its units, and counts its rows.
///
/// `first_row` is the place of the batch's first row in the unit.
pub(crate) fn apply(
    plan: &Plan,
    segment: usize,
    batch: &RecordBatch,
    first_row: usize,
    decisions: &[Decision],
    counts: &RunCounts,
) -> Result<RecordBatch, Error> {
    let barrier = plan
        .segments
        .get(segment)
        .filter(|segment| segment.ends_in_barrier)
        .and_then(|segment| plan.stages.get(segment.stages.end - 1));
    let Some(barrier) = barrier else { return Ok(batch.clone()) };
    let from = decisions.partition_point(|decision| decision.row < first_row);
    let fates: HashMap<usize, Fate> = decisions
        .get(from..)
        .unwrap_or_default()
        .iter()
        .take_while(|decision| decision.row < first_row + batch.num_rows())
        .map(|decision| Ok((decision.row - first_row, fate_of(barrier, decision)?)))
        .collect::<Result<_, Error>>()?;
    counts.add(&barrier.name, &count(barrier, batch, &fates)?);
    let batch = without_keys(batch)?;
    if fates.is_empty() {
        return Ok(batch);
    }
    reject_rows(&batch, &barrier.name, &fates)
}

/// Keys are for one barrier. A later one would take those that are left over for its own, and rows that it never saw for
/// duplicates.
fn without_keys(batch: &RecordBatch) -> Result<RecordBatch, Error> {
    let position = batch.schema().index_of(KEY).map_err(Error::internal)?;
    let mut columns = batch.columns().to_vec();
    if let Some(keys) = columns.get_mut(position) {
        *keys = new_null_array(keys.data_type(), batch.num_rows());
    }
    RecordBatch::try_new(batch.schema(), columns).map_err(Error::internal)
}

fn fate_of(barrier: &Stage, decision: &Decision) -> Result<Fate, Error> {
    let detail = decision.detail.clone();
    let Some(reason) = &decision.reason else { return Ok(Fate::Fail { detail }) };
    match barrier.reasons.iter().find(|known| *known == reason) {
        Some(reason) => Ok(Fate::Reject { reason, detail }),
        None => Err(barrier.error(format!("operator `{}` does not declare reason `{reason}`", barrier.op))),
    }
}

fn count(barrier: &Stage, batch: &RecordBatch, fates: &HashMap<usize, Fate>) -> Result<StageCounts, Error> {
    let at = header::<Int32Type>(batch, column::AT)?;
    let state = header::<UInt8Type>(batch, column::FATE)?;
    let mut counts = StageCounts::default();
    for row in 0..batch.num_rows() {
        let level = header::<UInt8Type>(batch, column::LEVEL)?.value(row);
        if at.value(row) == barrier.index
            && state.value(row) == FateKind::Accepted.code()
            && level == barrier.level.code()
        {
            counts.add_fate(fates.get(&row).unwrap_or(&Fate::Accept));
        }
    }
    Ok(counts)
}
