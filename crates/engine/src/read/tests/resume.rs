//! Skipping rows leaves exactly the rows that reading from the start would have left, and dropping a stream ends it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use proptest::prelude::{Just, ProptestConfig, Strategy, prop_oneof, proptest};
use proptest::test_runner::TestCaseError;

use super::super::{OnTruncated, ReadOptions, open};
use super::parquet::parquet;
use super::{gzip, lines, read, shard, zstd};

fn line() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        4 => "[a-zA-Z\u{e9}\u{4e00}\"\\\\]{0,30}".prop_map(|text| serde_json::json!({ "text": text }).to_string().into_bytes()),
        1 => Just(Vec::new()),
        1 => Just(b" \t".to_vec()),
        1 => Just(b"{\"text\": \"cut".to_vec()),
        1 => Just(b"{\"text\": \"\xFF\"}".to_vec()),
        1 => (60..300_usize).prop_map(|len| vec![b'x'; len]),
        1 => (60..300_usize).prop_map(|len| vec![b' '; len]),
    ]
}

/// Every number of skipped rows gives the rest of the rows.
async fn check(name: &str, bytes: &[u8], options: &ReadOptions, skips: impl IntoIterator<Item = u64>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    let shard = shard(&path).await;
    let whole = read(&shard, options, 0).await.unwrap();
    for skip_rows in skips {
        let rest = read(&shard, options, skip_rows).await.unwrap();
        let expected = whole.get(skip_rows as usize..).unwrap_or_default();
        assert_eq!(rest, expected, "{name} without {skip_rows} of {} rows", whole.len());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn skipped_lines_leave_the_rest(
        lines in proptest::collection::vec(line(), 0..30), crlf in proptest::bool::ANY, batch_rows in 1..9_usize,
    ) {
        let bytes = lines.join(if crlf { b"\r\n".as_slice() } else { b"\n" });
        let options = ReadOptions { batch_rows, max_row_bytes: 50, ..ReadOptions::default() };
        let runtime = tokio::runtime::Builder::new_current_thread().build().map_err(|e| TestCaseError::fail(e.to_string()))?;
        runtime.block_on(async {
            check("in.jsonl", &bytes, &options, 0..=31).await;
            check("in.jsonl.gz", &gzip(&bytes), &options, [1, 7]).await;
        });
    }
}

#[tokio::test]
async fn skipped_parquet_rows_leave_the_rest_across_row_groups() {
    check("in.parquet", &parquet(200, 70), &ReadOptions::default(), 0..=201).await;
}

#[tokio::test]
async fn the_row_of_a_truncated_shard_is_skipped_like_any_other() {
    let options = ReadOptions { on_truncated: OnTruncated::Quarantine, batch_rows: 7, ..ReadOptions::default() };
    for (name, packed) in [("in.jsonl.gz", gzip(&lines(60))), ("in.jsonl.zst", zstd(&lines(60)))] {
        check(name, &packed[..packed.len() - 3], &options, 0..=62).await;
    }
    let mut packed = parquet(200, 70);
    let middle = packed.len() / 2;
    packed[middle..middle + 40].fill(0xFF);
    check("in.parquet", &packed, &options, 0..=201).await;
}

#[tokio::test]
async fn nothing_is_read_before_the_first_call_and_little_after_the_last() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("in.jsonl");
    std::fs::write(&path, lines(200_000)).unwrap();
    let shard = shard(&path).await;
    let progress = Arc::new(AtomicU64::new(0));
    let mut rows = open(&shard, &ReadOptions::default(), 0, Arc::clone(&progress));
    tokio::time::sleep(Duration::from_millis(20)).await;
    assert_eq!(progress.load(Ordering::Relaxed), 0);
    assert_eq!(rows.next().await.unwrap().unwrap().num_rows(), 1024);
    tokio::time::sleep(Duration::from_millis(300)).await;
    let waiting = progress.load(Ordering::Relaxed);
    assert!(waiting < shard.size_bytes() / 20, "read {waiting} bytes ahead");
    drop(rows);
    // The thread holds the counter for as long as it lives.
    for _ in 0..200 {
        if Arc::strong_count(&progress) == 1 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the reader outlives its stream");
}
