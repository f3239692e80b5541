//! `quarry decontaminate`: rows without questions of benchmarks, out of any input, and a report of what was removed.

mod report;

use std::collections::BTreeMap;
use std::path::PathBuf;

use quarry_schema::Level;

use super::lone::{LoneRecipe, LoneStage, recipe_text, run_lone};
use crate::args::{DecontaminateArgs, LogFormat};
use crate::config::Config;
use crate::deployment;
use crate::exit::Stop;
use crate::terminal;

/// The name of the recipe, and of its stage in `rejects/`.
const NAME: &str = "decontaminate";

/// Runs the stage, writes the report and prints both summaries.
pub(crate) fn decontaminate(args: &DecontaminateArgs, format: LogFormat) -> anyhow::Result<()> {
    let packs = packs(&args.packs)?;
    let recipe = |rows: Level, config: &Config| {
        let names = packs.keys().map(|name| toml::Value::from(name.as_str())).collect();
        let mut params = toml::Table::new();
        params.insert("packs".to_owned(), toml::Value::Array(names));
        params.insert("hit_words".to_owned(), args.hit_words.into());
        params.insert("coverage_words".to_owned(), args.coverage_words.into());
        params.insert("min_coverage".to_owned(), args.min_coverage.into());
        if let Some(encoder) = &args.encoder {
            params.insert("encoder".to_owned(), encoder.as_str().into());
        }
        let stage = LoneStage { name: NAME, op: "decontaminate", params };
        let file = recipe_text(NAME, rows, &[stage])?;
        let resources = deployment::lone_resources(config).with_files(packs.clone());
        Ok(LoneRecipe { file, set: Vec::new(), resources })
    };
    let outcome = run_lone(&args.lone, format, recipe);
    // A run that refused more rows than the config allows is whole, and its report the more wanted.
    if outcome.as_ref().err().is_none_or(is_of_rejects) {
        terminal::print(&report::write(&args.lone.out, NAME)?)?;
    }
    outcome.map(drop)
}

/// The packs by the path that stands for each in the recipe, which has nothing of where they lie.
fn packs(files: &[PathBuf]) -> Result<BTreeMap<String, PathBuf>, Stop> {
    let mut packs = BTreeMap::new();
    for file in files {
        let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if !file.is_file() {
            return Err(Stop::Input(format!("`{}`: there is no such pack", file.display())));
        }
        if let Some(other) = packs.insert(format!("packs/{name}"), file.clone()) {
            let (other, file) = (other.display(), file.display());
            return Err(Stop::Usage(format!(
                "`{other}` and `{file}`: packs need different names, by which reports call them"
            )));
        }
    }
    Ok(packs)
}

fn is_of_rejects(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref::<Stop>(), Some(Stop::Rejects(_)))
}
