//! `domain_classify`: tells the domain of a document with a sentence encoder and a linear head.
//!
//! The embedding rides along, so that later stages need not compute it again. The encoder reads the beginning of a
//! text only (128 tokens with the one that is shipped); for web text that is the published practice.

use std::sync::Arc;

use arrow::array::{ArrayRef, Float32Array, Float32Builder, ListBuilder, StringArray};
use quarry_engine::operator::{
    BuildContext, BuildError, ColumnDef, ColumnType, Compute, Decided, Operator, OperatorError, ParamDef, ParamKind,
    ParamValue, ReasonDef, Rows, Shape, Takes,
};
use quarry_onnx::{Encoder, Head};
use quarry_schema::{Fate, column};

use crate::classifier::{self, beginning};
use crate::{Def, Resources};

/// The description of `domain_classify`.
pub(crate) const DEF: Def = Def {
    name: "domain_classify",
    summary: "tells the domain of a document",
    version: 1,
    shape: Shape::Compute,
    takes: Takes::Documents,
    emits: false,
    reads: &[column::TEXT],
    adds: &[
        ColumnDef { name: column::DOMAIN, kind: ColumnType::Text, doc: "the label with the highest score" },
        ColumnDef { name: "domain_score", kind: ColumnType::Float, doc: "its probability, from 0 to 1" },
        ColumnDef { name: column::EMBEDDING, kind: ColumnType::FloatList, doc: "the encoder's vector, of length 1" },
    ],
    reasons: &[ReasonDef { name: "low_confidence", doc: "no label reaches `min_score`" }],
    params: &[
        ParamDef {
            name: "model",
            kind: ParamKind::Text,
            default: Some(ParamValue::Text("domain")),
            doc: "the head, as the name of its folder in `models/`; its `model.toml` names the encoder",
        },
        ParamDef {
            name: "min_score",
            kind: ParamKind::Float { min: 0.0, max: 1.0 },
            default: Some(ParamValue::Float(0.0)),
            doc: "the least probability of the best label",
        },
    ],
    build,
};

struct DomainClassify {
    encoder: Arc<Encoder>,
    head: Arc<Head>,
    min_score: f32,
}

fn build(ctx: &mut BuildContext<'_, Resources>) -> Result<Operator, BuildError> {
    let (encoder, head) = classifier::open(ctx)?;
    #[expect(clippy::cast_possible_truncation, reason = "scores have six digits")]
    let min_score = ctx.params.float("min_score")? as f32;
    Ok(Operator::Compute(Arc::new(DomainClassify { encoder, head, min_score })))
}

impl Compute for DomainClassify {
    fn decide(&self, rows: Rows<'_>) -> Result<Decided, OperatorError> {
        let texts: Vec<&str> =
            rows.text(column::TEXT)?.iter().map(|text| beginning(text.unwrap_or_default())).collect();
        let embeddings = self.encoder.embed(&texts).map_err(|error| OperatorError::new(error.to_string()))?;
        let mut fates = Vec::with_capacity(texts.len());
        let mut domains = Vec::with_capacity(texts.len());
        let mut best_scores = Vec::with_capacity(texts.len());
        for embedding in &embeddings {
            let scores = self.head.scores(embedding);
            let (domain, score) = self.head.best(&scores).unwrap_or_default();
            domains.push(domain.to_owned());
            best_scores.push(score);
            fates.push(match score < self.min_score {
                true => Fate::reject("low_confidence", format!("{domain} {score:.3}")),
                false => Fate::Accept,
            });
        }
        let columns: Vec<ArrayRef> = vec![
            Arc::new(StringArray::from(domains)),
            Arc::new(Float32Array::from(best_scores)),
            Arc::new(float_lists(&embeddings)),
        ];
        Ok(Decided { fates, columns, ..Decided::default() })
    }

    fn rows_per_call(&self) -> usize {
        self.encoder.batch_rows()
    }
}

fn float_lists(rows: &[Vec<f32>]) -> arrow::array::ListArray {
    let mut builder = ListBuilder::new(Float32Builder::new());
    for row in rows {
        builder.values().append_slice(row);
        builder.append(true);
    }
    builder.finish()
}

#[cfg(test)]
mod tests {
    use arrow::array::AsArray;
    use quarry_engine::operator::{Operator, Rows};

    use super::DEF;
    use crate::check::{batch, build, check_build_error, tiny_pipeline};

    #[test]
    fn the_best_label_and_its_embedding_are_added() {
        let pipeline = tiny_pipeline();
        let Ok(Operator::Compute(classify)) = build(&DEF, "", &pipeline.resources) else { unreachable!() };
        let batch = batch("text\nthe dog sat\nthe price of water\n\\0");
        let decided = classify.decide(Rows::new(&batch)).unwrap();
        let lines = crate::check::render(&decided);
        assert!(lines[0].starts_with("accept | animals | 0."), "{lines:?}");
        assert!(lines[1].starts_with("accept | money | 0."), "{lines:?}");
        assert_eq!(decided.columns[2].len(), 3);
    }

    #[test]
    fn a_low_score_is_rejected_with_its_label() {
        let pipeline = tiny_pipeline();
        let Ok(Operator::Compute(classify)) = build(&DEF, "min_score = 1.0", &pipeline.resources) else {
            unreachable!()
        };
        let batch = batch("text\nthe dog sat");
        let lines = crate::check::render(&classify.decide(Rows::new(&batch)).unwrap());
        assert!(lines[0].starts_with("reject low_confidence: animals 0."), "{lines:?}");
    }

    #[test]
    fn a_missing_model_is_named() {
        check_build_error(&DEF, "model = \"dom\"", "`models/dom`: no model of this name");
    }

    #[test]
    fn the_shipped_head_tells_domains() {
        let pipeline = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../pipeline");
        let config = quarry_onnx::RuntimeConfig {
            runtime: quarry_onnx::RuntimeChoice::Rten,
            device: quarry_onnx::Device::Cpu,
            threads: 1,
            ..Default::default()
        };
        let resources = crate::Resources::new(pipeline, config);
        let Ok(Operator::Compute(classify)) = build(&DEF, "", &resources) else { unreachable!() };
        let batch = batch(
            "text
             A prime number is a natural number greater than 1 that is not a product of two smaller natural numbers.
             Python is a programming language; a function is defined with the keyword def and returns a value.
             Malaria is an infectious disease that is transmitted by mosquitoes and treated with antimalarial drugs.",
        );
        let decided = classify.decide(Rows::new(&batch)).unwrap();
        let domains: Vec<&str> = decided.columns[0].as_string::<i32>().iter().flatten().collect();
        assert_eq!(domains, ["Math", "Coding", "Medicine & Health"]);
    }
}
