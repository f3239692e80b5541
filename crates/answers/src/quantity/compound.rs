//! Quantities in several units: "5 ft 10 in", "2 hours and 30 minutes".

use num_rational::BigRational;
use num_traits::Zero;

use crate::number::split_number;
use crate::units::{Unit, resolve};

/// More parts are no quantity.
const MAX_PARTS: usize = 4;

/// Reads two or more parts, each in a smaller unit than the one before, as one value in the smallest unit.
pub(super) fn read(text: &str) -> Option<(BigRational, Unit)> {
    let mut rest = text;
    let mut parts: Vec<(BigRational, Unit)> = Vec::new();
    while !rest.is_empty() {
        let (number, after) = split_number(rest)?;
        let is_last = !after.contains(|ch: char| ch.is_ascii_digit());
        // Only the last part may be rounded, and a part that is subtracted is none.
        let value = number.value();
        if parts.len() == MAX_PARTS || value < BigRational::zero() || (!is_last && !value.is_integer()) {
            return None;
        }
        let end = after.find(|ch: char| ch.is_ascii_digit()).unwrap_or(after.len());
        let (unit, next) = after.split_at(end);
        parts.push((value, only_unit(unit, is_last)?));
        rest = next;
    }
    sum(&parts)
}

fn only_unit(text: &str, is_last: bool) -> Option<Unit> {
    let text = text.trim();
    let text = if is_last { text } else { text.strip_suffix(" and").unwrap_or(text).trim_end_matches([',', ' ']) };
    let mut meanings = resolve(text);
    let unit = meanings.pop()?;
    // Degrees of heat have offsets, which do not add up.
    (meanings.is_empty() && !unit.is_money() && unit.dimension != "temperature").then_some(unit)
}

fn sum(parts: &[(BigRational, Unit)]) -> Option<(BigRational, Unit)> {
    let (_, smallest) = parts.last().filter(|_| parts.len() >= 2)?;
    let one = BigRational::from_integer(1.into());
    let mut total = BigRational::zero();
    let mut previous: Option<BigRational> = None;
    for (value, unit) in parts {
        let (factor, _) = unit.conversion_to(smallest)?;
        let falling = previous.as_ref().is_none_or(|larger| factor < *larger);
        // "5 ft 14 in" is a slip: a part is below one of the unit before it.
        let carried = previous.as_ref().is_some_and(|larger| value * &factor >= *larger);
        if !falling || carried || factor < one {
            return None;
        }
        total += value * &factor;
        previous = Some(factor);
    }
    Some((total, smallest.clone()))
}
