//! `qa_verify`: a model judges a pair against the document: does the question stand alone, is the answer right, does the
//! question keep it to itself.
//!
//! The three tests are those of Webscale-RL. An objection rejects the pair or is noted in it for `qa_repair`. What the
//! checker writes is data: it goes into a reject's detail or to the repair, cleaned, and decides nothing.

use std::sync::Arc;

use arrow::array::StringArray;
use futures::future::BoxFuture;
use minijinja::context;
use quarry_engine::operator::{
    BuildContext, BuildError, ColumnDef, ColumnType, Decided, Operator, OperatorError, ParamDef, ParamKind, ParamValue,
    ReasonDef, Remote, Rows, Shape, Takes,
};
use quarry_schema::{Fate, Verdict, column};

use crate::ask::{Ask, Asked, Asker, Asking, Defaults, NUM_ASKING, asking_params, flag, object, text};
use crate::verify::{LEAKED_ANSWER, NEEDS_DOCUMENT, Shown, Tally, Vote, WRONG_ANSWER, decided, tally};
use crate::{Def, Resources};

/// The column of objections, between a check that marks and a repair.
pub(crate) const OBJECTION: &str = "objection";

/// The description of `qa_verify`.
pub(crate) const DEF: Def = Def {
    name: "qa_verify",
    summary: "asks a model whether a pair stands alone, is right by the document, and keeps its answer to itself",
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
        column::EVIDENCE_START,
    ],
    adds: &[ColumnDef {
        name: OBJECTION,
        kind: ColumnType::Text,
        doc: "where objections are marked: the tests that failed and the checker's words; null where none failed",
    }],
    reasons: &[
        ReasonDef { name: WRONG_ANSWER, doc: "the document does not say that this is the answer" },
        ReasonDef { name: LEAKED_ANSWER, doc: "the question gives the answer away" },
        ReasonDef { name: NEEDS_DOCUMENT, doc: "the question cannot be understood without the document" },
        ReasonDef { name: "malformed_reply", doc: "no reply could be read, also when asked again" },
        ReasonDef { name: "too_long", doc: "the model's context does not hold the prompt" },
        ReasonDef { name: "filtered", doc: "the model or its server refused" },
    ],
    params: &PARAMS,
    build,
};

const PARAMS: [ParamDef; NUM_ASKING + 2] = asking_params(
    Defaults { model: "checker", prompt: "qa_verify.md", temperature: 0.0, max_tokens: 200 },
    &[
        ParamDef {
            name: "votes",
            kind: ParamKind::Int { min: 1, max: 31 },
            default: Some(ParamValue::Int(1)),
            doc: "how many replies are drawn, an odd number; the majority decides each test; the reference system has 1",
        },
        ParamDef {
            name: "on_objection",
            kind: ParamKind::Choice(&["reject", "mark"]),
            default: Some(ParamValue::Text("reject")),
            doc: "whether an objection rejects the pair or is noted in `objection`, for `qa_repair`",
        },
    ],
);

struct QaVerify {
    asker: Asker,
    votes: u32,
    marks: bool,
}

fn build(ctx: &mut BuildContext<'_, Resources>) -> Result<Operator, BuildError> {
    let votes = ctx.params.int("votes")?;
    if votes % 2 == 0 {
        return Err(BuildError::param("votes", "an even number of votes can be a tie; take an odd one"));
    }
    if votes > 1 && ctx.params.float("temperature")? == 0.0 {
        return Err(BuildError::param("votes", "greedy replies are all the same; set `temperature`, for example to 0.7"));
    }
    let schema = object(
        "qa_verdict",
        &[("stands_alone", flag()), ("answer_correct", flag()), ("leaks_answer", flag()), ("reason", text(200))],
    );
    let marks = ctx.params.text("on_objection")? == "mark";
    let asker = Asker::build(ctx, Asking { schema, slots: &["question", "answer"] })?;
    Ok(Operator::Remote(Arc::new(QaVerify { asker, votes: u32::try_from(votes).unwrap_or(1), marks })))
}

impl Remote for QaVerify {
    fn decide<'a>(&'a self, rows: Rows<'a>) -> BoxFuture<'a, Result<Decided, OperatorError>> {
        Box::pin(async move {
            let shown = Shown::read(rows, self.asker.max_passage_tokens())?;
            let ask = Ask {
                purpose: "verdict",
                document: Some(shown.passage),
                instruction: context! {},
                tail: context! { question => shown.pair.question, answer => shown.pair.answer },
            };
            let votes = match self.asker.ask_samples::<Vote>(ask, self.votes).await? {
                Asked::Decided(fate) => return Ok(with_objection(decided(fate, None), None)),
                Asked::Replied(replied) => replied.reply,
            };
            Ok(self.judged(tally(&votes).as_ref()))
        })
    }

    fn in_flight(&self) -> usize {
        self.asker.in_flight()
    }
}

impl QaVerify {
    fn judged(&self, tally: Option<&Tally>) -> Decided {
        let Some(tally) = tally else {
            return with_objection(decided(Fate::reject("malformed_reply", "no vote"), None), None);
        };
        let first = tally.failed.first().copied();
        let verdict = Some(Verdict { verdict: first.unwrap_or("pass"), score: Some(tally.pass_share) });
        match first {
            Some(reason) if !self.marks => {
                with_objection(decided(Fate::reject(reason, tally.detail()), verdict), None)
            }
            _ => with_objection(decided(Fate::Accept, verdict), tally.objection()),
        }
    }
}

fn with_objection(mut decided: Decided, objection: Option<String>) -> Decided {
    decided.columns = vec![Arc::new(StringArray::from(vec![objection]))];
    decided
}
