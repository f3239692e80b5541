//! Where in a text JSON values could stand: outermost objects and arrays whose brackets close.
//!
//! Whether one is JSON is for the parser to say.

/// Openings that are looked at in one reply; prose with more of them is no answer.
const MAX_STARTS: usize = 64;

/// Lists the outermost objects and arrays of a text. What stands inside one is never listed by itself, and nothing after
/// one that does not close: a part of a cut-off answer must not pass for the answer.
pub(super) fn values(text: &str) -> impl Iterator<Item = &str> {
    let mut at = 0;
    let mut starts = 0;
    std::iter::from_fn(move || {
        loop {
            let rest = text.get(at..)?;
            let start = at + rest.find(['{', '['])?;
            starts += 1;
            if starts > MAX_STARTS {
                return None;
            }
            let candidate = text.get(start..)?;
            if !begins_json(candidate) {
                at = start + 1;
                continue;
            }
            let Some(len) = closed_len(candidate) else {
                at = text.len();
                return None;
            };
            at = start + len;
            return candidate.get(..len);
        }
    })
}

/// Tells JSON from braces of LaTeX, sets and intervals by what follows the bracket.
fn begins_json(text: &str) -> bool {
    let mut chars = text.chars();
    let (first, next) = (chars.next(), chars.find(|c| !c.is_whitespace()));
    match first {
        Some('{') => matches!(next, Some('"' | '}')),
        _ => matches!(next, Some('{' | '"' | ']' | '[')),
    }
}

/// The length of the value that a text begins with, where its brackets close.
fn closed_len(text: &str) -> Option<usize> {
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for (idx, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => depth += 1,
            b'}' | b']' if !in_string => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(idx + 1);
                }
            }
            _ => {}
        }
    }
    None
}
