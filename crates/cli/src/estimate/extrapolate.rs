//! From what a sample used to what all documents would use, with the error that the sample's size leaves.

use std::collections::BTreeMap;
use std::sync::Arc;

use quarry_llm::{Prices, Usage};
use serde::Serialize;

use super::Sample;
use crate::meter::StageUse;

/// Half the width of a 95 % interval, in standard errors.
const WIDTH: f64 = 1.96;

/// What a whole run would ask of models.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Estimate {
    /// Documents that were run.
    pub(crate) num_documents: usize,
    /// Documents of the input.
    pub(crate) num_all: usize,
    /// Stage by stage.
    pub(crate) stages: Vec<StageEstimate>,
    /// All stages together; its tokens may be off by `error_share` in 95 of 100 samples.
    pub(crate) total: StageEstimate,
    /// Half the width of the 95 % interval of all tokens, as a share of them.
    pub(crate) error_share: f64,
}

/// What one stage would ask.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub(crate) struct StageEstimate {
    /// The stage; empty for the total.
    pub(crate) stage: String,
    /// The model's id.
    pub(crate) model: String,
    /// Calls.
    pub(crate) num_calls: f64,
    /// Prompt tokens.
    pub(crate) prompt_tokens: f64,
    /// Those of them that the prefix cache would hold.
    pub(crate) cached_tokens: f64,
    /// Answer tokens.
    pub(crate) completion_tokens: f64,
    /// Money, in the currency of the prices.
    pub(crate) cost: f64,
}

/// Scales what the sample used up to the input. `prices` are by the models' names in the config.
pub(crate) fn extrapolate(
    used: &[(Arc<str>, StageUse)],
    sample: Sample,
    prices: &BTreeMap<String, Prices>,
) -> Estimate {
    let scale = sample.num_all as f64 / (sample.num_documents.max(1)) as f64;
    let stages: Vec<StageEstimate> = used.iter().map(|(stage, used)| of_stage(stage, used, scale, prices)).collect();
    let mut total = StageEstimate::default();
    for stage in &stages {
        total.num_calls += stage.num_calls;
        total.prompt_tokens += stage.prompt_tokens;
        total.cached_tokens += stage.cached_tokens;
        total.completion_tokens += stage.completion_tokens;
        total.cost += stage.cost;
    }
    let error_share = error_share(used, sample);
    Estimate { num_documents: sample.num_documents, num_all: sample.num_all, stages, total, error_share }
}

fn of_stage(stage: &str, used: &StageUse, scale: f64, prices: &BTreeMap<String, Prices>) -> StageEstimate {
    let Usage { prompt_tokens, cached_tokens, completion_tokens } = used.usage;
    StageEstimate {
        stage: stage.to_owned(),
        model: used.model.clone(),
        num_calls: used.num_calls as f64 * scale,
        prompt_tokens: prompt_tokens as f64 * scale,
        cached_tokens: cached_tokens as f64 * scale,
        completion_tokens: completion_tokens as f64 * scale,
        cost: prices.get(&used.name).copied().unwrap_or_default().cost(&used.usage) * scale,
    }
}

/// The standard error of a mean over documents, those without a call included. The sample is spread over the lengths of
/// the documents, which makes it better than this says.
fn error_share(used: &[(Arc<str>, StageUse)], sample: Sample) -> f64 {
    let mut by_document: BTreeMap<u64, f64> = BTreeMap::new();
    // Calls without a document, and those about later passages, have routes of their own; the others vary as they do.
    let first = used.first().map(|(_, used)| &used.by_document);
    let known = |document: &u64| first.is_some_and(|first| first.contains_key(document));
    let calls = used.iter().flat_map(|(_, used)| &used.by_document);
    for (document, usage) in calls.filter(|(document, _)| known(document)) {
        *by_document.entry(*document).or_default() += (usage.prompt_tokens + usage.completion_tokens) as f64;
    }
    let (count, all) = (sample.num_documents as f64, sample.num_all as f64);
    let mean = by_document.values().sum::<f64>() / count.max(1.0);
    if mean <= 0.0 || count < 2.0 {
        return 0.0;
    }
    let squares: f64 = by_document.values().map(|tokens| (tokens - mean).powi(2)).sum();
    let silent = (count - by_document.len() as f64).max(0.0);
    let variance = (squares + silent * mean * mean) / (count - 1.0);
    WIDTH * (variance / count).sqrt() * (1.0 - count / all.max(count)).sqrt() / mean
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use quarry_llm::{Prices, Usage};

    use super::super::Sample;
    use super::{StageUse, extrapolate};

    fn used(tokens: &[u64]) -> Vec<(Arc<str>, StageUse)> {
        let by_document: BTreeMap<u64, Usage> = tokens
            .iter()
            .enumerate()
            .map(|(document, tokens)| (document as u64, Usage { prompt_tokens: *tokens, ..Usage::default() }))
            .collect();
        let usage = Usage { prompt_tokens: tokens.iter().sum(), cached_tokens: 0, completion_tokens: 0 };
        let stage = StageUse {
            model: "m".to_owned(),
            name: "teacher".to_owned(),
            position: 1,
            num_calls: tokens.len() as u64,
            num_from_ledger: 0,
            usage,
            by_document,
        };
        vec![(Arc::from("ask"), stage)]
    }

    #[test]
    fn tokens_and_money_grow_with_the_number_of_documents() {
        let prices = Prices { input: 2.0, cached_input: None, output: 0.0 };
        let sample = Sample { num_documents: 4, num_all: 40 };
        let estimate =
            extrapolate(&used(&[100, 100, 100, 100]), sample, &BTreeMap::from([("teacher".to_owned(), prices)]));
        assert_eq!((estimate.total.num_calls, estimate.total.prompt_tokens), (40.0, 4000.0));
        assert!((estimate.total.cost - 0.008).abs() < 1e-12);
        assert_eq!(estimate.error_share, 0.0);
    }

    #[test]
    fn documents_without_a_call_widen_the_error() {
        let sample = Sample { num_documents: 4, num_all: 4000 };
        let some = extrapolate(&used(&[100, 100]), sample, &BTreeMap::new()).error_share;
        assert!((some - 1.96 * (1.0_f64 / 3.0).sqrt()).abs() < 0.01, "{some}");
        let whole = Sample { num_documents: 4, num_all: 4 };
        assert_eq!(extrapolate(&used(&[100, 100]), whole, &BTreeMap::new()).error_share, 0.0);
    }
}
