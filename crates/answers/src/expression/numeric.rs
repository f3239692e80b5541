//! Evaluation with error bounds, of complex numbers where there are any.
//!
//! A value is a ball around the true one. What lies outside the domain has none, and a sum that swallows one of its
//! terms is marked as lossy: it cannot show that something tiny is missing.

use num_bigint::BigInt;
use num_rational::Ratio;
use num_traits::Signed;

use super::ball::{Ball, shift};
use super::functions::{atan, exp, ln, pi, sin_cos};
use super::node::Node;
use super::residue::{MAX_CHOSEN, MAX_FACTORIAL, hash};

/// A complex number; without imaginary part a real one.
#[derive(Debug, Clone)]
pub(super) struct Value {
    pub(super) re: Ball,
    pub(super) im: Option<Ball>,
}

impl Value {
    fn real(re: Ball) -> Self {
        Self { re, im: None }
    }

    /// The power of two above the magnitudes of both parts.
    pub(super) fn top(&self) -> i64 {
        self.im.as_ref().map_or(self.re.top(), |im| im.top().max(self.re.top()))
    }

    /// The real number that this is.
    fn into_real(self) -> Option<Ball> {
        if self.im.is_none() { Some(self.re) } else { None }
    }
}

/// The setting of an evaluation.
pub(super) struct Evaluation {
    /// Bits kept.
    pub(super) bits: i64,
    /// Which values the variables take.
    pub(super) idx: u64,
    /// Whether `log` has the base 10.
    pub(super) log_10: bool,
    /// Whether roots of negative numbers are imaginary.
    pub(super) complex: bool,
    /// Whether variables are above zero at every point.
    pub(super) positive: bool,
    /// Set when something tiny may have got lost.
    pub(super) lossy: bool,
}

/// Points from this one on have whole numbers for variables.
pub(super) const FIRST_WHOLE_POINT: u64 = 16;
/// At these points variables are large, of either sign.
pub(super) const FAR_POINTS: std::ops::Range<u64> = 32..38;
/// Larger exponents are not followed.
pub(super) const MAX_EXPONENT: i64 = 1_000_000_000;

/// Whether a variable is below zero at a point. All are at the first of eight; at the others no two letters of the
/// alphabet are of the same signs throughout, so that each product of two is below zero somewhere.
fn is_turned(name: &str, idx: u64) -> bool {
    let code = match name.as_bytes() {
        [letter] => u64::from(*letter),
        _ => hash(0, name, &[]) % 126 + 1,
    };
    let turn = idx % 8;
    turn == 0 || code >> (turn - 1) & 1 == 1
}

impl Evaluation {
    /// Evaluates a node at the point.
    pub(super) fn value(&mut self, node: &Node) -> Option<Value> {
        match node {
            Node::Number(digits) => self.numeral(digits).map(Value::real),
            Node::Name(name) => self.named(name),
            Node::Sum(terms) => self.sum(terms),
            Node::Product(factors) => {
                let mut product = Value::real(Ball::whole(1));
                for factor in factors {
                    let factor = self.value(factor)?;
                    product = self.multiply(&product, &factor)?;
                }
                Some(product)
            }
            Node::Negative(inner) => {
                let value = self.value(inner)?;
                Some(Value { re: value.re.negate(), im: value.im.map(|im| im.negate()) })
            }
            Node::Inverse(inner) => {
                let value = self.value(inner)?;
                self.invert(&value)
            }
            Node::Power(base, exponent) => self.power(base, exponent),
            Node::Factorial(inner) => {
                let count = self.value(inner)?.into_real()?.to_whole()?;
                self.factorial(count).map(Value::real)
            }
            Node::Call(name, arguments) => self.call(name, arguments),
            _ => None,
        }
    }

    fn numeral(&self, digits: &str) -> Option<Ball> {
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let mantissa = Ball::exact(format!("{whole}{fraction}").parse().ok()?, 0);
        if fraction.is_empty() {
            return Some(mantissa);
        }
        let below = Ball::whole(10).raised(u64::try_from(fraction.len()).ok()?, self.bits)?.invert(self.bits)?;
        mantissa.multiply(&below, self.bits)
    }

    fn named(&self, name: &str) -> Option<Value> {
        match name {
            "π" => pi(self.bits).map(Value::real),
            "e" => exp(&Ball::whole(1), self.bits).map(Value::real),
            "i" => Some(Value { re: Ball::whole(0), im: Some(Ball::whole(1)) }),
            "∞" | "ℝ" | "∅" => None,
            _ => Some(Value::real(self.sample(name))),
        }
    }

    /// The value of a variable: below one, then above zero, then of either sign, then whole.
    fn sample(&self, name: &str) -> Ball {
        const SMALL: [i64; 4] = [-24, -23, -22, -21];
        const LARGE: [i64; 6] = [-24, -23, -22, -20, -18, -12];
        let random = hash(self.idx, name, &[self.idx]);
        let pick = |table: &[i64]| {
            let len = u64::try_from(table.len()).unwrap_or(1);
            usize::try_from((random >> 8) % len).ok().and_then(|at| table.get(at).copied()).unwrap_or(0)
        };
        if (FIRST_WHOLE_POINT..FAR_POINTS.start).contains(&self.idx) {
            // Small numbers, where factorials are exact, and larger ones that are no roots of a small product.
            let limit = if self.idx < 24 { 12 } else { 90 };
            return Ball::exact(BigInt::from((random >> 33) % limit + 1), 0);
        }
        let mantissa = BigInt::from((random >> 40) | 1);
        let negative = self.idx >= 8 && !self.positive && is_turned(name, self.idx);
        let power = match self.idx {
            0..4 => -24,
            4..8 => pick(&SMALL),
            8..FIRST_WHOLE_POINT => pick(&LARGE),
            34.. => 20,
            _ => -8,
        };
        Ball::exact(if negative { -mantissa } else { mantissa }, power)
    }

    fn sum(&mut self, terms: &[Node]) -> Option<Value> {
        let mut sum = Value::real(Ball::whole(0));
        let (mut least, mut greatest) = (i64::MAX, i64::MIN);
        for term in terms {
            let value = self.value(term)?;
            for part in std::iter::once(&value.re).chain(&value.im).filter(|part| !part.contains_zero()) {
                least = least.min(part.top());
                greatest = greatest.max(part.top());
            }
            sum = self.add(&sum, &value)?;
        }
        if least < greatest.saturating_sub(self.bits / 4) {
            self.lossy = true;
        }
        Some(sum)
    }

    fn add(&self, left: &Value, right: &Value) -> Option<Value> {
        let im = match (&left.im, &right.im) {
            (Some(left), Some(right)) => Some(left.add(right, self.bits)?),
            (left, right) => left.clone().or_else(|| right.clone()),
        };
        Some(Value { re: left.re.add(&right.re, self.bits)?, im })
    }

    fn multiply(&self, left: &Value, right: &Value) -> Option<Value> {
        let bits = self.bits;
        let (Value { re: a, im: b }, Value { re: c, im: d }) = (left, right);
        match (b, d) {
            (None, None) => Some(Value::real(a.multiply(c, bits)?)),
            (Some(b), None) => Some(Value { re: a.multiply(c, bits)?, im: Some(b.multiply(c, bits)?) }),
            (None, Some(d)) => Some(Value { re: a.multiply(c, bits)?, im: Some(a.multiply(d, bits)?) }),
            (Some(b), Some(d)) => {
                let re = a.multiply(c, bits)?.subtract(&b.multiply(d, bits)?, bits)?;
                let im = a.multiply(d, bits)?.add(&b.multiply(c, bits)?, bits)?;
                Some(Value { re, im: Some(im) })
            }
        }
    }

    fn invert(&self, value: &Value) -> Option<Value> {
        let bits = self.bits;
        let Some(im) = &value.im else { return Some(Value::real(value.re.invert(bits)?)) };
        let square = value.re.multiply(&value.re, bits)?.add(&im.multiply(im, bits)?, bits)?.invert(bits)?;
        Some(Value { re: value.re.multiply(&square, bits)?, im: Some(im.negate().multiply(&square, bits)?) })
    }

    fn power(&mut self, base: &Node, exponent: &Node) -> Option<Value> {
        if *base == Node::name("e") {
            let exponent = self.value(exponent)?;
            return self.exponential(&exponent);
        }
        let value = self.value(base)?;
        if let Some(ratio) = exponent.exact() {
            let (above, below) = (i64::try_from(*ratio.numer()).ok()?, i64::try_from(*ratio.denom()).ok()?);
            if below == 1 {
                return self.raised(&value, above);
            }
            if below == 2 {
                let root = self.square_root(&value)?;
                return self.raised(&root, above);
            }
            let base = value.into_real()?;
            // An odd root of a negative number is negative, unless complex numbers are meant.
            if base.is_negative() && below % 2 == 1 && !self.complex {
                let size = self.real_power(&base.negate(), exponent)?;
                return Some(Value::real(if above % 2 == 0 { size } else { size.negate() }));
            }
            if base.is_zero() && above > 0 {
                return Some(Value::real(base));
            }
            return self.real_power(&base, exponent).map(Value::real);
        }
        let whole = self.value(exponent)?.into_real()?.to_whole();
        match whole {
            Some(count) => self.raised(&value, count),
            None => {
                let base = value.into_real()?;
                self.real_power(&base, exponent).map(Value::real)
            }
        }
    }

    /// A power of a number above zero.
    fn real_power(&mut self, base: &Ball, exponent: &Node) -> Option<Ball> {
        let exponent = self.value(exponent)?.into_real()?;
        let product = ln(base, self.bits)?.multiply(&exponent, self.bits)?;
        self.exp(&product)
    }

    fn raised(&self, base: &Value, exponent: i64) -> Option<Value> {
        if exponent.abs() > MAX_EXPONENT {
            return None;
        }
        if exponent < 0 {
            let inverse = self.invert(base)?;
            return self.raised(&inverse, -exponent);
        }
        // Zero to the power of zero has no agreed value.
        if exponent == 0 && base.re.contains_zero() && base.im.as_ref().is_none_or(Ball::contains_zero) {
            return None;
        }
        if base.im.is_none() {
            return Some(Value::real(base.re.raised(exponent.unsigned_abs(), self.bits)?));
        }
        let (mut base, mut exponent, mut result) = (base.clone(), exponent, Value::real(Ball::whole(1)));
        while exponent > 0 {
            if exponent % 2 == 1 {
                result = self.multiply(&result, &base)?;
            }
            base = self.multiply(&base, &base)?;
            exponent /= 2;
        }
        Some(result)
    }

    fn square_root(&self, value: &Value) -> Option<Value> {
        let bits = self.bits;
        match &value.im {
            None if value.re.is_negative() => {
                let root = value.re.negate().sqrt(bits)?;
                self.complex.then(|| Value { re: Ball::whole(0), im: Some(root) })
            }
            None => Some(Value::real(value.re.sqrt(bits)?)),
            Some(im) => {
                // The root with a positive real part; on the negative axis there is no telling.
                let size = self.size(value)?;
                let re = size.add(&value.re, bits)?.scaled(-1).sqrt(bits)?;
                let im = im.multiply(&re.scaled(1).invert(bits)?, bits)?;
                Some(Value { re, im: Some(im) })
            }
        }
    }

    fn size(&self, value: &Value) -> Option<Ball> {
        let Some(im) = &value.im else { return Some(value.re.abs()) };
        value.re.multiply(&value.re, self.bits)?.add(&im.multiply(im, self.bits)?, self.bits)?.sqrt(self.bits)
    }

    /// A tiny argument changes a function by less than can be seen.
    fn watch(&mut self, argument: &Ball) {
        if !argument.contains_zero() && argument.top() < -self.bits / 4 {
            self.lossy = true;
        }
    }

    fn exp(&mut self, argument: &Ball) -> Option<Ball> {
        self.watch(argument);
        exp(argument, self.bits)
    }

    fn exponential(&mut self, exponent: &Value) -> Option<Value> {
        let size = self.exp(&exponent.re)?;
        let Some(im) = &exponent.im else { return Some(Value::real(size)) };
        self.watch(im);
        let (sine, cosine) = sin_cos(im, self.bits)?;
        Some(Value { re: size.multiply(&cosine, self.bits)?, im: Some(size.multiply(&sine, self.bits)?) })
    }

    fn factorial(&self, count: i64) -> Option<Ball> {
        if !(0..=i64::try_from(MAX_FACTORIAL).ok()?).contains(&count) {
            return None;
        }
        let mut product = Ball::whole(1);
        let mut chunk = 1_i64;
        for factor in 2..=count {
            chunk *= factor;
            if chunk >= 1 << 40 || factor == count {
                product = product.multiply(&Ball::whole(chunk), self.bits)?;
                chunk = 1;
            }
        }
        Some(product)
    }

    fn call(&mut self, name: &str, arguments: &[Node]) -> Option<Value> {
        let bits = self.bits;
        if let ("binom", [above, below]) = (name, arguments) {
            let above = self.value(above)?.into_real()?;
            let count = self.value(below)?.into_real()?.to_whole()?;
            return self.binomial(&above, count).map(Value::real);
        }
        if matches!(name, "max" | "min" | "gcd" | "lcm") {
            return self.extreme(name, arguments).map(Value::real);
        }
        if let ("log", [base, argument]) = (name, arguments) {
            let base = ln(&self.value(base)?.into_real()?, bits)?;
            let argument = ln(&self.value(argument)?.into_real()?, bits)?;
            return Some(Value::real(argument.multiply(&base.invert(bits)?, bits)?));
        }
        let [argument] = arguments else { return None };
        if matches!(name, "floor" | "ceil") {
            return self.rounded(name, argument).map(Value::real);
        }
        // Variables are real numbers, so nothing is shown of their parts.
        if matches!(name, "Re" | "Im") && !argument.is_constant() {
            return None;
        }
        let value = self.value(argument)?;
        match name {
            "abs" => self.size(&value).map(Value::real),
            "Re" => Some(Value::real(value.re)),
            "Im" => Some(Value::real(value.im.unwrap_or_else(|| Ball::whole(0)))),
            _ => {
                let argument = value.into_real()?;
                self.watch(&argument);
                self.function(name, &argument).map(Value::real)
            }
        }
    }

    fn binomial(&self, above: &Ball, count: i64) -> Option<Ball> {
        if !(0..=i64::try_from(MAX_CHOSEN).ok()?).contains(&count) {
            return None;
        }
        let mut product = Ball::whole(1);
        for less in 0..count {
            product = product.multiply(&above.subtract(&Ball::whole(less), self.bits)?, self.bits)?;
        }
        product.multiply(&self.factorial(count)?.invert(self.bits)?, self.bits)
    }

    fn extreme(&mut self, name: &str, arguments: &[Node]) -> Option<Ball> {
        let bits = self.bits;
        let mut found: Option<Ball> = None;
        for argument in arguments {
            let value = self.value(argument)?.into_real()?;
            found = Some(match found {
                None => value,
                Some(other) if matches!(name, "gcd" | "lcm") => {
                    let (left, right) = (other.to_whole()?, value.to_whole()?);
                    if left <= 0 || right <= 0 || left > 1 << 30 || right > 1 << 30 {
                        return None;
                    }
                    let divisor = right / Ratio::new(left, right).denom();
                    Ball::whole(if name == "gcd" { divisor } else { left / divisor * right })
                }
                Some(other) => {
                    let gap = other.subtract(&value, bits)?.abs();
                    let gap = if name == "max" { gap } else { gap.negate() };
                    other.add(&value, bits)?.add(&gap, bits)?.scaled(-1)
                }
            });
        }
        found
    }

    fn rounded(&mut self, name: &str, argument: &Node) -> Option<Ball> {
        if let Some(ratio) = argument.exact() {
            let whole = if name == "floor" { ratio.floor() } else { ratio.ceil() };
            return Some(Ball::exact(BigInt::from(whole.to_integer()), 0));
        }
        let value = self.value(argument)?.into_real()?;
        if value.top() > 60 {
            return None;
        }
        let (lower, upper) = (&value.mid - &value.rad, &value.mid + &value.rad);
        let floor = |end: &BigInt| shift(end, value.exp);
        let (lower, upper) =
            if name == "floor" { (floor(&lower), floor(&upper)) } else { (-floor(&-lower), -floor(&-upper)) };
        (lower == upper).then(|| Ball::exact(lower, 0))
    }

    fn function(&self, name: &str, x: &Ball) -> Option<Ball> {
        let bits = self.bits;
        let one = Ball::whole(1);
        match name {
            "ln" => ln(x, bits),
            "log" if self.log_10 => ln(x, bits)?.multiply(&ln(&Ball::whole(10), bits)?.invert(bits)?, bits),
            "log" => ln(x, bits),
            "sin" => Some(sin_cos(x, bits)?.0),
            "cos" => Some(sin_cos(x, bits)?.1),
            "csc" => sin_cos(x, bits)?.0.invert(bits),
            "sec" => sin_cos(x, bits)?.1.invert(bits),
            "tan" => {
                let (sine, cosine) = sin_cos(x, bits)?;
                sine.multiply(&cosine.invert(bits)?, bits)
            }
            "cot" => {
                let (sine, cosine) = sin_cos(x, bits)?;
                cosine.multiply(&sine.invert(bits)?, bits)
            }
            "arctan" => self.arctangent(x),
            "arcsin" => self.arcsine(x),
            "arccos" => pi(bits)?.scaled(-1).subtract(&self.arcsine(x)?, bits),
            "arccsc" => self.arcsine(&x.invert(bits)?),
            "arcsec" => pi(bits)?.scaled(-1).subtract(&self.arcsine(&x.invert(bits)?)?, bits),
            "sinh" | "cosh" | "tanh" | "coth" | "sech" | "csch" => self.hyperbolic(name, x),
            "arcsinh" => ln(&x.multiply(x, bits)?.add(&one, bits)?.sqrt(bits)?.add(x, bits)?, bits),
            "arccosh" => ln(&x.multiply(x, bits)?.subtract(&one, bits)?.sqrt(bits)?.add(x, bits)?, bits),
            "arctanh" => {
                let ratio = one.add(x, bits)?.multiply(&one.subtract(x, bits)?.invert(bits)?, bits)?;
                Some(ln(&ratio, bits)?.scaled(-1))
            }
            "sgn" if x.is_zero() || !x.contains_zero() => {
                Some(Ball::whole(if x.mid.is_negative() { -1 } else { i64::from(!x.is_zero()) }))
            }
            _ => None,
        }
    }

    /// Far from zero the arctangent no longer shows a change of its argument.
    fn arctangent(&self, x: &Ball) -> Option<Ball> {
        if x.top() > self.bits / 4 { None } else { atan(x, self.bits) }
    }

    fn arcsine(&self, x: &Ball) -> Option<Ball> {
        let bits = self.bits;
        let rest = Ball::whole(1).subtract(&x.multiply(x, bits)?, bits)?;
        if rest.is_zero() {
            let right = pi(bits)?.scaled(-1);
            return Some(if x.is_negative() { right.negate() } else { right });
        }
        atan(&x.multiply(&rest.sqrt(bits)?.invert(bits)?, bits)?, bits)
    }

    fn hyperbolic(&self, name: &str, x: &Ball) -> Option<Ball> {
        let bits = self.bits;
        // Far from zero they are exponential functions, but for less than can be seen.
        if x.top() > 5 {
            return None;
        }
        let raised = exp(x, bits)?;
        let lowered = raised.invert(bits)?;
        let (sinh, cosh) = (raised.subtract(&lowered, bits)?.scaled(-1), raised.add(&lowered, bits)?.scaled(-1));
        match name {
            "sinh" => Some(sinh),
            "cosh" => Some(cosh),
            "sech" => cosh.invert(bits),
            "csch" => sinh.invert(bits),
            "tanh" => sinh.multiply(&cosh.invert(bits)?, bits),
            _ => cosh.multiply(&sinh.invert(bits)?, bits),
        }
    }
}
