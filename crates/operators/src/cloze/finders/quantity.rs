//! Numbers with a unit, money and percentages.

use std::sync::LazyLock;

use regex::Regex;

use super::number::is_free;
use super::{Scene, is_bound, is_rough};
use crate::cloze::fact::{Fact, Form, Kind};
use crate::cloze::statement::has_year;
use crate::text::pattern;

const NUMBER: &str = r"(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)";

static MEASURE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?x){NUMBER}(?P<gap>[\x20\u{{a0}}]?)(?P<unit>
          (?:square|sq|cubic) \s (?:kilometres?|kilometers?|metres?|meters?|miles?|feet|km|mi|ft|m|centimetres?|centimeters?)
        | (?:kilometres?|kilometers?|metres?|meters?|centimetres?|centimeters?|millimetres?|millimeters?|micrometres?|micrometers?|nanometres?|nanometers?|miles?|feet|foot|inches|inch|yards?|light-years?|parsecs?|hectares?|acres?)
        | (?:kilograms?|grams?|milligrams?|tonnes?|tons?|pounds?|ounces?|litres?|liters?|millilitres?|milliliters?|gallons?)
        | (?:seconds?|minutes?|hours?|days?|weeks?|months?|years?|milliseconds?|microseconds?|nanoseconds?)
        | (?:degrees \s (?:Celsius|Fahrenheit)|kelvins?|joules?|watts?|kilowatts?|megawatts?|gigawatts?|volts?|hertz|kilohertz|megahertz|gigahertz|newtons?|pascals?|electronvolts?|moles?|amperes?|ohms?|decibels?|calories)
        | (?:bits?|bytes?|kilobytes?|megabytes?|gigabytes?|terabytes?|characters)
        | (?:km/h|km/s|m/s2|m/s|mph|g/cm3|kg/m3|km2|km²|km³|m2|m²|m³|cm3|cm³|°C|°F|K|km|cm|mm|nm|μm|µm|kg|mg|g|lb|ft|mi|ha|kW|MW|GW|W|kV|V|MHz|GHz|kHz|Hz|kJ|MJ|J|eV|MeV|GeV|kPa|MPa|Pa|kB|MB|GB|TB)
        )(?P<aside>\s\([^()]*\d[^()]*\))?",
    ))
});
static SCALED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(r"(?P<sign>[$€£¥]?){NUMBER} (?P<scale>thousand|million|billion|trillion)\b(?: (?P<next>[a-z]+))?"))
});
static PERCENT: LazyLock<Regex> = LazyLock::new(|| pattern(&format!(r"{NUMBER}(?:%| %| percent\b| per cent\b)")));

/// Finds numbers with a unit, money and percentages.
pub(super) fn find(scene: Scene<'_>) -> Vec<Fact> {
    let text = scene.statement.text.as_str();
    let mut facts: Vec<Fact> = PERCENT.captures_iter(text).filter_map(|found| percentage(text, &found)).collect();
    facts.extend(MEASURE.captures_iter(text).filter_map(|found| measure(text, &found)));
    facts.extend(SCALED.captures_iter(text).filter_map(|found| scaled(text, &found)));
    let opening = |fact: &Fact| text[..fact.mask.start].trim_end_matches(['$', '€', '£', '¥']).len();
    facts.retain(|fact| !is_bound(text, opening(fact)));
    facts
}

fn percentage(text: &str, found: &regex::Captures<'_>) -> Option<Fact> {
    let (whole, number) = (found.get(0)?, found.name("number")?);
    let free = is_free(text, number.start(), number.end());
    let fact = Fact::plain(Kind::Percentage, Form::Percentage, text, whole.range());
    free.then(|| Fact { rough: is_rough(text, number.start()), ..fact })
}

/// A conversion in brackets behind the measure would give it away, so the blank covers it too.
fn measure(text: &str, found: &regex::Captures<'_>) -> Option<Fact> {
    let (whole, number, unit) = (found.get(0)?, found.name("number")?, found.name("unit")?);
    let after = text[unit.end()..].chars().next();
    let unit_ends = !after.is_some_and(|ch| ch.is_alphanumeric() || matches!(ch, '-' | '/' | '²' | '³' | '⁻'));
    let word = unit.as_str();
    let spoken = word.len() > 3 && word.chars().all(|ch| ch.is_ascii_lowercase() || ch == ' ');
    let free =
        free_before(text, number.start()) && (found.name("gap").is_some_and(|gap| !gap.as_str().is_empty()) || !spoken);
    let vague = text[unit.end()..].starts_with(" ago")
        || text[unit.end()..].starts_with(" old")
        || text[unit.end()..].starts_with(" or ");
    let answer = text[number.start()..unit.end()].to_owned();
    let form = Form::Quantity { unit: word.to_owned() };
    (unit_ends && free && !vague).then(|| Fact {
        kind: Kind::Quantity,
        form,
        mask: whole.range(),
        answer,
        shown: String::new(),
        rough: is_rough(text, number.start()),
    })
}

/// The scale word stays outside of the blank: `____ million` wants a plain number.
fn scaled(text: &str, found: &regex::Captures<'_>) -> Option<Fact> {
    let number = found.name("number")?;
    let money = found.name("sign").is_some_and(|sign| !sign.is_empty());
    let changing = !has_year(text);
    let kind = if money { Kind::Quantity } else { Kind::Number };
    let noun = found.name("next").map_or("", |next| next.as_str());
    let safe = !changing || ["years", "km", "kilometres", "miles", "tonnes", "light-years"].contains(&noun);
    let before = text[..number.start()].chars().next_back();
    let free = money || free_before(text, number.start());
    let fact = Fact::plain(kind, Form::Number, text, number.range());
    (safe && free && before != Some('-'))
        .then(|| Fact { rough: is_rough(text, found.get(0).map_or(number.start(), |all| all.start())), ..fact })
}

/// Whether nothing ties the number to what stands before it.
fn free_before(text: &str, start: usize) -> bool {
    let tied = |ch: char| ch.is_alphanumeric() || "-–—−/:.°#±+×,".contains(ch);
    let before = text[..start].trim_end();
    let range = [" to", " and", " or", " by", " ×", " x"]
        .iter()
        .any(|word| before.strip_suffix(word).is_some_and(|rest| rest.ends_with(|ch: char| ch.is_ascii_digit())));
    !text[..start].chars().next_back().is_some_and(tied) && !range
}
