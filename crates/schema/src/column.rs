//! Column names and types of documents, pairs and the row header that rides in every batch.
//!
//! Strings are `Utf8` and lists are `List`, never the Large or View kinds, which trainers' loaders do not mix well.
//! Evidence offsets count Unicode code points, as Python slices do.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, FieldRef, Fields};

/// Row header: 0 for a document, 1 for a pair.
pub const LEVEL: &str = "_level";
/// Row header: index of the last stage that handled the row, -1 before the first.
pub const AT: &str = "_at";
/// Row header: 0 accepted so far, 1 rejected, 2 failed.
pub const FATE: &str = "_fate";
/// Row header: the stage that rejected or failed the row.
pub const STAGE: &str = "stage";
/// Row header: the reason of a reject.
pub const REASON: &str = "reason";
/// Row header: the value behind a reject or failure.
pub const DETAIL: &str = "detail";
/// Row header: the row's own id (`doc_id` of a document, the pair's id of a pair).
pub const ROW_ID: &str = "row_id";
/// Row header: the id of the row that a generator made this one from.
pub const PARENT: &str = "parent_id";
/// Row header: the input file.
pub const SHARD: &str = "shard";
/// Row header: line or row number in the input file, from 1.
pub const SHARD_ROW: &str = "shard_row";

/// Document: its id, given or hashed from source and text.
pub const DOC_ID: &str = "doc_id";
/// Document: the text.
pub const TEXT: &str = "text";
/// Document: where it was found.
pub const URL: &str = "url";
/// Document: the collection it comes from.
pub const SOURCE: &str = "source";
/// Document: the licence of its text.
pub const LICENCE: &str = "licence";
/// Document: its language as its source gives it.
pub const LANGUAGE: &str = "language";
/// Document: every other input field, as one JSON object.
pub const META: &str = "meta";

/// Document: one of the ten domains, added by a classifier.
pub const DOMAIN: &str = "domain";
/// Document: sentence-encoder vector, added by a classifier and dropped after its last reader.
pub const EMBEDDING: &str = "embedding";
/// Document: ids of the personas that ask about it.
pub const PERSONAS: &str = "personas";

/// Pair: the question, which stands alone.
pub const QUESTION: &str = "question";
/// Pair: the answer as text.
pub const ANSWER: &str = "answer";
/// Pair: one of the answer types.
pub const ANSWER_TYPE: &str = "answer_type";
/// Pair: the answer's specification, a JSON string.
pub const ANSWER_SPEC: &str = "answer_spec";
/// Pair: the id of the persona that asks.
pub const PERSONA: &str = "persona";
/// Pair: the passage that supports the answer.
pub const EVIDENCE: &str = "evidence";
/// Pair: first code point of the evidence in the document's text.
pub const EVIDENCE_START: &str = "evidence_start";
/// Pair: code point after the evidence.
pub const EVIDENCE_END: &str = "evidence_end";
/// Pair: the closed-book pass rate, where it was measured.
pub const DIFFICULTY: &str = "difficulty";
/// Pair: verdicts of the checkers, in the order they were given.
pub const CHECKS: &str = "checks";
/// Pair: the model or generator that wrote it.
pub const GEN_MODEL: &str = "gen_model";
/// Pair: hash of the prompt template it was written with.
pub const GEN_PROMPT: &str = "gen_prompt";
/// Pair: hash of the request it was written by.
pub const GEN_REQUEST: &str = "gen_request";
/// Pair: the split that it belongs to.
pub const SPLIT: &str = "split";
/// Pair of the input: the name of the recipe that made it.
pub const RECIPE_NAME: &str = "recipe_name";
/// Pair of the input: the hash of the recipe that made it.
pub const RECIPE_HASH: &str = "recipe_hash";

fn field(name: &str, data_type: DataType, nullable: bool) -> FieldRef {
    Arc::new(Field::new(name, data_type, nullable))
}

/// The row header: what the engine, and only the engine, writes into each row.
pub fn header_fields() -> Vec<FieldRef> {
    vec![
        field(LEVEL, DataType::UInt8, false),
        field(AT, DataType::Int32, false),
        field(FATE, DataType::UInt8, false),
        field(STAGE, DataType::Utf8, true),
        field(REASON, DataType::Utf8, true),
        field(DETAIL, DataType::Utf8, true),
        field(ROW_ID, DataType::Utf8, false),
        field(PARENT, DataType::Utf8, true),
        field(SHARD, DataType::Utf8, false),
        field(SHARD_ROW, DataType::UInt64, false),
    ]
}

/// The columns of a document as readers fill them. `text` is null only in a row that could not be read.
pub fn document_fields() -> Vec<FieldRef> {
    let text = |name| field(name, DataType::Utf8, true);
    vec![
        field(DOC_ID, DataType::Utf8, false),
        text(TEXT),
        text(URL),
        text(SOURCE),
        text(LICENCE),
        text(LANGUAGE),
        text(META),
    ]
}

/// The columns of a pair as readers fill them, beside those of a document. All but question and answer may be absent.
pub fn pair_input_fields() -> Vec<FieldRef> {
    let mut fields: Vec<FieldRef> = PAIR_TEXTS.iter().map(|name| field(name, DataType::Utf8, true)).collect();
    fields.push(field(EVIDENCE_START, DataType::Int64, true));
    fields.push(field(EVIDENCE_END, DataType::Int64, true));
    fields.push(field(DIFFICULTY, DataType::Float32, true));
    fields.push(field(CHECKS, checks_type(), true));
    fields
}

/// The strings among the columns of a pair as readers fill them.
pub const PAIR_TEXTS: [&str; 13] = [
    QUESTION,
    ANSWER,
    ANSWER_TYPE,
    ANSWER_SPEC,
    DOMAIN,
    PERSONA,
    EVIDENCE,
    SPLIT,
    GEN_MODEL,
    GEN_PROMPT,
    GEN_REQUEST,
    RECIPE_NAME,
    RECIPE_HASH,
];

/// The type of one entry of `checks`.
pub fn check_fields() -> Fields {
    Fields::from(vec![
        field("name", DataType::Utf8, false),
        field("verdict", DataType::Utf8, false),
        field("score", DataType::Float32, true),
        field("version", DataType::Utf8, false),
    ])
}

/// The type of `checks`.
pub fn checks_type() -> DataType {
    DataType::List(field("item", DataType::Struct(check_fields()), true))
}

/// The type of a list of strings.
pub fn string_list() -> DataType {
    DataType::List(field("item", DataType::Utf8, true))
}

/// The type of a list of 32-bit floats.
pub fn float_list() -> DataType {
    DataType::List(field("item", DataType::Float32, true))
}

/// The type of `gen`: the model, the hash of its prompt and the hash of the request.
pub fn gen_fields() -> Fields {
    Fields::from(vec![
        field("model", DataType::Utf8, true),
        field("prompt_hash", DataType::Utf8, true),
        field("request_hash", DataType::Utf8, true),
    ])
}

/// The type of `recipe`: its name and the hash of all that it is made of.
pub fn recipe_fields() -> Fields {
    Fields::from(vec![field("name", DataType::Utf8, false), field("hash", DataType::Utf8, false)])
}

/// The columns of a published pair: one flat schema, the same in every file.
pub fn pair_fields() -> Vec<FieldRef> {
    let text = |name| field(name, DataType::Utf8, false);
    let maybe = |name| field(name, DataType::Utf8, true);
    vec![
        text("id"),
        text(QUESTION),
        text(ANSWER),
        text(ANSWER_TYPE),
        text(ANSWER_SPEC),
        maybe(DOMAIN),
        maybe(PERSONA),
        maybe(EVIDENCE),
        field(EVIDENCE_START, DataType::Int64, true),
        field(EVIDENCE_END, DataType::Int64, true),
        text(DOC_ID),
        maybe(URL),
        maybe(SOURCE),
        maybe(LICENCE),
        text(SPLIT),
        field(DIFFICULTY, DataType::Float32, true),
        field(CHECKS, checks_type(), true),
        field("gen", DataType::Struct(gen_fields()), false),
        field("recipe", DataType::Struct(recipe_fields()), false),
    ]
}

/// The columns of a published document: the text, keyed by `doc_id`, and what classifiers added.
pub fn source_fields() -> Vec<FieldRef> {
    let maybe = |name| field(name, DataType::Utf8, true);
    vec![
        field(DOC_ID, DataType::Utf8, false),
        field("source_text", DataType::Utf8, false),
        maybe(URL),
        maybe(SOURCE),
        maybe(LICENCE),
        maybe(LANGUAGE),
        maybe(META),
        maybe(DOMAIN),
        field(PERSONAS, string_list(), true),
    ]
}

/// The columns of a rejected or failed row: what it was, where it came from, and why it stopped.
pub fn outcome_fields() -> Vec<FieldRef> {
    let maybe = |name| field(name, DataType::Utf8, true);
    vec![
        field(ROW_ID, DataType::Utf8, false),
        field("level", DataType::Utf8, false),
        maybe(STAGE),
        maybe(REASON),
        maybe(DETAIL),
        field(DOC_ID, DataType::Utf8, false),
        field(SHARD, DataType::Utf8, false),
        field(SHARD_ROW, DataType::UInt64, false),
        maybe(URL),
        maybe(SOURCE),
        maybe(TEXT),
        maybe(DOMAIN),
        maybe(QUESTION),
        maybe(ANSWER),
        maybe(ANSWER_TYPE),
        maybe(ANSWER_SPEC),
        maybe(PERSONA),
        maybe(EVIDENCE),
        field(CHECKS, checks_type(), true),
    ]
}
