//! From file and environment to a config: every value is checked, whatever the others say.

use std::path::Path;

use quarry_engine::recipe::{Problem, Problems, SourceFile};
use toml::de::{DeTable, DeValue};

use super::setting::Setting;
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
        if let Some(known) = find(&path) {
            let setting = Setting::File(value.get_ref());
            if let Err(misfit) = (known.set)(config, setting) {
                problems.push(Problem {
                    code: "C003",
                    message: format!("`{path}` cannot be {}", setting.shown()),
                    span: value.span(),
                    label: format!("expected {}", misfit.0),
                    help: Some(known.doc.to_owned()),
                });
            }
        } else if !is_section(&path) {
            problems.push(unknown(&path, section, key.span()));
        } else if let DeValue::Table(inner) = value.get_ref() {
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

fn unknown(path: &str, section: &str, span: std::ops::Range<usize>) -> Problem {
    let place = if section.is_empty() { "at the top of the config".to_owned() } else { format!("in `[{section}]`") };
    let name = path.rsplit('.').next().unwrap_or(path);
    let elsewhere = KEYS.iter().find(|key| key.path.rsplit('.').next() == Some(name));
    let label = match (closest(name, children(section)), elsewhere) {
        (Some(suggestion), _) => format!("did you mean `{suggestion}`?"),
        (None, Some(key)) => format!("did you mean `{}`?", key.path),
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

fn read_variable(name: &str, value: &str, config: &mut Config, problems: &mut Vec<Problem>) {
    let Some(key) = KEYS.iter().find(|key| key.variable() == name) else {
        let names: Vec<String> = KEYS.iter().map(Key::variable).collect();
        let suggestion = closest(name, names.iter().map(String::as_str).collect());
        problems.push(Problem {
            code: "C005",
            message: format!("the environment variable `{name}` sets no key of the config"),
            span: Problem::NOWHERE,
            label: suggestion.map(|name| format!("did you mean `{name}`?")).unwrap_or_default(),
            help: Some("`quarry help config` lists every variable".to_owned()),
        });
        return;
    };
    let setting = Setting::Variable(value);
    if let Err(misfit) = (key.set)(config, setting) {
        problems.push(Problem {
            code: "C006",
            message: format!("the environment variable `{name}` cannot be {}", setting.shown()),
            span: Problem::NOWHERE,
            label: format!("expected {}", misfit.0),
            help: Some(key.doc.to_owned()),
        });
    }
}

fn find(path: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.path == path)
}

fn is_section(path: &str) -> bool {
    KEYS.iter().any(|key| key.path.strip_prefix(path).is_some_and(|rest| rest.starts_with('.')))
}

/// The names that may stand in a section, in the order of the keys.
fn children(section: &str) -> Vec<&'static str> {
    let mut names = Vec::new();
    for key in KEYS {
        let rest = if section.is_empty() {
            Some(key.path)
        } else {
            key.path.strip_prefix(section).and_then(|rest| rest.strip_prefix('.'))
        };
        if let Some(name) = rest.and_then(|rest| rest.split('.').next()).filter(|name| !names.contains(name)) {
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
mod tests {
    use super::{Config, KEYS, SourceFile, closest, parse};

    fn file(text: &str) -> SourceFile {
        SourceFile { name: "config.toml".to_owned(), text: text.to_owned() }
    }

    fn problems(text: &str, variables: &[(&str, &str)]) -> String {
        let variables: Vec<(String, String)> =
            variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        match parse(Some(&file(text)), &variables, false) {
            Ok(config) => panic!("read {config:?}"),
            Err(report) => report,
        }
    }

    #[test]
    fn five_mistakes_are_shown_in_one_pass_with_places_and_suggestions() {
        let report = problems(
            "[input]\npaterns = \"a\"\n[run]\nmemory = \"lots\"\ndevice = \"cpu\"\n[onnx]\nruntime = \"cuda\"\n",
            &[("QUARRY__RUN__TREADS", "2")],
        );
        assert_eq!(report.matches("error[").count(), 5, "{report}");
        let lines = ["config.toml:2:1", "config.toml:4:10", "config.toml:5:1", "config.toml:7:11"];
        let places: Vec<usize> = lines.iter().map(|line| report.find(line).unwrap()).collect();
        assert!(places.is_sorted(), "{report}");
        for part in [
            "did you mean `patterns`?",
            "did you mean `onnx.device`?",
            "expected `auto`, `onnxruntime` or `rten`",
            "did you mean `QUARRY__RUN__THREADS`?",
        ] {
            assert!(report.contains(part), "`{part}` in {report}");
        }
    }

    #[test]
    fn the_environment_goes_over_the_file_and_the_file_over_the_defaults() {
        let variables = vec![("QUARRY__RUN__THREADS".to_owned(), "3".to_owned())];
        let text = "[run]\nthreads = 2\nmemory = \"1GiB\"\n[input.mapping]\ntext = \"body\"\n";
        let config = parse(Some(&file(text)), &variables, false).unwrap();
        assert_eq!(config.run.threads, 3);
        assert_eq!(config.run.memory_bytes, 1 << 30);
        assert_eq!(config.input.mapping.text.as_deref(), Some("body"));
        assert_eq!(config.output, Config::default().output);
    }

    #[test]
    fn the_shipped_config_says_the_defaults_and_explains_every_key() {
        let text = include_str!("../../../../configs/default.toml");
        let config = parse(Some(&file(text)), &[], false).unwrap();
        assert_eq!(config, Config::default());
        for key in KEYS {
            let name = key.path.rsplit('.').next().unwrap();
            let mut lines = text.lines().map(|line| line.trim_start_matches("# ")).enumerate();
            let (at, _) =
                lines.find(|(_, line)| line.starts_with(&format!("{name} ="))).unwrap_or_else(|| panic!("{name}"));
            let above = text.lines().nth(at.saturating_sub(1)).unwrap();
            assert!(above.starts_with("# ") || above.trim_start_matches("# ").contains(" = "), "{name}: {above}");
        }
    }

    #[test]
    fn every_default_reads_back_as_itself() {
        for key in KEYS {
            if let Some(value) = (key.value)(&Config::default()) {
                let (section, name) = key.path.rsplit_once('.').unwrap();
                let config = parse(Some(&file(&format!("[{section}]\n{name} = {value}\n"))), &[], false);
                assert_eq!(config, Ok(Config::default()), "{}", key.path);
            }
        }
    }

    #[test]
    fn a_word_that_is_close_to_none_gets_no_suggestion() {
        assert_eq!(closest("zebra", vec!["threads", "memory"]), None);
    }
}
