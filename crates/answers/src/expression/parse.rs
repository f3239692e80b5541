//! From tokens to a tree.
//!
//! Where two readings are usual (`1/2x`), there is none here: a checker that guesses accepts wrong replies.

use super::lex::{Token, Unread, lex};

/// A node of an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Node {
    /// Digits, with a decimal point perhaps.
    Number(String),
    /// A variable or constant.
    Name(String),
    /// Summands.
    Sum(Vec<Node>),
    /// Factors.
    Product(Vec<Node>),
    /// The negative of a node.
    Negative(Box<Node>),
    /// One over a node.
    Inverse(Box<Node>),
    /// Base and exponent.
    Power(Box<Node>, Box<Node>),
    /// `n!`
    Factorial(Box<Node>),
    /// A named function of a node.
    Call(String, Box<Node>),
    /// The node with either sign; `false` for `∓`.
    EitherSign(bool, Box<Node>),
    /// Several nodes with the brackets around them, blanks if there are none.
    Tuple(char, char, Vec<Node>),
    /// Sides with the relations between them.
    Relation(Vec<char>, Vec<Node>),
    /// Three dots.
    Ellipsis,
}

impl Node {
    /// Returns the nodes right below.
    pub(super) fn children(&self) -> Vec<&Self> {
        match self {
            Self::Number(_) | Self::Name(_) | Self::Ellipsis => Vec::new(),
            Self::Sum(nodes) | Self::Product(nodes) | Self::Tuple(_, _, nodes) | Self::Relation(_, nodes) => {
                nodes.iter().collect()
            }
            Self::Negative(inner)
            | Self::Inverse(inner)
            | Self::EitherSign(_, inner)
            | Self::Factorial(inner)
            | Self::Call(_, inner) => vec![inner],
            Self::Power(base, exponent) => vec![base, exponent],
        }
    }
}

/// Deeper nesting is not read.
const MAX_DEPTH: usize = 40;
/// Longer expressions are not read: their evaluation would take longer than a row may.
const MAX_TOKENS: usize = 300;

struct Parser {
    tokens: Vec<Token>,
    next: usize,
    depth: usize,
}

/// Reads a normalised text as one expression.
pub(super) fn parse(text: &str) -> Result<Node, Unread> {
    let tokens = lex(text)?;
    if tokens.len() > MAX_TOKENS {
        return Err(Unread::Malformed);
    }
    let mut parser = Parser { tokens, next: 0, depth: 0 };
    let node = parser.relation()?;
    if parser.peek().is_some() { Err(Unread::Malformed) } else { Ok(node) }
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.next)
    }

    fn take(&mut self) -> Result<Token, Unread> {
        let token = self.tokens.get(self.next).cloned().ok_or(Unread::Malformed)?;
        self.next += 1;
        Ok(token)
    }

    fn take_sign(&mut self, wanted: &[char]) -> Option<char> {
        match self.peek() {
            Some(Token::Sign(sign)) if wanted.contains(sign) => {
                let sign = *sign;
                self.next += 1;
                Some(sign)
            }
            _ => None,
        }
    }

    fn descend(&mut self) -> Result<(), Unread> {
        self.depth += 1;
        if self.depth > MAX_DEPTH { Err(Unread::Malformed) } else { Ok(()) }
    }

    fn relation(&mut self) -> Result<Node, Unread> {
        let mut sides = vec![self.list(' ', ' ')?];
        let mut relations = Vec::new();
        while let Some(Token::Relation(relation)) = self.peek() {
            relations.push(*relation);
            self.next += 1;
            sides.push(self.list(' ', ' ')?);
        }
        if relations.is_empty() { sides.pop().ok_or(Unread::Malformed) } else { Ok(Node::Relation(relations, sides)) }
    }

    /// One node, or several between commas.
    fn list(&mut self, open: char, close: char) -> Result<Node, Unread> {
        let first = self.sum()?;
        let mut items = vec![first];
        while self.take_sign(&[',', ';']).is_some() {
            items.push(self.sum()?);
        }
        if items.len() == 1 { items.pop().ok_or(Unread::Malformed) } else { Ok(Node::Tuple(open, close, items)) }
    }

    fn sum(&mut self) -> Result<Node, Unread> {
        self.descend()?;
        let mut terms = Vec::new();
        let mut sign = self.take_sign(&['+', '-', '±', '∓']);
        loop {
            let term = self.product()?;
            terms.push(match sign {
                Some('-') => Node::Negative(Box::new(term)),
                Some('±') => Node::EitherSign(true, Box::new(term)),
                Some('∓') => Node::EitherSign(false, Box::new(term)),
                _ => term,
            });
            sign = self.take_sign(&['+', '-', '±', '∓']);
            if sign.is_none() {
                break;
            }
        }
        self.depth -= 1;
        if terms.len() == 1 { terms.pop().ok_or(Unread::Malformed) } else { Ok(Node::Sum(terms)) }
    }

    fn product(&mut self) -> Result<Node, Unread> {
        let mut factors = vec![self.factor()?];
        let mut divided = false;
        loop {
            if let Some(sign) = self.take_sign(&['*', '/']) {
                let negative = self.take_sign(&['-']).is_some();
                let factor = self.factor()?;
                let factor = if negative { Node::Negative(Box::new(factor)) } else { factor };
                divided = sign == '/';
                factors.push(if divided { Node::Inverse(Box::new(factor)) } else { factor });
            } else if self.at_factor() {
                // "1/2x" is read by some as a half of x and by others as one over 2x.
                if divided {
                    return Err(Unread::Unsupported);
                }
                factors.push(self.implied_factor(factors.last())?);
            } else {
                break;
            }
        }
        if factors.len() == 1 { factors.pop().ok_or(Unread::Malformed) } else { Ok(Node::Product(factors)) }
    }

    fn at_factor(&self) -> bool {
        matches!(
            self.peek(),
            Some(Token::Number(_) | Token::Name(_) | Token::Function(_) | Token::Frac | Token::Sqrt | Token::Open(_))
        )
    }

    /// A factor without a sign before it. Two numbers side by side are a mixed fraction or a slip.
    fn implied_factor(&mut self, before: Option<&Node>) -> Result<Node, Unread> {
        let number_before = matches!(before, Some(Node::Number(_)));
        if matches!(self.peek(), Some(Token::Number(_))) || (number_before && matches!(self.peek(), Some(Token::Frac)))
        {
            return Err(Unread::Unsupported);
        }
        self.factor()
    }

    fn factor(&mut self) -> Result<Node, Unread> {
        self.descend()?;
        let mut node = self.atom()?;
        if self.take_sign(&['!']).is_some() {
            node = Node::Factorial(Box::new(node));
            if matches!(self.peek(), Some(Token::Sign('!'))) {
                return Err(Unread::Unsupported);
            }
        }
        if self.take_sign(&['^']).is_some() {
            node = Node::Power(Box::new(node), Box::new(self.exponent()?));
        }
        self.depth -= 1;
        Ok(node)
    }

    fn exponent(&mut self) -> Result<Node, Unread> {
        let negative = self.take_sign(&['-', '+']) == Some('-');
        let exponent = self.factor()?;
        Ok(if negative { Node::Negative(Box::new(exponent)) } else { exponent })
    }

    fn atom(&mut self) -> Result<Node, Unread> {
        match self.take()? {
            Token::Number(digits) => Ok(Node::Number(digits)),
            Token::Ellipsis => Ok(Node::Ellipsis),
            Token::Name(name) => self.name(name),
            Token::Open(open) => self.bracket(open),
            Token::Frac => {
                let (above, below) = (self.argument()?, self.argument()?);
                Ok(Node::Product(vec![above, Node::Inverse(Box::new(below))]))
            }
            Token::Sqrt => self.root(),
            Token::Function(name) => self.call(name),
            _ => Err(Unread::Malformed),
        }
    }

    /// A name before a bracket is a function by custom for some letters, and a factor for the others.
    fn name(&mut self, name: String) -> Result<Node, Unread> {
        let letter = name.chars().next().unwrap_or(' ');
        let applied = matches!(self.peek(), Some(Token::Open('(')));
        if applied && (matches!(letter, 'f' | 'g' | 'h' | 'F' | 'G' | 'H' | 'P' | 'Q' | 'T') || name.contains('\'')) {
            self.next += 1;
            return Ok(Node::Call(name, Box::new(self.bracket('(')?)));
        }
        Ok(Node::Name(name))
    }

    fn bracket(&mut self, open: char) -> Result<Node, Unread> {
        let node = self.list(open, closing(open))?;
        let Token::Close(close) = self.take()? else { return Err(Unread::Malformed) };
        if close == closing(open) {
            return Ok(node);
        }
        // A half-open interval: its brackets differ, and it has two ends.
        if !matches!((open, close), ('[', ')') | ('(', ']')) {
            return Err(Unread::Malformed);
        }
        match node {
            Node::Tuple(_, _, items) if items.len() == 2 => Ok(Node::Tuple(open, close, items)),
            _ => Err(Unread::Malformed),
        }
    }

    /// The argument of a LaTeX command: a group, or one digit or letter.
    fn argument(&mut self) -> Result<Node, Unread> {
        match self.take()? {
            Token::Open('{') => self.bracket('{'),
            Token::Number(digits) if digits.len() == 1 => Ok(Node::Number(digits)),
            // `\frac12` is two arguments in one numeral.
            Token::Number(_) => Err(Unread::Unsupported),
            Token::Name(name) => Ok(Node::Name(name)),
            _ => Err(Unread::Malformed),
        }
    }

    fn root(&mut self) -> Result<Node, Unread> {
        let degree = if matches!(self.peek(), Some(Token::Open('['))) {
            self.next += 1;
            self.bracket('[')?
        } else {
            Node::Number("2".to_owned())
        };
        self.descend()?;
        let radicand = self.atom()?;
        self.depth -= 1;
        Ok(Node::Power(Box::new(radicand), Box::new(Node::Inverse(Box::new(degree)))))
    }

    fn call(&mut self, name: String) -> Result<Node, Unread> {
        let power = if self.take_sign(&['^']).is_some() { Some(self.exponent()?) } else { None };
        // The exponent -1 of a function is its inverse to some and its reciprocal to others.
        if matches!(power, Some(Node::Negative(_))) {
            return Err(Unread::Unsupported);
        }
        let bracketed = matches!(self.peek(), Some(Token::Open(_)));
        let argument = if bracketed { self.atom()? } else { self.factor()? };
        // "sin 2x" and "sin(x)y" leave open where the argument ends.
        if !bracketed && self.at_factor() {
            return Err(Unread::Unsupported);
        }
        let call = if name == "exp" {
            Node::Power(Box::new(Node::Name("e".to_owned())), Box::new(argument))
        } else {
            Node::Call(name, Box::new(argument))
        };
        Ok(match power {
            Some(power) => Node::Power(Box::new(call), Box::new(power)),
            None => call,
        })
    }
}

fn closing(open: char) -> char {
    match open {
        '(' => ')',
        '[' => ']',
        '{' => '}',
        _ => ' ',
    }
}
