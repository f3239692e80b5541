//! Comparing two expressions: equal, different, or not to be told.

use super::equal::{Comparison, FUEL};
use super::meaning::{
    Form, Meaning, Order, conditional, expanded, meaning, names_conflict, num_open_signs, numbered, spread,
};
use super::node::Node;
use super::region::{is_region, mirrored, region_name};
use crate::verdict::{Cause, Verdict};

const UNDECIDED: Verdict = Verdict::Unknown { reason: Cause::Undecided };
const DIFFERENT: Verdict = Verdict::Incorrect { reason: Cause::DifferentValue };
const WRONG_COUNT: Verdict = Verdict::Incorrect { reason: Cause::WrongCount };

/// Larger sets are only compared in order.
const MAX_UNORDERED: usize = 24;

/// Numbers for variables where any will do, as above and below.
pub(super) const FIXED_VALUES: [(u32, u32); 10] =
    [(3, 7), (5, 11), (2, 13), (8, 9), (4, 17), (10, 19), (29, 23), (37, 31), (43, 41), (53, 47)];

/// Names of constants of integration.
pub(super) const INTEGRATION: [&str; 5] = ["C", "C_1", "K", "c", "k"];

/// Compares two expressions. `Unknown` wherever neither equality nor difference is proved.
pub(super) fn compare(gold: &Node, reply: &Node, positive: bool) -> Verdict {
    let (gold, reply) = (&with_capital_constants(gold, reply), &with_capital_constants(reply, gold));
    let mut comparison = Comparison { fuel: FUEL, positive, linked: true };
    let verdict = comparison.nodes(gold, reply);
    // Several open signs may be meant together or apart; only what holds for both is said.
    let has_opposite = |node: &Node| node.any(&|inner| matches!(inner, Node::EitherSign(false, _)));
    let several = num_open_signs(gold) > 1 || num_open_signs(reply) > 1;
    if !several || has_opposite(gold) || has_opposite(reply) {
        return verdict;
    }
    comparison.linked = false;
    let apart = comparison.nodes(gold, reply);
    if verdict.as_str() == apart.as_str() { verdict } else { UNDECIDED }
}

/// What holds for all parts.
fn conjunction(verdicts: impl IntoIterator<Item = Verdict>) -> Verdict {
    let mut all = Verdict::Correct;
    for verdict in verdicts {
        match verdict {
            Verdict::Correct => {}
            Verdict::Incorrect { .. } => return verdict,
            Verdict::Unknown { .. } => all = verdict,
        }
    }
    all
}

fn told(equal: Option<bool>) -> Verdict {
    equal.map_or(UNDECIDED, Verdict::of)
}

/// Weakens an agreement that rests on a reading that is not sure.
fn unless_different(verdict: Verdict) -> Verdict {
    if verdict.is_correct() { UNDECIDED } else { verdict }
}

impl Comparison {
    fn nodes(&mut self, gold: &Node, reply: &Node) -> Verdict {
        if gold == reply {
            return Verdict::Correct;
        }
        if let (Some((gold, conditions)), Some((reply, others))) = (conditional(gold), conditional(reply)) {
            let verdict = self.nodes(gold, reply);
            return if conditions == others { verdict } else { unless_different(verdict) };
        }
        if is_region(gold) || is_region(reply) {
            return self.regions(gold, reply);
        }
        let (gold, reply) = (spread(gold, self.linked), spread(reply, self.linked));
        let (gold, reply) = (meaning(&gold), meaning(&reply));
        if names_conflict(&gold, &reply) {
            let forms = self.forms(&gold.form, &reply.form);
            return match self.equations(&gold, &reply) {
                Some(Verdict::Correct) => Verdict::Correct,
                Some(told) if !forms.is_correct() && !is_constant(&gold.form) => told,
                _ => unless_different(forms),
            };
        }
        if let Some(verdict) = self.equations(&gold, &reply) {
            return verdict;
        }
        if let Some(verdict) = self.numbered_values(&gold, &reply) {
            return verdict;
        }
        let verdict = self.forms(&gold.form, &reply.form);
        if verdict.is_correct() {
            conjunction(std::iter::once(verdict).chain(self.sides_between(&gold, &reply)))
        } else {
            verdict
        }
    }

    /// "x_1 = 3, x_2 = -1" lists the values of x.
    fn numbered_values(&mut self, gold: &Meaning, reply: &Meaning) -> Option<Verdict> {
        let (pairs, values, name) = match (&gold.form, &reply.form) {
            (Form::System(pairs), Form::Values(values, _)) => (pairs, values, &reply.name),
            (Form::Values(values, _), Form::System(pairs)) => (pairs, values, &gold.name),
            _ => return None,
        };
        let letter = numbered(pairs).filter(|letter| name.as_ref().is_none_or(|name| name == letter));
        letter?;
        let solutions: Vec<Node> = pairs.iter().map(|(_, value)| value.clone()).collect();
        Some(self.sets(&solutions, values, Order::Free))
    }

    /// In "A = 5 = 6" the sides contradict each other.
    fn sides_between(&mut self, gold: &Meaning, reply: &Meaning) -> Vec<Verdict> {
        let Form::Value(value) = &gold.form else { return Vec::new() };
        let mut names = Vec::new();
        value.variables(&mut names);
        let mut verdicts = Vec::new();
        for side in reply.between.iter().filter(|side| side.is_value()) {
            let mut others = Vec::new();
            side.variables(&mut others);
            if others.is_empty() {
                verdicts.push(self.values(value, side));
            } else if others.iter().all(|other| names.contains(other)) {
                // A side may hold functions that are not known; one that differs for sure contradicts the value.
                verdicts
                    .extend(Some(self.values(value, side)).filter(|said| matches!(said, Verdict::Incorrect { .. })));
            }
        }
        verdicts
    }

    fn regions(&mut self, gold: &Node, reply: &Node) -> Verdict {
        if let (Some(name), Some(other)) = (region_name(gold), region_name(reply))
            && name != other
        {
            return UNDECIDED;
        }
        let strip = |node: &Node| match meaning(node) {
            Meaning { name: Some(_), form: Form::Other(inner) | Form::Value(inner), .. } => inner,
            Meaning { name: Some(_), form: Form::Tuple(open, close, items), .. } => Node::Tuple(open, close, items),
            _ => node.clone(),
        };
        match (meaning(gold).form, meaning(reply).form) {
            (Form::Matrix(_) | Form::System(_) | Form::Sequence(_), _)
            | (_, Form::Matrix(_) | Form::System(_) | Form::Sequence(_)) => DIFFERENT,
            (Form::Values(items, Order::Unclear), _) | (_, Form::Values(items, Order::Unclear)) => {
                if items.len() == 2 {
                    UNDECIDED
                } else {
                    WRONG_COUNT
                }
            }
            _ => told(self.same_region(&strip(gold), &strip(reply))),
        }
    }

    /// Two equations, of which one at least does not give a value to a name.
    fn equations(&mut self, gold: &Meaning, reply: &Meaning) -> Option<Verdict> {
        let sides = |meaning: &Meaning| match (&meaning.form, &meaning.name) {
            (Form::Relation(signs, sides), None) => Some((signs.clone(), sides.clone())),
            (Form::Value(value), Some(name)) => Some((vec!['='], vec![name.clone(), value.clone()])),
            _ => None,
        };
        match (&gold.form, &reply.form) {
            (Form::Relation(..), _) | (_, Form::Relation(..)) => {}
            _ if names_conflict(gold, reply) => {}
            _ => return None,
        }
        match (sides(gold), sides(reply)) {
            (Some((gold_signs, gold)), Some((signs, reply))) => {
                Some(self.relations(&gold_signs, &gold, &signs, &reply))
            }
            (None, Some((signs, sides))) => Some(self.chain(gold, &signs, &sides)),
            _ => Some(DIFFERENT),
        }
    }

    /// A chain of equal values as the reply: "2 + 3 = 5".
    fn chain(&mut self, gold: &Meaning, signs: &[char], sides: &[Node]) -> Verdict {
        let (Form::Value(value), Some((last, others))) = (&gold.form, sides.split_last()) else { return UNDECIDED };
        if !signs.iter().all(|sign| *sign == '=') {
            return DIFFERENT;
        }
        let last = self.values(value, last);
        if !last.is_correct() {
            return last;
        }
        let others: Vec<Verdict> = others
            .iter()
            .map(|side| if side.is_constant() || !value.is_constant() { self.values(value, side) } else { UNDECIDED })
            .collect();
        conjunction(others)
    }

    fn relations(&mut self, gold_signs: &[char], gold: &[Node], signs: &[char], reply: &[Node]) -> Verdict {
        let reversed_signs: Vec<char> = signs.iter().rev().map(|sign| mirrored(*sign)).collect();
        let reversed: Vec<Node> = reply.iter().rev().cloned().collect();
        // An arrow or "is in" does not turn round.
        let turns = signs.iter().all(|sign| "=<>≤≥≠≈≡∼⇌".contains(*sign));
        let ways = if turns { 2 } else { 1 };
        for (signs, reply) in [(signs, reply), (reversed_signs.as_slice(), reversed.as_slice())].into_iter().take(ways)
        {
            if gold_signs == signs && gold.len() == reply.len() {
                let sides: Vec<Verdict> = gold.iter().zip(reply).map(|(gold, reply)| self.nodes(gold, reply)).collect();
                if conjunction(sides).is_correct() {
                    return Verdict::Correct;
                }
            }
        }
        match (gold_signs, gold, signs, reply) {
            ([gold_sign], [gold_left, gold_right], [sign], [left, right]) => {
                self.proportional((*gold_sign, gold_left, gold_right), (*sign, left, right))
            }
            _ => UNDECIDED,
        }
    }

    /// Two relations are the same if their differences of sides are, but for a factor.
    fn proportional(&mut self, gold: (char, &Node, &Node), reply: (char, &Node, &Node)) -> Verdict {
        let on_line = |sign: char| matches!(sign, '=' | '<' | '>' | '≤' | '≥' | '≠');
        if !on_line(gold.0) || !on_line(reply.0) || ![gold.1, gold.2, reply.1, reply.2].into_iter().all(Node::is_value)
        {
            return UNDECIDED;
        }
        let (gold_gap, gap) = (Node::difference(gold.1, gold.2), Node::difference(reply.1, reply.2));
        for shift in 0..3 {
            let (gold_value, value) = (fixed(&gold_gap, shift), fixed(&gap, shift));
            let (Some(gold_sign), Some(sign)) = (self.sign(&gold_value), self.sign(&value)) else { continue };
            if gold_sign == 0 || sign == 0 {
                continue;
            }
            let crossed = (Node::Product(vec![gold_gap.clone(), value]), Node::Product(vec![gap.clone(), gold_value]));
            return match self.equal(&crossed.0, &crossed.1) {
                Some(true) => {
                    let same = if gold_sign == sign { reply.0 } else { mirrored(reply.0) };
                    Verdict::of(gold.0 == same)
                }
                Some(false) if (gold.0, reply.0) == ('=', '=') => self.other_solutions(&gold_gap, &gap),
                // A factor that is below zero somewhere turns an inequality.
                Some(false) => unless_different(self.other_solutions(&gold_gap, &gap)),
                None => UNDECIDED,
            };
        }
        UNDECIDED
    }

    /// A solution of one equation that is none of the other shows that they differ. If each solves the other and no
    /// solution is lost where the slope is zero, they are the same, solved for different names.
    fn other_solutions(&mut self, gold: &Node, reply: &Node) -> Verdict {
        let mut names = Vec::new();
        gold.variables(&mut names);
        for name in names {
            let Some((slope, root)) = self.root(gold, name) else {
                let root = self.quadratic_root(gold, name);
                match root.map(|root| self.equal(&put(reply, name, &root), &Node::number(0))) {
                    Some(Some(false)) => return DIFFERENT,
                    _ => continue,
                }
            };
            if self.equal(&put(reply, name, &root), &Node::number(0)) == Some(false) {
                return DIFFERENT;
            }
            let Some((other_slope, other_root)) = self.root(reply, name) else { continue };
            let same = self.equal(&root, &other_root) == Some(true)
                && self.keeps_solutions(gold, name, &slope)
                && self.keeps_solutions(reply, name, &other_slope);
            return if same { Verdict::Correct } else { UNDECIDED };
        }
        UNDECIDED
    }

    /// Returns whether a slope is a product of names, of which none divides the rest of the equation.
    fn keeps_solutions(&mut self, gap: &Node, name: &str, slope: &Node) -> bool {
        let start = put(gap, name, &Node::number(0));
        let mut names = Vec::new();
        slope.variables(&mut names);
        let ones = |node: &Node| names.iter().fold(node.clone(), |node, other| put(&node, other, &Node::number(1)));
        let mut product = vec![ones(slope)];
        for other in &names {
            let twice = ones(&put(slope, other, &Node::number(2)));
            let power = [0_i32, 1, 2, -1, -2].into_iter().find(|power| {
                let scale = Node::number(2_u32.pow(power.unsigned_abs()));
                let scale = if *power < 0 { Node::Inverse(Box::new(scale)) } else { scale };
                self.equal(&twice, &Node::Product(vec![ones(slope), scale])) == Some(true)
            });
            let Some(power) = power else { return false };
            if power > 0 && self.equal(&put(&start, other, &Node::number(0)), &Node::number(0)) == Some(true) {
                return false;
            }
            let factor = if power < 0 { Node::Inverse(Box::new(Node::name(other))) } else { Node::name(other) };
            product.extend((0..power.abs()).map(|_| factor.clone()));
        }
        self.equal(slope, &Node::Product(product)) == Some(true)
    }

    fn forms(&mut self, gold: &Form, reply: &Form) -> Verdict {
        match (gold, reply) {
            (Form::Value(gold), Form::Value(reply)) => self.signed_values(gold, reply),
            (Form::Value(gold), Form::Values(items, _)) => {
                // "1,234" reads as a pair, so this is no proof of a difference.
                if is_grouped(items) { UNDECIDED } else { self.sets(&expanded(gold, self.linked), items, Order::Free) }
            }
            (Form::Values(gold, _), Form::Value(reply)) => self.sets(gold, &expanded(reply, self.linked), Order::Free),
            (Form::Values(gold, order), Form::Values(reply, other)) => self.listed(gold, *order, reply, *other),
            (Form::Sequence(gold), Form::Sequence(reply)) => self.sequences(gold, reply),
            (Form::Sequence(gold), Form::Values(reply, _)) | (Form::Values(gold, _), Form::Sequence(reply)) => {
                unless_different(self.heads(gold, reply))
            }
            (Form::Tuple(':', _, gold), Form::Tuple(':', _, reply)) => self.ratios(gold, reply),
            (Form::Tuple(':', ..), Form::Value(_)) | (Form::Value(_), Form::Tuple(':', ..)) => UNDECIDED,
            (Form::Tuple(':', ..), _) | (_, Form::Tuple(':', ..)) => DIFFERENT,
            (Form::Tuple(open, close, gold), Form::Tuple(other, other_close, reply)) => {
                self.tuples((*open, *close), gold, (*other, *other_close), reply)
            }
            (Form::Tuple(_, _, gold), Form::Values(reply, order))
            | (Form::Values(gold, order), Form::Tuple(_, _, reply)) => self.bare_and_bracketed(gold, reply, *order),
            (Form::Matrix(gold), Form::Matrix(reply)) => self.matrices(gold, reply),
            (Form::Matrix(rows), Form::Tuple(open, _, items)) | (Form::Tuple(open, _, items), Form::Matrix(rows)) => {
                self.matrix_and_tuple(rows, *open, items)
            }
            (Form::System(gold), Form::System(reply)) => self.systems(gold, reply),
            (Form::System(pairs), Form::Tuple('(' | '⟨', _, items)) => self.system_and_tuple(pairs, items, true),
            (Form::Tuple('(' | '⟨', _, items), Form::System(pairs)) => self.system_and_tuple(pairs, items, false),
            (Form::Value(_), Form::Tuple(_, _, items)) => {
                if is_grouped(items) {
                    UNDECIDED
                } else {
                    WRONG_COUNT
                }
            }
            (Form::Tuple(..), Form::Value(_)) => WRONG_COUNT,
            (Form::Matrix(_), Form::Value(_) | Form::Values(..) | Form::System(_) | Form::Sequence(_))
            | (Form::Value(_) | Form::Values(..) | Form::System(_) | Form::Sequence(_), Form::Matrix(_))
            | (Form::System(_), Form::Value(_) | Form::Values(..) | Form::Sequence(_))
            | (Form::Value(_) | Form::Values(..) | Form::Sequence(_), Form::System(_))
            | (Form::Value(_), Form::Sequence(_))
            | (Form::Sequence(_), Form::Value(_)) => DIFFERENT,
            _ => UNDECIDED,
        }
    }

    fn signed_values(&mut self, gold: &Node, reply: &Node) -> Verdict {
        if num_open_signs(gold) == 0 && num_open_signs(reply) == 0 {
            return self.values(gold, reply);
        }
        self.sets(&expanded(gold, self.linked), &expanded(reply, self.linked), Order::Free)
    }

    /// Two values, up to a constant where both end in "+ C".
    fn values(&mut self, gold: &Node, reply: &Node) -> Verdict {
        let (gold_rest, reply_rest) = match (without_constant(gold), without_constant(reply)) {
            (Some((gold, small)), Some((reply, other_small))) if !(small && other_small) => (Some(gold), Some(reply)),
            _ => (None, None),
        };
        let (Some(gold_rest), Some(reply_rest)) = (gold_rest, reply_rest) else {
            return told(self.equal(gold, reply));
        };
        let gap = Node::difference(&gold_rest, &reply_rest);
        for shift in 0..3 {
            match self.equal(&gap, &fixed(&gap, shift)) {
                Some(equal) => return Verdict::of(equal),
                None => continue,
            }
        }
        UNDECIDED
    }

    fn in_order(&mut self, gold: &[Node], reply: &[Node]) -> Verdict {
        let verdicts: Vec<Verdict> = gold.iter().zip(reply).map(|(gold, reply)| self.nodes(gold, reply)).collect();
        conjunction(verdicts)
    }

    /// Every value on each side has an equal one on the other.
    fn sets(&mut self, gold: &[Node], reply: &[Node], order: Order) -> Verdict {
        let all = |nodes: &[Node], linked| nodes.iter().flat_map(|node| expanded(node, linked)).collect::<Vec<_>>();
        let (gold, reply) = (all(gold, self.linked), all(reply, self.linked));
        // More open signs than are written out.
        if gold.iter().chain(&reply).any(|node| node.is_value() && num_open_signs(node) > 0) {
            return UNDECIDED;
        }
        if gold.len() > MAX_UNORDERED || reply.len() > MAX_UNORDERED {
            return if gold.len() == reply.len() && self.in_order(&gold, &reply).is_correct() {
                Verdict::Correct
            } else {
                UNDECIDED
            };
        }
        let table: Vec<Vec<Verdict>> =
            gold.iter().map(|gold| reply.iter().map(|reply| self.nodes(gold, reply)).collect()).collect();
        let covers = |wanted: fn(&Verdict) -> bool| {
            table.iter().all(|row| row.iter().any(wanted))
                && (0..reply.len()).all(|idx| table.iter().any(|row| row.get(idx).is_some_and(wanted)))
        };
        if covers(|verdict| verdict.is_correct()) {
            // A value that is repeated is not one of several answers.
            let same_counts = gold.len() == reply.len() && is_one_to_one(&table);
            if order == Order::Free && same_counts { Verdict::Correct } else { UNDECIDED }
        } else if covers(|verdict| !matches!(verdict, Verdict::Incorrect { .. })) {
            UNDECIDED
        } else if gold.len() == reply.len() {
            DIFFERENT
        } else {
            WRONG_COUNT
        }
    }

    fn listed(&mut self, gold: &[Node], order: Order, reply: &[Node], other: Order) -> Verdict {
        if order == Order::Unclear && gold.len() == reply.len() && self.in_order(gold, reply).is_correct() {
            return Verdict::Correct;
        }
        if other == Order::Unclear && order == Order::Free && is_grouped(reply) {
            return UNDECIDED;
        }
        self.sets(gold, reply, order)
    }

    fn bare_and_bracketed(&mut self, gold: &[Node], reply: &[Node], order: Order) -> Verdict {
        if gold.len() != reply.len() {
            return WRONG_COUNT;
        }
        let verdict = self.in_order(gold, reply);
        // Without brackets two values do not say whether the ends of an interval belong to it.
        if gold.len() > 2 && order == Order::Unclear { verdict } else { unless_different(verdict) }
    }

    fn tuples(&mut self, brackets: (char, char), gold: &[Node], others: (char, char), reply: &[Node]) -> Verdict {
        if gold.len() != reply.len() {
            return WRONG_COUNT;
        }
        let verdict = self.in_order(gold, reply);
        let angled = brackets.0 == '⟨' || others.0 == '⟨';
        if brackets != others && gold.len() == 2 && !angled {
            return DIFFERENT;
        }
        if brackets == others || angled || gold.len() > 2 { verdict } else { unless_different(verdict) }
    }

    /// Whether a ratio has to be in lowest terms is not known.
    fn ratios(&mut self, gold: &[Node], reply: &[Node]) -> Verdict {
        let verdict = self.tuples((':', ':'), gold, (':', ':'), reply);
        let ([above, below], [other_above, other_below]) = (gold, reply) else { return verdict };
        let crossed = |left: &Node, right: &Node| Node::Product(vec![left.clone(), right.clone()]);
        match self.equal(&crossed(above, other_below), &crossed(below, other_above)) {
            Some(false) => verdict,
            _ => {
                if verdict.is_correct() {
                    verdict
                } else {
                    UNDECIDED
                }
            }
        }
    }

    fn matrices(&mut self, gold: &[Vec<Node>], reply: &[Vec<Node>]) -> Verdict {
        let width = |rows: &[Vec<Node>]| rows.first().map_or(0, Vec::len);
        if gold.len() != reply.len() || width(gold) != width(reply) {
            return WRONG_COUNT;
        }
        self.in_order(&gold.concat(), &reply.concat())
    }

    /// A column holds what a tuple of its cells does; whether a row does is not known.
    fn matrix_and_tuple(&mut self, rows: &[Vec<Node>], open: char, items: &[Node]) -> Verdict {
        let cells: Vec<Node> = rows.concat();
        let is_column = rows.iter().all(|row| row.len() == 1);
        if !(is_column || rows.len() == 1) || cells.len() != items.len() {
            return WRONG_COUNT;
        }
        let verdict = self.in_order(&cells, items);
        if is_column || open == '[' { verdict } else { unless_different(verdict) }
    }

    fn systems(&mut self, gold: &[(Node, Node)], reply: &[(Node, Node)]) -> Verdict {
        if gold.len() != reply.len() {
            return WRONG_COUNT;
        }
        let mut verdicts = Vec::new();
        for (name, value) in gold {
            let Some((_, given)) = reply.iter().find(|(other, _)| other == name) else { return UNDECIDED };
            verdicts.push(self.signed_values(value, given));
        }
        conjunction(verdicts)
    }

    /// A tuple gives the values of names in their order, which is that of the alphabet.
    fn system_and_tuple(&mut self, pairs: &[(Node, Node)], items: &[Node], system_is_gold: bool) -> Verdict {
        if pairs.len() != items.len() {
            return WRONG_COUNT;
        }
        let mut sorted: Vec<(&str, &Node)> = Vec::new();
        for (name, value) in pairs {
            let Node::Name(name) = name else { return UNDECIDED };
            sorted.push((name, value));
        }
        sorted.sort_by(|left, right| left.0.cmp(right.0));
        let values: Vec<Node> = sorted.into_iter().map(|(_, value)| value.clone()).collect();
        if system_is_gold { self.in_order(&values, items) } else { self.in_order(items, &values) }
    }

    /// What stands before the dots on both sides.
    fn heads(&mut self, gold: &[Node], reply: &[Node]) -> Verdict {
        let num_shared = gap(gold).min(gap(reply));
        self.in_order(gold.get(..num_shared).unwrap_or_default(), reply.get(..num_shared).unwrap_or_default())
    }

    /// Sequences with dots: the same items where they are written out, and the same end.
    fn sequences(&mut self, gold: &[Node], reply: &[Node]) -> Verdict {
        if gold.len() == reply.len() && gap(gold) == gap(reply) {
            let pairs = gold.iter().zip(reply).filter(|(gold, _)| **gold != Node::Ellipsis);
            let verdicts: Vec<Verdict> = pairs.map(|(gold, reply)| self.nodes(gold, reply)).collect();
            return conjunction(verdicts);
        }
        let heads = self.heads(gold, reply);
        if matches!(heads, Verdict::Incorrect { .. }) {
            return heads;
        }
        match (gold.last(), reply.last()) {
            (Some(Node::Ellipsis), _) | (_, Some(Node::Ellipsis)) => UNDECIDED,
            (Some(gold), Some(reply)) => unless_different(self.nodes(gold, reply)),
            _ => UNDECIDED,
        }
    }
}

/// Returns whether each value is repeated on both sides as often.
fn is_one_to_one(table: &[Vec<Verdict>]) -> bool {
    let in_row = |row: &[Verdict]| row.iter().filter(|verdict| verdict.is_correct()).count();
    let in_column =
        |idx: usize| table.iter().filter(|row| row.get(idx).is_some_and(|verdict| verdict.is_correct())).count();
    table.iter().all(|row| {
        let count = in_row(row);
        row.iter().enumerate().all(|(idx, verdict)| !verdict.is_correct() || in_column(idx) == count)
    })
}

/// The place of the dots, or that behind the last item.
fn gap(items: &[Node]) -> usize {
    items.iter().position(|item| *item == Node::Ellipsis).unwrap_or(items.len())
}

/// Returns whether items may be the groups of one number with separators of thousands.
fn is_grouped(items: &[Node]) -> bool {
    items.iter().skip(1).all(|item| matches!(item, Node::Number(digits) if digits.len() == 3 && !digits.contains('.')))
}

/// The node with another one in the place of a name.
fn put(node: &Node, name: &str, value: &Node) -> Node {
    node.replaced(&|inner| matches!(inner, Node::Name(other) if other == name).then(|| value.clone()))
}

/// The node at a point where each of its variables is a fixed number.
fn fixed(node: &Node, shift: usize) -> Node {
    let mut names = Vec::new();
    node.variables(&mut names);
    names.sort_unstable();
    node.replaced(&|inner| {
        let Node::Name(name) = inner else { return None };
        let idx = names.iter().position(|other| other == name)?;
        let (above, below) = FIXED_VALUES.get((idx + 3 * shift) % FIXED_VALUES.len()).copied()?;
        Some(Node::ratio(Node::number(above), Node::number(below)))
    })
}

/// A sum without its constant of integration, which occurs once, among names in small letters; and whether the constant
/// itself has a small letter, and so may be any name.
fn without_constant(node: &Node) -> Option<(Node, bool)> {
    let Node::Sum(terms) = node else { return None };
    let is_constant = |term: &Node| matches!(term, Node::Name(name) if INTEGRATION.contains(&name.as_str()));
    let (constants, rest): (Vec<&Node>, Vec<&Node>) = terms.iter().partition(|term| is_constant(term));
    let rest = Node::Sum(rest.into_iter().cloned().collect());
    let mut names = Vec::new();
    rest.variables(&mut names);
    let small = |name: &&str| !name.starts_with(|ch: char| ch.is_ascii_uppercase());
    let [Node::Name(constant)] = constants.as_slice() else { return None };
    let is_free = !rest.has_name(constant) && !names.is_empty() && names.iter().all(small);
    is_free.then(|| (rest, small(&constant.as_str())))
}

/// Writes constants such as "c_1" with capitals where the other side does.
fn with_capital_constants(node: &Node, other: &Node) -> Node {
    let is_numbered = |letter: char| move |node: &Node| matches!(node, Node::Name(name) if name.starts_with(letter) && name.contains('_'));
    if !other.any(&is_numbered('C')) || node.any(&is_numbered('C')) || other.any(&is_numbered('c')) {
        return node.clone();
    }
    node.replaced(&|inner| match inner {
        Node::Name(name) if name.starts_with("c_") => Some(Node::Name(name.replacen('c', "C", 1))),
        _ => None,
    })
}

fn is_constant(form: &Form) -> bool {
    matches!(form, Form::Value(value) if value.is_constant())
}
