//! From text to a checked recipe: every check runs, whatever the others found.

use std::ops::Range;

use quarry_schema::Level;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::field::{Field, UnknownKey, fields, type_of};
use super::problem::Entry;
use super::stage::{Draft, OpFacts, check_missing_params, read_stage};
use super::suggest::{closest, did_you_mean, quote};
use super::{Checked, Override, Problem, Problems, Recipe, SourceFile, Spans, StageSpec, flow, from, overrides, rule};
use crate::operator::OperatorDef;

const TOP_LEVEL: [&str; 2] = ["recipe", "stage"];
const RECIPE: [&str; 3] = ["name", "seed", "rows"];

/// Checks a recipe against the operators and the params given on the command line.
///
/// # Errors
/// Every problem of the recipe, in the order of the file.
pub fn parse<R>(file: &SourceFile, defs: &[&OperatorDef<R>], overrides: &[Override]) -> Result<Checked, Problems> {
    let ops: Vec<OpFacts> = defs.iter().map(|def| OpFacts::of(def)).collect();
    check(&file.text, &ops, overrides)
}

fn check(text: &str, ops: &[OpFacts], overrides: &[Override]) -> Result<Checked, Problems> {
    let (document, errors) = DeTable::parse_recoverable(text);
    let syntax: Vec<Problem> = errors.iter().map(|error| syntax_problem(error, text)).collect();
    let mut problems = Problems::default();
    let mut warnings = Problems::of_warnings();

    let top = UnknownKey {
        code: rule::TOP_LEVEL_KEY,
        noun: "key",
        place: "at the top of the recipe".to_owned(),
        help: "a recipe holds one `[recipe]` table and `[[stage]]` tables".to_owned(),
    };
    let top = fields(document.get_ref(), &TOP_LEVEL, &top, &mut problems);
    let Head { name, seed, rows } = read_recipe(top.get("recipe"), &mut problems);
    let mut drafts = read_stages(top.get("stage"), ops, &mut problems);
    from::resolve(&mut drafts, &mut problems);
    overrides::apply(overrides, &mut drafts, &mut problems);
    for draft in &drafts {
        check_missing_params(draft, &mut problems);
    }
    if syntax.is_empty() {
        flow::check(&mut drafts, ops, rows, &mut problems);
        if rows == Level::Document {
            flow::warn_without_pairs(&drafts, ops, &mut warnings);
        }
    } else {
        problems = beside_syntax(problems, syntax, text);
    }
    if !problems.is_empty() {
        problems.sort();
        return Err(problems);
    }
    let (stages, spans) = drafts.into_iter().map(finish).unzip();
    Ok(Checked { recipe: Recipe { name, seed, rows, stages }, spans: Spans { stages: spans }, warnings })
}

fn syntax_problem(error: &toml::de::Error, text: &str) -> Problem {
    let message = error.message();
    let (what, expected) = message.split_once(", expected ").map_or((message, None), |(a, b)| (a, Some(b)));
    Problem {
        code: rule::SYNTAX,
        message: format!("not valid TOML: {what}"),
        span: error.span().unwrap_or(text.len()..text.len()),
        label: match expected {
            None | Some("nothing") => String::new(),
            Some(expected) => format!("expected {expected}"),
        },
        help: None,
    }
}

/// Joins the syntax problems with those of the rest, less what the parser's guesses would cause.
fn beside_syntax(problems: Problems, syntax: Vec<Problem>, text: &str) -> Problems {
    let line = |at: usize| text.bytes().take(at).filter(|byte| *byte == b'\n').count();
    let lines: Vec<usize> = syntax.iter().map(|problem| line(problem.span.start)).collect();
    let is_header = |at: &usize| text.lines().nth(*at).is_some_and(|line| line.trim_start().starts_with('['));
    let misplaced = if lines.iter().any(is_header) { &rule::MISPLACED[..] } else { &[] };
    let stands = |entry: &Entry| {
        let code = entry.problem.code;
        let Range { start, end } = entry.problem.span;
        let shadowed = start <= text.len() && lines.iter().any(|at| (line(start)..=line(end)).contains(at));
        !shadowed && !rule::ABSENCES.contains(&code) && !misplaced.contains(&code)
    };
    let mut joined = Problems::default();
    for problem in syntax {
        joined.push(problem);
    }
    joined.entries.extend(problems.entries.into_iter().filter(stands));
    joined
}

/// What `[recipe]` says; where it is wrong, the best guess.
struct Head {
    name: String,
    seed: u64,
    rows: Level,
}

impl Default for Head {
    fn default() -> Head {
        Head { name: String::new(), seed: 0, rows: Level::Document }
    }
}

fn read_recipe(field: Option<&Field<'_>>, problems: &mut Problems) -> Head {
    let help = || Some("start the file with `[recipe]` and `name = \"my_recipe\"`".to_owned());
    let Some(field) = field else {
        problems.push(Problem {
            code: rule::RECIPE_MISSING,
            message: "the `[recipe]` table is missing".to_owned(),
            span: 0..0,
            label: "expected `[recipe]`".to_owned(),
            help: help(),
        });
        return Head::default();
    };
    let Some(table) = field.value.get_ref().as_table() else {
        problems.push(Problem {
            code: rule::RECIPE_MISSING,
            message: format!("`recipe` is {}, not a table", type_of(field.value.get_ref())),
            span: field.value.span(),
            label: "expected a table".to_owned(),
            help: help(),
        });
        return Head::default();
    };
    let unknown = UnknownKey {
        code: rule::RECIPE_KEY,
        noun: "key",
        place: "in `[recipe]`".to_owned(),
        help: "`[recipe]` holds `name`, `seed` and `rows`".to_owned(),
    };
    let fields = fields(table, &RECIPE, &unknown, problems);
    let name = read_name(fields.get("name"), &field.key, problems);
    let seed = fields.get("seed").map_or(0, |field| read_seed(field, problems));
    let rows = fields.get("rows").map_or(Level::Document, |field| read_rows(field, problems));
    Head { name, seed, rows }
}

fn read_rows(field: &Field<'_>, problems: &mut Problems) -> Level {
    let (found, rows) = match field.value.get_ref() {
        DeValue::String(word) if word == "documents" => return Level::Document,
        DeValue::String(word) if word == "pairs" => return Level::Pair,
        DeValue::String(word) => (quote(word), closest(word, ["documents", "pairs"])),
        other => (type_of(other).to_owned(), None),
    };
    problems.push(Problem {
        code: rule::RECIPE_ROWS,
        message: format!("`rows` of the recipe is {found}"),
        span: field.value.span(),
        label: did_you_mean(rows, "expected `documents` or `pairs`"),
        help: Some("`rows` says what the input holds: source texts, or questions with their answers".to_owned()),
    });
    if rows == Some("pairs") { Level::Pair } else { Level::Document }
}

fn read_name(field: Option<&Field<'_>>, header: &Range<usize>, problems: &mut Problems) -> String {
    let Some(field) = field else {
        problems.push(Problem {
            code: rule::RECIPE_NAME_MISSING,
            message: "the recipe has no name".to_owned(),
            span: header.clone(),
            label: "`name` is missing".to_owned(),
            help: Some("the name goes into every row: `name = \"my_recipe\"`".to_owned()),
        });
        return String::new();
    };
    let found = match field.value.get_ref() {
        DeValue::String(name) if !name.trim().is_empty() => return name.to_string(),
        DeValue::String(_) => "blank",
        other => type_of(other),
    };
    problems.push(Problem {
        code: rule::RECIPE_NAME,
        message: format!("the recipe's name is {found}"),
        span: field.value.span(),
        label: "expected a string that is not blank".to_owned(),
        help: None,
    });
    String::new()
}

fn read_seed(field: &Field<'_>, problems: &mut Problems) -> u64 {
    let (found, seed) = match field.value.get_ref() {
        DeValue::Integer(number) => {
            (quote(&number.to_string()), u64::from_str_radix(number.as_str(), number.radix()).ok())
        }
        other => (type_of(other).to_owned(), None),
    };
    seed.unwrap_or_else(|| {
        problems.push(Problem {
            code: rule::RECIPE_SEED,
            message: format!("the seed is {found}"),
            span: field.value.span(),
            label: format!("expected a whole number from 0 to {}", u64::MAX),
            help: None,
        });
        0
    })
}

fn read_stages<'t>(field: Option<&Field<'t>>, ops: &[OpFacts], problems: &mut Problems) -> Vec<Draft<'t>> {
    let items = field.and_then(|field| field.value.get_ref().as_array()).map_or(&[][..], |items| &items[..]);
    if items.is_empty() {
        problems.push(no_stages(field));
    }
    let mut drafts = Vec::new();
    for (stage_idx, item) in items.iter().enumerate() {
        match item.get_ref().as_table() {
            Some(table) => drafts.push(read_stage(stage_idx, item, table, ops, problems)),
            None => problems.push(not_a_stage(item)),
        }
    }
    drafts
}

fn no_stages(field: Option<&Field<'_>>) -> Problem {
    let single = field.is_some_and(|field| field.value.get_ref().is_table());
    Problem {
        code: rule::STAGES_MISSING,
        message: "the recipe has no stages".to_owned(),
        span: field.map_or(0..0, |field| field.value.span()),
        label: if single { "did you mean `[[stage]]`?" } else { "expected `[[stage]]` tables" }.to_owned(),
        help: Some("a stage is a `[[stage]]` table with `name` and `op`".to_owned()),
    }
}

fn not_a_stage(item: &Spanned<DeValue<'_>>) -> Problem {
    Problem {
        code: rule::STAGES_MISSING,
        message: format!("a stage is {}, not a table", type_of(item.get_ref())),
        span: item.span(),
        label: "expected a `[[stage]]` table".to_owned(),
        help: None,
    }
}

/// Only called when nothing is wrong, so that name and operator are there.
fn finish(draft: Draft<'_>) -> (StageSpec, super::spec::StageSpans) {
    let spec = StageSpec {
        name: draft.name.unwrap_or_default(),
        op: draft.op.map_or("", |op| op.name).to_owned(),
        from: draft.from,
        predicate: draft.predicate,
        params: draft.params,
        level: draft.level,
    };
    (spec, draft.spans)
}
