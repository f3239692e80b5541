//! What a barrier decided: one file, read back unit by unit and applied to the rows.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, new_null_array};
use arrow::datatypes::{DataType, Field, FieldRef, Int32Type, Schema, SchemaRef, UInt8Type, UInt32Type};
use datafusion::prelude::{ParquetReadOptions, col, lit};
use quarry_schema::{Fate, FateKind, column};

use super::RunCtx;
use super::values::{array_of, value_at};
use crate::Error;
use crate::exec::{RunCounts, Stage, StageCounts, header, reject_rows, text_at};
use crate::operator::{Decision as Decided, Value};
use crate::plan::{KEY, Plan};

/// Columns of a decisions file before those that the operator adds.
const NUM_OWN: usize = 5;

/// The decisions of one barrier over the units of one segment. Rows that are not in it are accepted.
#[derive(Clone)]
pub(crate) struct Decisions {
    pub(crate) path: PathBuf,
    /// The barrier's stage.
    pub(crate) stage: Arc<Stage>,
    /// The file with the keys of the rows that it let pass.
    pub(crate) signatures: PathBuf,
}

/// What a barrier said of a row.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Decision {
    /// The row's place in its unit.
    pub(crate) row: usize,
    /// What becomes of it.
    pub(crate) fate: FateKind,
    /// The reason of a reject.
    pub(crate) reason: Option<String>,
    /// What decided.
    pub(crate) detail: String,
    /// The columns that the barrier adds.
    pub(crate) values: Vec<Value>,
}

/// The columns of a decisions file: where, what, and what the operator adds.
pub(crate) fn schema(plan: &Plan, stage: &Stage) -> SchemaRef {
    let own = [
        Field::new("unit", DataType::UInt32, false),
        Field::new("row", DataType::UInt32, false),
        Field::new("fate", DataType::UInt8, false),
        Field::new("reason", DataType::Utf8, true),
        Field::new("detail", DataType::Utf8, true),
    ];
    let added = stage.marks.iter().filter_map(|&position| plan.schema.fields().get(position)).map(Arc::clone);
    Arc::new(Schema::new(own.into_iter().map(FieldRef::from).chain(added).collect::<Vec<_>>()))
}

/// Collects decisions until there are enough for a batch.
pub(crate) struct DecisionsBuilder {
    schema: SchemaRef,
    rows: Vec<(u32, u32, Fate)>,
    values: Vec<Vec<Value>>,
}

impl DecisionsBuilder {
    /// Starts with none.
    pub(crate) fn new(schema: &SchemaRef) -> DecisionsBuilder {
        let num_added = schema.fields().len().saturating_sub(NUM_OWN);
        DecisionsBuilder { schema: Arc::clone(schema), rows: Vec::new(), values: vec![Vec::new(); num_added] }
    }

    /// Decisions since the last batch.
    pub(crate) fn num_rows(&self) -> usize {
        self.rows.len()
    }

    /// Adds a decision about a row of a unit.
    pub(crate) fn push(&mut self, unit: u32, row: u32, decision: Decided) -> Result<(), Error> {
        if !decision.values.is_empty() && decision.values.len() != self.values.len() {
            let (found, wanted) = (decision.values.len(), self.values.len());
            return Err(Error::internal(format!("a barrier gave {found} values and declares {wanted} columns")));
        }
        let mut given = decision.values.into_iter();
        self.values.iter_mut().for_each(|column| column.push(given.next().unwrap_or(Value::Null)));
        self.rows.push((unit, row, decision.fate));
        Ok(())
    }

    /// The decisions since the last batch; none are left.
    pub(crate) fn finish(&mut self) -> Result<RecordBatch, Error> {
        let rows = std::mem::take(&mut self.rows);
        let number = |of: fn(&(u32, u32, Fate)) -> u32| rows.iter().map(of).collect::<arrow::array::UInt32Array>();
        let text = |of: fn(&Fate) -> Option<&str>| {
            rows.iter().map(|(_, _, fate)| of(fate)).collect::<arrow::array::StringArray>()
        };
        let fates: arrow::array::UInt8Array = rows.iter().map(|(_, _, fate)| fate.kind().code()).collect();
        let mut columns: Vec<ArrayRef> = vec![
            Arc::new(number(|row| row.0)),
            Arc::new(number(|row| row.1)),
            Arc::new(fates),
            Arc::new(text(|fate| match fate {
                Fate::Reject { reason, .. } => Some(reason),
                _ => None,
            })),
            Arc::new(text(|fate| match fate {
                Fate::Reject { detail, .. } | Fate::Fail { detail } => Some(detail.as_str()),
                Fate::Accept => None,
            })),
        ];
        for (field, values) in self.schema.fields().iter().skip(NUM_OWN).zip(&mut self.values) {
            columns.push(array_of(field.data_type(), &std::mem::take(values))?);
        }
        RecordBatch::try_new(Arc::clone(&self.schema), columns).map_err(Error::internal)
    }
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
    let fates = batch.column_by_name("fate").and_then(|array| array.as_primitive_opt::<UInt8Type>());
    let text = |name: &str| batch.column_by_name(name).and_then(|array| array.as_string_opt::<i32>());
    let (Some(rows), Some(fates), Some(reasons), Some(details)) = (rows, fates, text("reason"), text("detail")) else {
        return Err(damaged());
    };
    let added = batch.columns().get(NUM_OWN..).unwrap_or_default();
    for index in 0..batch.num_rows() {
        decisions.push(Decision {
            row: rows.value(index) as usize,
            fate: FateKind::of_code(fates.value(index)).ok_or_else(damaged)?,
            reason: reasons.is_valid(index).then(|| reasons.value(index).to_owned()),
            detail: text_at(details, index).to_owned(),
            values: added.iter().map(|column| value_at(column, index)).collect::<Result<_, _>>()?,
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
    let decided: Vec<(usize, &Decision)> = decisions
        .get(from..)
        .unwrap_or_default()
        .iter()
        .take_while(|decision| decision.row < first_row + batch.num_rows())
        .map(|decision| (decision.row - first_row, decision))
        .collect();
    let fates: HashMap<usize, Fate> =
        decided.iter().map(|(row, decision)| Ok((*row, fate_of(barrier, decision)?))).collect::<Result<_, Error>>()?;
    counts.add(&barrier.name, &count(barrier, batch, &fates)?);
    let batch = without_keys(batch)?;
    if decided.is_empty() {
        return Ok(batch);
    }
    reject_rows(&with_marks(barrier, &batch, &decided)?, &barrier.name, &fates)
}

/// The batch with the columns that the barrier adds to the rows that it decided.
fn with_marks(barrier: &Stage, batch: &RecordBatch, decided: &[(usize, &Decision)]) -> Result<RecordBatch, Error> {
    let mut columns = batch.columns().to_vec();
    for (index, &position) in barrier.marks.iter().enumerate() {
        let Some(column) = columns.get_mut(position) else { continue };
        let values: Vec<Value> =
            decided.iter().map(|(_, decision)| decision.values.get(index).cloned().unwrap_or(Value::Null)).collect();
        let new = array_of(column.data_type(), &values)?;
        let mut picks: Vec<(usize, usize)> = (0..batch.num_rows()).map(|row| (0, row)).collect();
        for (index, (row, _)) in decided.iter().enumerate() {
            if let Some(pick) = picks.get_mut(*row) {
                *pick = (1, index);
            }
        }
        *column = arrow::compute::interleave(&[column.as_ref(), new.as_ref()], &picks).map_err(Error::internal)?;
    }
    RecordBatch::try_new(batch.schema(), columns).map_err(Error::internal)
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
    match (decision.fate, &decision.reason) {
        (FateKind::Accepted, _) => Ok(Fate::Accept),
        (FateKind::Failed, _) => Ok(Fate::Fail { detail }),
        (FateKind::Rejected, reason) => match barrier.reasons.iter().find(|known| Some(**known) == reason.as_deref()) {
            Some(reason) => Ok(Fate::Reject { reason, detail }),
            None => Err(barrier.error(format!("operator `{}` does not declare reason `{reason:?}`", barrier.op))),
        },
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
