//! `quarry help`: the help of a verb, and the references that belong to no verb.

use std::fmt::Write as _;

use clap::CommandFactory;
use quarry_engine::recipe::RULES;

use crate::args::{Cli, HelpArgs};
use crate::config::{Config, KEYS, Key, matches};
use crate::exit::{Stop, TABLE};
use crate::terminal;

/// Prints what is known of a topic.
pub(crate) fn help(args: &HelpArgs) -> anyhow::Result<()> {
    let topic: Vec<&str> = args.topic.iter().map(String::as_str).collect();
    let text = match topic.as_slice() {
        [] => Cli::command().render_long_help().to_string(),
        ["exit-codes"] => exit_codes()?,
        ["rules"] => rules()?,
        ["config"] => config_keys(KEYS.iter())?,
        ["config", path] => config_keys(KEYS.iter().filter(|key| is_meant(key, path)))?,
        verbs => verb(verbs)?,
    };
    if text.is_empty() {
        return Err(unknown(&args.topic.join(" ")).into());
    }
    terminal::print(&text)
}

/// A whole key, also with a name that the user gave, a section or the last part of a key.
fn is_meant(key: &Key, path: &str) -> bool {
    let shown = key.shown();
    matches(key.path, path)
        || shown == path
        || shown.starts_with(&format!("{path}."))
        || shown.ends_with(&format!(".{path}"))
}

fn unknown(topic: &str) -> Stop {
    Stop::Usage(format!("no help on `{topic}`; topics: exit-codes, config, config KEY, rules, or a verb"))
}

fn exit_codes() -> Result<String, std::fmt::Error> {
    let mut text = format!("{:>5}  {:<58} run it again?\n", "code", "meaning");
    for (code, meaning, again) in TABLE {
        writeln!(text, "{code:>5}  {meaning:<58} {again}")?;
    }
    Ok(text)
}

fn rules() -> Result<String, std::fmt::Error> {
    let mut text = String::new();
    for rule in RULES {
        writeln!(text, "{}  {}", rule.code, rule.doc)?;
    }
    Ok(text)
}

fn config_keys(keys: impl Iterator<Item = &'static Key>) -> Result<String, std::fmt::Error> {
    let defaults = Config::default();
    let mut text = String::new();
    for key in keys {
        let default = (key.value)(&defaults).unwrap_or_else(|| "none".to_owned());
        writeln!(text, "{} = {default}\n    {}\n    variable: {}", key.shown(), key.doc, key.variable())?;
    }
    Ok(text)
}

fn verb(path: &[&str]) -> Result<String, Stop> {
    let mut command = Cli::command();
    // Names the program before the verb, as in usage lines.
    command.build();
    let mut found = &mut command;
    for name in path {
        found = found.find_subcommand_mut(name).ok_or_else(|| unknown(&path.join(" ")))?;
    }
    Ok(found.render_long_help().to_string())
}

#[cfg(test)]
mod tests {
    use super::{config_keys, exit_codes, verb};
    use crate::config::KEYS;

    #[test]
    fn topics_show_every_code_and_key() {
        assert!(exit_codes().is_ok_and(|text| text.lines().any(|line| line.trim_start().starts_with("130 "))));
        assert!(config_keys(KEYS.iter()).is_ok_and(|text| text.contains("QUARRY__INPUT__MAPPING__TEXT")));
    }

    #[test]
    fn a_verb_shows_its_own_help() {
        assert!(verb(&["run"]).is_ok_and(|text| text.contains("quarry run") && text.contains("--limit")));
        assert!(verb(&["runtime", "install"]).is_ok_and(|text| text.contains("--gpu")));
        assert!(verb(&["fly"]).is_err());
    }
}
