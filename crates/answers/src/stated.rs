//! What a short reply says of a value: `x = 5`, `exactly 5`, `1/2 = 0.5`, `five (5)`.
//!
//! Whatever is stated has to be right: a reply that gives the value twice is read twice. Hedges such as "about" are no
//! statement of a value, and what a value looks like is left to the types.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::{Value, json};

use crate::latex;
use crate::number_words::strip_word;
use crate::pattern::pattern;
use crate::verdict::{Cause, Verdict};

/// More statements of one value are no answer.
const MAX_STATEMENTS: usize = 4;

/// The name of what has the value: `x`, `v_0`, `f(3)`, `P(X=1)`, `\theta`, `\Delta H`, `average speed`.
static NAME: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:\\?[A-Za-zα-ωΑ-Ω]{1,16}(?: ?\{ ?[A-Za-z0-9 ]{1,12} ?\})?(?: ?_ ?(?:[A-Za-z0-9]{1,8}|\{ ?\\?[A-Za-z0-9, ]{1,16} ?\}))?'{0,2}(?: ?(?:\([^()]{1,30}\)|\[[^\[\]]{1,30}\]))?(?: |$)){1,4}$",
    )
});
/// Names that are none.
const DENIALS: [&str; 11] = ["not", "never", "no", "or", "nor", "about", "if", "unless", "wrong", "incorrect", "false"];
/// A sentence around a value that only says that this is the answer.
static FRAME: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?i:(?:(?:so|thus|hence|therefore),? )?(?:(?:the |our |my )?(?:final |total )?(?:answer|result|total|value|solution|number|count|amount) (?:is|equals)|it is|it's|there (?:are|is|were|was)|we (?:get|have|find|obtain)|[xyn] (?:is|equals))) ",
    )
});
/// Words before a value that change nothing.
const LEADS: [&str; 17] = [
    "exactly ",
    "precisely ",
    "just ",
    "only ",
    "a total of ",
    "total of ",
    "equals ",
    "equal to ",
    "there are ",
    "there were ",
    "there is ",
    "it is ",
    "it was ",
    "it has ",
    "the answer is ",
    "the final answer is ",
    "answer: ",
];
/// Words behind a value that change nothing.
const TAILS: [&str; 7] =
    [" exactly", " in total", " altogether", " precisely", " is the answer", " is the correct answer", " is correct"];

/// LaTeX spellings beside those that every type reads, in the order of replacement.
const SPELLINGS: [(&str, &str); 46] = [
    ("\\left", ""),
    ("\\right", ""),
    ("\\displaystyle", ""),
    ("\\textstyle", ""),
    ("\\Rightarrow", ""),
    ("\\implies", ""),
    ("\\therefore", ""),
    ("\\checkmark", ""),
    ("\\nicefrac", "\\frac"),
    ("\\sfrac", "\\frac"),
    ("\\qquad", " "),
    ("\\quad", " "),
    ("\\approx", "≈"),
    ("\\simeq", "≈"),
    ("\\textdegree", "°"),
    ("\\degree", "°"),
    ("^{ \\circ }", "°"),
    ("^ \\circ", "°"),
    ("\\circ", "°"),
    ("\\micro", "μ"),
    ("\\mu ", "μ"),
    ("\\mu", "μ"),
    (" \\Omega", "Ω"),
    ("\\Omega", "Ω"),
    ("\\pounds", "£"),
    ("\\euro", "€"),
    ("\\textdollar", "$"),
    ("\\div", "/"),
    ("\\textbf", ""),
    ("\\textit", ""),
    ("\\textrm", ""),
    ("\\textnormal", ""),
    ("\\text", ""),
    ("\\mathrm", ""),
    ("\\mathbf", ""),
    ("\\mathit", ""),
    ("\\mathsf", ""),
    ("\\operatorname", ""),
    ("\\mbox", ""),
    ("\\rm", ""),
    ("\\bf", ""),
    ("\\bm", ""),
    ("\\ast", "*"),
    ("\\#", "#"),
    ("\\&", "&"),
    ("{}", ""),
];

/// Reads every statement of a reply, in plain spelling: the reply is right if all of them are.
///
/// Where the value is `rounded`, "≈" says no more than "=".
pub(crate) fn judge(reply: &str, rounded: bool, read: impl Fn(&str) -> Verdict) -> Verdict {
    let plain = tidy(reply);
    let text = strip_words(&plain);
    let verdict = read(text);
    if verdict.is_correct() {
        return verdict;
    }
    if let Some(bare) = unwrap_negative(text) {
        return read(&bare);
    }
    match statements(text, rounded) {
        Some(stated) if stated.iter().all(|text| read(strip_words(text)).is_correct()) => Verdict::Correct,
        _ if text.is_empty() => Verdict::incorrect(Cause::Unreadable),
        _ => verdict,
    }
}

/// Rewrites the LaTeX spellings around a value.
pub(crate) fn tidy(text: &str) -> String {
    let plain = latex::plain(undollared(text));
    if !plain.contains(['\\', '{']) {
        return plain;
    }
    let is_latex = text.contains('\\');
    let mut rewritten = plain;
    for (from, to) in SPELLINGS {
        rewritten = rewritten.replace(from, to);
    }
    let words = rewritten.split_whitespace().collect::<Vec<_>>().join(" ");
    ungrouped(&words, is_latex).unwrap_or(words)
}

/// "$\$5$": mathematics around a sum of money.
fn undollared(text: &str) -> &str {
    let inner = text.strip_prefix('$').and_then(|rest| rest.strip_suffix('$')).filter(|inner| !inner.ends_with('\\'));
    inner.filter(|inner| inner.matches('$').count() == inner.matches("\\$").count()).unwrap_or(text)
}

/// Takes the braces off a first group: "{1.2} * 10^3". Around the whole of a plain text they make a set.
fn ungrouped(text: &str, is_latex: bool) -> Option<String> {
    let rest = text.strip_prefix('{')?;
    let mut depth = 1_i32;
    let close = rest.find(|ch: char| {
        depth += i32::from(ch == '{') - i32::from(ch == '}');
        depth == 0
    })?;
    let (inner, after) = (rest.get(..close)?.trim(), rest.get(close + 1..)?);
    let is_group = (is_latex || !after.is_empty()) && !inner.contains("\\over") && !inner.contains([',', ';']);
    is_group.then(|| format!("{inner}{after}"))
}

/// What the Python side shares.
pub(crate) fn rules() -> Value {
    json!({
        "max_statements": MAX_STATEMENTS,
        "name": NAME.as_str(),
        "denials": DENIALS,
        "frame": FRAME.as_str(),
        "leads": LEADS,
        "tails": TAILS,
        "spellings": SPELLINGS.as_slice(),
    })
}

/// Cuts a reply into its statements, or gives nothing where it has but one.
fn statements(text: &str, rounded: bool) -> Option<Vec<&str>> {
    let (text, repeated) = match split_repetition(text) {
        Some((text, repeated)) => (text, Some(repeated)),
        None => (text, None),
    };
    let mut sides = sides(text, rounded)?;
    let is_named = sides.len() > 1 && sides.first().is_some_and(|first| first.is_empty() || is_name(first));
    if is_named {
        sides.remove(0);
    }
    sides.extend(repeated);
    (is_named || sides.len() > 1).then_some(sides)
}

/// "-(2/3)".
fn unwrap_negative(text: &str) -> Option<String> {
    let inner = text.strip_prefix('-')?.trim_start().strip_prefix('(')?.strip_suffix(')')?.trim();
    let is_plain = inner.starts_with(|ch: char| ch.is_ascii_digit() || ch == '\\') && !inner.contains(['(', ')']);
    is_plain.then(|| format!("-{inner}"))
}

/// Cuts at equal signs outside brackets.
fn sides(text: &str, rounded: bool) -> Option<Vec<&str>> {
    let mut sides = Vec::new();
    let (mut start, mut depth) = (0, 0_i32);
    for (idx, ch) in text.char_indices() {
        match ch {
            '(' | '[' => depth += 1,
            ')' | ']' => depth -= 1,
            '=' | '≈' if depth == 0 && (ch == '=' || rounded) => {
                sides.push(text.get(start..idx)?.trim());
                start = idx + ch.len_utf8();
            }
            _ => {}
        }
        if sides.len() == MAX_STATEMENTS {
            return None;
        }
    }
    sides.push(text.get(start..)?.trim());
    Some(sides)
}

/// "five (5)", "(5)".
fn split_repetition(text: &str) -> Option<(&str, &str)> {
    let (before, inner) = text.strip_suffix(')')?.split_once('(')?;
    let is_apart = before.is_empty() || before.ends_with(' ');
    let inner = inner.trim();
    // "(1,5)" is a pair, not a number.
    let is_pair = before.is_empty() && inner.contains([',', ';']);
    if inner.contains(['(', ')']) || inner.is_empty() || !is_apart || is_pair {
        return None;
    }
    let before = before.trim_end();
    Some((if before.is_empty() { inner } else { before }, inner))
}

fn is_name(text: &str) -> bool {
    NAME.is_match(text) && !text.to_ascii_lowercase().split(' ').any(|word| DENIALS.contains(&word))
}

fn strip_words(text: &str) -> &str {
    let text = without_quotes(text);
    let text = FRAME.find(text).and_then(|found| text.get(found.end()..)).unwrap_or(text);
    let text = LEADS.into_iter().find_map(|lead| strip_word(text, lead)).unwrap_or(text);
    let tail = TAILS.into_iter().find(|tail| {
        let start = text.len().checked_sub(tail.len());
        start.and_then(|start| text.get(start..)).is_some_and(|end| end.eq_ignore_ascii_case(tail))
    });
    text.get(..text.len() - tail.map_or(0, str::len)).unwrap_or(text).trim()
}

/// `"5"`.
fn without_quotes(text: &str) -> &str {
    let inner = ['"', '\''].into_iter().find_map(|quote| {
        let inner = text.strip_prefix(quote)?.strip_suffix(quote)?;
        (!inner.contains(quote)).then_some(inner.trim())
    });
    inner.unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::judge;
    use crate::verdict::Verdict;

    fn is_five(reply: &str, rounded: bool) -> bool {
        judge(reply, rounded, |text| Verdict::of(text == "5" || text == "five")).is_correct()
    }

    #[test]
    fn whatever_is_stated_has_to_be_right() {
        for reply in [
            "5",
            "x = 5",
            "= 5",
            "v_{0} = 5",
            "\\theta=5",
            "exactly 5",
            "5 in total",
            "five (5)",
            "(5)",
            "5 = five",
            "n = five = 5",
            "f(2) = 5",
            "\\left( 5 \\right)",
            "\"5\"",
            "'5'",
            "The result is 5",
            "So the final answer is five",
            "It is exactly 5",
            "there are 5",
            "x equals 5",
            "\\text{The answer is }5",
        ] {
            assert!(is_five(reply, false), "{reply}");
        }
        for reply in [
            "",
            "=",
            "x =",
            "5 = 6",
            "x = 5 = 6",
            "6 = 5",
            "5 (6)",
            "not = 5",
            "x = 5, y = 6",
            "≈ 5",
            "about 5",
            "5 = x",
            "(5",
            "() 5",
            "5 ()",
            "5 = 5 = 5 = 5 = 5 = 5",
            "The result is not 5",
            "The wrong answer is 5",
            "It is 5 or 6",
            "half of it is 5",
            "\"5",
            "5'",
            "\"5\" or \"6\"",
            "it is",
        ] {
            assert!(!is_five(reply, false), "{reply}");
        }
        assert!(is_five("≈ 5", true));
        assert!(is_five("x \\approx 5", true));
        assert!(!is_five("x \\approx 6", true));
    }
}
