//! Quantities in several units: "5 ft 10 in", "2 hours and 30 minutes".

use num_rational::BigRational;
use num_traits::{Signed, Zero};

use crate::number::split_number;
use crate::number_words;
use crate::units::Unit;

/// More parts are no quantity.
pub(super) const MAX_PARTS: usize = 4;
/// Parts in words are looked for in so many bytes.
pub(super) const MAX_SPOKEN: usize = 60;

/// Reads two or more parts, each in a smaller unit than the one before, as one value in the smallest unit; the value
/// in each meaning of the units, and nothing if the text has no such parts.
pub(super) fn read(text: &str, resolve: fn(&str) -> Vec<Unit>) -> Vec<(BigRational, Unit)> {
    let Some(parts) = parts(text, resolve) else { return Vec::new() };
    let Some((_, smallest)) = parts.last() else { return Vec::new() };
    smallest.iter().filter_map(|smallest| Some((sum(&parts, smallest)?, smallest.clone()))).collect()
}

fn parts(text: &str, resolve: fn(&str) -> Vec<Unit>) -> Option<Vec<(BigRational, Vec<Unit>)>> {
    let mut rest = text;
    let mut parts: Vec<(BigRational, Vec<Unit>)> = Vec::new();
    while !rest.is_empty() {
        // One part is looked at first: most texts have no other.
        let (number, after) = split_number(rest)?;
        let digit = after.find(|ch: char| ch.is_ascii_digit());
        let end = digit.or_else(|| spoken_part(after)).unwrap_or(after.len());
        let is_last = end == after.len();
        // Only the last part may be rounded, and a part that is subtracted is none.
        let value = number.value();
        if parts.len() == MAX_PARTS || value.is_negative() || (!is_last && !value.is_integer()) {
            return None;
        }
        if parts.is_empty() && is_last {
            return None;
        }
        let (unit, next) = after.split_at(end);
        // "5 ft -10 in" is a difference; "5-ft-10-in" is none.
        if !is_last && unit.ends_with(" -") {
            return None;
        }
        if let Some(hundredth) = parts.last().and_then(|(_, units)| hundredth(rest, units)) {
            parts.push((value, vec![hundredth]));
            break;
        }
        let units = units(unit, is_last, parts.last(), resolve);
        if units.is_empty() {
            return None;
        }
        parts.push((value, units));
        rest = next;
    }
    Some(parts)
}

/// Returns where the next part begins in "two hours and thirty minutes", "five feet ten inches".
fn spoken_part(after: &str) -> Option<usize> {
    if after.len() > MAX_SPOKEN || !after.is_ascii() {
        return None;
    }
    // The first word is the unit.
    let mut starts = after.match_indices(' ').map(|(idx, _)| idx + 1).filter(|idx| *idx > 1);
    starts.find(|start| after.get(*start..).is_some_and(|rest| number_words::read(rest).is_some()))
}

/// "3 pounds 50", "three pounds fifty": what stands behind money without a unit counts hundredths of it.
fn hundredth(rest: &str, units: &[Unit]) -> Option<Unit> {
    let is_pair = rest.len() == 2 && rest.bytes().all(|byte| byte.is_ascii_digit());
    let is_spoken = || number_words::cardinal(rest).is_some_and(|value| value < 100.into() && value > 9.into());
    units.iter().find(|unit| unit.is_money() && (is_pair || is_spoken())).map(Unit::hundredth)
}

fn units(
    text: &str,
    is_last: bool,
    previous: Option<&(BigRational, Vec<Unit>)>,
    resolve: fn(&str) -> Vec<Unit>,
) -> Vec<Unit> {
    let text = text.trim();
    let text = if is_last { text } else { text.strip_suffix(" and").unwrap_or(text).trim_end_matches([',', ' ']) };
    // "2h 30m": behind hours it means minutes.
    let is_minute = text == "m" && previous.is_some_and(|(_, units)| units.iter().any(|unit| unit.id == "h"));
    let mut units = resolve(if is_minute { "min" } else { text });
    // Degrees of heat have offsets, which do not add up.
    units.retain(|unit| !unit.has_offset());
    units
}

fn sum(parts: &[(BigRational, Vec<Unit>)], smallest: &Unit) -> Option<BigRational> {
    let mut total = BigRational::zero();
    let mut previous: Option<BigRational> = None;
    for (value, units) in parts {
        let (factor, _) = units.iter().find_map(|unit| unit.conversion_to(smallest))?;
        let falling = previous.as_ref().is_none_or(|larger| factor < *larger);
        // "5 ft 14 in" is a slip: a part is below one of the unit before it.
        let carried = previous.as_ref().is_some_and(|larger| value * &factor >= *larger);
        if !falling || carried {
            return None;
        }
        total += value * &factor;
        previous = Some(factor);
    }
    (parts.len() >= 2).then_some(total)
}
