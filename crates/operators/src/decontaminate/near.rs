//! Test questions in other words, by the cosine of sentence vectors.
//!
//! Every vector is compared with every other: exact, and for the ten thousands of questions that packs hold less work
//! than the encoder has with the row itself.

use std::sync::Arc;

use quarry_engine::operator::{BuildContext, BuildError, OperatorError};
use quarry_onnx::Encoder;

use super::index::Index;
use crate::Resources;

/// More of a text than any encoder reads.
const MAX_BYTES: usize = 16_384;

/// The vectors of all test questions.
pub(super) struct Near {
    encoder: Arc<Encoder>,
    /// One after the other, in the order of the items.
    vectors: Vec<f32>,
    min_score: f32,
}

impl Near {
    /// Reads all questions of the index with the encoder of this name.
    pub(super) fn new(ctx: &mut BuildContext<'_, Resources>, name: &str, index: &Index) -> Result<Near, BuildError> {
        let encoder = ctx.resources.encoder(name).map_err(|error| BuildError::param("encoder", error.to_string()))?;
        ctx.depends_on(format!("models/{}", encoder.name()), encoder.digest());
        ctx.runs_on(encoder.name(), encoder.identity());
        let questions: Vec<&str> =
            index.packs.iter().flat_map(|pack| &pack.items).map(|item| beginning(&item.question)).collect();
        let vectors = encoder.embed(&questions).map_err(|error| BuildError::param("encoder", error.to_string()))?;
        #[expect(clippy::cast_possible_truncation, reason = "scores have four digits")]
        let min_score = ctx.params.float("min_near")? as f32;
        Ok(Near { encoder, vectors: vectors.concat(), min_score })
    }

    /// The nearest question of each text and its score, where that is high enough; the first of equals.
    pub(super) fn find(&self, texts: &[&str]) -> Result<Vec<Option<(u32, f32)>>, OperatorError> {
        let texts: Vec<&str> = texts.iter().map(|text| beginning(text)).collect();
        let vectors = self.encoder.embed(&texts).map_err(|error| OperatorError::new(error.to_string()))?;
        Ok(vectors.iter().map(|vector| self.nearest(vector)).collect())
    }

    fn nearest(&self, vector: &[f32]) -> Option<(u32, f32)> {
        let mut best: Option<(u32, f32)> = None;
        for (number, other) in self.vectors.chunks_exact(vector.len().max(1)).enumerate() {
            let cosine: f32 = vector.iter().zip(other).map(|(one, other)| one * other).sum();
            // Engines differ in the last digits, and no row may depend on which it was.
            let score = (cosine * 1e4).round() / 1e4;
            if score >= self.min_score && best.is_none_or(|(_, best)| score > best) {
                best = Some((number as u32, score));
            }
        }
        best
    }
}

fn beginning(text: &str) -> &str {
    text.get(..text.floor_char_boundary(MAX_BYTES)).unwrap_or(text)
}
