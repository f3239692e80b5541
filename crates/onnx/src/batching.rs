//! Which rows go into one call of an engine.

/// How rows are grouped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Batching {
    /// One row a call: no padding, and no row changes another's quantisation scales.
    OneRow,
    /// Rows of like length together, up to a number of tokens with padding.
    TokenBudget {
        /// Most tokens of a call.
        tokens: usize,
        /// Widths are rounded up to this, so that few shapes occur.
        multiple: usize,
    },
}

impl Batching {
    /// What suits a CUDA device: enough tokens to fill it, and widths that suit its tiles.
    pub(crate) const CUDA: Self = Self::TokenBudget { tokens: 32_768, multiple: 8 };

    /// To what the width of a call is rounded up.
    pub(crate) fn multiple(self) -> usize {
        match self {
            Self::OneRow => 1,
            Self::TokenBudget { multiple, .. } => multiple,
        }
    }

    /// Groups row numbers by the rows' lengths; every row is in exactly one group.
    pub(crate) fn plan(self, lengths: &[usize]) -> Vec<Vec<usize>> {
        let Self::TokenBudget { tokens, multiple } = self else {
            return (0..lengths.len()).map(|row| vec![row]).collect();
        };
        let mut order: Vec<(usize, usize)> = lengths.iter().copied().zip(0..).collect();
        order.sort_unstable();
        let mut groups: Vec<Vec<usize>> = Vec::new();
        let mut open: Vec<usize> = Vec::new();
        for (length, row) in order {
            // Rows come shortest first, so this row is the widest of its group.
            let width = length.next_multiple_of(multiple);
            if !open.is_empty() && (open.len() + 1) * width > tokens {
                groups.push(std::mem::take(&mut open));
            }
            open.push(row);
        }
        if !open.is_empty() {
            groups.push(open);
        }
        groups
    }
}

#[cfg(test)]
mod tests {
    use super::Batching;

    #[test]
    fn on_the_cpu_every_row_goes_alone_in_order() {
        assert_eq!(Batching::OneRow.plan(&[9, 1, 5]), [vec![0], vec![1], vec![2]]);
    }

    #[test]
    fn a_token_budget_groups_like_lengths_and_keeps_every_row_once() {
        let lengths = [100, 3, 7, 99, 8, 64, 2, 101];
        let groups = Batching::TokenBudget { tokens: 208, multiple: 8 }.plan(&lengths);
        for group in &groups {
            let widest = group.iter().map(|&row| lengths[row].next_multiple_of(8)).max().unwrap_or(0);
            assert!(group.len() == 1 || group.len() * widest <= 208, "{group:?}");
        }
        let mut rows: Vec<usize> = groups.concat();
        rows.sort_unstable();
        assert_eq!(rows, (0..8).collect::<Vec<_>>());
        assert_eq!(groups[0], [6, 1, 2, 4,]);
    }

    #[test]
    fn a_row_longer_than_the_budget_still_goes() {
        assert_eq!(Batching::TokenBudget { tokens: 10, multiple: 8 }.plan(&[50, 60]), [vec![0], vec![1]]);
        assert!(Batching::CUDA.plan(&[]).is_empty());
    }
}
