//! Every key of the config: its default, what it takes and what it does. File, environment, `quarry help config` and the
//! tests of the shipped config all read this list.

use std::ops::RangeInclusive;
use std::path::PathBuf;

use bytesize::ByteSize;
use quarry_engine::read::OnTruncated;

use super::Config;
use super::setting::{Misfit, Setting};

/// One key of the config.
pub(crate) struct Key {
    /// Section and key, joined by dots.
    pub(crate) path: &'static str,
    /// What it does, in one sentence.
    pub(crate) doc: &'static str,
    /// The value in a config, as the file would write it; none where it is left out.
    pub(crate) value: fn(&Config) -> Option<String>,
    pub(super) set: fn(&mut Config, Setting<'_>) -> Result<(), Misfit>,
}

const KIB: u64 = 1 << 10;
const ROW_BYTES: RangeInclusive<u64> = KIB..=256 << 20;
const MEMORY_BYTES: RangeInclusive<u64> = 16_000_000..=1 << 50;

/// Every key, by section.
pub(crate) const KEYS: &[Key] = &[
    Key {
        path: "input.patterns",
        doc: "files, folders, globs or URLs of shards (.jsonl, .jsonl.gz, .jsonl.zst, .parquet, .txt)",
        value: |config| Some(quoted_list(&config.input.patterns)),
        set: |config, setting| setting.list().map(|list| config.input.patterns = list),
    },
    Key {
        path: "input.on_truncated",
        doc: "what becomes of a file that is cut off or corrupt: `fail` stops the run, `quarantine` keeps the rows before \
              the fault and adds one reject",
        value: |config| Some(quoted(on_truncated_name(config.input.on_truncated))),
        set: |config, setting| on_truncated(setting).map(|choice| config.input.on_truncated = choice),
    },
    Key {
        path: "input.max_row_bytes",
        doc: "the longest row that is read; a longer one becomes a reject and costs no memory",
        value: |config| Some(size(config.input.max_row_bytes)),
        set: |config, setting| setting.size(ROW_BYTES).map(|bytes| config.input.max_row_bytes = bytes),
    },
    Key {
        path: "input.mapping.doc_id",
        doc: "the input field that holds the document's id; without it `doc_id` or `id`",
        value: |config| config.input.mapping.doc_id.as_deref().map(quoted),
        set: |config, setting| setting.text().map(|name| config.input.mapping.doc_id = Some(name)),
    },
    Key {
        path: "input.mapping.text",
        doc: "the input field that holds the text; without it `text`, `content` or `raw_content`",
        value: |config| config.input.mapping.text.as_deref().map(quoted),
        set: |config, setting| setting.text().map(|name| config.input.mapping.text = Some(name)),
    },
    Key {
        path: "input.mapping.url",
        doc: "the input field that says where the text was found; without it `url`",
        value: |config| config.input.mapping.url.as_deref().map(quoted),
        set: |config, setting| setting.text().map(|name| config.input.mapping.url = Some(name)),
    },
    Key {
        path: "input.mapping.source",
        doc: "the input field that names the collection; without it `source`",
        value: |config| config.input.mapping.source.as_deref().map(quoted),
        set: |config, setting| setting.text().map(|name| config.input.mapping.source = Some(name)),
    },
    Key {
        path: "input.mapping.licence",
        doc: "the input field that names the licence; without it `licence` or `license`",
        value: |config| config.input.mapping.licence.as_deref().map(quoted),
        set: |config, setting| setting.text().map(|name| config.input.mapping.licence = Some(name)),
    },
    Key {
        path: "input.mapping.language",
        doc: "the input field that names the language; without it `language` or `lang`",
        value: |config| config.input.mapping.language.as_deref().map(quoted),
        set: |config, setting| setting.text().map(|name| config.input.mapping.language = Some(name)),
    },
    Key {
        path: "output.dir",
        doc: "the directory of the dataset, with the state of the run below `.quarry/`",
        value: |config| Some(quoted(&config.output.dir.display().to_string())),
        set: |config, setting| setting.text().map(|dir| config.output.dir = PathBuf::from(dir)),
    },
    Key {
        path: "run.threads",
        doc: "threads that compute, also for models on the CPU; 0 takes every core",
        value: |config| Some(config.run.threads.to_string()),
        set: |config, setting| setting.count(0..=4096).map(|count| config.run.threads = count),
    },
    Key {
        path: "run.batch_rows",
        doc: "rows that travel together",
        value: |config| Some(config.run.batch_rows.to_string()),
        set: |config, setting| setting.count(1..=65_536).map(|count| config.run.batch_rows = count),
    },
    Key {
        path: "run.unit_rows",
        doc: "rows of a shard that are committed together; what a kill loses at most, for each shard in flight",
        value: |config| Some(config.run.unit_rows.to_string()),
        set: |config, setting| setting.count(1..=10_000_000).map(|count| config.run.unit_rows = count),
    },
    Key {
        path: "run.shards_in_flight",
        doc: "shards that are read at once",
        value: |config| Some(config.run.shards_in_flight.to_string()),
        set: |config, setting| setting.count(1..=1024).map(|count| config.run.shards_in_flight = count),
    },
    Key {
        path: "run.memory",
        doc: "memory that sorting may use before it spills to disk, such as \"512MB\"",
        value: |config| Some(size(config.run.memory_bytes)),
        set: |config, setting| setting.size(MEMORY_BYTES).map(|bytes| config.run.memory_bytes = bytes),
    },
    Key {
        path: "onnx.runtime",
        doc: "the engine of models: `onnxruntime`, `rten` (built in), or `auto`, ONNX Runtime where it is found",
        value: |config| Some(quoted(&config.onnx.runtime.to_string())),
        set: |config, setting| {
            setting.parsed("`auto`, `onnxruntime` or `rten`").map(|choice| config.onnx.runtime = choice)
        },
    },
    Key {
        path: "onnx.device",
        doc: "where models run: `cpu`, `cuda:N`, or `auto`, a GPU where one works",
        value: |config| Some(quoted(&config.onnx.device.to_string())),
        set: |config, setting| {
            setting.parsed("`auto`, `cpu`, `cuda` or `cuda:N`").map(|device| config.onnx.device = device)
        },
    },
    Key {
        path: "onnx.library",
        doc: "the ONNX Runtime library, a file or its folder; without it `ORT_DYLIB_PATH`, the cache, the program's folder",
        value: |config| config.onnx.library.as_ref().map(|path| quoted(&path.display().to_string())),
        set: |config, setting| setting.text().map(|path| config.onnx.library = Some(PathBuf::from(path))),
    },
    Key {
        path: "limits.max_reject_share",
        doc: "the share of documents that may end as rejects or failures before a finished run exits with 3; without it \
              any",
        value: |config| config.limits.max_reject_share.map(|share| share.to_string()),
        set: |config, setting| setting.share().map(|share| config.limits.max_reject_share = Some(share)),
    },
];

impl Key {
    /// The variable that sets it.
    pub(crate) fn variable(&self) -> String {
        format!("{}{}", super::read::VARIABLE_PREFIX, self.path.to_uppercase().replace('.', "__"))
    }
}

fn on_truncated(setting: Setting<'_>) -> Result<OnTruncated, Misfit> {
    match setting.text().as_deref() {
        Ok("fail") => Ok(OnTruncated::Fail),
        Ok("quarantine") => Ok(OnTruncated::Quarantine),
        _ => Err(Misfit("`fail` or `quarantine`".to_owned())),
    }
}

fn on_truncated_name(choice: OnTruncated) -> &'static str {
    match choice {
        OnTruncated::Fail => "fail",
        OnTruncated::Quarantine => "quarantine",
    }
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

fn quoted_list(items: &[String]) -> String {
    toml::Value::Array(items.iter().map(|item| toml::Value::String(item.clone())).collect()).to_string()
}

/// The shortest of the exact spellings of a size.
fn size(bytes: u64) -> String {
    let decimal = [(1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB")];
    let exact = decimal.iter().find(|(unit, _)| bytes >= *unit && bytes.is_multiple_of(*unit));
    match exact {
        Some((unit, name)) => format!("\"{}{name}\"", bytes / unit),
        None => format!("\"{}\"", ByteSize::b(bytes).as_u64()),
    }
}
