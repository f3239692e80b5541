//! What an expression says, whatever its dress: a value, several values, a tuple, a matrix, an equation or a system.

use super::node::Node;
use super::tables::FUNCTIONS;

/// What is said, and of which name.
#[derive(Debug, Clone)]
pub(super) struct Meaning {
    /// The name or function that is given a value.
    pub(super) name: Option<Node>,
    /// What is said of it.
    pub(super) form: Form,
    /// Sides between the name and the value, in "A = πr² = 9π".
    pub(super) between: Vec<Node>,
}

/// The forms that are compared in their own ways.
#[derive(Debug, Clone)]
pub(super) enum Form {
    Value(Node),
    /// Several values; whether their order counts may not be known.
    Values(Vec<Node>, Order),
    /// Values with dots among them.
    Sequence(Vec<Node>),
    Tuple(char, char, Vec<Node>),
    Matrix(Vec<Vec<Node>>),
    /// Names and their values.
    System(Vec<(Node, Node)>),
    Relation(Vec<char>, Vec<Node>),
    /// A set of numbers, or anything else.
    Other(Node),
}

/// Whether the order of several values counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    Free,
    Unclear,
}

impl Meaning {
    fn of(form: Form) -> Self {
        Self { name: None, form, between: Vec::new() }
    }
}

/// Returns what a node says.
pub(super) fn meaning(node: &Node) -> Meaning {
    match node {
        Node::Relation(signs, sides) => relation(signs, sides),
        Node::Either(items) => named_items(items).unwrap_or_else(|| Meaning::of(Form::Other(node.clone()))),
        Node::Tuple(open, close, items) => tuple(node, *open, *close, items),
        Node::Matrix(rows) => Meaning::of(Form::Matrix(rows.clone())),
        Node::Negative(inner) => match meaning(inner).form {
            Form::Matrix(rows) => Meaning::of(Form::Matrix(
                rows.into_iter().map(|row| row.into_iter().map(Node::negative).collect()).collect(),
            )),
            _ => Meaning::of(Form::Value(node.clone())),
        },
        // "P(1, 2)" is a point with its name.
        Node::Call(name, items) if items.len() > 1 && name.len() == 1 && is_capital(&Node::name(name)) => {
            Meaning::of(Form::Tuple('(', ')', items.clone()))
        }
        Node::Product(factors) if is_named_point(factors) => {
            factors.get(1).map_or_else(|| Meaning::of(Form::Other(node.clone())), meaning)
        }
        Node::Product(factors) => Meaning::of(scaled_matrix(factors).unwrap_or_else(|| Form::Value(node.clone()))),
        _ if node.is_value() => Meaning::of(Form::Value(node.clone())),
        _ => Meaning::of(Form::Other(node.clone())),
    }
}

fn tuple(node: &Node, open: char, close: char, items: &[Node]) -> Meaning {
    if let Some((value, _)) = conditional(node) {
        return meaning(value);
    }
    if items.contains(&Node::Ellipsis) {
        return Meaning::of(Form::Sequence(items.to_vec()));
    }
    match (open, close) {
        (' ', _) if items.iter().any(|item| matches!(item, Node::Relation(..))) => {
            system(items).or_else(|| named_items(items)).unwrap_or_else(|| Meaning::of(Form::Other(node.clone())))
        }
        (' ', _) => {
            // Points are listed in any order.
            let points = items.iter().all(|item| matches!(item, Node::Tuple('(', ')', _)));
            Meaning::of(Form::Values(items.to_vec(), if points { Order::Free } else { Order::Unclear }))
        }
        ('{', _) => Meaning::of(Form::Values(items.to_vec(), Order::Free)),
        _ => Meaning::of(Form::Tuple(open, close, items.to_vec())),
    }
}

/// In "kπ, k ∈ ℤ" and "1/x, x ≠ 0" what follows only says where the value is meant.
pub(super) fn conditional(node: &Node) -> Option<(&Node, &[Node])> {
    let Node::Tuple(' ', _, items) = node else { return None };
    let (first, conditions) = items.split_first()?;
    let is_said = first.is_value() || matches!(first, Node::Relation(signs, _) if signs.as_slice() == ['=']);
    (is_said && !conditions.is_empty() && conditions.iter().all(is_condition)).then_some((first, conditions))
}

/// Returns whether a node only says of a letter what it stands for.
pub(super) fn is_condition(item: &Node) -> bool {
    match item {
        Node::Relation(signs, sides) => match (signs.as_slice(), sides.last()) {
            (['∈'], Some(Node::Name(set))) => set.starts_with('𝔹') || set == "Z" || set == "N",
            (['≠'], _) => true,
            _ => false,
        },
        _ => false,
    }
}

fn relation(signs: &[char], sides: &[Node]) -> Meaning {
    // What follows "≈" is a rounding of what stands before it.
    let mut signs = signs.to_vec();
    // What a name is about is all that is said of it.
    if let (Some(sign @ '≈'), false) = (signs.first_mut(), sides.first().is_none_or(Node::is_constant)) {
        *sign = '=';
    }
    let num_exact = signs.iter().position(|sign| *sign == '≈').map_or(sides.len(), |idx| idx + 1);
    let sides = sides.get(..num_exact).unwrap_or(sides);
    let signs = signs.get(..num_exact.saturating_sub(1)).unwrap_or(&signs);
    let whole = || Meaning::of(Form::Relation(signs.to_vec(), sides.to_vec()));
    let (Some(first), Some(last)) = (sides.first(), sides.last()) else { return whole() };
    if sides.len() == 1 {
        return meaning(first);
    }
    if let (['∈'], Node::Name(_), Node::Tuple('{', ..)) = (signs, first, last) {
        return named(first, last, &[]);
    }
    if !signs.iter().all(|sign| *sign == '=') {
        return whole();
    }
    if let (Node::Tuple('(', ')', names), Node::Tuple('(', ')', values), 2) = (first, last, sides.len()) {
        let pairs: Vec<(Node, Node)> = names.iter().cloned().zip(values.iter().cloned()).collect();
        if names.len() == values.len() && names.iter().all(|name| matches!(name, Node::Name(_))) {
            return Meaning::of(Form::System(pairs));
        }
    }
    let between = sides.get(1..sides.len() - 1).unwrap_or_default();
    if is_definable(first) && !occurs(first, last) {
        return named(first, last, between);
    }
    if sides.len() == 2 && is_definable(last) && !occurs(last, first) {
        return named(last, first, between);
    }
    whole()
}

/// A name with its value or values.
fn named(name: &Node, value: &Node, between: &[Node]) -> Meaning {
    let mut said = meaning(value);
    // Several values of one name are solutions, in any order.
    if let Form::Values(items, order @ Order::Unclear) = &mut said.form {
        *order = Order::Free;
        said.form = Form::Values(std::mem::take(items), Order::Free);
    }
    let name = match name {
        // "x_{1,2}" is x, of which there are two.
        Node::Name(letters) => Node::name(letters.strip_suffix("_1,2").unwrap_or(letters)),
        other => other.clone(),
    };
    Meaning { name: Some(name), form: said.form, between: between.to_vec() }
}

/// Names, applied letters, derivatives and the like, which an equation may give a value.
fn is_definable(node: &Node) -> bool {
    match node {
        Node::Name(name) => !matches!(name.as_str(), "e" | "π" | "i" | "∞" | "ℝ" | "∅"),
        // "KE" and "AB" are written like products.
        Node::Product(factors) => factors.iter().all(is_capital),
        Node::Call(name, arguments) => {
            let is_bars = name == "abs" && arguments.iter().all(|inner| matches!(inner, Node::Name(_)));
            let is_known = FUNCTIONS.iter().any(|(function, _)| function == name)
                || matches!(name.as_str(), "abs" | "+..." | "*..." | "∪" | "∩" | "∖" | "builder");
            is_bars || !is_known
        }
        _ => false,
    }
}

fn is_named_point(factors: &[Node]) -> bool {
    matches!(factors, [name, Node::Tuple('(', ')', _)] if is_capital(name))
}

fn is_capital(node: &Node) -> bool {
    matches!(node, Node::Name(name) if name.starts_with(|ch: char| ch.is_ascii_uppercase()))
}

/// The letter that all names of a system have before their numbers, as in "x_1 = 3, x_2 = -1".
pub(super) fn numbered(pairs: &[(Node, Node)]) -> Option<Node> {
    let letter = |node: &Node| match node {
        Node::Name(name) => name
            .split_once('_')
            .filter(|(_, number)| number.bytes().all(|byte| byte.is_ascii_digit()))
            .map(|(letter, _)| letter.to_owned()),
        _ => None,
    };
    let first = letter(&pairs.first()?.0)?;
    pairs.iter().all(|(name, _)| letter(name).as_ref() == Some(&first)).then(|| Node::name(&first))
}

fn occurs(name: &Node, node: &Node) -> bool {
    node.any(&|inner| inner == name)
}

/// "x = 2 or x = -2", "x = 2 or -2", "2 or 3": values of one name, or of none.
fn named_items(items: &[Node]) -> Option<Meaning> {
    let mut name: Option<Node> = None;
    let mut values = Vec::new();
    for item in items {
        match meaning(item) {
            Meaning { name: Some(other), form: Form::Value(value), .. } => {
                if name.as_ref().is_some_and(|name| *name != other) {
                    return None;
                }
                name = Some(other);
                values.push(value);
            }
            Meaning { name: Some(other), form: Form::Values(several, _), .. } => {
                if name.as_ref().is_some_and(|name| *name != other) {
                    return None;
                }
                name = Some(other);
                values.extend(several);
            }
            Meaning { name: None, form: Form::Value(value), .. } => values.push(value),
            Meaning { name: None, form: Form::Tuple(open @ ('(' | '⟨'), close, cells), .. } => {
                values.push(Node::Tuple(open, close, cells));
            }
            _ => return None,
        }
    }
    Some(Meaning { name, form: Form::Values(values, Order::Free), between: Vec::new() })
}

/// "x = 1, y = 2": different names, a value for each.
fn system(items: &[Node]) -> Option<Meaning> {
    let mut pairs: Vec<(Node, Node)> = Vec::new();
    for item in items {
        match meaning(item) {
            Meaning { name: Some(name), form: Form::Value(value), .. }
                if !pairs.iter().any(|(other, _)| *other == name) =>
            {
                pairs.push((name, value));
            }
            _ => return None,
        }
    }
    Some(Meaning::of(Form::System(pairs)))
}

/// A matrix times numbers, with the numbers in each cell.
fn scaled_matrix(factors: &[Node]) -> Option<Form> {
    let mut rows: Option<&Vec<Vec<Node>>> = None;
    let mut scale = Vec::new();
    for factor in factors {
        match factor {
            Node::Matrix(cells) if rows.is_none() => rows = Some(cells),
            Node::Matrix(_) => return None,
            other => scale.push(other.clone()),
        }
    }
    let cell = |cell: &Node| Node::Product(scale.iter().cloned().chain([cell.clone()]).collect());
    Some(Form::Matrix(rows?.iter().map(|row| row.iter().map(cell).collect()).collect()))
}

/// A point with open signs is several points.
pub(super) fn spread(node: &Node, linked: bool) -> Node {
    match node {
        Node::Tuple('(' | '⟨', _, items) if items.iter().any(|item| num_open_signs(item) > 0) => {
            let points = expanded(node, linked);
            if points.len() > 1 { Node::Either(points) } else { node.clone() }
        }
        _ => node.clone(),
    }
}

/// Writes out the signs that are left open, all together or each on its own.
pub(super) fn expanded(node: &Node, linked: bool) -> Vec<Node> {
    const MAX_SIGNS: usize = 3;
    let num_signs = num_open_signs(node);
    if num_signs == 0 || num_signs > MAX_SIGNS {
        return vec![node.clone()];
    }
    if linked {
        return [true, false].into_iter().map(|plus| resolved(node, &|_| plus)).collect();
    }
    (0..1_usize << num_signs).map(|choice| resolved(node, &|idx| choice >> idx & 1 == 0)).collect()
}

/// The node with a sign for each open one, in the order of reading.
fn resolved(node: &Node, plus: &dyn Fn(usize) -> bool) -> Node {
    let seen = std::cell::Cell::new(0_usize);
    fn resolve(node: &Node, seen: &std::cell::Cell<usize>, plus: &dyn Fn(usize) -> bool) -> Node {
        node.replaced(&|inner| match inner {
            Node::EitherSign(sign, value) => {
                let idx = seen.get();
                seen.set(idx + 1);
                let value = resolve(value, seen, plus);
                Some(if plus(idx) == *sign { value } else { Node::negative(value) })
            }
            _ => None,
        })
    }
    resolve(node, &seen, plus)
}

/// Returns how many signs are left open.
pub(super) fn num_open_signs(node: &Node) -> usize {
    node.count(&|inner| matches!(inner, Node::EitherSign(..)))
}

/// Returns whether values are given to two names of a kind: "f(x)" and "y" may be one.
pub(super) fn names_conflict(gold: &Meaning, reply: &Meaning) -> bool {
    let (Some(name), Some(other)) = (&gold.name, &reply.name) else { return false };
    let is_applied = |node: &Node| matches!(node, Node::Call(..));
    let is_derivative = |node: &Node| matches!(node, Node::Call(head, _) if head == "derivative");
    let are_alike = is_applied(name) == is_applied(other) && !is_derivative(name) && !is_derivative(other);
    name != other && (are_alike || num_primes(name) != num_primes(other) || is_bars(name) != is_bars(other))
}

fn is_bars(node: &Node) -> bool {
    matches!(node, Node::Call(name, _) if name == "abs")
}

/// Returns how often what a name stands for is derived.
fn num_primes(node: &Node) -> usize {
    match node {
        Node::Call(name, arguments) if name == "derivative" => {
            let power = arguments.first().and_then(|above| match above {
                Node::Product(factors) => factors.first(),
                other => Some(other),
            });
            match power {
                Some(Node::Power(_, order)) => order.whole().and_then(|order| usize::try_from(order).ok()).unwrap_or(0),
                _ => 1,
            }
        }
        Node::Name(name) | Node::Call(name, _) => name.matches('\'').count(),
        _ => 0,
    }
}
