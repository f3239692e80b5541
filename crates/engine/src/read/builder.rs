//! Rows to a batch with the row header and the document columns, unreadable rows among them.

use std::borrow::Cow;
use std::sync::{Arc, LazyLock};

use arrow::array::{
    ArrayRef, Int32Array, RecordBatch, StringArray, StringBuilder, UInt8Array, UInt64Array, new_null_array,
};
use arrow::datatypes::{DataType, Schema, SchemaRef};
use quarry_schema::column::{document_fields, header_fields, pair_input_fields};
use quarry_schema::{FateKind, Level, content_id};

use super::fields::{Document, NUM_OPTIONAL};
use super::pair_builder::PairBuilder;
use super::pair_fields::InputPair;
use crate::Error;

/// What the column `stage` says of rows that reading rejected.
const STAGE: &str = "read";
/// Where `url` is among the optional columns.
const URL: usize = 0;
/// Where `source` is among the optional columns.
const SOURCE: usize = 1;

static SCHEMA: LazyLock<SchemaRef> = LazyLock::new(|| {
    let fields: Vec<_> = header_fields().into_iter().chain(document_fields()).collect();
    Arc::new(Schema::new(fields))
});

static PAIR_SCHEMA: LazyLock<SchemaRef> = LazyLock::new(|| {
    let fields: Vec<_> = SCHEMA.fields().iter().cloned().chain(pair_input_fields()).collect();
    Arc::new(Schema::new(fields))
});

/// The schema of every batch that a reader delivers.
pub(super) fn schema(rows: Level) -> SchemaRef {
    Arc::clone(if rows == Level::Pair { &PAIR_SCHEMA } else { &SCHEMA })
}

/// Why reading rejects a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ReadReason {
    /// The row itself is broken.
    UnreadableRow,
    /// The file is broken here, and nothing after it can be read.
    TruncatedShard,
    /// A server's answer of another status than 200.
    HttpStatus,
    /// A record of an archive that holds neither HTML nor plain text.
    NotText,
}

impl ReadReason {
    fn as_str(self) -> &'static str {
        match self {
            ReadReason::UnreadableRow => "unreadable_row",
            ReadReason::TruncatedShard => "truncated_shard",
            ReadReason::HttpStatus => "http_status",
            ReadReason::NotText => "not_text",
        }
    }
}

/// A row that reading rejects.
pub(super) struct Rejected<'r> {
    /// Why.
    pub(super) reason: ReadReason,
    /// The value behind it, which holds nothing of the document.
    pub(super) detail: &'r str,
    /// The id, where the row has one all the same.
    pub(super) doc_id: Option<&'r str>,
    /// Where it was found, likewise.
    pub(super) url: Option<&'r str>,
}

impl<'r> Rejected<'r> {
    /// A row of which nothing is known.
    pub(super) fn unnamed(reason: ReadReason, detail: &'r str) -> Rejected<'r> {
        Rejected { reason, detail, doc_id: None, url: None }
    }
}

/// Collects rows of one shard until a batch is full.
#[derive(Default)]
pub(super) struct BatchBuilder {
    shard: String,
    shard_rows: Vec<u64>,
    fates: Vec<u8>,
    stage: StringBuilder,
    reason: StringBuilder,
    detail: StringBuilder,
    doc_id: StringBuilder,
    text: StringBuilder,
    optional: [StringBuilder; NUM_OPTIONAL],
    meta: StringBuilder,
    pair: Option<PairBuilder>,
}

impl BatchBuilder {
    /// Collects rows of the shard with this name.
    pub(super) fn new(shard: String, rows: Level) -> BatchBuilder {
        let pair = (rows == Level::Pair).then(PairBuilder::new);
        BatchBuilder { shard, pair, ..BatchBuilder::default() }
    }

    /// Rows collected.
    pub(super) fn num_rows(&self) -> usize {
        self.shard_rows.len()
    }

    /// Adds a document and returns the bytes it takes.
    pub(super) fn push_document(&mut self, shard_row: u64, document: &Document) -> usize {
        let source = document.optional.get(SOURCE).copied().flatten().unwrap_or(&self.shard);
        match &document.doc_id {
            Some(id) => self.doc_id.append_value(id),
            None => self.doc_id.append_value(content_id(&[source, document.text])),
        }
        self.text.append_value(document.text);
        let num_bytes = self.push_accepted(shard_row, document.optional, document.meta.as_deref());
        num_bytes + document.text.len() + document.doc_id.as_ref().map_or(32, |id| id.len())
    }

    /// Adds a pair and returns the bytes it takes. A pair that names no document stands for its own.
    pub(super) fn push_pair(&mut self, shard_row: u64, pair: &InputPair) -> usize {
        let source = pair.optional.get(SOURCE).copied().flatten().unwrap_or(&self.shard);
        let text = |index: usize| pair.texts.get(index).and_then(Option::as_deref).unwrap_or_default();
        let row_id = pair.id.clone().unwrap_or_else(|| Cow::Owned(content_id(&[source, text(0), text(1)])));
        self.doc_id.append_value(pair.doc_id.as_ref().unwrap_or(&row_id));
        self.text.append_null();
        let num_bytes = self.pair.as_mut().map_or(0, |builder| builder.push(&row_id, pair));
        num_bytes + self.push_accepted(shard_row, pair.optional, pair.meta.as_deref())
    }

    fn push_accepted(&mut self, shard_row: u64, optional: [Option<&str>; NUM_OPTIONAL], meta: Option<&str>) -> usize {
        self.shard_rows.push(shard_row);
        self.fates.push(FateKind::Accepted.code());
        self.stage.append_null();
        self.reason.append_null();
        self.detail.append_null();
        self.meta.append_option(meta);
        let mut num_bytes = meta.map_or(0, str::len);
        for (builder, value) in self.optional.iter_mut().zip(optional) {
            builder.append_option(value);
            num_bytes += value.map_or(0, str::len);
        }
        num_bytes
    }

    /// Adds a row that reading rejects and returns the bytes it takes.
    pub(super) fn push_rejected(&mut self, shard_row: u64, rejected: &Rejected) -> usize {
        let Rejected { reason, detail, doc_id, url } = rejected;
        self.shard_rows.push(shard_row);
        self.fates.push(FateKind::Rejected.code());
        self.stage.append_value(STAGE);
        self.reason.append_value(reason.as_str());
        self.detail.append_value(detail);
        let row_id = doc_id.map_or_else(|| Cow::Owned(format!("{}:{shard_row}", self.shard)), Cow::Borrowed);
        if let Some(pair) = &mut self.pair {
            pair.push_rejected(&row_id);
        }
        self.doc_id.append_value(row_id);
        self.text.append_null();
        self.meta.append_null();
        for (column, builder) in self.optional.iter_mut().enumerate() {
            builder.append_option(url.filter(|_| column == URL));
        }
        detail.len() + self.shard.len() + url.map_or(0, str::len) + doc_id.map_or(0, str::len)
    }

    /// The rows collected so far as a batch; the builder is empty afterwards.
    pub(super) fn finish(&mut self) -> Result<RecordBatch, Error> {
        let num_rows = self.num_rows();
        let doc_id: ArrayRef = Arc::new(self.doc_id.finish());
        let pairs = self.pair.as_mut().map(PairBuilder::finish);
        let level = if pairs.is_some() { Level::Pair } else { Level::Document };
        let (row_id, of_pairs) = pairs.unwrap_or_else(|| (Arc::clone(&doc_id), Vec::new()));
        let mut columns: Vec<ArrayRef> = vec![
            Arc::new(UInt8Array::from(vec![level.code(); num_rows])),
            Arc::new(Int32Array::from(vec![-1; num_rows])),
            Arc::new(UInt8Array::from(std::mem::take(&mut self.fates))),
            Arc::new(self.stage.finish()),
            Arc::new(self.reason.finish()),
            Arc::new(self.detail.finish()),
            row_id,
            new_null_array(&DataType::Utf8, num_rows),
            Arc::new(StringArray::from(vec![self.shard.as_str(); num_rows])),
            Arc::new(UInt64Array::from(std::mem::take(&mut self.shard_rows))),
            doc_id,
            Arc::new(self.text.finish()),
        ];
        columns.extend(self.optional.iter_mut().map(|builder| Arc::new(builder.finish()) as ArrayRef));
        columns.push(Arc::new(self.meta.finish()));
        columns.extend(of_pairs);
        RecordBatch::try_new(schema(level), columns).map_err(Error::internal)
    }
}
