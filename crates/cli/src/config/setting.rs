//! One value of the config, from the file or the environment, read as what its key asks for.

use std::ops::RangeInclusive;
use std::str::FromStr;

use bytesize::ByteSize;
use toml::de::{DeTable, DeValue};

/// A value as written.
#[derive(Clone, Copy)]
pub(super) enum Setting<'t> {
    /// A value of the file.
    File(&'t DeValue<'t>),
    /// The text of a variable.
    Variable(&'t str),
}

/// What a key would have taken, to follow `expected`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Misfit(pub(super) String);

impl Setting<'_> {
    /// Any string that is not blank.
    pub(super) fn text(self) -> Result<String, Misfit> {
        self.word().filter(|text| !text.trim().is_empty()).ok_or_else(|| misfit("a string that is not blank"))
    }

    /// A list of strings, or one string. In the environment a list begins with `[`; anything else is one string.
    pub(super) fn list(self) -> Result<Vec<String>, Misfit> {
        let expected = || misfit("a string or a list of strings, not empty");
        let items = match self {
            Setting::File(DeValue::Array(items)) => {
                items.iter().map(|item| Setting::File(item.get_ref()).text().ok()).collect::<Option<Vec<String>>>()
            }
            Setting::Variable(text) if text.trim_start().starts_with('[') => {
                let document = format!("list = {text}");
                let table = DeTable::parse(&document).map_err(|_| expected())?;
                let list = table.get_ref().get("list").ok_or_else(expected)?;
                return Setting::File(list.get_ref()).list();
            }
            other => other.text().ok().map(|text| vec![text]),
        };
        items.filter(|items| !items.is_empty()).ok_or_else(expected)
    }

    /// A whole number in a range.
    pub(super) fn count(self, range: RangeInclusive<u64>) -> Result<u64, Misfit> {
        let number = match self {
            Setting::File(DeValue::Integer(number)) => u64::from_str_radix(number.as_str(), number.radix()).ok(),
            Setting::File(_) => None,
            Setting::Variable(text) => text.trim().parse().ok(),
        };
        let expected = || misfit(&format!("a whole number from {} to {}", range.start(), range.end()));
        number.filter(|number| range.contains(number)).ok_or_else(expected)
    }

    /// A size in bytes: a number, or a string such as `512MB` or `2 GiB`.
    pub(super) fn size(self, range: RangeInclusive<u64>) -> Result<u64, Misfit> {
        let expected = || {
            let (least, most) = (ByteSize::b(*range.start()), ByteSize::b(*range.end()));
            misfit(&format!(
                "a size such as \"512MB\" or \"2GiB\", from {} to {}",
                least.display().si(),
                most.display().si()
            ))
        };
        let size = match self {
            Setting::File(DeValue::Integer(_)) => self.count(0..=u64::MAX).ok(),
            _ => self.word().and_then(|text| text.trim().parse::<ByteSize>().ok()).map(|size| size.as_u64()),
        };
        size.filter(|size| range.contains(size)).ok_or_else(expected)
    }

    /// A share from 0 to 1.
    pub(super) fn share(self) -> Result<f64, Misfit> {
        let number = match self {
            Setting::File(DeValue::Float(number)) => number.as_str().parse().ok(),
            Setting::File(DeValue::Integer(number)) => number.as_str().parse().ok(),
            Setting::File(_) => None,
            Setting::Variable(text) => text.trim().parse::<f64>().ok(),
        };
        number.filter(|share| (0.0..=1.0).contains(share)).ok_or_else(|| misfit("a share from 0 to 1, such as 0.6"))
    }

    /// A word that its type understands; the type's error names the words.
    pub(super) fn parsed<T: FromStr>(self, expected: &str) -> Result<T, Misfit> {
        self.word().and_then(|text| text.trim().parse().ok()).ok_or_else(|| misfit(expected))
    }

    /// The value as it was written, to be shown.
    pub(super) fn shown(self) -> String {
        match self {
            Setting::File(DeValue::String(text)) => format!("{text:?}"),
            Setting::File(DeValue::Integer(number)) => number.to_string(),
            Setting::File(DeValue::Float(number)) => number.to_string(),
            Setting::File(DeValue::Boolean(value)) => value.to_string(),
            Setting::File(DeValue::Datetime(_)) => "a date or time".to_owned(),
            Setting::File(DeValue::Array(_)) => "this list".to_owned(),
            Setting::File(DeValue::Table(_)) => "a table".to_owned(),
            Setting::Variable(text) => format!("{text:?}"),
        }
    }

    fn word(self) -> Option<String> {
        match self {
            Setting::File(DeValue::String(text)) => Some(text.to_string()),
            Setting::File(_) => None,
            Setting::Variable(text) => Some(text.to_owned()),
        }
    }
}

fn misfit(expected: &str) -> Misfit {
    Misfit(expected.to_owned())
}

#[cfg(test)]
mod tests {
    use super::Setting;

    #[test]
    fn sizes_take_decimal_and_binary_units() {
        let size = |text| Setting::Variable(text).size(0..=u64::MAX).ok();
        assert_eq!(size("512MB"), Some(512_000_000));
        assert_eq!(size("2 GiB"), Some(2 << 30));
        assert_eq!(size("4096"), Some(4096));
        assert_eq!(size("1.5kb"), Some(1500));
        for text in ["", "many", "-1MB", "12 parsecs"] {
            assert_eq!(size(text), None, "{text}");
        }
    }

    #[test]
    fn a_size_out_of_range_names_the_range() {
        let misfit = Setting::Variable("1kB").size(16_000_000..=1 << 40).map_err(|misfit| misfit.0);
        assert!(misfit.is_err_and(|text| text.contains("from 16.0 MB")), "range");
    }

    #[test]
    fn a_variable_may_hold_a_list_or_one_glob_with_commas() {
        let list = |text| Setting::Variable(text).list().ok();
        assert_eq!(list("a/{b,c}/*.jsonl"), Some(vec!["a/{b,c}/*.jsonl".to_owned()]));
        assert_eq!(list(r#"["a", "b"]"#), Some(vec!["a".to_owned(), "b".to_owned()]));
        assert_eq!(list("[]"), None);
        assert_eq!(list("[a"), None);
        assert_eq!(list(" "), None);
    }

    #[test]
    fn shares_and_counts_keep_to_their_range() {
        assert_eq!(Setting::Variable("0.25").share().ok(), Some(0.25));
        assert_eq!(Setting::Variable("1.5").share().ok(), None);
        assert_eq!(Setting::Variable("NaN").share().ok(), None);
        assert_eq!(Setting::Variable("8").count(1..=10).ok(), Some(8));
        assert_eq!(Setting::Variable("0").count(1..=10).ok(), None);
    }
}
