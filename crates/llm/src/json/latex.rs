//! Which backslashes in JSON strings begin an escape, and which a LaTeX command that was not escaped.
//!
//! `\"`, `\\`, `\/` and `\uXXXX` are escapes. `\b` and `\f` before a letter are not: nobody means a backspace or a form
//! feed before a word, but many mean `\beta` and `\frac`. `\n`, `\r` and `\t` are escapes unless the letters spell a
//! command (`\nabla`, `\rho`, `\times`) and nothing says that the writer doubles its backslashes. Any other backslash is a
//! backslash.

use std::borrow::Cow;

/// Commands whose first letter is also an escape for a character that replies do hold, without that letter.
const AFTER_N: &[&str] = &[
    "abla",
    "atural",
    "cong",
    "e",
    "earrow",
    "eg",
    "eq",
    "eqq",
    "ewcommand",
    "ewline",
    "exists",
    "geq",
    "gtr",
    "i",
    "leftarrow",
    "leq",
    "less",
    "mid",
    "ocite",
    "oindent",
    "olimits",
    "ormalsize",
    "ot",
    "otag",
    "otin",
    "parallel",
    "prec",
    "rightarrow",
    "sim",
    "subset",
    "subseteq",
    "succ",
    "supset",
    "supseteq",
    "u",
    "umber",
    "warrow",
];
const AFTER_R: &[&str] = &[
    "angle",
    "brace",
    "brack",
    "ceil",
    "enewcommand",
    "estriction",
    "floor",
    "group",
    "ho",
    "ight",
    "ightarrow",
    "ightarrowtail",
    "ightharpoondown",
    "ightharpoonup",
    "ightleftarrows",
    "ightleftharpoons",
    "isingdotseq",
    "m",
    "oot",
    "times",
    "vert",
    "Vert",
];
const AFTER_T: &[&str] = &[
    "ag",
    "an",
    "anh",
    "au",
    "binom",
    "ext",
    "extbf",
    "extit",
    "extrm",
    "extsc",
    "extsf",
    "extstyle",
    "exttt",
    "extup",
    "extwidth",
    "frac",
    "herefore",
    "heta",
    "hickapprox",
    "hicksim",
    "hinspace",
    "ilde",
    "imes",
    "iny",
    "o",
    "op",
    "riangle",
    "riangledown",
    "riangleleft",
    "rianglelefteq",
    "riangleq",
    "riangleright",
    "rianglerighteq",
    "t",
    "woheadrightarrow",
];

/// Doubles the backslashes that are not escapes, so that a JSON parser reads them as themselves.
pub(super) fn keep_latex(json: &str) -> Cow<'_, str> {
    if !json.contains('\\') {
        return Cow::Borrowed(json);
    }
    let habit = Habit::of(json);
    let mut kept = String::with_capacity(json.len() + json.len() / 8);
    let mut copied = 0;
    for escape in escapes(json) {
        if escape.is_backslash(habit) {
            kept.push_str(json.get(copied..escape.at).unwrap_or_default());
            // What is pushed goes before the backslash itself: one for one, and two for two.
            kept.push_str(if escape.next == Some(b'\\') { "\\\\" } else { "\\" });
            copied = escape.at;
        }
    }
    if copied == 0 && kept.is_empty() {
        return Cow::Borrowed(json);
    }
    kept.push_str(json.get(copied..).unwrap_or_default());
    Cow::Owned(kept)
}

/// How the writer of a reply treats backslashes, as far as the reply shows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Habit {
    /// Some single backslash can only be meant as one.
    Single,
    /// Commands are doubled and none is single.
    Doubled,
    /// Nothing to go by.
    Unknown,
}

impl Habit {
    fn of(json: &str) -> Habit {
        let mut doubled = false;
        for escape in escapes(json) {
            match escape.next {
                Some(b'\\') => doubled |= escape.after.first().is_some_and(u8::is_ascii_alphabetic),
                Some(b'n' | b'r' | b't') => {}
                _ if escape.is_backslash(Habit::Unknown) => return Habit::Single,
                _ => {}
            }
        }
        if doubled { Habit::Doubled } else { Habit::Unknown }
    }
}

/// A backslash inside a string, with the byte after it and what follows that.
struct Escape<'a> {
    at: usize,
    next: Option<u8>,
    after: &'a [u8],
}

impl Escape<'_> {
    fn is_backslash(&self, habit: Habit) -> bool {
        match self.next {
            Some(b'"' | b'/') => false,
            // A writer of single backslashes means the end of a row by two.
            Some(b'\\') => habit == Habit::Single && self.after.first().is_some_and(|b| b" 0123456789&".contains(b)),
            Some(b'u') => !self.after.get(..4).is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit)),
            Some(b'b' | b'f') => self.after.first().is_some_and(u8::is_ascii_alphabetic),
            Some(b'n') => habit != Habit::Doubled && self.spells(AFTER_N),
            Some(b'r') => habit != Habit::Doubled && self.spells(AFTER_R),
            Some(b't') => habit != Habit::Doubled && self.spells(AFTER_T),
            _ => true,
        }
    }

    fn spells(&self, rests: &[&str]) -> bool {
        let len = self.after.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
        let word = self.after.get(..len).unwrap_or_default();
        rests.iter().any(|rest| rest.as_bytes() == word)
    }
}

/// Lists the backslashes inside the strings of a JSON text; of two in a row that make an escape, the first.
fn escapes(json: &str) -> impl Iterator<Item = Escape<'_>> {
    let bytes = json.as_bytes();
    let (mut at, mut in_string) = (0, false);
    std::iter::from_fn(move || {
        while let Some(byte) = bytes.get(at) {
            match byte {
                b'"' => in_string = !in_string,
                b'\\' if in_string => {
                    let found =
                        Escape { at, next: bytes.get(at + 1).copied(), after: bytes.get(at + 2..).unwrap_or_default() };
                    at += 2;
                    return Some(found);
                }
                _ => {}
            }
            at += 1;
        }
        None
    })
}
