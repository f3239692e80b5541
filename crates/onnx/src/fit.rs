//! The one place that fits numbers: a multinomial logistic regression by `linfa`.

use std::collections::BTreeMap;

use linfa::DatasetBase;
use linfa::traits::Fit;
use linfa_logistic::MultiLogisticRegression;
use ndarray::{Array1, Array2};

use crate::error::Error;
use crate::head::Linear;

/// Steps of the solver; it stops earlier once the gradient is small.
const MAX_ITERATIONS: u64 = 500;
const GRADIENT_TOLERANCE: f64 = 1e-3;

/// Penalties tried where none is given, the strongest first.
const PENALTIES: [f64; 5] = [3.0, 1.0, 0.3, 0.1, 0.03];
/// Parts of the rows that take turns in measuring a penalty.
const FOLDS: usize = 3;

/// Fits labels (indices from 0, each present) to embeddings, by least cross-entropy plus `l2 / 2` times the squared
/// weights. Each label weighs about the same: how often it occurs among labelled rows says nothing of the texts to come.
#[expect(clippy::cast_possible_truncation, reason = "heads are kept in 32 bits")]
pub(crate) fn fit(embeddings: &[Vec<f32>], targets: &[usize], l2: f64) -> Result<Linear, Error> {
    let failed = |problem: String| Error::Train { problem };
    let dims = embeddings.first().map_or(0, Vec::len);
    let rows = balanced(targets);
    let values = rows.iter().filter_map(|&row| embeddings.get(row)).flatten().map(|&value| f64::from(value)).collect();
    let records = Array2::from_shape_vec((rows.len(), dims), values).map_err(|error| failed(error.to_string()))?;
    let labels: Array1<usize> = rows.iter().filter_map(|&row| targets.get(row).copied()).collect();
    let dataset = DatasetBase::new(records, labels);
    let model = MultiLogisticRegression::default()
        .alpha(l2)
        .max_iterations(MAX_ITERATIONS)
        .gradient_tolerance(GRADIENT_TOLERANCE)
        .fit(&dataset)
        .map_err(|error| failed(error.to_string()))?;
    // The library has a row for each dimension; a head has one for each label.
    let weights = model.params().t().iter().map(|&value| value as f32).collect();
    let biases = model.intercept().iter().map(|&value| value as f32).collect();
    Ok(Linear { dims, weights, biases })
}

/// The numbers of the rows, those of rarer labels several times over; the library knows no weights.
fn balanced(targets: &[usize]) -> Vec<usize> {
    let counts = counts(targets);
    let most = counts.values().copied().max().unwrap_or(0);
    let times = |label: &usize| counts.get(label).map_or(1, |&count| (most + count / 2) / count);
    (0..).zip(targets).flat_map(|(row, label)| std::iter::repeat_n(row, times(label))).collect()
}

fn counts(labels: &[usize]) -> BTreeMap<usize, usize> {
    let mut counts = BTreeMap::new();
    for &label in labels {
        *counts.entry(label).or_insert(0) += 1;
    }
    counts
}

/// Chooses the penalty with the best mean recall of the labels on rows left out in turn; of equal ones the strongest.
///
/// Rows are dealt to the parts in their order, so labels that stand together are spread evenly.
pub(crate) fn choose_l2(embeddings: &[Vec<f32>], targets: &[usize]) -> Result<f64, Error> {
    let (mut best, mut highest) = (PENALTIES[0], 0.0);
    for l2 in PENALTIES {
        let mut right = Vec::new();
        for fold in 0..FOLDS {
            right.extend(right_labels(embeddings, targets, l2, fold)?);
        }
        let recall = recall_sum(targets, &right);
        if recall > highest {
            (best, highest) = (l2, recall);
        }
    }
    Ok(best)
}

/// The labels of the rows of one part that a fit without that part gets right.
fn right_labels(embeddings: &[Vec<f32>], targets: &[usize], l2: f64, fold: usize) -> Result<Vec<usize>, Error> {
    let rows = || embeddings.iter().zip(targets.iter().copied()).zip(0..);
    let (seen, labels): (Vec<Vec<f32>>, Vec<usize>) =
        rows().filter(|(_, row)| row % FOLDS != fold).map(|((embedding, label), _)| (embedding.clone(), label)).unzip();
    let known: Vec<usize> = counts(&labels).into_keys().collect();
    let linear = fit(&seen, &labels, l2)?;
    let is_right = |embedding: &[f32], label: usize| {
        let logits = linear.logits(embedding);
        let best = logits.iter().enumerate().max_by(|left, right| left.1.total_cmp(right.1));
        best.and_then(|(index, _)| known.get(index)) == Some(&label)
    };
    let left_out = rows().filter(|(_, row)| row % FOLDS == fold);
    Ok(left_out.filter(|((embedding, label), _)| is_right(embedding, *label)).map(|((_, label), _)| label).collect())
}

#[expect(clippy::cast_precision_loss, reason = "counts of rows are far below 2^52")]
fn recall_sum(targets: &[usize], right: &[usize]) -> f64 {
    let (all, right) = (counts(targets), counts(right));
    all.iter().map(|(label, &count)| right.get(label).copied().unwrap_or(0) as f64 / count as f64).sum()
}

#[cfg(test)]
mod tests {
    use super::{balanced, choose_l2, fit};

    /// Two clusters on a line, and a few rows on the wrong side.
    fn rows() -> (Vec<Vec<f32>>, Vec<usize>) {
        let place = |row: u8| if row.is_multiple_of(2) { 1.0 } else { -1.0 };
        let embeddings = (0..60).map(|row| vec![place(row), f32::from(row % 7) / 7.0]).collect();
        (embeddings, (0..60_usize).map(|row| if row % 19 == 0 { 1 - row % 2 } else { row % 2 }).collect())
    }

    #[test]
    fn the_fit_puts_each_cluster_on_its_side_and_is_the_same_every_time() -> Result<(), crate::Error> {
        let (embeddings, targets) = rows();
        let linear = fit(&embeddings, &targets, 0.1)?;
        let logits = linear.logits(&[1.0, 0.5]);
        assert!(logits[0] > logits[1]);
        let logits = linear.logits(&[-1.0, 0.5]);
        assert!(logits[0] < logits[1]);
        assert_eq!(fit(&embeddings, &targets, 0.1)?, linear);
        Ok(())
    }

    #[test]
    fn rows_of_rarer_labels_are_repeated() {
        assert_eq!(balanced(&[0, 0, 0, 1, 0, 2, 2]), [0, 1, 2, 3, 3, 3, 3, 4, 5, 5, 6, 6]);
        assert!(balanced(&[]).is_empty());
    }

    #[test]
    fn of_penalties_that_do_equally_well_the_strongest_is_chosen() -> Result<(), crate::Error> {
        let (embeddings, targets) = rows();
        assert_eq!(choose_l2(&embeddings, &targets)?, 3.0);
        Ok(())
    }
}
