//! The tree of an expression, and what can be said of it without a value for its names.

use num_rational::Ratio;
use num_traits::{CheckedAdd, CheckedMul, Zero};

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
    /// A function of nodes, or notation that is compared like one.
    Call(String, Vec<Node>),
    /// The node with either sign; `false` for `∓`.
    EitherSign(bool, Box<Node>),
    /// Several nodes with the brackets around them, blanks if there are none.
    Tuple(char, char, Vec<Node>),
    /// Several nodes with "or" between them.
    Either(Vec<Node>),
    /// Sides with the relations between them.
    Relation(Vec<char>, Vec<Node>),
    /// Rows of a matrix.
    Matrix(Vec<Vec<Node>>),
    /// Three dots.
    Ellipsis,
}

impl Node {
    /// A whole number.
    pub(super) fn number(value: u32) -> Self {
        Self::Number(value.to_string())
    }

    /// A name without more to it.
    pub(super) fn name(name: &str) -> Self {
        Self::Name(name.to_owned())
    }

    /// The negative of a node.
    pub(super) fn negative(inner: Self) -> Self {
        Self::Negative(Box::new(inner))
    }

    /// A node over another one.
    pub(super) fn ratio(above: Self, below: Self) -> Self {
        Self::Product(vec![above, Self::Inverse(Box::new(below))])
    }

    /// A node less another one.
    pub(super) fn difference(left: &Self, right: &Self) -> Self {
        Self::Sum(vec![left.clone(), Self::negative(right.clone())])
    }

    /// A node to the power of another one.
    pub(super) fn power(base: Self, exponent: Self) -> Self {
        Self::Power(Box::new(base), Box::new(exponent))
    }

    /// Returns the nodes right below.
    pub(super) fn children(&self) -> Vec<&Self> {
        match self {
            Self::Number(_) | Self::Name(_) | Self::Ellipsis => Vec::new(),
            Self::Sum(nodes)
            | Self::Product(nodes)
            | Self::Tuple(_, _, nodes)
            | Self::Either(nodes)
            | Self::Relation(_, nodes)
            | Self::Call(_, nodes) => nodes.iter().collect(),
            Self::Negative(inner) | Self::Inverse(inner) | Self::EitherSign(_, inner) | Self::Factorial(inner) => {
                vec![inner]
            }
            Self::Power(base, exponent) => vec![base, exponent],
            Self::Matrix(rows) => rows.iter().flatten().collect(),
        }
    }

    /// Writes the tree anew with some nodes replaced.
    pub(super) fn replaced(&self, replace: &dyn Fn(&Self) -> Option<Self>) -> Self {
        if let Some(node) = replace(self) {
            return node;
        }
        let inner = |node: &Self| Box::new(node.replaced(replace));
        let all = |nodes: &[Self]| nodes.iter().map(|node| node.replaced(replace)).collect::<Vec<_>>();
        match self {
            Self::Number(_) | Self::Name(_) | Self::Ellipsis => self.clone(),
            Self::Sum(nodes) => Self::Sum(all(nodes)),
            Self::Product(nodes) => Self::Product(all(nodes)),
            Self::Negative(node) => Self::Negative(inner(node)),
            Self::Inverse(node) => Self::Inverse(inner(node)),
            Self::Power(base, exponent) => Self::Power(inner(base), inner(exponent)),
            Self::Factorial(node) => Self::Factorial(inner(node)),
            Self::Call(name, nodes) => Self::Call(name.clone(), all(nodes)),
            Self::EitherSign(plus, node) => Self::EitherSign(*plus, inner(node)),
            Self::Tuple(open, close, nodes) => Self::Tuple(*open, *close, all(nodes)),
            Self::Either(nodes) => Self::Either(all(nodes)),
            Self::Relation(signs, nodes) => Self::Relation(signs.clone(), all(nodes)),
            Self::Matrix(rows) => Self::Matrix(rows.iter().map(|row| all(row)).collect()),
        }
    }

    /// Returns how many nodes of a kind there are.
    pub(super) fn count(&self, wanted: &dyn Fn(&Self) -> bool) -> usize {
        usize::from(wanted(self)) + self.children().into_iter().map(|inner| inner.count(wanted)).sum::<usize>()
    }

    /// Returns whether any node is of a kind.
    pub(super) fn any(&self, wanted: &dyn Fn(&Self) -> bool) -> bool {
        wanted(self) || self.children().into_iter().any(|inner| inner.any(wanted))
    }

    /// Returns whether a name occurs.
    pub(super) fn has_name(&self, name: &str) -> bool {
        self.any(&|node| matches!(node, Self::Name(other) if other == name))
    }

    /// Returns whether the node is a value, or could be one: no list, relation, set or matrix.
    pub(super) fn is_value(&self) -> bool {
        match self {
            Self::Tuple(..) | Self::Either(_) | Self::Relation(..) | Self::Matrix(_) | Self::Ellipsis => false,
            Self::Name(name) => !matches!(name.as_str(), "ℝ" | "∅"),
            Self::Call(name, _) => !matches!(name.as_str(), "∪" | "∩" | "∖" | "builder"),
            _ => true,
        }
    }

    /// Collects the names that stand for any value.
    pub(super) fn variables<'n>(&'n self, found: &mut Vec<&'n str>) {
        if let Self::Name(name) = self
            && !CONSTANTS.contains(&name.as_str())
            && !found.contains(&name.as_str())
        {
            found.push(name);
        }
        for inner in self.children() {
            inner.variables(found);
        }
    }

    /// Returns whether no name stands for any value.
    pub(super) fn is_constant(&self) -> bool {
        !self.any(&|node| matches!(node, Self::Name(name) if !CONSTANTS.contains(&name.as_str())))
    }

    /// The value of a node that is a ratio of small whole numbers.
    pub(super) fn exact(&self) -> Option<Ratio<i128>> {
        const LIMIT: u128 = 1 << 120;
        self.ratio_of_wholes()
            .filter(|ratio| ratio.numer().unsigned_abs() < LIMIT && ratio.denom().unsigned_abs() < LIMIT)
    }

    fn ratio_of_wholes(&self) -> Option<Ratio<i128>> {
        let one = Ratio::from_integer(1);
        match self {
            Self::Number(digits) => decimal(digits),
            Self::Sum(terms) => {
                terms.iter().try_fold(Ratio::zero(), |sum: Ratio<i128>, term| sum.checked_add(&term.exact()?))
            }
            Self::Product(factors) => {
                factors.iter().try_fold(one, |product: Ratio<i128>, factor| product.checked_mul(&factor.exact()?))
            }
            Self::Negative(inner) => Ratio::from_integer(-1).checked_mul(&inner.exact()?),
            Self::Inverse(inner) => inner.exact().filter(|value| !value.is_zero()).map(|value| value.recip()),
            Self::Power(base, exponent) => {
                let exponent = exponent.exact().filter(|exponent| exponent.is_integer())?.to_integer();
                let exponent = u32::try_from(exponent).ok().filter(|exponent| *exponent <= MAX_EXACT_EXPONENT)?;
                let base = base.exact()?;
                (0..exponent).try_fold(one, |product, _| product.checked_mul(&base))
            }
            _ => None,
        }
    }

    /// The value of a node that is a small whole number.
    pub(super) fn whole(&self) -> Option<i128> {
        self.exact().filter(Ratio::is_integer).map(|ratio| ratio.to_integer())
    }
}

/// Names that have one value.
pub(super) const CONSTANTS: [&str; 6] = ["e", "i", "π", "∞", "ℝ", "∅"];
/// Powers beyond it are no small numbers.
const MAX_EXACT_EXPONENT: u32 = 127;

fn decimal(digits: &str) -> Option<Ratio<i128>> {
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let scale = 10_i128.checked_pow(u32::try_from(fraction.len()).ok()?)?;
    Some(Ratio::new(format!("{whole}{fraction}").parse().ok()?, scale))
}
