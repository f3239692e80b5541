//! Whether two values are equal: by form, by residues, and by numbers with error bounds.
//!
//! Residues prove rational expressions equal or different. For the others, balls that do not meet prove a difference;
//! equality is taken from balls that agree in far more digits than chance or a tiny term could explain, at many points.

use super::doubts::{has_bends, has_infinite_part, has_steps, may_be_matrices, num_complex_bars};
use super::node::Node;
use super::numeric::{Evaluation, FAR_POINTS, FIRST_WHOLE_POINT, Value};
use super::residue::{NUM_POINTS, Point, evaluate, is_rational};

/// What is compared, and how much work is left for it.
pub(super) struct Comparison {
    /// Units of work of about half a microsecond; without any left nothing more is decided.
    pub(super) fuel: i64,
    /// Whether every variable is above zero.
    pub(super) positive: bool,
    /// Whether several open signs are all plus or all minus.
    pub(super) linked: bool,
}

/// Work for one reply.
pub(super) const FUEL: i64 = 12_000;
/// Precisions in turn: the second where the first leaves a question open.
pub(super) const PRECISIONS: [i64; 2] = [160, 416];
/// Expressions with more factorials are not compared.
pub(super) const MAX_FACTORIALS: usize = 4;

/// What one point shows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Same,
    Different,
    /// One of the two has no value there.
    OneUndefined,
    /// Neither has.
    Undefined,
    /// The balls meet, and are too wide to tell.
    Open,
}

impl Comparison {
    /// Returns whether two values are equal, or nothing where that cannot be told.
    pub(super) fn equal(&mut self, gold: &Node, reply: &Node) -> Option<bool> {
        if gold == reply {
            return Some(true);
        }
        let (gold_end, reply_end) = (infinite(gold), infinite(reply));
        if gold_end.is_some() || reply_end.is_some() {
            let other = if gold_end.is_some() { reply } else { gold };
            let told = (gold_end.is_some() && reply_end.is_some()) || !other.has_name("∞");
            return told.then_some(gold_end == reply_end);
        }
        if has_infinite_part(gold) || has_infinite_part(reply) || may_be_matrices(gold) || may_be_matrices(reply) {
            return None;
        }
        let num_factorials = |node: &Node| node.count(&|inner| matches!(inner, Node::Factorial(_)));
        if num_factorials(gold) > MAX_FACTORIALS || num_factorials(reply) > MAX_FACTORIALS {
            return None;
        }
        self.fuel -= 4 + residue_cost(gold) + residue_cost(reply);
        if self.fuel < 0 {
            return None;
        }
        let agreement = agree(gold, reply);
        // Numbers that differ by a multiple of the primes agree modulo each of them.
        if agreement == Some(true) {
            return (self.outcome(gold, reply, 0, false, false) != Outcome::Different).then_some(true);
        }
        if is_rational(gold) && is_rational(reply) {
            return agreement;
        }
        let equal = self.equal_numbers(gold, reply);
        let is_doubtful = has_steps(gold) || has_steps(reply) || num_complex_bars(gold) != num_complex_bars(reply);
        if equal == Some(true) && is_doubtful { None } else { equal }
    }

    fn equal_numbers(&mut self, gold: &Node, reply: &Node) -> Option<bool> {
        let has_log = |node: &Node| {
            node.any(&|inner| matches!(inner, Node::Call(name, arguments) if name == "log" && arguments.len() == 1))
        };
        let natural = self.equal_at_points(gold, reply, false)?;
        // The base of a bare logarithm is 10 to some and e to others.
        if has_log(gold) || has_log(reply) {
            let decadic = self.equal_at_points(gold, reply, true)?;
            return (natural == decadic).then_some(natural);
        }
        Some(natural)
    }

    fn equal_at_points(&mut self, gold: &Node, reply: &Node, log_10: bool) -> Option<bool> {
        const MIN_POINTS: usize = 4;
        if gold.is_constant() && reply.is_constant() {
            return match self.outcome(gold, reply, 0, log_10, true) {
                Outcome::Same => Some(true),
                Outcome::Different => Some(false),
                _ => None,
            };
        }
        let is_bent = has_bends(gold) || has_bends(reply);
        let far = if is_bent { FAR_POINTS } else { 0..0 };
        let mut names = Vec::new();
        gold.variables(&mut names);
        reply.variables(&mut names);
        for points in [0..FIRST_WHOLE_POINT, FIRST_WHOLE_POINT..2 * FIRST_WHOLE_POINT] {
            let mut num_same = 0;
            let mut one_undefined = false;
            for idx in points.clone().chain(far.clone()) {
                match self.outcome(gold, reply, idx, log_10, idx == points.start) {
                    Outcome::Different => return Some(false),
                    Outcome::Same => num_same += usize::from(idx < FAR_POINTS.start),
                    Outcome::OneUndefined => one_undefined |= idx < FAR_POINTS.start,
                    Outcome::Undefined | Outcome::Open => {}
                }
            }
            if self.fuel < 0 {
                return None;
            }
            // The logarithm of |x| is more than that of x; elsewhere the domain is understood.
            let num_bars = |node: &Node| node.count(&|inner| matches!(inner, Node::Call(name, _) if name == "abs"));
            if one_undefined && (num_bars(gold) > 0) != (num_bars(reply) > 0) {
                return None;
            }
            // The root of a square is more than what it is a square of.
            if one_undefined && is_bent && names.len() == 1 {
                return None;
            }
            if num_same >= MIN_POINTS {
                return Some(true);
            }
        }
        None
    }

    /// What one point shows; values that are the same are the same `twice` if they agree in the second precision too.
    fn outcome(&mut self, gold: &Node, reply: &Node, idx: u64, log_10: bool, twice: bool) -> Outcome {
        let complex = gold.has_name("i") || reply.has_name("i");
        for (bits, factor) in PRECISIONS.into_iter().zip([1, 3]) {
            self.fuel -= factor * (numeric_cost(gold) + numeric_cost(reply));
            if self.fuel < 0 {
                return Outcome::Open;
            }
            let mut evaluation = Evaluation { bits, idx, log_10, complex, positive: self.positive, lossy: false };
            let outcome = match (evaluation.value(gold), evaluation.value(reply)) {
                (Some(gold), Some(reply)) => met(&gold, &reply, bits),
                (None, None) => return Outcome::Undefined,
                _ => return Outcome::OneUndefined,
            };
            match outcome {
                Outcome::Same if evaluation.lossy || (twice && bits == PRECISIONS[0]) => {}
                Outcome::Open => {}
                decided => return decided,
            }
        }
        Outcome::Open
    }

    /// Returns the sign of a value without variables, or of one that keeps it at every point.
    pub(super) fn sign(&mut self, node: &Node) -> Option<i8> {
        if infinite(node).is_some() {
            return infinite(node);
        }
        if let Some(value) = node.exact() {
            return i8::try_from(value.numer().signum()).ok();
        }
        let zero = Node::number(0);
        match self.equal(node, &zero) {
            Some(true) => return Some(0),
            Some(false) => {}
            None => return None,
        }
        let mut found = None;
        let points = if node.is_constant() { 1 } else { FIRST_WHOLE_POINT };
        for idx in 0..points {
            self.fuel -= numeric_cost(node);
            if self.fuel < 0 {
                return None;
            }
            let bits = PRECISIONS[1];
            let mut evaluation =
                Evaluation { bits, idx, log_10: false, complex: false, positive: self.positive, lossy: false };
            let Some(Value { re, im: None }) = evaluation.value(node) else { continue };
            let sign = match (re.is_positive(), re.is_negative()) {
                (true, _) => 1,
                (_, true) => -1,
                _ => return None,
            };
            if found.is_some_and(|found| found != sign) {
                return None;
            }
            found = Some(sign);
        }
        found
    }
}

/// Compares two values of one point.
fn met(gold: &Value, reply: &Value, bits: i64) -> Outcome {
    let tight = bits * 5 / 8;
    let scale = gold.top().max(reply.top());
    let zero = super::ball::Ball::whole(0);
    let parts = [(&gold.re, &reply.re), (gold.im.as_ref().unwrap_or(&zero), reply.im.as_ref().unwrap_or(&zero))];
    let mut is_tight = true;
    let mut is_zero = true;
    for (gold, reply) in parts {
        let Some(gap) = gold.subtract(reply, bits) else { return Outcome::Open };
        if !gap.contains_zero() {
            return Outcome::Different;
        }
        is_tight &= gap.top() <= scale - tight;
        is_zero &= gold.contains_zero() && reply.contains_zero();
    }
    if is_tight || (is_zero && scale <= -tight) { Outcome::Same } else { Outcome::Open }
}

/// Returns whether two values agree modulo primes at every point, or nothing if too few points have a value.
fn agree(gold: &Node, reply: &Node) -> Option<bool> {
    const MIN_POINTS: usize = 6;
    let mut num_compared = 0;
    for idx in 0..NUM_POINTS {
        if let (Some(gold), Some(reply)) = (evaluate(gold, Point::new(idx)), evaluate(reply, Point::new(idx))) {
            if gold != reply {
                return Some(false);
            }
            num_compared += 1;
        }
    }
    (num_compared >= MIN_POINTS).then_some(true)
}

/// Positive or negative infinity, as the sign.
pub(super) fn infinite(node: &Node) -> Option<i8> {
    match node {
        Node::Name(name) if name == "∞" => Some(1),
        Node::Negative(inner) => infinite(inner).map(|sign| -sign),
        _ => None,
    }
}

/// Work of evaluating a node at all points modulo primes.
fn residue_cost(node: &Node) -> i64 {
    let own = match node {
        Node::Factorial(inner) => cost_of_count(inner, 8),
        Node::Call(name, arguments) if name == "binom" => arguments.get(1).map_or(1, |below| cost_of_count(below, 4)),
        Node::Inverse(_) => 4,
        _ => 1,
    };
    own + node.children().into_iter().map(residue_cost).sum::<i64>()
}

/// Work of evaluating a node with error bounds at one point.
fn numeric_cost(node: &Node) -> i64 {
    let own = match node {
        Node::Factorial(inner) => cost_of_count(inner, 8),
        Node::Call(name, arguments) if name == "binom" => arguments.get(1).map_or(1, |below| cost_of_count(below, 2)),
        Node::Call(..) => 16,
        Node::Power(_, exponent) if exponent.whole().is_none() => 24,
        Node::Power(..) => 8,
        _ => 2,
    };
    own + node.children().into_iter().map(numeric_cost).sum::<i64>()
}

fn cost_of_count(count: &Node, a_unit: i64) -> i64 {
    count.whole().map_or(20, |count| i64::try_from(count.clamp(0, 3_000)).unwrap_or(0) / a_unit + 2)
}
