//! `educational_classify`: how much a document teaches, by a head that was distilled from a model's labels.
//!
//! A head with the labels 0 to 5 gives the value to be expected, as FineWeb-Edu's classifier does; one with a label `yes`
//! gives its probability. No head ships: what teaches is a judgement, and `educational_judge_classify` gets it from a model of
//! the user's choice. `pipeline/models/README.md` says how to go from its labels to a head.
//!
//! The encoder reads the beginning of a text only (128 tokens with the one that is shipped).

use std::sync::Arc;

use arrow::array::{ArrayRef, Float32Array};
use quarry_engine::operator::{
    BuildContext, BuildError, ColumnDef, ColumnType, Compute, Decided, Operator, OperatorError, ParamDef, ParamKind,
    ParamValue, ReasonDef, Rows, Shape, Takes,
};
use quarry_onnx::{Encoder, Head};
use quarry_schema::{Fate, column};

use crate::classifier::{self, beginning};
use crate::{Def, Resources};

/// The description of `educational_classify`.
pub(crate) const DEF: Def = Def {
    name: "educational_classify",
    summary: "tells how much a document teaches",
    version: 1,
    shape: Shape::Compute,
    takes: Takes::Documents,
    emits: false,
    reads: &[column::TEXT],
    adds: &[ColumnDef {
        name: "educational_score",
        kind: ColumnType::Float,
        doc: "the value to be expected of the head's labels, or the probability of its label `yes`",
    }],
    reasons: &[ReasonDef { name: "not_educational", doc: "the score is below `min_score`; the detail is the score" }],
    params: &[
        ParamDef {
            name: "model",
            kind: ParamKind::Text,
            default: Some(ParamValue::Text("educational")),
            doc: "the head, as the name of its folder in `models/`; none ships, `quarry train-head` makes one",
        },
        ParamDef {
            name: "min_score",
            kind: ParamKind::Float { min: 0.0, max: 100.0 },
            default: Some(ParamValue::Float(0.0)),
            doc: "the least score; FineWeb-Edu takes 3 of 5",
        },
    ],
    build,
};

struct EducationalClassify {
    encoder: Arc<Encoder>,
    head: Arc<Head>,
    /// What each label of the head is worth.
    values: Vec<f64>,
    min_score: f32,
}

fn build(ctx: &mut BuildContext<'_, Resources>) -> Result<Operator, BuildError> {
    let (encoder, head) = classifier::open(ctx)?;
    let name = ctx.params.text("model")?;
    let values = values(head.labels()).ok_or_else(|| {
        let known = head.labels().join("`, `");
        let message = format!("the head `{name}` has the labels `{known}`, which are neither numbers nor have a `yes`");
        BuildError::param("model", message)
    })?;
    #[expect(clippy::cast_possible_truncation, reason = "scores have six digits")]
    let min_score = ctx.params.float("min_score")? as f32;
    Ok(Operator::Compute(Arc::new(EducationalClassify { encoder, head, values, min_score })))
}

fn values(labels: &[String]) -> Option<Vec<f64>> {
    let numbers: Option<Vec<f64>> =
        labels.iter().map(|label| label.parse().ok().filter(|value: &f64| value.is_finite())).collect();
    let of_yes = || labels.iter().map(|label| if label == "yes" { 1.0 } else { 0.0 }).collect();
    numbers.or_else(|| labels.iter().any(|label| label == "yes").then(of_yes))
}

impl Compute for EducationalClassify {
    fn decide(&self, rows: Rows<'_>) -> Result<Decided, OperatorError> {
        let texts = rows.text(column::TEXT)?.iter().map(|text| beginning(text.unwrap_or_default()));
        let texts: Vec<&str> = texts.collect();
        let embeddings = self.encoder.embed(&texts).map_err(|error| OperatorError::new(error.to_string()))?;
        let scores: Vec<f32> = embeddings.iter().map(|embedding| self.score(embedding)).collect();
        let fate = |score: &f32| match *score < self.min_score {
            true => Fate::reject("not_educational", format!("{score:.3}")),
            false => Fate::Accept,
        };
        let fates = scores.iter().map(fate).collect();
        let columns: Vec<ArrayRef> = vec![Arc::new(Float32Array::from(scores))];
        Ok(Decided { fates, columns, ..Decided::default() })
    }

    fn rows_per_call(&self) -> usize {
        self.encoder.batch_rows()
    }
}

impl EducationalClassify {
    #[expect(clippy::cast_possible_truncation, reason = "four digits are what is kept")]
    fn score(&self, embedding: &[f32]) -> f32 {
        let scores = self.head.scores(embedding);
        let expected: f64 = scores.iter().zip(&self.values).map(|(score, value)| f64::from(*score) * value).sum();
        ((expected * 1e4).round() / 1e4) as f32
    }
}

#[cfg(test)]
mod tests {
    use quarry_engine::operator::{Operator, Rows};

    use super::{DEF, values};
    use crate::check::{batch, build, check_build_error, render, tiny_pipeline};

    fn of(labels: &[&str]) -> Option<Vec<f64>> {
        values(&labels.iter().map(|label| (*label).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn labels_are_worth_their_number_or_their_yes() {
        assert_eq!(of(&["0", "1", "2.5"]), Some(vec![0.0, 1.0, 2.5]));
        assert_eq!(of(&["no", "yes"]), Some(vec![0.0, 1.0]));
        assert_eq!(of(&["animals", "money"]), None);
        assert_eq!(of(&["0", "nan"]), None);
    }

    #[test]
    fn the_expected_value_is_added_and_held_to_the_least() {
        let pipeline = tiny_pipeline();
        let Ok(Operator::Compute(classify)) = build(&DEF, "min_score = 2", &pipeline.resources) else { unreachable!() };
        let batch = batch("text\nthe dog sat\nthe price of water\n\\0");
        let lines = render(&classify.decide(Rows::new(&batch)).unwrap());
        assert!(lines[0].starts_with("reject not_educational: "), "{lines:?}");
        assert!(lines[1].starts_with("accept | "), "{lines:?}");
        let score = |line: &str| line.rsplit("| ").next().unwrap().parse::<f32>().unwrap();
        assert!((0.0..2.0).contains(&score(&lines[0])) && (2.0..=4.0).contains(&score(&lines[1])), "{lines:?}");
    }

    #[test]
    fn a_head_that_does_not_fit_is_refused() {
        check_build_error(&DEF, "", "`models/educational`: no model of this name");
        let pipeline = tiny_pipeline();
        let message = build(&DEF, "model = \"domain\"", &pipeline.resources).err().unwrap();
        assert!(message.contains("`animals`, `money`, which are neither numbers nor have a `yes`"), "{message}");
    }
}
