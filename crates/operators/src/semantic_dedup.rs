//! `semantic_dedup`: finds documents or pairs that say the same in other words, by the vectors of a sentence encoder.
//!
//! A row is compared with all rows before it that were kept themselves, exactly: no index that finds nearly all stands
//! between. A pair is its question, and another pair means the same only if its answer is the same as well: of one sentence
//! with two blanks the vectors hardly tell which one is asked for.

mod directions;
mod embed;
mod kept;
mod vector;

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{BinaryArray, BinaryBuilder};
use quarry_engine::operator::{
    AllRows, Barrier, BuildContext, BuildError, ColumnDef, ColumnType, Decide, Decision, Operator, OperatorError,
    ParamDef, ParamKind, ParamValue, ReasonDef, Rows, Shape, Takes, Value,
};
use quarry_schema::{Fate, Level};

use crate::fingerprint::Fingerprint;
use crate::verify::Pairs;
use crate::{Def, Resources};
use embed::Vectors;
use kept::{Kept, Match, Row};
use vector::{Score, as_bytes, as_parts, quantise};

/// The description of `semantic_dedup`.
pub(crate) const DEF: Def = Def {
    name: "semantic_dedup",
    summary: "marks or rejects what says the same as an earlier row in other words",
    version: 1,
    shape: Shape::Barrier,
    takes: Takes::Either,
    emits: false,
    reads: &[],
    adds: &[
        ColumnDef {
            name: "semantic_neighbour",
            kind: ColumnType::Text,
            doc: "the id of the earlier row that says the same, where there is one",
        },
        ColumnDef { name: "semantic_score", kind: ColumnType::Float, doc: "the cosine to it, in thousandths" },
    ],
    reasons: &[ReasonDef {
        name: "same_meaning_as",
        doc: "an earlier row says the same in other words; the detail is its id and the cosine",
    }],
    params: &[
        ParamDef {
            name: "threshold",
            kind: ParamKind::Float { min: 0.3, max: 1.0 },
            default: Some(ParamValue::Float(0.9)),
            doc: "the least cosine of two rows that say the same; semhash uses 0.9, SemDeDup 0.9 to 0.95",
        },
        ParamDef {
            name: "on_duplicate",
            kind: ParamKind::Choice(&["mark", "reject"]),
            default: Some(ParamValue::Text("mark")),
            doc: "whether a row with an earlier neighbour stays, with the two columns filled, or goes",
        },
        ParamDef {
            name: "same_answer",
            kind: ParamKind::Bool,
            default: Some(ParamValue::Bool(true)),
            doc: "compares a pair only with pairs of the same answer; of a choice that is the text of the right option",
        },
        ParamDef {
            name: "windows",
            kind: ParamKind::Int { min: 1, max: 64 },
            default: Some(ParamValue::Int(4)),
            doc: "how many windows of 90 words of a document the encoder reads, from its beginning on; the vector is \
                  their mean",
        },
        ParamDef {
            name: "encoder",
            kind: ParamKind::Text,
            default: Some(ParamValue::Text("minilm")),
            doc: "the encoder, as the name of its folder in `models/`",
        },
        ParamDef {
            name: "vectors",
            kind: ParamKind::Column,
            default: Some(ParamValue::Text("")),
            doc: "a column of vectors that are compared instead, such as `embedding` of `domain_classify`; nothing is \
                  encoded again",
        },
    ],
    build,
};

/// Rows that are read before they are compared, so that all threads have work.
const ROWS_AT_ONCE: usize = 4096;
/// Bytes of a key before the vector: the digest of the answer.
const ANSWER_BYTES: usize = 8;

struct SemanticDedup {
    level: Level,
    vectors: Vectors,
    threshold: Score,
    rejects: bool,
    same_answer: bool,
}

fn build(ctx: &mut BuildContext<'_, Resources>) -> Result<Operator, BuildError> {
    Ok(Operator::Barrier(Arc::new(SemanticDedup {
        level: ctx.level,
        vectors: Vectors::open(ctx)?,
        threshold: Score::of(ctx.params.float("threshold")?),
        rejects: ctx.params.text("on_duplicate")? == "reject",
        same_answer: ctx.params.flag("same_answer")?,
    })))
}

impl Barrier for SemanticDedup {
    fn keys(&self, rows: Rows<'_>) -> Result<BinaryArray, OperatorError> {
        let answers = self.answers(rows)?;
        let mut keys = BinaryBuilder::new();
        for (vector, answer) in self.vectors.of(rows, self.level)?.iter().zip(answers) {
            match quantise(vector) {
                Some(parts) => keys.append_value([&answer.to_be_bytes()[..], &as_bytes(&parts)].concat()),
                None => keys.append_null(),
            }
        }
        Ok(keys.finish())
    }

    fn decide(&self, all: &dyn AllRows, decided: Decide<'_>) -> Result<(), OperatorError> {
        let mut found = Found { same_answer: HashMap::new(), threshold: self.threshold, matches: Vec::new() };
        let mut rows: Vec<(u64, Row)> = Vec::with_capacity(ROWS_AT_ONCE);
        let mut len = None;
        all.keys(&mut |row| {
            if *len.get_or_insert(row.key.len()) != row.key.len() {
                return Err(OperatorError::new("the vectors to compare are of different lengths"));
            }
            let (answer, vector) = row.key.split_at_checked(ANSWER_BYTES).unwrap_or_default();
            let answer = answer.try_into().map_or(0, u64::from_be_bytes);
            rows.push((answer, Row { number: row.number, vector: as_parts(vector) }));
            if rows.len() == ROWS_AT_ONCE {
                found.take(std::mem::take(&mut rows));
            }
            Ok(())
        })?;
        found.take(rows);
        self.tell(all, found.matches, decided)
    }
}

impl SemanticDedup {
    /// What has to be the same for two rows to be compared at all.
    fn answers(&self, rows: Rows<'_>) -> Result<Vec<u64>, OperatorError> {
        if self.level == Level::Document || !self.same_answer {
            return Ok(vec![0; rows.len()]);
        }
        let pairs = Pairs::read(rows)?;
        let mut fingerprint = Fingerprint::default();
        let digest = |idx| {
            fingerprint.add(pairs.subject(idx).fact());
            #[expect(clippy::cast_possible_truncation, reason = "half of a hash is a hash")]
            let digest = fingerprint.finish() as u64;
            digest
        };
        Ok((0..rows.len()).map(digest).collect())
    }

    /// Looks up the ids of neighbours and decides about the rows that have one.
    fn tell(&self, all: &dyn AllRows, matches: Vec<(u32, Match)>, decided: Decide<'_>) -> Result<(), OperatorError> {
        let mut ids: HashMap<u32, String> = matches.iter().map(|(_, found)| (found.number, String::new())).collect();
        all.keys(&mut |row| {
            if let Some(id) = ids.get_mut(&row.number) {
                row.row_id.clone_into(id);
            }
            Ok(())
        })?;
        let num_standing = all.num_standing();
        for (number, found) in matches.into_iter().filter(|(number, _)| *number >= num_standing) {
            let id = ids.get(&found.number).cloned().unwrap_or_default();
            let fate = match self.rejects {
                true => Fate::reject("same_meaning_as", format!("{id} {:.3}", found.score.cosine())),
                false => Fate::Accept,
            };
            #[expect(clippy::cast_possible_truncation, reason = "a score has three digits")]
            let values = vec![Value::Text(id), Value::Float(found.score.cosine() as f32)];
            decided(Decision { number, fate, values })?;
        }
        Ok(())
    }
}

/// What was found so far.
struct Found {
    same_answer: HashMap<u64, Kept>,
    threshold: Score,
    matches: Vec<(u32, Match)>,
}

impl Found {
    fn take(&mut self, rows: Vec<(u64, Row)>) {
        use rayon::iter::{IntoParallelIterator, ParallelIterator};

        let mut groups: HashMap<u64, Vec<Row>> = HashMap::new();
        for (answer, row) in rows {
            groups.entry(answer).or_default().push(row);
        }
        let threshold = self.threshold;
        let take_out =
            |(answer, rows)| (answer, self.same_answer.remove(&answer).unwrap_or_else(|| Kept::new(threshold)), rows);
        let groups: Vec<(u64, Kept, Vec<Row>)> = groups.into_iter().map(take_out).collect();
        let decided = |(answer, mut kept, rows): (u64, Kept, Vec<Row>)| {
            let matches = kept.take(&rows);
            (answer, kept, matches)
        };
        let groups: Vec<_> = groups.into_par_iter().map(decided).collect();
        for (answer, kept, matches) in groups {
            self.same_answer.insert(answer, kept);
            self.matches.extend(matches);
        }
    }
}

#[cfg(test)]
mod tests;
