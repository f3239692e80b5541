//! The one place that fits numbers: a multinomial logistic regression by `linfa`.

use linfa::DatasetBase;
use linfa::traits::Fit;
use linfa_logistic::MultiLogisticRegression;
use ndarray::{Array1, Array2};

use crate::error::Error;

/// Steps of the solver; it stops earlier once the gradient is small.
const MAX_ITERATIONS: u64 = 500;
const GRADIENT_TOLERANCE: f64 = 1e-3;

/// Weights, one row of `dims` a label, and one bias a label.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Weights {
    pub(crate) weights: Vec<f32>,
    pub(crate) biases: Vec<f32>,
}

/// Fits labels (indices from 0, each present) to embeddings, by least cross-entropy plus `l2 / 2` times the squared
/// weights.
#[expect(clippy::cast_possible_truncation, reason = "heads are kept in 32 bits")]
pub(crate) fn fit(embeddings: &[Vec<f32>], targets: &[usize], l2: f64) -> Result<Weights, Error> {
    let failed = |problem: String| Error::Train { problem };
    let dims = embeddings.first().map_or(0, Vec::len);
    let values = embeddings.iter().flatten().map(|&value| f64::from(value)).collect();
    let records =
        Array2::from_shape_vec((embeddings.len(), dims), values).map_err(|error| failed(error.to_string()))?;
    let dataset = DatasetBase::new(records, Array1::from_vec(targets.to_vec()));
    let model = MultiLogisticRegression::default()
        .alpha(l2)
        .max_iterations(MAX_ITERATIONS)
        .gradient_tolerance(GRADIENT_TOLERANCE)
        .fit(&dataset)
        .map_err(|error| failed(error.to_string()))?;
    // The library has a row for each dimension; a head has one for each label.
    let weights = model.params().t().iter().map(|&value| value as f32).collect();
    let biases = model.intercept().iter().map(|&value| value as f32).collect();
    Ok(Weights { weights, biases })
}
