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
        return Err(BuildError::param(
            "votes",
            "greedy replies are all the same; set `temperature`, for example to 0.7",
        ));
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
            Some(reason) if !self.marks => with_objection(decided(Fate::reject(reason, tally.detail()), verdict), None),
            _ => with_objection(decided(Fate::Accept, verdict), tally.objection()),
        }
    }
}

fn with_objection(mut decided: Decided, objection: Option<String>) -> Decided {
    decided.columns = vec![Arc::new(StringArray::from(vec![objection]))];
    decided
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use quarry_engine::operator::{Operator, Rows};
    use quarry_llm::{Choice, ErrorKind, Finish};
    use quarry_schema::Verdict;

    use super::DEF;
    use crate::check::{batch, build, check_asking, check_build_error};
    use crate::scripted::{Scripted, decide_rows, said};

    const TABLE: &str = r#"question | answer | answer_type | answer_spec | text | evidence_start
How long is the river Volga? | 3,530 km | string | {} | The Volga rises in the Valdai Hills. It is 3,530 km long. | 37"#;

    fn verdict(stands_alone: bool, answer_correct: bool, leaks_answer: bool, reason: &str) -> String {
        format!(
            r#"{{"stands_alone": {stands_alone}, "answer_correct": {answer_correct}, "leaks_answer": {leaks_answer}, "reason": "{reason}"}}"#
        )
    }

    /// Says these one after the other, sample by sample.
    fn saying(replies: &[String]) -> Arc<Scripted> {
        let replies = replies.to_vec();
        Scripted::new(move |_, sample| Ok(said(replies[sample % replies.len()].clone())))
    }

    #[test]
    fn each_test_has_its_reason() {
        for (reply, expected) in [
            (verdict(true, true, false, ""), "accept"),
            (verdict(true, false, false, "says 3,692"), "reject wrong_answer: 1 of 1: says 3,692"),
            (verdict(true, true, true, "states it"), "reject leaked_answer: 1 of 1: states it"),
            (verdict(false, true, false, ""), "reject needs_document: 1 of 1"),
            (verdict(false, false, true, "all"), "reject wrong_answer: 1 of 1: all"),
        ] {
            check_asking(&DEF, "", &saying(&[reply]), TABLE, &format!("{expected} |"));
        }
    }

    #[test]
    fn objections_are_marked_on_one_line() {
        let marks = "on_objection = \"mark\"";
        let reply = verdict(false, true, true, "two\\nlines\\u001b[2J \\u202eand a <|im_start|>");
        let expected = "accept | leaked_answer, needs_document: two lines [2J and a <|im_start|>";
        check_asking(&DEF, marks, &saying(&[reply]), TABLE, expected);
        check_asking(&DEF, marks, &saying(&[verdict(true, true, false, "fine")]), TABLE, "accept |");
        let long = verdict(true, false, false, &"very ".repeat(39));
        let Operator::Remote(remote) = build(&DEF, marks, &saying(&[long]).resources()).unwrap() else {
            unreachable!()
        };
        let decided = decide_rows(remote.as_ref(), &batch(TABLE));
        let objection = arrow::util::display::array_value_to_string(&decided.columns[0], 0).unwrap();
        assert_eq!(objection.chars().count(), 200, "{objection}");
    }

    #[test]
    fn votes_are_drawn_in_one_request_and_the_majority_decides() {
        let (good, bad) = (verdict(true, true, false, ""), verdict(true, false, false, "no"));
        let params = "votes = 3\ntemperature = 0.7";
        let model = saying(&[good.clone(), bad.clone(), good]);
        let Operator::Remote(remote) = build(&DEF, params, &model.resources()).unwrap() else { unreachable!() };
        let decided = decide_rows(remote.as_ref(), &batch(TABLE));
        assert_eq!(decided.verdicts, [Some(Verdict { verdict: "pass", score: Some(2.0 / 3.0) })]);
        let requests: Vec<u32> = model.calls().iter().map(|call| call.request.sampling.num_samples).collect();
        assert_eq!(requests, [3]);
        let outvoted = saying(&[bad.clone(), verdict(true, true, false, ""), bad]);
        check_asking(&DEF, params, &outvoted, TABLE, "reject wrong_answer: 2 of 3: no |");
    }

    #[test]
    fn votes_that_cannot_differ_or_can_tie_are_refused() {
        check_build_error(&DEF, "votes = 2", "take an odd one");
        check_build_error(&DEF, "votes = 3", "set `temperature`");
    }

    #[test]
    fn what_is_no_verdict_is_no_objection() {
        let row = |kind| Scripted::new(move |_, _| Err(kind));
        let finish = |finish| Scripted::new(move |_, _| Ok(Choice { text: verdict(true, true, false, ""), finish }));
        for (model, expected) in [
            (saying(&["I think that".to_owned()]), "reject malformed_reply"),
            (saying(&[r#"{"stands_alone": "yes"}"#.to_owned()]), "reject malformed_reply"),
            (finish(Finish::Length), "reject malformed_reply"),
            (finish(Finish::Refusal), "reject filtered"),
            (row(ErrorKind::TooLong), "reject too_long"),
            (row(ErrorKind::Filtered), "reject filtered"),
            (row(ErrorKind::Undecided), "fail"),
        ] {
            let Operator::Remote(remote) = build(&DEF, "", &model.resources()).unwrap() else { unreachable!() };
            let decided = decide_rows(remote.as_ref(), &batch(TABLE));
            let line = crate::check::render(&decided).remove(0);
            assert!(line.starts_with(expected), "{line}");
            assert_eq!(decided.verdicts, [None]);
        }
    }

    #[test]
    fn an_error_of_the_run_stops_it() {
        let model = Scripted::new(|_, _| Err(ErrorKind::Budget));
        let Operator::Remote(remote) = build(&DEF, "", &model.resources()).unwrap() else { unreachable!() };
        let batch = batch(TABLE);
        let error = futures::executor::block_on(remote.decide(Rows::new(&batch))).err().unwrap();
        let source = std::error::Error::source(&error).map(ToString::to_string);
        assert!(source.unwrap_or_else(|| error.to_string()).contains("Budget"));
    }

    #[test]
    fn the_instruction_may_come_first() {
        let model = saying(&[verdict(true, true, false, "")]);
        check_asking(&DEF, "layout = \"instruction_first\"", &model, TABLE, "accept |");
        assert!(model.prompts()[0].starts_with("Check the question and the answer"), "{}", model.prompts()[0]);
    }

    #[test]
    fn of_a_long_document_the_passage_with_the_evidence_is_shown() {
        let model = saying(&[verdict(true, true, false, "")]);
        let filler = "The river é is long and it flows on. ".repeat(9);
        let text = format!("{filler}It is 3,530 km long.");
        let start = filler.chars().count();
        let table = format!(
            "question | answer | answer_type | answer_spec | text | evidence_start
             How long is it? | 3,530 km | string | {{}} | {text} | {start}
             How long is it? | 3,530 km | string | {{}} | {text} | \\0"
        );
        check_asking(&DEF, "max_passage_tokens = 50", &model, &table, "accept |\naccept |");
        let prompts = model.prompts();
        assert!(prompts[0].contains("It is 3,530 km long.") && prompts[0].matches("flows").count() < 9);
        assert!(!prompts[1].contains("It is 3,530 km long.") && prompts[1].contains("flows"));
    }
}
