//! The narrow border between models and the two engines: tokens in, numbers out.

use crate::error::Error;

/// Rows of token ids, padded to one width.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TokenBatch {
    /// Ids, row by row.
    pub(crate) ids: Vec<i64>,
    /// One for each real token, zero for padding.
    pub(crate) mask: Vec<i64>,
    /// Number of rows.
    pub(crate) num_rows: usize,
    /// Tokens a row, padding included.
    pub(crate) width: usize,
}

/// One worker's copy of a loaded model: two inputs of token ids and mask, one output of reals.
pub(crate) trait Session: Send {
    /// Runs the graph once and returns the output, row by row.
    fn run(&mut self, batch: &TokenBatch) -> Result<Vec<f32>, Error>;
}

/// What a session is opened from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SessionSource<'a> {
    /// The model's name, for messages.
    pub(crate) model: &'a str,
    /// The content of the ONNX file.
    pub(crate) bytes: &'a [u8],
    /// The names of the ids and the mask in the graph.
    pub(crate) inputs: &'a [String; 2],
    /// The name of the output in the graph.
    pub(crate) output: &'a str,
}

impl TokenBatch {
    /// Pads rows with id 0 to the longest of them, rounded up to a multiple.
    pub(crate) fn pad(rows: &[&[u32]], multiple: usize) -> Self {
        let longest = rows.iter().map(|row| row.len()).max().unwrap_or(0);
        let width = longest.next_multiple_of(multiple.max(1));
        let (mut ids, mut mask) = (Vec::with_capacity(rows.len() * width), Vec::with_capacity(rows.len() * width));
        for row in rows {
            ids.extend(row.iter().map(|&id| i64::from(id)));
            mask.resize(mask.len() + row.len(), 1);
            ids.resize(ids.len() + width - row.len(), 0);
            mask.resize(mask.len() + width - row.len(), 0);
        }
        Self { ids, mask, num_rows: rows.len(), width }
    }
}

#[cfg(test)]
mod tests {
    use super::TokenBatch;

    #[test]
    fn rows_are_padded_to_the_longest_rounded_up() {
        let batch = TokenBatch::pad(&[&[7], &[8, 9, 10]], 4);
        assert_eq!((batch.num_rows, batch.width), (2, 4));
        assert_eq!(batch.ids, [7, 0, 0, 0, 8, 9, 10, 0]);
        assert_eq!(batch.mask, [1, 0, 0, 0, 1, 1, 1, 0]);
    }

    #[test]
    fn one_row_alone_is_not_padded() {
        let batch = TokenBatch::pad(&[&[7, 8, 9]], 1);
        assert_eq!((batch.width, batch.mask), (3, vec![1, 1, 1]));
    }
}
