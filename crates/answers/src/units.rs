//! The units of the table beside this file, and how a spelling is resolved to them.
//!
//! The table is the only place that knows units; the checker that ships with a data set is made from it as well.
//! Areas, volumes and quotients are built from the spellings of their parts: "square km", "kilometres per hour".

use std::collections::BTreeMap;
use std::sync::LazyLock;

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Zero};
use unicode_normalization::UnicodeNormalization;

use crate::number::stored;

const TABLE: &str = include_str!("units.tsv");

/// A unit that a spelling stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unit {
    /// Canonical name, as it stands in specs.
    pub(crate) id: String,
    /// What it measures; units of one dimension convert into each other.
    pub(crate) dimension: String,
    /// Size in the base unit of the dimension.
    factor: BigRational,
    /// What is added before the factor applies.
    offset: BigRational,
}

/// The table with its spellings.
struct Units {
    rows: Vec<Unit>,
    symbols: BTreeMap<String, Vec<usize>>,
    words: BTreeMap<String, Vec<usize>>,
    by_id: BTreeMap<String, usize>,
    /// Spellings of each row in lower case, for finding one in a question.
    spellings: Vec<Vec<String>>,
}

static UNITS: LazyLock<Units> = LazyLock::new(Units::read);

impl Unit {
    /// Returns the factor and the summand that turn a value of this unit into one of another of its dimension.
    pub(crate) fn conversion_to(&self, other: &Self) -> Option<(BigRational, BigRational)> {
        if self.dimension != other.dimension || other.factor.is_zero() {
            return None;
        }
        let factor = &self.factor / &other.factor;
        let summand = &self.offset * &factor - &other.offset;
        Some((factor, summand))
    }

    /// Returns whether the unit is a currency.
    pub(crate) fn is_money(&self) -> bool {
        self.dimension.starts_with("currency")
    }
}

/// Returns every unit that a spelling may stand for: none if unknown, several if it is ambiguous.
pub(crate) fn resolve(text: &str) -> Vec<Unit> {
    let spaced = text.trim().trim_start_matches('-').trim();
    let found = UNITS.lookup(spaced);
    if !found.is_empty() {
        return found;
    }
    let powered = power_of(spaced);
    if !powered.is_empty() {
        return powered;
    }
    quotient(spaced)
}

/// Returns all units that convert into a given one, itself first.
pub(crate) fn convertible(unit: &Unit) -> Vec<Unit> {
    let others = UNITS.rows.iter().filter(|row| row.dimension == unit.dimension && row.id != unit.id);
    std::iter::once(unit).chain(others).cloned().collect()
}

/// Returns the spellings of a unit that a question could use.
pub(crate) fn spellings(unit: &Unit) -> &'static [String] {
    UNITS.by_id.get(&unit.id).and_then(|idx| UNITS.spellings.get(*idx)).map_or(&[], Vec::as_slice)
}

impl Units {
    fn read() -> Self {
        let mut units = Self {
            rows: Vec::new(),
            symbols: BTreeMap::new(),
            words: BTreeMap::new(),
            by_id: BTreeMap::new(),
            spellings: Vec::new(),
        };
        for line in TABLE.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
            // A test makes sure that no line of the table is skipped here.
            let fields: Vec<&str> = line.split('\t').collect();
            if let [id, dimension, factor, offset, symbols, words] = fields.as_slice()
                && let (Some(factor), Some(offset)) = (ratio(factor), ratio(offset))
            {
                let unit = Unit { id: (*id).to_owned(), dimension: (*dimension).to_owned(), factor, offset };
                units.add(unit, symbols, words);
            }
        }
        units
    }

    fn add(&mut self, unit: Unit, symbols: &str, words: &str) {
        let idx = self.rows.len();
        self.by_id.insert(unit.id.clone(), idx);
        self.rows.push(unit);
        let mut spellings = Vec::new();
        for symbol in symbols.split('|').filter(|symbol| !symbol.is_empty()) {
            // Texts reach the table normalised, and so do its spellings.
            let symbol: String = symbol.nfkc().collect();
            let known = self.symbols.entry(symbol.clone()).or_default();
            if !known.contains(&idx) {
                known.push(idx);
            }
            if symbol.chars().count() > 1 || !symbol.chars().all(char::is_alphanumeric) {
                spellings.push(symbol.to_lowercase());
            }
        }
        for word in words.split('|').filter(|word| !word.is_empty()) {
            for form in [word.to_owned(), plural(word)] {
                let known = self.words.entry(form.clone()).or_default();
                if !known.contains(&idx) {
                    known.push(idx);
                }
                spellings.push(form);
            }
        }
        self.spellings.push(spellings);
    }

    fn lookup(&self, text: &str) -> Vec<Unit> {
        let words = text.to_lowercase();
        let symbol = self.symbols.get(text);
        let mut idxs: Vec<usize> = symbol.into_iter().chain(self.words.get(&words)).flatten().copied().collect();
        idxs.sort_unstable();
        idxs.dedup();
        idxs.into_iter().filter_map(|idx| self.rows.get(idx).cloned()).collect()
    }

    fn with_id(&self, id: &str) -> Option<Unit> {
        self.by_id.get(id).and_then(|idx| self.rows.get(*idx)).cloned()
    }
}

/// Reads a factor, which may be a ratio.
pub(crate) fn ratio(text: &str) -> Option<BigRational> {
    match text.split_once('/') {
        Some((num, den)) => {
            let den = stored(den)?;
            (!den.is_zero()).then(|| stored(num).map(|num| num / den))?
        }
        None => stored(text),
    }
}

/// Writes a factor as digits, or as a ratio where digits would not end.
pub(crate) fn ratio_text(value: &BigRational) -> String {
    const MAX_PLACES: u32 = 24;
    let (twos, rest) = divide_out(value.denom(), 2);
    let (fives, rest) = divide_out(&rest, 5);
    let places = twos.max(fives);
    if !rest.is_one() || places > MAX_PLACES {
        return format!("{}/{}", value.numer(), value.denom());
    }
    let digits = value.numer() * BigInt::from(10).pow(places) / value.denom();
    if places == 0 { digits.to_string() } else { decimal_text(&digits, places as usize) }
}

/// Returns how often a prime divides a number, and what is left.
fn divide_out(number: &BigInt, prime: u32) -> (u32, BigInt) {
    let mut rest = number.clone();
    let mut count = 0;
    while !rest.is_zero() && (&rest % prime).is_zero() {
        rest /= prime;
        count += 1;
    }
    (count, rest)
}

fn decimal_text(digits: &BigInt, places: usize) -> String {
    let sign = if digits.sign() == num_bigint::Sign::Minus { "-" } else { "" };
    let padded = format!("{:0>width$}", digits.magnitude(), width = places + 1);
    let (whole, fraction) = padded.split_at(padded.len() - places);
    format!("{sign}{whole}.{fraction}")
}

/// "square km", "sq. miles", "cubic metres".
fn power_of(text: &str) -> Vec<Unit> {
    const POWERS: [(&str, &str); 6] =
        [("square ", "2"), ("squared ", "2"), ("sq ", "2"), ("sq. ", "2"), ("cubic ", "3"), ("cu ", "3")];
    let lower = text.to_lowercase();
    let Some((base, power)) = POWERS.iter().find_map(|(prefix, power)| {
        lower.starts_with(prefix).then(|| (text.get(prefix.len()..).unwrap_or(""), *power))
    }) else {
        return Vec::new();
    };
    UNITS.lookup(base.trim()).iter().filter_map(|unit| UNITS.with_id(&format!("{}{power}", unit.id))).collect()
}

/// "km/h", "kilometres per hour", "kg per m3": one unit over another, each with one meaning.
fn quotient(text: &str) -> Vec<Unit> {
    let slashed = text.replace(" per ", "/");
    let Some((above, below)) = slashed.split_once('/') else { return Vec::new() };
    let part = |text: &str| {
        let text = text.trim();
        let found = UNITS.lookup(text);
        if found.is_empty() { power_of(text) } else { found }
    };
    let (above, below) = (part(above), part(below));
    let ([above], [below]) = (above.as_slice(), below.as_slice()) else { return Vec::new() };
    let id = format!("{}/{}", above.id, below.id);
    if let Some(unit) = UNITS.with_id(&id) {
        return vec![unit];
    }
    if !above.offset.is_zero() || !below.offset.is_zero() {
        return Vec::new();
    }
    let dimension = format!("{}/{}", above.dimension, below.dimension);
    vec![Unit { id, dimension, factor: &above.factor / &below.factor, offset: BigRational::zero() }]
}

/// Words that are their own plural keep the form too; nothing else in the table ends in these letters.
fn plural(word: &str) -> String {
    if word.ends_with(['s', 'z', 'x']) || matches!(word, "feet" | "pence" | "yen" | "yuan") {
        word.to_owned()
    } else {
        format!("{word}s")
    }
}

#[cfg(test)]
mod tests {
    use super::{TABLE, UNITS, convertible, ratio, ratio_text, resolve};

    fn ids(text: &str) -> Vec<String> {
        resolve(text).into_iter().map(|unit| unit.id).collect()
    }

    #[test]
    fn every_line_of_the_table_is_a_unit_of_its_own() {
        let lines = TABLE.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).count();
        assert_eq!(UNITS.rows.len(), lines);
        assert_eq!(UNITS.by_id.len(), lines);
    }

    #[test]
    fn spellings_resolve() {
        for (text, id) in [
            ("km", "km"),
            ("kilometres", "km"),
            ("Kilometers", "km"),
            ("°C", "degC"),
            ("degrees Celsius", "degC"),
            ("km/h", "km/h"),
            ("kilometres per hour", "km/h"),
            ("miles per hour", "mi/h"),
            ("mph", "mi/h"),
            ("square kilometres", "km2"),
            ("sq mi", "mi2"),
            ("km^2", "km2"),
            ("cubic metres", "m3"),
            ("g/cm^3", "g/cm3"),
            ("US dollars", "USD"),
            ("$", "USD"),
            ("feet", "ft"),
            ("inches", "in"),
            ("hertz", "Hz"),
            ("mW", "mW"),
            ("MW", "MW"),
            ("-year", "yr"),
            ("light-years", "ly"),
            ("m/s^2", "m/s2"),
            ("J/kg", "J/kg"),
            ("mg/dL", "mg/dl"),
            ("years old", "yr"),
            ("beats per minute", "bpm"),
            ("megabytes per second", "MB/s"),
            ("parts per million", "ppm"),
        ] {
            assert_eq!(ids(text), [id], "{text}");
        }
        assert_eq!(ids("pounds").len(), 2);
        for text in ["", "apostles", "C", "F", "kms2", "per", "/", "km/", "m/m/m/m", "square", "!"] {
            assert!(ids(text).is_empty(), "{text}: {:?}", ids(text));
        }
    }

    #[test]
    fn factors_convert_exactly() -> Result<(), String> {
        for (from, to, factor, summand) in [
            ("mi", "km", "1.609344", "0"),
            ("°F", "°C", "5/9", "-160/9"),
            ("K", "°C", "1", "-273.15"),
            ("km/h", "m/s", "5/18", "0"),
            ("years", "months", "12", "0"),
        ] {
            let (from, to) = (resolve(from).remove(0), resolve(to).remove(0));
            let (f, s) = from.conversion_to(&to).ok_or("units of one dimension")?;
            assert_eq!((ratio_text(&f).as_str(), ratio_text(&s).as_str()), (factor, summand));
            assert_eq!(ratio(&ratio_text(&f)), Some(f));
        }
        let (metre, gram) = (resolve("m").remove(0), resolve("g").remove(0));
        assert!(metre.conversion_to(&gram).is_none());
        assert!(convertible(&metre).iter().any(|unit| unit.id == "mi"));
        Ok(())
    }
}
