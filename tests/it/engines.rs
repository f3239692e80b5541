//! The main job on ONNX Runtime, where `QUARRY_TEST_ORT` names its library, against the built-in engine.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::dataset::{assert_conserved, json, rows};
use crate::place::{Place, ran, setting};
use crate::sample::write_shards;

#[test]
fn onnx_runtime_and_the_built_in_engine_agree_on_domains() {
    let Some(library) = setting("QUARRY_TEST_ORT") else {
        #[expect(clippy::print_stderr, reason = "what is left out is said")]
        {
            eprintln!("LEFT OUT: QUARRY_TEST_ORT does not name an ONNX Runtime library, so engines are not compared");
        }
        return;
    };
    let place = Place::with_default_recipe();
    let num_rows = write_shards(&place);
    place.write("ort.toml", format!("[onnx]\nlibrary = {}\n", Value::from(library)));
    let recipe = "pipeline/recipes/recipe.toml";
    ran(&mut place.quarry(["run", recipe, "-i", "shards", "-o", "rten"])).exits(0);
    let mut with_ort = place.quarry(["run", recipe, "-i", "shards", "-o", "ort", "--config", "ort.toml"]);
    ran(with_ort.env("QUARRY__ONNX__RUNTIME", "onnxruntime").env("QUARRY__ONNX__DEVICE", "cpu")).exits(0);
    assert_conserved(&place.path("ort"), num_rows);

    let runtimes = json(&place.path("ort/manifest.json"))["runtimes"].to_string();
    assert!(runtimes.contains("onnxruntime"), "{runtimes}");
    let domains = |out: &str| -> BTreeMap<String, Value> {
        let documents = rows(&place.path(out), "documents");
        documents.iter().map(|row| (row["doc_id"].as_str().unwrap().to_owned(), row["domain"].clone())).collect()
    };
    let (rten, ort) = (domains("rten"), domains("ort"));
    let both: Vec<_> = rten.iter().filter_map(|(id, domain)| Some((domain, ort.get(id)?))).collect();
    let num_same = both.iter().filter(|(one, other)| one == other).count();
    assert!(both.len() >= 20, "only {} documents to compare", both.len());
    // One document in two hundred may stand on a border between domains.
    assert!(both.len() - num_same <= both.len().div_ceil(200), "{num_same} of {} domains agree", both.len());
}
