//! Evaluation at random points modulo a large prime, which decides equality of rational expressions.
//!
//! Two rational expressions that agree at eight points are equal but for a chance below one in a million; two that
//! differ at one point are different. Functions and roots are replaced by a hash of their argument's value: equal
//! arguments give equal values, and so agreement still proves equality, but difference proves nothing.

use super::node::Node;

/// Points are taken modulo these primes in turn: 2^64 - 59 and 2^62 - 87, each with its root of -1 for `i`.
pub(super) const PRIMES: [(u64, u64); 2] =
    [(18_446_744_073_709_551_557, 2_296_021_864_060_584_341), (4_611_686_018_427_387_817, 4_490_822_397_581_186_023)];
/// How many points are compared.
pub(super) const NUM_POINTS: u64 = 8;
/// Larger exponents are not multiplied out: modulo a prime they repeat.
pub(super) const MAX_EXPONENT: i128 = 1_000_000_000_000;
/// Factorials of larger numbers are not multiplied out.
pub(super) const MAX_FACTORIAL: i128 = 3_000;
/// Binomials of more factors are not multiplied out.
pub(super) const MAX_CHOSEN: i128 = 300;

/// A point to evaluate at.
#[derive(Clone, Copy)]
pub(super) struct Point {
    idx: u64,
    prime: u64,
    root: u64,
}

impl Point {
    pub(super) fn new(idx: u64) -> Self {
        let [first, second] = PRIMES;
        let (prime, root) = if idx.is_multiple_of(2) { first } else { second };
        Self { idx, prime, root }
    }

    pub(super) fn add(self, left: u64, right: u64) -> u64 {
        self.reduce(u128::from(left) + u128::from(right))
    }

    pub(super) fn multiply(self, left: u64, right: u64) -> u64 {
        self.reduce(u128::from(left) * u128::from(right))
    }

    pub(super) fn negate(self, value: u64) -> u64 {
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

    fn whole(self, value: i128) -> u64 {
        self.reduce(value.rem_euclid(i128::from(self.prime)).unsigned_abs())
    }

    /// The value that stands for a name, or for a function of a value.
    fn hash(self, name: &str, values: &[u64]) -> u64 {
        self.reduce(u128::from(hash(self.idx, name, values)))
    }
}

/// A number that depends on a name, values and the index of a point in no simple way.
pub(super) fn hash(idx: u64, name: &str, values: &[u64]) -> u64 {
    let mut state = 0xcbf2_9ce4_8422_2325_u64 ^ idx;
    for byte in name.bytes().chain(values.iter().flat_map(|value| value.to_le_bytes())) {
        state = (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ (state >> 31)
}

/// Evaluates a node; `None` where it has no value at the point or cannot be evaluated at all.
pub(super) fn evaluate(node: &Node, point: Point) -> Option<u64> {
    match node {
        Node::Number(digits) => numeral(digits, point),
        Node::Name(name) if name == "i" => Some(point.root),
        Node::Name(name) => Some(point.hash(name, &[])),
        Node::Sum(terms) => terms.iter().try_fold(0, |sum, term| Some(point.add(sum, evaluate(term, point)?))),
        Node::Product(factors) => {
            factors.iter().try_fold(1, |product, factor| Some(point.multiply(product, evaluate(factor, point)?)))
        }
        Node::Negative(inner) => evaluate(inner, point).map(|value| point.negate(value)),
        Node::Inverse(inner) => point.invert(evaluate(inner, point)?),
        Node::Power(base, exponent) => power(base, exponent, point),
        Node::Factorial(inner) => match inner.whole() {
            Some(count) if (0..=MAX_FACTORIAL).contains(&count) => Some(factorial(count, point)),
            Some(_) => None,
            None => Some(point.hash("!", &[evaluate(inner, point)?])),
        },
        Node::Call(name, arguments) => match (name.as_str(), arguments.as_slice()) {
            ("binom", [above, below]) if is_chosen(below) => binomial(above, below, point),
            _ => Some(point.hash(name, &digests(arguments, point)?)),
        },
        Node::Tuple(..)
        | Node::Either(_)
        | Node::Relation(..)
        | Node::Matrix(_)
        | Node::EitherSign(..)
        | Node::Ellipsis => None,
    }
}

/// Evaluates what a function is applied to: lists and relations too, item by item.
fn digests(nodes: &[Node], point: Point) -> Option<Vec<u64>> {
    nodes.iter().map(|node| digest(node, point)).collect()
}

fn digest(node: &Node, point: Point) -> Option<u64> {
    match node {
        Node::Tuple(open, close, items) => Some(point.hash(&format!("{open}{close}"), &digests(items, point)?)),
        Node::Either(items) => Some(point.hash("or", &digests(items, point)?)),
        Node::Relation(signs, sides) => Some(point.hash(&signs.iter().collect::<String>(), &digests(sides, point)?)),
        Node::Matrix(rows) => {
            let rows: Option<Vec<u64>> =
                rows.iter().map(|row| Some(point.hash("row", &digests(row, point)?))).collect();
            Some(point.hash("matrix", &rows?))
        }
        Node::Ellipsis => Some(point.hash("...", &[])),
        _ => evaluate(node, point),
    }
}

/// Returns whether two different values prove two different expressions: only where nothing was hashed but variables
/// and at most one of the constants e and π.
pub(super) fn is_rational(node: &Node) -> bool {
    !(node.has_name("e") && node.has_name("π")) && is_evaluated(node)
}

/// Returns whether a node is evaluated without hashing anything but names.
fn is_evaluated(node: &Node) -> bool {
    match node {
        Node::Number(_) => true,
        Node::Name(name) => !matches!(name.as_str(), "∞" | "ℝ" | "∅"),
        Node::Power(base, exponent) => is_small(exponent.whole(), MAX_EXPONENT) && is_evaluated(base),
        Node::Factorial(inner) => inner.whole().is_some_and(|count| (0..=MAX_FACTORIAL).contains(&count)),
        Node::Call(name, arguments) => match (name.as_str(), arguments.as_slice()) {
            ("binom", [above, below]) => is_chosen(below) && is_evaluated(above),
            _ => false,
        },
        Node::Sum(_) | Node::Product(_) | Node::Negative(_) | Node::Inverse(_) => {
            node.children().into_iter().all(is_evaluated)
        }
        _ => false,
    }
}

fn is_small(value: Option<i128>, limit: i128) -> bool {
    value.is_some_and(|value| value.abs() <= limit)
}

fn is_chosen(below: &Node) -> bool {
    below.whole().is_some_and(|count| (0..=MAX_CHOSEN).contains(&count))
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
    match exponent.whole() {
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

/// `n (n - 1) ... (n - k + 1) / k!`, for an `n` of any kind.
fn binomial(above: &Node, below: &Node, point: Point) -> Option<u64> {
    let above = evaluate(above, point)?;
    let count = below.whole()?;
    let product =
        (0..count).fold(1, |product, less| point.multiply(product, point.add(above, point.negate(point.whole(less)))));
    Some(point.multiply(product, point.invert(factorial(count, point))?))
}
