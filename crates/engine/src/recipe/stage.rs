//! One `[[stage]]` table: its keys, its name, its operator and its params.

use std::collections::BTreeMap;
use std::ops::Range;

use quarry_schema::Level;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::field::{Field, UnknownKey, fields, type_of};
use super::params::{check_value, expected};
use super::spec::StageSpans;
use super::suggest::{closest, did_you_mean, list, quote, snake_case, surely_meant};
use super::{Problem, Problems, StageRef, rule};
use crate::operator::{ColumnDef, OperatorDef, ParamDef, Params, Takes};

const KEYS: [&str; 5] = ["name", "op", "from", "where", "params"];

/// How `from` spells the input of the run; so no stage may have this name.
pub(super) const SOURCE: &str = "source";

/// What the checks need of an operator, whatever it is built from.
#[derive(Clone, Copy)]
pub(super) struct OpFacts {
    pub(super) name: &'static str,
    pub(super) takes: Takes,
    pub(super) emits: bool,
    pub(super) reads: &'static [&'static str],
    pub(super) adds: &'static [ColumnDef],
    pub(super) params: &'static [ParamDef],
}

impl OpFacts {
    pub(super) fn of<R>(def: &OperatorDef<R>) -> OpFacts {
        OpFacts {
            name: def.name,
            takes: def.takes,
            emits: def.emits,
            reads: def.reads,
            adds: def.adds,
            params: def.params,
        }
    }
}

/// A stage while it is checked. Where a part is wrong, it holds the best guess, so that the checks can go on.
pub(super) struct Draft<'t> {
    /// The name, or the stage's number where it has none, as messages call it.
    pub(super) title: String,
    pub(super) name: Option<String>,
    pub(super) op: Option<OpFacts>,
    pub(super) from: Vec<StageRef>,
    /// Whether `from` holds all that the stage is meant to read.
    pub(super) from_is_known: bool,
    pub(super) from_field: Option<Field<'t>>,
    pub(super) predicate: Option<String>,
    pub(super) params: Params,
    pub(super) params_key: Option<Range<usize>>,
    pub(super) level: Level,
    pub(super) spans: StageSpans,
}

/// Reads one stage. What it reads from is settled later, when all names are known.
pub(super) fn read_stage<'t>(
    stage_idx: usize,
    item: &'t Spanned<DeValue<'t>>,
    table: &'t DeTable<'t>,
    ops: &[OpFacts],
    problems: &mut Problems,
) -> Draft<'t> {
    let given_name = table.get("name").and_then(|name| name.get_ref().as_str());
    let title = given_name.map_or_else(|| format!("stage {}", stage_idx + 1), |name| format!("stage {}", quote(name)));
    let unknown = UnknownKey {
        code: rule::STAGE_KEY,
        noun: "key",
        place: format!("in {title}"),
        help: format!("a stage holds {}; settings of its operator go into `params`", list(KEYS)),
    };
    let fields = fields(table, &KEYS, &unknown, problems);
    let name_field = fields.get("name");
    let stage_span = name_field.map_or_else(|| item.span(), |field| field.value.span());
    let op_span = fields.get("op").map_or_else(|| stage_span.clone(), |field| field.value.span());
    let mut draft = Draft {
        title,
        name: read_name(name_field, &item.span(), stage_idx, problems),
        op: None,
        from: Vec::new(),
        from_is_known: true,
        from_field: fields.get("from").cloned(),
        predicate: None,
        params: Params::default(),
        params_key: fields.get("params").map(|field| field.key.clone()),
        level: Level::Document,
        spans: StageSpans {
            stage: stage_span,
            op: op_span,
            from: fields.get("from").map(|field| field.value.span()),
            predicate: fields.get("where").map(|field| field.value.span()),
            params: BTreeMap::new(),
        },
    };
    draft.op = read_op(fields.get("op"), &draft, ops, problems);
    draft.predicate = fields.get("where").and_then(|field| read_predicate(field, &draft.title, problems));
    read_params(fields.get("params"), &mut draft, problems);
    draft
}

fn read_name(
    field: Option<&Field<'_>>,
    header: &Range<usize>,
    stage_idx: usize,
    problems: &mut Problems,
) -> Option<String> {
    let Some(field) = field else {
        problems.push(Problem {
            code: rule::STAGE_NAME_MISSING,
            message: format!("stage {} has no name", stage_idx + 1),
            span: header.clone(),
            label: "`name` is missing".to_owned(),
            help: Some("files, counts and reports name the stage: `name = \"long_enough\"`".to_owned()),
        });
        return None;
    };
    let Some(name) = field.value.get_ref().as_str() else {
        let found = type_of(field.value.get_ref());
        problems.push(Problem {
            code: rule::STAGE_NAME_FORM,
            message: format!("the name of stage {} is {found}, not a string", stage_idx + 1),
            span: field.value.span(),
            label: "expected a string".to_owned(),
            help: None,
        });
        return None;
    };
    check_name_form(name, field.value.span(), problems);
    Some(name.to_owned())
}

fn check_name_form(name: &str, span: Range<usize>, problems: &mut Problems) {
    let spelled = snake_case(name);
    if name == SOURCE {
        problems.push(Problem {
            code: rule::STAGE_NAME_FORM,
            message: "a stage cannot be named `source`".to_owned(),
            span,
            label: "in `from`, `source` is the input of the run".to_owned(),
            help: None,
        });
    } else if name != spelled || name.is_empty() {
        let suggestion = Some(spelled.as_str()).filter(|spelled| !spelled.is_empty());
        problems.push(Problem {
            code: rule::STAGE_NAME_FORM,
            message: format!("stage name {} is not `snake_case`", quote(name)),
            span,
            label: did_you_mean(suggestion, "expected a name such as `long_enough`"),
            help: Some("a name has small letters a to z, digits and single underscores".to_owned()),
        });
    }
}

fn read_op(field: Option<&Field<'_>>, draft: &Draft<'_>, ops: &[OpFacts], problems: &mut Problems) -> Option<OpFacts> {
    let lists = || Some("`quarry operators` lists them".to_owned());
    let Some(field) = field else {
        problems.push(Problem {
            code: rule::OP_MISSING,
            message: format!("{} has no operator", draft.title),
            span: draft.spans.stage.clone(),
            label: "`op` is missing".to_owned(),
            help: lists(),
        });
        return None;
    };
    let Some(name) = field.value.get_ref().as_str() else {
        problems.push(Problem {
            code: rule::OP_TYPE,
            message: format!("`op` of {} is {}, not a string", draft.title, type_of(field.value.get_ref())),
            span: field.value.span(),
            label: "expected an operator's name".to_owned(),
            help: lists(),
        });
        return None;
    };
    if let Some(op) = ops.iter().find(|op| op.name == name) {
        return Some(*op);
    }
    let suggestion = closest(name, ops.iter().map(|op| op.name));
    problems.push(Problem {
        code: rule::OP_UNKNOWN,
        message: format!("unknown operator {} in {}", quote(name), draft.title),
        span: field.value.span(),
        label: did_you_mean(suggestion, "no such operator"),
        help: lists(),
    });
    let meant = surely_meant(name, suggestion);
    ops.iter().find(|op| Some(op.name) == meant).copied()
}

fn read_predicate(field: &Field<'_>, title: &str, problems: &mut Problems) -> Option<String> {
    let found = match field.value.get_ref() {
        DeValue::String(text) if !text.trim().is_empty() => return Some(text.to_string()),
        DeValue::String(_) => "blank",
        other => type_of(other),
    };
    problems.push(Problem {
        code: rule::WHERE_TYPE,
        message: format!("`where` of {title} is {found}"),
        span: field.value.span(),
        label: "expected an SQL predicate in a string".to_owned(),
        help: Some("for example `where = \"domain <> 'Other'\"`".to_owned()),
    });
    None
}

fn read_params(field: Option<&Field<'_>>, draft: &mut Draft<'_>, problems: &mut Problems) {
    let params = draft.op.map_or(&[] as &[ParamDef], |op| op.params);
    draft.params = Params::defaults(params);
    let Some(field) = field else { return };
    let Some(table) = field.value.get_ref().as_table() else {
        problems.push(Problem {
            code: rule::PARAMS_TYPE,
            message: format!("`params` of {} is {}, not a table", draft.title, type_of(field.value.get_ref())),
            span: field.value.span(),
            label: "expected a table".to_owned(),
            help: Some("for example `params = { min_tokens = 50 }`".to_owned()),
        });
        return;
    };
    let Some(op) = draft.op else { return };
    let unknown = UnknownKey {
        code: rule::PARAM_UNKNOWN,
        noun: "param",
        place: format!("of `{}` in {}", op.name, draft.title),
        help: lists_params(&op),
    };
    let names: Vec<&str> = params.iter().map(|def| def.name).collect();
    let given = fields(table, &names, &unknown, problems);
    for def in params {
        let Some(field) = given.get(def.name) else { continue };
        draft.spans.params.insert(def.name.to_owned(), field.value.span());
        match check_value(def, field.value.get_ref()) {
            Ok(value) => draft.params.set(def.name, value),
            Err(misfit) => problems.push(Problem {
                code: misfit.code,
                message: format!("param `{}` of {} {}", def.name, draft.title, misfit.message),
                span: misfit.span.unwrap_or_else(|| field.value.span()),
                label: misfit.label,
                help: misfit.help,
            }),
        }
    }
}

/// Reports params that neither the recipe nor `--set` gives and that have no default.
pub(super) fn check_missing_params(draft: &Draft<'_>, problems: &mut Problems) {
    let Some(op) = draft.op else { return };
    let absent = |def: &&ParamDef| def.default.is_none() && !draft.spans.params.contains_key(def.name);
    for def in op.params.iter().filter(absent) {
        problems.push(Problem {
            code: rule::PARAM_MISSING,
            message: format!("{} lacks param `{}`, which has no default", draft.title, def.name),
            span: draft.params_key.clone().unwrap_or_else(|| draft.spans.op.clone()),
            label: format!("`{}` takes `{}`: {}", op.name, def.name, expected(def.kind)),
            help: Some(lists_params(&op)),
        });
    }
}

/// Tells where the params of an operator are described.
pub(super) fn lists_params(op: &OpFacts) -> String {
    format!("`quarry operators {}` lists its params", op.name)
}
