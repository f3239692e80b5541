//! Texts of documents, found in one pass: pairs stand in the order of their documents.

use std::collections::VecDeque;

use arrow::array::{Array, AsArray, RecordBatch, RecordBatchReader};
use parquet::arrow::arrow_reader::ParquetRecordBatchReader;
use quarry_schema::column;

use super::Listed;
use super::pairs::open;
use crate::Error;

/// The documents of a dataset, read as far as the last one that was asked for.
pub struct Texts {
    files: VecDeque<Listed>,
    current: Option<(ParquetRecordBatchReader, RecordBatch, usize)>,
}

impl Texts {
    pub(super) fn new(files: Vec<Listed>) -> Texts {
        Texts { files: files.into(), current: None }
    }

    /// The text of a document. Documents are asked for in the order of their pairs; the same one may be asked for again.
    ///
    /// # Errors
    /// The dataset has no such document behind the last one, or a file is damaged.
    pub fn of(&mut self, doc_id: &str) -> Result<&str, Error> {
        while self.doc_id()? != Some(doc_id) {
            if !self.advance()? {
                return Err(Error::input(
                    "documents",
                    "a pair's document is not there, or not in the order of the pairs; run the recipe again, or leave out \
                     what needs texts if the pairs were the input",
                ));
            }
        }
        self.field("source_text").and_then(|text| text.ok_or_else(|| Error::internal("a document without a text")))
    }

    fn doc_id(&self) -> Result<Option<&str>, Error> {
        self.field(column::DOC_ID)
    }

    fn field(&self, name: &str) -> Result<Option<&str>, Error> {
        let Some((_, rows, row)) = &self.current else { return Ok(None) };
        let strings = rows.column_by_name(name).and_then(|array| array.as_string_opt::<i32>());
        let strings = strings.ok_or_else(|| Error::input("documents", format!("there is no column `{name}`")))?;
        Ok((*row < strings.len() && strings.is_valid(*row)).then(|| strings.value(*row)))
    }

    /// Goes to the next document; false is the end.
    fn advance(&mut self) -> Result<bool, Error> {
        loop {
            if let Some((reader, rows, row)) = &mut self.current {
                *row += 1;
                if *row < rows.num_rows() {
                    return Ok(true);
                }
                match reader.next() {
                    Some(batch) => {
                        *rows = batch.map_err(|error| Error::input("documents", error.to_string()))?;
                        *row = 0;
                        if rows.num_rows() > 0 {
                            return Ok(true);
                        }
                    }
                    None => self.current = None,
                }
                continue;
            }
            let Some(listed) = self.files.pop_front() else { return Ok(false) };
            listed.check()?;
            let reader = open(&listed)?;
            let none = RecordBatch::new_empty(reader.schema());
            self.current = Some((reader, none, 0));
        }
    }
}
