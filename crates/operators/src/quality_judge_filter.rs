//! `quality_judge_filter`: asks a model whether questions can be made from a document at all.
//!
//! It is the reference's document filter, and refuses as little. A long document is judged by its first passage, the one
//! that the generator shows first.

use std::sync::Arc;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use minijinja::context;
use quarry_engine::operator::{
    BuildContext, BuildError, Decided, Operator, OperatorError, ParamDef, ReasonDef, Remote, Rows, Shape, Takes,
};
use quarry_schema::{Fate, column};
use serde::Deserialize;

use crate::ask::{Ask, Asked, Asker, Asking, Defaults, NUM_ASKING, asking_params, flag, object, passage_of, text};
use crate::verify::{one_line, text_at};
use crate::{Def, Resources};

/// The description of `quality_judge_filter`.
pub(crate) const DEF: Def = Def {
    name: "quality_judge_filter",
    summary: "asks a model whether a document is worth asking about",
    version: 1,
    shape: Shape::Remote,
    takes: Takes::Documents,
    emits: false,
    reads: &[column::TEXT],
    adds: &[],
    reasons: &[
        ReasonDef {
            name: "not_informative",
            doc: "the model says that no question with a checkable answer can be made",
        },
        ReasonDef { name: "malformed_reply", doc: "the model's replies could not be read, also when asked again" },
        ReasonDef { name: "too_long", doc: "the prompt does not fit the model" },
        ReasonDef { name: "filtered", doc: "the model or its server refused" },
    ],
    params: PARAMS,
    build,
};

const DEFAULTS: Defaults = Defaults { model: "teacher", prompt: "quality_judge.md", temperature: 0.0, max_tokens: 120 };

const PARAMS: &[ParamDef] = &asking_params::<NUM_ASKING>(DEFAULTS, &[]);

/// What the model says.
#[derive(Deserialize)]
struct Judgement {
    qualified: bool,
    #[serde(default)]
    reason: String,
}

struct QualityJudgeFilter {
    asker: Asker,
}

fn build(ctx: &mut BuildContext<'_, Resources>) -> Result<Operator, BuildError> {
    let schema = object("quality_judge", &[("qualified", flag()), ("reason", text(200))]);
    let asker = Asker::build(ctx, Asking { schema, slots: &[] })?;
    Ok(Operator::Remote(Arc::new(QualityJudgeFilter { asker })))
}

impl Remote for QualityJudgeFilter {
    fn decide<'a>(&'a self, rows: Rows<'a>) -> BoxFuture<'a, Result<Decided, OperatorError>> {
        async move {
            let text = text_at(rows.text(column::TEXT)?, 0);
            let passage = passage_of(text, self.asker.max_passage_tokens(), 0);
            let ask = Ask { purpose: "", document: text.get(passage), instruction: context! {}, tail: context! {} };
            let fate = match self.asker.ask::<Judgement>(ask).await? {
                Asked::Decided(fate) => fate,
                Asked::Replied(replied) if replied.reply.qualified => Fate::Accept,
                Asked::Replied(replied) => Fate::reject("not_informative", brief(&replied.reply.reason)),
            };
            Ok(Decided::fates(vec![fate]))
        }
        .boxed()
    }

    fn in_flight(&self) -> usize {
        self.asker.in_flight()
    }
}

/// A model that is held to no schema may write more than it was asked for.
fn brief(reason: &str) -> String {
    one_line(reason).chars().take(200).collect()
}

#[cfg(test)]
mod tests {
    use quarry_llm::ErrorKind;

    use super::DEF;
    use crate::check::{check_asking, check_build_error};
    use crate::scripted::{Scripted, said};

    #[test]
    fn a_document_is_refused_when_the_model_says_so() {
        let model = Scripted::new(|request, _| {
            Ok(said(match request.messages[1].content.contains("Menu") {
                true => r#"{"qualified": false, "reason": "only  links"}"#,
                false => r#"{"qualified": true, "reason": "facts"}"#,
            }))
        });
        let table = "text\nIron melts at 1538 °C.\nMenu. Home. Menu.\n\\0";
        check_asking(&DEF, "", &model, table, "accept\nreject not_informative: only links\naccept");
        assert!(model.calls().iter().all(|call| &*call.stage == DEF.name && call.request.attempt == 0));
    }

    #[test]
    fn unreadable_replies_are_asked_for_again_and_then_reject() {
        let model =
            Scripted::new(|request, _| Ok(said(if request.attempt < 2 { "yes" } else { "{\"qualified\": true}" })));
        check_asking(&DEF, "", &model, "text\nIron.", "accept");
        let calls = model.calls();
        assert_eq!(calls.iter().map(|call| call.request.attempt).collect::<Vec<_>>(), [0, 1, 2]);
        assert_ne!(calls[0].request.sampling.seed, calls[1].request.sampling.seed);
        let useless = Scripted::saying("yes");
        check_asking(&DEF, "", &useless, "text\nIron.", "reject malformed_reply: expected value at line 1 column 1");
        assert_eq!(useless.calls().len(), 3);
    }

    #[test]
    fn errors_of_a_row_are_its_fate() {
        for (kind, expected) in [
            (ErrorKind::TooLong, "reject too_long: scripted TooLong"),
            (ErrorKind::Filtered, "reject filtered: scripted Filtered"),
            (ErrorKind::Undecided, "fail: scripted Undecided"),
        ] {
            check_asking(&DEF, "", &Scripted::new(move |_, _| Err(kind)), "text\nIron.", expected);
        }
    }

    #[test]
    fn a_config_without_the_model_is_told_what_it_needs() {
        check_build_error(&DEF, "model = \"oracle\"", "no endpoint for the model `oracle`");
    }
}
