//! Groups, quotas and which rows stay.

use arrow::array::RecordBatch;
use quarry_engine::operator::Operator;
use quarry_schema::Fate;

use super::DEF;
use crate::check::{batch, build, check, check_build_error, no_resources};
use crate::check_barrier::{MemoryRows, decide_all};

fn kept(params: &str, rows: &RecordBatch) -> Vec<String> {
    let Ok(Operator::Barrier(barrier)) = build(&DEF, params, &no_resources()) else { unreachable!() };
    let fates = decide_all(barrier.as_ref(), &DEF, rows).fates;
    let ids = rows.column_by_name("row_id").unwrap();
    let ids = arrow::array::AsArray::as_string::<i32>(ids);
    let mut kept: Vec<String> = fates
        .iter()
        .zip(ids)
        .filter(|(fate, _)| **fate == Fate::Accept)
        .map(|(_, id)| id.unwrap().to_owned())
        .collect();
    kept.sort();
    kept
}

#[test]
fn each_group_keeps_so_many_rows_and_the_detail_tells_the_rank() {
    check(
        &DEF,
        "max_rows = 1\nprefer = \"quality_number\"",
        "domain | quality_number
         Math | 1
         Math | 3
         \\0 | 2
         Math | 2
         \\0 | 1
         Law | \\0",
        "reject over_quota: domain=Math: 3 of 1
         accept
         accept
         reject over_quota: domain=Math: 2 of 1
         reject over_quota: domain=(none): 2 of 1
         accept",
    );
}

#[test]
fn a_share_is_of_what_is_kept() {
    let rows = (0..40).map(|idx| format!("r{idx:02} | {}", if idx < 32 { "a" } else { "b" })).collect::<Vec<_>>();
    let rows = batch(&format!("row_id | domain\n{}", rows.join("\n")));
    let kept = kept("quotas = [\"domain=a:20%\"]", &rows);
    assert_eq!(kept.iter().filter(|id| id.as_str() < "r32").count(), 2, "{kept:?}");
    assert_eq!(kept.len(), 10);
}

#[test]
fn the_order_of_rows_does_not_matter_and_the_seed_does() {
    let table = |order: &dyn Fn(usize) -> usize| {
        let rows = (0..60).map(order).map(|idx| format!("r{idx:02} | {}", idx % 3)).collect::<Vec<_>>();
        batch(&format!("row_id | domain\n{}", rows.join("\n")))
    };
    let forward = kept("max_rows = 5", &table(&|idx| idx));
    assert_eq!(forward.len(), 15);
    assert_eq!(forward, kept("max_rows = 5", &table(&|idx| 59 - idx)));
    assert_eq!(forward, kept("max_rows = 5", &table(&|idx| idx * 7 % 60)));
    let first: Vec<String> = (0..15).map(|idx| format!("r{idx:02}")).collect();
    assert_ne!(forward, first, "the first rows of the input are no draw");
}

#[test]
fn numbers_are_grouped_in_bands_and_several_columns_make_a_group() {
    check(
        &DEF,
        "by = [\"domain\", \"difficulty_number\"]\nbands = [0.5]\nmax_rows = 1
         quotas = [\"domain=a,difficulty_number=>=0.5:0\"]",
        "domain | difficulty_number
         a | 0.5
         a | 0.25
         a | \\0
         b | 1
         b | 0.49",
        "reject over_quota: domain=a,difficulty_number=>=0.5: 1 of 0
         accept
         accept
         accept
         accept",
    );
}

#[test]
fn without_columns_all_rows_are_one_group() {
    assert_eq!(kept("by = []\nmax_rows = 2", &batch("domain\na\nb\nc\nd")).len(), 2);
}

#[test]
fn params_that_cannot_be_meant_are_refused() {
    check_build_error(&DEF, "", "nothing is limited");
    check_build_error(&DEF, "max_rows = 1\nbands = [0.5, 0.5]", "limits must rise");
    check_build_error(&DEF, "quotas = [\"source=x:1\"]", "`source` is not in `by`");
}

#[test]
fn shares_that_cannot_hold_stop_the_run() {
    let Ok(Operator::Barrier(barrier)) = build(&DEF, "quotas = [\"domain=a:20%\"]", &no_resources()) else {
        unreachable!()
    };
    let rows = batch("domain\na\na");
    let all = MemoryRows::new(barrier.as_ref(), &rows, 0);
    let error = barrier.decide(&all, &mut |_| Ok(())).unwrap_err().to_string();
    assert!(error.contains("no row could be kept"), "{error}");
}

#[test]
fn published_rows_stand_and_take_up_their_places() {
    let Ok(Operator::Barrier(barrier)) = build(&DEF, "max_rows = 3", &no_resources()) else { unreachable!() };
    let rows = batch("domain\na\na\na\na\na");
    let decisions = MemoryRows::new(barrier.as_ref(), &rows, 2).decide(barrier.as_ref(), &DEF);
    assert_eq!(decisions.len(), 2);
    assert!(decisions.iter().all(|decision| decision.number >= 2));
}
