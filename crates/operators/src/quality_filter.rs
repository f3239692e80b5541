//! `quality_filter`: Gopher's quality and repetition rules, C4's rules, and one for boilerplate.
//!
//! Every rule is a measured value, a limit that the recipe may change, and a reason of its own; the first rule that is
//! broken decides, cheap ones first. Defaults are the published ones. A rule is off with a limit that nothing exceeds.
//!
//! The text is judged, never rewritten. What C4 does line by line is therefore counted: sentences on the lines that C4
//! would have left.
//!
//! **Words differ from those of other programs.** A word is what stands between white space, without ASCII
//! punctuation around it; datatrove takes spaCy's tokens, where punctuation is a word of its own. The same limit is
//! then another rule: with these words the rule on letters keeps plain technical prose.

mod gopher;
mod repetition;
mod rules;
mod web;
mod words;

use std::sync::Arc;

use quarry_engine::operator::{
    BuildContext, BuildError, Compute, Decided, Operator, OperatorError, Rows, Shape, Takes,
};
use quarry_schema::{Fate, column};

use crate::{Def, Resources};
use rules::{Limit, Measured, NUM_RULES, PARAMS, REASONS, RULES};
use web::LineRules;

/// The description of `quality_filter`.
pub(crate) const DEF: Def = Def {
    name: "quality_filter",
    summary: "refuses documents by Gopher's and C4's rules of thumb",
    version: 1,
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
    limits: [f64; NUM_RULES],
    line_rules: LineRules,
}

fn build(ctx: &mut BuildContext<'_, Resources>) -> Result<Operator, BuildError> {
    let mut limits = [0.0; NUM_RULES];
    for (limit, rule) in limits.iter_mut().zip(&RULES) {
        *limit = ctx.params.float(rule.param)?;
    }
    let line_rules = LineRules {
        needs_end: ctx.params.flag("needs_line_end")?,
        drops_javascript: ctx.params.flag("drops_javascript")?,
    };
    Ok(Operator::Compute(Arc::new(QualityFilter { limits, line_rules })))
}

impl Compute for QualityFilter {
    fn decide(&self, rows: Rows<'_>) -> Result<Decided, OperatorError> {
        let texts = rows.text(column::TEXT)?;
        let mut measured = Measured::new(self.line_rules);
        Ok(Decided::fates(texts.iter().map(|text| self.fate(text.unwrap_or_default(), &mut measured)).collect()))
    }
}

impl QualityFilter {
    /// `measured` is handed on from row to row for its buffers only.
    fn fate(&self, text: &str, measured: &mut Measured) -> Fate {
        measured.begin(text);
        for (rule, limit) in RULES.iter().zip(self.limits) {
            let value = measured.value(rule, text);
            let broken = match rule.limit {
                Limit::Least => value < limit,
                Limit::Most => value > limit,
            };
            if broken {
                return Fate::reject(rule.reason, format!("{}", (value * 1000.0).round() / 1000.0));
            }
        }
        Fate::Accept
    }
}

#[cfg(test)]
mod tests;
