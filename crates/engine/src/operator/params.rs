//! Params: an operator's settings in a recipe, declared once and checked by the engine.

use std::collections::BTreeMap;

use super::BuildError;

/// One setting of an operator.
#[derive(Clone, Copy, Debug)]
pub struct ParamDef {
    /// `snake_case`, units at the end.
    pub name: &'static str,
    /// Type and range.
    pub kind: ParamKind,
    /// The value when the recipe gives none; without one the recipe must give it.
    pub default: Option<ParamValue>,
    /// What it does, in one sentence, with the source of a published default.
    pub doc: &'static str,
}

/// The type and range of a param.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ParamKind {
    /// A whole number in an inclusive range.
    Int {
        /// Smallest allowed value.
        min: i64,
        /// Largest allowed value.
        max: i64,
    },
    /// A number in an inclusive range.
    Float {
        /// Smallest allowed value.
        min: f64,
        /// Largest allowed value.
        max: f64,
    },
    /// Any string.
    Text,
    /// One string out of a closed list.
    Choice(&'static [&'static str]),
    /// True or false.
    Bool,
    /// A list of strings.
    TextList,
    /// A list of numbers.
    FloatList,
    /// The name of a column that the stage reads; the empty string is none.
    Column,
    /// Names of columns that the stage reads.
    Columns,
}

/// A default, as it can stand in a `const`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ParamValue {
    /// A whole number.
    Int(i64),
    /// A number.
    Float(f64),
    /// A string, also for choices.
    Text(&'static str),
    /// True or false.
    Bool(bool),
    /// A list of strings.
    TextList(&'static [&'static str]),
    /// A list of numbers.
    FloatList(&'static [f64]),
}

/// The checked params of one stage, defaults filled in.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Params {
    values: BTreeMap<String, serde_json::Value>,
}

impl Params {
    /// All defaults of the list. Params without a default are absent.
    pub fn defaults(defs: &[ParamDef]) -> Params {
        let mut params = Params::default();
        for def in defs {
            if let Some(default) = def.default {
                params.set(def.name, default.to_json());
            }
        }
        params
    }

    /// Sets a value that has been checked against its definition.
    pub fn set(&mut self, name: &str, value: serde_json::Value) {
        self.values.insert(name.to_owned(), value);
    }

    /// The columns that are named by the params of a list.
    pub fn columns(&self, defs: &[ParamDef]) -> Vec<String> {
        let named = |def: &ParamDef| match def.kind {
            ParamKind::Column => self.text(def.name).map(|name| vec![name.to_owned()]).unwrap_or_default(),
            ParamKind::Columns => self.list(def.name).unwrap_or_default(),
            _ => Vec::new(),
        };
        defs.iter().flat_map(named).filter(|name| !name.is_empty()).collect()
    }

    /// The canonical form that goes into the recipe hash.
    pub fn canonical(&self) -> String {
        serde_json::Value::Object(self.values.clone().into_iter().collect()).to_string()
    }

    /// A whole number.
    ///
    /// # Errors
    /// The param is not declared as one.
    pub fn int(&self, name: &'static str) -> Result<i64, BuildError> {
        self.get(name, serde_json::Value::as_i64)
    }

    /// A whole number that cannot be negative.
    ///
    /// # Errors
    /// The param is not declared as one.
    pub fn count(&self, name: &'static str) -> Result<usize, BuildError> {
        self.get(name, |value| value.as_u64().and_then(|number| usize::try_from(number).ok()))
    }

    /// A number.
    ///
    /// # Errors
    /// The param is not declared as one.
    pub fn float(&self, name: &'static str) -> Result<f64, BuildError> {
        self.get(name, serde_json::Value::as_f64)
    }

    /// A string or choice.
    ///
    /// # Errors
    /// The param is not declared as one.
    pub fn text(&self, name: &'static str) -> Result<&str, BuildError> {
        self.get(name, serde_json::Value::as_str)
    }

    /// True or false.
    ///
    /// # Errors
    /// The param is not declared as one.
    pub fn flag(&self, name: &'static str) -> Result<bool, BuildError> {
        self.get(name, serde_json::Value::as_bool)
    }

    /// A list of strings.
    ///
    /// # Errors
    /// The param is not declared as one.
    pub fn list(&self, name: &'static str) -> Result<Vec<String>, BuildError> {
        self.get(name, |value| value.as_array()?.iter().map(|item| item.as_str().map(str::to_owned)).collect())
    }

    /// A list of numbers.
    ///
    /// # Errors
    /// The param is not declared as one.
    pub fn floats(&self, name: &'static str) -> Result<Vec<f64>, BuildError> {
        self.get(name, |value| value.as_array()?.iter().map(serde_json::Value::as_f64).collect())
    }

    fn get<'a, T>(
        &'a self,
        name: &'static str,
        read: impl Fn(&'a serde_json::Value) -> Option<T>,
    ) -> Result<T, BuildError> {
        self.values
            .get(name)
            .and_then(read)
            .ok_or_else(|| BuildError::param(name, format!("param `{name}` is missing or of another type")))
    }
}

impl ParamValue {
    /// The value as JSON.
    pub fn to_json(self) -> serde_json::Value {
        match self {
            ParamValue::Int(value) => value.into(),
            ParamValue::Float(value) => value.into(),
            ParamValue::Text(value) => value.into(),
            ParamValue::Bool(value) => value.into(),
            ParamValue::TextList(values) => values.to_vec().into(),
            ParamValue::FloatList(values) => values.to_vec().into(),
        }
    }
}
