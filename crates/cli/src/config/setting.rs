//! One value of the config, from the file or the environment, read as what its key asks for.

use std::ops::RangeInclusive;
use std::str::FromStr;
use std::time::Duration;

use bytesize::ByteSize;
use jiff::SignedDuration;
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
        let items = self.list_or_none()?;
        if items.is_empty() {
            return Err(misfit("a string or a list of strings, not empty"));
        }
        Ok(items)
    }

    /// Strings, where none at all is an answer.
    pub(super) fn list_or_none(self) -> Result<Vec<String>, Misfit> {
        let expected = || misfit("a string or a list of strings");
        let items = match self {
            Setting::File(DeValue::Array(items)) => {
                items.iter().map(|item| Setting::File(item.get_ref()).text().ok()).collect::<Option<Vec<String>>>()
            }
            Setting::Variable(text) if text.trim_start().starts_with('[') => {
                let document = format!("list = {text}");
                let table = DeTable::parse(&document).map_err(|_| expected())?;
                let list = table.get_ref().get("list").ok_or_else(expected)?;
                return Setting::File(list.get_ref()).list_or_none();
            }
            other => other.text().ok().map(|text| vec![text]),
        };
        items.ok_or_else(expected)
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
        self.number()
            .filter(|share| (0.0..=1.0).contains(share))
            .ok_or_else(|| misfit("a share from 0 to 1, such as 0.6"))
    }

    /// An amount that is not negative, with or without decimals.
    pub(super) fn amount(self) -> Result<f64, Misfit> {
        self.number()
            .filter(|amount| (0.0..1e15).contains(amount))
            .ok_or_else(|| misfit("a number from 0, such as 2.5"))
    }

    /// A whole number in a range, or `auto`, which gives none.
    pub(super) fn count_or_auto(self, range: RangeInclusive<u64>) -> Result<Option<u64>, Misfit> {
        if self.word().is_some_and(|text| text.trim() == "auto") {
            return Ok(None);
        }
        self.count(range).map(Some).map_err(|misfit| Misfit(format!("`auto` or {}", misfit.0)))
    }

    /// Yes or no.
    pub(super) fn flag(self) -> Result<bool, Misfit> {
        let flag = match self {
            Setting::File(DeValue::Boolean(flag)) => Some(*flag),
            Setting::File(_) => None,
            Setting::Variable(text) => text.trim().parse().ok(),
        };
        flag.ok_or_else(|| misfit("`true` or `false`"))
    }

    /// A time such as `90s` or `1h 30m`, in a range.
    pub(super) fn duration(self, range: RangeInclusive<Duration>) -> Result<Duration, Misfit> {
        let time = self.word().and_then(|text| text.trim().parse::<SignedDuration>().ok());
        let time = time.and_then(|time| Duration::try_from(time).ok());
        let shown = |time: &Duration| format!("{:#}", SignedDuration::try_from(*time).unwrap_or_default());
        time.filter(|time| range.contains(time)).ok_or_else(|| {
            let (least, most) = (shown(range.start()), shown(range.end()));
            misfit(&format!("a time such as \"90s\" or \"10m\", from {least} to {most}"))
        })
    }

    /// The name of an environment variable. Small letters are refused, since a key put here by mistake would be shown.
    pub(super) fn variable_name(self) -> Result<String, Misfit> {
        let is_name = |name: &String| {
            let letters = name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
            letters && !name.is_empty() && !name.starts_with(|first: char| first.is_ascii_digit())
        };
        self.word()
            .filter(is_name)
            .ok_or_else(|| misfit("the name of an environment variable, such as \"TEACHER_KEY\""))
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

    fn number(self) -> Option<f64> {
        match self {
            Setting::File(DeValue::Float(number)) => number.as_str().parse().ok(),
            Setting::File(DeValue::Integer(number)) => number.as_str().parse().ok(),
            Setting::File(_) => None,
            Setting::Variable(text) => text.trim().parse().ok(),
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
    use std::time::Duration;

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
    fn times_are_written_with_their_units() {
        let time = |text| Setting::Variable(text).duration(Duration::ZERO..=Duration::from_secs(86_400)).ok();
        assert_eq!(time("90s"), Some(Duration::from_secs(90)));
        assert_eq!(time("10m"), Some(Duration::from_secs(600)));
        assert_eq!(time("1h 30m"), Some(Duration::from_secs(5400)));
        for text in ["", "10", "soon", "-5s", "25h"] {
            assert_eq!(time(text), None, "{text}");
        }
    }

    #[test]
    fn a_key_is_no_name_of_a_variable() {
        let name = |text| Setting::Variable(text).variable_name().ok();
        assert_eq!(name("OPENAI_API_KEY").as_deref(), Some("OPENAI_API_KEY"));
        for text in ["sk-abc123", "sk_abc123", "A KEY", "", "9LIVES"] {
            assert_eq!(name(text), None, "{text}");
        }
    }

    #[test]
    fn amounts_are_finite_and_not_negative() {
        let amount = |text| Setting::Variable(text).amount().ok();
        assert_eq!(amount("2.5"), Some(2.5));
        for text in ["-1", "inf", "NaN", "much"] {
            assert_eq!(amount(text), None, "{text}");
        }
        assert_eq!(Setting::Variable("auto").count_or_auto(1..=9).ok(), Some(None));
        assert_eq!(Setting::Variable("7").count_or_auto(1..=9).ok(), Some(Some(7)));
        assert_eq!(Setting::Variable("many").count_or_auto(1..=9).ok(), None);
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
