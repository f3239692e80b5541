//! `exact_dedup`: of documents or pairs that say the same in the same words, keeps the first.
//!
//! Texts are compared by a 128-bit hash after NFKC, lower-casing and collapsing white space. A document is its text; a
//! pair is its question and answer. The order of the input decides which is first, never the time of arrival.

use std::sync::Arc;

use arrow::array::{BinaryArray, BinaryBuilder};
use quarry_engine::operator::{
    AllRows, Barrier, BuildContext, BuildError, Decide, Operator, OperatorError, ReasonDef, Rows, Shape, SortEntry,
    Takes,
};
use quarry_schema::{Fate, Level, column};

use crate::{Def, Resources, fingerprint::Fingerprint, partners::Partners};

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

    fn decide(&self, all: &dyn AllRows, decided: Decide<'_>) -> Result<(), OperatorError> {
        let mut sort = all.sort()?;
        all.keys(&mut |row| sort.push(SortEntry { key: halves(row.key), number: row.number }))?;
        let mut partners = Partners::default();
        let mut first: Option<SortEntry> = None;
        sort.finish(&mut |entry| {
            match first.filter(|first| first.key == entry.key) {
                Some(first) => partners.add(entry.number, first.number),
                None => first = Some(entry),
            }
            Ok(())
        })?;
        partners.decide(all, decided, |first| Fate::reject("duplicate_of", first))
    }
}

/// A key of sixteen bytes as two numbers.
fn halves(key: &[u8]) -> [u64; 2] {
    let half = |bytes: Option<&[u8]>| bytes.and_then(|bytes| bytes.try_into().ok()).map_or(0, u64::from_be_bytes);
    [half(key.get(..8)), half(key.get(8..16))]
}

#[cfg(test)]
mod tests {
    use quarry_engine::operator::Operator;

    use crate::check::{batch, build, check, no_resources};
    use crate::check_barrier::decide_all;

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
        let Operator::Barrier(barrier) = (super::DEF.build)(&mut ctx).unwrap() else { unreachable!() };
        let table = "text\nCafé au\\nlait\nother\nCafe\u{301} AU lait\nΟΔΟΣ\nοδος";
        let fates = decide_all(barrier.as_ref(), &super::DEF, &batch(table)).fates;
        let accepted: Vec<bool> = fates.iter().map(|fate| *fate == quarry_schema::Fate::Accept).collect();
        assert_eq!(accepted, [true, true, false, true, false]);
    }

    #[test]
    fn a_border_between_question_and_answer_counts() {
        assert!(build(&super::DEF, "", &no_resources()).is_ok());
        check(&super::DEF, "", "question | answer\nab | c\na | bc", "accept\naccept");
    }
}
