//! How good a classifier is on rows that it has not seen.

use serde::Serialize;

/// Lowest scores for which the accuracy of the rest is reported.
const CUTS: [f32; 5] = [0.0, 0.3, 0.5, 0.7, 0.9];

/// What was measured on held-out rows.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Evaluation {
    /// Number of held-out rows.
    pub num_rows: usize,
    /// Share of rows with the right label.
    pub accuracy: f64,
    /// Mean F1 of the labels, each counting the same.
    pub macro_f1: f64,
    /// One row for each true label, one column for each predicted label.
    pub confusion: Vec<Vec<usize>>,
    /// The labels one by one.
    pub label: Vec<LabelReport>,
    /// What a lowest score costs and brings.
    pub min_score: Vec<CutReport>,
}

/// What was measured of one label.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LabelReport {
    /// The label.
    pub name: String,
    /// Held-out rows of this label.
    pub num_rows: usize,
    /// Of the rows given this label, the share that has it.
    pub precision: f64,
    /// Of the rows that have this label, the share given it.
    pub recall: f64,
    /// Harmonic mean of the two.
    pub f1: f64,
}

/// The rows that are left under a lowest score.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CutReport {
    /// The lowest score.
    pub at: f64,
    /// Share of rows that reach it.
    pub coverage: f64,
    /// Accuracy among them.
    pub accuracy: f64,
}

/// One held-out row: indices of labels, and the score of the predicted one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Outcome {
    pub(crate) truth: usize,
    pub(crate) predicted: usize,
    pub(crate) score: f32,
}

impl Evaluation {
    /// Sums up outcomes.
    pub(crate) fn of(labels: &[String], outcomes: &[Outcome]) -> Self {
        let mut confusion = vec![vec![0; labels.len()]; labels.len()];
        for outcome in outcomes {
            if let Some(cell) = confusion.get_mut(outcome.truth).and_then(|row| row.get_mut(outcome.predicted)) {
                *cell += 1;
            }
        }
        let label: Vec<LabelReport> =
            (0..).zip(labels).map(|(index, name)| label_report(index, name, &confusion)).collect();
        let f1_sum: f64 = label.iter().map(|label| label.f1).sum();
        Self {
            num_rows: outcomes.len(),
            accuracy: accuracy(outcomes),
            macro_f1: rounded(f1_sum / count(labels.len().max(1))),
            confusion,
            label,
            min_score: CUTS.iter().map(|&at| cut_report(at, outcomes)).collect(),
        }
    }
}

fn label_report(index: usize, name: &str, confusion: &[Vec<usize>]) -> LabelReport {
    let cell = |row: &Vec<usize>| row.get(index).copied().unwrap_or(0);
    let right = confusion.get(index).map_or(0, cell);
    let num_rows = confusion.get(index).map_or(0, |row| row.iter().sum());
    let num_given: usize = confusion.iter().map(cell).sum();
    let (precision, recall) = (ratio(right, num_given), ratio(right, num_rows));
    let f1 = ratio(2 * right, num_given + num_rows);
    LabelReport { name: name.to_owned(), num_rows, precision, recall, f1 }
}

fn cut_report(at: f32, outcomes: &[Outcome]) -> CutReport {
    let kept: Vec<Outcome> = outcomes.iter().copied().filter(|outcome| outcome.score >= at).collect();
    CutReport { at: rounded(f64::from(at)), coverage: ratio(kept.len(), outcomes.len()), accuracy: accuracy(&kept) }
}

fn accuracy(outcomes: &[Outcome]) -> f64 {
    ratio(outcomes.iter().filter(|outcome| outcome.truth == outcome.predicted).count(), outcomes.len())
}

/// Four digits, and zero where there is nothing to divide.
fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { rounded(count(part) / count(whole)) }
}

fn rounded(value: f64) -> f64 {
    (value * 1e4).round() / 1e4
}

#[expect(clippy::cast_precision_loss, reason = "counts of rows are far below 2^52")]
fn count(number: usize) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests {
    use super::{Evaluation, Outcome};

    #[test]
    fn figures_agree_with_a_count_by_hand() {
        let labels = ["a".to_owned(), "b".to_owned(), "never".to_owned()];
        let outcome = |truth, predicted, score| Outcome { truth, predicted, score };
        let found = Evaluation::of(
            &labels,
            &[outcome(0, 0, 0.95), outcome(0, 0, 0.6), outcome(0, 1, 0.4), outcome(1, 1, 0.8), outcome(1, 0, 0.35)],
        );
        assert_eq!((found.num_rows, found.accuracy), (5, 0.6));
        assert_eq!(found.confusion, [vec![2, 1, 0], vec![1, 1, 0], vec![0, 0, 0]]);
        let figures: Vec<_> = found.label.iter().map(|l| (l.precision, l.recall, l.f1)).collect();
        assert_eq!(figures, [(0.6667, 0.6667, 0.6667), (0.5, 0.5, 0.5), (0.0, 0.0, 0.0)]);
        assert_eq!(found.macro_f1, 0.3889);
        let cuts: Vec<_> = found.min_score.iter().map(|cut| (cut.at, cut.coverage, cut.accuracy)).collect();
        assert_eq!(cuts, [(0.0, 1.0, 0.6), (0.3, 1.0, 0.6), (0.5, 0.6, 1.0), (0.7, 0.4, 1.0), (0.9, 0.2, 1.0)]);
    }
}
