//! A stage, planned and ready: which rows it takes, what it runs, and which columns it fills.

use std::sync::Arc;

use arrow::array::{Array, AsArray, BooleanArray, RecordBatch};
use arrow::datatypes::{Int32Type, UInt8Type};
use datafusion::physical_expr::PhysicalExpr;
use quarry_schema::{FateKind, Level, column};
use tokio::sync::Semaphore;

use crate::Error;
use crate::operator::{Barrier, Compute, OperatorDef, OperatorError, Remote};

/// A stage of the plan. Immutable, shared by every unit.
pub(crate) struct Stage {
    /// The name in the recipe.
    pub(crate) name: String,
    /// `operator/version`, as it stands in `checks`.
    pub(crate) version: String,
    /// The operator's name.
    pub(crate) op: &'static str,
    /// Its position in the recipe; rows carry it in `_at`.
    pub(crate) index: i32,
    /// The level of the rows that it takes.
    pub(crate) level: Level,
    /// The stages whose rows it takes; -1 is the input.
    pub(crate) from: Vec<i32>,
    /// The recipe's `where`.
    pub(crate) predicate: Option<Arc<dyn PhysicalExpr>>,
    /// What it runs.
    pub(crate) kind: StageKind,
    /// Positions of the columns that it fills.
    pub(crate) adds: Vec<usize>,
    /// Positions of the columns that a barrier fills when it decides.
    pub(crate) marks: Vec<usize>,
    /// Positions of the columns that nobody reads after it.
    pub(crate) drops: Vec<usize>,
    /// Whether it may read the document's text.
    pub(crate) reads_text: bool,
    /// The closed list of its reasons.
    pub(crate) reasons: Vec<&'static str>,
    /// Hash of operator, version and params: keys of stages that share it can be compared.
    pub(crate) identity: String,
    /// Goes into the ids of emitted rows.
    pub(crate) recipe_hash: Arc<str>,
}

/// What a stage runs.
#[derive(Clone)]
pub(crate) enum StageKind {
    /// On rayon.
    Compute(Arc<dyn Compute>),
    /// On tokio; the semaphore is shared by all units of the run.
    Remote(Arc<dyn Remote>, Arc<Semaphore>),
    /// Once a run; within a unit it only gives each row its key.
    Barrier(Arc<dyn Barrier>),
}

/// What became of a batch at a stage: the rows it took, in order.
pub(crate) struct ChangeRows {
    /// Positions of the taken rows in the batch.
    pub(crate) positions: Vec<usize>,
    /// The taken rows themselves.
    pub(crate) rows: RecordBatch,
}

impl Stage {
    /// Takes the rows that are in play, of this stage's level, at one of its inputs, and satisfy its predicate.
    pub(crate) fn select(&self, batch: &RecordBatch) -> Result<ChangeRows, Error> {
        let mask = self.mask(batch)?;
        let positions: Vec<usize> =
            mask.iter().enumerate().filter_map(|(row, taken)| (taken == Some(true)).then_some(row)).collect();
        let rows = if positions.len() == batch.num_rows() {
            batch.clone()
        } else {
            arrow::compute::filter_record_batch(batch, &mask).map_err(Error::internal)?
        };
        Ok(ChangeRows { positions, rows })
    }

    fn mask(&self, batch: &RecordBatch) -> Result<BooleanArray, Error> {
        let fates = header::<UInt8Type>(batch, column::FATE)?;
        let levels = header::<UInt8Type>(batch, column::LEVEL)?;
        let at = header::<Int32Type>(batch, column::AT)?;
        let wanted = |row: usize| {
            fates.value(row) == FateKind::Accepted.code()
                && levels.value(row) == self.level.code()
                && self.from.contains(&at.value(row))
        };
        let mask = BooleanArray::from_iter((0..batch.num_rows()).map(|row| Some(wanted(row))));
        let Some(predicate) = &self.predicate else { return Ok(mask) };
        if mask.true_count() == 0 {
            return Ok(mask);
        }
        let value = predicate.evaluate(batch).and_then(|value| value.into_array(batch.num_rows()));
        let value = value.map_err(|error| self.error(format!("`where` cannot be evaluated: {error}")))?;
        let Some(holds) = value.as_boolean_opt() else {
            return Err(self.error("`where` gives no truth value".to_owned()));
        };
        Ok(BooleanArray::from_iter(
            mask.iter().zip(holds.iter()).map(|(taken, holds)| Some(taken == Some(true) && holds == Some(true))),
        ))
    }

    /// An error of this stage.
    pub(crate) fn error(&self, message: String) -> Error {
        Error::Stage { stage: self.name.clone(), message }
    }

    /// What stopped this stage's operator.
    pub(crate) fn stopped(&self, error: OperatorError) -> Error {
        match error {
            OperatorError::Own(message) => self.error(message),
            OperatorError::Source(source) => Error::Stopped { stage: self.name.clone(), source },
        }
    }

    /// The version string of an operator.
    pub(crate) fn version_of<R>(def: &OperatorDef<R>) -> String {
        format!("{}/{}", def.name, def.version)
    }
}

/// A column of the row header.
pub(crate) fn header<'a, T: arrow::datatypes::ArrowPrimitiveType>(
    batch: &'a RecordBatch,
    name: &str,
) -> Result<&'a arrow::array::PrimitiveArray<T>, Error> {
    batch
        .column_by_name(name)
        .and_then(|array| array.as_primitive_opt())
        .ok_or_else(|| Error::internal(format!("row header `{name}` is damaged")))
}

/// A string column of the row header.
pub(crate) fn header_text<'a>(batch: &'a RecordBatch, name: &str) -> Result<&'a arrow::array::StringArray, Error> {
    batch
        .column_by_name(name)
        .and_then(|array| array.as_string_opt())
        .ok_or_else(|| Error::internal(format!("row header `{name}` is damaged")))
}

/// The string at a row, empty where it is null.
pub(crate) fn text_at(array: &arrow::array::StringArray, row: usize) -> &str {
    if array.is_null(row) { "" } else { array.value(row) }
}
