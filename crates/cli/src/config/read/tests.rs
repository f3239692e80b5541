//! Files and variables with and without mistakes, and the configs that are shipped.

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
    let text = include_str!("../../../../../configs/default.toml");
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
            let start = if section == "models.*" { TEACHER.to_owned() } else { format!("[{section}]\n") };
            let config = parse(Some(&file(&format!("{start}{name} = {value}\n"))), &[], false);
            assert_eq!(config, parse(Some(&file(&start)), &[], false), "{}", key.path);
        }
    }
}

#[test]
fn a_word_that_is_close_to_none_gets_no_suggestion() {
    assert_eq!(closest("zebra", vec!["threads", "memory"]), None);
}

const TEACHER: &str = "[models.teacher]\nid = \"m\"\nendpoints = \"http://127.0.0.1:1/v1\"\n";

#[test]
fn models_and_budgets_are_named_by_the_user_in_file_and_environment() {
    let variables = [
        ("QUARRY__BUDGET__STAGES__ASK__MAX_TOKENS_OUT", "900"),
        ("QUARRY__MODELS__BIG_ONE__PRICE_INPUT", "2.5"),
        ("QUARRY__MODELS__STUDENT__ENDPOINTS", "[\"http://a/v1\", \"http://b/v1\"]"),
        ("QUARRY__MODELS__STUDENT__ID", "s"),
        ("QUARRY__MODELS__TEACHER__ID", "other"),
    ];
    let variables: Vec<(String, String)> =
        variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let text = format!(
        "{TEACHER}timeout = \"90s\"\nin_flight = 64\n[models.big-one]\nid = \"b\"\nendpoints = [\"http://c/v1\"]\n\
         [budget]\nmax_cost = 10\n[budget.stages.ask]\nmax_cost = 1.5\n[ledger]\npath = \"shared.db\"\n"
    );
    let config = parse(Some(&file(&text)), &variables, false).unwrap();
    let teacher = &config.models["teacher"];
    assert_eq!((teacher.id.as_deref(), teacher.timeout.as_secs(), teacher.in_flight), (Some("other"), 90, Some(64)));
    assert_eq!(config.models["big-one"].price_input, 2.5);
    assert_eq!(config.models["student"].endpoints.len(), 2);
    assert_eq!(config.budget.max_cost, Some(10.0));
    let stage = &config.budget.stages["ask"];
    assert_eq!((stage.max_cost, stage.max_tokens_out), (Some(1.5), Some(900)));
    assert_eq!(config.ledger_path(), std::path::Path::new("shared.db"));
    assert_eq!(Config::default().ledger_path(), std::path::Path::new("out/.quarry/ledger.db"));
}

#[test]
fn mistakes_in_models_get_their_place_and_a_suggestion() {
    let text =
        format!("{TEACHER}temprature = 1\nkey_envs = \"K\"\nin_flight = \"many\"\n[models.\"a.b\"]\nid = \"x\"\n");
    let report = problems(&text, &[("QUARRY__MODELS__TEACHER__ENDPOINT", "x")]);
    for part in [
        "unknown key `temprature` in `[models.teacher]`",
        "did you mean `key_env`?",
        "expected `auto` or a whole number",
        "`a.b` cannot be a name in `[models]`",
        "did you mean `QUARRY__MODELS__NAME__ENDPOINTS`?",
        "config.toml:4:1",
    ] {
        assert!(report.contains(part), "`{part}` in {report}");
    }
    let report = problems("[models.teacher]\n[models.checker]\nid = \"m\"\n", &[]);
    assert_eq!(report.matches("error[").count(), 3, "{report}");
    assert!(report.contains("the model `teacher` has no `id`"), "{report}");
    assert!(report.contains("the model `checker` has no `endpoints`"), "{report}");
}

#[test]
fn a_key_in_the_config_is_refused_and_never_shown() {
    for line in ["key = \"sk-canary\"", "api_key = \"sk-canary\"", "key_env = \"sk-canary\"", "token = \"sk-canary\""] {
        let report = problems(&format!("{TEACHER}{line}\n"), &[("QUARRY__MODELS__TEACHER__KEY_ENV", "sk-canary")]);
        assert!(report.contains("key_env") && !report.contains("canary"), "{report}");
    }
}

#[test]
fn the_shipped_config_for_the_mock_server_has_the_models_of_the_shipped_recipe() {
    let text = include_str!("../../../../../configs/mock.toml");
    let config = parse(Some(&file(text)), &[], false).unwrap();
    for name in ["teacher", "checker", "student"] {
        assert_eq!(config.models[name].endpoints, ["http://127.0.0.1:8377/v1"], "{name}");
    }
}
