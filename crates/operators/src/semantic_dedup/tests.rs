//! What is marked, what goes, and what is compared at all.

use arrow::array::{AsArray, RecordBatch};
use quarry_engine::operator::{Barrier, BuildContext, Operator, Params, Place};
use quarry_schema::{Fate, Level};

use super::DEF;
use crate::check::{TinyPipeline, batch, build, check, check_build_error, no_resources, tiny_pipeline};
use crate::check_barrier::{MemoryRows, decide_all};

const PAIRS: &str = "question | answer | answer_type | answer_spec | embedding
     a | two | string | \\0 | <1 0>
     b | three | string | \\0 | <1 0.01>
     c | Two  | string | \\0 | <1 0.3>
     d | two | string | \\0 | <0.7 0.7>
     e | three | string | \\0 | <-1 0>
     f | two | string | \\0 | \\0";

#[test]
fn a_pair_is_marked_with_the_nearest_earlier_one_of_the_same_answer() {
    check(
        &DEF,
        "vectors = \"embedding\"",
        PAIRS,
        "accept |  |
         accept |  |
         accept | r0 | 0.958
         accept |  |
         accept |  |
         accept |  |",
    );
}

#[test]
fn a_duplicate_is_rejected_where_the_recipe_says_so() {
    check(
        &DEF,
        "vectors = \"embedding\"\non_duplicate = \"reject\"\nsame_answer = false\nthreshold = 0.95",
        PAIRS,
        "accept |  |
         reject same_meaning_as: r0 1.000 | r0 | 1.0
         reject same_meaning_as: r0 0.958 | r0 | 0.958
         accept |  |
         accept |  |
         accept |  |",
    );
}

#[test]
fn published_rows_are_neighbours_and_are_not_decided() {
    let Ok(Operator::Barrier(barrier)) = build(&DEF, "vectors = \"embedding\"\nsame_answer = false", &no_resources())
    else {
        unreachable!()
    };
    let decisions = MemoryRows::new(barrier.as_ref(), &batch(PAIRS), 2).decide(barrier.as_ref(), &DEF);
    assert_eq!(decisions.iter().map(|decision| decision.number).collect::<Vec<_>>(), [2]);
}

#[test]
fn vectors_of_different_lengths_stop_the_run() {
    let Ok(Operator::Barrier(barrier)) = build(&DEF, "vectors = \"embedding\"\nsame_answer = false", &no_resources())
    else {
        unreachable!()
    };
    let rows = batch("embedding\n<1 0>\n<1 0 0>");
    let error = barrier.decide(&MemoryRows::new(barrier.as_ref(), &rows, 0), &mut |_| Ok(())).unwrap_err();
    assert!(error.to_string().contains("different lengths"), "{error}");
}

#[test]
fn a_missing_encoder_is_named() {
    check_build_error(&DEF, "encoder = \"tinny\"", "`models/tinny`: no model of this name");
}

fn for_documents(pipeline: &TinyPipeline, windows: i64) -> std::sync::Arc<dyn Barrier> {
    let mut params = Params::defaults(DEF.params);
    params.set("encoder", "tiny".into());
    params.set("windows", windows.into());
    params.set("threshold", 0.995.into());
    let place = Place { stage: "distinct", position: 0, level: Level::Document, seed: 1 };
    let mut ctx = BuildContext::new(&params, place, &pipeline.resources);
    let Ok(Operator::Barrier(barrier)) = (DEF.build)(&mut ctx) else { unreachable!() };
    barrier
}

fn neighbours(barrier: &dyn Barrier, rows: &RecordBatch) -> Vec<Option<String>> {
    let decided = decide_all(barrier, &DEF, rows);
    assert!(decided.fates.iter().all(|fate| *fate == Fate::Accept));
    decided.columns[0].as_string::<i32>().iter().map(|id| id.map(str::to_owned)).collect()
}

#[test]
fn documents_are_compared_by_more_than_their_beginnings() {
    let pipeline = tiny_pipeline();
    let beginning = "the dog ran by the sea ".repeat(15);
    let table = format!(
        "text\n{beginning}{}\n{beginning}{}\n{beginning}{}\n\\0",
        "the market price of water ".repeat(40),
        "a cat sat in the sun ".repeat(40),
        "the market price of water ".repeat(40) + "one",
    );
    let rows = batch(&table);
    let first = Some("r0".to_owned());
    assert_eq!(neighbours(for_documents(&pipeline, 1).as_ref(), &rows), [None, first.clone(), first.clone(), None]);
    assert_eq!(neighbours(for_documents(&pipeline, 4).as_ref(), &rows), [None, None, first, None]);
}
