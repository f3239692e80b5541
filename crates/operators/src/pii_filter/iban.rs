//! International bank account numbers: country, check digits and national form must all be right.

use iban::Iban;

/// The end of the number whose two letters begin here, with or without spaces between groups of four.
pub(super) fn end_of(text: &str, start: usize) -> Option<usize> {
    const LONGEST: usize = 42;
    const SHORTEST: usize = 15;
    let bytes = text.as_bytes();
    if start.checked_sub(1).and_then(|idx| bytes.get(idx)).is_some_and(u8::is_ascii_alphanumeric) {
        return None;
    }
    let rest = bytes.get(start..)?;
    let is_part = |byte: &&u8| byte.is_ascii_digit() || byte.is_ascii_uppercase() || **byte == b' ';
    let length = rest.iter().take(LONGEST).take_while(is_part).count();
    let is_end = |end: &usize| {
        let next = rest.get(*end);
        rest.get(end - 1).is_some_and(|byte| *byte != b' ') && next.is_none_or(|byte| !byte.is_ascii_alphanumeric())
    };
    (SHORTEST..=length)
        .rev()
        .filter(is_end)
        .map(|end| start + end)
        .find(|end| text.get(start..*end).is_some_and(|candidate| candidate.parse::<Iban>().is_ok()))
}
