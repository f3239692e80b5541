//! Linear heads: an embedding in, one score a label out.

use std::path::Path;

use safetensors::{Dtype, SafeTensors};

use crate::encoder::Encoder;
use crate::error::Error;
use crate::manifest::{HeadTable, Manifest};

/// The tensors of a head file.
pub(crate) const WEIGHT: &str = "weight";
pub(crate) const BIAS: &str = "bias";

/// A linear classifier over an encoder's embeddings.
#[derive(Debug, Clone)]
pub struct Head {
    name: String,
    digest: String,
    table: HeadTable,
    linear: Linear,
}

/// The numbers of a head.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Linear {
    pub(crate) dims: usize,
    /// One row of `dims` weights a label.
    pub(crate) weights: Vec<f32>,
    /// One a label.
    pub(crate) biases: Vec<f32>,
}

impl Head {
    /// Loads the head of a model folder.
    ///
    /// # Errors
    /// A file is missing or does not match its sha256, or its shape is not that of the labels.
    pub fn load(dir: &Path) -> Result<Self, Error> {
        let manifest = Manifest::read(dir, "head")?;
        let table = manifest.head.clone().ok_or_else(|| manifest.problem("it has no table `[head]`"))?;
        let (path, bytes) = manifest.read_file("head")?;
        let digest = manifest.file("head")?.sha256.clone();
        let tensors = SafeTensors::deserialize(&bytes).map_err(|error| Error::model(&path, error))?;
        let (labels, dims) = (table.labels.len(), table.dims);
        let weights = reals(&path, &tensors, WEIGHT, &[labels, dims])?;
        let biases = reals(&path, &tensors, BIAS, &[labels])?;
        let linear = Linear { dims, weights, biases };
        if dims == 0 || labels < 2 {
            return Err(manifest.problem("a head has at least one dimension and two labels"));
        }
        Ok(Self { name: manifest.name, digest, table, linear })
    }

    /// The head's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The labels, in the order of the scores.
    pub fn labels(&self) -> &[String] {
        &self.table.labels
    }

    /// The sha256 of the head's weights.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// The name of the encoder it was trained on.
    pub fn encoder(&self) -> &str {
        &self.table.encoder
    }

    /// Checks that the head was trained on this encoder.
    ///
    /// # Errors
    /// The encoder has another name, another length of embedding, or other files.
    pub fn check(&self, encoder: &Encoder) -> Result<(), Error> {
        let table = &self.table;
        let mismatch = |problem| Err(Error::HeadMismatch { head: self.name.clone(), problem });
        if table.encoder != encoder.name() {
            return mismatch(format!("it was trained on encoder `{}`, not on `{}`", table.encoder, encoder.name()));
        }
        if table.dims != encoder.dims() {
            return mismatch(format!("it takes {} numbers, and the encoder gives {}", table.dims, encoder.dims()));
        }
        if !encoder.is_variant(&table.encoder_digest) {
            let (wanted, found) = (&table.encoder_digest, encoder.digest());
            return mismatch(format!(
                "encoder `{}` has changed since training ({wanted} then, {found} now)",
                table.encoder
            ));
        }
        Ok(())
    }

    /// Scores an embedding: probabilities in the order of the labels, rounded to a millionth so that no last digit of an
    /// engine decides.
    pub fn scores(&self, embedding: &[f32]) -> Vec<f32> {
        let logits = self.linear.logits(embedding);
        let highest = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let powers: Vec<f64> = logits.iter().map(|logit| (logit - highest).exp()).collect();
        let total: f64 = powers.iter().sum();
        powers.iter().map(|power| round(power / total)).collect()
    }

    /// Finds the label of the highest score; of equal ones the first.
    pub fn best(&self, scores: &[f32]) -> Option<(&str, f32)> {
        let (mut best, mut highest) = (None, f32::NEG_INFINITY);
        for (label, &score) in self.labels().iter().zip(scores) {
            if score > highest {
                (best, highest) = (Some((label.as_str(), score)), score);
            }
        }
        best
    }
}

impl Linear {
    /// What each label weighs, before probabilities; summed in 64 bits and in order, so that the same embedding gives the
    /// same bits everywhere.
    pub(crate) fn logits(&self, embedding: &[f32]) -> Vec<f64> {
        let rows = self.weights.chunks_exact(self.dims.max(1)).zip(&self.biases);
        rows.map(|(weights, bias)| f64::from(*bias) + dot(weights, embedding)).collect()
    }
}

fn dot(left: &[f32], right: &[f32]) -> f64 {
    left.iter().zip(right).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
}

#[expect(clippy::cast_possible_truncation, reason = "six digits are what is kept")]
fn round(score: f64) -> f32 {
    ((score * 1e6).round() / 1e6) as f32
}

fn reals(path: &Path, tensors: &SafeTensors<'_>, name: &str, shape: &[usize]) -> Result<Vec<f32>, Error> {
    let tensor = tensors.tensor(name).map_err(|error| Error::model(path, error))?;
    if tensor.dtype() != Dtype::F32 || tensor.shape() != shape {
        let found = (tensor.dtype(), tensor.shape());
        return Err(Error::model(
            path,
            format!("tensor `{name}` is {found:?}, and {:?} is needed", (Dtype::F32, shape)),
        ));
    }
    let values: Vec<f32> = tensor.data().as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
    if values.iter().all(|value| value.is_finite()) {
        Ok(values)
    } else {
        Err(Error::model(path, format!("tensor `{name}` holds a number that is not finite")))
    }
}

#[cfg(test)]
mod tests {
    use super::{Head, HeadTable, Linear};

    fn head(weights: Vec<f32>, biases: Vec<f32>) -> Head {
        let labels = (0..biases.len()).map(|n| format!("label {n}")).collect();
        let dims = weights.len() / biases.len();
        let table = HeadTable { encoder: "e".into(), encoder_digest: "d".into(), dims, labels };
        Head { name: "h".into(), digest: "x".into(), table, linear: Linear { dims, weights, biases } }
    }

    #[test]
    fn scores_are_rounded_probabilities() {
        let head = head(vec![1.0, 0.0, 0.0, 1.0], vec![0.0, 0.0]);
        assert_eq!(head.scores(&[1.0, 1.0]), [0.5, 0.5]);
        // e / (e + 1), rounded.
        assert_eq!(head.scores(&[1.0, 0.0]), [0.731_059, 0.268_941]);
        assert_eq!(head.best(&[0.731_059, 0.268_941]), Some(("label 0", 0.731_059)));
    }

    #[test]
    fn large_logits_do_not_overflow() {
        let head = head(vec![4000.0, -4000.0], vec![0.0, 0.0]);
        assert_eq!(head.scores(&[1.0]), [1.0, 0.0]);
    }

    #[test]
    fn of_equal_scores_the_first_label_wins() {
        let head = head(vec![0.0, 0.0, 0.0], vec![0.0, 0.0, 0.0]);
        assert_eq!(head.best(&head.scores(&[1.0])).map(|(label, _)| label), Some("label 0"));
    }
}
