//! Params given on the command line: `--set stage.param=value`, checked like those of the file.

use std::str::FromStr;

use toml::de::DeValue;

use super::params::{Misfit, check_value};
use super::stage::{Draft, lists_params};
use super::suggest::{closest, did_you_mean, list, quote};
use super::{Problem, Problems, rule};
use crate::operator::{ParamDef, ParamKind};

/// One `--set stage.param=value`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Override {
    /// The stage's name.
    pub stage: String,
    /// The param's name.
    pub param: String,
    /// The value as typed: TOML, or else a bare string.
    pub value: String,
}

/// A `--set` that is not of its form.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected `stage.param=value`, as in `long_enough.min_tokens=80`")]
pub struct ParseOverrideError;

impl FromStr for Override {
    type Err = ParseOverrideError;

    fn from_str(text: &str) -> Result<Override, ParseOverrideError> {
        let (path, value) = text.split_once('=').ok_or(ParseOverrideError)?;
        let (stage, param) = path.split_once('.').ok_or(ParseOverrideError)?;
        let (stage, param) = (stage.trim(), param.trim());
        if stage.is_empty() || param.is_empty() {
            return Err(ParseOverrideError);
        }
        Ok(Override { stage: stage.to_owned(), param: param.to_owned(), value: value.trim().to_owned() })
    }
}

impl std::fmt::Display for Override {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "--set {}.{}={}", self.stage, self.param, self.value)
    }
}

/// Sets the params; of two values for one param the last counts.
pub(super) fn apply(overrides: &[Override], drafts: &mut [Draft<'_>], problems: &mut Problems) {
    for item in overrides {
        let names: Vec<&str> = drafts.iter().filter_map(|draft| draft.name.as_deref()).collect();
        let suggestion = closest(&item.stage, names.iter().copied());
        let help = if names.is_empty() { None } else { Some(format!("stages: {}", list(names))) };
        let label = did_you_mean(suggestion, "");
        match drafts.iter_mut().find(|draft| draft.name.as_deref() == Some(&item.stage)) {
            Some(draft) => apply_to(item, draft, problems),
            None => problems.push(Problem {
                code: rule::SET_STAGE,
                message: format!("no stage {} for {}", quote(&item.stage), quote(&item.to_string())),
                span: Problem::NOWHERE,
                label,
                help,
            }),
        }
    }
}

fn apply_to(item: &Override, draft: &mut Draft<'_>, problems: &mut Problems) {
    // An unknown operator is reported already, and its params are unknown with it.
    let Some(op) = draft.op else { return };
    let Some(def) = op.params.iter().find(|def| def.name == item.param) else {
        let suggestion = closest(&item.param, op.params.iter().map(|def| def.name));
        problems.push(Problem {
            code: rule::SET_PARAM,
            message: format!("`{}` has no param {} for {}", op.name, quote(&item.param), quote(&item.to_string())),
            span: Problem::NOWHERE,
            label: did_you_mean(suggestion, ""),
            help: Some(lists_params(&op)),
        });
        return;
    };
    // Later problems with this value must not point at the one in the file.
    draft.spans.params.insert(item.param.clone(), draft.spans.op.clone());
    match checked(def, &item.value) {
        Ok(value) => draft.params.set(def.name, value),
        Err(misfit) => problems.push(Problem {
            code: rule::SET_VALUE,
            message: format!("{}: param `{}` {}", quote(&item.to_string()), def.name, misfit.message),
            span: Problem::NOWHERE,
            // Without an excerpt, the label of a wrong type would only repeat the message.
            label: if misfit.code == rule::PARAM_TYPE { String::new() } else { misfit.label },
            help: misfit.help,
        }),
    }
}

fn checked(def: &ParamDef, text: &str) -> Result<serde_json::Value, Misfit> {
    let bare = DeValue::String(text.into());
    let takes_string = matches!(def.kind, ParamKind::Text | ParamKind::Column | ParamKind::Choice(_));
    match DeValue::parse(text) {
        // A shell has eaten the quotes of a string that looks like a number.
        Ok(value) if takes_string && !value.get_ref().is_str() => check_value(def, &bare),
        Ok(value) => check_value(def, value.get_ref()),
        Err(_) => check_value(def, &bare),
    }
}
