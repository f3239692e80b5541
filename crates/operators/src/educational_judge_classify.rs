//! `educational_judge_classify`: has a model say how much a document teaches, from 0 to 5.
//!
//! It is the labelling half of `educational_classify`: its labels train a head that then scores any number of documents without
//! a call. The scale is FineWeb-Edu's, in our words. A long document is judged by its first passage.

use std::sync::Arc;

use arrow::array::{ArrayRef, StringArray};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use minijinja::context;
use quarry_engine::operator::{
    BuildContext, BuildError, ColumnDef, ColumnType, Decided, Operator, OperatorError, ParamDef, ReasonDef, Remote,
    Rows, Shape, Takes,
};
use quarry_schema::{Fate, column};
use serde::Deserialize;

use crate::ask::{Ask, Asked, Asker, Asking, Defaults, NUM_ASKING, asking_params, integer, object, passage_of, text};
use crate::verify::text_at;
use crate::{Def, Resources};

/// The description of `educational_judge_classify`.
pub(crate) const DEF: Def = Def {
    name: "educational_judge_classify",
    summary: "has a model say how much a document teaches",
    version: 1,
    shape: Shape::Remote,
    takes: Takes::Documents,
    emits: false,
    reads: &[column::TEXT],
    adds: &[ColumnDef {
        name: "educational_label",
        kind: ColumnType::Text,
        doc: "what the model says, from `0` to `5`, as a label for `quarry train-head`",
    }],
    reasons: &[
        ReasonDef { name: "malformed_reply", doc: "the model's replies could not be read, also when asked again" },
        ReasonDef { name: "too_long", doc: "the prompt does not fit the model" },
        ReasonDef { name: "filtered", doc: "the model or its server refused" },
    ],
    params: PARAMS,
    build,
};

const DEFAULTS: Defaults =
    Defaults { model: "teacher", prompt: "educational_judge.md", temperature: 0.0, max_tokens: 120 };

const PARAMS: &[ParamDef] = &asking_params::<NUM_ASKING>(DEFAULTS, &[]);

const MAX_SCORE: u32 = 5;

/// What the model says. Its reason comes first in no schema: it is there for those who read the ledger.
#[derive(Deserialize)]
struct Judgement {
    score: u32,
}

struct EducationalJudgeClassify {
    asker: Asker,
}

fn build(ctx: &mut BuildContext<'_, Resources>) -> Result<Operator, BuildError> {
    let schema = object("educational_judge", &[("reason", text(200)), ("score", integer(0, MAX_SCORE))]);
    let asker = Asker::build(ctx, Asking { schema, slots: &[] })?;
    Ok(Operator::Remote(Arc::new(EducationalJudgeClassify { asker })))
}

impl Remote for EducationalJudgeClassify {
    fn decide<'a>(&'a self, rows: Rows<'a>) -> BoxFuture<'a, Result<Decided, OperatorError>> {
        async move {
            let text = text_at(rows.text(column::TEXT)?, 0);
            let passage = passage_of(text, self.asker.max_passage_tokens(), 0);
            let ask = Ask { purpose: "", document: text.get(passage), instruction: context! {}, tail: context! {} };
            Ok(match self.asker.ask::<Judgement>(ask).await? {
                Asked::Decided(fate) => decided(fate, None),
                Asked::Replied(replied) => match replied.reply.score {
                    score @ 0..=MAX_SCORE => decided(Fate::Accept, Some(score)),
                    score => decided(Fate::reject("malformed_reply", format!("a score of {score}")), None),
                },
            })
        }
        .boxed()
    }

    fn in_flight(&self) -> usize {
        self.asker.in_flight()
    }
}

fn decided(fate: Fate, score: Option<u32>) -> Decided {
    let label: ArrayRef = Arc::new(StringArray::from(vec![score.map(|score| score.to_string())]));
    Decided { fates: vec![fate], columns: vec![label], ..Decided::default() }
}

#[cfg(test)]
mod tests {
    use super::DEF;
    use crate::check::check_asking;
    use crate::scripted::{Scripted, said};

    #[test]
    fn the_score_is_a_label() {
        let model = Scripted::new(|request, _| {
            Ok(said(match request.messages[1].content.contains("Menu") {
                true => r#"{"reason": "only links", "score": 0}"#,
                false => r#"{"reason": "a lesson", "score": 4}"#,
            }))
        });
        check_asking(
            &DEF,
            "",
            &model,
            "text\nIron melts at 1538 °C.\nMenu. Home.\n\\0",
            "accept | 4\naccept | 0\naccept | 4",
        );
        assert!(model.calls().iter().all(|call| &*call.stage == DEF.name));
    }

    #[test]
    fn a_score_off_the_scale_is_no_label() {
        let model = Scripted::saying(r#"{"reason": "", "score": 9}"#);
        check_asking(&DEF, "", &model, "text\nIron.", "reject malformed_reply: a score of 9 |");
    }
}
