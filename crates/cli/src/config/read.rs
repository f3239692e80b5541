//! From file and environment to a config: every value is checked, whatever the others say.

use std::ops::Range;
use std::path::Path;

use quarry_engine::recipe::{Problem, Problems, SourceFile};
use toml::de::{DeTable, DeValue};

use super::pattern::{child, is_name, matches, path_of_variable};
use super::setting::{Misfit, Setting};
use super::{Config, KEYS, Key};
use crate::exit::Stop;
use crate::terminal;

/// The config file that is read where none is named, if it is there.
const DEFAULT_FILE: &str = "configs/default.toml";
/// How variables that set keys begin.
pub(super) const VARIABLE_PREFIX: &str = "QUARRY__";

/// Below this similarity a suggestion confuses more than it helps.
const MIN_SIMILARITY: f64 = 0.8;

/// Reads the config file, named or default, and the environment.
///
/// # Errors
/// The named file cannot be read, or there are problems; all of them are shown at once.
pub(crate) fn load(path: Option<&Path>) -> Result<Config, Stop> {
    let file = read_file(path)?;
    let mut variables: Vec<(String, String)> = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.to_string_lossy().into_owned())))
        .filter(|(name, _)| name.starts_with(VARIABLE_PREFIX))
        .collect();
    variables.sort();
    parse(file.as_ref(), &variables, terminal::stderr_has_color()).map_err(Stop::Problems)
}

fn read_file(path: Option<&Path>) -> Result<Option<SourceFile>, Stop> {
    let (path, named) = path.map_or((Path::new(DEFAULT_FILE), false), |path| (path, true));
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(SourceFile { name: path.display().to_string(), text })),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && !named => Ok(None),
        Err(error) => Err(Stop::Usage(format!(
            "cannot read the config `{}`: {error}; leave `--config` out for the defaults",
            path.display()
        ))),
    }
}

/// Lays file and variables over the defaults.
fn parse(file: Option<&SourceFile>, variables: &[(String, String)], color: bool) -> Result<Config, String> {
    let mut config = Config::default();
    let mut problems = Vec::new();
    if let Some(file) = file {
        let (document, errors) = DeTable::parse_recoverable(&file.text);
        for error in &errors {
            problems.push(syntax(error, file));
        }
        if errors.is_empty() {
            read_table(document.get_ref(), "", &mut config, &mut problems);
        }
    }
    for (name, value) in variables {
        read_variable(name, value, &mut config, &mut problems);
    }
    if problems.is_empty() {
        check_models(&config, &mut problems);
    }
    if problems.is_empty() {
        return Ok(config);
    }
    // Tables give their keys by name; a reader goes through the file from the top.
    problems.sort_by_key(|problem| problem.span.start);
    let mut shown = Problems::default();
    problems.into_iter().for_each(|problem| shown.push(problem));
    let nowhere = SourceFile { name: "environment".to_owned(), text: String::new() };
    Err(shown.render(file.unwrap_or(&nowhere), color).trim_end().to_owned())
}

fn syntax(error: &toml::de::Error, file: &SourceFile) -> Problem {
    Problem {
        code: "C001",
        message: format!("not valid TOML: {}", error.message()),
        span: error.span().unwrap_or(file.text.len()..file.text.len()),
        label: String::new(),
        help: None,
    }
}

fn read_table(table: &DeTable<'_>, section: &str, config: &mut Config, problems: &mut Vec<Problem>) {
    for (key, value) in table {
        let path = if section.is_empty() { key.get_ref().to_string() } else { format!("{section}.{}", key.get_ref()) };
        if children(section) == ["*"] && !is_name(key.get_ref()) {
            problems.push(bad_name(key.get_ref(), section, key.span()));
        } else if let Some(known) = find(&path) {
            let setting = Setting::File(value.get_ref());
            if let Err(misfit) = known.apply(config, &path, setting) {
                problems.push(misfitting(&path, known, setting, &misfit, value.span()));
            }
        } else if holds_key(&path) {
            problems.push(literal_key(&path));
        } else if !is_section(&path) {
            problems.push(unknown(&path, section, key.span()));
        } else if let DeValue::Table(inner) = value.get_ref() {
            enter(config, &path);
            read_table(inner, &path, config, problems);
        } else {
            problems.push(Problem {
                code: "C004",
                message: format!("`{path}` is a section"),
                span: value.span(),
                label: format!("expected a table `[{path}]`"),
                help: None,
            });
        }
    }
}

fn misfitting(path: &str, key: &Key, setting: Setting<'_>, misfit: &Misfit, span: Range<usize>) -> Problem {
    // What stands where a key's name belongs may be the key: neither it nor its line is shown.
    let is_secret = key.path.ends_with(".key_env");
    let shown = if is_secret { "what it is".to_owned() } else { setting.shown() };
    Problem {
        code: "C003",
        message: format!("`{path}` cannot be {shown}"),
        span: if is_secret { Problem::NOWHERE } else { span },
        label: format!("expected {}", misfit.0),
        help: Some(key.doc.to_owned()),
    }
}

fn unknown(path: &str, section: &str, span: Range<usize>) -> Problem {
    let place = if section.is_empty() { "at the top of the config".to_owned() } else { format!("in `[{section}]`") };
    let name = path.rsplit('.').next().unwrap_or(path);
    let elsewhere = KEYS.iter().find(|key| key.path.rsplit('.').next() == Some(name));
    let label = match (closest(name, children(section)), elsewhere) {
        (Some(suggestion), _) => format!("did you mean `{suggestion}`?"),
        (None, Some(key)) => format!("did you mean `{}`?", key.shown()),
        (None, None) => "no such key".to_owned(),
    };
    let known: Vec<String> = children(section).iter().map(|name| format!("`{name}`")).collect();
    Problem {
        code: "C002",
        message: format!("unknown key `{}` {place}", name.escape_debug()),
        span,
        label,
        help: Some(format!("keys here: {}; `quarry help config` explains them", known.join(", "))),
    }
}

fn bad_name(name: &str, section: &str, span: Range<usize>) -> Problem {
    Problem {
        code: "C007",
        message: format!("`{}` cannot be a name in `[{section}]`", name.escape_debug()),
        span,
        label: "expected letters, digits, `-` and single `_`".to_owned(),
        help: None,
    }
}

/// Refuses a key without showing it or its line.
fn literal_key(path: &str) -> Problem {
    let section = path.rsplit_once('.').map_or(path, |(section, _)| section);
    Problem {
        code: "C008",
        message: format!("`{path}`: a key is never written into a config"),
        span: Problem::NOWHERE,
        label: String::new(),
        help: Some(format!(
            "put the key into an environment variable and its name into `{section}.key_env`, as in \
             `key_env = \"TEACHER_KEY\"`"
        )),
    }
}

fn read_variable(name: &str, value: &str, config: &mut Config, problems: &mut Vec<Problem>) {
    let Some((key, path)) = find_variable(name, config) else {
        problems.push(unknown_variable(name));
        return;
    };
    let setting = Setting::Variable(value);
    if let Err(misfit) = key.apply(config, &path, setting) {
        let shown = if key.path.ends_with(".key_env") { "what it is".to_owned() } else { setting.shown() };
        problems.push(Problem {
            code: "C006",
            message: format!("the environment variable `{name}` cannot be {shown}"),
            span: Problem::NOWHERE,
            label: format!("expected {}", misfit.0),
            help: Some(key.doc.to_owned()),
        });
    }
}

fn find_variable(name: &str, config: &Config) -> Option<(&'static Key, String)> {
    let rest = name.strip_prefix(VARIABLE_PREFIX)?;
    let names: Vec<&str> = config.models.keys().chain(config.budget.stages.keys()).map(String::as_str).collect();
    KEYS.iter().find_map(|key| Some((key, path_of_variable(key.path, rest, &names)?)))
}

fn unknown_variable(name: &str) -> Problem {
    let names: Vec<String> = KEYS.iter().map(Key::variable).collect();
    let suggestion = closest(name, names.iter().map(String::as_str).collect());
    Problem {
        code: "C005",
        message: format!("the environment variable `{name}` sets no key of the config"),
        span: Problem::NOWHERE,
        label: suggestion.map(|name| format!("did you mean `{name}`?")).unwrap_or_default(),
        help: Some("`quarry help config` lists every variable".to_owned()),
    }
}

/// Models that cannot be asked, whichever of file and environment should have said more.
fn check_models(config: &Config, problems: &mut Vec<Problem>) {
    for (name, model) in &config.models {
        for (key, is_missing) in [("id", model.id.is_none()), ("endpoints", model.endpoints.is_empty())] {
            if is_missing {
                problems.push(Problem {
                    code: "C009",
                    message: format!("the model `{name}` has no `{key}`"),
                    span: Problem::NOWHERE,
                    label: String::new(),
                    help: find(&format!("models.{name}.{key}")).map(|known| known.doc.to_owned()),
                });
            }
        }
    }
}

/// Makes the model or the stage's budget that a section is about, so that an empty one is noticed.
fn enter(config: &mut Config, section: &str) {
    if let Some(name) = section.strip_prefix("models.") {
        config.models.entry(name.to_owned()).or_default();
    }
}

fn holds_key(path: &str) -> bool {
    ["models.*.key", "models.*.api_key", "models.*.token"].iter().any(|pattern| matches(pattern, path))
}

fn find(path: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| matches(key.path, path))
}

fn is_section(path: &str) -> bool {
    KEYS.iter().any(|key| child(key.path, path).is_some())
}

/// The names that may stand in a section, in the order of the keys.
fn children(section: &str) -> Vec<&'static str> {
    let mut names = Vec::new();
    for name in KEYS.iter().filter_map(|key| child(key.path, section)) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// The candidate closest to a word, if any is close.
pub(crate) fn closest<'a>(word: &str, candidates: Vec<&'a str>) -> Option<&'a str> {
    let scored =
        candidates.into_iter().map(|name| (strsim::jaro_winkler(&word.to_lowercase(), &name.to_lowercase()), name));
    scored.filter(|(score, _)| *score >= MIN_SIMILARITY).max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, name)| name)
}

#[cfg(test)]
mod tests;
