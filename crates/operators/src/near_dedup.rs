//! `near_dedup`: of documents or questions that share most of their words, keeps one.
//!
//! Two texts are compared by the share of their shingles, runs of five words, that both have. MinHash puts texts that may
//! be alike into common buckets; then the exact similarity decides, so nothing below the threshold goes. With the bands
//! given here, of two texts with similarity 0.8 at least 99.98 % meet; with FineWeb's 14 bands of 8, of which each costs
//! less, 92 % do (0.85: 98.7 %, 0.9: 99.96 %). A false meeting costs one comparison.
//!
//! Rows are taken in order: a row goes only if it is alike to an earlier one *that stays*, which its detail names. By
//! default that is the order of the input; with `prefer` rows with more of it come first.
//!
//! Of pairs the question is the text. There a row also goes if it asks for the same fact of the same document as an
//! earlier one: `near_dedup/fact.rs` says what that is.

mod buckets;
mod decide;
mod fact;
mod jaccard;
mod key;
mod seen;
mod shingles;
mod signature;
#[cfg(test)]
mod tests;
mod walk;
mod words;

use std::sync::Arc;

use arrow::array::BinaryArray;
use quarry_engine::operator::{
    AllRows, Barrier, BuildContext, BuildError, Decide, Operator, OperatorError, ParamDef, ParamKind, ParamValue,
    ReasonDef, Rows, Shape, Takes,
};
use quarry_schema::Level;

use crate::{Def, Resources};
use key::Keys;

/// The description of `near_dedup`.
pub(crate) const DEF: Def = Def {
    name: "near_dedup",
    summary: "keeps one of documents or questions that share most of their words",
    version: 1,
    shape: Shape::Barrier,
    takes: Takes::Either,
    emits: false,
    reads: &[],
    adds: &[],
    reasons: &[
        ReasonDef {
            name: "near_duplicate_of",
            doc: "a row that stays shares most of its words; the detail is its id and the Jaccard similarity",
        },
        ReasonDef {
            name: "same_fact",
            doc: "a question that stays asks for the same fact of the same document; the detail is its id",
        },
    ],
    params: &PARAMS,
    build,
};

const PARAMS: [ParamDef; 5] = [
    ParamDef {
        name: "threshold",
        kind: ParamKind::Float { min: 0.1, max: 1.0 },
        default: Some(ParamValue::Float(0.8)),
        doc: "the Jaccard similarity of shingles from which on a row is a duplicate",
    },
    ParamDef {
        name: "bands",
        kind: ParamKind::Int { min: 1, max: 256 },
        default: Some(ParamValue::Int(22)),
        doc: "how many bands the signature is cut into; texts of similarity s meet with the chance 1 - (1 - s^rows)^bands",
    },
    ParamDef {
        name: "rows",
        kind: ParamKind::Int { min: 1, max: 64 },
        default: Some(ParamValue::Int(5)),
        doc: "how many MinHash values a band has; FineWeb takes 14 bands of 8, which finds 92 % of pairs at 0.8",
    },
    ParamDef {
        name: "shingle_words",
        kind: ParamKind::Int { min: 1, max: 64 },
        default: Some(ParamValue::Int(5)),
        doc: "how many words a shingle has; a shorter text is one shingle",
    },
    ParamDef {
        name: "prefer",
        kind: ParamKind::Text,
        default: Some(ParamValue::Text("")),
        doc: "a column or field of the input with numbers: of duplicates the row with the greatest stays, of equal ones the first",
    },
];

/// The operator.
struct NearDedup {
    threshold: f64,
    keys: Keys,
}

fn build(ctx: &mut BuildContext<'_, Resources>) -> Result<Operator, BuildError> {
    let count = |name: &'static str| -> Result<usize, BuildError> {
        usize::try_from(ctx.params.int(name)?).map_err(|_| BuildError::param(name, "is no count"))
    };
    let keys = Keys::new(key::Settings {
        bands: count("bands")?,
        rows: count("rows")?,
        shingle_words: count("shingle_words")?,
        prefer: ctx.params.text("prefer")?.to_owned(),
        has_facts: ctx.level == Level::Pair,
    });
    Ok(Operator::Barrier(Arc::new(NearDedup { threshold: ctx.params.float("threshold")?, keys })))
}

impl Barrier for NearDedup {
    fn keys(&self, rows: Rows<'_>) -> Result<BinaryArray, OperatorError> {
        self.keys.of(rows)
    }

    fn decide(&self, all: &dyn AllRows, decided: Decide<'_>) -> Result<(), OperatorError> {
        decide::decide(&self.keys, self.threshold, all, decided)
    }
}
