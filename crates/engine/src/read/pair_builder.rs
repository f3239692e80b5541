//! The columns of pairs while a batch is filled; a rejected row has nulls there.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, Float32Array, Float32Builder, Int64Builder, ListArray, StringArray, StringBuilder, StructArray,
};
use arrow::buffer::{NullBuffer, OffsetBuffer};
use arrow::datatypes::{DataType, Field};
use quarry_schema::{Check, column};

use super::pair_fields::InputPair;

/// Collects what pairs have beside the columns of documents.
pub(super) struct PairBuilder {
    row_id: StringBuilder,
    texts: Vec<StringBuilder>,
    evidence: [Int64Builder; 2],
    difficulty: Float32Builder,
    checks: Vec<Option<Vec<Check>>>,
}

impl PairBuilder {
    /// An empty one.
    pub(super) fn new() -> PairBuilder {
        PairBuilder {
            row_id: StringBuilder::new(),
            texts: column::PAIR_TEXTS.iter().map(|_| StringBuilder::new()).collect(),
            evidence: [Int64Builder::new(), Int64Builder::new()],
            difficulty: Float32Builder::new(),
            checks: Vec::new(),
        }
    }

    /// Adds a pair and gives the bytes of its strings.
    pub(super) fn push(&mut self, row_id: &str, pair: &InputPair) -> usize {
        self.row_id.append_value(row_id);
        let mut num_bytes = row_id.len();
        for (builder, text) in self.texts.iter_mut().zip(&pair.texts) {
            builder.append_option(text.as_deref());
            num_bytes += text.as_ref().map_or(0, |text| text.len());
        }
        for (builder, value) in self.evidence.iter_mut().zip(pair.evidence) {
            builder.append_option(value);
        }
        self.difficulty.append_option(pair.difficulty);
        self.checks.push(pair.checks.clone());
        num_bytes
    }

    /// Adds a row that could not be read.
    pub(super) fn push_rejected(&mut self, row_id: &str) {
        self.row_id.append_value(row_id);
        self.texts.iter_mut().for_each(StringBuilder::append_null);
        self.evidence.iter_mut().for_each(Int64Builder::append_null);
        self.difficulty.append_null();
        self.checks.push(None);
    }

    /// The ids, and the columns in the order of [`column::pair_input_fields`]; the builder is empty afterwards.
    pub(super) fn finish(&mut self) -> (ArrayRef, Vec<ArrayRef>) {
        let mut columns: Vec<ArrayRef> =
            self.texts.iter_mut().map(|builder| Arc::new(builder.finish()) as ArrayRef).collect();
        columns.extend(self.evidence.iter_mut().map(|builder| Arc::new(builder.finish()) as ArrayRef));
        columns.push(Arc::new(self.difficulty.finish()));
        columns.push(Arc::new(checks(std::mem::take(&mut self.checks))));
        (Arc::new(self.row_id.finish()), columns)
    }
}

fn checks(rows: Vec<Option<Vec<Check>>>) -> ListArray {
    let valid: NullBuffer = rows.iter().map(Option::is_some).collect::<Vec<bool>>().into();
    let offsets = OffsetBuffer::from_lengths(rows.iter().map(|checks| checks.as_ref().map_or(0, Vec::len)));
    let all: Vec<Check> = rows.into_iter().flatten().flatten().collect();
    let text = |of: fn(&Check) -> &str| Arc::new(StringArray::from_iter_values(all.iter().map(of))) as ArrayRef;
    let values = StructArray::new(
        column::check_fields(),
        vec![
            text(|check| &check.name),
            text(|check| &check.verdict),
            Arc::new(Float32Array::from_iter(all.iter().map(|check| check.score))),
            text(|check| &check.version),
        ],
        None,
    );
    let item = Field::new("item", DataType::Struct(column::check_fields()), true);
    ListArray::new(Arc::new(item), offsets, Arc::new(values), Some(valid))
}
