//! Who goes first: the higher priority, and within one the earlier.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

/// A queue by priority, first in first out within one.
#[derive(Debug)]
pub(crate) struct PriorityQueue<T> {
    heap: BinaryHeap<Waiting<T>>,
    num_pushed: u64,
}

#[derive(Debug)]
struct Waiting<T> {
    priority: u32,
    number: u64,
    item: T,
}

impl<T> PriorityQueue<T> {
    /// Makes an empty queue.
    pub(crate) fn new() -> PriorityQueue<T> {
        PriorityQueue { heap: BinaryHeap::new(), num_pushed: 0 }
    }

    /// Adds one at the end of its priority.
    pub(crate) fn push(&mut self, priority: u32, item: T) {
        self.num_pushed += 1;
        self.heap.push(Waiting { priority, number: self.num_pushed, item });
    }

    /// Looks at the first.
    pub(crate) fn peek(&self) -> Option<&T> {
        self.heap.peek().map(|waiting| &waiting.item)
    }

    /// Takes the first.
    pub(crate) fn pop(&mut self) -> Option<T> {
        self.heap.pop().map(|waiting| waiting.item)
    }

    /// Whether nobody waits.
    pub(crate) fn is_empty(&self) -> bool {
        self.heap.is_empty()
    }

    /// Takes all, in no order.
    pub(crate) fn take_all(&mut self) -> Vec<T> {
        std::mem::take(&mut self.heap).into_iter().map(|waiting| waiting.item).collect()
    }
}

impl<T> Ord for Waiting<T> {
    fn cmp(&self, other: &Waiting<T>) -> Ordering {
        self.priority.cmp(&other.priority).then(other.number.cmp(&self.number))
    }
}

impl<T> PartialOrd for Waiting<T> {
    fn partial_cmp(&self, other: &Waiting<T>) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> PartialEq for Waiting<T> {
    fn eq(&self, other: &Waiting<T>) -> bool {
        self.cmp(other).is_eq()
    }
}

impl<T> Eq for Waiting<T> {}

#[cfg(test)]
mod tests {
    use super::PriorityQueue;

    #[test]
    fn higher_goes_first_and_earlier_within_one() {
        let mut queue = PriorityQueue::new();
        for (priority, name) in [(1, "a"), (3, "b"), (1, "c"), (3, "d"), (2, "e")] {
            queue.push(priority, name);
        }
        assert_eq!(queue.peek(), Some(&"b"));
        let order: Vec<_> = std::iter::from_fn(|| queue.pop()).collect();
        assert_eq!(order, ["b", "d", "e", "a", "c"]);
    }
}
