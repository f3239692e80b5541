//! What every test of reading needs: files of each kind, and rows as text to compare.

mod broken;
mod jsonl;
mod listing;
mod parquet;
mod resume;
mod stores;
mod warc;
mod warc_any;

use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{UInt8Type, UInt64Type};
use quarry_schema::{Level, column};

use super::{ReadOptions, Rows, Shard, list_shards, open};
use crate::Error;

/// A row as tests compare it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Row {
    pub(super) line: u64,
    pub(super) fate: u8,
    pub(super) reason: Option<String>,
    pub(super) detail: Option<String>,
    pub(super) id: String,
    pub(super) text: Option<String>,
    /// `url`, `source`, `licence`, `language`.
    pub(super) optional: [Option<String>; 4],
    pub(super) meta: Option<String>,
}

impl Row {
    pub(super) fn text(&self) -> &str {
        self.text.as_deref().unwrap_or("<null>")
    }

    pub(super) fn detail(&self) -> &str {
        self.detail.as_deref().unwrap_or("<null>")
    }

    pub(super) fn reason(&self) -> &str {
        self.reason.as_deref().unwrap_or("<null>")
    }
}

fn rows_of(batch: &RecordBatch) -> Vec<Row> {
    assert_eq!(batch.schema(), Rows::schema(Level::Document));
    let text = |name: &str, row: usize| {
        let column = batch.column_by_name(name).unwrap().as_string::<i32>();
        column.is_valid(row).then(|| column.value(row).to_owned())
    };
    let fate = batch.column_by_name(column::FATE).unwrap().as_primitive::<UInt8Type>();
    let line = batch.column_by_name(column::SHARD_ROW).unwrap().as_primitive::<UInt64Type>();
    (0..batch.num_rows())
        .map(|row| {
            assert_eq!(text(column::ROW_ID, row), text(column::DOC_ID, row));
            assert_eq!(text(column::STAGE, row), (fate.value(row) == 1).then(|| "read".to_owned()));
            Row {
                line: line.value(row),
                fate: fate.value(row),
                reason: text(column::REASON, row),
                detail: text(column::DETAIL, row),
                id: text(column::DOC_ID, row).unwrap(),
                text: text(column::TEXT, row),
                optional: [column::URL, column::SOURCE, column::LICENCE, column::LANGUAGE].map(|name| text(name, row)),
                meta: text(column::META, row),
            }
        })
        .collect()
}

/// All rows of a shard, or the error after how many.
pub(super) async fn read(shard: &Shard, options: &ReadOptions, skip_rows: u64) -> Result<Vec<Row>, (usize, Error)> {
    let progress = Arc::new(AtomicU64::new(0));
    let mut stream = open(shard, options, skip_rows, Arc::clone(&progress));
    assert_eq!(progress.load(Ordering::Relaxed), 0);
    let mut rows = Vec::new();
    loop {
        match stream.next().await {
            Ok(Some(batch)) => {
                assert!(batch.num_rows() > 0 && batch.num_rows() <= options.batch_rows);
                rows.extend(rows_of(&batch));
            }
            Ok(None) => break,
            Err(error) => return Err((rows.len(), error)),
        }
    }
    assert!(matches!(stream.next().await, Ok(None)));
    assert!(progress.load(Ordering::Relaxed) <= shard.size_bytes());
    Ok(rows)
}

/// The one shard that a path names.
pub(super) async fn shard(path: &Path) -> Shard {
    let mut shards = list_shards(&[path.to_str().unwrap().to_owned()]).await.unwrap();
    assert_eq!(shards.len(), 1);
    shards.pop().unwrap()
}

/// Writes a file and reads all of it.
pub(super) async fn read_bytes(name: &str, bytes: &[u8], options: &ReadOptions) -> Result<Vec<Row>, (usize, Error)> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    read(&shard(&path).await, options, 0).await
}

pub(super) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub(super) fn zstd(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), 1).unwrap();
    encoder.include_checksum(true).unwrap();
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Rows of distinct texts that do not compress to nothing.
pub(super) fn lines(num_rows: usize) -> Vec<u8> {
    let mut lines = Vec::new();
    for row in 0..num_rows {
        let text = format!("row {row} {:x}", (row as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
        writeln!(lines, r#"{{"id": "doc-{row}", "text": "{text}", "score": {row}}}"#).unwrap();
    }
    lines
}
