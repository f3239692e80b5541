//! A param's value against its definition, wherever the value comes from.

use std::ops::Range;

use serde_json::Value;
use toml::de::{DeInteger, DeValue};

use super::field::type_of;
use super::rule;
use super::suggest::{closest, did_you_mean, list, quote};
use crate::operator::{ParamDef, ParamKind};

/// Why a value does not fit its param.
pub(super) struct Misfit {
    pub(super) code: &'static str,
    /// Reads well after the param's name.
    pub(super) message: String,
    pub(super) label: String,
    pub(super) help: Option<String>,
    /// The part at fault, where it is not the whole value.
    pub(super) span: Option<Range<usize>>,
}

/// Gives the value in its one canonical form, so that `1` and `1.0` are the same float.
pub(super) fn check_value(def: &ParamDef, value: &DeValue<'_>) -> Result<Value, Misfit> {
    match (def.kind, value) {
        (ParamKind::Int { min, max }, DeValue::Integer(number)) => int(number, min, max).map(Value::from),
        (ParamKind::Float { min, max }, DeValue::Integer(number)) => float(number_of(number), min, max),
        (ParamKind::Float { min, max }, DeValue::Float(number)) => float(number.as_str().parse().ok(), min, max),
        (ParamKind::Text | ParamKind::Column, DeValue::String(text)) => Ok(Value::from(text.as_ref())),
        (ParamKind::Choice(choices), DeValue::String(text)) => choice(text, choices).map(Value::from),
        (ParamKind::Bool, DeValue::Boolean(flag)) => Ok(Value::from(*flag)),
        (ParamKind::TextList | ParamKind::Columns, DeValue::Array(items)) => {
            let items = items.iter().map(|item| match item.get_ref() {
                DeValue::String(text) => Ok(Value::from(text.as_ref())),
                other => Err(Misfit { span: Some(item.span()), ..wrong_type(def.kind, other) }),
            });
            items.collect::<Result<Vec<_>, _>>().map(Value::from)
        }
        (ParamKind::FloatList, DeValue::Array(items)) => {
            let items = items.iter().map(|item| match item.get_ref() {
                DeValue::Integer(number) => float(number_of(number), f64::MIN, f64::MAX),
                DeValue::Float(number) => float(number.as_str().parse().ok(), f64::MIN, f64::MAX),
                other => Err(Misfit { span: Some(item.span()), ..wrong_type(def.kind, other) }),
            });
            items.collect::<Result<Vec<_>, _>>().map(Value::from)
        }
        (kind, other) => Err(wrong_type(kind, other)),
    }
}

/// Says what a param takes.
pub(super) fn expected(kind: ParamKind) -> String {
    match kind {
        ParamKind::Int { min, max } => format!("a whole number{}", range(min, max, i64::MIN, i64::MAX)),
        ParamKind::Float { min, max } => format!("a number{}", range(min, max, f64::MIN, f64::MAX)),
        ParamKind::Text => "a string".to_owned(),
        ParamKind::Choice(choices) => format!("one of {}", list(choices.iter().copied())),
        ParamKind::Bool => "`true` or `false`".to_owned(),
        ParamKind::TextList => "a list of strings".to_owned(),
        ParamKind::FloatList => "a list of numbers".to_owned(),
        ParamKind::Column => "the name of a column".to_owned(),
        ParamKind::Columns => "a list of columns".to_owned(),
    }
}

fn range<T: PartialOrd + std::fmt::Display>(min: T, max: T, lowest: T, highest: T) -> String {
    match (min > lowest, max < highest) {
        (true, true) => format!(" from {min} to {max}"),
        (true, false) => format!(" of at least {min}"),
        (false, true) => format!(" of at most {max}"),
        (false, false) => String::new(),
    }
}

fn wrong_type(kind: ParamKind, found: &DeValue<'_>) -> Misfit {
    let (found, expected) = (type_of(found), expected(kind));
    Misfit {
        code: rule::PARAM_TYPE,
        message: format!("takes {expected}, not {found}"),
        label: format!("found {found}"),
        help: None,
        span: None,
    }
}

fn out_of_range(kind: ParamKind) -> Misfit {
    Misfit {
        code: rule::PARAM_RANGE,
        message: "is out of range".to_owned(),
        label: format!("expected {}", expected(kind)),
        help: None,
        span: None,
    }
}

fn int(number: &DeInteger<'_>, min: i64, max: i64) -> Result<i64, Misfit> {
    let parsed = i64::from_str_radix(number.as_str(), number.radix()).ok();
    parsed.filter(|value| (min..=max).contains(value)).ok_or_else(|| out_of_range(ParamKind::Int { min, max }))
}

fn number_of(number: &DeInteger<'_>) -> Option<f64> {
    let parsed = i64::from_str_radix(number.as_str(), number.radix()).ok()?;
    Some(parsed as f64)
}

fn float(number: Option<f64>, min: f64, max: f64) -> Result<Value, Misfit> {
    // JSON has no infinity and no NaN, and NaN is in no range.
    let number = number.filter(|value| value.is_finite() && (min..=max).contains(value));
    number.map(Value::from).ok_or_else(|| out_of_range(ParamKind::Float { min, max }))
}

fn choice<'a>(text: &'a str, choices: &'static [&'static str]) -> Result<&'a str, Misfit> {
    if choices.contains(&text) {
        return Ok(text);
    }
    Err(Misfit {
        code: rule::PARAM_CHOICE,
        message: format!("knows no choice {}", quote(text)),
        label: did_you_mean(closest(text, choices.iter().copied()), "not one of its choices"),
        help: Some(format!("choices: {}", list(choices.iter().copied()))),
        span: None,
    })
}
