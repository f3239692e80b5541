//! The contract of an operator, checked for every one in the list on rows made at random.
//!
//! One fate a row; declared columns, reasons and nothing else; the same answer whatever batch a row comes in and
//! however often it is asked; no trouble with empty batches, nulls and odd Unicode. Operators that ask a model get one
//! that invents its replies, some of them useless.

use std::sync::{Arc, LazyLock};

use arrow::array::{Array, ArrayRef, Float32Builder, Int64Array, ListBuilder, RecordBatch, StringArray, StringBuilder};
use arrow::datatypes::DataType;
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::test_runner::{Config, TestRunner};
use quarry_engine::operator::{AllRows, Compute, Decided, Operator, Remote, Rows, Shape};
use quarry_schema::{Fate, column};

use crate::check::{TinyPipeline, build, tiny_pipeline};
use crate::check_barrier::MemoryRows;
use crate::scripted::decide_rows;
use crate::{ALL, Def};

static PIPELINE: LazyLock<TinyPipeline> = LazyLock::new(tiny_pipeline);

const NUM_CASES: u32 = 64;

/// Params without which an operator does not find the test models.
fn params(def: &Def) -> &'static str {
    match def.name {
        "balance" => "max_rows = 1",
        "semantic_dedup" => "encoder = \"tiny\"\nthreshold = 0.5",
        "decontaminate" => "packs = [\"packs/tiny.jsonl\"]\nencoder = \"tiny\"",
        "persona_assign" => "encoder = \"tiny\"",
        "quality_filter" => "min_words = 5\nmin_sentences = 1",
        "length_filter" => "min_tokens = 3",
        "main_text_assign" => "min_chars = 1\nhtml = \"always\"",
        _ => "",
    }
}

fn operator(def: &Def) -> Operator {
    build(def, params(def), &PIPELINE.resources).unwrap()
}

#[derive(Clone, Debug)]
struct Row {
    text: Option<String>,
    meta: Option<String>,
    domain: Option<String>,
    embedding: Option<f32>,
    personas: Option<Vec<String>>,
    question: Option<String>,
    answer: Option<String>,
    spec: Option<String>,
    answer_type: Option<String>,
    evidence: (Option<i64>, Option<i64>),
}

const SENTENCES: [&str; 13] = [
    "<html lang=de><div><p>A page that <b>nothing</p> <a rel=license href=/terms>closes<ul><li>and so on.",
    "The Volga is a river in Russia that is 3,530 km long.",
    "It was built in 1905 by the engineer Karl Brandt of Zürich.",
    "About 71 % of the people live in the valley, and the rest in the hills.",
    "Le comité s'est réuni mardi pour discuter du nouveau pont.",
    "Home | About | Log in | Subscribe to our newsletter",
    "The market is a place where the price of water is set, and the trade has grown since then.",
    "fn main() { println!(\"{}\", 1 + 1) }",
    "1 2 3 4 5 6 7 8 9 10 11 12",
    "… ... … ...\n\n\n• one\n• two",
    "e\u{301}\u{200b}\u{202e}ẞßİıſ\u{feff}ﬁ𝔘𝕟𝕚 👩‍👩‍👧‍👦\u{0}\u{7}",
    "一二三四五六七八九十。委员会开会讨论。",
    "According to the passage, what did he build?",
];

fn text() -> impl Strategy<Value = String> {
    let sentence = prop_oneof![
        8 => proptest::sample::select(SENTENCES.to_vec()).prop_map(str::to_owned),
        1 => "\\PC{0,40}",
        1 => any::<String>(),
    ];
    let separator = proptest::sample::select(vec![" ", "\n", "\n\n", "\u{2028}", "\r\n"]);
    (proptest::collection::vec(sentence, 0..8), separator).prop_map(|(parts, separator)| parts.join(separator))
}

fn answer() -> impl Strategy<Value = String> {
    prop_oneof![
        proptest::sample::select(vec!["3,530 km", "1905", "71 %", "Volga", "Zürich", "B", "yes", "iron and tin", ""])
            .prop_map(str::to_owned),
        "\\PC{0,12}",
    ]
}

fn row() -> impl Strategy<Value = Row> {
    let maybe = |strategy| proptest::option::weighted(0.9, strategy);
    let meta = prop_oneof![Just("{\"title\": \"Volga\"}".to_owned()), "\\PC{0,10}"];
    let domain = proptest::sample::select(vec!["money", "Money", "Law", ""]).prop_map(str::to_owned);
    let persona = proptest::sample::select(vec!["trader", "banker", "nobody"]).prop_map(str::to_owned);
    let document = (
        maybe(text().boxed()),
        maybe(meta.boxed()),
        maybe(domain.boxed()),
        proptest::option::of(-1.0_f32..1.0),
        proptest::option::of(proptest::collection::vec(persona, 0..4)),
    );
    let offsets = (proptest::option::weighted(0.9, -2..90_i64), proptest::option::weighted(0.9, -2..90_i64));
    let pair = (maybe(text().boxed()), maybe(answer().boxed()), 0..4_u8, offsets);
    (document, pair).prop_map(|((text, meta, domain, embedding, personas), (question, answer, kind, evidence))| {
        let (spec, answer_type) = spec(answer.as_deref(), kind);
        Row { text, meta, domain, embedding, personas, question, answer, spec, answer_type, evidence }
    })
}

/// A spec that fits, a choice, one of another answer, or none.
fn spec(answer: Option<&str>, kind: u8) -> (Option<String>, Option<String>) {
    let spec = match kind {
        0 => quarry_answers::infer(answer.unwrap_or_default(), "What is it?").ok(),
        1 => quarry_answers::choice(&["Volga", "1905", "Zürich"], 1).ok(),
        2 => quarry_answers::infer("1905", "In which year?").ok(),
        _ => None,
    };
    match spec {
        Some(spec) => (Some(spec.to_json()), Some(spec.answer_type().as_str().to_owned())),
        None => (answer.map(str::to_owned), Some("integer".to_owned())),
    }
}

fn rows() -> impl Strategy<Value = Vec<Row>> {
    proptest::collection::vec(row(), 0..7)
}

fn batch(rows: &[Row]) -> RecordBatch {
    let texts =
        |read: fn(&Row) -> Option<String>| -> ArrayRef { Arc::new(rows.iter().map(read).collect::<StringArray>()) };
    let ints = |read: fn(&Row) -> Option<i64>| -> ArrayRef { Arc::new(rows.iter().map(read).collect::<Int64Array>()) };
    let ids = (0..rows.len()).map(|idx| Some(format!("row-{idx}")));
    let mut embeddings = ListBuilder::new(Float32Builder::new());
    let mut personas = ListBuilder::new(StringBuilder::new());
    for row in rows {
        if let Some(value) = row.embedding {
            embeddings.values().append_slice(&[value; 16]);
        }
        embeddings.append(row.embedding.is_some());
        row.personas.iter().flatten().for_each(|id| personas.values().append_value(id));
        personas.append(row.personas.is_some());
    }
    let columns: Vec<(&str, ArrayRef)> = vec![
        (column::ROW_ID, Arc::new(ids.collect::<StringArray>())),
        (column::TEXT, texts(|row| row.text.clone())),
        (column::META, texts(|row| row.meta.clone())),
        (column::URL, texts(|row| row.domain.clone())),
        (column::LANGUAGE, texts(|row| row.domain.clone())),
        (column::LICENCE, texts(|_| None)),
        (column::DOMAIN, texts(|row| row.domain.clone())),
        (column::EMBEDDING, Arc::new(embeddings.finish())),
        (column::PERSONAS, Arc::new(personas.finish())),
        (column::QUESTION, texts(|row| row.question.clone())),
        (column::ANSWER, texts(|row| row.answer.clone())),
        (column::ANSWER_SPEC, texts(|row| row.spec.clone())),
        (column::ANSWER_TYPE, texts(|row| row.answer_type.clone())),
        (column::EVIDENCE, texts(evidence)),
        (column::EVIDENCE_START, ints(|row| row.evidence.0)),
        (column::EVIDENCE_END, ints(|row| row.evidence.1)),
        (column::GEN_MODEL, texts(|row| row.domain.clone())),
        (column::GEN_PROMPT, texts(|_| None)),
        (column::GEN_REQUEST, texts(|_| None)),
        (crate::qa_verify::OBJECTION, texts(|row| row.meta.clone().filter(|meta| !meta.starts_with('{')))),
    ];
    RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, array)| (name, array, true))).unwrap()
}

/// The text at the row's offsets where there is one, so that some evidence is right.
fn evidence(row: &Row) -> Option<String> {
    let (start, end) = (row.evidence.0?, row.evidence.1?);
    let (start, len) = (usize::try_from(start).ok()?, usize::try_from(end - start).ok()?);
    Some(row.text.as_ref()?.chars().skip(start).take(len).collect())
}

fn check_declared(def: &Def, decided: &Decided, num_rows: usize) {
    assert_eq!(decided.fates.len(), num_rows, "`{}` gives one fate a row", def.name);
    for fate in &decided.fates {
        if let Fate::Reject { reason, .. } = fate {
            let is_declared = def.reasons.iter().any(|declared| declared.name == *reason);
            assert!(is_declared, "`{}` does not declare `{reason}`", def.name);
        }
    }
    assert!(decided.verdicts.is_empty() || decided.verdicts.len() == num_rows, "`{}`", def.name);
    assert_eq!(decided.emitted.is_some(), def.emits, "`{}` emits as declared", def.name);
    let (columns, num_values) = match &decided.emitted {
        Some(emitted) => {
            assert!(decided.columns.is_empty(), "`{}` is a generator and adds no column to its rows", def.name);
            assert!(emitted.parents.is_sorted() && emitted.parents.iter().all(|parent| *parent < num_rows));
            (&emitted.columns, emitted.parents.len())
        }
        None => (&decided.columns, num_rows),
    };
    let declared: Vec<DataType> = def.adds.iter().map(|column| column.kind.data_type()).collect();
    let found: Vec<DataType> = columns.iter().map(|column| column.data_type().clone()).collect();
    assert_eq!(found, declared, "`{}` gives the declared columns", def.name);
    assert!(columns.iter().all(|column| column.len() == num_values), "`{}` fills its columns", def.name);
}

/// Everything that was decided about one row, as text.
fn of_row(decided: &Decided, row: usize) -> String {
    let cells = |columns: &[ArrayRef], idx: usize| -> Vec<String> {
        columns.iter().map(|column| format!("{:?}", column.slice(idx, 1))).collect()
    };
    let emitted = decided.emitted.iter().flat_map(|emitted| {
        let made = emitted.parents.iter().enumerate().filter(move |(_, parent)| **parent == row);
        made.map(|(idx, _)| cells(&emitted.columns, idx))
    });
    let emitted: Vec<Vec<String>> = emitted.collect();
    let verdict = decided.verdicts.get(row);
    format!("{:?} {:?} {verdict:?} {emitted:?}", decided.fates[row], cells(&decided.columns, row))
}

fn decide(compute: &dyn Compute, batch: &RecordBatch) -> Decided {
    compute.decide(Rows::new(batch)).unwrap()
}

fn check_compute(def: &Def, compute: &dyn Compute, again: &dyn Compute, batch: &RecordBatch, cut: usize) {
    let num_rows = batch.num_rows();
    let whole = decide(compute, batch);
    check_declared(def, &whole, num_rows);
    let cut = cut.min(num_rows);
    let parts = [decide(again, &batch.slice(0, cut)), decide(again, &batch.slice(cut, num_rows - cut))];
    for row in 0..num_rows {
        let in_part = if row < cut { of_row(&parts[0], row) } else { of_row(&parts[1], row - cut) };
        assert_eq!(in_part, of_row(&whole, row), "`{}` decides a row by that row alone", def.name);
    }
}

fn check_remote(def: &Def, remote: &dyn Remote, again: &dyn Remote, batch: &RecordBatch, cut: usize) {
    assert!(remote.in_flight() > 0, "`{}` can be in flight", def.name);
    for row in 0..batch.num_rows() {
        check_declared(def, &decide_rows(remote, &batch.slice(row, 1)), 1);
    }
    let (whole, cut) = (decide_rows(remote, batch), cut.min(batch.num_rows()));
    // A second operator that gets other rows first: no row may leave a trace behind.
    let rest = decide_rows(again, &batch.slice(cut, batch.num_rows() - cut));
    for row in cut..batch.num_rows() {
        assert_eq!(of_row(&rest, row - cut), of_row(&whole, row), "`{}` decides a row by that row alone", def.name);
    }
}

fn check_keys(operator: &Operator, batch: &RecordBatch, cut: usize) {
    let Operator::Barrier(barrier) = operator else { return };
    let cut = cut.min(batch.num_rows());
    let whole = barrier.keys(Rows::new(batch)).unwrap();
    assert_eq!(whole.len(), batch.num_rows());
    assert_eq!(whole.slice(0, cut), barrier.keys(Rows::new(&batch.slice(0, cut))).unwrap());
    let rest = batch.slice(cut, batch.num_rows() - cut);
    assert_eq!(whole.slice(cut, rest.num_rows()), barrier.keys(Rows::new(&rest)).unwrap());
}

/// Deciding twice gives the same, and rows that were published before stand, whatever comes after them.
fn check_decisions(def: &Def, first: &Operator, second: &Operator, batch: &RecordBatch, cut: usize) {
    let (Operator::Barrier(first), Operator::Barrier(second)) = (first, second) else { return };
    let all = MemoryRows::new(first.as_ref(), batch, 0);
    assert_eq!(all.decide(first.as_ref(), def), all.decide(second.as_ref(), def), "`{}` decides alike", def.name);
    let num_standing = u32::try_from(cut).unwrap().min(all.num_rows());
    MemoryRows::new(first.as_ref(), batch, num_standing).decide(first.as_ref(), def);
}

#[test]
fn operators_keep_their_contract_on_any_rows() {
    let config = Config { cases: NUM_CASES, failure_persistence: None, ..Config::default() };
    for def in ALL {
        let (first, second) = (operator(def), operator(def));
        let mut runner = TestRunner::new_with_rng(
            config.clone(),
            proptest::test_runner::TestRng::deterministic_rng(config.rng_algorithm),
        );
        let outcome = runner.run(&(rows(), 0..8_usize), |(rows, cut)| {
            let batch = batch(&rows);
            match (&first, &second) {
                (Operator::Compute(first), Operator::Compute(second)) => {
                    check_compute(def, first.as_ref(), second.as_ref(), &batch, cut);
                }
                (Operator::Remote(first), Operator::Remote(second)) => {
                    check_remote(def, first.as_ref(), second.as_ref(), &batch, cut);
                }
                (first, second) => {
                    check_keys(first, &batch, cut);
                    check_decisions(def, first, second, &batch, cut);
                }
            }
            Ok(())
        });
        outcome.unwrap_or_else(|error| unreachable!("`{}`: {error}", def.name));
    }
}

#[test]
fn the_list_is_sorted_and_every_description_is_complete() {
    assert!(ALL.windows(2).all(|pair| pair[0].name < pair[1].name), "operators are listed by name");
    for def in ALL {
        let roles = ["filter", "classify", "assign", "generate", "verify", "repair", "difficulty", "dedup"];
        // Two whose verbs say all there is to say.
        let verbs = ["balance", "decontaminate"];
        let role = def.name.rsplit('_').next().unwrap();
        assert!(roles.contains(&role) || verbs.contains(&def.name), "`{}` ends in its role", def.name);
        assert_eq!(role == "generate", def.emits, "`{}`", def.name);
        assert_eq!(role == "dedup" || def.name == "balance", def.shape == Shape::Barrier, "`{}`", def.name);
        let built = match operator(def) {
            Operator::Compute(_) => Shape::Compute,
            Operator::Remote(_) => Shape::Remote,
            Operator::Barrier(_) => Shape::Barrier,
        };
        assert_eq!(built, def.shape, "`{}` builds its shape", def.name);
        let docs = [def.summary].into_iter().chain(def.params.iter().map(|param| param.doc));
        let docs = docs.chain(def.reasons.iter().map(|reason| reason.doc)).chain(def.adds.iter().map(|add| add.doc));
        assert!(docs.into_iter().all(|doc| !doc.is_empty() && !doc.ends_with('.')), "`{}` is documented", def.name);
        let mut names: Vec<&str> = def.reasons.iter().map(|reason| reason.name).collect();
        names.extend(def.params.iter().map(|param| param.name));
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count, "`{}` names each reason and param once", def.name);
    }
}
