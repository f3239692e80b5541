//! Runs a barrier: sorts the keys of all units on DataFusion, which spills, and writes what the operator decides.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, AsArray, BinaryArray, RecordBatch, StringArray, StringBuilder, UInt32Array, UInt32Builder,
};
use arrow::compute::SortOptions;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef, UInt32Type};
use datafusion::common::runtime::SpawnedTask;
use datafusion::physical_expr::expressions::col;
use datafusion::physical_expr::{LexOrdering, PhysicalSortExpr};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::sorts::sort::SortExec;
use futures::stream::{BoxStream, StreamExt, TryStreamExt};
use quarry_schema::{Fate, column, content_id};
use tokio::sync::mpsc;

use super::decisions;
use super::source::{receive, scan};
use super::{Decisions, Phase, RunCtx, UnitReader, UnitSet};
use crate::Error;
use crate::commit::{BarrierRecord, ParquetFile, Purpose};
use crate::exec::{Stage, StageKind, text_at, unwrap_external};
use crate::operator::{Barrier, RowKey};
use crate::plan::KEY;

/// Decides over all units of a segment, if it ends in a barrier.
pub(crate) async fn decide(ctx: &Arc<RunCtx>, segment: usize, units: &UnitSet) -> Result<Option<Decisions>, Error> {
    let plan = ctx.plan.segments.get(segment).ok_or_else(|| Error::internal("no such segment"))?;
    let stage = ctx.plan.stages.get(plan.stages.end.saturating_sub(1)).filter(|_| plan.ends_in_barrier);
    let Some(stage) = stage else { return Ok(None) };
    let StageKind::Barrier(operator) = &stage.kind else { return Ok(None) };
    ctx.progress.enter(Phase::Barrier(u8::try_from(segment).unwrap_or(u8::MAX)));
    let ids: Vec<&str> = units.iter().map(|unit| unit.id.as_str()).collect();
    let id = content_id(&[&plan.hash, &ids.join(" ")]);
    let path = ctx.barrier_path(&id);
    if ctx.state.barrier(&id)?.is_none() || !path.is_file() {
        let sorted = sort(ctx, keys(ctx, units), &key_schema(), &["key", "unit", "row"])?;
        let decided = judge(Arc::clone(stage), Arc::clone(operator), sorted);
        let ordered = sort(ctx, decided, &decisions::schema(), &["unit", "row"])?;
        let num_decided = write(path.clone(), ordered).await?;
        ctx.state.commit_barrier(&BarrierRecord { id, segment, num_decided })?;
        tracing::info!(stage = stage.name, num_decided, "barrier committed");
    }
    Ok(Some(Decisions { path }))
}

fn key_schema() -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new("key", DataType::Binary, false),
        Field::new("unit", DataType::UInt32, false),
        Field::new("row", DataType::UInt32, false),
        Field::new("row_id", DataType::Utf8, false),
        Field::new("doc_id", DataType::Utf8, false),
    ]))
}

/// The keys of all rows with their places, unit after unit.
fn keys(ctx: &RunCtx, units: &UnitSet) -> BoxStream<'static, Result<RecordBatch, Error>> {
    let paths: Vec<_> = units.iter().map(|unit| ctx.unit_path(&unit.id)).collect();
    let (sender, receiver) = mpsc::channel(2);
    let reading = SpawnedTask::spawn_blocking(move || {
        for (unit, path) in (0u32..).zip(&paths) {
            let batches = UnitReader::open_columns(path, 1024, Some(&[KEY, column::ROW_ID, column::DOC_ID]));
            let batches = match batches {
                Ok(batches) => batches,
                Err(error) => {
                    drop(sender.blocking_send(Err(error)));
                    return;
                }
            };
            let mut first_row = 0u32;
            for batch in batches {
                let keyed = batch.and_then(|batch| {
                    let keyed = with_places(&batch, unit, first_row);
                    first_row += u32::try_from(batch.num_rows()).map_err(Error::internal)?;
                    keyed
                });
                if sender.blocking_send(keyed).is_err() {
                    return;
                }
            }
        }
    });
    // The task lives as long as the stream that it feeds.
    receive(receiver).map(move |batch| (&reading, batch).1).boxed()
}

fn with_places(batch: &RecordBatch, unit: u32, first_row: u32) -> Result<RecordBatch, Error> {
    let num_rows = u32::try_from(batch.num_rows()).map_err(Error::internal)?;
    let column = |name: &str| {
        batch.column_by_name(name).cloned().ok_or_else(|| Error::internal(format!("unit file lacks `{name}`")))
    };
    let keys = column(KEY)?;
    let keyed = arrow::compute::is_not_null(&keys).map_err(Error::internal)?;
    let places: ArrayRef = Arc::new(UInt32Array::from_iter_values(first_row..first_row + num_rows));
    let units: ArrayRef = Arc::new(UInt32Array::from(vec![unit; batch.num_rows()]));
    let columns = [keys, units, places, column(column::ROW_ID)?, column(column::DOC_ID)?]
        .iter()
        .map(|array| arrow::compute::filter(array, &keyed))
        .collect::<Result<_, _>>()
        .map_err(Error::internal)?;
    RecordBatch::try_new(key_schema(), columns).map_err(Error::internal)
}

fn sort(
    ctx: &RunCtx,
    rows: BoxStream<'static, Result<RecordBatch, Error>>,
    schema: &SchemaRef,
    by: &[&str],
) -> Result<BoxStream<'static, Result<RecordBatch, Error>>, Error> {
    let columns = by
        .iter()
        .map(|name| Ok(PhysicalSortExpr::new(col(name, schema)?, SortOptions { descending: false, nulls_first: true })))
        .collect::<Result<Vec<_>, datafusion::error::DataFusionError>>()
        .map_err(Error::internal)?;
    let ordering = LexOrdering::new(columns).ok_or_else(|| Error::internal("a sort without columns"))?;
    let exec = SortExec::new(ordering, scan(schema, rows)?);
    Ok(exec.execute(0, ctx.task_ctx()).map_err(unwrap_external)?.map_err(unwrap_external).boxed())
}

/// The first row of a key is accepted; the operator decides each later one against it.
fn judge(
    stage: Arc<Stage>,
    operator: Arc<dyn Barrier>,
    sorted: BoxStream<'static, Result<RecordBatch, Error>>,
) -> BoxStream<'static, Result<RecordBatch, Error>> {
    let mut first: Option<(Vec<u8>, RowKey)> = None;
    sorted
        .map(move |batch| {
            let batch = batch?;
            judge_batch(&stage, operator.as_ref(), &batch, &mut first)
        })
        .boxed()
}

fn judge_batch(
    stage: &Stage,
    operator: &dyn Barrier,
    batch: &RecordBatch,
    first: &mut Option<(Vec<u8>, RowKey)>,
) -> Result<RecordBatch, Error> {
    let damaged = || Error::internal("a barrier's keys are damaged");
    let keys: &BinaryArray = batch.column(0).as_binary_opt().ok_or_else(damaged)?;
    let units = batch.column(1).as_primitive_opt::<UInt32Type>().ok_or_else(damaged)?;
    let rows = batch.column(2).as_primitive_opt::<UInt32Type>().ok_or_else(damaged)?;
    let row_ids: &StringArray = batch.column(3).as_string_opt().ok_or_else(damaged)?;
    let doc_ids: &StringArray = batch.column(4).as_string_opt().ok_or_else(damaged)?;
    let (mut unit_out, mut row_out) = (UInt32Builder::new(), UInt32Builder::new());
    let (mut reason_out, mut detail_out) = (StringBuilder::new(), StringBuilder::new());
    for index in 0..batch.num_rows() {
        let row = RowKey { row_id: text_at(row_ids, index).to_owned(), doc_id: text_at(doc_ids, index).to_owned() };
        let key = keys.value(index);
        let Some((_, first_row)) = first.as_ref().filter(|(first_key, _)| first_key == key) else {
            *first = Some((key.to_vec(), row));
            continue;
        };
        let (reason, detail) = match operator.decide(first_row, &row) {
            Fate::Accept => continue,
            Fate::Reject { reason, detail } if stage.reasons.contains(&reason) => (Some(reason), detail),
            Fate::Reject { reason, .. } => return Err(stage.error(format!("reason `{reason}` is not declared"))),
            Fate::Fail { detail } => (None, detail),
        };
        unit_out.append_value(units.value(index));
        row_out.append_value(rows.value(index));
        reason_out.append_option(reason);
        detail_out.append_value(detail);
    }
    let columns: Vec<ArrayRef> = vec![
        Arc::new(unit_out.finish()),
        Arc::new(row_out.finish()),
        Arc::new(reason_out.finish()),
        Arc::new(detail_out.finish()),
    ];
    RecordBatch::try_new(decisions::schema(), columns).map_err(Error::internal)
}

async fn write(
    path: std::path::PathBuf,
    mut rows: BoxStream<'static, Result<RecordBatch, Error>>,
) -> Result<u64, Error> {
    let mut file = ParquetFile::create(&path, &decisions::schema(), Purpose::State)?;
    while let Some(batch) = rows.next().await {
        file.write(batch?)?;
    }
    file.commit()
}
