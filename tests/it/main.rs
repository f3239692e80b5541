//! The tests of the whole program, in one binary: each runs the real `quarry` in a directory of its own.
//!
//! What one crate decides is tested in that crate. `QUARRY_UPDATE_GOLDEN=1` rewrites what golden cases expect,
//! `QUARRY_SLOW_TESTS=1` takes larger inputs, `QUARRY_TEST_ORT=LIBRARY` adds ONNX Runtime.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod bank;
mod barriers;
mod batch;
mod cli;
mod crawl;
mod dataset;
mod determinism;
mod endpoints;
mod engines;
mod export;
mod golden;
mod near_dedup;
mod place;
mod resume;
mod sample;
mod tidy;
