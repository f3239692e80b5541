//! What each stage reads: names in `from` become indices of earlier stages, so the stages form a DAG.

use std::collections::BTreeMap;
use std::ops::Range;

use toml::Spanned;
use toml::de::DeValue;

use super::field::type_of;
use super::stage::{Draft, SOURCE};
use super::suggest::{closest, did_you_mean, quote, surely_meant};
use super::{Problem, Problems, StageRef, rule};

/// Settles names and `from` of all stages.
pub(super) fn resolve(drafts: &mut [Draft<'_>], problems: &mut Problems) {
    let names = index_names(drafts, problems);
    for (stage_idx, draft) in drafts.iter_mut().enumerate() {
        match draft.from_field.clone() {
            Some(field) => read_from(stage_idx, field.value, &names, draft, problems),
            None => draft.from = vec![stage_idx.checked_sub(1).map_or(StageRef::Source, StageRef::Stage)],
        }
    }
}

fn index_names(drafts: &[Draft<'_>], problems: &mut Problems) -> BTreeMap<String, usize> {
    let mut names: BTreeMap<String, usize> = BTreeMap::new();
    for (stage_idx, draft) in drafts.iter().enumerate() {
        let Some(name) = &draft.name else { continue };
        let first = names.get(name).and_then(|first| drafts.get(*first));
        if let Some(first) = first {
            let problem = Problem {
                code: rule::STAGE_NAME_TWICE,
                message: format!("two stages are named {}", quote(name)),
                span: draft.spans.stage.clone(),
                label: "named again here".to_owned(),
                help: Some("files and counts go by the name, so each stage needs its own".to_owned()),
            };
            problems.push_related(problem, first.spans.stage.clone(), "first named here");
        } else {
            names.insert(name.clone(), stage_idx);
        }
    }
    names
}

fn read_from(
    stage_idx: usize,
    value: &Spanned<DeValue<'_>>,
    names: &BTreeMap<String, usize>,
    draft: &mut Draft<'_>,
    problems: &mut Problems,
) {
    let mut seen: BTreeMap<StageRef, Range<usize>> = BTreeMap::new();
    for item in entries(value, draft, problems) {
        let Some(name) = item.get_ref().as_str() else {
            problems.push(wrong_type(item, &draft.title));
            draft.from_is_known = false;
            continue;
        };
        let Some(found) = find(stage_idx, name, item.span(), names, &draft.title, problems) else {
            draft.from_is_known = false;
            continue;
        };
        if let Some(first) = seen.get(&found) {
            let problem = Problem {
                code: rule::FROM_TWICE,
                message: format!("{} reads {} twice", draft.title, quote(name)),
                span: item.span(),
                label: "named again here".to_owned(),
                help: None,
            };
            problems.push_related(problem, first.clone(), "first named here");
        } else {
            seen.insert(found, item.span());
            draft.from.push(found);
        }
    }
}

/// One entry for a string, many for a list; reports anything else.
fn entries<'a, 't>(
    value: &'a Spanned<DeValue<'t>>,
    draft: &mut Draft<'_>,
    problems: &mut Problems,
) -> Vec<&'a Spanned<DeValue<'t>>> {
    match value.get_ref() {
        DeValue::Array(items) if !items.is_empty() => items.iter().collect(),
        DeValue::Array(_) => {
            problems.push(Problem {
                code: rule::FROM_TYPE,
                message: format!("`from` of {} is an empty list", draft.title),
                span: value.span(),
                label: "names nothing to read".to_owned(),
                help: Some("leave `from` out to read the stage before, or name `source` for the input".to_owned()),
            });
            draft.from_is_known = false;
            Vec::new()
        }
        _ => vec![value],
    }
}

fn wrong_type(item: &Spanned<DeValue<'_>>, title: &str) -> Problem {
    Problem {
        code: rule::FROM_TYPE,
        message: format!("`from` of {title} holds {}", type_of(item.get_ref())),
        span: item.span(),
        label: "expected a stage's name".to_owned(),
        help: Some("`from` is a stage's name or a list of them".to_owned()),
    }
}

fn find(
    stage_idx: usize,
    name: &str,
    span: Range<usize>,
    names: &BTreeMap<String, usize>,
    title: &str,
    problems: &mut Problems,
) -> Option<StageRef> {
    if name == SOURCE {
        return Some(StageRef::Source);
    }
    if let Some(found) = names.get(name) {
        if *found >= stage_idx {
            problems.push(not_earlier(*found == stage_idx, name, span, title));
            return None;
        }
        return Some(StageRef::Stage(*found));
    }
    let earlier = names.iter().filter(|(_, idx)| **idx < stage_idx).map(|(name, _)| name.as_str());
    let suggestion = closest(name, earlier.chain([SOURCE]));
    problems.push(Problem {
        code: rule::FROM_UNKNOWN,
        message: format!("{title} reads {}, which is no stage", quote(name)),
        span,
        label: did_you_mean(suggestion, "no such stage"),
        help: Some("`from` names earlier stages, or `source` for the input".to_owned()),
    });
    match surely_meant(name, suggestion) {
        Some(SOURCE) => Some(StageRef::Source),
        other => other.and_then(|name| names.get(name)).map(|idx| StageRef::Stage(*idx)),
    }
}

fn not_earlier(is_itself: bool, name: &str, span: Range<usize>, title: &str) -> Problem {
    let (message, label) = if is_itself {
        (format!("{title} reads itself"), "the stage's own name")
    } else {
        (format!("{title} reads {}, which comes later", quote(name)), "defined below")
    };
    Problem {
        code: rule::FROM_LATER,
        message,
        span,
        label: label.to_owned(),
        help: Some("rows flow down the file: a stage reads only from stages above it".to_owned()),
    }
}
