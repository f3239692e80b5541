//! The models that a recipe asks: from the config, and the environment that holds their keys, to what the client takes.

use std::collections::{BTreeMap, BTreeSet};

use quarry_engine::recipe::Recipe;
use quarry_llm::{Concurrency, ModelSettings, Prices, Secret};
use serde_json::Value;

use crate::config::{Config, ModelConfig};
use crate::exit::Stop;

/// The models of the config that a recipe names in a param of any stage.
pub(crate) fn asked_by(recipe: &Recipe, config: &Config) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for stage in &recipe.stages {
        let params = serde_json::from_str(&stage.params.canonical()).unwrap_or_default();
        collect(&params, config, &mut names);
    }
    names
}

/// The settings of these models of the config, keys read from the environment.
///
/// # Errors
/// Variables that models take their keys from are not set.
pub(crate) fn settings(config: &Config, names: &BTreeSet<String>) -> Result<BTreeMap<String, ModelSettings>, Stop> {
    settings_with(config, names, variable)
}

fn settings_with(
    config: &Config,
    names: &BTreeSet<String>,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<BTreeMap<String, ModelSettings>, Stop> {
    let mut settings = BTreeMap::new();
    let mut problems = Vec::new();
    for (name, model) in config.models.iter().filter(|(name, _)| names.contains(*name)) {
        let key = model.key_env.as_ref().map(|from| variable(from).ok_or_else(|| no_key(name, from))).transpose();
        match key {
            Ok(key) => drop(settings.insert(name.clone(), of_model(model, key))),
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() { Ok(settings) } else { Err(Stop::Usage(problems.join("\n"))) }
}

fn of_model(model: &ModelConfig, key: Option<String>) -> ModelSettings {
    let count = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
    ModelSettings {
        id: model.id.clone().unwrap_or_default(),
        revision: model.revision.clone(),
        endpoints: model.endpoints.clone(),
        key: key.map(Secret::new),
        concurrency: match model.in_flight {
            Some(number) => Concurrency::Fixed(count(number)),
            None => Concurrency::Auto { max: count(model.max_in_flight) },
        },
        structured_output: model.structured_output,
        takes_num_samples: model.num_samples,
        takes_priority: model.priority,
        stream: model.stream,
        context_tokens: count(model.context_tokens),
        max_tries: count(model.max_tries),
        timeout: model.timeout,
        give_up_after: model.give_up_after,
        prices: Prices { input: model.price_input, cached_input: model.price_cached_input, output: model.price_output },
        allow_plain_http: model.allow_plain_http,
        ca_file: model.ca_file.clone(),
    }
}

fn no_key(name: &str, variable: &str) -> String {
    format!(
        "the key of the model `{name}` is to be in the environment variable `{variable}`, which is not set; set it, or \
         take `models.{name}.key_env` out of the config if the server asks for no key"
    )
}

#[expect(clippy::disallowed_methods, reason = "only the cli reads the environment")]
fn variable(name: &str) -> Option<String> {
    // A key that was read from a file often ends in a line feed, which no header can hold.
    let value = std::env::var(name).ok()?.trim().to_owned();
    Some(value).filter(|value| !value.is_empty())
}

fn collect(value: &Value, config: &Config, names: &mut BTreeSet<String>) {
    match value {
        Value::String(text) if config.models.contains_key(text) => {
            names.insert(text.clone());
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, config, names)),
        Value::Object(fields) => fields.values().for_each(|field| collect(field, config, names)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use quarry_llm::{Concurrency, ModelSettings};

    use super::settings_with;
    use crate::config::{Config, ModelConfig};

    fn config() -> Config {
        let mut config = Config::default();
        for (name, key_env) in [("teacher", Some("TEACHER_KEY")), ("student", None)] {
            let model = ModelConfig {
                id: Some(format!("{name}-id")),
                endpoints: vec!["http://127.0.0.1:1/v1".to_owned()],
                key_env: key_env.map(str::to_owned),
                ..ModelConfig::default()
            };
            config.models.insert(name.to_owned(), model);
        }
        config
    }

    fn names(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn a_missing_key_is_an_error_only_for_a_model_that_is_asked() {
        let nothing = |_: &str| None;
        let settings = settings_with(&config(), &names(&["student", "minilm"]), nothing).unwrap();
        assert_eq!(settings.keys().collect::<Vec<_>>(), ["student"]);
        let error = settings_with(&config(), &names(&["teacher"]), nothing).unwrap_err().to_string();
        assert!(error.contains("`TEACHER_KEY`") && error.contains("`teacher`"), "{error}");
    }

    #[test]
    fn what_the_config_leaves_out_is_what_the_client_takes_by_default() {
        let settings = settings_with(&config(), &names(&["teacher", "student"]), |name| Some(name.to_owned())).unwrap();
        let expected = ModelSettings {
            id: "student-id".to_owned(),
            endpoints: vec!["http://127.0.0.1:1/v1".to_owned()],
            concurrency: Concurrency::Auto { max: 1024 },
            ..ModelSettings::default()
        };
        assert_eq!(settings["student"], expected);
        assert!(settings["teacher"].key.is_some());
        assert!(!format!("{:?}", settings["teacher"]).contains("TEACHER_KEY"));
    }
}
