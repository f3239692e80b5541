//! The rows of a benchmark's file as JSON objects, whatever the file is.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use arrow::json::LineDelimitedWriter;
use flate2::read::MultiGzDecoder;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::{Deserializer, Value};

/// Nesting that is followed down to the rows.
const MOST_LEVELS: usize = 8;

/// Reads a file: parquet, JSON Lines or JSON, each also compressed with gzip.
pub(super) fn values(path: &Path) -> Result<Vec<Value>, String> {
    let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    let mut file = File::open(path).map_err(|error| error.to_string())?;
    let mut content = Vec::new();
    let plain = match name.strip_suffix(".gz") {
        Some(plain) => {
            MultiGzDecoder::new(file).read_to_end(&mut content).map_err(|error| error.to_string())?;
            plain
        }
        None => {
            file.read_to_end(&mut content).map_err(|error| error.to_string())?;
            &name
        }
    };
    match plain.rsplit('.').next() {
        Some("parquet") => json(&lines_of_parquet(content)?),
        Some("json" | "jsonl" | "ndjson") => json(&content),
        _ => {
            Err("the file is none of `.jsonl`, `.json`, `.ndjson` and `.parquet`, nor one of them as `.gz`".to_owned())
        }
    }
}

fn json(content: &[u8]) -> Result<Vec<Value>, String> {
    let content = content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(content);
    let top = Deserializer::from_slice(content).into_iter::<Value>().collect::<Result<Vec<_>, _>>();
    let mut rows = Vec::new();
    for value in top.map_err(|error| format!("not JSON: {error}"))? {
        collect(value, 0, &mut rows);
    }
    Ok(rows)
}

/// Rows are the objects that hold a string or number themselves; what is around them is only nesting.
fn collect(value: Value, level: usize, rows: &mut Vec<Value>) {
    match value {
        Value::Array(values) if level < MOST_LEVELS => {
            values.into_iter().for_each(|value| collect(value, level + 1, rows))
        }
        Value::Object(fields) if level < MOST_LEVELS && is_nesting(&fields) => {
            fields.into_iter().for_each(|(_, value)| collect(value, level + 1, rows));
        }
        Value::Object(_) => rows.push(value),
        _ => {}
    }
}

/// A list of rows may stand beside fields that say what they are, such as a version.
fn is_nesting(fields: &serde_json::Map<String, Value>) -> bool {
    let is_rows = |value: &Value| match value {
        Value::Array(values) => values.first().is_some_and(Value::is_object) && values.len() > 1,
        _ => false,
    };
    let all_deep = fields.values().all(|value| value.is_object() || value.is_array());
    let asks = ["question", "prompt", "problem", "input", "query"].iter().any(|name| fields.contains_key(*name));
    !asks && (all_deep || fields.values().any(is_rows))
}

/// Nested columns become nested JSON.
fn lines_of_parquet(content: Vec<u8>) -> Result<Vec<u8>, String> {
    let content = bytes::Bytes::from(content);
    let reader = ParquetRecordBatchReaderBuilder::try_new(content).and_then(|builder| builder.build());
    let mut writer = LineDelimitedWriter::new(Vec::new());
    for batch in reader.map_err(|error| error.to_string())? {
        let batch = batch.map_err(|error| error.to_string())?;
        writer.write(&batch).map_err(|error| error.to_string())?;
    }
    writer.finish().map_err(|error| error.to_string())?;
    Ok(writer.into_inner())
}

#[cfg(test)]
mod tests {
    use super::json;

    fn num_rows(content: &str) -> usize {
        json(content.as_bytes()).map_or(0, |rows| rows.len())
    }

    #[test]
    fn rows_are_found_at_any_depth() {
        assert_eq!(num_rows("{\"question\": \"a\"}\n{\"question\": \"b\"}"), 2);
        assert_eq!(num_rows("[{\"question\": \"a\"}, {\"question\": \"b\"}]"), 2);
        assert_eq!(num_rows("{\"version\": 1, \"data\": [{\"question\": \"a\"}, {\"question\": \"b\"}]}"), 2);
        assert_eq!(
            num_rows("{\"law\": {\"test\": [{\"input\": \"a\"}]}, \"art\": {\"test\": [{\"input\": \"b\"}]}}"),
            2
        );
        let squad = "{\"data\": [{\"title\": \"x\", \"paragraphs\": [{\"context\": \"c\", \"qas\": \
                     [{\"question\": \"a\", \"id\": 1}, {\"question\": \"b\", \"id\": 2}]}, {\"context\": \"d\", \"qas\": []}]}]}";
        assert!(num_rows(squad) >= 2);
        assert_eq!(
            num_rows("{\"question\": {\"stem\": \"a\", \"choices\": [{\"text\": \"x\"}, {\"text\": \"y\"}]}}"),
            1
        );
        assert!(json(b"{\"question\": ").is_err());
    }
}
