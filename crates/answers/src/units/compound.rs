//! Units made of units: "km/h", "kilometres per hour", "kg m s^-2", "J/(kg*K)", "square feet".
//!
//! A blank, a hyphen, a point or a star multiplies; what follows a slash or "per" divides, up to the end: "J/kg K" is
//! J/(kg K). Behind a star that is not settled, and both readings count as meanings.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use num_rational::BigRational;
use num_traits::One;
use regex::Regex;
use serde_json::{Value, json};

use super::{Dimension, Reading, UNITS, Unit};
use crate::pattern::pattern;

/// Longer spellings are no unit.
const MAX_CHARS: usize = 80;
const MAX_POWER: i32 = 9;
const MAX_DEPTH: usize = 3;
/// More units are no product that anybody writes.
const MAX_FACTORS: usize = 8;
/// Ambiguous parts multiply; more meanings are not followed.
const MAX_MEANINGS: usize = 8;
/// The longest name of a unit: "millimetres of mercury" and the like.
const MAX_WORDS: usize = 5;

/// Words before a unit and words behind it that raise it to a power.
const BEFORE: [(&str, i32); 8] =
    [("square", 2), ("squared", 2), ("sq", 2), ("sq.", 2), ("cubic", 3), ("cubed", 3), ("cu", 3), ("cu.", 3)];
const BEHIND: [(&str, i32); 2] = [("squared", 2), ("cubed", 3)];
/// Words that divide.
const DIVIDES: [&str; 4] = ["per", "a", "an", "each"];

/// `\frac{km}{h}`.
static FRAC: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"\\[dt]?frac ?\{(?P<above>[^{}]{1,40})\} ?\{(?P<below>[^{}]{1,40})\}"));
/// One sign of a spelling. A name is all that nothing else is.
static TOKEN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:(?P<power> ?(?:\^|\*\*) ?(?:\( ?(?P<raised1>[+-]?[0-9]{1,2}) ?\)|(?P<raised>[+-]?[0-9]{1,2})))|(?P<gap> |-)|(?P<times> ?\* ?)|(?P<over> ?/ ?)|(?P<open>\( ?)|(?P<close> ?\))|(?P<name>°?[^ 0-9*/()^+,;:=<>\[\]{}|\\!?&%@~`°-]{1,30}|°)(?P<exp>-?[0-9]{1,2})?)",
    )
});

/// Returns every unit that a reply may mean by a spelling: none if unknown, several if it is ambiguous.
pub(crate) fn resolve(text: &str) -> Vec<Unit> {
    read(text, Reading::Reply)
}

/// Returns every unit that a gold may mean by a spelling.
pub(crate) fn resolve_gold(text: &str) -> Vec<Unit> {
    read(text, Reading::Gold)
}

/// Returns the unit of a canonical name, or of a spelling that has but one meaning.
pub(crate) fn with_id(id: &str) -> Option<Unit> {
    let mut units = read(id, Reading::Id);
    if units.len() == 1 { units.pop() } else { None }
}

/// What the Python side shares.
pub(super) fn rules() -> Value {
    json!({
        "max_chars": MAX_CHARS,
        "max_power": MAX_POWER,
        "max_depth": MAX_DEPTH,
        "max_factors": MAX_FACTORS,
        "max_meanings": MAX_MEANINGS,
        "max_words": MAX_WORDS,
        "before": BEFORE,
        "behind": BEHIND,
        "divides": DIVIDES,
        "frac": FRAC.as_str(),
        "token": TOKEN.as_str(),
    })
}

fn read(text: &str, reading: Reading) -> Vec<Unit> {
    let text = text.trim().trim_start_matches('-').trim();
    if text.is_empty() || text.chars().nth(MAX_CHARS).is_some() {
        return Vec::new();
    }
    let mut found = UNITS.lookup(text, reading);
    if found.is_empty() {
        found = text.strip_suffix('.').map_or_else(Vec::new, |text| UNITS.lookup(text, reading));
    }
    if found.is_empty() { read_product(text, reading) } else { found }
}

fn read_product(text: &str, reading: Reading) -> Vec<Unit> {
    let plain = FRAC.replace_all(text, "($above)/($below)").replace(['{', '}'], "");
    // "1/s".
    let plain =
        plain.strip_prefix('1').filter(|rest| rest.trim_start().starts_with('/')).unwrap_or(&plain).trim_start();
    let Some(tokens) = tokens(plain) else { return Vec::new() };
    let is_starred = tokens.iter().skip_while(|token| token.sign != Sign::Over).any(|token| token.sign == Sign::Times);
    let mut units: Vec<Unit> = Vec::new();
    for returns in [false, true] {
        let mut parser = Parser { text: plain, tokens: &tokens, pos: 0, reading, returns };
        let products = parser.product(0).filter(|_| parser.pos == tokens.len()).unwrap_or_default();
        for unit in products.into_iter().filter_map(Product::into_unit) {
            if units.iter().all(|known| known.id != unit.id) {
                units.push(unit);
            }
        }
        if !is_starred {
            break;
        }
    }
    units
}

/// What a stretch of a spelling is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sign {
    Name,
    Power(i32),
    Gap,
    Times,
    Over,
    Open,
    Close,
}

#[derive(Debug, Clone, Copy)]
struct Token {
    sign: Sign,
    start: usize,
    end: usize,
}

fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut start = 0;
    while start < text.len() {
        let found = TOKEN.captures(text.get(start..)?)?;
        let end = start + found.get(0)?.end();
        let power = |name: &str| found.name(name).map(|digits| digits.as_str().parse::<i32>());
        let sign = match (power("raised").or_else(|| power("raised1")), found.name("name")) {
            (Some(raised), _) => Sign::Power(raised.ok()?),
            (None, Some(name)) => {
                tokens.push(Token { sign: Sign::Name, start, end: start + name.end() });
                match power("exp") {
                    Some(exp) => Sign::Power(exp.ok()?),
                    None => {
                        start = end;
                        continue;
                    }
                }
            }
            (None, None) => {
                let signs = [("gap", Sign::Gap), ("times", Sign::Times), ("over", Sign::Over), ("open", Sign::Open)];
                signs.into_iter().find(|(name, _)| found.name(name).is_some()).map_or(Sign::Close, |(_, sign)| sign)
            }
        };
        tokens.push(Token { sign, start, end });
        start = end;
    }
    Some(tokens)
}

/// Units multiplied with each other.
#[derive(Debug, Clone)]
struct Product {
    parts: Vec<(String, i32)>,
    dimension: BTreeMap<&'static str, i32>,
    factor: BigRational,
}

impl Product {
    fn one() -> Self {
        Self { parts: Vec::new(), dimension: BTreeMap::new(), factor: BigRational::one() }
    }

    fn of(unit: &Unit) -> Self {
        Self {
            parts: vec![(unit.id.clone(), 1)],
            dimension: unit.dimension.iter().copied().collect(),
            factor: unit.factor.clone(),
        }
    }

    fn times(&self, other: &Self, power: i32) -> Self {
        let mut product = self.clone();
        for (id, exponent) in &other.parts {
            match product.parts.iter_mut().find(|(known, _)| known == id) {
                Some((_, known)) => *known += exponent * power,
                None => product.parts.push((id.clone(), exponent * power)),
            }
        }
        for (base, exponent) in &other.dimension {
            *product.dimension.entry(base).or_default() += exponent * power;
        }
        product.factor *= other.factor.pow(power);
        product
    }

    fn into_unit(self) -> Option<Unit> {
        let dimension: Dimension = self.dimension.into_iter().filter(|(_, power)| *power != 0).collect();
        let parts = |sign: i32| -> Vec<String> {
            let parts = self.parts.iter().filter(|(_, power)| power.signum() == sign);
            parts
                .map(|(id, power)| if power.abs() == 1 { id.clone() } else { format!("{id}{}", power.abs()) })
                .collect()
        };
        let (above, below) = (parts(1), parts(-1));
        let mut id = if above.is_empty() { "1".to_owned() } else { above.join("*") };
        match below.as_slice() {
            [] => {}
            [one] => id = format!("{id}/{one}"),
            several => id = format!("{id}/({})", several.join("*")),
        }
        let offset = BigRational::from_integer(0.into());
        let unit = Unit { id, dimension, factor: self.factor, offset, origin: None, loose: false };
        (!unit.dimension.is_empty()).then_some(unit)
    }
}

struct Parser<'t> {
    text: &'t str,
    tokens: &'t [Token],
    pos: usize,
    reading: Reading,
    /// Whether a star behind a divisor leads back above the line.
    returns: bool,
}

impl Parser<'_> {
    fn sign(&self, pos: usize) -> Option<Sign> {
        self.tokens.get(pos).map(|token| token.sign)
    }

    fn name(&self, pos: usize) -> Option<String> {
        let token = self.tokens.get(pos).filter(|token| token.sign == Sign::Name)?;
        self.text.get(token.start..token.end).map(str::to_ascii_lowercase)
    }

    /// Reads factors up to a closing bracket or the end: every meaning of their product.
    fn product(&mut self, depth: usize) -> Option<Vec<Product>> {
        let mut totals = vec![Product::one()];
        let (mut below, mut num_factors, mut wants) = (false, 0_usize, false);
        while let Some(sign) = self.sign(self.pos) {
            let divides = num_factors > 0 || sign == Sign::Over || self.name(self.pos).as_deref() == Some("per");
            match sign {
                Sign::Close => break,
                Sign::Gap => self.pos += 1,
                Sign::Over | Sign::Name if divides && (sign == Sign::Over || self.divides()) => {
                    if wants {
                        return None;
                    }
                    (below, wants) = (true, true);
                    self.pos += 1;
                }
                Sign::Times => {
                    if wants || num_factors == 0 {
                        return None;
                    }
                    below &= !self.returns;
                    wants = true;
                    self.pos += 1;
                }
                _ => {
                    let (factors, power) = self.factor(depth)?;
                    let power = if below { -power } else { power };
                    totals = totals.iter().flat_map(|total| factors.iter().map(|it| total.times(it, power))).collect();
                    totals.truncate(MAX_MEANINGS);
                    num_factors += 1;
                    wants = false;
                }
            }
            if num_factors > MAX_FACTORS {
                return None;
            }
        }
        (num_factors > 0 && !wants).then_some(totals)
    }

    /// Returns whether the name at hand is a word such as "per", with something behind it.
    fn divides(&self) -> bool {
        let name = self.name(self.pos).unwrap_or_default();
        DIVIDES.contains(&name.as_str()) && self.sign(self.pos + 1) == Some(Sign::Gap)
    }

    /// Reads one unit with its power.
    fn factor(&mut self, depth: usize) -> Option<(Vec<Product>, i32)> {
        let mut power = 1;
        let word = |name: Option<String>, table: &[(&str, i32)]| {
            name.and_then(|name| table.iter().find(|(word, _)| *word == name).map(|(_, power)| *power))
        };
        if let Some(before) = word(self.name(self.pos), &BEFORE) {
            power = before;
            self.pos += 1;
            if self.sign(self.pos) == Some(Sign::Gap) {
                self.pos += 1;
            }
        }
        let factors = if self.sign(self.pos) == Some(Sign::Open) {
            if depth == MAX_DEPTH {
                return None;
            }
            self.pos += 1;
            let inner = self.product(depth + 1)?;
            if self.sign(self.pos) != Some(Sign::Close) {
                return None;
            }
            self.pos += 1;
            inner
        } else if let Some(products) = self.metre_per_second() {
            return Some((products, power));
        } else {
            self.unit()?
        };
        if let Some(Sign::Power(raised)) = self.sign(self.pos) {
            power *= raised;
            self.pos += 1;
        }
        if self.sign(self.pos) == Some(Sign::Gap)
            && let Some(behind) = word(self.name(self.pos + 1), &BEHIND)
        {
            power *= behind;
            self.pos += 2;
        }
        (power != 0 && power.abs() <= MAX_POWER).then_some((factors, power))
    }

    /// "ms^-1" is a metre per second as well, in replies.
    fn metre_per_second(&mut self) -> Option<Vec<Product>> {
        let Some(Sign::Power(power)) = self.sign(self.pos + 1).filter(|_| self.reading == Reading::Reply) else {
            return None;
        };
        let is_meant = (-MAX_POWER..0).contains(&power) && self.name(self.pos).as_deref() == Some("ms");
        let product = |name: &str| UNITS.lookup(name, Reading::Gold).first().map(Product::of);
        let (metre, second) = (product("m").filter(|_| is_meant)?, product("s")?);
        let both = vec![metre.times(&second, power), Product::one().times(&product("ms")?, power)];
        self.pos += 2;
        Some(both)
    }

    /// Reads the longest name that is a unit.
    fn unit(&mut self) -> Option<Vec<Product>> {
        let start = self.tokens.get(self.pos).filter(|token| token.sign == Sign::Name)?.start;
        let mut ends: Vec<(usize, usize)> = Vec::new();
        let mut pos = self.pos;
        while let Some(token) = self.tokens.get(pos).filter(|token| token.sign == Sign::Name) {
            ends.push((pos + 1, token.end));
            if self.sign(pos + 1) != Some(Sign::Gap) || ends.len() == MAX_WORDS {
                break;
            }
            pos += 2;
        }
        for (next, end) in ends.into_iter().rev() {
            let text = self.text.get(start..end)?;
            let bare = text.strip_suffix('.').unwrap_or(text);
            let units = [text, bare].into_iter().map(|text| UNITS.lookup(text, self.reading)).find(|it| !it.is_empty());
            if let Some(units) = units.or_else(|| self.pointed(text)) {
                self.pos = next;
                return Some(units.iter().map(Product::of).collect());
            }
        }
        None
    }

    /// "N.m": a point between two units multiplies them.
    fn pointed(&self, text: &str) -> Option<Vec<Unit>> {
        let (left, right) = text.split_once('.')?;
        let only = |text: &str| {
            let mut units = UNITS.lookup(text, self.reading);
            if units.len() == 1 { units.pop() } else { None }
        };
        let product = Product::of(&only(left)?).times(&Product::of(&only(right)?), 1);
        product.into_unit().map(|unit| vec![unit])
    }
}
