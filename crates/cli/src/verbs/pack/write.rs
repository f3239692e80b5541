//! The pack as a file, which appears when it is whole.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, StringArray};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

use super::Row;
use crate::exit::Stop;

/// Writes `.parquet` or `.jsonl`.
pub(super) fn write(out: &Path, rows: &[Row]) -> anyhow::Result<()> {
    let ending = out.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    let failed = |error: String| Stop::Output(format!("`{}`: {error}", out.display()));
    let part = out.with_extension(format!("{ending}.part"));
    if let Some(folder) = out.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(|error| failed(error.to_string()))?;
    }
    let written = match ending {
        "parquet" => parquet(&part, rows),
        "jsonl" => json_lines(&part, rows),
        _ => {
            return Err(Stop::Usage(format!("`{}`: a pack ends in `.parquet` or `.jsonl`", out.display())).into());
        }
    };
    written.map_err(|error| failed(error.to_string()))?;
    std::fs::rename(&part, out).map_err(|error| failed(error.to_string()))?;
    Ok(())
}

fn parquet(path: &Path, rows: &[Row]) -> anyhow::Result<()> {
    let column =
        |text: fn(&Row) -> &str| -> ArrayRef { Arc::new(StringArray::from_iter_values(rows.iter().map(text))) };
    let batch = RecordBatch::try_from_iter([
        ("name", column(|row| &row.name)),
        ("question", column(|row| &row.question)),
        ("answer", column(|row| &row.answer)),
    ])?;
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(3)?))
        .set_created_by("quarry".to_owned())
        .build();
    let mut writer = ArrowWriter::try_new(File::create(path)?, batch.schema(), Some(properties))?;
    writer.write(&batch)?;
    writer.into_inner()?.sync_all()?;
    Ok(())
}

fn json_lines(path: &Path, rows: &[Row]) -> anyhow::Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    for row in rows {
        serde_json::to_writer(&mut file, row)?;
        file.write_all(b"\n")?;
    }
    file.into_inner()?.sync_all()?;
    Ok(())
}
