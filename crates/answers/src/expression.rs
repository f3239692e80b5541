//! Mathematics: equal when the normal forms are equal.

use serde::{Deserialize, Serialize};

use crate::error::{Error, NotVerifiable};
use crate::infer::Candidate;
use crate::spec::AnswerSpec;
use crate::verdict::{Cause, Verdict};

/// The gold side of an expression.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpressionSpec {
    /// The expression as written.
    pub latex: String,
    /// Names that stand for any value.
    pub variables: Vec<String>,
    /// Where the variables live; the reals if absent.
    pub domain: Option<String>,
    /// What the expression is.
    pub kind: ExpressionKind,
}

/// What an expression is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExpressionKind {
    /// A value.
    Expr,
    /// Two sides with a relation between them.
    Equation,
    /// A stretch of numbers.
    Interval,
    /// Several values in order.
    Tuple,
    /// Rows and columns.
    Matrix,
    /// A chemical formula.
    Formula,
}

/// Compares a normalised reply with the spec.
pub(crate) fn check(spec: &ExpressionSpec, reply: &str) -> Verdict {
    let squash = |text: &str| text.split_whitespace().collect::<String>();
    if squash(&spec.latex) == squash(reply) { Verdict::Correct } else { Verdict::unknown(Cause::Undecided) }
}

/// Reads mathematics.
pub(crate) fn infer(candidate: &Candidate<'_>) -> Result<Option<AnswerSpec>, NotVerifiable> {
    if !candidate.text.contains(['=', '^', '\\', '±', '√']) {
        return Ok(None);
    }
    Ok(Some(AnswerSpec::Expression(ExpressionSpec {
        latex: candidate.text.to_owned(),
        variables: Vec::new(),
        domain: None,
        kind: ExpressionKind::Expr,
    })))
}

impl ExpressionSpec {
    pub(crate) fn validate(&self) -> Result<(), Error> {
        if self.latex.trim().is_empty() { Err(Error::field("expression", "latex")) } else { Ok(()) }
    }
}
