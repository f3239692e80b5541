//! Mistakes in recipes, configs and arguments: all of them in one pass, each with its place and a way out.

use crate::place::{FILTERS, Place, ran, root};

/// Five mistakes, each on a line of its own.
const FIVE_MISTAKES: &str = r#"[recipe]
name = "five"
sed = 17

[[stage]]
name = "long_enough"
op = "length_filtr"

[[stage]]
name = "in_english"
op = "language_filter"
from = "long_enogh"

[[stage]]
name = "well_written"
op = "quality_filter"
params = { min_sentnces = 2 }

[[stage]]
name = "short"
op = "length_filter"
params = { min_tokens = "fifty" }
"#;

#[test]
fn five_mistakes_are_reported_in_one_pass_with_places_and_suggestions() {
    let place = Place::with_recipe(FIVE_MISTAKES);
    for verb in ["check", "run"] {
        let told = ran(&mut place.quarry([verb, "pipeline/recipes/recipe.toml"])).exits(2);
        assert_eq!(told.stdout, "", "{verb}");
        let num_errors = told.stderr.lines().filter(|line| line.starts_with("error[")).count();
        assert_eq!(num_errors, 5, "{verb}:\n{}", told.stderr);
        told.tells(&[
            "pipeline/recipes/recipe.toml:3:1",
            "did you mean `seed`?",
            "pipeline/recipes/recipe.toml:7:6",
            "did you mean `length_filter`?",
            "pipeline/recipes/recipe.toml:12:8",
            "did you mean `long_enough`?",
            "pipeline/recipes/recipe.toml:17:12",
            "did you mean `min_sentences`?",
            "pipeline/recipes/recipe.toml:22:25",
            "a whole number",
        ]);
        assert!(!place.path("out").exists(), "{verb} wrote something");
    }
}

#[test]
fn a_good_recipe_is_checked_with_its_stages_in_order() {
    let place = Place::new();
    let recipe = root().join("pipeline/recipes/cloze.toml");
    let checked = ran(&mut place.quarry(["check".as_ref(), recipe.as_os_str()])).exits(0);
    let position =
        |part: &str| checked.stdout.find(part).unwrap_or_else(|| unreachable!("no {part}: {}", checked.stdout));
    assert!(checked.stdout.starts_with("recipe cloze is valid"), "{}", checked.stdout);
    assert!(position("length_filter") < position("language_filter"));
    assert!(position("language_filter") < position("cloze_generate"));
    assert!(position("cloze_generate") < position("grounding_verify"));
}

#[test]
fn set_changes_a_param_of_one_run() {
    let place = Place::with_recipe(FILTERS);
    place.write("a.jsonl", "{\"id\": \"a\", \"text\": \"Only a few words stand here.\"}\n");
    let lax = ["-i", "a.jsonl", "--set", "long_enough.min_tokens=2"];
    place.run_recipe(&lax).exits(0);
    let found = ran(&mut place.quarry(["inspect", "out", "a"])).exits(0);
    assert!(!found.stdout.contains("too_short"), "{}", found.stdout);
    place.run_recipe(&["-i", "a.jsonl"]).exits(0);
    ran(&mut place.quarry(["inspect", "out", "a"])).exits(0).prints(&["too_short", "long_enough"]);
}

#[test]
fn a_set_that_fits_nothing_is_refused_before_any_work() {
    let place = Place::with_recipe(FILTERS);
    for (set, part) in [
        ("long_enough.min_tokns=3", "did you mean `min_tokens`?"),
        ("long_enuff.min_tokens=3", "did you mean `long_enough`?"),
        ("long_enough.min_tokens=many", "a whole number"),
        ("long_enough.min_tokens=-1", "min_tokens"),
        ("min_tokens", "stage.param=value"),
    ] {
        let told = place.run_recipe(&["-i", "nowhere.jsonl", "--set", set]).exits(2).tells(&[part]);
        assert_eq!(told.stdout, "", "{set}");
        assert!(!place.path("out").exists(), "{set}");
    }
}

#[test]
fn unknown_flags_verbs_operators_and_recipes_exit_with_2() {
    let place = Place::new();
    let cases: [(&[&str], &str); 5] = [
        (&["run", "--inptu", "a"], "--input"),
        (&["rnu"], "rnu"),
        (&["operators", "lenght_filter"], "did you mean `length_filter`?"),
        (&["run", "nowhere.toml"], "nowhere.toml"),
        (&["help", "weather"], "weather"),
    ];
    for (arguments, part) in cases {
        let told = ran(&mut place.quarry(arguments)).exits(2).tells(&[part]);
        assert_eq!(told.stdout, "", "{arguments:?}");
    }
}

#[test]
fn all_mistakes_of_a_config_and_of_variables_are_reported_at_once() {
    let place = Place::with_recipe(FILTERS);
    place.write(
        "bad.toml",
        "[run]\nthreds = 2\nbatch_rows = 0\n\n[input]\non_truncated = \"ignore\"\n\n[outptu]\ndir = \"x\"\n",
    );
    let mut command = place.quarry(["run", "pipeline/recipes/recipe.toml", "--config", "bad.toml"]);
    let told = ran(command.env("QUARRY__RUN__UNIT_ROWS", "few")).exits(2);
    told.tells(&[
        "bad.toml:2:1",
        "did you mean `threads`?",
        "bad.toml:3",
        "bad.toml:6",
        "`fail` or `quarantine`",
        "bad.toml:8",
        "QUARRY__RUN__UNIT_ROWS",
    ]);
}

#[test]
fn operators_are_listed_and_shown_with_params_and_reasons() {
    let place = Place::new();
    ran(&mut place.quarry(["operators"])).exits(0).prints(&["length_filter", "cloze_generate", "exact_dedup"]);
    let one = ["min_tokens", "too_short", "default 50"];
    ran(&mut place.quarry(["operators", "length_filter"])).exits(0).prints(&one);
    let json = ran(&mut place.quarry(["operators", "length_filter", "--json"])).exits(0).stdout;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["params"][0]["default"], 50);
}

#[test]
fn help_tells_exit_codes_config_keys_and_rules() {
    let place = Place::new();
    ran(&mut place.quarry(["help", "exit-codes"])).exits(0).prints(&["143", "locked by another run"]);
    ran(&mut place.quarry(["help", "config", "run.threads"])).exits(0).prints(&["QUARRY__RUN__THREADS"]);
    ran(&mut place.quarry(["help", "rules"])).exits(0).prints(&["R031"]);
    ran(&mut place.quarry(["--version"])).exits(0).prints(&[env!("CARGO_PKG_VERSION")]);
    ran(&mut place.quarry(["completions", "bash"])).exits(0).prints(&["quarry"]);
}
