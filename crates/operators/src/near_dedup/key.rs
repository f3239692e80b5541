//! The key of a row: what the decision has to know of every row before it looks at some of them again.
//!
//! In this order: the preferred column's value where one is named, the digest of the answer for pairs, and a hash for each
//! band. A text without words has no key.

use arrow::array::{Array, BinaryArray, BinaryBuilder};
use quarry_engine::operator::{Keyed, OperatorError, Rows};
use quarry_schema::column;
use xxhash_rust::xxh3::xxh3_64;

use super::fact::AnswerDigests;
use super::shingles::Shingler;
use super::signature::{BAND_BYTES, MinHash, Signature};

/// Bytes of a number in a key.
const NUMBER_BYTES: usize = 8;

/// Marks the first number of buckets of facts; bands are small numbers.
pub(super) const FACT: u64 = 1 << 63;

/// What keys depend on.
pub(super) struct Settings {
    pub(super) bands: usize,
    pub(super) rows: usize,
    pub(super) shingle_words: usize,
    /// The preferred column, or nothing.
    pub(super) prefer: String,
    /// Whether rows are pairs.
    pub(super) has_facts: bool,
}

/// Makes keys and takes them apart.
pub(super) struct Keys {
    settings: Settings,
    minhash: MinHash,
}

impl Keys {
    pub(super) fn new(settings: Settings) -> Keys {
        let minhash = MinHash::new(settings.bands, settings.rows);
        Keys { settings, minhash }
    }

    /// The key of each row.
    pub(super) fn of(&self, rows: Rows<'_>) -> Result<BinaryArray, OperatorError> {
        let texts = rows.text(self.text_column())?;
        let prefers = (!self.settings.prefer.is_empty()).then(|| numbers(rows, &self.settings.prefer)).transpose()?;
        let answers = self.has_facts().then(|| AnswerDigests::read(rows)).transpose()?;
        let mut shingler = self.shingler();
        let (mut signature, mut shingles, mut key) = (Signature::default(), Vec::new(), Vec::new());
        let mut keys = BinaryBuilder::with_capacity(rows.len(), rows.len() * self.len());
        for idx in 0..rows.len() {
            shingles.clear();
            if texts.is_valid(idx) {
                shingler.shingle_into(texts.value(idx), &mut shingles);
            }
            if shingles.is_empty() {
                keys.append_null();
                continue;
            }
            key.clear();
            if let Some(prefers) = &prefers {
                key.extend_from_slice(&rank(prefers[idx]).to_be_bytes());
            }
            if let Some(answers) = &answers {
                key.extend_from_slice(&answers.of(idx).to_be_bytes());
            }
            self.minhash.key_into(&shingles, &mut signature, &mut key);
            keys.append_value(&key);
        }
        Ok(keys.finish())
    }

    /// The column whose texts are compared.
    pub(super) fn text_column(&self) -> &'static str {
        if self.settings.has_facts { column::QUESTION } else { column::TEXT }
    }

    pub(super) fn shingler(&self) -> Shingler {
        Shingler::new(self.settings.shingle_words)
    }

    pub(super) fn has_facts(&self) -> bool {
        self.settings.has_facts
    }

    /// How many buckets a row is in.
    pub(super) fn num_buckets(&self) -> usize {
        self.settings.bands + usize::from(self.has_facts())
    }

    /// The preferred column's value as a number whose order is the order of rows, or nothing where none is named.
    pub(super) fn place(&self, keyed: &Keyed<'_>) -> Option<u64> {
        if self.settings.prefer.is_empty() {
            return None;
        }
        keyed.key.first_chunk().map(|bytes| u64::from_be_bytes(*bytes))
    }

    /// Gives each bucket that a row is in.
    pub(super) fn buckets<E>(
        &self,
        keyed: &Keyed<'_>,
        mut each: impl FnMut([u64; 2]) -> Result<(), E>,
    ) -> Result<(), E> {
        let skipped = if self.settings.prefer.is_empty() { 0 } else { NUMBER_BYTES };
        let mut rest = keyed.key.get(skipped..).unwrap_or_default();
        if self.has_facts()
            && let Some((answer, behind)) = rest.split_first_chunk::<NUMBER_BYTES>()
        {
            rest = behind;
            let answer = u64::from_be_bytes(*answer);
            if answer != 0 {
                each([FACT | xxh3_64(keyed.doc_id.as_bytes()), answer])?;
            }
        }
        for (hash, band) in rest.chunks_exact(BAND_BYTES).zip(0..) {
            let number = hash.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte));
            each([band, number])?;
        }
        Ok(())
    }

    fn len(&self) -> usize {
        2 * NUMBER_BYTES + self.settings.bands * BAND_BYTES
    }
}

/// Smaller for what comes first: greater numbers, then those without one.
fn rank(number: Option<f64>) -> u64 {
    let Some(number) = number.filter(|number| !number.is_nan()) else { return u64::MAX };
    // Both zeros are one number.
    let bits = (number + 0.0).to_bits();
    // Bits that ascend as the numbers do, turned around.
    let ascending = if bits >> 63 == 1 { !bits } else { bits | 1 << 63 };
    !ascending
}

fn numbers(rows: Rows<'_>, name: &str) -> Result<Vec<Option<f64>>, OperatorError> {
    if let Ok(floats) = rows.float(name) {
        return Ok(floats.iter().map(|number| number.map(f64::from)).collect());
    }
    if let Ok(whole) = rows.int(name) {
        return Ok(whole.iter().map(|number| number.map(|number| number as f64)).collect());
    }
    if rows.text(name).is_ok() {
        return Err(OperatorError::new(format!("`prefer` names the column `{name}`, which holds no numbers")));
    }
    Ok(rows.text(column::META)?.iter().map(|meta| number_of(meta?, name)).collect())
}

/// The number in a field that the input had beside the columns of its rows.
fn number_of(meta: &str, name: &str) -> Option<f64> {
    let fields: serde_json::Map<String, serde_json::Value> = serde_json::from_str(meta).ok()?;
    fields.get(name)?.as_f64()
}

#[cfg(test)]
mod tests {
    use super::{number_of, rank};

    #[test]
    fn a_number_is_found_in_the_fields_that_are_no_columns() {
        assert_eq!(number_of(r#"{"score": 2, "name": "x"}"#, "score"), Some(2.0));
        assert_eq!(number_of(r#"{"score": "2"}"#, "score"), None);
        assert_eq!(number_of("no object", "score"), None);
    }

    #[test]
    fn greater_numbers_come_first_and_none_last() {
        let order = [Some(f64::INFINITY), Some(3.5), Some(1.0), Some(0.0), Some(-1.0), Some(-2.5), None];
        assert!(order.windows(2).all(|pair| rank(pair[0]) < rank(pair[1])));
        assert_eq!(rank(Some(-0.0)), rank(Some(0.0)));
        assert_eq!(rank(Some(f64::NAN)), rank(None));
    }
}
