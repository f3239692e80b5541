//! What keeps an equality that the numbers show from being sure: steps, infinities and products that do not commute.

use super::node::Node;
use super::tables::STEPS;

/// Returns whether a node has a function of variables that changes by steps: points between them show nothing of them.
pub(super) fn has_steps(node: &Node) -> bool {
    node.any(&|inner| match inner {
        Node::Call(name, _) => STEPS.contains(&name.as_str()) && !inner.is_constant(),
        _ => false,
    })
}

/// Returns how many bars stand around names that are customary for complex numbers, which the points here are not.
pub(super) fn num_complex_bars(node: &Node) -> usize {
    node.count(&|inner| match inner {
        Node::Call(name, _) if name == "abs" => inner.has_name("z") || inner.has_name("w"),
        _ => false,
    })
}

/// Returns whether a node is bent somewhere, by bars or roots, so that far points matter.
pub(super) fn has_bends(node: &Node) -> bool {
    node.any(&|inner| match inner {
        Node::Call(name, _) => matches!(name.as_str(), "abs" | "max" | "min") && !inner.is_constant(),
        Node::Power(base, exponent) => !base.is_constant() && exponent.is_constant() && exponent.whole().is_none(),
        _ => false,
    })
}

/// Returns whether one calculates with infinity as with a number.
pub(super) fn has_infinite_part(node: &Node) -> bool {
    match node {
        Node::Name(name) => name == "∞",
        Node::Call(..) => false,
        _ => node.children().into_iter().any(has_infinite_part),
    }
}

/// Returns whether two capitals and an inverse or a transpose may be matrices, whose order counts.
pub(super) fn may_be_matrices(node: &Node) -> bool {
    let is_turned = |inner: &Node| match inner {
        Node::Power(base, exponent) => {
            let is_sign = **exponent == Node::name("T") || **exponent == Node::negative(Node::number(1));
            is_sign && num_capitals(base) > 0
        }
        _ => false,
    };
    num_capitals(node) > 1 && node.any(&is_turned)
}

fn num_capitals(node: &Node) -> usize {
    let mut names = Vec::new();
    node.variables(&mut names);
    names
        .iter()
        .filter(|name| name.len() == 1 && **name != "T" && name.bytes().all(|byte| byte.is_ascii_uppercase()))
        .count()
}
