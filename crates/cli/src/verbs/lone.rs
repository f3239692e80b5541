//! What verbs share that run stages alone over any input: what the rows are, a recipe made in memory, a run, a summary.
//!
//! What the stages are is the verb's; how a run goes on after a stop and what it writes is as of `quarry run`.

use std::collections::BTreeMap;

use anyhow::Context;
use quarry_engine::read::{Peeked, ReadOptions, list_shards, peek};
use quarry_engine::recipe::{Override, Recipe, SourceFile};
use quarry_engine::{Plan, RunReport};
use quarry_operators::{ALL, Resources};
use quarry_schema::Level;

use super::run::{Places, Screen, finish, options, with_advice, within_limits};
use super::summary;
use crate::args::{LogFormat, LoneArgs, RowsChoice};
use crate::asked::Asked;
use crate::config::{self, Config};
use crate::exit::Stop;
use crate::logging;
use crate::progress::Shown;
use crate::terminal;

/// The stages of a verb as a recipe, and what they are built from.
pub(super) struct LoneRecipe {
    /// The recipe's text, read or made by [`recipe_text`].
    pub(super) file: SourceFile,
    /// Changes of its params.
    pub(super) set: Vec<Override>,
    /// Models, banks and files that operators use.
    pub(super) resources: Resources,
}

/// One stage of a recipe that is made in memory.
pub(super) struct LoneStage<'a> {
    /// The name in reports and in `rejects/`.
    pub(super) name: &'a str,
    /// The operator.
    pub(super) op: &'a str,
    /// Its params; what is left out has its default.
    pub(super) params: toml::Table,
}

/// Writes a recipe of stages that follow one another.
///
/// # Errors
/// A param cannot be written as TOML.
pub(super) fn recipe_text(name: &str, rows: Level, stages: &[LoneStage<'_>]) -> anyhow::Result<SourceFile> {
    let table = |fields: Vec<(&str, toml::Value)>| -> toml::Table {
        fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
    };
    let rows = if rows == Level::Pair { "pairs" } else { "documents" };
    let head = table(vec![("name", name.into()), ("rows", rows.into())]);
    let stage = |stage: &LoneStage<'_>| {
        let params = toml::Value::Table(stage.params.clone());
        toml::Value::Table(table(vec![("name", stage.name.into()), ("op", stage.op.into()), ("params", params)]))
    };
    let stages = toml::Value::Array(stages.iter().map(stage).collect());
    let recipe = table(vec![("recipe", toml::Value::Table(head)), ("stage", stages)]);
    Ok(SourceFile { name: format!("{name} (made from flags)"), text: toml::to_string(&recipe)? })
}

/// Runs the recipe that a verb makes, given what the rows of the input are, and prints the summary.
///
/// # Errors
/// As of `quarry run`, and where the input has not the fields that its rows need.
pub(super) fn run_lone(
    args: &LoneArgs,
    format: LogFormat,
    recipe: impl FnOnce(Level, &Config) -> anyhow::Result<LoneRecipe>,
) -> anyhow::Result<RunReport> {
    let shown = Shown::of(args.progress, format, std::io::IsTerminal::is_terminal(&std::io::stderr()));
    let bars = shown.draw_target();
    logging::start(format, if shown == Shown::Bars { logging::NOTES } else { logging::UNITS }, bars.clone())?;
    let (config, rows) = settings(args)?;
    rayon::ThreadPoolBuilder::new().num_threads(config.num_threads()).build_global().context("start the threads")?;
    let LoneRecipe { file, set, resources } = recipe(rows, &config)?;
    let plan = Plan::compile(&file, ALL, &set, &resources, terminal::stderr_has_color())?;
    let asked = Asked::try_out(&nobody(rows), &config)?;
    let places = Places { limit: args.limit, retry_failed: false, companions: Vec::new() };
    let report = finish(plan, options(places, &config), &config, &asked, Screen { shown, bars: &bars })
        .map_err(|error| with_advice(error, &config.output.dir))?;
    terminal::print(&summary::of(&report, &config.output.dir)?)?;
    within_limits(&report, &config.limits, &config.output.dir)?;
    Ok(report)
}

/// A recipe that asks no model.
fn nobody(rows: Level) -> Recipe {
    Recipe { name: String::new(), seed: 0, rows, stages: Vec::new() }
}

/// The config with the flags over it, and what the rows are.
fn settings(args: &LoneArgs) -> anyhow::Result<(Config, Level)> {
    let config = config::load(args.config.config.as_deref())?;
    let mut config = config.with_places(&args.input, Some(&args.out)).with_against(&args.against);
    let mapping = &mut config.input.mapping;
    for (flag, field) in [
        (&args.text_field, &mut mapping.text),
        (&args.question_field, &mut mapping.question),
        (&args.answer_field, &mut mapping.answer),
    ] {
        *field = flag.clone().or_else(|| field.take());
    }
    let rows = look(args, &config)?;
    let mapping = &mut config.input.mapping;
    let id = if rows == Level::Pair { &mut mapping.id } else { &mut mapping.doc_id };
    *id = args.id_field.clone().or_else(|| id.take());
    Ok((config, rows))
}

/// Refuses a flag that names a field which the input has not.
///
/// # Errors
/// The first shard that has rows has no such field, or cannot be read.
pub(super) fn require_field(args: &LoneArgs, flag: &str, field: &str) -> anyhow::Result<()> {
    let config = config::load(args.config.config.as_deref())?.with_places(&args.input, None);
    match first_rows(&config)? {
        Some((shard, peeked)) => Ok(has_field(flag, field, &peeked, &shard)?),
        None => Ok(()),
    }
}

fn look(args: &LoneArgs, config: &Config) -> anyhow::Result<Level> {
    match first_rows(config)? {
        Some((shard, peeked)) => Ok(rows_of(args, &peeked, &shard)?),
        None => Ok(if args.rows == RowsChoice::Pairs { Level::Pair } else { Level::Document }),
    }
}

/// Looks at the first shard that has rows, if any has.
fn first_rows(config: &Config) -> anyhow::Result<Option<(String, Peeked)>> {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().context("start the async runtime")?;
    let options: ReadOptions = config.read_options();
    runtime.block_on(async {
        for shard in list_shards(&config.input.patterns).await? {
            let peeked = peek(&shard, &options).await?;
            if !peeked.is_empty {
                return Ok(Some((shard.name, peeked)));
            }
        }
        Ok(None)
    })
}

fn has_field(flag: &str, field: &str, peeked: &Peeked, shard: &str) -> Result<(), Stop> {
    if peeked.fields.contains(field) {
        return Ok(());
    }
    Err(Stop::Usage(format!("`{flag} {field}`: `{shard}` has no such field; it has {}", found(peeked))))
}

fn found(peeked: &Peeked) -> String {
    let names: Vec<String> = peeked.fields.iter().map(|name| format!("`{}`", name.escape_debug())).collect();
    if names.is_empty() { "nothing that could be read".to_owned() } else { names.join(", ") }
}

/// What the rows are, if they have the fields that they need.
fn rows_of(args: &LoneArgs, peeked: &Peeked, shard: &str) -> Result<Level, Stop> {
    let flags = BTreeMap::from([
        ("--text-field", &args.text_field),
        ("--id-field", &args.id_field),
        ("--question-field", &args.question_field),
        ("--answer-field", &args.answer_field),
    ]);
    for (flag, name) in flags {
        if let Some(name) = name {
            has_field(flag, name, peeked, shard)?;
        }
    }
    let text = "a text (`text`, `content`, `raw_content`, or name it with `--text-field`)";
    let pair = "a question and an answer (`question` and `answer`, or name them with `--question-field` and \
                `--answer-field`)";
    let missing = |what: &str| Err(Stop::Usage(format!("`{shard}` has not {what}; it has {}", found(peeked))));
    let prefers_text = args.text_field.is_some() && args.question_field.is_none() && args.answer_field.is_none();
    match args.rows {
        RowsChoice::Documents if peeked.holds_documents => Ok(Level::Document),
        RowsChoice::Documents => missing(text),
        RowsChoice::Pairs if peeked.holds_pairs => Ok(Level::Pair),
        RowsChoice::Pairs => missing(pair),
        RowsChoice::Auto if peeked.holds_pairs && !prefers_text => Ok(Level::Pair),
        RowsChoice::Auto if peeked.holds_documents => Ok(Level::Document),
        RowsChoice::Auto => missing(&format!("{text}, nor {pair}")),
    }
}

#[cfg(test)]
mod tests {
    use quarry_engine::recipe::parse;
    use quarry_operators::ALL;
    use quarry_schema::Level;

    use super::{LoneStage, recipe_text};

    #[test]
    fn a_recipe_made_from_flags_is_one_that_could_be_written() -> anyhow::Result<()> {
        let params = [("min_tokens".to_owned(), toml::Value::Integer(7))].into_iter().collect();
        let stage = LoneStage { name: "long_enough", op: "length_filter", params };
        let file = recipe_text("alone", Level::Document, &[stage])?;
        let checked = parse(&file, ALL, &[]).map_err(|problems| anyhow::anyhow!(problems.render(&file, false)))?;
        let recipe = checked.recipe;
        assert_eq!((recipe.name.as_str(), recipe.rows, recipe.stages.len()), ("alone", Level::Document, 1));
        assert_eq!(recipe.stages[0].params.count("min_tokens").ok(), Some(7));
        Ok(())
    }
}
