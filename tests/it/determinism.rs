//! How fast a run goes changes no byte of what it makes.

use crate::dataset::{FOLDERS, assert_conserved, assert_same_bytes, bytes};
use crate::place::{Place, ran};
use crate::sample::write_shards;

/// Threads, rows of a batch, shards at once, rows of a unit.
const SETTINGS: [(u32, u32, u32, u32); 4] =
    [(1, 64, 1, 10_000), (2, 8192, 2, 10_000), (1, 8192, 2, 25), (2, 64, 1, 25)];

#[test]
fn threads_batches_units_and_shards_in_flight_change_no_byte() {
    let place = Place::with_default_recipe();
    let num_rows = write_shards(&place);
    let mut expected = None;
    for (idx, (threads, batch_rows, shards, unit_rows)) in SETTINGS.into_iter().enumerate() {
        let name = format!("threads {threads}, batch_rows {batch_rows}, shards {shards}, unit_rows {unit_rows}");
        let config = format!(
            "[run]\nthreads = {threads}\nbatch_rows = {batch_rows}\nshards_in_flight = {shards}\nunit_rows = {unit_rows}\n"
        );
        place.write("config.toml", config);
        let out = format!("out-{idx}");
        let arguments = ["run", "pipeline/recipes/recipe.toml", "-i", "shards", "-o", &out, "--config", "config.toml"];
        ran(&mut place.quarry(arguments)).exits(0);
        let out = place.path(&out);
        assert_conserved(&out, num_rows);
        match &expected {
            None => expected = Some(bytes(&out)),
            Some(expected) => assert_same_bytes(&out, expected, &name),
        }
    }
    let expected = expected.unwrap();
    for folder in FOLDERS {
        assert!(expected.keys().any(|path| path.starts_with(folder)), "no file in {folder}/");
    }
}

#[test]
fn another_seed_makes_another_dataset() {
    let place = Place::with_default_recipe();
    write_shards(&place);
    place.run_recipe(&["-i", "shards/a.jsonl"]).exits(0);
    let expected = bytes(&place.path("out"));
    let recipe = std::fs::read_to_string(place.path("pipeline/recipes/recipe.toml")).unwrap();
    assert!(recipe.contains("seed = 17"), "{recipe}");
    place.write("pipeline/recipes/recipe.toml", recipe.replace("seed = 17", "seed = 18"));
    place.run_recipe(&["-i", "shards/a.jsonl"]).exits(0);
    let pairs = bytes(&place.path("out"));
    let changed = |folder: &str| pairs.iter().any(|(path, bytes)| path.starts_with(folder) && expected[path] != *bytes);
    assert!(changed("data"), "the seed decides nothing about pairs");
}
