//! A run from outside: what goes to which stream, stopping and going on, doing nothing twice, and a project made by `init`.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant, SystemTime};

use serde_json::Value;

use crate::dataset::{assert_conserved, assert_same_bytes, bytes, json, rows};
use crate::place::{FILTERS, Place, ran};
use crate::sample::{lines, write_shards};

#[test]
fn stdout_holds_the_result_and_stderr_the_rest() {
    let place = Place::with_recipe(FILTERS);
    place.write("a.jsonl", lines("web-01.jsonl", 0, 20).concat());
    let told = place.run_recipe(&["-i", "a.jsonl"]).exits(0).tells(&["unit committed"]);
    let told = told.prints(&["recipe filters", "20 in", "rejects by reason", "dataset: out/data"]);
    assert!(!told.stdout.contains("committed"), "{}", told.stdout);
}

#[test]
fn stderr_is_json_line_by_line_where_that_is_asked_for() {
    let place = Place::with_default_recipe();
    place.write("a.jsonl", lines("web-01.jsonl", 0, 5).concat());
    let told = place.run_recipe(&["-i", "a.jsonl", "--log-format", "json"]).exits(0).tells(&["unit committed"]);
    for line in told.stderr.lines() {
        let event: Result<Value, _> = serde_json::from_str(line);
        assert!(event.is_ok_and(|event| event.is_object()), "not JSON: {line}");
    }
}

#[test]
fn the_same_command_again_finds_nothing_to_do_and_touches_nothing() {
    let place = Place::with_recipe(FILTERS);
    place.write("a.jsonl", lines("web-01.jsonl", 0, 50).concat());
    place.run_recipe(&["-i", "a.jsonl"]).exits(0);
    let times = || -> Vec<SystemTime> {
        let files = bytes(&place.path("out")).into_keys();
        files.map(|file| place.path("out").join(file).metadata().unwrap().modified().unwrap()).collect()
    };
    let before = times();
    let started = Instant::now();
    let told = place.run_recipe(&["-i", "a.jsonl"]).exits(0).prints(&["nothing to do"]);
    assert!(!told.stderr.contains("committed"), "{}", told.stderr);
    assert!(started.elapsed() < Duration::from_secs(10), "doing nothing took {:?}", started.elapsed());
    assert_eq!(before, times());
}

#[test]
fn changed_input_is_read_again_and_unchanged_input_is_not() {
    let place = Place::with_recipe(FILTERS);
    place.write("shards/a.jsonl", lines("web-01.jsonl", 0, 20).concat());
    place.write("shards/b.jsonl", lines("web-01.jsonl", 20, 20).concat());
    place.run_recipe(&["-i", "shards"]).exits(0);
    place.write("shards/b.jsonl", lines("web-01.jsonl", 20, 30).concat());
    let told = place.run_recipe(&["-i", "shards"]).exits(0);
    let of_shard = |shard: &str| {
        told.stderr
            .lines()
            .any(|line| line.contains("unit committed") && line.contains("segment=0") && line.contains(shard))
    };
    assert!(of_shard("b.jsonl") && !of_shard("a.jsonl"), "{}", told.stderr);
    assert_conserved(&place.path("out"), 50);
}

#[test]
fn sigterm_exits_with_143_and_the_same_command_goes_on() {
    let place = Place::with_default_recipe();
    let num_rows = write_shards(&place);
    place.write("config.toml", "[run]\nunit_rows = 5\nthreads = 1\nshards_in_flight = 1\n");
    let command = |out: &str| -> Command {
        place.quarry(["run", "pipeline/recipes/recipe.toml", "-i", "shards", "--config", "config.toml", "-o", out])
    };
    let mut child = command("out").stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stderr = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
    assert!(stderr.any(|line| line.contains("unit committed")), "the run ended without committing a unit");
    assert!(Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap().success());
    let rest: Vec<String> = stderr.collect();
    let rest = rest.join("\n");
    assert_eq!(child.wait().unwrap().code(), Some(143), "{rest}");
    assert!(rest.contains("SIGTERM") && rest.contains("saved: ") && rest.contains("next: "), "{rest}");
    assert!(!place.path("out/manifest.json").exists());
    ran(&mut place.quarry(["status", "out"])).exits(0).prints(&["not finished", "units committed"]);

    ran(&mut command("out")).exits(0).prints(&["units from before"]);
    ran(&mut command("undisturbed")).exits(0);
    assert_same_bytes(&place.path("out"), &bytes(&place.path("undisturbed")), "after SIGTERM");
    assert_conserved(&place.path("out"), num_rows);
}

#[test]
fn limit_reads_that_many_documents_over_all_shards() {
    let place = Place::with_recipe(FILTERS);
    write_shards(&place);
    place.run_recipe(&["-i", "shards", "--limit", "43"]).exits(0).prints(&["43 in"]);
    assert_conserved(&place.path("out"), 43);
    place.run_recipe(&["-i", "shards", "--limit", "44"]).exits(0).prints(&["44 in"]);
}

#[test]
fn a_project_made_by_init_runs_anywhere() {
    let place = Place::new();
    ran(&mut place.quarry(["init", "demo"])).exits(0).prints(&["next: cd demo && quarry run"]);
    let again = ran(&mut place.quarry(["init", "demo"])).exits(2).tells(&["--force"]);
    assert_eq!(again.stdout, "");
    let mut run = place.quarry(["run", "--limit", "60"]);
    ran(run.current_dir(place.path("demo"))).exits(0).prints(&["60 in", "dataset: out/data"]);
    let out = place.path("demo/out");
    assert_conserved(&out, 60);
    assert!(!rows(&out, "data").is_empty(), "no pair was accepted");
    assert_eq!(json(&out.join("manifest.json"))["recipe"], "cloze");
    for file in ["README.md", "run_results.json"] {
        assert!(out.join(file).is_file(), "{file}");
    }
}
