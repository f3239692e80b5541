//! The config: where a run reads and writes, and how fast it goes. Nothing here changes a row, given the same input.
//!
//! Values come from the defaults, the config file, the environment (`QUARRY__SECTION__KEY`) and flags, the later over the
//! earlier. File and environment go through one list of keys, so that both are checked alike and every problem is shown
//! in one pass; flags are laid over the result by the verbs.

mod keys;
mod read;
mod setting;

use std::path::PathBuf;

use quarry_engine::read::{Mapping, OnTruncated, ReadOptions};
use quarry_onnx::{Device, RuntimeChoice};

pub(crate) use keys::{KEYS, Key};
pub(crate) use read::{closest, load};

/// The whole config with defaults filled in.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Config {
    pub(crate) input: Input,
    pub(crate) output: Output,
    pub(crate) run: Run,
    pub(crate) onnx: Onnx,
    pub(crate) limits: Limits,
}

/// What is read.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Input {
    pub(crate) patterns: Vec<String>,
    pub(crate) mapping: Mapping,
    pub(crate) on_truncated: OnTruncated,
    pub(crate) max_row_bytes: u64,
}

/// Where the dataset goes.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Output {
    pub(crate) dir: PathBuf,
}

/// How fast a run goes.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Run {
    pub(crate) threads: u64,
    pub(crate) batch_rows: u64,
    pub(crate) unit_rows: u64,
    pub(crate) shards_in_flight: u64,
    pub(crate) memory_bytes: u64,
}

/// What models run on.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Onnx {
    pub(crate) runtime: RuntimeChoice,
    pub(crate) device: Device,
    pub(crate) library: Option<PathBuf>,
}

/// When a finished run counts as bad.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Limits {
    pub(crate) max_reject_share: Option<f64>,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            input: Input {
                patterns: vec!["sample-data/shards".to_owned()],
                mapping: Mapping::default(),
                on_truncated: OnTruncated::Fail,
                max_row_bytes: 16_000_000,
            },
            output: Output { dir: PathBuf::from("out") },
            run: Run {
                threads: 0,
                batch_rows: 1024,
                unit_rows: 10_000,
                shards_in_flight: 2,
                memory_bytes: 512_000_000,
            },
            onnx: Onnx { runtime: RuntimeChoice::Auto, device: Device::Auto, library: None },
            limits: Limits { max_reject_share: None },
        }
    }
}

impl Config {
    /// How shards are read.
    pub(crate) fn read_options(&self) -> ReadOptions {
        ReadOptions {
            mapping: self.input.mapping.clone(),
            batch_rows: as_usize(self.run.batch_rows),
            max_row_bytes: as_usize(self.input.max_row_bytes),
            on_truncated: self.input.on_truncated,
            ..ReadOptions::default()
        }
    }

    /// Threads that compute: all cores where the config says 0.
    pub(crate) fn num_threads(&self) -> usize {
        match as_usize(self.run.threads) {
            0 => std::thread::available_parallelism().map_or(1, usize::from),
            threads => threads,
        }
    }
}

/// A count for this machine's memory; every key's range fits 32 bits but for sizes, which are cut to what there can be.
pub(crate) fn as_usize(count: u64) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}
