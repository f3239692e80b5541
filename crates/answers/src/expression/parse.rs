//! From tokens to a tree: sums, products, powers and functions.
//!
//! Where two readings are usual (`1/2x`), there is none here: a checker that guesses accepts wrong replies. Lists,
//! brackets, sets and matrices are read in [`super::parse_groups`].

use super::lex::{Token, Unread, lex};
use super::meaning::is_condition;
use super::node::Node;
use super::tables::{FUNCTION_LETTERS, INVERTIBLE, Kind, PERHAPS_FUNCTION_LETTERS, STEP_LETTERS};

/// Deeper nesting is not read.
pub(super) const MAX_DEPTH: usize = 32;
/// Longer expressions are not read: their evaluation would take longer than a row may.
pub(super) const MAX_TOKENS: usize = 300;

/// An expression and the unit behind it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Parsed {
    pub(super) node: Node,
    /// The unit as written, empty if there is none.
    pub(super) unit: String,
}

pub(super) struct Parser {
    pub(super) tokens: Vec<Token>,
    pub(super) next: usize,
    pub(super) depth: usize,
    /// Bars that wait for the one that closes them.
    pub(super) num_bars: usize,
}

/// Reads a normalised text as one expression.
pub(super) fn parse(text: &str) -> Result<Parsed, Unread> {
    let mut tokens = lex(text)?;
    if tokens.len() > MAX_TOKENS {
        return Err(Unread::Malformed);
    }
    let unit = split_unit(&mut tokens);
    let mut parser = Parser { tokens, next: 0, depth: 0, num_bars: 0 };
    // "= 5" answers a question that ended in the other side.
    if parser.is_at(Kind::Relation, "=") {
        parser.next += 1;
    }
    let node = parser.list(' ', ' ')?;
    if parser.peek().is_some() { Err(Unread::Malformed) } else { Ok(Parsed { node, unit }) }
}

/// Takes a unit with its powers off the end.
fn split_unit(tokens: &mut Vec<Token>) -> String {
    let Some(first) = tokens.iter().position(|token| token.kind == Kind::Unit) else { return String::new() };
    if first == 0 || !is_unit(tokens.get(first..).unwrap_or_default()) {
        return String::new();
    }
    let tail: Vec<String> = tokens.split_off(first).into_iter().map(|token| token.text).collect();
    tail.concat().replace(['{', '}'], "")
}

/// Units with powers, side by side or with a sign between them: "m", "m/s^2", "kg m^{-3}", and not "m - 3" or "m/2".
fn is_unit(tail: &[Token]) -> bool {
    let mut before = "";
    for token in tail {
        let text = token.text.as_str();
        let is_part = match (token.kind, text) {
            (Kind::Unit, _) => matches!(before, "" | "*" | "/" | "unit" | "power" | "}"),
            (Kind::Sign, "*" | "/") => matches!(before, "unit" | "power" | "}"),
            (Kind::Sign, "^") => before == "unit",
            (Kind::Sign, "-") => matches!(before, "^" | "{"),
            (Kind::Open, "{") => before == "^",
            (Kind::Number, "1" | "2" | "3") => matches!(before, "^" | "{" | "-" | "unit"),
            (Kind::Close, "}") => before == "power",
            _ => false,
        };
        if !is_part {
            return false;
        }
        before = match token.kind {
            Kind::Unit => "unit",
            Kind::Number => "power",
            _ => text,
        };
    }
    matches!(before, "unit" | "power" | "}")
}

impl Parser {
    pub(super) fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.next)
    }

    pub(super) fn kind(&self) -> Option<Kind> {
        self.peek().map(|token| token.kind)
    }

    pub(super) fn is_at(&self, kind: Kind, text: &str) -> bool {
        self.peek().is_some_and(|token| token.kind == kind && token.text == text)
    }

    pub(super) fn take(&mut self) -> Result<Token, Unread> {
        let token = self.tokens.get(self.next).cloned().ok_or(Unread::Malformed)?;
        self.next += 1;
        Ok(token)
    }

    pub(super) fn take_sign(&mut self, wanted: &str) -> Option<char> {
        let token = self.peek().filter(|token| token.kind == Kind::Sign)?;
        let sign = token.text.chars().next().filter(|sign| wanted.contains(*sign))?;
        self.next += 1;
        Some(sign)
    }

    pub(super) fn descend(&mut self) -> Result<(), Unread> {
        self.depth += 1;
        if self.depth > MAX_DEPTH { Err(Unread::Malformed) } else { Ok(()) }
    }

    pub(super) fn sum(&mut self) -> Result<Node, Unread> {
        self.descend()?;
        let mut terms = Vec::new();
        let mut sign = self.take_sign("+-±∓");
        loop {
            let negative = sign.is_some() && !terms.is_empty() && self.take_sign("-").is_some();
            let term = self.product()?;
            let term = if negative { Node::negative(term) } else { term };
            terms.push(match sign {
                Some('-') => Node::negative(term),
                Some('±') => Node::EitherSign(true, Box::new(term)),
                Some('∓') => Node::EitherSign(false, Box::new(term)),
                _ => term,
            });
            sign = self.take_sign("+-±∓");
            if sign.is_none() {
                break;
            }
        }
        self.depth -= 1;
        if terms.len() == 1 {
            return terms.pop().ok_or(Unread::Malformed);
        }
        if let [Node::Name(line), Node::Negative(without)] = terms.as_slice()
            && line == "ℝ"
        {
            return Ok(Node::Call("∖".to_owned(), vec![Node::name("ℝ"), (**without).clone()]));
        }
        // What dots leave out is not known, so the sum is a sequence and no value.
        let is_sequence = terms.contains(&Node::Ellipsis);
        Ok(if is_sequence { Node::Call("+...".to_owned(), terms) } else { Node::Sum(terms) })
    }

    pub(super) fn product(&mut self) -> Result<Node, Unread> {
        let mut factors = vec![self.factor()?];
        let mut divided = false;
        let mut mixed_up = false;
        loop {
            if let Some(sign) = self.take_sign("*/") {
                let negative = self.take_sign("-").is_some();
                let factor = self.factor()?;
                let factor = if negative { Node::negative(factor) } else { factor };
                if sign == '/'
                    && is_d(&factor)
                    && factors.first().is_some_and(is_differential)
                    && self.kind() == Some(Kind::Name)
                {
                    let below = Node::Product(vec![factor, self.factor()?]);
                    let above = if factors.len() == 1 {
                        factors.remove(0)
                    } else {
                        Node::Product(std::mem::take(&mut factors))
                    };
                    factors = vec![Node::Call("derivative".to_owned(), vec![above, below])];
                    continue;
                }
                divided = sign == '/';
                mixed_up = divided && !matches!(factor, Node::Number(_));
                factors.push(if divided { Node::Inverse(Box::new(factor)) } else { factor });
            } else if self.at_factor() {
                // "1/2x" is read by some as a half of x and by others as one over 2x; a blank makes it "1/2 x".
                if divided && (mixed_up || !self.peek().is_some_and(|token| token.spaced)) {
                    return Err(Unread::Unsupported);
                }
                divided = false;
                self.implied_factor(&mut factors)?;
            } else {
                break;
            }
        }
        if factors.len() == 1 {
            return factors.pop().ok_or(Unread::Malformed);
        }
        let is_sequence = factors.contains(&Node::Ellipsis);
        Ok(if is_sequence { Node::Call("*...".to_owned(), factors) } else { Node::Product(factors) })
    }

    pub(super) fn at_factor(&self) -> bool {
        match self.kind() {
            Some(
                Kind::Number
                | Kind::Name
                | Kind::Function
                | Kind::Frac
                | Kind::Root
                | Kind::Binom
                | Kind::Big
                | Kind::Open
                | Kind::Begin,
            ) => true,
            Some(Kind::Bar) => self.num_bars == 0,
            _ => false,
        }
    }

    /// A factor without a sign before it. A number before a fraction of numbers is a mixed number.
    fn implied_factor(&mut self, factors: &mut Vec<Node>) -> Result<(), Unread> {
        let before = self.next.checked_sub(1).and_then(|idx| self.tokens.get(idx));
        let is_apart = before.is_some_and(|token| token.kind == Kind::Close || token.text == "!");
        if self.kind() == Some(Kind::Number) && !is_apart {
            return Err(Unread::Unsupported);
        }
        let is_fraction = self.kind() == Some(Kind::Frac);
        let factor = self.factor()?;
        // "kπ (k ∈ ℤ)"
        if is_condition(&factor) {
            return Ok(());
        }
        let whole = factors.last().filter(|_| is_fraction && factors.len() == 1).and_then(whole_number);
        let share = proper_fraction(&factor);
        match (whole, share) {
            (Some(_), Some(true)) => {
                let whole = factors.pop().ok_or(Unread::Malformed)?;
                factors.push(Node::Sum(vec![whole, factor]));
            }
            (Some(_), Some(false)) => return Err(Unread::Unsupported),
            _ => factors.push(factor),
        }
        Ok(())
    }

    pub(super) fn factor(&mut self) -> Result<Node, Unread> {
        self.descend()?;
        let mut node = self.atom()?;
        loop {
            if self.take_sign("!").is_some() {
                if self.is_at(Kind::Sign, "!") {
                    return Err(Unread::Unsupported);
                }
                node = Node::Factorial(Box::new(node));
            } else if self.take_sign("^").is_some() {
                let exponent = self.exponent()?;
                node = match (node, exponent) {
                    (Node::Matrix(rows), Node::Name(name)) if name == "T" => Node::Matrix(transposed(&rows)),
                    (Node::Tuple(_, _, cells), Node::Name(name)) if name == "T" => {
                        Node::Matrix(cells.into_iter().map(|cell| vec![cell]).collect())
                    }
                    (node, exponent) => Node::power(node, exponent),
                };
            } else if self.kind() == Some(Kind::Postfix) {
                let below = if self.take()?.text == "°" { 180 } else { 100 };
                node = Node::ratio(node, Node::number(below));
                if below == 180 {
                    node = Node::Product(vec![node, Node::name("π")]);
                }
            } else {
                break;
            }
        }
        self.depth -= 1;
        Ok(node)
    }

    pub(super) fn exponent(&mut self) -> Result<Node, Unread> {
        let negative = self.take_sign("-+") == Some('-');
        let exponent = self.factor()?;
        Ok(if negative { Node::negative(exponent) } else { exponent })
    }

    fn atom(&mut self) -> Result<Node, Unread> {
        let token = self.take()?;
        match token.kind {
            Kind::Number => self.number(token.text),
            Kind::Ellipsis => Ok(Node::Ellipsis),
            Kind::Name => self.name(token.text),
            Kind::Open => self.bracket(token.text.chars().next().unwrap_or(' ')),
            Kind::Bar => self.bars(),
            Kind::Begin => self.matrix(&token.text),
            Kind::Big => self.big(token.text),
            Kind::Frac => {
                let (above, below) = (self.argument()?, self.argument()?);
                // "dy/dx" is no ratio of products.
                let is_derivative = is_differential(&above) && is_differential(&below);
                Ok(if is_derivative {
                    Node::Call("derivative".to_owned(), vec![above, below])
                } else {
                    Node::ratio(above, below)
                })
            }
            Kind::Binom => Ok(Node::Call("binom".to_owned(), vec![self.argument()?, self.argument()?])),
            Kind::Root => self.root(&token.text),
            Kind::Function => self.call(&token.text),
            Kind::Unit => Err(Unread::Unsupported),
            _ => Err(Unread::Malformed),
        }
    }

    /// A number, with the digits that repeat or the fraction that belongs to it.
    fn number(&mut self, digits: String) -> Result<Node, Unread> {
        if self.kind() == Some(Kind::Repeating) {
            let tail = self.take()?.text;
            let num_places = digits.split_once('.').ok_or(Unread::Malformed)?.1.len();
            let scale = |nines: usize, zeros: usize| Node::Number("9".repeat(nines) + &"0".repeat(zeros));
            let repeating = Node::ratio(Node::Number(tail.clone()), scale(tail.len(), num_places));
            return Ok(Node::Sum(vec![Node::Number(digits.trim_end_matches('.').to_owned()), repeating]));
        }
        let digits = digits.trim_end_matches('.').to_owned();
        // A numeral of another base stands for itself.
        if self.take_sign("_").is_some() {
            let base = self.argument()?;
            return Ok(Node::Call("base".to_owned(), vec![Node::Number(digits), base]));
        }
        let text = |ahead: usize, kind: Kind| {
            self.tokens.get(self.next + ahead).filter(|token| token.kind == kind).map(|token| token.text.as_str())
        };
        if let (Some(above), Some("/"), Some(below)) =
            (text(0, Kind::Number), text(1, Kind::Sign), text(2, Kind::Number))
        {
            let share = Node::ratio(Node::Number(above.to_owned()), Node::Number(below.to_owned()));
            if proper_fraction(&share) != Some(true) || digits.contains('.') {
                return Err(Unread::Unsupported);
            }
            self.next += 3;
            return Ok(Node::Sum(vec![Node::Number(digits), share]));
        }
        Ok(Node::Number(digits))
    }

    /// A name before a bracket is a function by custom for some letters, and a factor for the others.
    fn name(&mut self, mut name: String) -> Result<Node, Unread> {
        let letter = name.chars().next().unwrap_or(' ');
        // "ΔG" is one quantity.
        if name == "Δ" && self.kind() == Some(Kind::Name) {
            name.push_str(&self.take()?.text);
        }
        if FUNCTION_LETTERS.contains(letter) && self.skip_inverse() {
            name.push_str("^-1");
        }
        if let Some(mark) = self.take_raised_number(&name) {
            name.push_str(&mark);
        }
        if !self.is_at(Kind::Open, "(") || self.peek().is_some_and(|token| token.spaced) {
            return Ok(Node::Name(name));
        }
        if name == "C" && self.tokens.get(self.next + 2).is_some_and(|token| token.text == ",") {
            self.next += 1;
            return match self.bracket('(')? {
                Node::Tuple('(', ')', items) if items.len() == 2 => Ok(Node::Call("binom".to_owned(), items)),
                _ => Err(Unread::Unsupported),
            };
        }
        let always = FUNCTION_LETTERS.contains(letter) || name.contains('\'');
        let simple =
            self.tokens.get(self.next + 1).is_some_and(|token| matches!(token.kind, Kind::Name | Kind::Number))
                && self.tokens.get(self.next + 2).is_some_and(|token| token.kind == Kind::Close || token.text == ",");
        let is_step = STEP_LETTERS.contains(letter)
            && self.tokens.get(self.next + 1).is_some_and(|token| matches!(token.text.as_str(), "t" | "n" | "x"));
        let is_applied = always || is_step || self.is_defined(letter, simple);
        if !(is_applied || (simple && PERHAPS_FUNCTION_LETTERS.contains(letter))) {
            return Ok(Node::Name(name));
        }
        self.next += 1;
        let arguments = match self.bracket('(')? {
            Node::Tuple('(', ')', items) => items,
            argument => vec![argument],
        };
        Ok(Node::Call(name, arguments))
    }

    /// A number in brackets above a name is no power: a derivative of a function, else a mark.
    fn take_raised_number(&mut self, name: &str) -> Option<String> {
        let texts: Vec<&str> = self.tokens.iter().skip(self.next).take(6).map(|token| token.text.as_str()).collect();
        let ["^", "{", "(", number, ")", "}"] = texts.as_slice() else { return None };
        let count = number.parse::<usize>().ok().filter(|count| number.len() == 1 && *count > 0)?;
        if matches!(name, "e" | "i" | "π") {
            return None;
        }
        let is_function = name == "y" || name.starts_with(|letter| FUNCTION_LETTERS.contains(letter));
        let mark = if is_function { "'".repeat(count) } else { format!("^({number})") };
        self.next += 6;
        Some(mark)
    }

    /// "A(t) = ..." and "P(A ∩ B) = ..." at the beginning: a bracket with another name in it, or any behind a P.
    fn is_defined(&self, letter: char, simple: bool) -> bool {
        let before = self.next.checked_sub(2).and_then(|idx| self.tokens.get(idx));
        let is_first = before.is_none_or(|token| token.text == "," || matches!(token.kind, Kind::Or | Kind::And));
        let mut depth = 0_usize;
        let close = self.tokens.iter().skip(self.next).position(|token| {
            match token.kind {
                Kind::Open => depth += 1,
                Kind::Close => depth = depth.saturating_sub(1),
                _ => {}
            }
            depth == 0
        });
        let behind = close.and_then(|offset| self.tokens.get(self.next + offset + 1));
        let of_another = simple
            && self
                .tokens
                .get(self.next + 1)
                .is_some_and(|token| token.kind == Kind::Name && token.text != letter.to_string());
        is_first && (of_another || letter == 'P') && behind.is_some_and(|token| token.text == "=")
    }

    /// Passes over the exponent -1 between a function and its bracket.
    fn skip_inverse(&mut self) -> bool {
        let texts: Vec<&str> = self.tokens.iter().skip(self.next).take(6).map(|token| token.text.as_str()).collect();
        let num_tokens = match texts.as_slice() {
            ["^", "{", "-", "1", "}", "("] => 5,
            ["^", "-", "1", "(", ..] => 3,
            _ => 0,
        };
        self.next += num_tokens;
        num_tokens > 0
    }

    /// The argument of a LaTeX command: a group, or one digit or letter.
    fn argument(&mut self) -> Result<Node, Unread> {
        let token = self.take()?;
        match token.kind {
            Kind::Open if token.text == "{" => self.bracket('{'),
            Kind::Number => {
                let first: String = token.text.chars().take(1).collect();
                let rest = token.text.get(1..).unwrap_or("");
                if rest.contains('.') {
                    return Err(Unread::Unsupported);
                }
                // `\frac12` is two arguments in one numeral.
                if !rest.is_empty() {
                    self.next -= 1;
                    if let Some(token) = self.tokens.get_mut(self.next) {
                        token.text = rest.to_owned();
                    }
                }
                Ok(Node::Number(first))
            }
            Kind::Name => Ok(Node::Name(token.text)),
            _ => Err(Unread::Malformed),
        }
    }

    fn root(&mut self, written: &str) -> Result<Node, Unread> {
        let degree = if self.is_at(Kind::Open, "[") {
            self.next += 1;
            self.bracket('[')?
        } else {
            Node::number(match written {
                "3" => 3,
                "4" => 4,
                _ => 2,
            })
        };
        // `\sqrt12` is the root of 1 to LaTeX and the root of 12 to its reader.
        if written == "\\" && self.peek().is_some_and(|token| token.kind == Kind::Number && token.text.len() > 1) {
            return Err(Unread::Unsupported);
        }
        self.descend()?;
        let radicand = self.atom()?;
        self.depth -= 1;
        Ok(Node::power(radicand, Node::Inverse(Box::new(degree))))
    }

    fn call(&mut self, written: &str) -> Result<Node, Unread> {
        let (mut name, base) = written.split_once('_').unwrap_or((written, ""));
        let mut power = if self.take_sign("^").is_some() { Some(self.exponent()?) } else { None };
        let inverse = format!("arc{name}");
        if matches!(&power, Some(Node::Negative(inner)) if **inner == Node::number(1)) {
            // The exponent -1 of a function is its inverse; of others it may be the reciprocal.
            if !INVERTIBLE.contains(&name) {
                return Err(Unread::Unsupported);
            }
            name = &inverse;
            power = None;
        }
        let arguments = self.call_arguments()?;
        let call = called(name, base, arguments)?;
        Ok(match power {
            Some(power) => Node::power(call, power),
            None => call,
        })
    }

    /// A bracket, or the factors up to the next function or sign.
    fn call_arguments(&mut self) -> Result<Vec<Node>, Unread> {
        if matches!(self.kind(), Some(Kind::Open)) || (self.kind() == Some(Kind::Bar) && self.num_bars == 0) {
            return Ok(match self.atom()? {
                Node::Tuple('(' | '{', _, items) => items,
                argument => vec![argument],
            });
        }
        let negative = self.take_sign("-").is_some();
        let mut factors = vec![self.factor()?];
        while self.at_factor() && self.kind() != Some(Kind::Function) {
            // "sin x (x+1)" leaves open where the argument ends.
            if !matches!(self.kind(), Some(Kind::Name | Kind::Frac | Kind::Root)) {
                return Err(Unread::Unsupported);
            }
            factors.push(self.factor()?);
        }
        // So does "sin x/2", and not "sin x / 2".
        if self.is_at(Kind::Sign, "/") && !self.peek().is_some_and(|token| token.spaced) {
            return Err(Unread::Unsupported);
        }
        let argument =
            if factors.len() == 1 { factors.pop().ok_or(Unread::Malformed)? } else { Node::Product(factors) };
        Ok(vec![if negative { Node::negative(argument) } else { argument }])
    }
}

/// A function of its arguments.
fn called(name: &str, base: &str, mut arguments: Vec<Node>) -> Result<Node, Unread> {
    let single = arguments.len() == 1;
    match name {
        "gcd" | "lcm" | "max" | "min" | "binom" => Ok(Node::Call(name.to_owned(), arguments)),
        _ if !single => Err(Unread::Unsupported),
        "exp" => Ok(Node::power(Node::name("e"), arguments.pop().ok_or(Unread::Malformed)?)),
        "cbrt" => Ok(Node::power(arguments.pop().ok_or(Unread::Malformed)?, Node::Inverse(Box::new(Node::number(3))))),
        "lg" | "log" if name == "lg" || !base.is_empty() => {
            let base = if base.is_empty() { "10" } else { base };
            let digits = base.bytes().all(|byte| byte.is_ascii_digit());
            let letter = base.len() == 1 && base.bytes().all(|byte| byte.is_ascii_alphabetic());
            if base == "e" {
                return Ok(Node::Call("ln".to_owned(), arguments));
            }
            let base = match (digits, letter) {
                (true, _) => Node::Number(base.to_owned()),
                (_, true) => Node::Name(base.to_owned()),
                _ => return Err(Unread::Unsupported),
            };
            arguments.insert(0, base);
            Ok(Node::Call("log".to_owned(), arguments))
        }
        _ if !base.is_empty() => Ok(Node::Call(format!("{name}_{base}"), arguments)),
        _ => Ok(Node::Call(name.to_owned(), arguments)),
    }
}

fn whole_number(node: &Node) -> Option<()> {
    matches!(node, Node::Number(digits) if !digits.contains('.')).then_some(())
}

/// Whether a fraction of two whole numbers is below one; nothing for other nodes.
fn proper_fraction(node: &Node) -> Option<bool> {
    let Node::Product(factors) = node else { return None };
    match factors.as_slice() {
        [above @ Node::Number(_), Node::Inverse(below)] if matches!(**below, Node::Number(_)) => {
            Some(above.whole()? < below.whole()?)
        }
        _ => None,
    }
}

/// `d`, `dx`, `d^2 y` and the like.
fn is_d(node: &Node) -> bool {
    matches!(node, Node::Name(name) if name == "d" || name == "∂")
}

fn is_differential(node: &Node) -> bool {
    let first = match node {
        Node::Product(factors) => factors.first(),
        other => Some(other),
    };
    match first {
        Some(Node::Power(base, _)) => is_d(base),
        Some(first) => is_d(first),
        None => false,
    }
}

fn transposed(rows: &[Vec<Node>]) -> Vec<Vec<Node>> {
    let width = rows.first().map_or(0, Vec::len);
    (0..width).map(|column| rows.iter().filter_map(|row| row.get(column).cloned()).collect()).collect()
}
