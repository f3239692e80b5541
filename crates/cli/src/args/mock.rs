//! The arguments of `quarry mock`.

use std::path::PathBuf;

use clap::Args;

/// Serves a model that is none: an OpenAI-compatible endpoint for trying out, benchmarks and fault tests.
///
///   quarry mock
///   quarry mock --listen 127.0.0.1:0 --instant --report mock.json
///   quarry mock --slots 64 --speed 20 --faults faults.toml --log requests.jsonl
///
/// It models a server such as vLLM: so many sequences at once, a queue before them, steps that take longer under load,
/// a prefix cache, and metrics by vLLM's names. It answers what it is asked from the prompt alone, and plants defects
/// that it reports. One line tells where it listens; Ctrl-C ends it with a summary. Any model id is taken.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct MockArgs {
    /// Address and port; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:8377", value_name = "ADDRESS")]
    pub(crate) listen: String,

    /// Sequences that are decoded at once; the rest waits
    #[arg(long, default_value_t = 256, value_name = "N")]
    pub(crate) slots: usize,

    /// Milliseconds of a decode step, before what each running sequence adds
    #[arg(long, default_value_t = 20.0, value_name = "MS")]
    pub(crate) step_ms: f64,

    /// Milliseconds that each running sequence adds to a step
    #[arg(long, default_value_t = 0.1, value_name = "MS")]
    pub(crate) step_ms_per_slot: f64,

    /// Microseconds to read a prompt token that is not cached
    #[arg(long, default_value_t = 20.0, value_name = "US")]
    pub(crate) prefill_us: f64,

    /// Divides all times of the machine
    #[arg(long, default_value_t = 1.0, value_name = "FACTOR")]
    pub(crate) speed: f64,

    /// Answers at once, without slots and queue
    #[arg(long, conflicts_with = "speed")]
    pub(crate) instant: bool,

    /// Tokens that the prefix cache holds
    #[arg(long, default_value_t = 1_000_000, value_name = "N")]
    pub(crate) cache_tokens: u64,

    /// Tokens of prompt and answer that a sequence may have
    #[arg(long, default_value_t = 32_768, value_name = "N")]
    pub(crate) context_tokens: u64,

    /// Schedules requests by their `priority`, lower first [default: in the order of arrival, and refuse the field]
    #[arg(long)]
    pub(crate) priority: bool,

    /// Model id to list; may be repeated [default: mock]
    #[arg(long = "model", value_name = "ID")]
    pub(crate) models: Vec<String>,

    #[command(flatten)]
    pub(crate) habits: HabitArgs,

    /// Script of what goes wrong on purpose (TOML) [default: nothing]
    #[arg(long, value_name = "FILE")]
    pub(crate) faults: Option<PathBuf>,

    /// Writes one JSON line a request [default: no log]
    #[arg(long, value_name = "FILE")]
    pub(crate) log: Option<PathBuf>,

    /// Writes each request's body, one a line, to send the same load again [default: none are kept]
    #[arg(long, value_name = "FILE")]
    pub(crate) bodies: Option<PathBuf>,

    /// Writes the report at the end; it is also at /report [default: the summary alone]
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,

    /// Threads that serve
    #[arg(long, default_value_t = 1, value_name = "N")]
    pub(crate) threads: usize,
}

/// What the modelled model is like.
#[derive(Debug, Args)]
pub(crate) struct HabitArgs {
    /// Decides, with the request, everything that is drawn
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,

    /// Mean tokens of an answer in plain text
    #[arg(long, default_value_t = 220.0, value_name = "N")]
    pub(crate) answer_tokens: f64,

    /// Share of generated pairs that have a planted defect
    #[arg(long, default_value_t = 0.1, value_name = "SHARE")]
    pub(crate) defects: f64,

    /// Share of verdicts that are wrong
    #[arg(long, default_value_t = 0.02, value_name = "SHARE")]
    pub(crate) judge_errors: f64,

    /// Share of answers out of a document that are wrong
    #[arg(long, default_value_t = 0.02, value_name = "SHARE")]
    pub(crate) answer_errors: f64,

    /// Share of its own questions that the model knows the answer of without the document
    #[arg(long, default_value_t = 0.3, value_name = "SHARE")]
    pub(crate) known: f64,

    /// Share of instructions in documents that are obeyed
    #[arg(long, default_value_t = 0.5, value_name = "SHARE")]
    pub(crate) obeys: f64,
}
