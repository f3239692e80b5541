//! Mathematics and chemical formulae: equal in normal form, or proved equal by exact evaluation.
//!
//! Rational functions are decided modulo primes, other values by numbers with error bounds, and lists, relations,
//! intervals and matrices part by part. What stays open is `Unknown`, never wrong: whether an expression is zero cannot
//! be decided in general.

use std::sync::LazyLock;

use regex::Regex;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::error::{Error, NotVerifiable};
use crate::infer::Candidate;
use crate::normalize::{normalize, trim_wrappers, without_frame};
use crate::pattern::pattern;
use crate::spec::AnswerSpec;
use crate::verdict::{Cause, Verdict};

mod ball;
mod compare;
mod doubts;
mod equal;
mod formula;
mod functions;
mod lex;
mod meaning;
mod node;
mod numeric;
mod parse;
mod parse_groups;
mod recognise;
mod region;
mod residue;
mod tables;

pub(crate) use formula::{canonical as formula, is_element};
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
        return formula::compare(&normalize(&spec.latex), without_frame(reply).unwrap_or(reply));
    }
    // A spec that was not inferred may be spelled in any way.
    let latex = normalize(&spec.latex);
    if squash(&latex) == squash(reply) {
        return Verdict::Correct;
    }
    match (read(&latex), read(reply)) {
        (Ok(gold), Ok(given)) => {
            let verdict = compare::compare(&gold.node, &given.node, is_positive(spec));
            // Equal numbers of different units are not equal, unless the units have several names.
            let units_differ = !gold.unit.is_empty() && !given.unit.is_empty() && gold.unit != given.unit;
            if units_differ { Verdict::unknown(Cause::Undecided) } else { verdict }
        }
        (_, Err(Unread::Malformed)) => Verdict::incorrect(Cause::Unreadable),
        _ => Verdict::unknown(Cause::Undecided),
    }
}

/// What is said of the letter in "π/6 + 2πk, where k is an integer".
static CONDITION: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i),? ?(?:\\text ?\{ ?)?(?:where|for|with) (?:(?:any|some|all|every|each) )?(?:integers? \$?[a-z]\$?|\$?[a-z]\$? (?:is )?(?:an|any) integer|\$?[a-z]\$? ?(?:∈|\\in|in) ?(?:Z|\\mathbb ?\{? ?Z ?\}?)\$?) ?\}?$",
    )
});
/// Words before a value: "Area = ", "\\text{Volume: }", "The slope is".
static LABEL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:\\(?:text|mathrm|textbf|operatorname) ?\{ ?)?(?P<words>[A-Za-z][A-Za-z' -]{1,60}?) ?(?:\}? ?(?:\([^()]{1,20}\) ?)?(?:[=:≈]|\b(?:is|are|equals)\b)+ ?\}?) ?(?P<rest>[^ =:].*)$",
    )
});
/// A word that makes something else of what follows.
static DENIAL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)\b(?:not|never|no|or|nor|neither|about|if|unless|wrong|incorrect|false|isn't|except)\b")
});

/// Reads an expression behind its label and before the condition on its letters.
fn read(text: &str) -> Result<parse::Parsed, Unread> {
    let text = CONDITION.find(text).and_then(|found| text.get(..found.start())).unwrap_or(text);
    parse::parse(text).or_else(|unread| {
        let rest = without_frame(text).or_else(|| unlabelled(text)).ok_or(unread)?;
        parse::parse(rest).map_err(|_| unread)
    })
}

fn unlabelled(text: &str) -> Option<&str> {
    let found = LABEL.captures(text)?;
    let words = found.name("words")?.as_str();
    let rest = found.name("rest")?.as_str();
    (!DENIAL.is_match(words)).then(|| trim_wrappers(rest))
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
    if !text.contains('\\') && recognise::has_prose(text) {
        return Err(NotVerifiable::UnreadableExpression);
    }
    match parse::parse(text) {
        Ok(parsed) => {
            let node = &parsed.node;
            Ok(Some(spec_of(text, recognise::variables(node), recognise::kind(node))))
        }
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
    let node = parse::parse(text).ok()?.node;
    Some(spec_of(text, recognise::variables(&node), recognise::kind(&node)))
}

impl ExpressionSpec {
    pub(crate) fn validate(&self) -> Result<(), Error> {
        let readable = match self.kind {
            ExpressionKind::Formula => formula::canonical(&normalize(&self.latex)).is_some(),
            _ => !squash(&normalize(&self.latex)).is_empty(),
        };
        if readable { Ok(()) } else { Err(Error::field("expression", "latex")) }
    }
}

/// What the Python side shares.
pub(crate) fn rules() -> Value {
    let mut rules = tables::rules();
    rules.extend(formula::rules());
    rules.extend([
        ("max_chars", json!(lex::MAX_CHARS)),
        ("max_digits", json!(lex::MAX_DIGITS)),
        ("max_letters", json!(lex::MAX_LETTERS)),
        ("max_depth", json!(parse::MAX_DEPTH)),
        ("max_tokens", json!(parse::MAX_TOKENS)),
        ("constants", json!(node::CONSTANTS)),
        ("primes", json!(residue::PRIMES)),
        ("num_points", json!(residue::NUM_POINTS)),
        ("max_exponent", json!(i64::try_from(residue::MAX_EXPONENT).unwrap_or(i64::MAX))),
        ("max_factorial", json!(i64::try_from(residue::MAX_FACTORIAL).unwrap_or(i64::MAX))),
        ("max_chosen", json!(i64::try_from(residue::MAX_CHOSEN).unwrap_or(i64::MAX))),
        ("max_numeric_exponent", json!(numeric::MAX_EXPONENT)),
        ("first_whole_point", json!(numeric::FIRST_WHOLE_POINT)),
        ("far_points", json!([numeric::FAR_POINTS.start, numeric::FAR_POINTS.end])),
        ("fuel", json!(equal::FUEL)),
        ("precisions", json!(equal::PRECISIONS)),
        ("max_factorials", json!(equal::MAX_FACTORIALS)),
        ("fixed_values", json!(compare::FIXED_VALUES)),
        ("integration", json!(compare::INTEGRATION)),
        ("condition", json!(CONDITION.as_str())),
        ("label", json!(LABEL.as_str())),
        ("denial", json!(DENIAL.as_str())),
        ("squashed", json!(SQUASHED)),
        ("positive", json!(POSITIVE)),
    ]);
    Value::Object(rules.into_iter().map(|(name, table)| (name.to_owned(), table)).collect())
}

fn spec_of(latex: &str, variables: Vec<String>, kind: ExpressionKind) -> AnswerSpec {
    AnswerSpec::Expression(ExpressionSpec { latex: latex.to_owned(), variables, domain: None, kind })
}

/// What a domain of numbers above zero is called.
const POSITIVE: [&str; 4] = ["positive", "> 0", ">0", "(0,"];

/// Spellings that only move the letters on the page, and what stands for them.
const SQUASHED: [(&str, &str); 10] = [
    ("\\left", ""),
    ("\\right", ""),
    ("\\,", ""),
    ("\\;", " "),
    ("\\:", " "),
    ("\\!", ""),
    ("\\quad", " "),
    ("\\displaystyle", ""),
    ("\\dfrac", "\\frac"),
    ("\\tfrac", "\\frac"),
];

/// Returns whether the stated domain is that of numbers above zero.
fn is_positive(spec: &ExpressionSpec) -> bool {
    spec.domain.as_deref().is_some_and(|domain| POSITIVE.iter().any(|word| domain.contains(word)))
}

/// Writes a text without what moves letters only: "3 1/2" keeps the blank that "31/2" lacks.
fn squash(text: &str) -> String {
    let text = SQUASHED.iter().fold(text.to_owned(), |text, (from, to)| without_command(&text, from, to));
    let mut squashed = String::with_capacity(text.len());
    let mut is_apart = false;
    for ch in text.chars() {
        if ch == ' ' {
            is_apart = true;
            continue;
        }
        if is_apart && ch.is_ascii_digit() && squashed.ends_with(|last: char| last.is_ascii_digit()) {
            squashed.push(' ');
        }
        is_apart = false;
        squashed.push(ch);
    }
    squashed
}

/// Replaces a command, and not the start of a longer one: `\left(` and not `\leftarrow`.
fn without_command(text: &str, command: &str, other: &str) -> String {
    let mut parts = text.split(command);
    let mut replaced = parts.next().unwrap_or("").to_owned();
    let has_letters = command.ends_with(|last: char| last.is_ascii_alphabetic());
    for part in parts {
        let is_longer = has_letters && part.starts_with(|first: char| first.is_ascii_alphabetic());
        replaced.push_str(if is_longer { command } else { other });
        replaced.push_str(part);
    }
    replaced
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod wrong_accepts;
