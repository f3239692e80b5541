//! `round_trip_verify`: a model answers the question out of the document without being shown the answer; enough of its
//! replies have to equal it.
//!
//! Whether they do is decided by the code that will check a trainer's replies. A pair that fails is wrong, ambiguous or
//! worded so that a right reply would not be accepted; none of the three is worth training on.

use std::sync::Arc;

use futures::future::BoxFuture;
use minijinja::context;
use quarry_engine::operator::{
    BuildContext, BuildError, Decided, Operator, OperatorError, ParamDef, ParamKind, ParamValue, ReasonDef, Remote,
    Rows, Shape, Takes,
};
use quarry_schema::{Fate, Verdict, column};

use crate::ask::{Ask, Asked, Asker, Asking, Defaults, NUM_ASKING, asking_params};
use crate::verify::{Agreement, ShortAnswer, Shown, decided, short_answer};
use crate::{Def, Resources};

/// The description of `round_trip_verify`.
pub(crate) const DEF: Def = Def {
    name: "round_trip_verify",
    summary: "has a model answer the question from the document, and refuses pairs whose answer does not come back",
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
    adds: &[],
    reasons: &[
        ReasonDef { name: "not_reproduced", doc: "too few replies equal the answer" },
        ReasonDef { name: "malformed_reply", doc: "too few replies could be read, also when asked again" },
        ReasonDef { name: "too_long", doc: "the model's context does not hold the prompt" },
        ReasonDef { name: "filtered", doc: "the model or its server refused" },
    ],
    params: &PARAMS,
    build,
};

const PARAMS: [ParamDef; NUM_ASKING + 2] = asking_params(
    Defaults { model: "checker", prompt: "round_trip_verify.md", temperature: 0.7, max_tokens: 128 },
    &[
        ParamDef {
            name: "num_samples",
            kind: ParamKind::Int { min: 1, max: 64 },
            default: Some(ParamValue::Int(3)),
            doc: "how many replies are drawn for the one prompt",
        },
        ParamDef {
            name: "min_agreeing",
            kind: ParamKind::Int { min: 1, max: 64 },
            default: Some(ParamValue::Int(2)),
            doc: "how many of them must equal the answer",
        },
    ],
);

struct RoundTripVerify {
    asker: Asker,
    num_samples: usize,
    min_agreeing: usize,
}

fn build(ctx: &mut BuildContext<'_, Resources>) -> Result<Operator, BuildError> {
    let (num_samples, min_agreeing) = (ctx.params.count("num_samples")?, ctx.params.count("min_agreeing")?);
    if min_agreeing > num_samples {
        return Err(BuildError::param("min_agreeing", "more than `num_samples`, so no pair would be left"));
    }
    let asker = Asker::build(ctx, Asking { schema: short_answer(), slots: &["question"] })?;
    Ok(Operator::Remote(Arc::new(RoundTripVerify { asker, num_samples, min_agreeing })))
}

impl Remote for RoundTripVerify {
    fn decide<'a>(&'a self, rows: Rows<'a>) -> BoxFuture<'a, Result<Decided, OperatorError>> {
        Box::pin(async move {
            let shown = Shown::read(rows, self.asker.max_passage_tokens())?;
            let Some(spec) = shown.spec() else {
                return Ok(decided(Fate::reject("not_reproduced", "no specification to compare with"), None));
            };
            let ask = Ask {
                purpose: "round trip",
                document: Some(shown.passage),
                instruction: context! {},
                tail: context! { question => shown.pair.question },
            };
            let num_samples = u32::try_from(self.num_samples).unwrap_or(u32::MAX);
            Ok(match self.asker.ask_samples::<ShortAnswer>(ask, num_samples).await? {
                Asked::Decided(fate) => decided(fate, None),
                Asked::Replied(replied) => self.judged(Agreement::of(spec, &replied.reply)),
            })
        })
    }

    fn in_flight(&self) -> usize {
        self.asker.in_flight()
    }
}

impl RoundTripVerify {
    fn judged(&self, agreement: Agreement) -> Decided {
        let Agreement { num_correct, num_read } = agreement;
        let num_unread = self.num_samples.saturating_sub(num_read);
        let (fate, verdict) = if num_correct >= self.min_agreeing {
            (Fate::Accept, "pass")
        } else if num_correct + num_unread >= self.min_agreeing {
            // The replies that could not be read might have agreed: that is no verdict on the pair.
            let detail = format!("{num_read} of {} could be read", self.num_samples);
            return decided(Fate::reject("malformed_reply", detail), None);
        } else {
            (Fate::reject("not_reproduced", format!("{num_correct} of {num_read}")), "not_reproduced")
        };
        decided(fate, Some(Verdict { verdict, score: Some(agreement.share()) }))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use quarry_answers::{choice, infer};
    use quarry_llm::ErrorKind;

    use super::DEF;
    use crate::check::{check_asking, check_build_error};
    use crate::scripted::{Scripted, said};

    fn table(question: &str, answer: &str, spec: &str, kind: &str) -> String {
        format!(
            "question | answer | answer_type | answer_spec | text | evidence_start
             {question} | {answer} | {kind} | {spec} | The Volga is 3,530 km long. | 0"
        )
    }

    fn length() -> String {
        let question = "How long is the river Volga?";
        let spec = infer("3,530 km", question).unwrap();
        table(question, "3,530 km", &spec.to_json(), spec.answer_type().as_str())
    }

    fn saying(replies: &'static [&'static str]) -> Arc<Scripted> {
        Scripted::new(move |_, sample| Ok(said(replies[sample % replies.len()])))
    }

    const RIGHT: &str = r#"{"answer": "3530 kilometres"}"#;
    const WRONG: &str = r#"{"answer": "3,500 km"}"#;

    #[test]
    fn enough_replies_have_to_equal_the_answer() {
        for (replies, expected) in [
            (&[RIGHT, RIGHT, RIGHT][..], "accept"),
            (&[RIGHT, WRONG, RIGHT], "accept"),
            (&[RIGHT, WRONG, WRONG], "reject not_reproduced: 1 of 3"),
            (&[r#"{"answer": "unknown"}"#], "reject not_reproduced: 0 of 3"),
        ] {
            check_asking(&DEF, "", &saying(replies), &length(), expected);
        }
        check_asking(
            &DEF,
            "num_samples = 1\nmin_agreeing = 1",
            &saying(&[WRONG]),
            &length(),
            "reject not_reproduced: 0 of 1",
        );
    }

    #[test]
    fn the_answer_is_not_shown_and_all_samples_are_one_request() {
        let model = saying(&[RIGHT]);
        check_asking(&DEF, "", &model, &length(), "accept");
        let calls = model.calls();
        assert_eq!(calls.len(), 1);
        assert_eq!(calls[0].request.sampling.num_samples, 3);
        assert!(model.prompts()[0].ends_with("Question: How long is the river Volga?"));
    }

    #[test]
    fn of_a_choice_the_letter_or_the_text_counts() {
        let spec = choice(&["Don", "Volga"], 1).unwrap().to_json();
        let table = table("Which river is longer?\\nA. Don\\nB. Volga", "B", &spec, "choice");
        for (reply, expected) in [
            (&[r#"{"answer": "B"}"#][..], "accept"),
            (&[r#"{"answer": "B. Volga"}"#], "accept"),
            (&[r#"{"answer": "A"}"#], "reject not_reproduced: 0 of 3"),
        ] {
            check_asking(&DEF, "", &saying(reply), &table, expected);
        }
    }

    #[test]
    fn replies_that_cannot_be_read_are_no_verdict() {
        check_asking(
            &DEF,
            "",
            &saying(&["I think"]),
            &length(),
            "reject malformed_reply: expected value at line 1 column 1",
        );
        let once = Scripted::new(|request, sample| {
            Ok(said(if (request.attempt, sample) == (0, 0) { RIGHT } else { "it is" }))
        });
        check_asking(&DEF, "", &once, &length(), "reject malformed_reply: 1 of 3 could be read");
        let twice = Scripted::new(|_, sample| Ok(said(if sample == 0 { WRONG } else { "it is" })));
        check_asking(&DEF, "", &twice, &length(), "reject not_reproduced: 0 of 3");
        for (kind, expected) in [
            (ErrorKind::TooLong, "reject too_long: scripted TooLong"),
            (ErrorKind::Filtered, "reject filtered: scripted Filtered"),
            (ErrorKind::Undecided, "fail: scripted Undecided"),
        ] {
            check_asking(&DEF, "", &Scripted::new(move |_, _| Err(kind)), &length(), expected);
        }
    }

    #[test]
    fn a_pair_without_a_specification_is_refused_unasked() {
        let model = saying(&[RIGHT]);
        let table = table("How long is it?", "3,530 km", "{}", "quantity");
        check_asking(&DEF, "", &model, &table, "reject not_reproduced: no specification to compare with");
        assert!(model.calls().is_empty());
        check_build_error(&DEF, "min_agreeing = 4", "more than `num_samples`");
    }
}
