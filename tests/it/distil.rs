//! From a model's labels to a head that scores without it: `educational_judge_classify`, `quarry train-head`,
//! `educational_classify`, one after the other as a user runs them.

use crate::dataset::{assert_conserved, counts, rows};
use crate::endpoints::Mock;
use crate::place::{Place, ran, root};
use crate::sample::lines;

const NUM_DOCUMENTS: usize = 160;

const LABEL: &str = r#"
[recipe]
name = "label"
seed = 17

[[stage]]
name = "judged"
op = "educational_judge_classify"
"#;

const CLASSIFY: &str = r#"
[recipe]
name = "classify"
seed = 17

[[stage]]
name = "teaches"
op = "educational_classify"
params = { min_score = 1.0 }
"#;

#[test]
fn a_head_is_distilled_from_the_labels_of_a_model() {
    let place = Place::with_recipe(LABEL);
    place.write("a.jsonl", lines("web-01.jsonl", 0, NUM_DOCUMENTS).concat());
    let mock = Mock::start(&place, &[]);
    let model = format!("[models.teacher]\nid = \"teacher\"\nendpoints = \"http://{}/v1\"\n", mock.address);
    place.write("config.toml", model);
    let labelled =
        ["run", "pipeline/recipes/recipe.toml", "-i", "a.jsonl", "--config", "config.toml", "-o", "labelled"];
    ran(&mut place.quarry(labelled)).exits(0);
    assert_conserved(&place.path("labelled"), NUM_DOCUMENTS as u64);
    let labels: Vec<String> = rows(&place.path("labelled"), "data")
        .iter()
        .map(|row| row["educational_label"].as_str().unwrap().to_owned())
        .collect();
    assert!(labels.len() > NUM_DOCUMENTS / 2, "{} labels", labels.len());
    assert!(labels.iter().all(|label| ["0", "1", "2", "3", "4", "5"].contains(&label.as_str())), "{labels:?}");

    // The head stands in a pipeline folder beside the small encoder of the tests, which it names.
    let tiny = root().join("crates/onnx/tests/tiny");
    for entry in tiny.read_dir().unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        place.write(&format!("second/models/tiny/{name}"), std::fs::read(&path).unwrap());
    }
    let train = ["train-head", "labelled/data", "--label-field", "educational_label"];
    let folders = ["--encoder", "second/models/tiny", "--out", "second/models/educational"];
    ran(place.quarry(train).args(folders)).exits(0).prints(&["held out", "second/models/educational"]);

    place.write("second/recipes/recipe.toml", CLASSIFY);
    let classify = ["run", "second/recipes/recipe.toml", "-i", "a.jsonl", "-o", "scored"];
    ran(&mut place.quarry(classify)).exits(0);
    assert_conserved(&place.path("scored"), NUM_DOCUMENTS as u64);
    let scored = rows(&place.path("scored"), "data");
    assert!(!scored.is_empty(), "{}", counts(&place.path("scored")));
    for row in &scored {
        let score = row["educational_score"].as_f64().unwrap();
        assert!((1.0..=5.0).contains(&score), "{score}");
    }
}
