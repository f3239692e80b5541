//! `quarry filter`: the stages of a recipe that only choose among rows, over any input.

use std::path::{Path, PathBuf};

use quarry_engine::operator::Shape;
use quarry_engine::recipe::{Checked, SourceFile, parse};
use quarry_operators::ALL;
use quarry_schema::Level;

use super::init::bundled;
use super::lone::{LoneRecipe, run_lone};
use crate::args::{FilterArgs, LogFormat, RowsChoice};
use crate::deployment;
use crate::exit::Stop;

/// The recipe that is run where none is named.
const DEFAULT_RECIPE: &str = "pipeline/recipes/filters.toml";

/// Runs the stages and prints the summary.
pub(crate) fn filter(mut args: FilterArgs, format: LogFormat) -> anyhow::Result<()> {
    let (path, file) = read(args.recipe.as_deref())?;
    // Problems of the recipe are shown when it is compiled.
    if let Ok(checked) = parse(&file, ALL, &args.set) {
        refuse_makers(&checked, &file.name)?;
        args.lone.rows = rows(&checked, args.lone.rows, &file.name)?;
    }
    let recipe = |_, config: &crate::config::Config| {
        Ok(LoneRecipe { file, set: args.set, resources: deployment::resources(&path, config) })
    };
    run_lone(&args.lone, format, recipe).map(drop)
}

/// The recipe's path and text; the default one is also built in.
fn read(path: Option<&Path>) -> Result<(PathBuf, SourceFile), Stop> {
    let default = Path::new(DEFAULT_RECIPE);
    match (path, bundled(DEFAULT_RECIPE)) {
        (Some(path), _) => Ok((path.to_path_buf(), deployment::read_recipe(path)?)),
        (None, Some(text)) if !default.is_file() => {
            let file = SourceFile { name: "filters.toml (built in)".to_owned(), text: text.to_owned() };
            Ok((default.to_path_buf(), file))
        }
        (None, _) => Ok((default.to_path_buf(), deployment::read_recipe(default)?)),
    }
}

/// Refuses stages that do more than choose.
fn refuse_makers(checked: &Checked, name: &str) -> Result<(), Stop> {
    let mut refused = Vec::new();
    for spec in &checked.recipe.stages {
        let Some(def) = ALL.iter().find(|def| def.name == spec.op) else { continue };
        let what = match (def.shape, def.emits) {
            (Shape::Remote, true) => "asks a model over HTTP and makes pairs",
            (Shape::Remote, false) => "asks a model over HTTP",
            (_, true) => "makes pairs",
            _ => continue,
        };
        refused.push(format!("stage `{}` ({}) {what}", spec.name, spec.op));
    }
    if refused.is_empty() {
        return Ok(());
    }
    Err(Stop::Usage(format!(
        "`quarry filter` only chooses among rows, but in `{name}` {}; `quarry run {name}` runs all of it",
        refused.join(", ")
    )))
}

/// The rows that the recipe takes, which a flag may name but not change.
fn rows(checked: &Checked, wanted: RowsChoice, name: &str) -> Result<RowsChoice, Stop> {
    let (taken, word) = match checked.recipe.rows {
        Level::Document => (RowsChoice::Documents, "documents"),
        Level::Pair => (RowsChoice::Pairs, "pairs"),
    };
    if wanted == RowsChoice::Auto || wanted == taken {
        return Ok(taken);
    }
    Err(Stop::Usage(format!(
        "`{name}` takes {word}; what it takes is said by `rows` in its `[recipe]`, not by `--rows`"
    )))
}
