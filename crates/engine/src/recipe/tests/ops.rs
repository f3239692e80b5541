//! Small operators to check recipes against; none of them can be built.

use crate::operator::{BuildError, ColumnDef, ColumnType, OperatorDef, ParamDef, ParamKind, ParamValue, Shape, Takes};
use crate::recipe::{Checked, Override, Problems, SourceFile, parse};

const BLANK: OperatorDef<()> = OperatorDef {
    name: "",
    summary: "",
    version: 1,
    shape: Shape::Compute,
    takes: Takes::Documents,
    emits: false,
    reads: &[],
    adds: &[],
    reasons: &[],
    params: &[],
    build: |_| Err(BuildError::other("only described")),
};

const fn column(name: &'static str, kind: ColumnType) -> ColumnDef {
    ColumnDef { name, kind, doc: "" }
}

const fn param(name: &'static str, kind: ParamKind, default: Option<ParamValue>) -> ParamDef {
    ParamDef { name, kind, default, doc: "" }
}

const LENGTH_FILTER: OperatorDef<()> = OperatorDef {
    name: "length_filter",
    takes: Takes::Either,
    reads: &["text"],
    params: &[
        param("min_tokens", ParamKind::Int { min: 0, max: 100_000 }, Some(ParamValue::Int(50))),
        param("max_share", ParamKind::Float { min: 0.0, max: 1.0 }, Some(ParamValue::Float(0.5))),
        param("unit", ParamKind::Choice(&["tokens", "characters"]), Some(ParamValue::Text("tokens"))),
        param("strict", ParamKind::Bool, Some(ParamValue::Bool(false))),
        param("ignore", ParamKind::TextList, Some(ParamValue::TextList(&["a"]))),
        param("note", ParamKind::Text, Some(ParamValue::Text(""))),
    ],
    ..BLANK
};
const DOMAIN_CLASSIFY: OperatorDef<()> = OperatorDef {
    name: "domain_classify",
    reads: &["text"],
    adds: &[column("domain", ColumnType::Text), column("embedding", ColumnType::FloatList)],
    params: &[param("model", ParamKind::Text, None)],
    ..BLANK
};
const TOPIC_CLASSIFY: OperatorDef<()> = OperatorDef {
    name: "topic_classify",
    adds: &[column("domain", ColumnType::Int)],
    params: &[
        param("steps", ParamKind::FloatList, Some(ParamValue::FloatList(&[]))),
        param("by", ParamKind::Columns, Some(ParamValue::TextList(&[]))),
        param("prefer", ParamKind::Column, Some(ParamValue::Text(""))),
    ],
    ..BLANK
};
const PERSONA_ASSIGN: OperatorDef<()> = OperatorDef {
    name: "persona_assign",
    reads: &["domain", "embedding"],
    adds: &[column("personas", ColumnType::TextList)],
    ..BLANK
};
const CLOZE_GENERATE: OperatorDef<()> = OperatorDef {
    name: "cloze_generate",
    emits: true,
    reads: &["text", "domain"],
    adds: &[column("question", ColumnType::Text), column("answer", ColumnType::Text)],
    ..BLANK
};
const FORM_VERIFY: OperatorDef<()> = OperatorDef {
    name: "form_verify",
    takes: Takes::Pairs,
    reads: &["question", "text", "domain", "row_id", "checks"],
    ..BLANK
};
const MYSTERY_FILTER: OperatorDef<()> = OperatorDef { name: "mystery_filter", reads: &["mystery"], ..BLANK };

const ALL: &[&OperatorDef<()>] = &[
    &CLOZE_GENERATE,
    &DOMAIN_CLASSIFY,
    &FORM_VERIFY,
    &LENGTH_FILTER,
    &MYSTERY_FILTER,
    &PERSONA_ASSIGN,
    &TOPIC_CLASSIFY,
];

/// Parses a text under the name `recipe.toml`.
pub(super) fn parse_text(text: &str, overrides: &[Override]) -> Result<Checked, Problems> {
    parse(&file(text), ALL, overrides)
}

/// The text as a file.
pub(super) fn file(text: &str) -> SourceFile {
    SourceFile { name: "recipe.toml".to_owned(), text: text.to_owned() }
}
