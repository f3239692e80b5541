//! `closed_book_difficulty`: a model answers the question without the document; the share of its replies that are right is
//! stored as the pair's difficulty.
//!
//! The column holds the pass rate itself: 1 is known by heart, 0 was never right, which means hard or unanswerable. It is
//! the rate of immediate answers, without reasoning, by the model that the recipe names. Limits are off by default, since
//! the band that a trainer wants is chosen at export.

use std::sync::Arc;

use arrow::array::Float32Array;
use futures::future::BoxFuture;
use minijinja::context;
use quarry_engine::operator::{
    BuildContext, BuildError, ColumnDef, ColumnType, Decided, Operator, OperatorError, ParamDef, ParamKind, ParamValue,
    ReasonDef, Remote, Rows, Shape, Takes,
};
use quarry_schema::{Fate, Verdict, column};

use crate::ask::{Ask, Asked, Asker, Asking, Defaults, NUM_ASKING, asking_params};
use crate::verify::{Agreement, Pairs, ShortAnswer, decided, short_answer};
use crate::{Def, Resources};

/// The description of `closed_book_difficulty`.
pub(crate) const DEF: Def = Def {
    name: "closed_book_difficulty",
    summary: "has a model answer the question without the document, and stores how often it is right",
    version: 1,
    shape: Shape::Remote,
    takes: Takes::Pairs,
    emits: false,
    reads: &[column::QUESTION, column::ANSWER, column::ANSWER_TYPE, column::ANSWER_SPEC],
    adds: &[ColumnDef {
        name: column::DIFFICULTY,
        kind: ColumnType::Float,
        doc: "the share of replies without the document that are right: 1 is easy, 0 was never solved",
    }],
    reasons: &[
        ReasonDef { name: "never_solved", doc: "the pass rate is below `min_pass_rate`" },
        ReasonDef { name: "always_solved", doc: "the pass rate is above `max_pass_rate`" },
        ReasonDef { name: "malformed_reply", doc: "too few replies could be read, also when asked again" },
        ReasonDef { name: "too_long", doc: "the model's context does not hold the prompt" },
        ReasonDef { name: "filtered", doc: "the model or its server refused" },
    ],
    params: &PARAMS,
    build,
};

const PARAMS: [ParamDef; NUM_ASKING + 3] = asking_params(
    Defaults { model: "student", prompt: "closed_book_difficulty.md", temperature: 1.0, max_tokens: 128 },
    &[
        ParamDef {
            name: "num_samples",
            kind: ParamKind::Int { min: 1, max: 64 },
            default: Some(ParamValue::Int(4)),
            doc: "how many replies are drawn for the one prompt; open-instruct and General-Reasoner draw 8",
        },
        ParamDef {
            name: "min_pass_rate",
            kind: ParamKind::Float { min: 0.0, max: 1.0 },
            default: Some(ParamValue::Float(0.0)),
            doc: "pairs that are solved less often are refused; General-Reasoner refuses those never solved",
        },
        ParamDef {
            name: "max_pass_rate",
            kind: ParamKind::Float { min: 0.0, max: 1.0 },
            default: Some(ParamValue::Float(1.0)),
            doc: "pairs that are solved more often are refused; SwS has 0.875",
        },
    ],
);

struct ClosedBookDifficulty {
    asker: Asker,
    num_samples: usize,
    min_pass_rate: f64,
    max_pass_rate: f64,
}

fn build(ctx: &mut BuildContext<'_, Resources>) -> Result<Operator, BuildError> {
    let num_samples = ctx.params.count("num_samples")?;
    let (min_pass_rate, max_pass_rate) = (ctx.params.float("min_pass_rate")?, ctx.params.float("max_pass_rate")?);
    if min_pass_rate > max_pass_rate {
        return Err(BuildError::param("min_pass_rate", "above `max_pass_rate`, so no pair would be left"));
    }
    let asker = Asker::without_document(ctx, Asking { schema: short_answer(), slots: &["question"] })?;
    Ok(Operator::Remote(Arc::new(ClosedBookDifficulty { asker, num_samples, min_pass_rate, max_pass_rate })))
}

impl Remote for ClosedBookDifficulty {
    fn decide<'a>(&'a self, rows: Rows<'a>) -> BoxFuture<'a, Result<Decided, OperatorError>> {
        Box::pin(async move {
            let pair = Pairs::read(rows)?.subject(0);
            let Some(spec) = &pair.spec else {
                return Ok(with_rate(
                    decided(Fate::reject("never_solved", "no specification to compare with"), None),
                    None,
                ));
            };
            let tail = context! { question => pair.question };
            let ask = Ask { purpose: "closed book", document: None, instruction: context! {}, tail };
            let num_samples = u32::try_from(self.num_samples).unwrap_or(u32::MAX);
            Ok(match self.asker.ask_samples::<ShortAnswer>(ask, num_samples).await? {
                Asked::Decided(fate) => with_rate(decided(fate, None), None),
                Asked::Replied(replied) => self.judged(Agreement::of(spec, &replied.reply)),
            })
        })
    }

    fn in_flight(&self) -> usize {
        self.asker.in_flight()
    }
}

impl ClosedBookDifficulty {
    fn judged(&self, agreement: Agreement) -> Decided {
        let Agreement { num_correct, num_read } = agreement;
        // A rate over less than half of the samples would be another measure than its neighbours'.
        if num_read * 2 < self.num_samples {
            let detail = format!("{num_read} of {} could be read", self.num_samples);
            return with_rate(decided(Fate::reject("malformed_reply", detail), None), None);
        }
        #[expect(clippy::cast_precision_loss, reason = "a handful of samples")]
        let rate = num_correct as f64 / num_read.max(1) as f64;
        let detail = format!("{num_correct} of {num_read}");
        let (fate, verdict) = if rate < self.min_pass_rate {
            (Fate::reject("never_solved", detail), "never_solved")
        } else if rate > self.max_pass_rate {
            (Fate::reject("always_solved", detail), "always_solved")
        } else {
            (Fate::Accept, "pass")
        };
        let share = agreement.share();
        with_rate(decided(fate, Some(Verdict { verdict, score: Some(share) })), Some(share))
    }
}

fn with_rate(mut decided: Decided, rate: Option<f32>) -> Decided {
    decided.columns = vec![Arc::new(Float32Array::from(vec![rate]))];
    decided
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use quarry_answers::infer;
    use quarry_llm::ErrorKind;

    use super::DEF;
    use crate::check::{check_asking, check_build_error};
    use crate::scripted::{Scripted, said};

    fn table() -> String {
        let question = "How long is the river Volga?";
        let spec = infer("3,530 km", question).unwrap();
        let (kind, spec) = (spec.answer_type().as_str(), spec.to_json());
        format!("question | answer | answer_type | answer_spec\n{question} | 3,530 km | {kind} | {spec}")
    }

    fn saying(replies: &'static [&'static str]) -> Arc<Scripted> {
        Scripted::new(move |_, sample| Ok(said(replies[sample % replies.len()])))
    }

    const RIGHT: &str = r#"{"answer": "3530 km"}"#;
    const WRONG: &str = r#"{"answer": "3,500 km"}"#;

    #[test]
    fn the_pass_rate_is_the_difficulty() {
        for (replies, expected) in [
            (&[RIGHT][..], "accept | 1.0"),
            (&[RIGHT, WRONG], "accept | 0.5"),
            (&[WRONG, WRONG, WRONG, RIGHT], "accept | 0.25"),
            (&[WRONG], "accept | 0.0"),
        ] {
            check_asking(&DEF, "", &saying(replies), &table(), expected);
        }
    }

    #[test]
    fn limits_refuse_what_is_too_hard_or_too_easy() {
        let band = "min_pass_rate = 0.25\nmax_pass_rate = 0.75";
        check_asking(&DEF, band, &saying(&[WRONG]), &table(), "reject never_solved: 0 of 4 | 0.0");
        check_asking(&DEF, band, &saying(&[RIGHT]), &table(), "reject always_solved: 4 of 4 | 1.0");
        check_asking(&DEF, band, &saying(&[WRONG, WRONG, WRONG, RIGHT]), &table(), "accept | 0.25");
        check_build_error(&DEF, "min_pass_rate = 0.5\nmax_pass_rate = 0.4", "above `max_pass_rate`");
    }

    #[test]
    fn no_document_is_shown_and_all_samples_are_one_request() {
        let model = saying(&[RIGHT]);
        check_asking(&DEF, "num_samples = 8", &model, &table(), "accept | 1.0");
        assert_eq!(model.calls().len(), 1);
        assert_eq!(model.calls()[0].request.sampling.num_samples, 8);
        let prompt = &model.prompts()[0];
        assert!(
            !prompt.contains("<document") && prompt.ends_with("Question: How long is the river Volga?"),
            "{prompt}"
        );
    }

    #[test]
    fn a_rate_needs_half_of_its_samples() {
        // Every reply is cut off but the third: one of four can be read, also after asking again for the others.
        let model = Scripted::new(|request, sample| match (request.attempt, sample) {
            (0, 2) => Ok(said(RIGHT)),
            _ => Ok(said("I think")),
        });
        check_asking(&DEF, "", &model, &table(), "reject malformed_reply: 1 of 4 could be read |");
        for (kind, expected) in [
            (ErrorKind::TooLong, "reject too_long: scripted TooLong |"),
            (ErrorKind::Filtered, "reject filtered: scripted Filtered |"),
            (ErrorKind::Undecided, "fail: scripted Undecided |"),
        ] {
            check_asking(&DEF, "", &Scripted::new(move |_, _| Err(kind)), &table(), expected);
        }
    }

    #[test]
    fn a_pair_without_a_specification_is_refused_unasked() {
        let model = saying(&[RIGHT]);
        let table = "question | answer | answer_type | answer_spec\nHow long is it? | 3,530 km | quantity | \\0";
        check_asking(&DEF, "", &model, table, "reject never_solved: no specification to compare with |");
        assert!(model.calls().is_empty());
    }
}
