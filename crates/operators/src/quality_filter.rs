//! `quality_filter`: the published rules of thumb of Gopher, C4 and FineWeb, and one for boilerplate.
//!
//! Every rule is a measured value, a limit that the recipe may change, and a reason of its own. The param `rules` names
//! sets of rules; they are tried in the order written, and the first rule that is broken decides. Defaults are the
//! published limits, in the order of FineWeb's pipeline. A rule is off with a limit that nothing exceeds. A set that is
//! not reached costs nothing, so a recipe that does not care which of two reasons it gets writes `gopher_quality` first.
//!
//! The text is judged, never rewritten. C4's rules drop lines, and FineWeb's judge what is left: that text is made for the
//! rules alone.
//!
//! **Words differ from those of other programs.** With `tokens = "whitespace"` a word is what stands between white space,
//! without ASCII punctuation around it; datatrove takes spaCy's tokens, where punctuation is a word of its own. The same
//! limit is then another rule: with our words the rule on letters keeps plain technical prose. Given datatrove's own words
//! every decision and reason is the one of datatrove 0.10.1, with `needs_line_end` as its block for C4 has it; a test holds
//! that. Where datatrove's blocks give other answers to other words, `benches/peers/filters_python.py` says how often.

mod boilerplate;
mod c4;
mod fineweb;
mod gopher;
mod judge;
mod lines;
mod marks;
mod repetition;
mod rules;
mod table;
mod tokens;
mod words;

use std::sync::Arc;

use quarry_engine::operator::{
    BuildContext, BuildError, Compute, Decided, Operator, OperatorError, Rows, Shape, Takes,
};
use quarry_schema::{Fate, column};

use crate::{Def, Resources};
pub use judge::{Broken, QualityJudge, QualityRules};
use rules::{PARAMS, REASONS};
pub use tokens::{GivenTokens, Tokens};

/// The description of `quality_filter`.
pub(crate) const DEF: Def = Def {
    name: "quality_filter",
    summary: "refuses documents by the rules of thumb of Gopher, C4 and FineWeb",
    version: 2,
    shape: Shape::Compute,
    takes: Takes::Documents,
    emits: false,
    reads: &[column::TEXT],
    adds: &[],
    reasons: &REASONS,
    params: &PARAMS,
    build,
};

struct QualityFilter {
    rules: QualityRules,
}

fn build(ctx: &mut BuildContext<'_, Resources>) -> Result<Operator, BuildError> {
    Ok(Operator::Compute(Arc::new(QualityFilter { rules: QualityRules::new(ctx.params)? })))
}

impl Compute for QualityFilter {
    fn decide(&self, rows: Rows<'_>) -> Result<Decided, OperatorError> {
        let texts = rows.text(column::TEXT)?;
        let mut judge = QualityJudge::new(&self.rules);
        let tokens = self.rules.tokens();
        let fate = |text: Option<&str>| match judge.judge(text.unwrap_or_default(), tokens) {
            Some(broken) => Fate::reject(broken.reason, format!("{}", (broken.value * 1000.0).round() / 1000.0)),
            None => Fate::Accept,
        };
        Ok(Decided::fates(texts.iter().map(fate).collect()))
    }
}

#[cfg(test)]
mod parity;
#[cfg(test)]
mod tests;
