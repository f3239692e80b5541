//! A look at the first rows of a shard: which fields it has, and whether they make documents or pairs.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use quarry_schema::Level;
use serde_json::{Map, Value};
use tokio::runtime::Handle;

use super::fields::FieldNames;
use super::format::{Compression, Format};
use super::jsonl::decode;
use super::lines::{Line, LineReader};
use super::options::ReadOptions;
use super::parquet_bytes::ShardBytes;
use super::shard::Shard;
use super::source::Source;
use crate::Error;

/// Lines that are looked at; a field that none of them has may still come later.
const NUM_LINES: usize = 100;

/// What the first rows of a shard look like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peeked {
    /// The fields that are not null everywhere.
    pub fields: BTreeSet<String>,
    /// Whether there is a text, under its mapped or usual name.
    pub holds_documents: bool,
    /// Whether there are a question and an answer.
    pub holds_pairs: bool,
    /// Whether there is any row at all.
    pub is_empty: bool,
}

/// Looks at the beginning of a shard. Lines that are no JSON objects are passed over.
///
/// # Errors
/// The file cannot be opened.
pub async fn peek(shard: &Shard, options: &ReadOptions) -> Result<Peeked, Error> {
    let (shard, options, handle) = (shard.clone(), options.bounded(), Handle::current());
    tokio::task::spawn_blocking(move || {
        let (fields, is_empty) = fields(&shard, &options, handle)?;
        let fits = |rows| {
            let names = FieldNames::new(&ReadOptions { rows, ..options.clone() });
            let is_there = |slots: &[usize]| {
                slots.iter().filter_map(|slot| names.names().get(*slot)).any(|name| fields.contains(name))
            };
            names.required().into_iter().all(is_there)
        };
        let (holds_documents, holds_pairs) = (fits(Level::Document), fits(Level::Pair));
        Ok(Peeked { holds_documents, holds_pairs, fields, is_empty })
    })
    .await
    .map_err(Error::internal)?
}

fn fields(shard: &Shard, options: &ReadOptions, handle: Handle) -> Result<(BTreeSet<String>, bool), Error> {
    match shard.format {
        Format::JsonLines(compression) => fields_of_lines(shard, compression, options, handle),
        Format::Parquet => fields_of_parquet(shard, handle),
        _ => {
            let name = options.mapping.text.clone().unwrap_or_else(|| quarry_schema::column::TEXT.to_owned());
            Ok((BTreeSet::from([name]), shard.size_bytes == 0))
        }
    }
}

fn fields_of_lines(
    shard: &Shard,
    compression: Compression,
    options: &ReadOptions,
    handle: Handle,
) -> Result<(BTreeSet<String>, bool), Error> {
    let source = Source::open(shard, handle, Arc::new(AtomicU64::new(0)))?;
    // What is wrong with the file's content is told by the run, with the rows before it.
    let Ok(decoder) = decode(source, compression, shard.size_bytes) else { return Ok((BTreeSet::new(), true)) };
    let mut lines = LineReader::new(decoder, options.max_row_bytes);
    let (mut fields, mut buffer, mut is_empty) = (BTreeSet::new(), Vec::new(), true);
    for _ in 0..NUM_LINES {
        match lines.next_line(&mut buffer) {
            Ok(Line::Whole) => is_empty = false,
            Ok(Line::TooLong) => continue,
            Ok(Line::End) | Err(_) => break,
        }
        if let Ok(row) = serde_json::from_slice::<Map<String, Value>>(&buffer) {
            fields.extend(row.into_iter().filter(|(_, value)| !value.is_null()).map(|(name, _)| name));
        }
    }
    Ok((fields, is_empty))
}

fn fields_of_parquet(shard: &Shard, handle: Handle) -> Result<(BTreeSet<String>, bool), Error> {
    let fault = |error: String| Error::input(&shard.name, error);
    let bytes = ShardBytes::open(shard, handle).map_err(|error| fault(error.to_string()))?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(bytes).map_err(|error| fault(error.to_string()))?;
    let fields = builder.schema().fields().iter().map(|field| field.name().clone()).collect();
    Ok((fields, builder.metadata().file_metadata().num_rows() == 0))
}
