//! `exact_dedup`: of documents or pairs that say the same in the same words, keeps the first.
//!
//! Texts are compared by a 128-bit hash after NFKC, lower-casing and collapsing white space. A document is its text; a
//! pair is its question and answer. The order of the input decides which is first, never the time of arrival.

use std::sync::Arc;

use arrow::array::{BinaryArray, BinaryBuilder};
use quarry_engine::operator::{
    Barrier, BuildContext, BuildError, Operator, OperatorError, ReasonDef, RowKey, Rows, Shape, Takes,
};
use quarry_schema::{Fate, Level, column};

use crate::{Def, Resources, fingerprint::Fingerprint};

/// The description of `exact_dedup`.
pub(crate) const DEF: Def = Def {
    name: "exact_dedup",
    summary: "keeps the first of equal documents or pairs",
    version: 1,
    shape: Shape::Barrier,
    takes: Takes::Either,
    emits: false,
    reads: &[],
    adds: &[],
    reasons: &[ReasonDef { name: "duplicate_of", doc: "an earlier row says the same; the detail is its id" }],
    params: &[],
    build,
};

struct ExactDedup {
    level: Level,
}

fn build(ctx: &mut BuildContext<'_, Resources>) -> Result<Operator, BuildError> {
    Ok(Operator::Barrier(Arc::new(ExactDedup { level: ctx.level })))
}

impl Barrier for ExactDedup {
    fn keys(&self, rows: Rows<'_>) -> Result<BinaryArray, OperatorError> {
        let names: &[&str] = match self.level {
            Level::Document => &[column::TEXT],
            Level::Pair => &[column::QUESTION, column::ANSWER],
        };
        let columns = names.iter().map(|name| rows.text(name)).collect::<Result<Vec<_>, _>>()?;
        let mut keys = BinaryBuilder::with_capacity(rows.len(), rows.len() * 16);
        let mut fingerprint = Fingerprint::default();
        for idx in 0..rows.len() {
            if columns.iter().any(|column| arrow::array::Array::is_null(column, idx)) {
                keys.append_null();
                continue;
            }
            columns.iter().for_each(|column| fingerprint.add(column.value(idx)));
            keys.append_value(fingerprint.finish().to_be_bytes());
        }
        Ok(keys.finish())
    }

    fn decide(&self, first: &RowKey, _row: &RowKey) -> Fate {
        Fate::reject("duplicate_of", first.row_id.as_str())
    }
}

#[cfg(test)]
mod tests {
    use crate::check::{barrier_fates, batch, build, check, no_resources};

    #[test]
    fn pairs_are_equal_if_question_and_answer_are() {
        check(
            &super::DEF,
            "",
            "question | answer
             What is the ﬁrst prime? | 2
             what  is the first PRIME? | 2
             What is the first prime? | two
             What is the first prime?2 | \\0
             \\0 | 2
             \\0 | 2
             What is the first prime? | 2",
            "accept
             reject duplicate_of: r0
             accept
             accept
             accept
             accept
             reject duplicate_of: r0",
        );
    }

    #[test]
    fn documents_are_equal_if_their_texts_are() {
        let params = quarry_engine::operator::Params::default();
        let resources = no_resources();
        let level = quarry_schema::Level::Document;
        let place = quarry_engine::operator::Place { stage: "distinct", position: 0, level, seed: 1 };
        let mut ctx = quarry_engine::operator::BuildContext::new(&params, place, &resources);
        let operator = (super::DEF.build)(&mut ctx).unwrap();
        let table = "text\nCafé au\\nlait\nother\nCafe\u{301} AU lait\nΟΔΟΣ\nοδος";
        let fates = barrier_fates(&operator, &batch(table));
        let accepted: Vec<bool> = fates.iter().map(|fate| *fate == quarry_schema::Fate::Accept).collect();
        assert_eq!(accepted, [true, true, false, true, false]);
    }

    #[test]
    fn a_border_between_question_and_answer_counts() {
        assert!(build(&super::DEF, "", &no_resources()).is_ok());
        check(&super::DEF, "", "question | answer\nab | c\na | bc", "accept\naccept");
    }
}
