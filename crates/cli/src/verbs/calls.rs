//! The table of what stages asked of models, at the end of a run and of an estimate.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use quarry_llm::Prices;

use crate::meter::StageUse;

/// One line of the table.
pub(super) struct Line {
    pub(super) stage: String,
    pub(super) model: String,
    pub(super) num_calls: f64,
    pub(super) num_from_ledger: f64,
    pub(super) prompt_tokens: f64,
    pub(super) cached_tokens: f64,
    pub(super) completion_tokens: f64,
    pub(super) cost: f64,
}

/// What each stage asked in this run, replies out of the ledger included; empty where no model was asked.
pub(super) fn table(
    stages: &[(Arc<str>, StageUse)],
    prices: &BTreeMap<String, Prices>,
) -> Result<String, std::fmt::Error> {
    let line = |(stage, used): &(Arc<str>, StageUse)| Line {
        stage: stage.to_string(),
        model: used.model.clone(),
        num_calls: used.num_calls as f64,
        num_from_ledger: used.num_from_ledger as f64,
        prompt_tokens: used.usage.prompt_tokens as f64,
        cached_tokens: used.usage.cached_tokens as f64,
        completion_tokens: used.usage.completion_tokens as f64,
        cost: prices.get(&used.name).copied().unwrap_or_default().cost(&used.usage),
    };
    lines(&stages.iter().map(line).collect::<Vec<_>>())
}

/// Lines under a heading, with their sum; nothing for no line.
pub(super) fn lines(lines: &[Line]) -> Result<String, std::fmt::Error> {
    let mut text = String::new();
    if lines.is_empty() {
        return Ok(text);
    }
    let sum = |of: fn(&Line) -> f64| lines.iter().map(of).sum::<f64>();
    let all = Line {
        stage: "all".to_owned(),
        model: String::new(),
        num_calls: sum(|line| line.num_calls),
        num_from_ledger: sum(|line| line.num_from_ledger),
        prompt_tokens: sum(|line| line.prompt_tokens),
        cached_tokens: sum(|line| line.cached_tokens),
        completion_tokens: sum(|line| line.completion_tokens),
        cost: sum(|line| line.cost),
    };
    let (stage_width, model_width) = (width(lines, |line| &line.stage), width(lines, |line| &line.model));
    writeln!(
        text,
        "{:<stage_width$}  {:<model_width$} {:>9} {:>11} {:>12} {:>12} {:>12} {:>10}",
        "asked by", "model", "calls", "from ledger", "tokens in", "of it cached", "tokens out", "cost"
    )?;
    for line in lines.iter().chain([&all]) {
        let Line { stage, model, num_calls, num_from_ledger, prompt_tokens, cached_tokens, completion_tokens, cost } =
            line;
        writeln!(
            text,
            "{stage:<stage_width$}  {model:<model_width$} {num_calls:>9.0} {num_from_ledger:>11.0} {prompt_tokens:>12.0} \
             {cached_tokens:>12.0} {completion_tokens:>12.0} {cost:>10.4}"
        )?;
    }
    Ok(text)
}

fn width(lines: &[Line], of: fn(&Line) -> &String) -> usize {
    lines.iter().map(|line| of(line).chars().count()).max().unwrap_or_default().max("asked by".len())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use quarry_llm::{Prices, Usage};

    use super::{StageUse, table};

    #[test]
    fn each_stage_has_a_line_and_the_last_adds_them_up() -> Result<(), std::fmt::Error> {
        let usage = Usage { prompt_tokens: 1_000_000, cached_tokens: 250_000, completion_tokens: 10 };
        let used = StageUse {
            model: "m-1".to_owned(),
            name: "teacher".to_owned(),
            position: 3,
            num_calls: 7,
            num_from_ledger: 2,
            usage,
            by_document: BTreeMap::new(),
        };
        let stages = vec![(Arc::from("ask"), used.clone()), (Arc::from("judged"), used)];
        let prices = Prices { input: 2.0, cached_input: Some(0.0), output: 0.0 };
        let text = table(&stages, &BTreeMap::from([("teacher".to_owned(), prices)]))?;
        let last: Vec<&str> = text.lines().last().unwrap_or_default().split_whitespace().collect();
        assert_eq!(last, ["all", "14", "4", "2000000", "500000", "20", "3.0000"]);
        assert_eq!(text.lines().count(), 4);
        assert_eq!(table(&[], &BTreeMap::new())?, "");
        Ok(())
    }
}
