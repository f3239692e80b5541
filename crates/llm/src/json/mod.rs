//! Strict JSON out of what a model wrote, without harm to the LaTeX in it.
//!
//! Models often write `"\frac{1}{2}"` where JSON wants `"\\frac{1}{2}"`. A JSON parser then reads a form feed and `rac`,
//! and nobody notices. Here a backslash that begins a LaTeX command stays a backslash; everything else is as strict as
//! JSON is: no trailing comma, no `NaN`, no lone surrogate, no raw line break in a string.
//!
//! What a reply must hold is the caller's: its type says which fields there are.

mod find;
mod latex;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use serde::de::DeserializeOwned;

use find::values;
use latex::keep_latex;

/// Characters of a message that says what is wrong with a reply.
const MAX_FAULT_CHARS: usize = 200;

/// Reads the one JSON value of a reply. It may stand alone, in a code fence, after a thought or between sentences.
///
/// # Errors
/// The reply holds no such value, a malformed one, or several different ones; the text says which.
pub fn parse_reply<T: DeserializeOwned>(reply: &str) -> Result<T, String> {
    let reply = without_thought(reply.trim_start_matches('\u{feff}').trim());
    if reply.is_empty() {
        return Err("the reply is empty".to_owned());
    }
    let whole = match strict(reply) {
        Ok(value) => return Ok(value),
        Err(fault) => fault,
    };
    let mut found: Option<(&str, T)> = None;
    let mut fault = None;
    for text in values(reply) {
        match (strict(text), &found) {
            (Ok(value), None) => found = Some((text, value)),
            (Ok(_), Some((first, _))) if *first == text => {}
            (Ok(_), Some(_)) => return Err("the reply holds several JSON values".to_owned()),
            (Err(error), _) => fault = fault.or(Some(error)),
        }
    }
    found.map(|(_, value)| value).ok_or_else(|| shown(&fault.unwrap_or(whole)))
}

fn strict<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    let text: Cow<'_, str> = keep_latex(text);
    serde_json::from_str(&text).map_err(|error| error.to_string())
}

/// Leaves out a thought that a server passes on in front of the answer.
fn without_thought(reply: &str) -> &str {
    if !reply.starts_with("<think>") {
        return reply;
    }
    reply.split_once("</think>").map_or(reply, |(_, answer)| answer.trim_start())
}

/// Shortens a parser's message, which may quote the reply, and takes the control characters out of it.
fn shown(fault: &str) -> String {
    let mut shown: String = fault.chars().filter(|c| !c.is_control()).take(MAX_FAULT_CHARS).collect();
    if shown.len() < fault.len() {
        shown.push('…');
    }
    shown
}
