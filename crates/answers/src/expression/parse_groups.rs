//! From tokens to a tree: relations, lists, brackets, sets, bars, matrices, sums and limits.

use super::lex::Unread;
use super::node::Node;
use super::parse::Parser;
use super::tables::Kind;

impl Parser {
    /// One node, or several between commas, "or" and "and".
    pub(super) fn list(&mut self, open: char, close: char) -> Result<Node, Unread> {
        let mut items: Vec<Node> = Vec::new();
        let mut either = false;
        let mut joined = false;
        let mut by_sign = false;
        if open == '{' && self.kind() == Some(Kind::Close) {
            return Ok(Node::name("∅"));
        }
        loop {
            let item = self.ratio(open)?;
            attach(&mut items, item, open == ' ', either);
            let comma = self.take_sign(",;").is_some();
            by_sign |= self.peek().is_some_and(|token| matches!(token.text.as_str(), "∨" | "∧"));
            match self.kind() {
                Some(Kind::Or | Kind::SetSign) => either = true,
                Some(Kind::And) => joined = true,
                _ if comma => continue,
                _ => break,
            }
            self.next += 1;
        }
        // "2 or 3" lists values, and a sign between two statements does not.
        if (either && joined) || (by_sign && items.iter().any(Node::is_value)) {
            return Err(Unread::Unsupported);
        }
        if items.len() == 1 {
            return items.pop().ok_or(Unread::Malformed);
        }
        // Conditions with "and" between them all hold, those with commas perhaps not.
        let all_hold = joined && open == ' ' && items.iter().all(|item| matches!(item, Node::Relation(..)));
        let close = if all_hold { '∧' } else { close };
        Ok(if either { Node::Either(items) } else { Node::Tuple(open, close, items) })
    }

    /// A relation, or values with colons between them; in the braces of a set a colon means something else.
    fn ratio(&mut self, open: char) -> Result<Node, Unread> {
        let first = self.relation()?;
        if open == '{' || self.kind() != Some(Kind::Mid) {
            return Ok(first);
        }
        let mut items = vec![first];
        while self.kind() == Some(Kind::Mid) {
            self.next += 1;
            items.push(self.sum()?);
        }
        Ok(Node::Tuple(':', ':', items))
    }

    /// Sides with relations between them, or one side.
    pub(super) fn relation(&mut self) -> Result<Node, Unread> {
        self.descend()?;
        let mut sides = vec![self.side()?];
        let mut relations = Vec::new();
        while self.kind() == Some(Kind::Relation) {
            relations.extend(self.take()?.text.chars().next());
            sides.push(self.side()?);
        }
        self.depth -= 1;
        if relations.is_empty() { sides.pop().ok_or(Unread::Malformed) } else { Ok(Node::Relation(relations, sides)) }
    }

    /// A value, or sets with signs between them.
    fn side(&mut self) -> Result<Node, Unread> {
        let mut side = self.sum()?;
        while self.kind() == Some(Kind::SetSign) && !self.joins_relations() {
            let sign = self.take()?.text;
            let sign = if sign == "choose" { "binom".to_owned() } else { sign };
            let other = self.sum()?;
            side = match side {
                Node::Call(name, mut sets) if name == sign && sign == "∪" => {
                    sets.push(other);
                    Node::Call(name, sets)
                }
                side => Node::Call(sign, vec![side, other]),
            };
        }
        Ok(side)
    }

    /// In "x < 1 ∪ x > 2" the sign stands for "or".
    fn joins_relations(&self) -> bool {
        let kind = |ahead: usize| self.tokens.get(self.next + ahead).map(|token| token.kind);
        self.is_at(Kind::SetSign, "∪")
            && matches!(kind(1), Some(Kind::Name | Kind::Number))
            && kind(2) == Some(Kind::Relation)
    }

    pub(super) fn bracket(&mut self, open: char) -> Result<Node, Unread> {
        let num_bars = std::mem::take(&mut self.num_bars);
        let is_empty = self.kind() == Some(Kind::Close);
        if open == '{' {
            self.mark_condition();
        }
        let mut node = if open == '|' { self.sum()? } else { self.list(open, closing(open))? };
        if open == '{' && self.kind() == Some(Kind::Mid) {
            self.next += 1;
            let condition = self.list(' ', ' ')?;
            node = Node::Call("builder".to_owned(), vec![node, condition]);
        }
        let token = self.take()?;
        self.num_bars = num_bars;
        if token.kind != Kind::Close {
            return Err(Unread::Malformed);
        }
        let close = token.text.chars().next().unwrap_or(' ');
        // The set of the empty set is not empty.
        if open == '{' && node == Node::name("∅") && !is_empty {
            return Err(Unread::Unsupported);
        }
        match (open, close) {
            ('|', '|') => Ok(Node::Call("abs".to_owned(), vec![node])),
            ('⌊', '⌋') => Ok(Node::Call("floor".to_owned(), vec![node])),
            ('⌈', '⌉') => Ok(Node::Call("ceil".to_owned(), vec![node])),
            ('⟨', '⟩') => Ok(match node {
                Node::Tuple(_, _, items) => Node::Tuple('⟨', '⟩', items),
                _ => return Err(Unread::Unsupported),
            }),
            // A half-open interval: its brackets differ, and it has two ends.
            ('[', ')') | ('(', ']') => match node {
                Node::Tuple(_, _, items) if items.len() == 2 => Ok(Node::Tuple(open, close, items)),
                _ => Err(Unread::Malformed),
            },
            ('[', ']') => Ok(rows(node)),
            _ if close == closing(open) => Ok(node),
            _ => Err(Unread::Malformed),
        }
    }

    /// Finds the bar or colon of a set such as `{x | x > 0}`: of an odd number of bars the first.
    fn mark_condition(&mut self) {
        let mut depth = 0_usize;
        let mut bars = Vec::new();
        for (idx, token) in self.tokens.iter().enumerate().skip(self.next) {
            match token.kind {
                Kind::Open => depth += 1,
                Kind::Close if depth == 0 => break,
                Kind::Close => depth -= 1,
                Kind::Mid if depth == 0 => return,
                Kind::Bar if depth == 0 => bars.push(idx),
                _ => {}
            }
        }
        let first = bars.first().filter(|_| bars.len() % 2 == 1);
        if let Some(token) = first.and_then(|idx| self.tokens.get_mut(*idx)) {
            token.kind = Kind::Mid;
        }
    }

    pub(super) fn bars(&mut self) -> Result<Node, Unread> {
        self.num_bars += 1;
        let node = self.sum()?;
        self.num_bars -= 1;
        if self.take()?.kind != Kind::Bar {
            return Err(Unread::Malformed);
        }
        Ok(Node::Call("abs".to_owned(), vec![node]))
    }

    pub(super) fn matrix(&mut self, environment: &str) -> Result<Node, Unread> {
        let mut rows = vec![Vec::new()];
        loop {
            let cell = self.sum()?;
            if let Some(row) = rows.last_mut() {
                row.push(cell);
            }
            let token = self.take()?;
            match token.kind {
                Kind::Cell => {}
                Kind::Row if self.kind() == Some(Kind::End) => {
                    self.next += 1;
                    break;
                }
                Kind::Row => rows.push(Vec::new()),
                Kind::End if token.text == environment => break,
                _ => return Err(Unread::Malformed),
            }
        }
        let width = rows.first().map_or(0, Vec::len);
        if rows.iter().any(|row| row.len() != width) {
            return Err(Unread::Malformed);
        }
        Ok(if environment == "vmatrix" { determinant(rows) } else { Node::Matrix(rows) })
    }

    /// A sum, product, integral or limit with what stands below and above it, and the product that follows.
    pub(super) fn big(&mut self, name: String) -> Result<Node, Unread> {
        let mut bounds = [Node::Ellipsis, Node::Ellipsis];
        while let Some(sign) = self.take_sign("_^") {
            let token = self.take()?;
            let bound = match token.kind {
                Kind::Open if token.text == "{" => self.bracket('{')?,
                Kind::Number => Node::Number(token.text),
                Kind::Name => Node::Name(token.text),
                _ => return Err(Unread::Unsupported),
            };
            let [below, above] = &mut bounds;
            *(if sign == '_' { below } else { above }) = bound;
        }
        self.descend()?;
        let body = self.product()?;
        self.depth -= 1;
        let [below, above] = bounds;
        let nodes = vec![below, above, body];
        Ok(Node::Call(
            name,
            match nodes.first().and_then(index_of) {
                Some(index) => without_index(&nodes, &index),
                None => nodes,
            },
        ))
    }
}

/// Writes a mark for the name that runs, another one than the marks of sums inside; in subscripts too.
fn without_index(nodes: &[Node], index: &str) -> Vec<Node> {
    let mut depth = 1;
    let mut mark = "•1".to_owned();
    while nodes.iter().any(|node| node.any(&|inner| matches!(inner, Node::Name(name) if name.contains(&mark)))) {
        depth += 1;
        mark = format!("•{depth}");
    }
    let rename = |node: &Node| match node {
        Node::Name(name) if name == index => Some(Node::name(&mark)),
        Node::Name(name) => {
            let (head, below) = name.split_once('_')?;
            below.contains(index).then(|| Node::Name(format!("{head}_{}", below.replace(index, &mark))))
        }
        _ => None,
    };
    nodes.iter().map(|node| node.replaced(&rename)).collect()
}

/// In "n = 2, 3" the second number belongs to the relation.
fn attach(items: &mut Vec<Node>, item: Node, bare: bool, either: bool) {
    let is_plain = !matches!(item, Node::Relation(..));
    if bare
        && is_plain
        && let Some(Node::Relation(signs, sides)) = items.last_mut()
        && matches!(signs.as_slice(), [.., '='] | ['≠'])
        && let Some(side) = sides.pop()
    {
        let mut values = match side {
            Node::Tuple(' ', ' ', values) | Node::Either(values) => values,
            value => vec![value],
        };
        values.push(item);
        sides.push(if either { Node::Either(values) } else { Node::Tuple(' ', ' ', values) });
        return;
    }
    items.push(item);
}

/// Small determinants are written out.
fn determinant(rows: Vec<Vec<Node>>) -> Node {
    let product = |factors: &[&Node]| Node::Product(factors.iter().map(|factor| (*factor).clone()).collect());
    let less = |factors: &[&Node]| Node::negative(product(factors));
    let cells: Vec<&[Node]> = rows.iter().map(Vec::as_slice).collect();
    match cells.as_slice() {
        [[a, b], [c, d]] => Node::Sum(vec![product(&[a, d]), less(&[b, c])]),
        [[a, b, c], [d, e, f], [g, h, i]] => Node::Sum(vec![
            product(&[a, e, i]),
            product(&[b, f, g]),
            product(&[c, d, h]),
            less(&[c, e, g]),
            less(&[b, d, i]),
            less(&[a, f, h]),
        ]),
        _ => Node::Call("det".to_owned(), vec![Node::Matrix(rows)]),
    }
}

/// The name that runs in a sum or a limit: any other name would do.
fn index_of(below: &Node) -> Option<String> {
    match below {
        Node::Relation(_, sides) => match sides.first() {
            Some(Node::Name(name)) => Some(name.clone()),
            _ => None,
        },
        _ => None,
    }
}

/// `[[1, 2], [3, 4]]` is a matrix.
fn rows(node: Node) -> Node {
    let row = |item: &Node| match item {
        Node::Tuple('[', ']', cells) => Some(cells.clone()),
        _ => None,
    };
    match &node {
        Node::Tuple('[', ']', cells) => {
            let rows: Option<Vec<Vec<Node>>> = cells.iter().map(row).collect();
            let width = |rows: &[Vec<Node>]| rows.first().map_or(0, Vec::len);
            match rows {
                Some(rows) if rows.iter().all(|cells| cells.len() == width(&rows)) => Node::Matrix(rows),
                _ => node,
            }
        }
        _ => node,
    }
}

pub(super) fn closing(open: char) -> char {
    match open {
        '(' => ')',
        '[' => ']',
        '{' => '}',
        '⌊' => '⌋',
        '⌈' => '⌉',
        '⟨' => '⟩',
        '|' => '|',
        _ => ' ',
    }
}
