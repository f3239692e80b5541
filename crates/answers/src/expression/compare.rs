//! Comparing two expressions: equal, different, or not to be told.

use super::evaluate::{NUM_POINTS, Point, evaluate, is_rational};
use super::parse::Node;
use crate::list::has_assignment;
use crate::verdict::{Cause, Verdict};

/// Compares two expressions. `Unknown` wherever neither equality nor difference is proved.
pub(super) fn compare(gold: &Node, reply: &Node) -> Verdict {
    match (gold, reply) {
        (Node::Relation(gold_signs, gold_sides), Node::Relation(signs, sides)) => {
            compare_relations(gold_signs, gold_sides, signs, sides)
        }
        // "x = 5" and "5" say the same of an x that was asked for.
        (Node::Relation(signs, sides), value) => defined(signs, sides).map_or(UNDECIDED, |gold| compare(gold, value)),
        (value, Node::Relation(signs, sides)) => defined(signs, sides).map_or(UNDECIDED, |reply| compare(value, reply)),
        (Node::Tuple(gold_open, gold_close, gold_items), Node::Tuple(open, close, items)) => {
            compare_tuples((*gold_open, *gold_close), gold_items, (*open, *close), items)
        }
        (Node::Tuple(_, _, items), _) | (_, Node::Tuple(_, _, items)) => {
            // "1,234" reads as a pair, so this is no proof of a difference.
            if is_grouped(items) { UNDECIDED } else { Verdict::incorrect(Cause::WrongCount) }
        }
        _ => compare_values(gold, reply),
    }
}

const UNDECIDED: Verdict = Verdict::Unknown { reason: Cause::Undecided };

/// Returns whether items may be the groups of one number with separators of thousands.
fn is_grouped(items: &[Node]) -> bool {
    items.iter().skip(1).all(|item| matches!(item, Node::Number(digits) if digits.len() == 3 && !digits.contains('.')))
}

/// The value that a relation gives to a single name.
fn defined<'n>(signs: &[char], sides: &'n [Node]) -> Option<&'n Node> {
    match (signs, sides) {
        (['='], [Node::Name(_), value]) => Some(value),
        _ => None,
    }
}

fn compare_relations(gold_signs: &[char], gold_sides: &[Node], signs: &[char], sides: &[Node]) -> Verdict {
    let reversed_signs: Vec<char> = signs.iter().rev().map(|sign| mirrored(*sign)).collect();
    let straight = (gold_signs == signs).then(|| compare_sides(gold_sides, sides.iter()));
    let reversed = (gold_signs == reversed_signs).then(|| compare_sides(gold_sides, sides.iter().rev()));
    if straight == Some(Verdict::Correct) || reversed == Some(Verdict::Correct) {
        return Verdict::Correct;
    }
    // Sides that differ may still be the same equation in another form, unless each gives a value to the same name.
    match (defined(gold_signs, gold_sides), defined(signs, sides)) {
        (Some(gold), Some(reply)) if gold_sides.first() == sides.first() => compare(gold, reply),
        _ => UNDECIDED,
    }
}

fn compare_sides<'n>(gold: &[Node], reply: impl Iterator<Item = &'n Node>) -> Verdict {
    conjunction(gold.iter().zip(reply).map(|(gold, reply)| compare(gold, reply)))
}

fn mirrored(sign: char) -> char {
    match sign {
        '<' => '>',
        '>' => '<',
        '≤' => '≥',
        '≥' => '≤',
        other => other,
    }
}

fn compare_tuples(gold_brackets: (char, char), gold: &[Node], brackets: (char, char), reply: &[Node]) -> Verdict {
    const BARE: (char, char) = (' ', ' ');
    const SET: (char, char) = ('{', '}');
    let has_gap = |items: &[Node]| items.contains(&Node::Ellipsis);
    if has_gap(gold) || has_gap(reply) {
        return if gold_brackets == brackets && gold == reply { Verdict::Correct } else { UNDECIDED };
    }
    if gold_brackets != brackets {
        // Without brackets a reply does not say whether the ends of an interval belong to it.
        let bare = gold_brackets == BARE || brackets == BARE;
        return if bare { UNDECIDED } else { Verdict::incorrect(Cause::DifferentValue) };
    }
    if gold.len() != reply.len() {
        return Verdict::incorrect(Cause::WrongCount);
    }
    let in_order = conjunction(gold.iter().zip(reply).map(|(gold, reply)| compare(gold, reply)));
    let unordered = gold_brackets == SET || gold_brackets == BARE;
    if in_order == Verdict::Correct || !unordered || gold.len() > MAX_UNORDERED {
        return in_order;
    }
    let verdicts: Vec<Vec<Verdict>> =
        gold.iter().map(|gold| reply.iter().map(|reply| compare(gold, reply)).collect()).collect();
    if gold_brackets == SET && has_assignment(&verdicts, reply.len(), Verdict::is_correct) {
        Verdict::Correct
    } else if has_assignment(&verdicts, reply.len(), |verdict| !matches!(verdict, Verdict::Incorrect { .. })) {
        // Whether the order of bare values matters is not known.
        UNDECIDED
    } else {
        Verdict::incorrect(Cause::DifferentValue)
    }
}

/// Expressions with more factorials are not compared.
const MAX_FACTORIALS: usize = 4;
/// Larger sets are only compared in order.
const MAX_UNORDERED: usize = 24;

fn conjunction(verdicts: impl Iterator<Item = Verdict>) -> Verdict {
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

/// Compares two values by evaluating both at random points, with either sign where one is left open.
fn compare_values(gold: &Node, reply: &Node) -> Verdict {
    if gold == reply {
        return Verdict::Correct;
    }
    let num_signs = num_open_signs(gold).max(num_open_signs(reply));
    // Several open signs may be meant together or apart, and many factorials take long.
    if num_signs > 1 || num_factorials(gold) > MAX_FACTORIALS || num_factorials(reply) > MAX_FACTORIALS {
        return UNDECIDED;
    }
    let same = |gold_plus: bool, plus: bool| agree(gold, gold_plus, reply, plus);
    let combinations = if num_signs == 0 {
        vec![same(true, true)]
    } else {
        vec![same(true, true), same(false, false), same(true, false), same(false, true)]
    };
    if combinations.chunks(2).any(|pair| pair.iter().all(|agrees| *agrees == Some(true))) {
        return Verdict::Correct;
    }
    if combinations.iter().all(Option::is_some) && is_rational(gold) && is_rational(reply) {
        Verdict::incorrect(Cause::DifferentValue)
    } else {
        UNDECIDED
    }
}

/// Returns whether two values agree at every point, or nothing if too few points have a value.
fn agree(gold: &Node, gold_plus: bool, reply: &Node, plus: bool) -> Option<bool> {
    const MIN_POINTS: usize = 6;
    let mut num_compared = 0;
    for idx in 0..NUM_POINTS {
        let values = evaluate(gold, Point::new(idx, gold_plus)).zip(evaluate(reply, Point::new(idx, plus)));
        if let Some((gold, reply)) = values {
            if gold != reply {
                return Some(false);
            }
            num_compared += 1;
        }
    }
    (num_compared >= MIN_POINTS).then_some(true)
}

fn num_open_signs(node: &Node) -> usize {
    count(node, &|inner| matches!(inner, Node::EitherSign(..)))
}

fn num_factorials(node: &Node) -> usize {
    count(node, &|inner| matches!(inner, Node::Factorial(_)))
}

fn count(node: &Node, wanted: &dyn Fn(&Node) -> bool) -> usize {
    usize::from(wanted(node)) + node.children().into_iter().map(|inner| count(inner, wanted)).sum::<usize>()
}
