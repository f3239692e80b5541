//! Numbers with error bounds in whole-number arithmetic: a middle, a radius and a power of two for both.
//!
//! Every operation returns a ball that holds each result of members of its operands. The arithmetic is exact up to
//! stated roundings, so another language gets the same balls, bit for bit.

use num_bigint::BigInt;
use num_traits::{One, Signed, Zero};

/// All numbers from `(mid - rad) * 2^exp` to `(mid + rad) * 2^exp`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ball {
    pub(super) mid: BigInt,
    pub(super) rad: BigInt,
    pub(super) exp: i64,
}

/// Radii keep so many bits.
const RADIUS_BITS: i64 = 32;
/// Powers of two beyond it are not followed.
const MAX_EXP: i64 = 1 << 40;

/// Moves the digits of a number to the left, or to the right with rounding down.
pub(super) fn shift(value: &BigInt, by: i64) -> BigInt {
    if by >= 0 { value << by.unsigned_abs() } else { value >> by.unsigned_abs() }
}

/// The number of bits of a magnitude.
pub(super) fn num_bits(value: &BigInt) -> i64 {
    i64::try_from(value.bits()).unwrap_or(i64::MAX)
}

impl Ball {
    /// A number that is known exactly.
    pub(super) fn exact(mid: BigInt, exp: i64) -> Self {
        Self { mid, rad: BigInt::ZERO, exp }
    }

    /// A whole number.
    pub(super) fn whole(value: i64) -> Self {
        Self::exact(BigInt::from(value), 0)
    }

    /// A ball with its digits cut to a number of bits, or nothing if it is too large or too small to follow.
    pub(super) fn rounded(mid: BigInt, rad: BigInt, exp: i64, bits: i64) -> Option<Self> {
        let extra = (num_bits(&mid) - bits).max(num_bits(&rad) - RADIUS_BITS).max(0);
        if exp.abs() > MAX_EXP {
            return None;
        }
        if extra == 0 {
            return Some(Self { mid, rad, exp });
        }
        let cut = shift(&mid, -extra);
        let is_exact = rad.is_zero() && shift(&cut, extra) == mid;
        let rad = if is_exact { rad } else { shift(&rad, -extra) + 2 };
        Some(Self { mid: cut, rad, exp: exp + extra })
    }

    pub(super) fn is_exact(&self) -> bool {
        self.rad.is_zero()
    }

    pub(super) fn is_zero(&self) -> bool {
        self.mid.is_zero() && self.rad.is_zero()
    }

    pub(super) fn contains_zero(&self) -> bool {
        self.mid.abs() <= self.rad
    }

    /// Returns whether every member is above zero.
    pub(super) fn is_positive(&self) -> bool {
        self.mid > self.rad
    }

    /// Returns whether every member is below zero.
    pub(super) fn is_negative(&self) -> bool {
        -&self.mid > self.rad
    }

    /// The power of two above every member's magnitude.
    pub(super) fn top(&self) -> i64 {
        if self.is_zero() { -MAX_EXP * 4 } else { num_bits(&(self.mid.abs() + &self.rad)) + self.exp }
    }

    /// The whole number that the ball is, if it is a small one and known exactly.
    pub(super) fn to_whole(&self) -> Option<i64> {
        if !self.is_exact() || self.top() > 40 {
            return None;
        }
        if self.mid.is_zero() {
            return Some(0);
        }
        // Below one. Moving the digits there and back would write out every one of them.
        if -self.exp >= num_bits(&self.mid) {
            return None;
        }
        let whole = shift(&self.mid, self.exp);
        if shift(&whole, -self.exp) == self.mid { i64::try_from(whole).ok() } else { None }
    }

    pub(super) fn negate(&self) -> Self {
        Self { mid: -&self.mid, rad: self.rad.clone(), exp: self.exp }
    }

    pub(super) fn add(&self, other: &Self, bits: i64) -> Option<Self> {
        if self.is_zero() {
            return Some(other.clone());
        }
        if other.is_zero() {
            return Some(self.clone());
        }
        let (high, low) = if self.exp >= other.exp { (self, other) } else { (other, self) };
        let gap = high.exp - low.exp;
        if gap > 3 * bits && low.top() <= high.exp {
            return Some(Self { mid: high.mid.clone(), rad: &high.rad + 1, exp: high.exp });
        }
        if gap > 16 * bits {
            return None;
        }
        Self::rounded(shift(&high.mid, gap) + &low.mid, shift(&high.rad, gap) + &low.rad, low.exp, bits)
    }

    pub(super) fn subtract(&self, other: &Self, bits: i64) -> Option<Self> {
        self.add(&other.negate(), bits)
    }

    pub(super) fn multiply(&self, other: &Self, bits: i64) -> Option<Self> {
        let mut rad = BigInt::ZERO;
        if !self.rad.is_zero() {
            rad += (other.mid.abs() + &other.rad) * &self.rad;
        }
        if !other.rad.is_zero() {
            rad += self.mid.abs() * &other.rad;
        }
        Self::rounded(&self.mid * &other.mid, rad, self.exp + other.exp, bits)
    }

    /// Doubles or halves a number of times.
    pub(super) fn scaled(&self, power: i64) -> Self {
        Self { mid: self.mid.clone(), rad: self.rad.clone(), exp: self.exp + power }
    }

    /// One over the ball, or nothing if it may be zero.
    pub(super) fn invert(&self, bits: i64) -> Option<Self> {
        if self.contains_zero() {
            return None;
        }
        let size = self.mid.abs();
        let places = num_bits(&size) + bits + 8;
        let one = shift(&BigInt::one(), places);
        let quotient = &one / &size;
        let is_exact = self.is_exact() && &quotient * &size == one;
        let rad = if is_exact { BigInt::ZERO } else { shift(&self.rad, places) / (&size * (&size - &self.rad)) + 2 };
        let mid = if self.mid.is_negative() { -quotient } else { quotient };
        Self::rounded(mid, rad, -places - self.exp, bits)
    }

    /// The ball to the power of a whole number from zero up.
    pub(super) fn raised(&self, exponent: u64, bits: i64) -> Option<Self> {
        let (mut base, mut exponent, mut result) = (self.clone(), exponent, Self::whole(1));
        while exponent > 0 {
            if exponent % 2 == 1 {
                result = result.multiply(&base, bits)?;
            }
            exponent /= 2;
            if exponent > 0 {
                base = base.multiply(&base, bits)?;
            }
        }
        Some(result)
    }

    pub(super) fn abs(&self) -> Self {
        if !self.contains_zero() || self.is_exact() {
            return Self { mid: self.mid.abs(), rad: self.rad.clone(), exp: self.exp };
        }
        let upper = self.mid.abs() + &self.rad;
        Self { mid: upper.clone(), rad: upper, exp: self.exp - 1 }
    }

    /// The square root, or nothing if a member is below zero.
    pub(super) fn sqrt(&self, bits: i64) -> Option<Self> {
        if self.is_zero() {
            return Some(self.clone());
        }
        if !self.is_positive() {
            return None;
        }
        let mut places = (2 * bits + 16 - num_bits(&self.mid)).max(0);
        places += (self.exp - places).rem_euclid(2);
        let radicand = shift(&self.mid, places);
        let root = radicand.sqrt();
        let is_exact = self.is_exact() && &root * &root == radicand;
        let rad = if is_exact {
            BigInt::ZERO
        } else {
            let lower = shift(&(&self.mid - &self.rad), places).sqrt();
            shift(&self.rad, places) / lower + 2
        };
        Self::rounded(root, rad, (self.exp - places) / 2, bits)
    }
}

#[cfg(test)]
mod tests {
    use super::Ball;

    #[test]
    fn roots_and_inverses_hold_what_they_stand_for() -> Result<(), &'static str> {
        for value in [2, 3, 5, 7, 10, 1_000_003] {
            let ball = Ball::whole(value);
            let root = ball.sqrt(160).ok_or("root")?;
            let rest = root.multiply(&root, 160).and_then(|square| square.subtract(&ball, 160)).ok_or("rest")?;
            assert!(rest.contains_zero() && rest.top() < -130, "{value}: {rest:?}");
            let one = ball.invert(160).and_then(|inverse| inverse.multiply(&ball, 160)).ok_or("one")?;
            let rest = one.subtract(&Ball::whole(1), 160).ok_or("rest")?;
            assert!(rest.contains_zero() && rest.top() < -150, "{value}: {rest:?}");
        }
        assert_eq!(Ball::whole(144).sqrt(160).and_then(|root| root.to_whole()), Some(12));
        // Numbers near zero are told from whole ones without their digits being written out.
        assert_eq!(Ball::whole(-1).scaled(-(1 << 39)).to_whole(), None);
        assert_eq!(Ball::whole(-8).scaled(-3).to_whole(), Some(-1));
        assert_eq!(Ball::whole(8).scaled(-4).to_whole(), None);
        assert_eq!(Ball::whole(0).scaled(-(1 << 39)).to_whole(), Some(0));
        assert_eq!(Ball::whole(-1).sqrt(160), None);
        assert_eq!(Ball::whole(0).invert(160), None);
        Ok(())
    }
}
