//! `cloze_generate`: makes pairs by masking a checkable span of a sentence; no model is called.
//!
//! The method is that of Golden Goose (arXiv 2601.22975), see `cloze`. This file reads the columns, turns what was asked
//! into rows, and nothing else. A pair depends on the document's row, the params, the two banks and the seed alone.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Int64Builder, StringArray, StringBuilder};
use quarry_engine::operator::{
    BuildContext, BuildError, ColumnDef, ColumnType, Compute, Decided, Emitted, Operator, OperatorError, ParamDef,
    ParamKind, ParamValue, ReasonDef, Rows, Shape, Takes,
};
use quarry_schema::{Fate, column, content_id};
use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::cloze::{Asked, Distractors, Pair, Request, ask};
use crate::{Def, Persona, PersonaBank, Resources};

/// Stored in every pair; raised when the generator writes other questions.
const GENERATOR: &str = "cloze/1";

/// The description of `cloze_generate`.
pub(crate) const DEF: Def = Def {
    name: "cloze_generate",
    summary: "asks for masked facts of a document, openly or as a choice, without a model",
    version: 2,
    shape: Shape::Compute,
    takes: Takes::Documents,
    emits: true,
    reads: &[column::TEXT, column::META, column::PERSONAS],
    adds: ADDS,
    reasons: &[
        ReasonDef { name: "no_persona", doc: "no persona of the bank is assigned, so nobody asks" },
        ReasonDef { name: "no_topic", doc: "neither the title nor the first sentence says what the document is about" },
        ReasonDef { name: "no_sentence", doc: "no sentence stands alone" },
        ReasonDef { name: "no_fact", doc: "no sentence that stands alone pins a fact that can be checked" },
    ],
    params: PARAMS,
    build,
};

const ADDS: &[ColumnDef] = &[
    ColumnDef { name: column::QUESTION, kind: ColumnType::Text, doc: "the question, which stands alone" },
    ColumnDef { name: column::ANSWER, kind: ColumnType::Text, doc: "the masked span, or the letter of a choice" },
    ColumnDef { name: column::ANSWER_TYPE, kind: ColumnType::Text, doc: "the answer's type" },
    ColumnDef { name: column::ANSWER_SPEC, kind: ColumnType::Text, doc: "how replies are checked, a JSON string" },
    ColumnDef { name: column::PERSONA, kind: ColumnType::Text, doc: "the id of the persona that asks" },
    ColumnDef { name: column::EVIDENCE, kind: ColumnType::Text, doc: "the sentence that holds the answer" },
    ColumnDef { name: column::EVIDENCE_START, kind: ColumnType::Int, doc: "its first code point in `text`" },
    ColumnDef { name: column::EVIDENCE_END, kind: ColumnType::Int, doc: "the code point after it" },
    ColumnDef { name: column::GEN_MODEL, kind: ColumnType::Text, doc: "the generator and its version" },
    ColumnDef {
        name: column::GEN_PROMPT,
        kind: ColumnType::Text,
        doc: "hash of the banks of personas and distractors",
    },
    ColumnDef { name: column::GEN_REQUEST, kind: ColumnType::Text, doc: "null: no request is made" },
];

const PARAMS: &[ParamDef] = &[
    ParamDef {
        name: "questions_per_persona",
        kind: ParamKind::Int { min: 1, max: 20 },
        default: Some(ParamValue::Int(2)),
        doc: "how many questions a persona may ask about a document; the reference system has one",
    },
    ParamDef {
        name: "max_questions",
        kind: ParamKind::Int { min: 1, max: 100 },
        default: Some(ParamValue::Int(5)),
        doc: "how many questions may be asked about a document",
    },
    ParamDef {
        name: "max_answer_words",
        kind: ParamKind::Int { min: 1, max: 12 },
        default: Some(ParamValue::Int(8)),
        doc: "longer answers are not asked for",
    },
    ParamDef {
        name: "choice_share",
        kind: ParamKind::Float { min: 0.0, max: 1.0 },
        default: Some(ParamValue::Float(0.15)),
        doc: "which share of the exact facts that have distractors is asked as a choice; rough figures always are",
    },
    ParamDef {
        name: "num_options",
        kind: ParamKind::Int { min: 3, max: 9 },
        default: Some(ParamValue::Int(6)),
        doc: "how many options a choice has at most; Golden Goose has 9",
    },
    ParamDef {
        name: "personas",
        kind: ParamKind::Text,
        default: Some(ParamValue::Text("personas")),
        doc: "the folder of the persona bank, below the pipeline directory",
    },
    ParamDef {
        name: "distractors",
        kind: ParamKind::Text,
        default: Some(ParamValue::Text("distractors")),
        doc: "the folder of the distractor bank, below the pipeline directory",
    },
];

struct ClozeGenerate {
    personas: PersonaBank,
    distractors: Distractors,
    banks_digest: String,
    seed: u64,
    questions_per_persona: usize,
    max_questions: usize,
    max_answer_words: usize,
    choice_share: f64,
    num_options: usize,
}

fn build(ctx: &mut BuildContext<'_, Resources>) -> Result<Operator, BuildError> {
    let personas = PersonaBank::load(ctx.resources, ctx.params.text("personas")?)
        .map_err(|error| BuildError::param("personas", error.to_string()))?;
    let (distractors, digest) = load_distractors(ctx.resources, ctx.params.text("distractors")?)
        .map_err(|error| BuildError::param("distractors", error))?;
    ctx.depends_on("personas", personas.digest());
    ctx.depends_on("distractors", &digest);
    Ok(Operator::Compute(Arc::new(ClozeGenerate {
        banks_digest: content_id(&[personas.digest(), &digest]),
        personas,
        distractors,
        seed: ctx.seed,
        questions_per_persona: ctx.params.count("questions_per_persona")?,
        max_questions: ctx.params.count("max_questions")?,
        max_answer_words: ctx.params.count("max_answer_words")?,
        choice_share: ctx.params.float("choice_share")?,
        num_options: ctx.params.count("num_options")?,
    })))
}

fn load_distractors(resources: &Resources, folder: &str) -> Result<(Distractors, String), String> {
    let mut texts = Vec::new();
    let mut digests = Vec::new();
    for path in resources.list(folder, "toml").map_err(|error| error.to_string())? {
        let file = resources.file(&path).map_err(|error| error.to_string())?;
        texts.push(file.text);
        digests.push(file.digest);
    }
    let distractors = Distractors::parse(texts.iter().map(String::as_str)).map_err(|error| error.to_string())?;
    let digests: Vec<&str> = digests.iter().map(String::as_str).collect();
    Ok((distractors, content_id(&digests)))
}

impl Compute for ClozeGenerate {
    fn decide(&self, rows: Rows<'_>) -> Result<Decided, OperatorError> {
        let (texts, metas, ids) = (rows.text(column::TEXT)?, rows.text(column::META)?, rows.ids()?);
        let personas = rows.list(column::PERSONAS)?;
        let mut fates = Vec::with_capacity(rows.len());
        let mut pairs = PairRows::default();
        for row in 0..rows.len() {
            let text = if texts.is_valid(row) { texts.value(row) } else { "" };
            let title = metas.is_valid(row).then(|| title(metas.value(row))).flatten();
            let askers = if personas.is_valid(row) { self.askers(&personas.value(row)) } else { Vec::new() };
            let asked = self.ask(text, title.as_deref(), &askers, ids.value(row));
            fates.push(fate(&asked, askers.is_empty()));
            if let Asked::Pairs(made) = asked {
                pairs.extend(row, text, &made, &self.banks_digest);
            }
        }
        Ok(Decided { fates, emitted: Some(pairs.finish()), ..Decided::default() })
    }
}

impl ClozeGenerate {
    fn askers(&self, ids: &ArrayRef) -> Vec<&Persona> {
        let ids: Option<&StringArray> = ids.as_string_opt();
        ids.into_iter().flatten().flatten().filter_map(|id| self.personas.get(id)).collect()
    }

    fn ask(&self, text: &str, title: Option<&str>, personas: &[&Persona], row_id: &str) -> Asked {
        let request = Request {
            text,
            title,
            personas,
            seed: xxh3_64_with_seed(row_id.as_bytes(), self.seed),
            questions_per_persona: self.questions_per_persona,
            max_questions: self.max_questions,
            max_answer_words: self.max_answer_words,
            choice_share: self.choice_share,
            num_options: self.num_options,
        };
        ask(request, &self.distractors)
    }
}

fn fate(asked: &Asked, nobody_asks: bool) -> Fate {
    match asked {
        Asked::Pairs(_) => Fate::Accept,
        _ if nobody_asks => Fate::reject("no_persona", ""),
        Asked::NoTopic => Fate::reject("no_topic", ""),
        Asked::NoSentence => Fate::reject("no_sentence", ""),
        Asked::NoFact => Fate::reject("no_fact", ""),
    }
}

fn title(meta: &str) -> Option<String> {
    let meta: serde_json::Value = serde_json::from_str(meta).ok()?;
    let title = meta.get("title")?.as_str()?.trim();
    (!title.is_empty()).then(|| title.to_owned())
}

/// The columns of the pairs while they are written, in the order of [`ADDS`].
#[derive(Default)]
struct PairRows {
    parents: Vec<usize>,
    texts: [StringBuilder; 6],
    start: Int64Builder,
    end: Int64Builder,
    gen_model: StringBuilder,
    gen_prompt: StringBuilder,
    gen_request: StringBuilder,
}

impl PairRows {
    fn extend(&mut self, row: usize, text: &str, pairs: &[Pair], banks_digest: &str) {
        for pair in pairs {
            let evidence = &text[pair.evidence.clone()];
            let start = text[..pair.evidence.start].chars().count();
            let (spec, answer_type) = (pair.spec.to_json(), pair.spec.answer_type().as_str());
            let values = [&pair.question, &pair.answer, answer_type, &spec, &pair.persona, evidence];
            for (builder, value) in self.texts.iter_mut().zip(values) {
                builder.append_value(value);
            }
            self.parents.push(row);
            self.start.append_option(i64::try_from(start).ok());
            self.end.append_option(i64::try_from(start + evidence.chars().count()).ok());
            self.gen_model.append_value(GENERATOR);
            self.gen_prompt.append_value(banks_digest);
            self.gen_request.append_null();
        }
    }

    fn finish(mut self) -> Emitted {
        let mut columns: Vec<ArrayRef> =
            self.texts.iter_mut().map(|builder| Arc::new(builder.finish()) as ArrayRef).collect();
        columns.push(Arc::new(self.start.finish()));
        columns.push(Arc::new(self.end.finish()));
        columns.push(Arc::new(self.gen_model.finish()));
        columns.push(Arc::new(self.gen_prompt.finish()));
        columns.push(Arc::new(self.gen_request.finish()));
        Emitted { parents: self.parents, columns }
    }
}

#[cfg(test)]
mod tests {
    use arrow::array::AsArray;
    use arrow::datatypes::Int64Type;
    use quarry_answers::{AnswerSpec, check as check_reply};
    use quarry_engine::operator::{Decided, Operator, Rows};

    use crate::Resources;
    use crate::check::{batch, build, render};

    const TABLE: &str = "text | meta | personas
        Timbuktu is an ancient city in Mali, situated 20 kilometres north of the Niger River. It was founded in 1100 by the Tuareg. | {\"title\": \"Timbuktu\"} | [hydrologist]
        Ünï €. Ytterbium is a chemical element; it has symbol Yb and atomic number 70. | {\"title\": \"Ytterbium\"} | [hydrologist]
        Timbuktu is an ancient city in Mali. | \\0 | \\0
        Click here to go on. | {\"title\": \"How to?\"} | [hydrologist]
        \\0 | \\0 | [hydrologist]";

    fn pipeline() -> Resources {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../pipeline");
        Resources::new(root, quarry_onnx::RuntimeConfig::default())
    }

    fn decide(params: &str) -> Decided {
        let Operator::Compute(operator) = build(&super::DEF, params, &pipeline()).unwrap() else { unreachable!() };
        operator.decide(Rows::new(&batch(TABLE))).unwrap()
    }

    fn column(decided: &Decided, index: usize) -> Vec<String> {
        let column = decided.emitted.as_ref().unwrap().columns[index].as_string::<i32>();
        column.iter().map(|value| value.unwrap_or_default().to_owned()).collect()
    }

    #[test]
    fn documents_without_a_fact_are_rejected_with_the_reason() {
        let fates = render(&decide(""));
        assert_eq!(fates[0], "accept");
        assert_eq!(fates[1], "accept");
        assert!(fates[2].starts_with("reject no_persona"), "{fates:?}");
        assert!(fates[3].starts_with("reject no_topic"), "{fates:?}");
        assert!(fates[4].starts_with("reject no_topic"), "{fates:?}");
    }

    #[test]
    fn evidence_is_the_text_at_its_code_points_and_holds_the_answer() {
        let decided = decide("choice_share = 0.0");
        let emitted = decided.emitted.as_ref().unwrap();
        let table = batch(TABLE);
        let texts = Rows::new(&table).text("text").unwrap();
        let (starts, ends) =
            (emitted.columns[6].as_primitive::<Int64Type>(), emitted.columns[7].as_primitive::<Int64Type>());
        assert!(emitted.parents.len() >= 2);
        for (idx, evidence) in column(&decided, 5).iter().enumerate() {
            let skip = usize::try_from(starts.value(idx)).unwrap();
            let len = usize::try_from(ends.value(idx)).unwrap() - skip;
            let span: String = texts.value(emitted.parents[idx]).chars().skip(skip).take(len).collect();
            assert_eq!(&span, evidence);
            assert!(evidence.contains(&column(&decided, 1)[idx]));
        }
    }

    #[test]
    fn every_answer_is_accepted_by_its_own_spec_and_not_shown() {
        for choice_share in ["0.0", "1.0"] {
            let decided = decide(&format!("choice_share = {choice_share}\nquestions_per_persona = 5"));
            let [questions, answers, types, specs, personas] = [0, 1, 2, 3, 4].map(|index| column(&decided, index));
            for (idx, question) in questions.iter().enumerate() {
                let spec = AnswerSpec::from_json(&specs[idx]).unwrap();
                assert!(check_reply(&spec, &answers[idx]).is_correct());
                assert_eq!(spec.answer_type().as_str(), types[idx]);
                assert_eq!(personas[idx], "hydrologist");
                assert!(types[idx] == "choice" || !question.contains(&answers[idx]), "{question}");
            }
        }
    }

    #[test]
    fn limits_hold_and_the_same_seed_asks_the_same() {
        let one = decide("max_questions = 1");
        assert_eq!(one.emitted.as_ref().unwrap().parents, vec![0, 1]);
        assert_eq!(column(&one, 0), column(&decide("max_questions = 1"), 0));
    }
}
