//! What stops a run or does not: input that is missing, cut off or broken, a directory in use, a device that is not there.

use std::fs::File;
use std::io::Write;

use serde_json::Value;

use crate::dataset::{assert_conserved, json, rows};
use crate::place::{FILTERS, Place, ran};
use crate::sample::{gzip, lines};

/// Two hundred rows of real text as one gzip member, and that member cut in the middle.
fn cut_gzip() -> Vec<u8> {
    let mut whole = gzip(&lines("web-01.jsonl", 0, 200).concat());
    whole.truncate(whole.len() / 2);
    whole
}

#[test]
fn a_pattern_that_names_nothing_exits_with_7_and_is_named() {
    let place = Place::with_recipe(FILTERS);
    place.write("texts/a.csv", "text\na\n");
    for pattern in ["nowhere/*.jsonl", "nowhere.jsonl", "texts", "texts/a.csv"] {
        let told = place.run_recipe(&["-i", pattern]).exits(7).tells(&[pattern]);
        assert_eq!(told.stdout, "", "{pattern}");
    }
}

#[test]
fn a_truncated_gzip_file_exits_with_7_and_names_file_and_offset() {
    let place = Place::with_recipe(FILTERS);
    let cut = cut_gzip();
    place.write("cut.jsonl.gz", &cut);
    let told = place.run_recipe(&["-i", "cut.jsonl.gz"]).exits(7).tells(&["cut.jsonl.gz", "on_truncated", "rows"]);
    let (_, place_of_fault) = told.stderr.split_once("corrupt at ").unwrap();
    let digits: String = place_of_fault.chars().skip_while(|letter| !letter.is_ascii_digit()).collect();
    let digits: String = digits.chars().take_while(char::is_ascii_digit).collect();
    let offset: usize = digits.parse().unwrap();
    assert!(offset <= cut.len() && offset > cut.len() / 2, "offset {offset} of {} bytes:\n{}", cut.len(), told.stderr);
    assert!(!place.path("out/manifest.json").exists(), "a dataset was published");
}

#[test]
fn a_truncated_file_in_quarantine_keeps_the_rows_before_the_fault() {
    let place = Place::with_recipe(FILTERS);
    place.write("cut.jsonl.gz", cut_gzip());
    place.write("config.toml", "[input]\non_truncated = \"quarantine\"\n");
    place.run_recipe(&["-i", "cut.jsonl.gz", "--config", "config.toml"]).exits(0);
    let out = place.path("out");
    let rejects = rows(&out, "rejects");
    let cut: Vec<_> = rejects.iter().filter(|row| row["reason"] == "truncated_shard").collect();
    assert_eq!(cut.len(), 1, "{cut:?}");
    assert_eq!(cut[0]["shard"], "cut.jsonl.gz");
    assert!(!rows(&out, "data").is_empty());
    assert_conserved(&out, json(&out.join("run_results.json"))["documents"]["num_in"].as_u64().unwrap());
}

#[test]
fn a_broken_row_becomes_a_reject_with_file_and_line() {
    let place = Place::with_recipe(FILTERS);
    let mut text = lines("web-01.jsonl", 0, 3);
    text.insert(2, b"{\"id\": \"cut\", \"text\": \"It ends\n".to_vec());
    place.write("a.jsonl", text.concat());
    place.run_recipe(&["-i", "a.jsonl"]).exits(0);
    let rejects = rows(&place.path("out"), "rejects");
    let broken: Vec<_> = rejects.iter().filter(|row| row["reason"] == "unreadable_row").collect();
    assert_eq!(broken.len(), 1, "{rejects:?}");
    let columns = (&broken[0]["stage"], &broken[0]["shard"], &broken[0]["shard_row"], &broken[0]["text"]);
    assert_eq!(columns, (&Value::from("read"), &Value::from("a.jsonl"), &Value::from(3), &Value::Null));
}

#[test]
fn a_locked_directory_exits_with_9_and_names_its_holder() {
    let place = Place::with_recipe(FILTERS);
    place.write("a.jsonl", lines("web-01.jsonl", 0, 3).concat());
    let path = place.write("out/.quarry/lock", "");
    let mut lock = File::options().write(true).open(path).unwrap();
    lock.lock().unwrap();
    lock.write_all(b"process 4711 on elsewhere").unwrap();
    place.run_recipe(&["-i", "a.jsonl"]).exits(9).tells(&["process 4711 on elsewhere", "out"]);
    drop(lock);
    place.run_recipe(&["-i", "a.jsonl"]).exits(0);
}

#[test]
fn a_gpu_that_is_not_there_is_an_error_before_any_work() {
    let place = Place::with_default_recipe();
    place.write("gpu.toml", "[onnx]\ndevice = \"cuda:0\"\n");
    place.write("a.jsonl", lines("web-01.jsonl", 0, 3).concat());
    for runtime in ["rten", "auto"] {
        let arguments = ["run", "pipeline/recipes/recipe.toml", "-i", "a.jsonl", "-o", "out", "--config", "gpu.toml"];
        let told = ran(place.quarry(arguments).env("QUARRY__ONNX__RUNTIME", runtime)).exits(2);
        assert_eq!(told.stdout, "");
        told.tells(&["cuda:0", "quarry runtime install --gpu", "device = \"cpu\""]);
        assert!(!place.path("out").exists(), "work was begun with {runtime}");
    }
}

#[test]
fn an_output_that_cannot_be_written_exits_with_8() {
    let place = Place::with_recipe(FILTERS);
    place.write("a.jsonl", lines("web-01.jsonl", 0, 3).concat());
    place.write("out", "a file stands in the way");
    place.run_recipe(&["-i", "a.jsonl"]).exits(8).tells(&["out"]);
}

#[test]
fn more_rejects_than_the_config_allows_exit_with_3_after_the_dataset_is_written() {
    let place = Place::with_recipe(FILTERS);
    place.write("a.jsonl", "{\"text\": \"short\"}\n{\"text\": \"shorter\"}\n");
    place.write("strict.toml", "[limits]\nmax_reject_share = 0.5\n");
    place.run_recipe(&["-i", "a.jsonl", "--config", "strict.toml"]).exits(3).tells(&["max_reject_share"]);
    assert_eq!(rows(&place.path("out"), "rejects").len(), 2);
}
