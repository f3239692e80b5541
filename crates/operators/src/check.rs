//! Test support: an operator's test is params and a text table in, a text table out.
//!
//! The first line of the table names the columns, separated by `|`; every other line is a row. `\0` is null, `\n` a
//! line break, `[a, b]` a list of strings, `<1 0.5>` a list of floats. Columns whose names end in `_start` or `_end`
//! hold integers, those in `_number` floats. The expected table has a line a row: `accept`, `reject reason: detail` or `fail: detail`, then the
//! added columns. `row_id` is made up (`r0`, `r1`, ...) unless the table has it.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, Float32Array, Float32Builder, Int64Array, ListBuilder, RecordBatch, RecordBatchOptions,
    StringArray, StringBuilder,
};
use arrow::datatypes::{Field, Schema};
use arrow::util::display::array_value_to_string;
use quarry_engine::operator::{BuildContext, Decided, Operator, Params, Place, Rows, Takes};
use quarry_onnx::{RuntimeConfig, TrainOptions, train_head};
use quarry_schema::{Fate, Level};

use crate::check_barrier::decide_all;
use crate::scripted::{Scripted, decide_rows, pipeline_dir};
use crate::{Def, Resources};

/// Resources for operators that need none.
pub(crate) fn no_resources() -> Resources {
    Resources::new(std::path::PathBuf::from("nowhere"), RuntimeConfig::default())
}

/// Builds an operator with params given as TOML over its defaults.
pub(crate) fn build(def: &Def, params: &str, resources: &Resources) -> Result<Operator, String> {
    let mut checked = Params::defaults(def.params);
    let given: serde_json::Map<String, serde_json::Value> = toml::from_str(params).unwrap();
    for (name, value) in given {
        assert!(def.params.iter().any(|param| param.name == name), "`{}` has no param `{name}`", def.name);
        checked.set(&name, value);
    }
    let level = if def.takes == Takes::Documents { Level::Document } else { Level::Pair };
    let mut ctx = BuildContext::new(&checked, Place { stage: def.name, position: 0, level, seed: 17 }, resources);
    (def.build)(&mut ctx).map_err(|error| error.to_string())
}

/// Runs a table through an operator and compares what it decides.
pub(crate) fn check(def: &Def, params: &str, input: &str, expected: &str) {
    check_with(def, params, &no_resources(), input, expected);
}

/// As [`check`], with a model that is asked.
pub(crate) fn check_asking(def: &Def, params: &str, model: &Arc<Scripted>, input: &str, expected: &str) {
    check_with(def, params, &model.resources(), input, expected);
}

/// As [`check`], with resources.
pub(crate) fn check_with(def: &Def, params: &str, resources: &Resources, input: &str, expected: &str) {
    let operator = build(def, params, resources).unwrap();
    let batch = batch(input);
    let found = match &operator {
        Operator::Compute(compute) => render(&compute.decide(Rows::new(&batch)).unwrap()),
        Operator::Barrier(barrier) => render(&decide_all(barrier.as_ref(), def, &batch)),
        Operator::Remote(remote) => render(&decide_rows(remote.as_ref(), &batch)),
    };
    let expected: Vec<String> = expected.lines().map(|line| line.trim().to_owned()).collect();
    assert_eq!(found, expected, "\n found:\n{}\n", found.join("\n"));
}

/// Expects that building fails with a message that holds this text.
pub(crate) fn check_build_error(def: &Def, params: &str, expected: &str) {
    let message = build(def, params, &no_resources()).err().unwrap();
    assert!(message.contains(expected), "{message}");
}

/// Writes what an operator decided, one line a row.
pub(crate) fn render(decided: &Decided) -> Vec<String> {
    let line = |(idx, fate): (usize, &Fate)| {
        let mut line = match fate {
            Fate::Accept => "accept".to_owned(),
            Fate::Reject { reason, detail } => format!("reject {reason}: {detail}"),
            Fate::Fail { detail } => format!("fail: {detail}"),
        };
        for column in &decided.columns {
            line.push_str(" | ");
            line.push_str(&array_value_to_string(column, idx).unwrap());
        }
        line.trim_end().to_owned()
    };
    decided.fates.iter().enumerate().map(line).collect()
}

/// Reads a text table.
pub(crate) fn batch(table: &str) -> RecordBatch {
    let mut lines = table.lines().map(|line| line.trim().split('|').map(str::trim).collect::<Vec<_>>());
    let names = lines.next().unwrap();
    let rows: Vec<Vec<&str>> = lines.collect();
    let mut columns: Vec<(String, ArrayRef)> = Vec::new();
    if !names.contains(&"row_id") {
        let ids: Vec<String> = (0..rows.len()).map(|idx| format!("r{idx}")).collect();
        columns.push(("row_id".to_owned(), Arc::new(StringArray::from(ids))));
    }
    for (idx, name) in names.iter().enumerate() {
        let cells: Vec<Option<String>> = rows.iter().map(|row| cell(row[idx])).collect();
        columns.push(((*name).to_owned(), array(name, &cells)));
    }
    let fields: Vec<Field> =
        columns.iter().map(|(name, array)| Field::new(name, array.data_type().clone(), true)).collect();
    let options = RecordBatchOptions::new().with_row_count(Some(rows.len()));
    let arrays = columns.into_iter().map(|(_, array)| array).collect();
    RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), arrays, &options).unwrap()
}

fn cell(text: &str) -> Option<String> {
    (text != "\\0").then(|| text.replace("\\n", "\n").replace("\\p", "|"))
}

fn array(name: &str, cells: &[Option<String>]) -> ArrayRef {
    let some = cells.iter().flatten().next().map_or("", String::as_str);
    if name.ends_with("_start") || name.ends_with("_end") {
        let numbers = cells.iter().map(|cell| cell.as_ref().map(|text| text.parse::<i64>().unwrap()));
        return Arc::new(numbers.collect::<Int64Array>());
    }
    if name.ends_with("_number") {
        let numbers = cells.iter().map(|cell| cell.as_ref().map(|text| text.parse::<f32>().unwrap()));
        return Arc::new(numbers.collect::<Float32Array>());
    }
    match some.chars().next() {
        Some('<') => float_lists(cells),
        _ if name == "personas" => text_lists(cells),
        _ => Arc::new(StringArray::from(cells.to_vec())),
    }
}

fn float_lists(cells: &[Option<String>]) -> ArrayRef {
    let mut builder = ListBuilder::new(Float32Builder::new());
    for cell in cells {
        if let Some(text) = cell {
            for number in text.trim_matches(['<', '>']).split_whitespace() {
                builder.values().append_value(number.parse().unwrap());
            }
        }
        builder.append(cell.is_some());
    }
    Arc::new(builder.finish())
}

fn text_lists(cells: &[Option<String>]) -> ArrayRef {
    let mut builder = ListBuilder::new(StringBuilder::new());
    for cell in cells {
        if let Some(text) = cell {
            for item in text.trim_matches(['[', ']']).split(',') {
                builder.values().append_value(item.trim());
            }
        }
        builder.append(cell.is_some());
    }
    Arc::new(builder.finish())
}

/// A pipeline directory with a small model of random weights, a head trained on it, and two personas.
pub(crate) struct TinyPipeline {
    pub(crate) resources: Resources,
    _dir: tempfile::TempDir,
}

/// Makes a pipeline directory for tests of operators that use models.
pub(crate) fn tiny_pipeline() -> TinyPipeline {
    let dir = tempfile::tempdir().unwrap();
    let tiny = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../onnx/tests/tiny");
    let models = dir.path().join("models");
    std::fs::create_dir_all(models.join("tiny")).unwrap();
    for entry in std::fs::read_dir(tiny).unwrap() {
        let path = entry.unwrap().path();
        std::fs::copy(&path, models.join("tiny").join(path.file_name().unwrap())).unwrap();
    }
    for folder in ["distractors", "prompts", "demos", "domains"] {
        std::fs::create_dir(dir.path().join(folder)).unwrap();
        for entry in std::fs::read_dir(pipeline_dir().join(folder)).unwrap() {
            let path = entry.unwrap().path();
            std::fs::copy(&path, dir.path().join(folder).join(path.file_name().unwrap())).unwrap();
        }
    }
    std::fs::create_dir(dir.path().join("packs")).unwrap();
    std::fs::write(dir.path().join("packs/tiny.jsonl"), PACK).unwrap();
    std::fs::create_dir(dir.path().join("personas")).unwrap();
    std::fs::write(dir.path().join("personas/money.toml"), PERSONAS).unwrap();
    let resources = crate::scripted::oracle().resources_in(dir.path().to_owned());
    let encoder = resources.encoder("tiny").unwrap();
    let options = TrainOptions { name: "domain".to_owned(), held_out: 0.2, ..TrainOptions::default() };
    train_head(&labelled(), &encoder, &options, &models.join("domain")).unwrap();
    TinyPipeline { resources, _dir: dir }
}

const PACK: &str = r#"{"name": "long", "question": "In 1905 it was built by the engineer Karl Brandt of Zürich, but who was he?", "answer": "an engineer"}
{"name": "short", "question": "Who built it?", "answer": "Karl Brandt"}"#;

const PERSONAS: &str = r#"
[[persona]]
id = "trader"
who = "A trader"
cares_for = "the market"
asks_about = ["percentage"]
lead_in = ["On {topic}:"]

[[persona]]
id = "banker"
who = "A banker"
cares_for = "the price of water"
asks_about = ["number"]
lead_in = ["On {topic}:"]
"#;

fn labelled() -> Vec<(String, String)> {
    let animals = ["cat", "dog", "a cat and a dog", "the dog ran", "the cat sat"];
    let money = ["price", "market", "the price of water", "market price", "the price, the market"];
    let tails = ["", " one", " two", " three", " in the sun", " by the sea"];
    let labelled = |texts: [&'static str; 5], label: &'static str| {
        tails.into_iter().flat_map(move |tail| texts.map(|text| (format!("{text}{tail}"), label.to_owned())))
    };
    labelled(animals, "animals").chain(labelled(money, "money")).collect()
}
