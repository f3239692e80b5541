//! Mathematics and chemical formulae: equal in normal form, or proved equal by exact evaluation.
//!
//! Polynomials, rational functions, relations, tuples and intervals are decided. What is not, such as the difference of
//! two roots, is `Unknown`, never wrong: whether an expression is zero cannot be decided in general.

use serde::{Deserialize, Serialize};

use crate::error::{Error, NotVerifiable};
use crate::infer::Candidate;
use crate::spec::AnswerSpec;
use crate::verdict::{Cause, Verdict};

mod compare;
mod evaluate;
mod formula;
mod lex;
mod parse;
mod recognise;

pub(crate) use formula::is_element;
use lex::Unread;

/// The gold side of an expression.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpressionSpec {
    /// The expression as written.
    pub latex: String,
    /// Names that stand for any value.
    pub variables: Vec<String>,
    /// Where the variables live; the reals if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
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
    if spec.kind == ExpressionKind::Formula {
        let Some(gold) = formula::canonical(&spec.latex) else { return Verdict::unknown(Cause::InvalidSpec) };
        return match formula::canonical(reply) {
            Some(given) => Verdict::of(given == gold),
            None => Verdict::incorrect(Cause::Unreadable),
        };
    }
    if squash(&spec.latex) == squash(reply) {
        return Verdict::Correct;
    }
    match (parse::parse(&spec.latex), parse::parse(reply)) {
        (Ok(gold), Ok(given)) => compare::compare(&gold, &given),
        (_, Err(Unread::Malformed)) => Verdict::incorrect(Cause::Unreadable),
        _ => Verdict::unknown(Cause::Undecided),
    }
}

/// Reads a formula or an expression.
pub(crate) fn infer(candidate: &Candidate<'_>) -> Result<Option<AnswerSpec>, NotVerifiable> {
    let text = candidate.text;
    if formula::is_meant(text) {
        return Ok(Some(spec_of(text, Vec::new(), ExpressionKind::Formula)));
    }
    if !recognise::is_mathematics(text) {
        return Ok(None);
    }
    // Words between signs would be read as products of letters.
    if !text.contains('\\') && recognise::has_word(text, 3) {
        return Err(NotVerifiable::UnreadableExpression);
    }
    match parse::parse(text) {
        Ok(node) => Ok(Some(spec_of(text, recognise::variables(&node), recognise::kind(&node)))),
        // Other spellings of it stay undecided, but the same one is recognised.
        Err(Unread::Unsupported) if text.contains('\\') => {
            let matrix = text.contains("matrix}") || text.contains("\\begin{array}");
            let kind = if matrix { ExpressionKind::Matrix } else { ExpressionKind::Expr };
            Ok(Some(spec_of(text, Vec::new(), kind)))
        }
        Err(_) => Err(NotVerifiable::UnreadableExpression),
    }
}

/// Makes the spec of a text that is to be an expression, whatever else it looks like.
pub(crate) fn forced(text: &str) -> Option<AnswerSpec> {
    let node = parse::parse(text).ok()?;
    Some(spec_of(text, recognise::variables(&node), recognise::kind(&node)))
}

impl ExpressionSpec {
    pub(crate) fn validate(&self) -> Result<(), Error> {
        let readable = match self.kind {
            ExpressionKind::Formula => formula::canonical(&self.latex).is_some(),
            _ => !squash(&self.latex).is_empty(),
        };
        if readable { Ok(()) } else { Err(Error::field("expression", "latex")) }
    }
}

fn spec_of(latex: &str, variables: Vec<String>, kind: ExpressionKind) -> AnswerSpec {
    AnswerSpec::Expression(ExpressionSpec { latex: latex.to_owned(), variables, domain: None, kind })
}

/// Removes what only moves the letters on the page.
fn squash(text: &str) -> String {
    let mut squashed = text.to_owned();
    for spacing in ["\\left", "\\right", "\\,", "\\;", "\\:", "\\!", "\\quad", "\\displaystyle", " "] {
        squashed = squashed.replace(spacing, "");
    }
    squashed.replace("\\dfrac", "\\frac").replace("\\tfrac", "\\frac")
}

#[cfg(test)]
mod tests;
