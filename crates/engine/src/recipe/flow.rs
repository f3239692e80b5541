//! What flows through the stages: the level of the rows and the columns that they have.

use std::collections::{BTreeMap, BTreeSet};

use arrow::datatypes::{DataType, FieldRef};
use quarry_schema::{Level, column};

use super::stage::{Draft, OpFacts};
use super::suggest::{closest, did_you_mean, list};
use super::{Problem, Problems, StageRef, rule};
use crate::operator::Takes;

/// The rows after a stage, as far as they are known. What is unknown has been reported where it began.
#[derive(Clone)]
struct Flow {
    level: Option<Level>,
    columns: Option<BTreeSet<String>>,
}

/// Checks levels and columns stage by stage, and notes each stage's level.
pub(super) fn check(drafts: &mut [Draft<'_>], ops: &[OpFacts], rows: Level, problems: &mut Problems) {
    check_column_types(drafts, rows, problems);
    let mut flows: Vec<Flow> = Vec::new();
    for stage_idx in 0..drafts.len() {
        let Some(draft) = drafts.get(stage_idx) else { break };
        let mut flow = reaching(draft, drafts, rows, &flows, problems);
        let level = flow.level;
        if let Some(op) = draft.op {
            enter(draft, &op, ops, rows, &mut flow, problems);
            check_reads(draft, &op, drafts, ops, &flow, problems);
            leave(&op, &mut flow);
        } else {
            flow = Flow { level: None, columns: None };
        }
        flows.push(flow);
        if let Some(draft) = drafts.get_mut(stage_idx) {
            draft.level = level.unwrap_or(rows);
        }
    }
}

/// Says that a recipe without a generator publishes no pairs.
pub(super) fn warn_without_pairs(drafts: &[Draft<'_>], ops: &[OpFacts], warnings: &mut Problems) {
    if drafts.iter().any(|draft| draft.op.is_some_and(|op| op.emits)) {
        return;
    }
    warnings.push(Problem {
        code: rule::NO_PAIRS,
        message: "no stage makes pairs, so the dataset holds the documents".to_owned(),
        span: drafts.last().map_or(0..0, |draft| draft.spans.op.clone()),
        label: "the rows are still documents here".to_owned(),
        help: makers(ops),
    });
}

/// The columns that readers fill.
fn input_fields(rows: Level) -> Vec<FieldRef> {
    let mut fields = column::document_fields();
    if rows == Level::Pair {
        fields.extend(column::pair_input_fields());
    }
    fields
}

fn source(rows: Level) -> Flow {
    let fields = column::header_fields().into_iter().chain(input_fields(rows));
    Flow { level: Some(rows), columns: Some(fields.map(|field| field.name().clone()).collect()) }
}

/// The rows that reach a stage: those after everything that it reads.
fn reaching(draft: &Draft<'_>, drafts: &[Draft<'_>], rows: Level, flows: &[Flow], problems: &mut Problems) -> Flow {
    let mut documents = Vec::new();
    let mut pairs = Vec::new();
    let mut columns = Some(BTreeSet::new());
    let mut all_known = draft.from_is_known;
    for from in &draft.from {
        let (title, flow) = match from {
            StageRef::Source => ("the input", Some(source(rows))),
            StageRef::Stage(idx) => {
                (drafts.get(*idx).map_or("a stage", |stage| stage.title.as_str()), flows.get(*idx).cloned())
            }
        };
        let Some(flow) = flow else { continue };
        match flow.level {
            Some(Level::Document) => documents.push(title),
            Some(Level::Pair) => pairs.push(title),
            None => all_known = false,
        }
        columns = columns.zip(flow.columns).map(|(mut all, more)| {
            all.extend(more);
            all
        });
    }
    let level = match (documents.is_empty(), pairs.is_empty()) {
        (false, true) if all_known => Some(Level::Document),
        (true, false) if all_known => Some(Level::Pair),
        (false, false) => {
            problems.push(mixed(draft, &documents, &pairs));
            None
        }
        _ => None,
    };
    Flow { level, columns: columns.filter(|_| draft.from_is_known) }
}

fn mixed(draft: &Draft<'_>, documents: &[&str], pairs: &[&str]) -> Problem {
    Problem {
        code: rule::LEVELS_MIXED,
        message: format!("{} reads documents and pairs at once", draft.title),
        span: draft.spans.from.clone().unwrap_or_else(|| draft.spans.stage.clone()),
        label: format!("documents from {}, pairs from {}", documents.join(", "), pairs.join(", ")),
        help: Some("a stage sees rows of one level: make a stage for each".to_owned()),
    }
}

/// Checks the level at the stage's door. Behind a wrong one nothing is known.
fn enter(draft: &Draft<'_>, op: &OpFacts, ops: &[OpFacts], rows: Level, flow: &mut Flow, problems: &mut Problems) {
    let Some(level) = flow.level else { return };
    let (takes, help) = match (op.takes, level) {
        (Takes::Documents, Level::Pair) if rows == Level::Pair => {
            ("documents", Some("the input is pairs by `rows = \"pairs\"`: leave the stage out".to_owned()))
        }
        (Takes::Documents, Level::Pair) => {
            ("documents", Some("move the stage above the one that makes pairs, or give it another `from`".to_owned()))
        }
        (Takes::Pairs, Level::Document) => ("pairs", makers(ops)),
        _ => return,
    };
    problems.push(Problem {
        code: rule::LEVEL,
        message: format!("`{}` takes {takes}, but {} gets {}s", op.name, draft.title, level.as_str()),
        span: draft.spans.op.clone(),
        label: format!("the rows are {}s here", level.as_str()),
        help,
    });
    *flow = Flow { level: None, columns: None };
}

fn makers(ops: &[OpFacts]) -> Option<String> {
    let names: Vec<&str> = ops.iter().filter(|op| op.emits).map(|op| op.name).collect();
    if names.is_empty() { None } else { Some(format!("operators that make pairs: {}", list(names))) }
}

fn check_reads(
    draft: &Draft<'_>,
    op: &OpFacts,
    drafts: &[Draft<'_>],
    ops: &[OpFacts],
    flow: &Flow,
    problems: &mut Problems,
) {
    let Some(columns) = &flow.columns else { return };
    // The engine itself collects the verdicts on a pair.
    let has = |name: &str| columns.contains(name) || (name == column::CHECKS && flow.level == Some(Level::Pair));
    let named = draft.params.columns(op.params);
    let reads = op.reads.iter().copied().chain(named.iter().map(String::as_str));
    for read in reads.filter(|read| !has(read)) {
        problems.push(Problem {
            code: rule::COLUMN_MISSING,
            message: format!("{} reads column `{read}`, which nothing upstream adds", draft.title),
            span: draft.spans.op.clone(),
            label: format!("`{}` reads `{read}`", op.name),
            help: Some(who_adds(read, columns, drafts, ops)),
        });
    }
}

fn who_adds(name: &str, columns: &BTreeSet<String>, drafts: &[Draft<'_>], ops: &[OpFacts]) -> String {
    let adds = |op: &OpFacts| op.adds.iter().any(|added| added.name == name);
    let stages: Vec<&str> =
        drafts.iter().filter(|draft| draft.op.as_ref().is_some_and(adds)).map(|draft| draft.title.as_str()).collect();
    if !stages.is_empty() {
        return format!("added by {}, which is not upstream of it", stages.join(", "));
    }
    let names: Vec<&str> = ops.iter().filter(|op| adds(op)).map(|op| op.name).collect();
    if names.is_empty() {
        let suggestion = closest(name, columns.iter().map(String::as_str));
        return did_you_mean(suggestion, format!("no operator adds `{name}`"));
    }
    format!("operators that add `{name}`: {}", list(names))
}

fn leave(op: &OpFacts, flow: &mut Flow) {
    if op.emits {
        flow.level = Some(Level::Pair);
    }
    if let Some(columns) = &mut flow.columns {
        columns.extend(op.adds.iter().map(|added| added.name.to_owned()));
    }
}

/// All rows of a run share one schema, so a name has one type wherever it is added.
fn check_column_types(drafts: &[Draft<'_>], rows: Level, problems: &mut Problems) {
    let mut types: BTreeMap<String, (DataType, String)> = input_fields(rows)
        .into_iter()
        .map(|field| (field.name().clone(), (field.data_type().clone(), "the input".to_owned())))
        .collect();
    for draft in drafts {
        for added in draft.op.map_or(&[][..], |op| op.adds) {
            let found = added.kind.data_type();
            match types.get(added.name) {
                Some((expected, first)) if *expected != found => problems.push(Problem {
                    code: rule::COLUMN_TYPE,
                    message: format!("{} adds column `{}` with another type than {first}", draft.title, added.name),
                    span: draft.spans.op.clone(),
                    label: format!("adds it as {found}, not {expected}"),
                    help: None,
                }),
                Some(_) => {}
                None => {
                    types.insert(added.name.to_owned(), (found, draft.title.clone()));
                }
            }
        }
    }
}
