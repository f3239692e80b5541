//! The units of the table beside this file, and how a spelling is resolved to them.
//!
//! The table is the only place that knows units; the checker that ships with a data set is made from it as well.
//! Prefixes, powers, products and quotients are computed: "km", "square km", "kg m s^-2", "kilometres per hour".

use std::collections::BTreeMap;
use std::sync::LazyLock;

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Zero};
use serde_json::{Value, json};
use unicode_normalization::UnicodeNormalization;

use crate::number::stored;

mod compound;

pub(crate) use compound::{resolve, resolve_gold, with_id};

const TABLE: &str = include_str!("units.tsv");

/// What a unit measures: base quantities and their powers, in order.
pub(crate) type Dimension = Vec<(&'static str, i32)>;

/// Prefixes: symbol, word, base and power.
const PREFIXES: [(&str, &str, u32, i32); 29] = [
    ("da", "deca", 10, 1),
    ("Ki", "kibi", 2, 10),
    ("Mi", "mebi", 2, 20),
    ("Gi", "gibi", 2, 30),
    ("Ti", "tebi", 2, 40),
    ("Pi", "pebi", 2, 50),
    ("Ei", "exbi", 2, 60),
    ("Y", "yotta", 10, 24),
    ("Z", "zetta", 10, 21),
    ("E", "exa", 10, 18),
    ("P", "peta", 10, 15),
    ("T", "tera", 10, 12),
    ("G", "giga", 10, 9),
    ("M", "mega", 10, 6),
    ("k", "kilo", 10, 3),
    ("h", "hecto", 10, 2),
    ("d", "deci", 10, -1),
    ("c", "centi", 10, -2),
    ("m", "milli", 10, -3),
    ("μ", "micro", 10, -6),
    ("u", "micro", 10, -6),
    ("n", "nano", 10, -9),
    ("p", "pico", 10, -12),
    ("f", "femto", 10, -15),
    ("a", "atto", 10, -18),
    ("z", "zepto", 10, -21),
    ("y", "yocto", 10, -24),
    ("da", "deka", 10, 1),
    ("K", "kilo", 10, 3),
];

/// Prefixed symbols that mean something else in prose: golds are not read so.
const PROSE: [&str; 8] = ["am", "pm", "as", "dam", "mt", "has", "at", "PS"];

/// A unit that a spelling stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unit {
    /// Canonical name, as it stands in specs.
    pub(crate) id: String,
    /// What it measures; units of one dimension convert into each other.
    pub(crate) dimension: Dimension,
    /// Size in the base units of the dimension.
    factor: BigRational,
    /// What is added before the factor applies.
    offset: BigRational,
    /// Row of the table and prefix, for a unit that is no product.
    origin: Option<(usize, Option<usize>)>,
    /// Whether only a reply may spell it so.
    loose: bool,
}

/// A line of the table.
struct Row {
    unit: Unit,
    prefixes: &'static str,
    /// Spellings, each with whether only replies use it.
    symbols: Vec<(String, bool)>,
    words: Vec<(String, bool)>,
}

/// The table and where each spelling leads.
struct Units {
    rows: Vec<Row>,
    symbols: BTreeMap<String, Vec<(usize, bool)>>,
    words: BTreeMap<String, Vec<(usize, bool)>>,
    ids: BTreeMap<&'static str, usize>,
}

static UNITS: LazyLock<Units> = LazyLock::new(Units::read);

/// Whose spelling is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reading {
    /// A gold's: nothing ambiguous.
    Gold,
    /// A reply's.
    Reply,
    /// Our own canonical names.
    Id,
}

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
        matches!(self.dimension.as_slice(), [(base, 1)] if base.starts_with("currency"))
    }

    /// Returns a hundredth of the unit.
    pub(crate) fn hundredth(&self) -> Self {
        let factor = &self.factor / BigRational::from_integer(100.into());
        Self { id: format!("{}/100", self.id), factor, origin: None, ..self.clone() }
    }

    /// Returns whether zero of this unit is not zero of others of its dimension.
    pub(crate) fn has_offset(&self) -> bool {
        !self.offset.is_zero()
    }
}

/// Returns the listed units that convert into a given one, itself first.
pub(crate) fn convertible(unit: &Unit) -> Vec<Unit> {
    let listed = UNITS.rows.iter().filter(|row| row.prefixes != "hidden").map(|row| &row.unit);
    let others = listed.filter(|other| other.dimension == unit.dimension && other.id != unit.id);
    std::iter::once(unit).chain(others).cloned().collect()
}

/// Returns the spellings of a unit that a question could use, in lower case.
pub(crate) fn spellings(unit: &Unit) -> Vec<String> {
    let Some((row, prefix)) = unit.origin.and_then(|(row, prefix)| Some((UNITS.rows.get(row)?, prefix))) else {
        return Vec::new();
    };
    let (symbol, word) = prefix.and_then(|idx| PREFIXES.get(idx)).map_or(("", ""), |(symbol, word, ..)| (symbol, word));
    let known = |spellings: &'_ [(String, bool)], prefix: &str| {
        spellings.iter().filter(|(_, loose)| !loose).map(|(text, _)| format!("{prefix}{text}")).collect::<Vec<_>>()
    };
    // A lone letter in a question is rarely a unit.
    let symbols = known(&row.symbols, symbol).into_iter().filter(|symbol| symbol.chars().count() > 1);
    symbols.chain(known(&row.words, word)).map(|text| text.to_lowercase()).collect()
}

/// What the Python side shares.
pub(crate) fn rules() -> Value {
    let rows: Vec<Value> = UNITS
        .rows
        .iter()
        .map(|row| {
            let unit = &row.unit;
            let spellings = |spellings: &[(String, bool)]| -> Vec<Value> {
                spellings.iter().map(|(text, loose)| json!([text, u8::from(*loose)])).collect()
            };
            json!([
                unit.id,
                unit.dimension,
                ratio_text(&unit.factor),
                ratio_text(&unit.offset),
                row.prefixes,
                spellings(&row.symbols),
                spellings(&row.words),
            ])
        })
        .collect();
    let mut rules = compound::rules();
    if let Value::Object(tables) = &mut rules {
        tables.insert("rows".to_owned(), json!(rows));
        tables.insert("prefixes".to_owned(), json!(PREFIXES));
        tables.insert("prose".to_owned(), json!(PROSE));
    }
    rules
}

impl Units {
    fn read() -> Self {
        let lines = TABLE.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
        // A test makes sure that no line of the table is skipped here.
        let rows: Vec<Row> = lines.enumerate().filter_map(|(idx, line)| Row::read(idx, line)).collect();
        let mut units = Self { rows, symbols: BTreeMap::new(), words: BTreeMap::new(), ids: BTreeMap::new() };
        for (idx, row) in units.rows.iter().enumerate() {
            for (symbol, loose) in &row.symbols {
                units.symbols.entry(symbol.clone()).or_default().push((idx, *loose));
            }
            for (word, loose) in &row.words {
                units.words.entry(word.clone()).or_default().push((idx, *loose));
            }
        }
        units.ids = TABLE
            .lines()
            .filter(|line| !line.starts_with('#') && !line.is_empty())
            .filter_map(|line| line.split('\t').next())
            .enumerate()
            .map(|(idx, id)| (id, idx))
            .collect();
        units
    }

    /// Returns every meaning of a spelling that is no product.
    fn lookup(&self, text: &str, reading: Reading) -> Vec<Unit> {
        if reading == Reading::Id
            && let Some(row) = self.ids.get(text).and_then(|idx| self.rows.get(*idx))
        {
            return vec![row.unit.clone()];
        }
        let lower = text.to_ascii_lowercase();
        let exact = self.symbols.get(text).into_iter().chain(self.words.get(&lower)).flatten();
        let mut units: Vec<Unit> = Vec::new();
        for (idx, loose) in exact {
            if let Some(unit) = self.unit(*idx, None, *loose)
                && units.iter().all(|known| known.id != unit.id)
                && (reading == Reading::Reply || !loose)
            {
                units.push(unit);
            }
        }
        if units.is_empty() { self.prefixed(text, &lower, reading) } else { units }
    }

    fn prefixed(&self, text: &str, lower: &str, reading: Reading) -> Vec<Unit> {
        let mut units: Vec<Unit> = Vec::new();
        for (prefix, (symbol, word, ..)) in PREFIXES.iter().enumerate() {
            let base = text.strip_prefix(symbol).filter(|base| !base.is_empty());
            let ids =
                base.filter(|_| reading == Reading::Id).and_then(|base| self.ids.get(base)).map(|idx| (*idx, false));
            let symbols = base.and_then(|base| self.symbols.get(base)).into_iter().flatten();
            let words = lower.strip_prefix(word).and_then(|base| self.words.get(base)).into_iter().flatten();
            for (idx, _) in ids.iter().chain(symbols).chain(words) {
                if let Some(unit) = self.unit(*idx, Some(prefix), PROSE.contains(&text))
                    && units.iter().all(|known| known.id != unit.id)
                    && (reading == Reading::Reply || !unit.loose)
                {
                    units.push(unit);
                }
            }
        }
        units
    }

    /// Returns a unit of the table, with a prefix if it takes one.
    fn unit(&self, idx: usize, prefix: Option<usize>, loose: bool) -> Option<Unit> {
        let row = self.rows.get(idx)?;
        let Some(prefix_idx) = prefix else { return Some(Unit { loose, ..row.unit.clone() }) };
        let (symbol, _, base, power) = PREFIXES.get(prefix_idx)?;
        let fits = match row.prefixes {
            "si" => *base == 10,
            "big" => *base == 10 && *power >= 3,
            "data" => *power >= 3,
            _ => false,
        };
        let factor = &row.unit.factor * BigRational::from_integer(BigInt::from(*base)).pow(*power);
        let symbol = if *symbol == "μ" { "u" } else { symbol };
        let symbol = if *symbol == *"K" { "k" } else { symbol };
        fits.then(|| Unit {
            id: format!("{symbol}{}", row.unit.id),
            factor,
            origin: Some((idx, prefix)),
            loose,
            ..row.unit.clone()
        })
    }
}

impl Row {
    fn read(idx: usize, line: &'static str) -> Option<Self> {
        let fields: Vec<&'static str> = line.split('\t').collect();
        let [id, dimension, factor, offset, prefixes, symbols, words] = *fields.as_slice() else { return None };
        let unit = Unit {
            id: id.to_owned(),
            dimension: read_dimension(dimension)?,
            factor: ratio(factor)?,
            offset: ratio(offset)?,
            origin: Some((idx, None)),
            loose: false,
        };
        let split = |texts: &'static str| {
            texts.split('|').filter(|text| !text.is_empty()).map(|text| match text.strip_prefix('~') {
                Some(text) => (text, true),
                None => (text, false),
            })
        };
        // Texts reach the table normalised, and so do its spellings.
        let symbols = split(symbols).map(|(symbol, loose)| (symbol.nfkc().collect(), loose)).collect();
        let mut forms: Vec<(String, bool)> = Vec::new();
        for (word, loose) in split(words) {
            for form in [word.to_owned(), plural(word)] {
                if !forms.iter().any(|(known, _)| *known == form) {
                    forms.push((form, loose));
                }
            }
        }
        Some(Self { unit, prefixes, symbols, words: forms })
    }
}

fn read_dimension(text: &'static str) -> Option<Dimension> {
    let mut dimension: Dimension = Vec::new();
    for part in text.split(' ') {
        let (base, power) = part.split_once('^').unwrap_or((part, "1"));
        dimension.push((base, power.parse().ok()?));
    }
    dimension.sort_unstable();
    Some(dimension)
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
    const MAX_PLACES: u32 = 40;
    let places = decimal_places(value).filter(|places| *places <= MAX_PLACES);
    let Some(places) = places else { return format!("{}/{}", value.numer(), value.denom()) };
    let digits = value.numer() * BigInt::from(10).pow(places) / value.denom();
    if places == 0 { digits.to_string() } else { decimal_text(&digits, places as usize) }
}

/// Returns how many decimals a number has, or nothing if they do not end.
pub(crate) fn decimal_places(value: &BigRational) -> Option<u32> {
    let (twos, rest) = divide_out(value.denom(), 2);
    let (fives, rest) = divide_out(&rest, 5);
    rest.is_one().then_some(twos.max(fives))
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

/// Words that are their own plural keep the form too; nothing else in the table ends in these letters.
fn plural(word: &str) -> String {
    if word.ends_with(['s', 'z', 'x']) || matches!(word, "feet" | "pence" | "yen" | "yuan" | "paise" | "inches") {
        word.to_owned()
    } else {
        format!("{word}s")
    }
}

#[cfg(test)]
mod tests;
