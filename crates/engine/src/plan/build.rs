//! Builds each stage of a checked recipe and hashes it, collecting every problem on the way.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use arrow::datatypes::{DataType, SchemaRef};
use datafusion::common::DFSchema;
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_expr::utils::collect_columns;
use datafusion::prelude::SessionContext;
use quarry_schema::{Level, column, content_id};
use tokio::sync::Semaphore;

use super::layout::{KEY, Published, layout, published};
use super::{Plan, segment};
use crate::exec::{Stage, StageKind};
use crate::operator::{BuildContext, BuildError, Operator, OperatorDef, Place, Shape};
use crate::recipe::{Checked, Problem, Problems, STAGE_BUILD, StageRef, StageSpec, WHERE_SQL};

/// What building collects besides the stages.
#[derive(Default)]
struct Built {
    stages: Vec<Stage>,
    hashes: Vec<String>,
    resources: BTreeMap<String, String>,
    runtimes: BTreeMap<String, String>,
    problems: Problems,
}

pub(super) fn build<R>(checked: &Checked, defs: &[&OperatorDef<R>], resources: &R) -> Result<Plan, Problems> {
    let mut built = Built::default();
    let schema = layout(checked, defs);
    let recipe = &checked.recipe;
    let published = published(checked, defs);
    let mut lineage = match recipe.rows {
        Level::Document => content_id(&[&recipe.name, &recipe.seed.to_string()]),
        Level::Pair => content_id(&[&recipe.name, &recipe.seed.to_string(), recipe.rows.as_str()]),
    };
    for (index, spec) in recipe.stages.iter().enumerate() {
        let Some(def) = defs.iter().find(|def| def.name == spec.op) else { continue };
        built_stage(&mut built, checked, index, def, resources, &schema, &mut lineage);
    }
    if !built.problems.is_empty() {
        return Err(built.problems);
    }
    drop_after_last_reader(&mut built.stages, recipe, defs, (&schema, &published));
    let stages: Vec<Arc<Stage>> = built.stages.into_iter().map(Arc::new).collect();
    let runtimes: String = built.runtimes.iter().map(|(model, runtime)| format!("{model}={runtime};")).collect();
    // A column that a later stage stops or starts to read changes what the units before it hold.
    let mut dropped = String::new();
    let mut hashes = Vec::with_capacity(stages.len());
    for (stage, hash) in stages.iter().zip(&built.hashes) {
        dropped.push_str(&format!("{:?}", stage.drops));
        let text_later = stages.iter().any(|later| later.index > stage.index && later.reads_text);
        hashes.push(content_id(&[hash, &runtimes, &dropped, &text_later.to_string()]));
    }
    Ok(Plan {
        name: recipe.name.clone(),
        hash: lineage,
        segments: segment::cut(&stages, &hashes),
        schema,
        published,
        stages,
        resources: built.resources,
        runtimes: built.runtimes,
        standing: Vec::new(),
    })
}

fn built_stage<R>(
    built: &mut Built,
    checked: &Checked,
    index: usize,
    def: &OperatorDef<R>,
    resources: &R,
    schema: &SchemaRef,
    lineage: &mut String,
) {
    let recipe = &checked.recipe;
    let Some(spec) = recipe.stages.get(index) else { return };
    let predicate = spec.predicate.as_deref().and_then(|sql| match compile_predicate(sql, schema) {
        Ok(predicate) => Some(predicate),
        Err(message) => {
            built.problems.push(Problem {
                code: WHERE_SQL,
                message: format!("`where` of stage `{}` is not a predicate that can run", spec.name),
                span: checked.spans.predicate(index),
                label: message,
                help: Some("`quarry operators` lists the columns that each operator adds".to_owned()),
            });
            None
        }
    });
    let seed = seed_of(recipe.seed, &spec.name);
    let place = Place { stage: &spec.name, position: index, level: spec.level, seed };
    let mut ctx = BuildContext::new(&spec.params, place, resources);
    let operator = (def.build)(&mut ctx);
    let used = ctx.into_used();
    let made_of = format!("{:?} {:?}", used.resources, used.runtimes);
    *lineage = content_id(&[lineage, &describe(spec, def, &used.resources)]);
    built.hashes.push(lineage.clone());
    built.resources.extend(used.resources);
    built.runtimes.extend(used.runtimes);
    match operator {
        Ok(operator) => match kind_of(operator, def.shape) {
            Some(kind) => {
                let mut stage = stage(index, spec, def, kind, predicate, schema, lineage);
                // Keys of other models are other keys, though the params are the same.
                stage.identity = content_id(&[&stage.identity, &made_of]);
                built.stages.push(stage);
            }
            None => built.problems.push(problem_of(
                checked,
                index,
                &BuildError::other(format!("operator `{}` builds another shape than it declares", def.name)),
            )),
        },
        Err(error) => built.problems.push(problem_of(checked, index, &error)),
    }
}

fn stage<R>(
    index: usize,
    spec: &StageSpec,
    def: &OperatorDef<R>,
    kind: StageKind,
    predicate: Option<Arc<dyn PhysicalExpr>>,
    schema: &SchemaRef,
    lineage: &str,
) -> Stage {
    let added: Vec<&str> = def.adds.iter().map(|add| add.name).collect();
    // Within a unit a barrier only gives each row its key; its own columns come with its decisions.
    let (adds, marks) = if def.shape == Shape::Barrier { (vec![KEY], added) } else { (added, Vec::new()) };
    let positions = |names: &[&str]| names.iter().filter_map(|name| schema.index_of(name).ok()).collect();
    Stage {
        name: spec.name.clone(),
        version: Stage::version_of(def),
        op: def.name,
        index: position(index),
        level: spec.level,
        from: spec.from.iter().map(stage_position).collect(),
        predicate,
        kind,
        adds: positions(&adds),
        marks: positions(&marks),
        drops: Vec::new(),
        reads_text: spec.level == Level::Document
            || def.reads.contains(&column::TEXT)
            || spec.predicate.as_deref().is_some_and(|sql| sql.contains(column::TEXT)),
        reasons: def.reasons.iter().map(|reason| reason.name).collect(),
        identity: content_id(&[&Stage::version_of(def), spec.level.as_str(), &spec.params.canonical()]),
        recipe_hash: Arc::from(lineage),
    }
}

fn position(index: usize) -> i32 {
    i32::try_from(index).unwrap_or(i32::MAX)
}

fn stage_position(from: &StageRef) -> i32 {
    match from {
        StageRef::Source => -1,
        StageRef::Stage(index) => position(*index),
    }
}

fn kind_of(operator: Operator, declared: Shape) -> Option<StageKind> {
    match (operator, declared) {
        (Operator::Compute(operator), Shape::Compute) => Some(StageKind::Compute(operator)),
        (Operator::Remote(operator), Shape::Remote) => {
            let permits = Arc::new(Semaphore::new(operator.in_flight().max(1)));
            Some(StageKind::Remote(operator, permits))
        }
        (Operator::Barrier(operator), Shape::Barrier) => Some(StageKind::Barrier(operator)),
        _ => None,
    }
}

/// All that could change the rows of this stage, given the rows before it.
fn describe<R>(spec: &StageSpec, def: &OperatorDef<R>, resources: &BTreeMap<String, String>) -> String {
    let from: Vec<i32> = spec.from.iter().map(stage_position).collect();
    let predicate = spec.predicate.as_deref().unwrap_or_default();
    let params = spec.params.canonical();
    format!("{}\n{}/{}\n{from:?}\n{predicate}\n{params}\n{resources:?}", spec.name, def.name, def.version)
}

fn seed_of(seed: u64, stage: &str) -> u64 {
    let id = content_id(&[&seed.to_string(), stage]);
    id.get(..16).and_then(|digits| u64::from_str_radix(digits, 16).ok()).unwrap_or(seed)
}

fn problem_of(checked: &Checked, index: usize, error: &BuildError) -> Problem {
    let span = match error.param {
        Some(param) => checked.spans.param(index, param),
        None => checked.spans.op(index),
    };
    let name = checked.recipe.stages.get(index).map_or("", |spec| spec.name.as_str());
    Problem {
        code: STAGE_BUILD,
        message: format!("stage `{name}` cannot be built"),
        span,
        label: error.message.clone(),
        help: None,
    }
}

fn compile_predicate(sql: &str, schema: &SchemaRef) -> Result<Arc<dyn PhysicalExpr>, String> {
    let short = |error: datafusion::error::DataFusionError| error.strip_backtrace().to_string();
    let ctx = SessionContext::new();
    let df_schema = DFSchema::try_from(schema.as_ref().clone()).map_err(short)?;
    let expr = ctx.parse_sql_expr(sql, &df_schema).map_err(short)?;
    if expr.is_volatile() {
        return Err("gives another value each time; rows must depend on nothing but the recipe".to_owned());
    }
    let physical = ctx.create_physical_expr(expr, &df_schema).map_err(short)?;
    match physical.data_type(schema).map_err(short)? {
        DataType::Boolean => Ok(physical),
        other => Err(format!("gives {other}, not true or false")),
    }
}

/// A column that no later stage reads and no file publishes is emptied as soon as it can be.
fn drop_after_last_reader<R>(
    stages: &mut [Stage],
    recipe: &crate::recipe::Recipe,
    defs: &[&OperatorDef<R>],
    (schema, published): (&SchemaRef, &Published),
) {
    let uses: Vec<HashSet<String>> = stages
        .iter()
        .zip(&recipe.stages)
        .map(|(stage, spec)| {
            let def = defs.iter().find(|def| def.name == spec.op);
            let declared = def.iter().flat_map(|def| {
                def.reads.iter().map(|name| (*name).to_owned()).chain(def.adds.iter().map(|add| add.name.to_owned()))
            });
            let in_predicate = stage.predicate.iter().flat_map(collect_columns).map(|column| column.name().to_owned());
            let in_params = def.map(|def| spec.params.columns(def.params)).unwrap_or_default();
            declared.chain(in_predicate).chain(in_params).collect()
        })
        .collect();
    for (position, field) in schema.fields().iter().enumerate() {
        if published.has(field.name()) {
            continue;
        }
        let last = uses.iter().rposition(|used| used.contains(field.name()));
        if let Some(stage) = last.and_then(|last| stages.get_mut(last)) {
            stage.drops.push(position);
        }
    }
}
