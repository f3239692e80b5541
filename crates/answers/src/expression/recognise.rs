//! Telling mathematics from names: "x - 1" is an expression, "F-16" and "A/B" are not.

use std::sync::LazyLock;

use regex::Regex;

use super::ExpressionKind;
use super::lex::is_known_name;
use super::node::Node;
use super::parse::parse;
use super::region::is_region;
use crate::pattern::pattern;

/// Notation that nothing but mathematics uses.
static STRONG: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"\\[a-zA-Z]+|[\^=±∓√≤≥≠∞∫∑]|[0-9)]!|^[a-zA-Z]!|[<>] ?[0-9a-z]|[0-9a-z], ?\.\.\.,|[0-9]π|^π$")
});
/// Two numbers or letters in brackets: a point or an interval.
static PAIR: LazyLock<Regex> = LazyLock::new(|| pattern(r"^[(\[][^()\[\]]{1,40},[^()\[\]]{1,40}[)\]]$"));
/// Several points.
static POINTS: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^\([^()]{1,40},[^()]{1,40}\)(?:(?:,| and|, and) ?\([^()]{1,40},[^()]{1,40}\)){1,8}$"));
/// An operator between operands that are no parts of a code name.
static OPERATION: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"[0-9a-zA-Z)] [+*/-] [0-9a-zA-Z(]|[0-9)][+*/][0-9a-zA-Z(]|[a-z)][+*/-][0-9a-z(]"));
/// "F-16", "3-D", "2n", "n-3": a letter and a number with or without a hyphen.
static CODE_NAME: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"^(?:[A-Za-z]{1,4}[-/]?[0-9]{1,4}[A-Za-z]?|[0-9]{1,4}[-/]?[A-Za-z]{1,3}|[A-Za-z]{1,3}[-/][A-Za-z]{1,3})$")
});

/// A product with a bracket: "p(1-p)", "ab(c + d)"; or bars around letters and numbers.
static GROUP: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"^\|[^|]{1,40}\|$|(?:^|[^A-Za-z])[0-9a-z]{1,2}\([0-9a-z^ ]{1,20}[+*/-][0-9a-z^ ]{1,20}\)|\)\(")
});
/// Terms of a letter or two: "ad - bc".
static TERMS: LazyLock<Regex> = LazyLock::new(|| pattern(r"^[0-9a-z^]{1,6}(?: [+-] [0-9a-z^]{1,6})+$"));
/// English words that could be products of letters.
const SHORT_WORDS: &str = " am an as at be by do go he hi if in is it me my no of ok on or so to up us we ";

/// Returns whether a text is meant as mathematics.
pub(super) fn is_mathematics(text: &str) -> bool {
    if STRONG.is_match(text) {
        return true;
    }
    if CODE_NAME.is_match(text) || has_word(text, 3) {
        return false;
    }
    let has_short_word = text
        .split(|ch: char| !ch.is_ascii_alphabetic())
        .any(|run| run.len() > 1 && SHORT_WORDS.contains(&format!(" {} ", run.to_ascii_lowercase())));
    let products = !has_short_word && (GROUP.is_match(text) || TERMS.is_match(text));
    let letters = !has_word(text, 2) && (PAIR.is_match(text) || POINTS.is_match(text) || OPERATION.is_match(text));
    (products || letters) && parse(text).is_ok()
}

/// Returns whether a text has a run of so many letters that is no name of mathematics.
pub(super) fn has_word(text: &str, min_letters: usize) -> bool {
    text.split(|ch: char| !ch.is_alphabetic()).any(|run| run.chars().count() >= min_letters && !is_known_name(run))
}

/// Returns whether a text has a word: four letters or more, or three with a vowel. "mgh" and "nRT" are products.
pub(super) fn has_prose(text: &str) -> bool {
    let is_word = |run: &str| match run.chars().count() {
        0..3 => false,
        3 => run.contains(['a', 'e', 'i', 'o', 'u']) && run != "abc",
        _ => true,
    };
    text.split(|ch: char| !ch.is_alphabetic()).any(|run| is_word(run) && !is_known_name(run))
}

/// Returns what an expression is.
pub(super) fn kind(node: &Node) -> ExpressionKind {
    match node {
        Node::Relation(..) => ExpressionKind::Equation,
        Node::Tuple('[', _, items) | Node::Tuple(_, ']', items) if items.len() == 2 => ExpressionKind::Interval,
        Node::Tuple(' ', _, items) | Node::Either(items)
            if items.iter().any(|item| matches!(item, Node::Relation(..))) =>
        {
            ExpressionKind::Equation
        }
        Node::Tuple(..) if is_region(node) => ExpressionKind::Interval,
        Node::Call(name, _) if name == "∪" => ExpressionKind::Interval,
        Node::Tuple(..) => ExpressionKind::Tuple,
        Node::Matrix(_) => ExpressionKind::Matrix,
        _ => ExpressionKind::Expr,
    }
}

/// Returns the names that are no constants, in order.
pub(super) fn variables(node: &Node) -> Vec<String> {
    let mut found = Vec::new();
    node.variables(&mut found);
    found.sort_unstable();
    found.into_iter().map(str::to_owned).collect()
}
