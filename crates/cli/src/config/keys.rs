//! Every key of the config: its default, what it takes and what it does. File, environment, `quarry help config` and the
//! tests of the shipped config all read this list.

use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

use bytesize::ByteSize;
use quarry_engine::read::OnTruncated;
use quarry_llm::{Budget, StructuredOutput};

use super::pattern::{NAME, name};
use super::setting::{Misfit, Setting};
use super::{Config, ModelConfig};

/// One key of the config.
pub(crate) struct Key {
    /// Section and key, joined by dots; `*` stands for a name that the user gives.
    pub(crate) path: &'static str,
    /// What it does, in one sentence.
    pub(crate) doc: &'static str,
    /// The value in a config, as the file would write it; none where it is left out.
    pub(crate) value: fn(&Config) -> Option<String>,
    pub(super) set: Set,
}

/// Sets a value, in the part of the config that its path leads to.
pub(super) enum Set {
    /// In the config itself.
    Config(fn(&mut Config, Setting<'_>) -> Result<(), Misfit>),
    /// In a model, which is made where it is missing.
    Model(fn(&mut ModelConfig, Setting<'_>) -> Result<(), Misfit>),
    /// In a stage's budget, which is made where it is missing.
    StageBudget(fn(&mut Budget, Setting<'_>) -> Result<(), Misfit>),
}

const KIB: u64 = 1 << 10;
const ROW_BYTES: RangeInclusive<u64> = KIB..=256 << 20;
const MEMORY_BYTES: RangeInclusive<u64> = 16_000_000..=1 << 50;
const MAX_IN_FLIGHT: u64 = 65_536;
const DRAIN: RangeInclusive<Duration> = Duration::ZERO..=Duration::from_secs(24 * 3600);
const TIMEOUT: RangeInclusive<Duration> = Duration::from_millis(100)..=Duration::from_secs(7 * 24 * 3600);

const STRUCTURED_OUTPUT: [(&str, StructuredOutput); 4] = [
    ("auto", StructuredOutput::Auto),
    ("json_schema", StructuredOutput::JsonSchema),
    ("json_object", StructuredOutput::JsonObject),
    ("off", StructuredOutput::Off),
];

/// Every key, by section.
pub(crate) const KEYS: &[Key] = &[
    Key {
        path: "input.patterns",
        doc: "files, folders, globs or URLs of shards (.jsonl, .parquet, .txt, .html, .warc, .wet; .jsonl, .warc \
              and .wet also as .gz and .zst)",
        value: |config| Some(quoted_list(&config.input.patterns)),
        set: Set::Config(|config, setting| setting.list().map(|list| config.input.patterns = list)),
    },
    Key {
        path: "input.against",
        doc: "output directories of finished runs: what repeats a row that their deduplication let pass goes, as if they \
              had come before",
        value: |config| Some(quoted_list(&config.input.against)),
        set: Set::Config(|config, setting| setting.list_or_none().map(|list| config.input.against = list)),
    },
    Key {
        path: "input.on_truncated",
        doc: "what becomes of a file that is cut off or corrupt: `fail` stops the run, `quarantine` keeps the rows before \
              the fault and adds one reject",
        value: |config| Some(quoted(on_truncated_name(config.input.on_truncated))),
        set: Set::Config(|config, setting| on_truncated(setting).map(|choice| config.input.on_truncated = choice)),
    },
    Key {
        path: "input.max_row_bytes",
        doc: "the longest row that is read; a longer one becomes a reject and costs no memory",
        value: |config| Some(size(config.input.max_row_bytes)),
        set: Set::Config(|config, setting| setting.size(ROW_BYTES).map(|bytes| config.input.max_row_bytes = bytes)),
    },
    Key {
        path: "input.mapping.doc_id",
        doc: "the input field that holds the document's id; without it `doc_id` or `id`",
        value: |config| config.input.mapping.doc_id.as_deref().map(quoted),
        set: Set::Config(|config, setting| setting.text().map(|name| config.input.mapping.doc_id = Some(name))),
    },
    Key {
        path: "input.mapping.text",
        doc: "the input field that holds the text; without it `text`, `content` or `raw_content`",
        value: |config| config.input.mapping.text.as_deref().map(quoted),
        set: Set::Config(|config, setting| setting.text().map(|name| config.input.mapping.text = Some(name))),
    },
    Key {
        path: "input.mapping.url",
        doc: "the input field that says where the text was found; without it `url`",
        value: |config| config.input.mapping.url.as_deref().map(quoted),
        set: Set::Config(|config, setting| setting.text().map(|name| config.input.mapping.url = Some(name))),
    },
    Key {
        path: "input.mapping.source",
        doc: "the input field that names the collection; without it `source`",
        value: |config| config.input.mapping.source.as_deref().map(quoted),
        set: Set::Config(|config, setting| setting.text().map(|name| config.input.mapping.source = Some(name))),
    },
    Key {
        path: "input.mapping.licence",
        doc: "the input field that names the licence; without it `licence` or `license`",
        value: |config| config.input.mapping.licence.as_deref().map(quoted),
        set: Set::Config(|config, setting| setting.text().map(|name| config.input.mapping.licence = Some(name))),
    },
    Key {
        path: "input.mapping.language",
        doc: "the input field that names the language; without it `language` or `lang`",
        value: |config| config.input.mapping.language.as_deref().map(quoted),
        set: Set::Config(|config, setting| setting.text().map(|name| config.input.mapping.language = Some(name))),
    },
    Key {
        path: "input.mapping.id",
        doc: "the input field that holds a pair's id, where rows are pairs; without it `id`",
        value: |config| config.input.mapping.id.as_deref().map(quoted),
        set: Set::Config(|config, setting| setting.text().map(|name| config.input.mapping.id = Some(name))),
    },
    Key {
        path: "input.mapping.question",
        doc: "the input field that holds a pair's question, where rows are pairs; without it `question`",
        value: |config| config.input.mapping.question.as_deref().map(quoted),
        set: Set::Config(|config, setting| setting.text().map(|name| config.input.mapping.question = Some(name))),
    },
    Key {
        path: "input.mapping.answer",
        doc: "the input field that holds a pair's answer, where rows are pairs; without it `answer`",
        value: |config| config.input.mapping.answer.as_deref().map(quoted),
        set: Set::Config(|config, setting| setting.text().map(|name| config.input.mapping.answer = Some(name))),
    },
    Key {
        path: "output.dir",
        doc: "the directory of the dataset, with the state of the run below `.quarry/`",
        value: |config| Some(quoted(&config.output.dir.display().to_string())),
        set: Set::Config(|config, setting| setting.text().map(|dir| config.output.dir = PathBuf::from(dir))),
    },
    Key {
        path: "run.threads",
        doc: "threads that compute, also for models on the CPU; 0 takes every core",
        value: |config| Some(config.run.threads.to_string()),
        set: Set::Config(|config, setting| setting.count(0..=4096).map(|count| config.run.threads = count)),
    },
    Key {
        path: "run.batch_rows",
        doc: "rows that travel together",
        value: |config| Some(config.run.batch_rows.to_string()),
        set: Set::Config(|config, setting| setting.count(1..=65_536).map(|count| config.run.batch_rows = count)),
    },
    Key {
        path: "run.unit_rows",
        doc: "rows of a shard that are committed together; what a kill loses at most, for each shard in flight",
        value: |config| Some(config.run.unit_rows.to_string()),
        set: Set::Config(|config, setting| setting.count(1..=10_000_000).map(|count| config.run.unit_rows = count)),
    },
    Key {
        path: "run.shards_in_flight",
        doc: "shards that are read at once",
        value: |config| Some(config.run.shards_in_flight.to_string()),
        set: Set::Config(|config, setting| setting.count(1..=1024).map(|count| config.run.shards_in_flight = count)),
    },
    Key {
        path: "run.memory",
        doc: "memory that sorting may use before it spills to disk, such as \"512MB\"",
        value: |config| Some(size(config.run.memory_bytes)),
        set: Set::Config(|config, setting| setting.size(MEMORY_BYTES).map(|bytes| config.run.memory_bytes = bytes)),
    },
    Key {
        path: "run.drain",
        doc: "how long a run that is told to stop waits for the model calls in flight, so that none is paid twice",
        value: |config| Some(duration(config.run.drain)),
        set: Set::Config(|config, setting| setting.duration(DRAIN).map(|time| config.run.drain = time)),
    },
    Key {
        path: "onnx.runtime",
        doc: "the engine of models: `onnxruntime`, `rten` (built in), or `auto`, ONNX Runtime where it is found",
        value: |config| Some(quoted(&config.onnx.runtime.to_string())),
        set: Set::Config(|config, setting| {
            setting.parsed("`auto`, `onnxruntime` or `rten`").map(|choice| config.onnx.runtime = choice)
        }),
    },
    Key {
        path: "onnx.device",
        doc: "where models run: `cpu`, `cuda:N`, or `auto`, a GPU where one works",
        value: |config| Some(quoted(&config.onnx.device.to_string())),
        set: Set::Config(|config, setting| {
            setting.parsed("`auto`, `cpu`, `cuda` or `cuda:N`").map(|device| config.onnx.device = device)
        }),
    },
    Key {
        path: "onnx.library",
        doc: "the ONNX Runtime library, a file or its folder; without it `ORT_DYLIB_PATH`, the cache, the program's folder",
        value: |config| config.onnx.library.as_ref().map(|path| quoted(&path.display().to_string())),
        set: Set::Config(|config, setting| setting.text().map(|path| config.onnx.library = Some(PathBuf::from(path)))),
    },
    Key {
        path: "limits.max_reject_share",
        doc: "the share of documents that may end as rejects or failures before a finished run exits with 3; without it \
              any",
        value: |config| config.limits.max_reject_share.map(|share| share.to_string()),
        set: Set::Config(|config, setting| setting.share().map(|share| config.limits.max_reject_share = Some(share))),
    },
    Key {
        path: "models.*.id",
        doc: "the model's id, as its server knows it; part of what makes two replies the same",
        value: |_| None,
        set: Set::Model(|model, setting| setting.text().map(|id| model.id = Some(id))),
    },
    Key {
        path: "models.*.revision",
        doc: "the revision of its weights, for provenance; another revision is asked anew",
        value: |_| None,
        set: Set::Model(|model, setting| setting.text().map(|revision| model.revision = Some(revision))),
    },
    Key {
        path: "models.*.endpoints",
        doc: "base URL of its server, as in \"http://127.0.0.1:8000/v1\", or a list of them for replicas",
        value: |_| None,
        set: Set::Model(|model, setting| setting.list().map(|list| model.endpoints = list)),
    },
    Key {
        path: "models.*.key_env",
        doc: "the environment variable that holds the key; a key itself is in no file",
        value: |_| None,
        set: Set::Model(|model, setting| setting.variable_name().map(|name| model.key_env = Some(name))),
    },
    Key {
        path: "models.*.in_flight",
        doc: "calls in flight to each endpoint: a number, or `auto`, by the server's metrics, its speed and its refusals",
        value: |_| Some(quoted("auto")),
        set: Set::Model(|model, setting| setting.count_or_auto(1..=MAX_IN_FLIGHT).map(|count| model.in_flight = count)),
    },
    Key {
        path: "models.*.max_in_flight",
        doc: "the most calls in flight to each endpoint where `in_flight` is `auto`",
        value: |_| Some(ModelConfig::default().max_in_flight.to_string()),
        set: Set::Model(|model, setting| setting.count(1..=MAX_IN_FLIGHT).map(|count| model.max_in_flight = count)),
    },
    Key {
        path: "models.*.structured_output",
        doc: "how answers are held to their schema: `json_schema`, `json_object`, `off` (by prompt alone), or `auto`, the strictest that the server takes",
        value: |_| Some(quoted(structured_output_name(ModelConfig::default().structured_output))),
        set: Set::Model(|model, setting| structured_output(setting).map(|choice| model.structured_output = choice)),
    },
    Key {
        path: "models.*.num_samples",
        doc: "whether the server draws several samples for one prompt (`n`); otherwise they are asked for one by one",
        value: |_| Some(ModelConfig::default().num_samples.to_string()),
        set: Set::Model(|model, setting| setting.flag().map(|flag| model.num_samples = flag)),
    },
    Key {
        path: "models.*.priority",
        doc: "whether the server schedules by priority, as vLLM does with `--scheduling-policy priority`; later stages go first",
        value: |_| Some(ModelConfig::default().priority.to_string()),
        set: Set::Model(|model, setting| setting.flag().map(|flag| model.priority = flag)),
    },
    Key {
        path: "models.*.stream",
        doc: "whether replies are streamed, so that an endless one is cut off early",
        value: |_| Some(ModelConfig::default().stream.to_string()),
        set: Set::Model(|model, setting| setting.flag().map(|flag| model.stream = flag)),
    },
    Key {
        path: "models.*.context_tokens",
        doc: "tokens of prompt and answer that the model can hold; 0 where unknown",
        value: |_| Some(ModelConfig::default().context_tokens.to_string()),
        set: Set::Model(|model, setting| setting.count(0..=100_000_000).map(|count| model.context_tokens = count)),
    },
    Key {
        path: "models.*.max_tries",
        doc: "tries of one call before its row fails; waiting for a rate limit does not count",
        value: |_| Some(ModelConfig::default().max_tries.to_string()),
        set: Set::Model(|model, setting| setting.count(1..=1000).map(|count| model.max_tries = count)),
    },
    Key {
        path: "models.*.timeout",
        doc: "time for one try, from connecting to the last byte, such as \"90s\" or \"10m\"",
        value: |_| Some(duration(ModelConfig::default().timeout)),
        set: Set::Model(|model, setting| setting.duration(TIMEOUT).map(|timeout| model.timeout = timeout)),
    },
    Key {
        path: "models.*.give_up_after",
        doc: "how long all endpoints of a model may be away before the run stops with exit code 6; it goes on from there",
        value: |_| Some(duration(ModelConfig::default().give_up_after)),
        set: Set::Model(|model, setting| setting.duration(TIMEOUT).map(|time| model.give_up_after = time)),
    },
    Key {
        path: "models.*.price_input",
        doc: "price of a million prompt tokens, in any currency",
        value: |_| Some(ModelConfig::default().price_input.to_string()),
        set: Set::Model(|model, setting| setting.amount().map(|price| model.price_input = price)),
    },
    Key {
        path: "models.*.price_cached_input",
        doc: "price of a million prompt tokens out of the server's prefix cache; without it as `price_input`",
        value: |_| None,
        set: Set::Model(|model, setting| setting.amount().map(|price| model.price_cached_input = Some(price))),
    },
    Key {
        path: "models.*.price_output",
        doc: "price of a million answer tokens",
        value: |_| Some(ModelConfig::default().price_output.to_string()),
        set: Set::Model(|model, setting| setting.amount().map(|price| model.price_output = price)),
    },
    Key {
        path: "models.*.allow_plain_http",
        doc: "whether `http://` may be used for hosts other than this one; keys and text then travel in the clear",
        value: |_| Some(ModelConfig::default().allow_plain_http.to_string()),
        set: Set::Model(|model, setting| setting.flag().map(|flag| model.allow_plain_http = flag)),
    },
    Key {
        path: "models.*.ca_file",
        doc: "a file of certificates (PEM) to trust besides the system's",
        value: |_| None,
        set: Set::Model(|model, setting| setting.text().map(|path| model.ca_file = Some(PathBuf::from(path)))),
    },
    Key {
        path: "budget.max_cost",
        doc: "the most money, in the currency of the prices, that a run may spend on models; without it any",
        value: |config| config.budget.max_cost.map(|cost| cost.to_string()),
        set: Set::Config(|config, setting| setting.amount().map(|cost| config.budget.max_cost = Some(cost))),
    },
    Key {
        path: "budget.max_tokens_in",
        doc: "the most prompt tokens that a run may spend on models; without it any",
        value: |config| config.budget.max_tokens_in.map(|count| count.to_string()),
        set: Set::Config(|config, setting| {
            setting.count(0..=u64::MAX).map(|count| config.budget.max_tokens_in = Some(count))
        }),
    },
    Key {
        path: "budget.max_tokens_out",
        doc: "the most answer tokens that a run may spend on models; without it any",
        value: |config| config.budget.max_tokens_out.map(|count| count.to_string()),
        set: Set::Config(|config, setting| {
            setting.count(0..=u64::MAX).map(|count| config.budget.max_tokens_out = Some(count))
        }),
    },
    Key {
        path: "budget.stages.*.max_cost",
        doc: "the same for the stage of this name",
        value: |_| None,
        set: Set::StageBudget(|stage, setting| setting.amount().map(|cost| stage.max_cost = Some(cost))),
    },
    Key {
        path: "budget.stages.*.max_tokens_in",
        doc: "the same for the stage of this name",
        value: |_| None,
        set: Set::StageBudget(|stage, setting| {
            setting.count(0..=u64::MAX).map(|count| stage.max_tokens_in = Some(count))
        }),
    },
    Key {
        path: "budget.stages.*.max_tokens_out",
        doc: "the same for the stage of this name",
        value: |_| None,
        set: Set::StageBudget(|stage, setting| {
            setting.count(0..=u64::MAX).map(|count| stage.max_tokens_out = Some(count))
        }),
    },
    Key {
        path: "ledger.path",
        doc: "the file that keeps every paid reply; several runs may share one; without it `.quarry/ledger.db` in the \
              output directory",
        value: |config| config.ledger.path.as_ref().map(|path| quoted(&path.display().to_string())),
        set: Set::Config(|config, setting| setting.text().map(|path| config.ledger.path = Some(PathBuf::from(path)))),
    },
];

impl Key {
    /// Sets the value at a path that matches this key.
    pub(super) fn apply(&self, config: &mut Config, path: &str, setting: Setting<'_>) -> Result<(), Misfit> {
        let name = || name(self.path, path).unwrap_or_default().to_owned();
        match self.set {
            Set::Config(set) => set(config, setting),
            Set::Model(set) => set(config.models.entry(name()).or_default(), setting),
            Set::StageBudget(set) => set(config.budget.stages.entry(name()).or_default(), setting),
        }
    }

    /// The path as it is shown to people: `NAME` stands for a name that they give.
    pub(crate) fn shown(&self) -> String {
        self.path.replace('*', NAME)
    }

    /// The variable that sets it.
    pub(crate) fn variable(&self) -> String {
        format!("{}{}", super::read::VARIABLE_PREFIX, self.shown().to_uppercase().replace('.', "__"))
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

fn structured_output(setting: Setting<'_>) -> Result<StructuredOutput, Misfit> {
    let name = setting.text().unwrap_or_default();
    let choice = STRUCTURED_OUTPUT.iter().find(|(known, _)| *known == name.trim()).map(|(_, choice)| *choice);
    choice.ok_or_else(|| Misfit("`auto`, `json_schema`, `json_object` or `off`".to_owned()))
}

fn structured_output_name(choice: StructuredOutput) -> &'static str {
    STRUCTURED_OUTPUT.iter().find(|(_, known)| *known == choice).map_or("auto", |(name, _)| name)
}

fn duration(time: Duration) -> String {
    quoted(&format!("{:#}", jiff::SignedDuration::try_from(time).unwrap_or_default()))
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
