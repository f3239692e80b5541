//! `quarry dedup`: one row of each group of duplicates, out of any input.

use quarry_schema::Level;

use super::lone::{LoneRecipe, LoneStage, recipe_text, require_field, run_lone};
use crate::args::{DedupArgs, LogFormat};
use crate::deployment;

/// The name of the recipe, and of its stage in `rejects/`.
const NAME: &str = "dedup";

/// Runs the stage and prints the summary.
pub(crate) fn dedup(args: &DedupArgs, format: LogFormat) -> anyhow::Result<()> {
    if let Some(field) = &args.prefer {
        require_field(&args.lone, "--prefer", field)?;
    }
    let recipe = |rows: Level, config: &crate::config::Config| {
        let mut params = toml::Table::new();
        params.insert("threshold".to_owned(), args.threshold.into());
        if let Some(column) = &args.prefer {
            params.insert("prefer".to_owned(), column.as_str().into());
        }
        let stage = LoneStage { name: NAME, op: "near_dedup", params };
        let file = recipe_text(NAME, rows, &[stage])?;
        Ok(LoneRecipe { file, set: Vec::new(), resources: deployment::lone_resources(config) })
    };
    run_lone(&args.lone, format, recipe).map(drop)
}
