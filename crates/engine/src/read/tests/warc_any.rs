//! Archives made at random: no bytes make the reader panic, and every record that holds a page is a row, cut where you will.

use proptest::prelude::{ProptestConfig, Strategy, any, prop_oneof, proptest};
use proptest::test_runner::TestCaseError;

use super::super::{OnTruncated, ReadOptions};
use super::warc::{record, response};
use super::{Row, gzip, read, read_bytes, shard, zstd};

const STATUSES: [&str; 3] = ["200 OK", "404 Not Found", "500"];
const TYPES: [&str; 4] = ["text/html", "text/plain; charset=windows-1252", "image/png", ""];
const ENCODINGS: [&str; 4] =
    ["", "\r\nContent-Encoding: gzip", "\r\nTransfer-Encoding: chunked", "\r\nContent-Encoding: br"];

/// A record, and whether it makes a row.
fn any_record() -> impl Strategy<Value = (Vec<u8>, bool)> {
    let body = prop_oneof![
        3 => "[a-zA-Z <>/\u{e9}\u{4e00}\r\n]{0,200}".prop_map(String::into_bytes),
        1 => proptest::collection::vec(any::<u8>(), 0..200),
        1 => "[a-z]{0,20}\nWARC/1.0\r\n[a-z]{0,20}".prop_map(String::into_bytes),
    ];
    let choice = (0..STATUSES.len(), 0..TYPES.len(), 0..ENCODINGS.len());
    (0..5_u8, choice, body, 0..1000_usize).prop_map(|(kind, (status, of_type, encoding), body, number)| match kind {
        0 => (record("request", number, "", &body), false),
        1 => (record("conversion", number, "Content-Type: text/plain\r\n", &body), true),
        2 => (record("response", number, "", &body), true),
        _ => {
            let (status, of_type, encoding) = (STATUSES[status], TYPES[of_type], ENCODINGS[encoding]);
            let head = format!("HTTP/1.1 {status}\r\nContent-Type: {of_type}{encoding}");
            (response(number, &head, &body), true)
        }
    })
}

fn options(max_row_bytes: usize) -> ReadOptions {
    ReadOptions { on_truncated: OnTruncated::Quarantine, batch_rows: 5, max_row_bytes, ..ReadOptions::default() }
}

fn block_on<T>(future: impl Future<Output = T>) -> Result<T, TestCaseError> {
    let runtime =
        tokio::runtime::Builder::new_current_thread().build().map_err(|e| TestCaseError::fail(e.to_string()))?;
    Ok(runtime.block_on(future))
}

/// Whole rows, then perhaps one that says the file is cut.
fn check_cut(cut: &[Row], whole: &[Row], at: usize) {
    let end = cut.iter().position(|row| row.reason() == "truncated_shard").unwrap_or(cut.len());
    assert!(end + 1 >= cut.len(), "rows follow the end, cut at {at}");
    assert_eq!(&cut[..end], &whole[..end], "cut at {at}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn every_record_of_a_page_is_a_row_and_a_cut_file_never_reads_otherwise(
        records in proptest::collection::vec(any_record(), 1..12), cut in 0.0..1.0_f64, small in any::<bool>(),
    ) {
        let num_rows = records.iter().filter(|(_, is_row)| *is_row).count();
        let options = options(if small { 150 } else { 1 << 20 });
        let plain: Vec<u8> = records.iter().flat_map(|(bytes, _)| bytes.clone()).collect();
        let members: Vec<u8> = records.iter().flat_map(|(bytes, _)| gzip(bytes)).collect();
        block_on(async {
            let whole = read_bytes("in.warc", &plain, &options).await.unwrap();
            assert_eq!(whole.len(), num_rows);
            for (name, packed) in [("in.warc", plain.clone()), ("in.warc.gz", members), ("in.warc.zst", zstd(&plain))] {
                let at = (packed.len() as f64 * cut) as usize;
                let cut = read_bytes(name, &packed[..at], &options).await.unwrap();
                let expected = read_bytes(name, &packed, &options).await.unwrap();
                assert_eq!(expected.len(), num_rows);
                check_cut(&cut, &expected, at);
            }
        })?;
    }

    #[test]
    fn skipped_records_leave_the_rest(
        records in proptest::collection::vec(any_record(), 1..12), damage in any::<(usize, u8)>(),
    ) {
        let mut bytes: Vec<u8> = records.iter().flat_map(|(bytes, _)| gzip(bytes)).collect();
        let position = damage.0 % bytes.len();
        bytes[position] ^= damage.1;
        block_on(async {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("in.warc.gz");
            std::fs::write(&path, &bytes).unwrap();
            let shard = shard(&path).await;
            let whole = read(&shard, &options(1 << 20), 0).await.unwrap();
            for skip_rows in 0..=whole.len() {
                let rest = read(&shard, &options(1 << 20), skip_rows as u64).await.unwrap();
                assert_eq!(&rest, &whole[skip_rows..], "without {skip_rows} rows");
            }
        })?;
    }

    #[test]
    fn no_bytes_make_the_reader_panic(
        bytes in proptest::collection::vec(any::<u8>(), 0..300), parts in proptest::collection::vec((any_record(), any::<(usize, u8)>()), 0..4),
    ) {
        let mut file = bytes;
        for ((mut record, _), (position, byte)) in parts {
            let position = position % record.len();
            record[position] = byte;
            file.extend(record);
        }
        block_on(async {
            for name in ["in.warc", "in.warc.gz", "in.warc.zst", "in.html"] {
                read_bytes(name, &file, &options(400)).await.unwrap();
            }
            read_bytes("in.warc.gz", &gzip(&file), &options(400)).await.unwrap();
        })?;
    }
}
