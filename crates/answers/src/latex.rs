//! The little LaTeX that stands inside plain answers: `1{,}200~\text{km}` and `12\%` read as their plain forms.
//!
//! Mathematics proper is read by the expression module.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::{Value, json};

use crate::pattern::pattern;

/// Text commands around a unit or a name.
static TEXT_COMMAND: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\\(?:text|textbf|textit|textrm|textsf|texttt|textsc|textnormal|emph|underline|mathrm|mathbf|mathit|mathsf|mathtt|boldsymbol|operatorname|mbox) *\{([^{}]*)\}",
    )
});

/// Spellings and what they stand for, in the order of replacement.
const PLAIN: [(&str, &str); 18] = [
    ("{,}", ","),
    ("\\,", " "),
    ("\\;", " "),
    ("\\:", " "),
    ("\\!", ""),
    ("\\ ", " "),
    ("~", " "),
    ("\\qquad", " "),
    ("\\quad", " "),
    ("\\&", "&"),
    ("\\#", "#"),
    ("\\%", "%"),
    ("\\$", "$"),
    ("^{\\circ}", "°"),
    ("^\\circ", "°"),
    ("\\times", "*"),
    ("\\cdot", "*"),
    ("\\pm", "±"),
];

/// Rewrites LaTeX spellings of plain text; text without a backslash or brace comes back as it is.
pub(crate) fn plain(text: &str) -> String {
    if !text.contains(['\\', '{']) {
        return text.to_owned();
    }
    let mut rewritten = TEXT_COMMAND.replace_all(text, " $1 ").into_owned();
    for (from, to) in PLAIN {
        rewritten = rewritten.replace(from, to);
    }
    rewritten.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What the Python side shares.
pub(crate) fn rules() -> Value {
    json!({ "text_command": TEXT_COMMAND.as_str(), "plain": PLAIN })
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn spellings_become_plain() {
        for (text, expected) in [
            ("1{,}200\\,\\text{km}", "1,200 km"),
            ("12\\%", "12%"),
            ("35^\\circ \\mathrm{C}", "35° C"),
            ("3 \\times 10^{8}", "3 * 10^{8}"),
            ("Paris", "Paris"),
        ] {
            assert_eq!(plain(text), expected);
        }
    }
}
