//! The config: where a run reads and writes, and how fast it goes. Nothing here changes a row, given the same input.
//!
//! Values come from the defaults, the config file, the environment (`QUARRY__SECTION__KEY`) and flags, the later over the
//! earlier. File and environment go through one list of keys, so that both are checked alike and every problem is shown
//! in one pass; flags are laid over the result by the verbs.

mod keys;
mod pattern;
mod read;
mod setting;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use quarry_engine::read::{Mapping, OnTruncated, ReadOptions};
use quarry_llm::{Budget, StructuredOutput};
use quarry_onnx::{Device, RuntimeChoice};

pub(crate) use keys::{KEYS, Key};
pub(crate) use pattern::matches;
pub(crate) use read::{closest, load};

/// The whole config with defaults filled in.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Config {
    pub(crate) input: Input,
    pub(crate) output: Output,
    pub(crate) run: Run,
    pub(crate) onnx: Onnx,
    pub(crate) limits: Limits,
    /// Models over HTTP, by the name that recipes give them.
    pub(crate) models: BTreeMap<String, ModelConfig>,
    pub(crate) budget: Budget,
    pub(crate) ledger: Ledger,
}

/// What is read.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Input {
    pub(crate) patterns: Vec<String>,
    /// Datasets whose rows the input must not repeat.
    pub(crate) against: Vec<String>,
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
    pub(crate) drain: Duration,
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

/// Where a model is served and how it is asked, as written.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ModelConfig {
    pub(crate) id: Option<String>,
    pub(crate) revision: Option<String>,
    pub(crate) endpoints: Vec<String>,
    /// The name of the variable that holds the key.
    pub(crate) key_env: Option<String>,
    /// Calls in flight to an endpoint; none where that is found out.
    pub(crate) in_flight: Option<u64>,
    pub(crate) max_in_flight: u64,
    pub(crate) structured_output: StructuredOutput,
    pub(crate) num_samples: bool,
    pub(crate) priority: bool,
    pub(crate) stream: bool,
    pub(crate) context_tokens: u64,
    pub(crate) max_tries: u64,
    pub(crate) timeout: Duration,
    pub(crate) give_up_after: Duration,
    pub(crate) price_input: f64,
    pub(crate) price_cached_input: Option<f64>,
    pub(crate) price_output: f64,
    pub(crate) allow_plain_http: bool,
    pub(crate) ca_file: Option<PathBuf>,
}

impl Default for ModelConfig {
    fn default() -> ModelConfig {
        ModelConfig {
            id: None,
            revision: None,
            endpoints: Vec::new(),
            key_env: None,
            in_flight: None,
            max_in_flight: 1024,
            structured_output: StructuredOutput::Auto,
            num_samples: true,
            priority: false,
            stream: false,
            context_tokens: 0,
            max_tries: 12,
            timeout: Duration::from_secs(600),
            give_up_after: Duration::from_secs(120),
            price_input: 0.0,
            price_cached_input: None,
            price_output: 0.0,
            allow_plain_http: false,
            ca_file: None,
        }
    }
}

/// Where paid replies are kept.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Ledger {
    pub(crate) path: Option<PathBuf>,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            input: Input {
                patterns: vec!["sample-data/shards".to_owned()],
                against: Vec::new(),
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
                drain: Duration::from_secs(10),
            },
            onnx: Onnx { runtime: RuntimeChoice::Auto, device: Device::Auto, library: None },
            limits: Limits { max_reject_share: None },
            models: BTreeMap::new(),
            budget: Budget::default(),
            ledger: Ledger { path: None },
        }
    }
}

impl Config {
    /// The config with the flags `--input` and `--out` over it, where they were given.
    pub(crate) fn with_places(mut self, input: &[String], out: Option<&Path>) -> Config {
        if !input.is_empty() {
            self.input.patterns = input.to_vec();
        }
        if let Some(out) = out {
            self.output.dir = out.to_path_buf();
        }
        self
    }

    /// Puts datasets that are named by flags over those of the file.
    pub(crate) fn with_against(mut self, against: &[String]) -> Config {
        if !against.is_empty() {
            self.input.against = against.to_vec();
        }
        self
    }

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

    /// The ledger's file.
    pub(crate) fn ledger_path(&self) -> PathBuf {
        self.ledger.path.clone().unwrap_or_else(|| self.output.dir.join(".quarry").join("ledger.db"))
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
