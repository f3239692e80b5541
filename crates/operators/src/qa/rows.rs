//! The columns of pairs while they are written.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Builder, StringBuilder};
use quarry_engine::operator::{ColumnDef, ColumnType, Emitted};
use quarry_llm::RequestHash;
use quarry_schema::column;

use super::Formed;

/// The columns that a pair has, in order.
pub(crate) const ADDS: &[ColumnDef] = &[
    ColumnDef { name: column::QUESTION, kind: ColumnType::Text, doc: "the question, with the options of a choice" },
    ColumnDef { name: column::ANSWER, kind: ColumnType::Text, doc: "the answer, or the letter of a choice" },
    ColumnDef { name: column::ANSWER_TYPE, kind: ColumnType::Text, doc: "the answer's type" },
    ColumnDef {
        name: column::ANSWER_SPEC,
        kind: ColumnType::Text,
        doc: "how replies are checked, a JSON string; null where no code could",
    },
    ColumnDef {
        name: column::PERSONA,
        kind: ColumnType::Text,
        doc: "who asks: an id of the bank, or a description; null if the model named nobody who was to ask",
    },
    ColumnDef {
        name: column::EVIDENCE,
        kind: ColumnType::Text,
        doc: "the document's text that states the answer, or what the model gave for it",
    },
    ColumnDef {
        name: column::EVIDENCE_START,
        kind: ColumnType::Int,
        doc: "its first code point in `text`; null if it is not there",
    },
    ColumnDef { name: column::EVIDENCE_END, kind: ColumnType::Int, doc: "the code point after it" },
    ColumnDef { name: column::GEN_MODEL, kind: ColumnType::Text, doc: "the id of the model that wrote the pair" },
    ColumnDef { name: column::GEN_PROMPT, kind: ColumnType::Text, doc: "hash of the prompt file" },
    ColumnDef { name: column::GEN_REQUEST, kind: ColumnType::Text, doc: "hash of the request, as in the ledger" },
];

/// Pairs of one document.
#[derive(Default)]
pub(crate) struct PairRows {
    num_rows: usize,
    texts: [StringBuilder; 6],
    offsets: [Int64Builder; 2],
    provenance: [StringBuilder; 3],
}

impl PairRows {
    /// Whether there is no pair.
    pub(crate) fn is_empty(&self) -> bool {
        self.num_rows == 0
    }

    /// Pairs so far.
    pub(crate) fn num_rows(&self) -> usize {
        self.num_rows
    }

    /// Adds a pair with the model, prompt and request that it comes from.
    pub(crate) fn push(&mut self, pair: &Formed, model: &str, prompt: &str, request: &RequestHash) {
        let spec = pair.spec.as_ref().map(quarry_answers::AnswerSpec::to_json);
        let values = [
            Some(pair.question.as_str()),
            Some(pair.answer.as_str()),
            Some(pair.answer_type.as_str()),
            spec.as_deref(),
            pair.persona.as_deref(),
            Some(pair.evidence.as_str()),
        ];
        for (builder, value) in self.texts.iter_mut().zip(values) {
            builder.append_option(value);
        }
        let offsets = [pair.span.as_ref().map(|span| span.start), pair.span.as_ref().map(|span| span.end)];
        for (builder, offset) in self.offsets.iter_mut().zip(offsets) {
            builder.append_option(offset.and_then(|offset| i64::try_from(offset).ok()));
        }
        let request = request.to_string();
        for (builder, value) in self.provenance.iter_mut().zip([model, prompt, &request]) {
            builder.append_value(value);
        }
        self.num_rows += 1;
    }

    /// Gives the rows, all made from the only row of a call.
    pub(crate) fn finish(mut self) -> Emitted {
        let texts = self.texts.iter_mut().map(|builder| Arc::new(builder.finish()) as ArrayRef);
        let offsets = self.offsets.iter_mut().map(|builder| Arc::new(builder.finish()) as ArrayRef);
        let provenance = self.provenance.iter_mut().map(|builder| Arc::new(builder.finish()) as ArrayRef);
        Emitted { parents: vec![0; self.num_rows], columns: texts.chain(offsets).chain(provenance).collect() }
    }
}
