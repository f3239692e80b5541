//! Exponential, logarithm, sine, cosine and arctangent of balls, by series in fixed-point arithmetic.
//!
//! Each series is summed with 64 bits to spare; the stated roundings are far above what the sums can lose. Outside the
//! ranges that are followed there is no value.

use std::sync::LazyLock;

use num_bigint::BigInt;
use num_traits::{Euclid, One, Signed, ToPrimitive, Zero};

use super::ball::{Ball, num_bits, shift};

/// Bits behind the point of the stored constants.
pub(super) const STORED_BITS: i64 = 704;
/// Bits to spare in series.
pub(super) const SPARE_BITS: i64 = 64;

/// `π * 2^704`, by Machin's formula.
pub(super) static PI: LazyLock<BigInt> = LazyLock::new(|| machin([(16, 5), (-4, 239), (0, 1)], false));
/// `ln 2 * 2^704`, by a formula of the same kind.
pub(super) static LN_2: LazyLock<BigInt> = LazyLock::new(|| machin([(18, 26), (-2, 4801), (8, 8749)], true));

/// A sum of multiples of the arctangents, circular or hyperbolic, of one over whole numbers.
fn machin(terms: [(i64, i64); 3], hyperbolic: bool) -> BigInt {
    const GUARD: i64 = 32;
    let mut sum = BigInt::ZERO;
    for (factor, below) in terms.into_iter().filter(|(factor, _)| *factor != 0) {
        let mut term = shift(&BigInt::one(), STORED_BITS + GUARD) / below;
        let mut odd = 1_i64;
        let mut sign = factor;
        while !term.is_zero() {
            sum += &term / odd * sign;
            term /= below * below;
            odd += 2;
            if !hyperbolic {
                sign = -sign;
            }
        }
    }
    shift(&sum, -GUARD)
}

fn stored(constant: &BigInt, places: i64) -> BigInt {
    shift(constant, places - STORED_BITS)
}

/// The circle number.
pub(super) fn pi(bits: i64) -> Option<Ball> {
    Ball::rounded(stored(&PI, bits + 8), BigInt::from(2), -bits - 8, bits)
}

/// The radius in units of a fixed-point number, or nothing if it is above one.
fn radius(ball: &Ball, places: i64) -> Option<BigInt> {
    if ball.is_exact() {
        return Some(BigInt::ZERO);
    }
    (num_bits(&ball.rad) + ball.exp <= 0).then(|| shift(&ball.rad, ball.exp + places) + 1)
}

/// The exponential function.
pub(super) fn exp(ball: &Ball, bits: i64) -> Option<Ball> {
    const HALVINGS: i64 = 8;
    if ball.is_zero() {
        return Some(Ball::whole(1));
    }
    if ball.top() > 31 {
        return None;
    }
    let places = bits + SPARE_BITS;
    let delta = radius(ball, places)?;
    let fixed = shift(&ball.mid, ball.exp + places);
    let ln_2 = stored(&LN_2, places);
    let power: BigInt = fixed.div_euclid(&ln_2);
    let rest = shift(&(fixed - &power * &ln_2), -HALVINGS);
    let mut term = shift(&BigInt::one(), places);
    let mut sum = term.clone();
    let mut count = 1_i64;
    while !term.is_zero() {
        term = shift(&(term * &rest), -places) / count;
        sum += &term;
        count += 1;
    }
    for _ in 0..HALVINGS {
        sum = shift(&(&sum * &sum), -places);
    }
    let rad = shift(&(&sum * delta * 2), -places) + 1 + shift(&BigInt::one(), 40);
    Ball::rounded(sum, rad, power.to_i64()? - places, bits)
}

/// The natural logarithm, of balls above zero.
pub(super) fn ln(ball: &Ball, bits: i64) -> Option<Ball> {
    if !ball.is_positive() {
        return None;
    }
    let places = bits + SPARE_BITS;
    let num_digits = num_bits(&ball.mid);
    let mut power = ball.exp + num_digits - 1;
    if power == 0 && ball.is_exact() && num_bits(&(&ball.mid - shift(&BigInt::one(), -ball.exp))) == 0 {
        return Some(Ball::whole(0));
    }
    let mut fixed = shift(&ball.mid, places - (num_digits - 1));
    let one = shift(&BigInt::one(), places);
    if &fixed * 2 > &one * 3 {
        fixed = shift(&fixed, -1);
        power += 1;
    }
    let above = &fixed - &one;
    let ratio = shift(&above.abs(), places) / (&fixed + &one);
    let square = shift(&(&ratio * &ratio), -places);
    let mut term = ratio;
    let mut sum = BigInt::ZERO;
    let mut odd = 1_i64;
    while !term.is_zero() {
        sum += &term / odd;
        term = shift(&(term * &square), -places);
        odd += 2;
    }
    let sum = if above.is_negative() { -sum * 2 } else { sum * 2 } + stored(&LN_2, places) * power;
    let delta = if ball.is_exact() { BigInt::ZERO } else { shift(&ball.rad, places) / (&ball.mid - &ball.rad) + 1 };
    Ball::rounded(sum, delta + 1024 + 2 * power.abs(), -places, bits)
}

/// Sine and cosine.
pub(super) fn sin_cos(ball: &Ball, bits: i64) -> Option<(Ball, Ball)> {
    if ball.is_zero() {
        return Some((Ball::whole(0), Ball::whole(1)));
    }
    if ball.top() > 40 {
        return None;
    }
    let places = bits + SPARE_BITS;
    let delta = radius(ball, places)?;
    let fixed = shift(&ball.mid, ball.exp + places);
    let quarter = shift(&stored(&PI, places), -1);
    let turns: BigInt = (&fixed + shift(&quarter, -1)).div_euclid(&quarter);
    let rest = fixed - &turns * &quarter;
    let (sine, cosine) = series(&rest.abs(), places);
    let sine = if rest.is_negative() { -sine } else { sine };
    let (sine, cosine) = match turns.rem_euclid(&BigInt::from(4)).to_i64()? {
        0 => (sine, cosine),
        1 => (cosine, -sine),
        2 => (-sine, -cosine),
        _ => (-cosine, sine),
    };
    let rad: BigInt = delta + 1024 + turns.abs();
    Some((Ball::rounded(sine, rad.clone(), -places, bits)?, Ball::rounded(cosine, rad, -places, bits)?))
}

/// Sine and cosine of a fixed-point number from zero to a quarter of the circle number.
fn series(fixed: &BigInt, places: i64) -> (BigInt, BigInt) {
    let square = shift(&(fixed * fixed), -places);
    let mut sums = [fixed.clone(), shift(&BigInt::one(), places)];
    for (sum, first) in sums.iter_mut().zip([2_i64, 1]) {
        let mut term = sum.clone();
        let mut count = first;
        let mut sign = -1_i64;
        while !term.is_zero() {
            term = shift(&(term * &square), -places) / (count * (count + 1));
            *sum += &term * sign;
            sign = -sign;
            count += 2;
        }
    }
    let [sine, cosine] = sums;
    (sine, cosine)
}

/// The arctangent.
pub(super) fn atan(ball: &Ball, bits: i64) -> Option<Ball> {
    const HALVINGS: i64 = 3;
    if ball.is_zero() {
        return Some(Ball::whole(0));
    }
    if ball.top() > 1 {
        let quarter = pi(bits)?.scaled(-1);
        let rest = atan(&ball.invert(bits)?, bits)?;
        let quarter = if ball.is_negative() { quarter.negate() } else { quarter };
        return quarter.subtract(&rest, bits);
    }
    let places = bits + SPARE_BITS;
    let delta = radius(ball, places)?;
    let one = shift(&BigInt::one(), places);
    let mut fixed = shift(&ball.mid.abs(), ball.exp + places);
    for _ in 0..HALVINGS {
        let root = (shift(&one, places) + &fixed * &fixed).sqrt();
        fixed = shift(&fixed, places) / (&one + root);
    }
    let square = shift(&(&fixed * &fixed), -places);
    let mut term = fixed;
    let mut sum = BigInt::ZERO;
    let mut odd = 1_i64;
    let mut sign = 1_i64;
    while !term.is_zero() {
        sum += &term / odd * sign;
        term = shift(&(term * &square), -places);
        sign = -sign;
        odd += 2;
    }
    let sum = shift(&sum, HALVINGS);
    let sum = if ball.mid.is_negative() { -sum } else { sum };
    Ball::rounded(sum, delta + 4096, -places, bits)
}

#[cfg(test)]
mod tests {
    use num_bigint::BigInt;

    use super::{LN_2, PI, STORED_BITS, atan, exp, ln, pi, sin_cos};
    use crate::expression::ball::{Ball, shift};

    const BITS: i64 = 160;

    fn is_near(left: &Ball, right: &Ball) -> bool {
        left.subtract(right, BITS).is_some_and(|rest| rest.contains_zero() && rest.top() < -130)
    }

    #[test]
    fn constants_begin_as_they_should() {
        let scaled = |constant: &BigInt| shift(&(constant * BigInt::from(10_i64.pow(15))), -STORED_BITS).to_string();
        assert_eq!(scaled(&PI), "3141592653589793");
        assert_eq!(scaled(&LN_2), "693147180559945");
    }

    #[test]
    fn functions_undo_each_other() -> Result<(), &'static str> {
        for (value, exp_of) in [(1_i64, -3_i64), (7, -1), (-5, -2), (9, 0), (1, 0), (-3, 0)] {
            let ball = Ball::exact(BigInt::from(value), exp_of);
            let there = exp(&ball, BITS).and_then(|raised| ln(&raised, BITS)).ok_or("ln")?;
            assert!(is_near(&there, &ball), "{value} {exp_of}: {there:?}");
            let (sine, cosine) = sin_cos(&ball, BITS).ok_or("sine")?;
            let squares = |ball: &Ball| ball.multiply(ball, BITS);
            let one = squares(&sine).zip(squares(&cosine)).and_then(|(sine, cosine)| sine.add(&cosine, BITS));
            assert!(is_near(&one.ok_or("one")?, &Ball::whole(1)));
            let tangent = cosine.invert(BITS).and_then(|below| sine.multiply(&below, BITS)).ok_or("tangent")?;
            let back = atan(&tangent, BITS).ok_or("atan")?;
            let turns = ball.subtract(&back, BITS).ok_or("turns")?;
            let (rest, _) = sin_cos(&turns, BITS).ok_or("rest")?;
            assert!(rest.contains_zero() && rest.top() < -130, "{value} {exp_of}");
        }
        let quarter = atan(&Ball::whole(1), BITS).ok_or("quarter")?;
        assert!(is_near(&quarter.scaled(2), &pi(BITS).ok_or("pi")?));
        Ok(())
    }
}
