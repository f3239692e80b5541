//! `decontaminate`: refuses documents and pairs that hold questions of benchmarks, and names the question.
//!
//! Rows are compared with packs of test questions in a normal form (`normal.rs`), so that case, punctuation, Unicode
//! forms, spacing, the order of options and numbers written as words make no difference. Three rules refuse: thirteen
//! words in a row that a question or its answer has too; runs of eight words that make up half of a question; and of a
//! question that is shorter than thirteen words the whole. A short question counts in a text where it stands between
//! marks or line ends, and of a pair also where it is all of the question.
//!
//! With an encoder, questions of another wording are noted as well, never refused: by the whole question of a pair, and
//! by the beginning of a document, which is all of it that an encoder reads.
//!
//! What many questions of a pack share, such as an instruction, belongs to none of them (`index.rs`).

mod choices;
mod grams;
mod index;
mod near;
mod normal;
mod numbers;
mod search;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use arrow::array::{ArrayRef, Float32Array, StringArray};
use quarry_engine::operator::{
    BuildContext, BuildError, ColumnDef, ColumnType, Compute, Decided, Operator, OperatorError, ParamDef, ParamKind,
    ParamValue, Params, ReasonDef, Rows, Shape, Takes,
};
use quarry_schema::{Fate, Level, column};
use serde_json::json;

use crate::packs::Pack;
use crate::verify::text_at;
use crate::{Def, Resources};
use index::{Index, Limits};
use near::Near;
use search::{Found, Rule, Search};

/// The description of `decontaminate`.
pub(crate) const DEF: Def = Def {
    name: "decontaminate",
    summary: "refuses documents and pairs that hold questions of benchmarks",
    version: 1,
    shape: Shape::Compute,
    takes: Takes::Either,
    emits: false,
    reads: &[],
    adds: &[
        ColumnDef {
            name: "benchmark_near",
            kind: ColumnType::Text,
            doc: "the test question that means nearly the same, with both texts, as JSON; needs `encoder`",
        },
        ColumnDef { name: "benchmark_score", kind: ColumnType::Float, doc: "the cosine of that question, up to 1" },
    ],
    reasons: &[
        ReasonDef {
            name: "benchmark_13_gram",
            doc: "`hit_words` words in a row (13) are those of a test question or its answer; the detail names it",
        },
        ReasonDef {
            name: "benchmark_coverage",
            doc: "runs of `coverage_words` words hold `min_coverage` of a test question; the detail names it",
        },
        ReasonDef {
            name: "benchmark_exact",
            doc: "a test question that is too short for the other rules stands there as a whole; the detail names it",
        },
    ],
    params: &PARAMS,
    build,
};

const PARAMS: [ParamDef; 7] = [
    ParamDef {
        name: "packs",
        kind: ParamKind::TextList,
        default: Some(ParamValue::TextList(&[])),
        doc: "the packs, as paths below the pipeline folder; a path that ends in `/` stands for all in that folder",
    },
    ParamDef {
        name: "hit_words",
        kind: ParamKind::Int { min: 4, max: 100 },
        default: Some(ParamValue::Int(13)),
        doc: "how many words in a row are too many; 13 in GPT-3 and since",
    },
    ParamDef {
        name: "coverage_words",
        kind: ParamKind::Int { min: 2, max: 100 },
        default: Some(ParamValue::Int(8)),
        doc: "how many words a run has that counts for the coverage; no more than `hit_words`",
    },
    ParamDef {
        name: "min_coverage",
        kind: ParamKind::Float { min: 0.01, max: 1.0 },
        default: Some(ParamValue::Float(0.5)),
        doc: "the share of a question in such runs that is too much",
    },
    ParamDef {
        name: "max_shared",
        kind: ParamKind::Int { min: 1, max: 1_000_000 },
        default: Some(ParamValue::Int(10)),
        doc: "how many different questions of a pack may share a run before it counts as an instruction, for none",
    },
    ParamDef {
        name: "encoder",
        kind: ParamKind::Text,
        default: Some(ParamValue::Text("")),
        doc: "the sentence encoder that finds other wordings, as the name of its folder in `models/`; empty for none",
    },
    ParamDef {
        name: "min_near",
        kind: ParamKind::Float { min: 0.0, max: 1.0 },
        default: Some(ParamValue::Float(0.9)),
        doc: "the least cosine at which another wording is noted",
    },
];

/// Characters of the row's own words in a detail.
const MATCHED_CHARS: usize = 300;
/// Characters of a test question in a detail.
const BENCHMARK_CHARS: usize = 1000;

struct Decontaminate {
    index: Index,
    level: Level,
    near: Option<Near>,
}

fn build(ctx: &mut BuildContext<'_, Resources>) -> Result<Operator, BuildError> {
    let limits = limits(ctx.params)?;
    let index = Index::new(packs(ctx)?, limits);
    let near = match ctx.params.text("encoder")? {
        "" => None,
        name => Some(Near::new(ctx, name, &index)?),
    };
    Ok(Operator::Compute(Arc::new(Decontaminate { index, level: ctx.level, near })))
}

fn limits(params: &Params) -> Result<Limits, BuildError> {
    let (hit_words, coverage_words) = (params.count("hit_words")?, params.count("coverage_words")?);
    if coverage_words > hit_words {
        return Err(BuildError::param("coverage_words", format!("it is more than `hit_words`, {hit_words}")));
    }
    let (min_coverage, max_shared) = (params.float("min_coverage")?, params.count("max_shared")?);
    Ok(Limits { hit_words, coverage_words, min_coverage, max_shared })
}

fn packs(ctx: &mut BuildContext<'_, Resources>) -> Result<Vec<Pack>, BuildError> {
    let problem = |error: crate::ResourceError| BuildError::param("packs", error.to_string());
    let mut paths = Vec::new();
    for path in ctx.params.list("packs")? {
        match path.strip_suffix('/') {
            Some(folder) => {
                let found = ["parquet", "jsonl"].map(|ending| ctx.resources.list(folder, ending));
                if let [Err(error), Err(_)] = found {
                    return Err(problem(error));
                }
                paths.extend(found.into_iter().flatten().flatten());
            }
            None => paths.push(path),
        }
    }
    if paths.is_empty() {
        let message = "no pack is named, so nothing could be found; `quarry pack` makes packs out of benchmark files";
        return Err(BuildError::param("packs", message));
    }
    let mut packs = Vec::with_capacity(paths.len());
    for path in paths {
        let (pack, digest) = ctx.resources.pack(&path).map_err(problem)?;
        ctx.depends_on(path, digest);
        packs.push(pack);
    }
    Ok(packs)
}

/// One text of a row that is searched.
struct Field<'a> {
    name: &'static str,
    text: &'a str,
    /// How many bytes of it are the question of a pair.
    question: Option<usize>,
}

impl Compute for Decontaminate {
    fn decide(&self, rows: Rows<'_>) -> Result<Decided, OperatorError> {
        let mut search = Search::new();
        let mut fates = Vec::with_capacity(rows.len());
        let mut shown: Vec<&str> = Vec::with_capacity(rows.len());
        match self.level {
            Level::Document => {
                for text in rows.text(column::TEXT)? {
                    let text = text.unwrap_or_default();
                    shown.push(text);
                    fates.push(self.fate(&mut search, &[Field { name: "text", text, question: None }]));
                }
            }
            Level::Pair => {
                let (questions, answers) = (rows.text(column::QUESTION)?, rows.text(column::ANSWER)?);
                // Pairs that come as input have no evidence.
                let evidence = rows.text(column::EVIDENCE).ok();
                let mut both = String::new();
                for idx in 0..rows.len() {
                    let question = text_at(questions, idx);
                    both.clear();
                    both.extend([question, "\n\n", text_at(answers, idx)]);
                    let evidence = evidence.map_or("", |evidence| text_at(evidence, idx));
                    let pair = Field { name: "answer", text: &both, question: Some(question.len()) };
                    shown.push(question);
                    fates.push(
                        self.fate(&mut search, &[pair, Field { name: "evidence", text: evidence, question: None }]),
                    );
                }
            }
        }
        let columns = self.near_columns(&shown, &fates)?;
        Ok(Decided { fates, columns, ..Decided::default() })
    }
}

impl Decontaminate {
    fn fate(&self, search: &mut Search, fields: &[Field<'_>]) -> Fate {
        for field in fields {
            if let Some(found) = search.find(&self.index, field.text, field.question) {
                let reason = match found.rule {
                    Rule::Hit => "benchmark_13_gram",
                    Rule::Coverage => "benchmark_coverage",
                    Rule::Exact => "benchmark_exact",
                };
                return Fate::reject(reason, self.detail(reason, field, found));
            }
        }
        Fate::Accept
    }

    fn detail(&self, rule: &str, field: &Field<'_>, found: Found) -> String {
        let (pack, item) = self.index.item(found.item).unzip();
        let (item, pack) = (item.cloned().unwrap_or_default(), pack.map_or("", |pack| pack.name.as_str()));
        let name = if field.question.is_some_and(|len| found.start < len) { "question" } else { field.name };
        let matched = field.text.get(found.start..found.end).unwrap_or_default();
        json!({
            "pack": pack,
            "item": item.name,
            "rule": rule,
            "field": name,
            "matched": bounded(matched, MATCHED_CHARS),
            "benchmark": bounded(&item.whole(), BENCHMARK_CHARS),
        })
        .to_string()
    }

    /// The columns for other wordings, null without an encoder and for refused rows.
    fn near_columns(&self, shown: &[&str], fates: &[Fate]) -> Result<Vec<ArrayRef>, OperatorError> {
        let mut found: Vec<Option<(u32, f32)>> = vec![None; shown.len()];
        if let Some(near) = &self.near {
            let live: Vec<usize> = (0..shown.len()).filter(|idx| fates.get(*idx) == Some(&Fate::Accept)).collect();
            let texts: Vec<&str> = live.iter().filter_map(|idx| shown.get(*idx).copied()).collect();
            for (idx, one) in live.into_iter().zip(near.find(&texts)?) {
                if let Some(slot) = found.get_mut(idx) {
                    *slot = one;
                }
            }
        }
        let text = |(found, shown): (&Option<(u32, f32)>, &&str)| {
            let (pack, item) = self.index.item((*found)?.0)?;
            let matched = bounded(shown, MATCHED_CHARS);
            let benchmark = bounded(&item.question, BENCHMARK_CHARS);
            Some(
                json!({ "pack": pack.name, "item": item.name, "matched": matched, "benchmark": benchmark }).to_string(),
            )
        };
        let texts: StringArray = found.iter().zip(shown).map(text).collect();
        let scores: Float32Array = found.iter().map(|found| found.map(|(_, score)| score)).collect();
        Ok(vec![Arc::new(texts), Arc::new(scores)])
    }
}

fn bounded(text: &str, max_chars: usize) -> String {
    match text.char_indices().nth(max_chars) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}
