//! `qa_repair`: gives a pair that was objected to one more chance: a model is told what is wrong and rewrites it.
//!
//! What comes back is a new pair and is held to the rules that every pair is held to; whether the objection is met is for
//! the next `qa_verify` to say. The document, the persona and the row's id stay. Pairs without an objection pass unasked.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, Int64Array, StringArray};
use futures::future::BoxFuture;
use minijinja::context;
use quarry_answers::{AnswerSpec, AnswerType, NotVerifiable, infer, infer_as};
use quarry_engine::operator::{
    BuildContext, BuildError, ColumnDef, ColumnType, Decided, Operator, OperatorError, ParamDef, ReasonDef, Remote,
    Rows, Shape, Takes,
};
use quarry_schema::{Fate, Verdict, column};
use serde::Deserialize;

use crate::ask::{
    Ask, Asked, Asker, Asking, Defaults, NUM_ASKING, asking_params, code_points, flag, object, one_of, plain, text,
};
use crate::qa_verify::OBJECTION;
use crate::rules::{Rules, Support};
use crate::verify::{Shown, Subject, decided, offset_at, one_line, text_at};
use crate::{Def, Resources, form_verify, grounding_verify, leakage_verify};

/// The description of `qa_repair`.
pub(crate) const DEF: Def = Def {
    name: "qa_repair",
    summary: "has a model rewrite a pair that was objected to, once, and holds the result to the rules",
    version: 1,
    shape: Shape::Remote,
    takes: Takes::Pairs,
    emits: false,
    reads: &[
        column::QUESTION,
        column::ANSWER,
        column::ANSWER_TYPE,
        column::ANSWER_SPEC,
        column::TEXT,
        column::EVIDENCE,
        column::EVIDENCE_START,
        column::EVIDENCE_END,
        column::GEN_MODEL,
        column::GEN_PROMPT,
        column::GEN_REQUEST,
        OBJECTION,
    ],
    adds: ADDS,
    reasons: &[
        ReasonDef { name: "not_repairable", doc: "the model sees no good question with a short answer in this fact" },
        ReasonDef {
            name: "still_faulty",
            doc: "a rule refuses what the model wrote; the detail has the rule's reason",
        },
        ReasonDef { name: "malformed_reply", doc: "no reply could be read, also when asked again" },
        ReasonDef { name: "too_long", doc: "the model's context does not hold the prompt" },
        ReasonDef { name: "filtered", doc: "the model or its server refused" },
    ],
    params: &PARAMS,
    build,
};

const ADDS: &[ColumnDef] = &[
    ColumnDef { name: column::QUESTION, kind: ColumnType::Text, doc: "the question, rewritten" },
    ColumnDef { name: column::ANSWER, kind: ColumnType::Text, doc: "the answer, rewritten" },
    ColumnDef { name: column::ANSWER_TYPE, kind: ColumnType::Text, doc: "the answer's type" },
    ColumnDef { name: column::ANSWER_SPEC, kind: ColumnType::Text, doc: "how replies are checked, a JSON string" },
    ColumnDef { name: column::EVIDENCE, kind: ColumnType::Text, doc: "the quote that holds the answer" },
    ColumnDef { name: column::EVIDENCE_START, kind: ColumnType::Int, doc: "its first code point in `text`" },
    ColumnDef { name: column::EVIDENCE_END, kind: ColumnType::Int, doc: "the code point after it" },
    ColumnDef { name: column::GEN_MODEL, kind: ColumnType::Text, doc: "the model that rewrote the pair" },
    ColumnDef { name: column::GEN_PROMPT, kind: ColumnType::Text, doc: "hash of the prompt of the rewriting" },
    ColumnDef { name: column::GEN_REQUEST, kind: ColumnType::Text, doc: "hash of the request of the rewriting" },
];

const PARAMS: [ParamDef; NUM_ASKING + 5] = asking_params(
    Defaults { model: "teacher", prompt: "qa_repair.md", temperature: 0.0, max_tokens: 1_024 },
    &[
        form_verify::PARAMS[0],
        form_verify::PARAMS[1],
        form_verify::PARAMS[2],
        leakage_verify::PARAMS[0],
        grounding_verify::PARAMS[0],
    ],
);

/// What the model writes.
#[derive(Debug, Deserialize)]
struct Rewritten {
    repairable: bool,
    #[serde(default)]
    question: String,
    #[serde(default, deserialize_with = "plain")]
    answer: String,
    #[serde(default)]
    answer_type: String,
    #[serde(default)]
    evidence: String,
}

/// The columns that a repair writes; those of the row as it came where nothing was rewritten.
#[derive(Clone, Debug, Default, PartialEq)]
struct Written {
    question: Option<String>,
    answer: Option<String>,
    answer_type: Option<String>,
    answer_spec: Option<String>,
    evidence: Option<String>,
    offsets: Option<(usize, usize)>,
    /// Model, prompt and request.
    made_by: [Option<String>; 3],
}

struct QaRepair {
    asker: Asker,
    rules: Rules,
}

fn build(ctx: &mut BuildContext<'_, Resources>) -> Result<Operator, BuildError> {
    let types = AnswerType::ALL.map(AnswerType::as_str);
    let schema = object(
        "qa_repair",
        &[
            ("repairable", flag()),
            ("question", text(2_000)),
            ("answer", text(240)),
            ("answer_type", one_of(&types)),
            ("evidence", text(1_500)),
        ],
    );
    let rules = Rules::new(ctx.params)?;
    let asker = Asker::build(ctx, Asking { schema, slots: &["question", "answer", "objection"] })?;
    Ok(Operator::Remote(Arc::new(QaRepair { asker, rules })))
}

impl Remote for QaRepair {
    fn decide<'a>(&'a self, rows: Rows<'a>) -> BoxFuture<'a, Result<Decided, OperatorError>> {
        Box::pin(async move {
            let before = Written::read(rows)?;
            let objection = one_line(text_at(rows.text(OBJECTION)?, 0));
            if objection.is_empty() {
                return Ok(before.into_decided(Fate::Accept, None));
            }
            let shown = Shown::read(rows, self.asker.max_passage_tokens())?;
            let Subject { question, answer, .. } = shown.pair;
            let ask = Ask {
                purpose: "repair",
                document: Some(shown.passage),
                instruction: context! {},
                tail: context! { question, answer, objection },
            };
            Ok(match self.asker.ask::<Rewritten>(ask).await? {
                Asked::Decided(fate) => before.into_decided(fate, None),
                Asked::Replied(replied) => {
                    let made_by = [
                        self.asker.model_id().to_owned(),
                        self.asker.prompt_digest().to_owned(),
                        replied.request.to_string(),
                    ];
                    self.judged(&replied.reply, before, &shown, made_by)
                }
            })
        })
    }

    fn in_flight(&self) -> usize {
        self.asker.in_flight()
    }
}

impl QaRepair {
    fn judged(&self, rewritten: &Rewritten, before: Written, shown: &Shown<'_>, made_by: [String; 3]) -> Decided {
        let verdict = |verdict| Some(Verdict { verdict, score: None });
        let (question, answer) = (rewritten.question.trim(), rewritten.answer.trim());
        if !rewritten.repairable || question.is_empty() || answer.is_empty() {
            let fate = Fate::reject("not_repairable", "the model gives it up");
            return before.into_decided(fate, verdict("not_repairable"));
        }
        if before.question.as_deref() == Some(question) && before.answer.as_deref() == Some(answer) {
            // The model stands by the pair. The checker may have erred, and has the last word.
            return before.into_decided(Fate::Accept, verdict("unchanged"));
        }
        let (after, refusal) = Written::of(rewritten, &before, shown, made_by);
        let fate = match refusal {
            Some(refusal) => Fate::reject("unreadable_answer", refusal.as_str()),
            None => self.fate(&after, shown.text),
        };
        match fate {
            Fate::Reject { reason, detail } => {
                let fate = Fate::reject("still_faulty", format!("{reason}: {detail}"));
                after.into_decided(fate, verdict("still_faulty"))
            }
            fate => after.into_decided(fate, verdict("pass")),
        }
    }

    fn fate(&self, after: &Written, text: &str) -> Fate {
        let (question, answer) = (after.question.as_deref(), after.answer.as_deref());
        let pair = Subject {
            question: question.unwrap_or_default(),
            answer: answer.unwrap_or_default(),
            spec: after.answer_spec.as_deref().and_then(|spec| AnswerSpec::from_json(spec).ok()),
        };
        let evidence = after.evidence.as_deref().unwrap_or_default();
        self.rules.fate(&pair, Support { text, evidence, offsets: after.offsets.unwrap_or((0, 0)) })
    }
}

impl Written {
    /// The row as it came.
    fn read(rows: Rows<'_>) -> Result<Written, OperatorError> {
        let cell = |name: &str| -> Result<Option<String>, OperatorError> {
            let texts = rows.text(name)?;
            Ok(texts.is_valid(0).then(|| texts.value(0).to_owned()))
        };
        let offset = |name: &str| Ok::<_, OperatorError>(offset_at(rows.int(name)?, 0));
        Ok(Written {
            question: cell(column::QUESTION)?,
            answer: cell(column::ANSWER)?,
            answer_type: cell(column::ANSWER_TYPE)?,
            answer_spec: cell(column::ANSWER_SPEC)?,
            evidence: cell(column::EVIDENCE)?,
            offsets: offset(column::EVIDENCE_START)?.zip(offset(column::EVIDENCE_END)?),
            made_by: [cell(column::GEN_MODEL)?, cell(column::GEN_PROMPT)?, cell(column::GEN_REQUEST)?],
        })
    }

    /// The rewritten pair; where no type fits its answer, the pair without a specification and the reason.
    fn of(
        rewritten: &Rewritten,
        before: &Written,
        shown: &Shown<'_>,
        made_by: [String; 3],
    ) -> (Written, Option<NotVerifiable>) {
        let (question, answer) = (rewritten.question.trim(), rewritten.answer.trim());
        let mut after = Written {
            question: Some(question.to_owned()),
            answer: Some(answer.to_owned()),
            answer_type: Some(rewritten.answer_type.clone()),
            made_by: made_by.map(Some),
            ..before.clone()
        };
        // A quote that is not in the document says nothing; the old one may still hold the answer.
        if let Some(bytes) = shown.find(&rewritten.evidence)
            && let Some(points) = code_points(shown.text, &bytes)
        {
            after.evidence = shown.text.get(bytes).map(str::to_owned);
            after.offsets = Some((points.start, points.end));
        }
        match spec_of(question, answer, &rewritten.answer_type) {
            Ok(spec) => {
                if let AnswerSpec::Choice(choice) = &spec {
                    after.answer = Some(choice.label.clone());
                }
                after.answer_type = Some(spec.answer_type().as_str().to_owned());
                after.answer_spec = Some(spec.to_json());
                (after, None)
            }
            Err(refusal) => {
                after.answer_spec = None;
                (after, Some(refusal))
            }
        }
    }

    fn into_decided(self, fate: Fate, verdict: Option<Verdict>) -> Decided {
        let text = |value: Option<String>| -> ArrayRef { Arc::new(StringArray::from(vec![value])) };
        let offset = |value: Option<usize>| -> ArrayRef {
            Arc::new(Int64Array::from(vec![value.and_then(|value| i64::try_from(value).ok())]))
        };
        let [model, prompt, request] = self.made_by;
        let columns = vec![
            text(self.question),
            text(self.answer),
            text(self.answer_type),
            text(self.answer_spec),
            text(self.evidence),
            offset(self.offsets.map(|offsets| offsets.0)),
            offset(self.offsets.map(|offsets| offsets.1)),
            text(model),
            text(prompt),
            text(request),
        ];
        Decided { columns, ..decided(fate, verdict) }
    }
}

/// The type that the model names, or the one that the answer has if that one does not fit.
fn spec_of(question: &str, answer: &str, named: &str) -> Result<AnswerSpec, NotVerifiable> {
    match named.parse::<AnswerType>() {
        Ok(named) => infer_as(answer, question, named).or_else(|_| infer(answer, question)),
        Err(_) => infer(answer, question),
    }
}

#[cfg(test)]
mod tests;
