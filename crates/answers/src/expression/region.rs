//! Sets of real numbers: intervals, their unions and complements, and the inequalities that say the same.

use std::cmp::Ordering;

use super::equal::{Comparison, infinite};
use super::meaning::expanded;
use super::node::Node;

/// An interval, or a point where both ends are one.
#[derive(Debug, Clone)]
pub(super) struct Piece {
    left: Node,
    left_closed: bool,
    right: Node,
    right_closed: bool,
}

/// Unions of more pieces are not compared.
const MAX_PIECES: usize = 16;

/// Returns whether a node can only be read as a set of real numbers.
pub(super) fn is_region(node: &Node) -> bool {
    match node {
        Node::Name(name) => matches!(name.as_str(), "ℝ" | "∅"),
        Node::Call(name, _) => matches!(name.as_str(), "∪" | "∩" | "∖" | "builder"),
        Node::Tuple(' ', _, items) => {
            items.len() > 1 && items.iter().all(|item| matches!(item, Node::Relation(..)) && is_region(item))
        }
        Node::Tuple('[', ')', _) | Node::Tuple('(', ']', _) => true,
        Node::Tuple('(' | '[', _, items) => items.len() == 2 && items.iter().any(|item| infinite(item).is_some()),
        Node::Either(items) => items.iter().any(is_region),
        Node::Relation(signs, sides) => {
            let on_line = |sign: &char| matches!(sign, '<' | '>' | '≤' | '≥' | '≠');
            let is_member = match (signs.as_slice(), sides.as_slice()) {
                (['∈'], [Node::Name(_), set]) => !matches!(set, Node::Tuple('{', ..)),
                _ => false,
            };
            let mut names = Vec::new();
            sides.iter().for_each(|side| side.variables(&mut names));
            is_member || (names.len() == 1 && !signs.is_empty() && signs.iter().all(on_line))
        }
        _ => false,
    }
}

/// The name whose values a region holds.
pub(super) fn region_name(node: &Node) -> Option<String> {
    match node {
        Node::Relation(signs, sides) if signs.as_slice() == ['∈'] => match sides.first() {
            Some(Node::Name(name)) => Some(name.clone()),
            _ => None,
        },
        // "D = (0, 1)" names the set and not its members.
        Node::Relation(signs, _) if signs.contains(&'=') => None,
        Node::Relation(_, sides) => {
            let mut names = Vec::new();
            sides.iter().for_each(|side| side.variables(&mut names));
            names.first().map(|name| (*name).to_owned())
        }
        Node::Either(items) | Node::Tuple(' ', _, items) => items.iter().find_map(region_name),
        _ => None,
    }
}

impl Piece {
    fn new(left: Node, left_closed: bool, right: Node, right_closed: bool) -> Self {
        Self { left, left_closed, right, right_closed }
    }

    fn point(node: &Node) -> Self {
        Self::new(node.clone(), true, node.clone(), true)
    }

    fn line() -> Self {
        Self::new(Node::negative(Node::name("∞")), false, Node::name("∞"), false)
    }

    fn below(end: Node, closed: bool) -> Self {
        Self::new(Node::negative(Node::name("∞")), false, end, closed)
    }

    fn above(end: Node, closed: bool) -> Self {
        Self::new(end, closed, Node::name("∞"), false)
    }
}

impl Comparison {
    /// Returns whether two nodes are the same set of numbers.
    pub(super) fn same_region(&mut self, gold_node: &Node, reply_node: &Node) -> Option<bool> {
        if let Some(same) = same_members(gold_node, reply_node) {
            return Some(same);
        }
        let empty = Node::name("∅");
        let (gold, reply) = (self.region(gold_node)?, self.region(reply_node)?);
        if let ([gold], [reply]) = (gold.as_slice(), reply.as_slice()) {
            return self.same_piece(gold, reply);
        }
        let (gold, reply) = (self.united(gold)?, self.united(reply)?);
        // Nobody writes two contradicting conditions for the empty set: "x < 0, x > 1" may mean either.
        if (gold.is_empty() && *gold_node != empty) || (reply.is_empty() && *reply_node != empty) {
            return None;
        }
        if gold.len() != reply.len() {
            return Some(false);
        }
        let mut all = Some(true);
        for (gold, reply) in gold.iter().zip(&reply) {
            match self.same_piece(gold, reply) {
                Some(true) => {}
                Some(false) => return Some(false),
                None => all = None,
            }
        }
        all
    }

    fn same_piece(&mut self, gold: &Piece, reply: &Piece) -> Option<bool> {
        let closed = |end: &Node, closed: bool| closed && infinite(end).is_none();
        let left = self.equal(&gold.left, &reply.left);
        let right = self.equal(&gold.right, &reply.right);
        let ends = closed(&gold.left, gold.left_closed) == closed(&reply.left, reply.left_closed)
            && closed(&gold.right, gold.right_closed) == closed(&reply.right, reply.right_closed);
        if left == Some(false) || right == Some(false) || !ends {
            return Some(false);
        }
        // An end at infinity belongs to no set of numbers, but somebody wrote so.
        let written = (gold.left_closed, gold.right_closed) == (reply.left_closed, reply.right_closed);
        (left == Some(true) && right == Some(true) && written).then_some(true)
    }

    /// The pieces of a set, in no order.
    fn region(&mut self, node: &Node) -> Option<Vec<Piece>> {
        match node {
            Node::Name(name) if name == "ℝ" || name == "R" => Some(vec![Piece::line()]),
            Node::Name(name) if name == "∅" => Some(Vec::new()),
            Node::Tuple(open @ ('(' | '['), close, items) => match items.as_slice() {
                [left, right] if left.is_value() && right.is_value() => {
                    Some(vec![Piece::new(left.clone(), *open == '[', right.clone(), *close == ']')])
                }
                _ => None,
            },
            Node::Tuple('{', _, items) => Some(items.iter().map(Piece::point).collect()),
            Node::Tuple(..) | Node::Either(_) if has_several_names(node) => None,
            Node::Tuple(_, close, items) => {
                let regions: Option<Vec<_>> = items.iter().map(|item| self.region(item)).collect();
                let regions = regions?;
                let common = self.intersection(regions.clone())?;
                // "x < 1, x > 2" leaves no number if both have to hold, and is meant as a choice.
                let is_empty = self.united(common.clone())?.is_empty();
                Some(if is_empty && *close != '∧' { regions.concat() } else { common })
            }
            Node::Either(items) => {
                let regions: Option<Vec<_>> = items.iter().map(|item| self.region(item)).collect();
                Some(regions?.concat())
            }
            Node::Call(name, sets) => match (name.as_str(), sets.as_slice()) {
                ("builder", [Node::Name(name), condition]) if is_about(condition, name) => self.region(condition),
                ("builder", [within @ Node::Relation(_, sides), condition]) if matches!(sides.first(), Some(Node::Name(name)) if is_about(condition, name)) =>
                {
                    let regions = vec![self.region(within)?, self.region(condition)?];
                    self.intersection(regions)
                }
                ("∪", sets) => {
                    let regions: Option<Vec<_>> = sets.iter().map(|set| self.region(set)).collect();
                    Some(regions?.concat())
                }
                ("∩", [left, right]) => {
                    let regions = vec![self.region(left)?, self.region(right)?];
                    self.intersection(regions)
                }
                ("∖", [left, right]) => {
                    let without = self.region(right)?;
                    let regions = vec![self.region(left)?, self.complement(without)?];
                    self.intersection(regions)
                }
                _ => None,
            },
            Node::Relation(signs, sides) => self.solutions(signs, sides),
            value if value.is_value() => Some(vec![Piece::point(value)]),
            _ => None,
        }
    }

    /// The numbers that a chain of inequalities allows.
    fn solutions(&mut self, signs: &[char], sides: &[Node]) -> Option<Vec<Piece>> {
        let mut regions = Vec::new();
        for ((sign, left), right) in signs.iter().zip(sides).zip(sides.iter().skip(1)) {
            regions.push(match (sign, left) {
                ('∈', Node::Name(_)) => self.region(right)?,
                _ => self.solved(*sign, left, right)?,
            });
        }
        if regions.len() == 1 { regions.pop() } else { self.intersection(regions) }
    }

    fn solved(&mut self, sign: char, left: &Node, right: &Node) -> Option<Vec<Piece>> {
        let mirrored = mirrored(sign);
        if let ('≠', Node::Name(_)) = (sign, left) {
            let points = match right {
                Node::Tuple(' ', _, values) | Node::Either(values) => values.as_slice(),
                value => std::slice::from_ref(value),
            };
            let points: Vec<Piece> =
                points.iter().flat_map(|point| expanded(point, true)).map(|point| Piece::point(&point)).collect();
            return self.complement(points);
        }
        match (left, right) {
            (Node::Name(name), value) if !value.has_name(name) => return bounded(sign, value),
            (value, Node::Name(name)) if !value.has_name(name) => return bounded(mirrored, value),
            (Node::Call(name, arguments), value) if name == "abs" && value.is_constant() => {
                return self.between_bars(sign, arguments.first()?, value);
            }
            (value, Node::Call(name, arguments)) if name == "abs" && value.is_constant() => {
                return self.between_bars(mirrored, arguments.first()?, value);
            }
            _ => {}
        }
        let gap = Node::difference(left, right);
        let mut names = Vec::new();
        gap.variables(&mut names);
        let [name] = names.as_slice() else { return None };
        let (slope, root) = self.root(&gap, name)?;
        match self.sign(&slope)? {
            1 => bounded(sign, &root),
            -1 => bounded(mirrored, &root),
            _ => None,
        }
    }

    /// `|E| < c` and `|E| > c`.
    fn between_bars(&mut self, sign: char, inner: &Node, value: &Node) -> Option<Vec<Piece>> {
        if self.sign(value)? < 0 {
            return None;
        }
        let negative = Node::negative(value.clone());
        let regions = vec![self.solved(sign, inner, value)?, self.solved(mirrored(sign), inner, &negative)?];
        match sign {
            '<' | '≤' => self.intersection(regions),
            '>' | '≥' => Some(regions.concat()),
            _ => None,
        }
    }

    /// Slope and root of what is linear in a name.
    pub(super) fn root(&mut self, gap: &Node, name: &str) -> Option<(Node, Node)> {
        let at = |value: u32| {
            gap.replaced(&|node| matches!(node, Node::Name(other) if other == name).then(|| Node::number(value)))
        };
        let (start, slope) = (at(0), Node::difference(&at(1), &at(0)));
        // At whole numbers alone `|x|` is linear as well.
        let line = Node::Sum(vec![start.clone(), Node::Product(vec![slope.clone(), Node::name(name)])]);
        if self.equal(gap, &line) != Some(true) || self.equal(&slope, &Node::number(0)) != Some(false) {
            return None;
        }
        Some((slope.clone(), Node::negative(Node::ratio(start, slope))))
    }

    /// A root of what is quadratic in a name.
    pub(super) fn quadratic_root(&mut self, gap: &Node, name: &str) -> Option<Node> {
        let at = |value: u32| {
            gap.replaced(&|node| matches!(node, Node::Name(other) if other == name).then(|| Node::number(value)))
        };
        let times = |value: u32, node: &Node| Node::Product(vec![Node::number(value), node.clone()]);
        let (start, first, second) = (at(0), Node::difference(&at(1), &at(0)), Node::difference(&at(2), &at(1)));
        // Twice the leading coefficient, and the one of the name itself.
        let twice = Node::difference(&second, &first);
        let slope = Node::difference(&first, &Node::ratio(twice.clone(), Node::number(2)));
        let third = Node::difference(&Node::difference(&at(3), &at(2)), &second);
        if self.equal(&twice, &third) != Some(true) || self.equal(&twice, &Node::number(0)) != Some(false) {
            return None;
        }
        let square = Node::power(slope.clone(), Node::number(2));
        let radicand = Node::difference(&square, &times(2, &Node::Product(vec![twice.clone(), start])));
        let root = Node::power(radicand, Node::Inverse(Box::new(Node::number(2))));
        Some(Node::ratio(Node::difference(&root, &slope), twice))
    }

    fn intersection(&mut self, regions: Vec<Vec<Piece>>) -> Option<Vec<Piece>> {
        let mut common = vec![Piece::line()];
        for region in regions {
            let mut next = Vec::new();
            for left in &common {
                for right in &region {
                    next.push(self.overlap(left, right)?);
                }
            }
            if next.len() > MAX_PIECES {
                return None;
            }
            common = next;
        }
        Some(common)
    }

    fn overlap(&mut self, one: &Piece, other: &Piece) -> Option<Piece> {
        let (left, left_closed) = match self.order(&one.left, &other.left)? {
            Ordering::Less => (&other.left, other.left_closed),
            Ordering::Greater => (&one.left, one.left_closed),
            Ordering::Equal => (&one.left, one.left_closed && other.left_closed),
        };
        let (right, right_closed) = match self.order(&one.right, &other.right)? {
            Ordering::Less => (&one.right, one.right_closed),
            Ordering::Greater => (&other.right, other.right_closed),
            Ordering::Equal => (&one.right, one.right_closed && other.right_closed),
        };
        Some(Piece::new(left.clone(), left_closed, right.clone(), right_closed))
    }

    fn complement(&mut self, pieces: Vec<Piece>) -> Option<Vec<Piece>> {
        let mut regions = Vec::new();
        for piece in self.united(pieces)? {
            let mut outside = Vec::new();
            if infinite(&piece.left).is_none() {
                outside.push(Piece::below(piece.left, !piece.left_closed));
            }
            if infinite(&piece.right).is_none() {
                outside.push(Piece::above(piece.right, !piece.right_closed));
            }
            regions.push(outside);
        }
        self.intersection(regions)
    }

    /// The same set as pieces in order that do not touch.
    fn united(&mut self, pieces: Vec<Piece>) -> Option<Vec<Piece>> {
        if pieces.len() > MAX_PIECES {
            return None;
        }
        let mut sorted: Vec<Piece> = Vec::new();
        for piece in pieces {
            let holds_any = match self.order(&piece.left, &piece.right)? {
                Ordering::Less => true,
                Ordering::Equal => piece.left_closed && piece.right_closed,
                Ordering::Greater => false,
            };
            if !holds_any {
                continue;
            }
            let mut at = 0;
            for other in &sorted {
                match self.order(&other.left, &piece.left)? {
                    Ordering::Less => at += 1,
                    Ordering::Equal if other.left_closed => at += 1,
                    _ => break,
                }
            }
            sorted.insert(at, piece);
        }
        let mut merged: Vec<Piece> = Vec::new();
        for piece in sorted {
            let Some(last) = merged.last_mut() else {
                merged.push(piece);
                continue;
            };
            let apart = match self.order(&last.right, &piece.left)? {
                Ordering::Less => true,
                Ordering::Equal => !(last.right_closed || piece.left_closed),
                Ordering::Greater => false,
            };
            if apart {
                merged.push(piece);
                continue;
            }
            match self.order(&last.right, &piece.right)? {
                Ordering::Less => {
                    last.right = piece.right;
                    last.right_closed = piece.right_closed;
                }
                Ordering::Equal => last.right_closed |= piece.right_closed,
                Ordering::Greater => {}
            }
        }
        Some(merged)
    }

    fn order(&mut self, left: &Node, right: &Node) -> Option<Ordering> {
        match (infinite(left), infinite(right)) {
            (None, None) => {}
            (left, right) => return Some(left.unwrap_or(0).cmp(&right.unwrap_or(0))),
        }
        self.sign(&Node::difference(left, right)).map(|sign| sign.cmp(&0))
    }
}

/// Compares sets that are known by name alone: equal if the same cases of membership belong to both.
fn same_members(gold: &Node, reply: &Node) -> Option<bool> {
    const MAX_NAMES: usize = 6;
    let mut names = Vec::new();
    set_names(gold, &mut names)?;
    set_names(reply, &mut names)?;
    if names.len() > MAX_NAMES {
        return None;
    }
    Some((0..1_usize << names.len()).all(|case| is_member(gold, &names, case) == is_member(reply, &names, case)))
}

/// Returns whether conditions are stated of more than one name: what they say together is no set of numbers.
fn has_several_names(node: &Node) -> bool {
    let mut names = Vec::new();
    let (Node::Tuple(' ', _, items) | Node::Either(items)) = node else { return false };
    for name in items.iter().filter_map(region_name) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.len() > 1
}

/// Returns whether a condition is one on a name.
fn is_about(condition: &Node, name: &str) -> bool {
    !has_several_names(condition) && region_name(condition).is_none_or(|other| other == name)
}

/// The letter of a set, and whether its complement is meant.
fn set_letter(name: &str) -> Option<(&str, bool)> {
    let (letter, outside) = match (name.strip_prefix('¯'), name.strip_suffix('\'')) {
        (Some(letter), None) | (None, Some(letter)) => (letter, true),
        _ => (name, false),
    };
    (letter.len() == 1 && letter.bytes().all(|byte| byte.is_ascii_uppercase())).then_some((letter, outside))
}

fn set_names<'n>(node: &'n Node, names: &mut Vec<&'n str>) -> Option<()> {
    match node {
        Node::Name(name) => {
            let (letter, _) = set_letter(name)?;
            if !names.contains(&letter) {
                names.push(letter);
            }
            Some(())
        }
        Node::Call(name, sets) if matches!(name.as_str(), "∪" | "∩" | "∖") => {
            sets.iter().try_for_each(|set| set_names(set, names))
        }
        _ => None,
    }
}

fn is_member(node: &Node, names: &[&str], case: usize) -> bool {
    match node {
        Node::Name(name) => set_letter(name).is_some_and(|(letter, outside)| {
            let at = names.iter().position(|other| *other == letter).unwrap_or(0);
            (case >> at & 1 == 1) != outside
        }),
        Node::Call(name, sets) => {
            let mut members = sets.iter().map(|set| is_member(set, names, case));
            match name.as_str() {
                "∪" => members.any(|member| member),
                "∩" => members.all(|member| member),
                _ => members.next() == Some(true) && members.next() == Some(false),
            }
        }
        _ => false,
    }
}

/// The numbers on one side of a value.
fn bounded(sign: char, value: &Node) -> Option<Vec<Piece>> {
    let value = value.clone();
    match sign {
        '<' => Some(vec![Piece::below(value, false)]),
        '≤' => Some(vec![Piece::below(value, true)]),
        '>' => Some(vec![Piece::above(value, false)]),
        '≥' => Some(vec![Piece::above(value, true)]),
        '=' => Some(vec![Piece::point(&value)]),
        '≠' => Some(vec![Piece::below(value.clone(), false), Piece::above(value, false)]),
        _ => None,
    }
}

/// The relation read from the other side.
pub(super) fn mirrored(sign: char) -> char {
    match sign {
        '<' => '>',
        '>' => '<',
        '≤' => '≥',
        '≥' => '≤',
        other => other,
    }
}
