//! Parquet: the same rules as for JSON Lines, whatever types a writer chose.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BinaryArray, Float64Array, Int32Array, Int64Array, LargeStringArray, ListArray, RecordBatch, StringArray,
    StringViewArray,
};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int64Type};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;

use super::super::{Mapping, ReadOptions};
use super::{Row, lines, read_bytes};

fn write(columns: Vec<(&str, ArrayRef)>, group_rows: usize) -> Vec<u8> {
    let batch =
        RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, column)| (name, column, true)));
    let batch = batch.unwrap();
    let properties = WriterProperties::builder()
        .set_max_row_group_row_count(Some(group_rows))
        .set_data_page_row_count_limit(20)
        .set_write_batch_size(10)
        .set_compression(Compression::ZSTD(Default::default()))
        .build();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    bytes
}

/// The rows of [`lines`] as parquet.
pub(super) fn parquet(num_rows: usize, group_rows: usize) -> Vec<u8> {
    let rows: Vec<serde_json::Value> =
        lines(num_rows).split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok()).collect();
    let strings =
        |name: &str| -> ArrayRef { Arc::new(StringArray::from_iter(rows.iter().map(|row| row[name].as_str()))) };
    let scores: ArrayRef = Arc::new(Int64Array::from_iter(rows.iter().map(|row| row["score"].as_i64())));
    write(vec![("score", scores), ("text", strings("text")), ("id", strings("id"))], group_rows)
}

async fn read(columns: Vec<(&str, ArrayRef)>) -> Vec<Row> {
    read_bytes("in.parquet", &write(columns, 2), &ReadOptions::default()).await.unwrap()
}

#[tokio::test]
async fn the_same_documents_give_the_same_rows_in_parquet_and_json_lines() {
    let from_lines = read_bytes("in.jsonl", &lines(300), &ReadOptions::default()).await.unwrap();
    for batch_rows in [1, 10, 64, 1000] {
        let options = ReadOptions { batch_rows, ..ReadOptions::default() };
        assert_eq!(read_bytes("in.parquet", &parquet(300, 70), &options).await.unwrap(), from_lines);
    }
}

#[tokio::test]
async fn strings_of_every_kind_are_read() {
    let texts = ["a", "b", "a"];
    let dictionary =
        cast(&StringArray::from(texts.to_vec()), &DataType::Dictionary(DataType::Int8.into(), DataType::Utf8.into()));
    let kinds: Vec<ArrayRef> = vec![
        Arc::new(StringArray::from(texts.to_vec())),
        Arc::new(LargeStringArray::from(texts.to_vec())),
        Arc::new(StringViewArray::from(texts.to_vec())),
        dictionary.unwrap(),
        Arc::new(BinaryArray::from(texts.map(str::as_bytes).to_vec())),
    ];
    for kind in kinds {
        let rows = read(vec![("text", ArrayRef::clone(&kind)), ("source", ArrayRef::clone(&kind))]).await;
        let found: Vec<&str> = rows.iter().map(Row::text).collect();
        assert_eq!(found, texts, "{}", kind.data_type());
        assert_eq!(rows[1].optional[1].as_deref(), Some("b"));
    }
}

#[tokio::test]
async fn unreadable_rows_are_rejects_beside_the_good_ones() {
    let text: ArrayRef = Arc::new(BinaryArray::from_opt_vec(vec![Some(b"a"), None, Some(b"\xFF\xFE"), Some(b"")]));
    let rows = read(vec![("text", text)]).await;
    let found: Vec<(u64, u8, &str)> = rows.iter().map(|row| (row.line, row.fate, row.detail())).collect();
    let missing = "row 2: no text in `text` or `content` or `raw_content`";
    assert_eq!(found, [(1, 0, "<null>"), (2, 1, missing), (3, 1, "row 3: invalid UTF-8"), (4, 0, "<null>")]);
    assert!(rows[1].id.ends_with("in.parquet:2"));
}

#[tokio::test]
async fn ids_may_be_numbers_and_nested_columns_are_kept_in_meta() {
    let text: ArrayRef = Arc::new(StringArray::from(vec!["a", "b"]));
    let list = ListArray::from_iter_primitive::<Int64Type, _, _>([Some([Some(1), None]), None]);
    let tags: ArrayRef = Arc::new(list);
    let rows = read(vec![
        ("z", Arc::new(Float64Array::from(vec![Some(0.5), None]))),
        ("text", text),
        ("id", Arc::new(Int32Array::from(vec![7, -8]))),
        ("a", tags),
    ])
    .await;
    assert_eq!((rows[0].id.as_str(), rows[1].id.as_str()), ("7", "-8"));
    assert_eq!(rows[0].meta.as_deref(), Some(r#"{"a":[1,null],"z":0.5}"#));
    assert_eq!(rows[1].meta, None);
}

#[tokio::test]
async fn a_file_without_text_names_its_columns_and_the_remedy() {
    let body: ArrayRef = Arc::new(StringArray::from(vec!["a"]));
    let bytes = write(vec![("body", body), ("text", Arc::new(Int32Array::from(vec![1])))], 1);
    let (_, error) = read_bytes("in.parquet", &bytes, &ReadOptions::default()).await.unwrap_err();
    let message = error.to_string();
    assert!(message.contains("`body` (Utf8), `text` (Int32)") && message.contains("config"), "{message}");
    let mapping = Mapping { text: Some("body".into()), ..Mapping::default() };
    let rows = read_bytes("in.parquet", &bytes, &ReadOptions { mapping, ..ReadOptions::default() }).await.unwrap();
    assert_eq!((rows[0].text(), rows[0].meta.as_deref()), ("a", Some(r#"{"text":1}"#)));
}

#[tokio::test]
async fn a_row_over_the_limit_is_unreadable() {
    let text: ArrayRef = Arc::new(StringArray::from(vec!["x".repeat(101), "x".repeat(100)]));
    let bytes = write(vec![("text", text)], 2);
    let rows =
        read_bytes("in.parquet", &bytes, &ReadOptions { max_row_bytes: 100, ..ReadOptions::default() }).await.unwrap();
    assert_eq!((rows[0].detail(), rows[1].fate), ("row 1: longer than 100 bytes", 0));
}
