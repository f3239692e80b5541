//! Comparing a reply with a spec: caps, normalisation, and the hand-over to the type of the answer.
//!
//! The reply is taken as the answer itself. Finding the answer inside a longer reply goes before this module.

use crate::normalize::normalize_within;
use crate::spec::AnswerSpec;
use crate::verdict::{Cause, Verdict};
use crate::{boolean, choice, date, expression, fraction, list, number, percentage, quantity, string};

/// Longer replies are not read.
pub const MAX_REPLY_CHARS: usize = 50_000;

/// No number, date, label or expression is spelled longer, and their parsers need not look.
const MAX_VALUE_BYTES: usize = 4_096;

/// Says whether a reply is the answer. Never panics; time grows with the length of the reply.
pub fn check(spec: &AnswerSpec, reply: &str) -> Verdict {
    match normalize_within(reply, MAX_REPLY_CHARS) {
        Some(text) => check_normalized(spec, &text),
        None => Verdict::incorrect(Cause::TooLong),
    }
}

/// Compares a text that went through the normaliser.
pub(crate) fn check_normalized(spec: &AnswerSpec, reply: &str) -> Verdict {
    if reply.is_empty() {
        return Verdict::incorrect(Cause::Empty);
    }
    let is_wordy = matches!(spec, AnswerSpec::String(_) | AnswerSpec::List(_) | AnswerSpec::Set(_));
    if reply.len() > MAX_VALUE_BYTES && !is_wordy {
        return Verdict::incorrect(Cause::TooLong);
    }
    match spec {
        AnswerSpec::Integer(spec) => number::check_integer(spec, reply),
        AnswerSpec::Decimal(spec) => number::check_decimal(spec, reply),
        AnswerSpec::Quantity(spec) => quantity::check(spec, reply),
        AnswerSpec::Percentage(spec) => percentage::check(spec, reply),
        AnswerSpec::Fraction(spec) => fraction::check(spec, reply),
        AnswerSpec::Boolean(spec) => boolean::check(spec, reply),
        AnswerSpec::Choice(spec) => choice::check(spec, reply),
        AnswerSpec::String(spec) => string::check(spec, reply),
        AnswerSpec::Date(spec) => date::check(spec, reply),
        AnswerSpec::List(spec) | AnswerSpec::Set(spec) => list::check(spec, reply),
        AnswerSpec::Expression(spec) => expression::check(spec, reply),
    }
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod wrong_accepts;
