//! Files that end too early or hold the wrong bytes: never silently short.

use std::io::Write;

use super::super::{OnTruncated, ReadOptions};
use super::parquet::parquet;
use super::{Row, gzip, lines, read_bytes, zstd};

const NUM_ROWS: usize = 200;

fn options(on_truncated: OnTruncated) -> ReadOptions {
    ReadOptions { on_truncated, ..ReadOptions::default() }
}

/// Reads a damaged file under both policies and says whether the damage was found.
async fn is_found(name: &str, bytes: &[u8], whole: &[Row]) -> bool {
    let quarantined = read_bytes(name, bytes, &options(OnTruncated::Quarantine)).await.unwrap();
    let failed = read_bytes(name, bytes, &options(OnTruncated::Fail)).await;
    let found = quarantined.last().is_some_and(|row| row.reason() == "truncated_shard");
    assert_eq!(found, failed.is_err(), "the policies disagree about {name} of {} bytes", bytes.len());
    if !found {
        return false;
    }
    let (last, before) = quarantined.split_last().unwrap();
    assert_eq!(last.fate, 1);
    let (_, error) = failed.unwrap_err();
    let message = error.to_string();
    assert_eq!(error.kind(), crate::ErrorKind::Input);
    assert!(message.contains(name) && message.contains(last.detail()), "{message}");
    assert!(last.detail().contains(&format!("after {} rows", before.len())), "{message}");
    assert!(last.detail().contains(&bytes.len().to_string()), "{message}");
    let good = |row: &&Row| row.fate == 0;
    let same = before.iter().filter(good).zip(whole).all(|(row, expected)| row.text == expected.text);
    assert!(same, "rows before the fault differ in {name}");
    true
}

#[tokio::test]
async fn many_gzip_members_and_zstd_frames_are_read_to_the_last() {
    let plain = lines(NUM_ROWS);
    let whole = read_bytes("in.jsonl", &plain, &ReadOptions::default()).await.unwrap();
    type Pack = fn(&[u8]) -> Vec<u8>;
    for (name, pack) in [("in.jsonl.gz", gzip as Pack), ("in.ndjson.zst", zstd as Pack)] {
        // The pieces are cut without regard to lines, and one of them is empty.
        let packed: Vec<u8> = plain.chunks(777).chain([b"".as_slice()]).flat_map(pack).collect();
        let rows = read_bytes(name, &packed, &ReadOptions::default()).await.unwrap();
        assert_eq!(rows, whole, "{name}");
    }
    let skippable = [zstd(&plain), vec![0x50, 0x2A, 0x4D, 0x18, 3, 0, 0, 0, 1, 2, 3]].concat();
    assert_eq!(read_bytes("in.jsonl.zst", &skippable, &ReadOptions::default()).await.unwrap(), whole);
}

#[tokio::test]
async fn a_compressed_file_cut_anywhere_is_found_out() {
    let plain = lines(NUM_ROWS);
    let whole = read_bytes("in.jsonl", &plain, &ReadOptions::default()).await.unwrap();
    for (name, packed) in [("in.jsonl.gz", gzip(&plain)), ("in.jsonl.zst", zstd(&plain))] {
        for cut in (0..packed.len()).step_by(packed.len() / 150).chain(packed.len() - 30..packed.len()) {
            assert!(is_found(name, &packed[..cut], &whole).await, "{name} cut at {cut} of {}", packed.len());
        }
        assert!(!is_found(name, &packed, &whole).await);
    }
}

#[tokio::test]
async fn a_cut_in_a_later_member_is_found_out_and_one_between_members_cannot_be() {
    let plain = lines(NUM_ROWS);
    let whole = read_bytes("in.jsonl", &plain, &ReadOptions::default()).await.unwrap();
    type Pack = fn(&[u8]) -> Vec<u8>;
    for (name, pack) in [("in.jsonl.gz", gzip as Pack), ("in.jsonl.zst", zstd as Pack)] {
        let (first, second) = (pack(&plain), pack(&plain));
        let both = [first.as_slice(), &second].concat();
        let border = first.len();
        for cut in border + 1..(border + 40).min(both.len()) {
            assert!(is_found(name, &both[..cut], &whole).await, "{name} cut {} after the border", cut - border);
        }
        assert_eq!(read_bytes(name, &both[..border], &ReadOptions::default()).await.unwrap(), whole);
    }
}

#[tokio::test]
async fn trailing_garbage_after_a_compressed_stream_is_found_out() {
    let plain = lines(NUM_ROWS);
    let whole = read_bytes("in.jsonl", &plain, &ReadOptions::default()).await.unwrap();
    for (name, packed) in [("in.jsonl.gz", gzip(&plain)), ("in.jsonl.zst", zstd(&plain))] {
        for garbage in [b"garbage".as_slice(), b"x", &[0; 600]] {
            assert!(is_found(name, &[packed.as_slice(), garbage].concat(), &whole).await, "{name}");
        }
    }
}

#[tokio::test]
async fn a_flipped_bit_of_a_checksummed_file_is_found_out() {
    let plain = lines(NUM_ROWS);
    for (name, packed) in [("in.jsonl.gz", gzip(&plain)), ("in.jsonl.zst", zstd(&plain))] {
        // Headers hold bits that mean nothing, such as a file time.
        for position in (12..packed.len()).step_by(packed.len() / 97) {
            let mut flipped = packed.clone();
            flipped[position] ^= 1 << (position % 8);
            let outcome = read_bytes(name, &flipped, &options(OnTruncated::Fail)).await;
            assert!(outcome.is_err(), "{name} with a flip at {position}");
        }
    }
}

#[tokio::test]
async fn a_parquet_file_cut_or_flipped_anywhere_never_reads_short() {
    let packed = parquet(NUM_ROWS, 50);
    let whole = read_bytes("in.parquet", &packed, &ReadOptions::default()).await.unwrap();
    assert_eq!(whole.len(), NUM_ROWS);
    for cut in (0..packed.len()).step_by(packed.len() / 100) {
        assert!(is_found("in.parquet", &packed[..cut], &whole).await, "cut at {cut} of {}", packed.len());
    }
    for position in (0..packed.len()).step_by(packed.len() / 400) {
        let mut flipped = packed.clone();
        flipped[position] ^= 1 << (position % 8);
        match read_bytes("in.parquet", &flipped, &options(OnTruncated::Fail)).await {
            Ok(rows) => assert_eq!(rows.len(), NUM_ROWS, "flip at {position}"),
            Err((_, error)) => assert_eq!(error.kind(), crate::ErrorKind::Input, "flip at {position}: {error}"),
        }
    }
}

#[tokio::test]
async fn a_zstd_window_that_would_fill_the_memory_is_refused() {
    let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), 1).unwrap();
    encoder.window_log(30).unwrap();
    encoder.write_all(&lines(10)).unwrap();
    let packed = encoder.finish().unwrap();
    let (_, error) = read_bytes("in.jsonl.zst", &packed, &ReadOptions::default()).await.unwrap_err();
    assert!(error.to_string().contains("memory"), "{error}");
}
