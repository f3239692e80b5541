//! A few documents of the input that stand for all: of each range of lengths as many as there are in the input.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use anyhow::Context;
use arrow::array::{Array, AsArray, RecordBatch, UInt64Array};
use arrow::json::LineDelimitedWriter;
use quarry_engine::read::{ReadOptions, Shard, list_shards, open};
use quarry_schema::column;

/// The size of a sample and of what it was drawn from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sample {
    /// Documents in the sample.
    pub(crate) num_documents: usize,
    /// Documents in the input.
    pub(crate) num_all: usize,
}

/// Writes a sample of the input as a JSONL shard. Reads the input twice: for its lengths, then for the documents.
///
/// # Errors
/// The input cannot be read or the file cannot be written.
pub(crate) async fn draw(
    inputs: &[String],
    options: &ReadOptions,
    num_documents: usize,
    path: &Path,
) -> anyhow::Result<Sample> {
    let shards = list_shards(inputs).await?;
    let mut lengths = Vec::new();
    for shard in &shards {
        each_batch(shard, options, |batch| {
            lengths.extend(text_lengths(&batch));
            Ok(())
        })
        .await?;
    }
    let chosen = choose(&lengths, num_documents);
    let file = File::create(path).with_context(|| format!("cannot write `{}`", path.display()))?;
    let mut writer = LineDelimitedWriter::new(BufWriter::new(file));
    let mut first = 0;
    for shard in &shards {
        each_batch(shard, options, |batch| {
            let rows = chosen.range(first..first + batch.num_rows()).map(|row| (row - first) as u64);
            let rows = UInt64Array::from_iter_values(rows);
            first += batch.num_rows();
            if !rows.is_empty() {
                writer.write(&arrow::compute::take_record_batch(&documents(&batch)?, &rows)?)?;
            }
            Ok(())
        })
        .await?;
    }
    writer.finish()?;
    writer.into_inner().flush().with_context(|| format!("cannot write `{}`", path.display()))?;
    Ok(Sample { num_documents: chosen.len(), num_all: lengths.len() })
}

async fn each_batch(
    shard: &Shard,
    options: &ReadOptions,
    mut each: impl FnMut(RecordBatch) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let mut rows = open(shard, options, 0, Arc::new(AtomicU64::new(0)));
    while let Some(batch) = rows.next().await? {
        each(batch)?;
    }
    Ok(())
}

fn text_lengths(batch: &RecordBatch) -> Vec<u32> {
    let texts = batch.column_by_name(column::TEXT).and_then(|array| array.as_string_opt::<i32>());
    let length = |row: usize| texts.filter(|texts| texts.is_valid(row)).map_or(0, |texts| texts.value(row).len());
    (0..batch.num_rows()).map(|row| u32::try_from(length(row)).unwrap_or(u32::MAX)).collect()
}

/// The columns that a JSONL shard has; what the readers wrote beside them is made anew when the sample is read.
fn documents(batch: &RecordBatch) -> anyhow::Result<RecordBatch> {
    let names = column::document_fields();
    let positions: Vec<usize> =
        names.iter().map(|field| batch.schema().index_of(field.name())).collect::<Result<_, _>>()?;
    Ok(batch.project(&positions)?)
}

/// The middle document of each of equally many parts of the input, which is sorted by length for that.
fn choose(lengths: &[u32], num_documents: usize) -> BTreeSet<usize> {
    let mut by_length: Vec<usize> = (0..lengths.len()).collect();
    by_length.sort_by_key(|row| lengths.get(*row).copied().unwrap_or_default());
    let num_parts = num_documents.min(lengths.len());
    (0..num_parts).filter_map(|part| by_length.get((2 * part + 1) * lengths.len() / (2 * num_parts)).copied()).collect()
}

#[cfg(test)]
mod tests {
    use super::choose;

    #[test]
    fn a_sample_has_short_and_long_documents_as_the_input_has() {
        let lengths: Vec<u32> = (0..1000).map(|row| (row * 7919) % 1000).collect();
        let chosen = choose(&lengths, 100);
        assert_eq!(chosen.len(), 100);
        let mean = chosen.iter().map(|row| f64::from(lengths[*row])).sum::<f64>() / 100.0;
        assert!((mean - 500.0).abs() < 5.0, "{mean}");
    }

    #[test]
    fn a_small_input_is_taken_whole() {
        assert_eq!(choose(&[5, 1, 9], 200).into_iter().collect::<Vec<_>>(), [0, 1, 2]);
        assert!(choose(&[], 200).is_empty());
    }
}
