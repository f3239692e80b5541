//! Which split a document goes to with all of its pairs: decided by a hash of its id, so that no document is in two.

use std::str::FromStr;

use quarry_schema::content_id;
use serde::Serialize;

/// Names with their shares, which add up to one.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(transparent)]
pub(crate) struct Splits(Vec<(String, f64)>);

/// What is wrong with a list of splits.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ParseSplitsError {
    /// A part is no `name=share`.
    #[error("`{0}` is not of the form name=share, as in train=0.9,test=0.1")]
    Form(String),
    /// A name that files or loaders do not take.
    #[error("`{0}` is no name of a split: letters, digits and underscores")]
    Name(String),
    /// A share that is none.
    #[error("`{0}` is no share above 0 and up to 1")]
    Share(String),
    /// The same name again.
    #[error("split `{0}` comes twice")]
    Twice(String),
    /// Rows would be lost or counted twice.
    #[error("the shares add up to {0}, not to 1")]
    Sum(f64),
}

impl Splits {
    /// The split of a document.
    pub(crate) fn of(&self, doc_id: &str, seed: u64) -> &str {
        let hash = content_id(&["split", &seed.to_string(), doc_id]);
        let place = hash.get(..13).and_then(|digits| u64::from_str_radix(digits, 16).ok()).unwrap_or_default();
        // Thirteen hexadecimal digits are 52 bits, which a float holds exactly.
        let place = place as f64 / (1u64 << 52) as f64;
        let mut end = 0.0;
        for (name, share) in &self.0 {
            end += share;
            if place < end {
                return name;
            }
        }
        self.0.last().map_or("train", |(name, _)| name)
    }

    /// The names in the order given.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }
}

impl FromStr for Splits {
    type Err = ParseSplitsError;

    fn from_str(text: &str) -> Result<Splits, ParseSplitsError> {
        let mut splits: Vec<(String, f64)> = Vec::new();
        for part in text.split(',').map(str::trim) {
            let (name, share) = part.split_once('=').ok_or_else(|| ParseSplitsError::Form(part.to_owned()))?;
            if name.is_empty() || !name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_') {
                return Err(ParseSplitsError::Name(name.to_owned()));
            }
            if splits.iter().any(|(known, _)| known == name) {
                return Err(ParseSplitsError::Twice(name.to_owned()));
            }
            let number = share.parse::<f64>().ok().filter(|number| *number > 0.0 && *number <= 1.0);
            splits.push((name.to_owned(), number.ok_or_else(|| ParseSplitsError::Share(share.to_owned()))?));
        }
        let sum: f64 = splits.iter().map(|(_, share)| share).sum();
        if (sum - 1.0).abs() > 1e-9 {
            return Err(ParseSplitsError::Sum(sum));
        }
        Ok(Splits(splits))
    }
}

#[cfg(test)]
mod tests {
    use super::Splits;

    #[test]
    fn shares_are_kept_a_seed_changes_the_draw_and_a_document_stays_where_it_is() -> Result<(), super::ParseSplitsError>
    {
        let splits: Splits = "train=0.8,validation=0.1,test=0.1".parse()?;
        let draw = |seed: u64| -> Vec<&str> { (0..10_000).map(|doc| splits.of(&format!("d{doc}"), seed)).collect() };
        let (first, again, other) = (draw(17), draw(17), draw(18));
        assert_eq!(first, again);
        assert_ne!(first, other);
        for (name, expected) in [("train", 8_000_usize), ("validation", 1_000), ("test", 1_000)] {
            let number = first.iter().filter(|split| **split == name).count();
            assert!(number.abs_diff(expected) < 200, "{name}: {number}");
        }
        Ok(())
    }

    #[test]
    fn a_larger_share_of_the_first_split_keeps_what_was_in_it() -> Result<(), super::ParseSplitsError> {
        let (small, large): (Splits, Splits) = ("train=0.8,test=0.2".parse()?, "train=0.9,test=0.1".parse()?);
        for doc in 0..1_000 {
            let id = format!("d{doc}");
            assert!(small.of(&id, 1) == "test" || large.of(&id, 1) == "train", "{id}");
        }
        Ok(())
    }

    #[test]
    fn mistakes_are_told() {
        for (text, part) in [
            ("train", "name=share"),
            ("train=0.9,test=0.2", "add up to"),
            ("train=x,test=0.1", "share"),
            ("train=0.5,train=0.5", "twice"),
            ("../a=1", "name"),
            ("train=0,test=1", "share"),
        ] {
            let error = text.parse::<Splits>().unwrap_err().to_string();
            assert!(error.contains(part), "{text}: {error}");
        }
    }
}
