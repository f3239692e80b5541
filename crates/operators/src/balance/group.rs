//! Which group a row is in, and which rows of a group come first.

use arrow::array::Array;
use quarry_engine::operator::{BuildError, OperatorError, Rows};
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// The value of a row that has none.
const NONE: &str = "(none)";
/// The name of the only group where nothing tells groups apart.
const ALL: &str = "(all)";

/// How rows are grouped.
pub(super) struct Grouping {
    by: Vec<String>,
    bands: Vec<f64>,
}

impl Grouping {
    /// Takes the columns and the limits between bands of numbers.
    pub(super) fn new(by: Vec<String>, bands: Vec<f64>) -> Result<Grouping, BuildError> {
        if let Some(pair) = bands.windows(2).find(|pair| pair.first() >= pair.last()) {
            return Err(BuildError::param("bands", format!("limits must rise, and {pair:?} do not")));
        }
        Ok(Grouping { by, bands })
    }

    /// The name of each row's group, such as `domain=Math,answer_type=integer`.
    pub(super) fn names(&self, rows: Rows<'_>) -> Result<Vec<String>, OperatorError> {
        let mut names = vec![String::new(); rows.len()];
        for column in &self.by {
            for (name, value) in names.iter_mut().zip(self.values(rows, column)?) {
                let comma = if name.is_empty() { "" } else { "," };
                name.push_str(&format!("{comma}{column}={value}"));
            }
        }
        if self.by.is_empty() {
            names.fill(ALL.to_owned());
        }
        Ok(names)
    }

    fn values(&self, rows: Rows<'_>, column: &str) -> Result<Vec<String>, OperatorError> {
        if rows.is_numeric(column)? {
            let numbers = rows.numbers(column)?.into_iter();
            return Ok(numbers.map(|number| number.map_or(NONE.to_owned(), |number| self.band(number))).collect());
        }
        let texts = rows.text(column)?;
        let value = |idx| if texts.is_null(idx) { NONE } else { texts.value(idx) };
        Ok((0..rows.len()).map(|idx| value(idx).to_owned()).collect())
    }

    fn band(&self, number: f64) -> String {
        let above = self.bands.partition_point(|limit| *limit <= number);
        let limit = |idx: Option<usize>| idx.and_then(|idx| self.bands.get(idx));
        match (limit(above.checked_sub(1)), limit(Some(above))) {
            (Some(from), Some(to)) => format!("{from}-{to}"),
            (Some(from), None) => format!(">={from}"),
            (None, Some(to)) => format!("<{to}"),
            (None, None) => number.to_string(),
        }
    }
}

/// What decides which rows of a group come first.
pub(super) struct Rank {
    pub(super) prefer: String,
    pub(super) seed: u64,
}

/// The first bytes of a row's key.
const LEN: usize = 12;

/// A row's place among the rows of its group, as far as it alone decides it: the smaller comes first.
pub(super) struct RowRank {
    preferred: u32,
    drawn: u64,
}

impl Rank {
    /// The rank of each row, as bytes.
    pub(super) fn of(&self, rows: Rows<'_>) -> Result<Vec<[u8; LEN]>, OperatorError> {
        let preferred: Vec<u32> = match self.prefer.as_str() {
            "" => vec![0; rows.len()],
            column => rows.numbers(column)?.into_iter().map(descending).collect(),
        };
        let ids = rows.ids()?;
        let bytes = |(idx, preferred): (usize, &u32)| {
            let mut bytes = [0; LEN];
            bytes[..4].copy_from_slice(&preferred.to_be_bytes());
            bytes[4..].copy_from_slice(&xxh3_64_with_seed(ids.value(idx).as_bytes(), self.seed).to_be_bytes());
            bytes
        };
        Ok(preferred.iter().enumerate().map(bytes).collect())
    }

    /// A key's rank and the name of its group.
    pub(super) fn split(key: &[u8]) -> (RowRank, &[u8]) {
        let part = |from: usize, to: usize| key.get(from..to).unwrap_or_default();
        let preferred = part(0, 4).try_into().map_or(u32::MAX, u32::from_be_bytes);
        let drawn = part(4, LEN).try_into().map_or(u64::MAX, u64::from_be_bytes);
        (RowRank { preferred, drawn }, key.get(LEN..).unwrap_or_default())
    }

    /// The group that a sorted key belongs to.
    pub(super) fn ordinal(key: [u64; 2]) -> u32 {
        u32::try_from(key[0] >> 32).unwrap_or(u32::MAX)
    }
}

impl RowRank {
    /// What rows are sorted by: group, number, draw.
    pub(super) fn key(&self, ordinal: u32) -> [u64; 2] {
        [u64::from(ordinal) << 32 | u64::from(self.preferred), self.drawn]
    }
}

/// The order of numbers as that of whole numbers, the highest first; what is no number comes last.
fn descending(number: Option<f64>) -> u32 {
    let Some(number) = number.filter(|number| !number.is_nan()) else { return u32::MAX };
    #[expect(clippy::cast_possible_truncation, reason = "columns hold 32-bit floats, and near equals are drawn")]
    let bits = (number as f32 + 0.0).to_bits();
    let ascending = if bits >> 31 == 0 { bits | 1 << 31 } else { !bits };
    !ascending
}

#[cfg(test)]
mod tests {
    use super::descending;

    #[test]
    fn higher_numbers_come_first_and_none_last() {
        let numbers = [f64::INFINITY, 3e9, 1.5, 1.0, 0.0, -1e-9, -7.0, f64::NEG_INFINITY];
        let ranks: Vec<u32> = numbers.iter().map(|number| descending(Some(*number))).collect();
        assert!(ranks.windows(2).all(|pair| pair[0] < pair[1]), "{ranks:?}");
        assert!(ranks.iter().all(|rank| *rank < descending(None)));
        assert_eq!(descending(Some(0.0)), descending(Some(-0.0)));
        assert_eq!(descending(Some(f64::NAN)), descending(None));
    }
}
