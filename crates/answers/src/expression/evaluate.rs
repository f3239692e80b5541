//! Evaluation at random points modulo a large prime, which decides equality of rational expressions.
//!
//! Two rational expressions that agree at eight points are equal but for a chance below one in a million; two that
//! differ at one point are different. Functions and roots are replaced by a hash of their argument's value: equal
//! arguments give equal values, and so agreement still proves equality, but difference proves nothing.

use num_rational::Ratio;
use num_traits::{CheckedAdd, CheckedMul, Zero};

use super::parse::Node;

/// Points are taken modulo these primes in turn: 2^61 - 1 and 2^64 - 59.
const PRIMES: [u64; 2] = [2_305_843_009_213_693_951, 18_446_744_073_709_551_557];
/// How many points are compared.
pub(super) const NUM_POINTS: u64 = 8;
/// Larger exponents are not multiplied out: modulo a prime they repeat.
const MAX_EXPONENT: i128 = 1_000_000;
/// Factorials of larger numbers are not multiplied out.
const MAX_FACTORIAL: i128 = 3_000;

/// A point to evaluate at.
#[derive(Clone, Copy)]
pub(super) struct Point {
    idx: u64,
    prime: u64,
    /// Which sign `±` takes.
    plus: bool,
}

impl Point {
    pub(super) fn new(idx: u64, plus: bool) -> Self {
        Self { idx, prime: if idx.is_multiple_of(2) { PRIMES[0] } else { PRIMES[1] }, plus }
    }

    fn add(self, left: u64, right: u64) -> u64 {
        self.reduce(u128::from(left) + u128::from(right))
    }

    fn multiply(self, left: u64, right: u64) -> u64 {
        self.reduce(u128::from(left) * u128::from(right))
    }

    fn negate(self, value: u64) -> u64 {
        if value == 0 { 0 } else { self.prime - value }
    }

    fn power(self, base: u64, exponent: u64) -> u64 {
        let (mut base, mut exponent, mut result) = (base, exponent, 1);
        while exponent > 0 {
            if exponent % 2 == 1 {
                result = self.multiply(result, base);
            }
            base = self.multiply(base, base);
            exponent /= 2;
        }
        result
    }

    /// Nothing times zero is one: `None` for it.
    fn invert(self, value: u64) -> Option<u64> {
        (value != 0).then(|| self.power(value, self.prime - 2))
    }

    fn reduce(self, value: u128) -> u64 {
        // The remainder of a division by a 64-bit prime fits into 64 bits.
        u64::try_from(value % u128::from(self.prime)).unwrap_or(0)
    }

    /// The value that stands for a name, or for a function of a value.
    fn hash(self, name: &str, values: &[u64]) -> u64 {
        let mut state = 0xcbf2_9ce4_8422_2325_u64 ^ self.idx;
        for byte in name.bytes().chain(values.iter().flat_map(|value| value.to_le_bytes())) {
            state = (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        self.reduce(u128::from(state ^ (state >> 31)))
    }
}

/// Evaluates a node; `None` where it has no value at the point or cannot be evaluated at all.
pub(super) fn evaluate(node: &Node, point: Point) -> Option<u64> {
    match node {
        Node::Number(digits) => numeral(digits, point),
        Node::Name(name) => Some(point.hash(name, &[])),
        Node::Sum(terms) => terms.iter().try_fold(0, |sum, term| Some(point.add(sum, evaluate(term, point)?))),
        Node::Product(factors) => {
            factors.iter().try_fold(1, |product, factor| Some(point.multiply(product, evaluate(factor, point)?)))
        }
        Node::Negative(inner) => evaluate(inner, point).map(|value| point.negate(value)),
        Node::Inverse(inner) => point.invert(evaluate(inner, point)?),
        Node::EitherSign(plus, inner) => {
            let value = evaluate(inner, point)?;
            Some(if *plus == point.plus { value } else { point.negate(value) })
        }
        Node::Power(base, exponent) => power(base, exponent, point),
        Node::Factorial(inner) => match whole(inner) {
            Some(count) if (0..=MAX_FACTORIAL).contains(&count) => Some(factorial(count, point)),
            Some(_) => None,
            None => Some(point.hash("!", &[evaluate(inner, point)?])),
        },
        Node::Call(name, inner) => Some(point.hash(name, &arguments(inner, point)?)),
        Node::Tuple(..) | Node::Relation(..) | Node::Ellipsis => None,
    }
}

/// Returns whether two different values prove two different expressions: only where nothing was hashed but variables
/// and at most one of the constants e and π.
pub(super) fn is_rational(node: &Node) -> bool {
    let mut found = Vec::new();
    names(node, &mut found);
    let has = |name: &str| found.contains(&name);
    let related = has("i") || has("∞") || (has("e") && has("π"));
    !related && is_evaluated(node)
}

/// Collects the names in a node.
pub(super) fn names<'n>(node: &'n Node, found: &mut Vec<&'n str>) {
    if let Node::Name(name) = node {
        found.push(name);
    }
    for inner in node.children() {
        names(inner, found);
    }
}

/// Returns whether a node is evaluated without hashing anything but names.
fn is_evaluated(node: &Node) -> bool {
    match node {
        Node::Number(_) | Node::Name(_) => true,
        Node::Power(base, exponent) => is_small(whole(exponent), MAX_EXPONENT) && is_evaluated(base),
        Node::Factorial(inner) => is_small(whole(inner), MAX_FACTORIAL),
        Node::Call(..) | Node::Tuple(..) | Node::Relation(..) | Node::Ellipsis => false,
        _ => node.children().into_iter().all(is_evaluated),
    }
}

fn is_small(value: Option<i128>, limit: i128) -> bool {
    value.is_some_and(|value| value.abs() <= limit)
}

fn arguments(inner: &Node, point: Point) -> Option<Vec<u64>> {
    match inner {
        Node::Tuple(_, _, items) => items.iter().map(|item| evaluate(item, point)).collect(),
        _ => Some(vec![evaluate(inner, point)?]),
    }
}

fn numeral(digits: &str, point: Point) -> Option<u64> {
    let mut value = 0;
    let mut scale = 1;
    let mut behind_point = false;
    for ch in digits.chars() {
        match ch.to_digit(10) {
            Some(digit) => {
                value = point.add(point.multiply(value, 10), u64::from(digit));
                if behind_point {
                    scale = point.multiply(scale, 10);
                }
            }
            None => behind_point = true,
        }
    }
    if behind_point { Some(point.multiply(value, point.invert(scale)?)) } else { Some(value) }
}

fn power(base: &Node, exponent: &Node, point: Point) -> Option<u64> {
    let value = evaluate(base, point)?;
    match whole(exponent) {
        Some(count) if count.abs() <= MAX_EXPONENT => {
            // Zero to the power of zero has no agreed value.
            if value == 0 && count <= 0 {
                return None;
            }
            let raised = point.power(value, u64::try_from(count.unsigned_abs()).ok()?);
            if count < 0 { point.invert(raised) } else { Some(raised) }
        }
        Some(_) => None,
        None => Some(point.hash("^", &[value, evaluate(exponent, point)?])),
    }
}

fn factorial(count: i128, point: Point) -> u64 {
    (2..=count).fold(1, |product, factor| point.multiply(product, u64::try_from(factor).unwrap_or(0)))
}

/// The value of a node that is a whole number without names, if it is small.
fn whole(node: &Node) -> Option<i128> {
    exact(node).filter(Ratio::is_integer).map(|ratio| ratio.to_integer())
}

fn exact(node: &Node) -> Option<Ratio<i128>> {
    match node {
        Node::Number(digits) => digits.parse().ok().map(Ratio::from_integer),
        Node::Sum(terms) => {
            terms.iter().try_fold(Ratio::zero(), |sum: Ratio<i128>, term| sum.checked_add(&exact(term)?))
        }
        Node::Product(factors) => factors
            .iter()
            .try_fold(Ratio::from_integer(1), |product: Ratio<i128>, factor| product.checked_mul(&exact(factor)?)),
        Node::Negative(inner) => Ratio::from_integer(-1).checked_mul(&exact(inner)?),
        Node::Inverse(inner) => exact(inner).filter(|value| !value.is_zero()).map(|value| value.recip()),
        Node::Power(base, exponent) => {
            let (base, exponent) = (exact(base)?, exact(exponent)?);
            let integers = base.is_integer() && exponent.is_integer();
            let exponent = u32::try_from(exponent.to_integer()).ok().filter(|_| integers)?;
            base.to_integer().checked_pow(exponent).map(Ratio::from_integer)
        }
        _ => None,
    }
}
