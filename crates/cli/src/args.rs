//! The command line as typed. What it means, with config file and environment, is left to `config` and the verbs.

mod batch;
mod decontaminate;
mod dedup;
mod estimate;
mod export;
mod filter;
mod ledger;
mod lone;
mod mock;
mod pack;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use quarry_engine::recipe::Override;

pub(crate) use batch::{BatchAction, BatchArgs, ReadBatchArgs, WriteBatchArgs};
pub(crate) use decontaminate::DecontaminateArgs;
pub(crate) use dedup::DedupArgs;
pub(crate) use estimate::EstimateArgs;
pub(crate) use export::ExportArgs;
pub(crate) use filter::FilterArgs;
pub(crate) use ledger::LedgerArgs;
pub(crate) use lone::{LoneArgs, RowsChoice};
pub(crate) use mock::MockArgs;
pub(crate) use pack::PackArgs;

/// Turns web text into verified, typed question-answer pairs.
///
///   quarry init demo && cd demo && quarry run
///   quarry run pipeline/recipes/cloze.toml --input 'shards/*.jsonl.zst' --out dataset
///   quarry inspect dataset 3f9a1c
#[derive(Debug, Parser)]
#[command(
    name = "quarry",
    version,
    verbatim_doc_comment,
    disable_help_subcommand = true,
    arg_required_else_help = true,
    after_help = "Environment: QUARRY__SECTION__KEY sets any key of the config (`quarry help config`), QUARRY_LOG what is \
                  logged,\nNO_COLOR turns colour off. Exit codes: `quarry help exit-codes`."
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) verb: Verb,

    /// How log lines are written to stderr
    #[arg(
        long,
        global = true,
        value_enum,
        default_value_t,
        env = "QUARRY_LOG_FORMAT",
        hide_env_values = true,
        value_name = "FORMAT"
    )]
    pub(crate) log_format: LogFormat,
}

/// The verbs, in the order of a user's day.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    Init(InitArgs),
    Check(CheckArgs),
    Estimate(EstimateArgs),
    Run(RunArgs),
    Status(StatusArgs),
    Inspect(InspectArgs),
    Ledger(LedgerArgs),
    Batch(BatchArgs),
    Export(ExportArgs),
    Filter(FilterArgs),
    Dedup(DedupArgs),
    Decontaminate(DecontaminateArgs),
    Pack(PackArgs),
    Answers(AnswersArgs),
    Operators(OperatorsArgs),
    Mock(MockArgs),
    TrainHead(TrainHeadArgs),
    Runtime(RuntimeArgs),
    Completions(CompletionsArgs),
    Help(HelpArgs),
}

/// Form of log lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// Lines for people
    #[default]
    Text,
    /// One JSON object a line
    Json,
}

/// Form of progress on stderr.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ProgressMode {
    /// Bars on a terminal, plain lines elsewhere, JSON with `--log-format json`
    #[default]
    Auto,
    /// One line every ten seconds
    Plain,
    /// One JSON object every ten seconds
    Json,
    /// Nothing
    None,
}

/// The config file, for every verb that reads it.
#[derive(Clone, Debug, Args)]
pub(crate) struct ConfigArgs {
    /// Config file: where and how fast [default: configs/default.toml, if it is there]
    #[arg(long, env = "QUARRY_CONFIG", hide_env_values = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
}

/// The recipe and its changes, for every verb that compiles one.
#[derive(Debug, Args)]
pub(crate) struct RecipeArgs {
    /// Recipe: what is made; prompts, personas and models are found in the folder above its own
    #[arg(default_value = "pipeline/recipes/cloze.toml", env = "QUARRY_RECIPE", hide_env_values = true)]
    pub(crate) recipe: PathBuf,

    /// Sets a param of a stage, as in `--set long_enough.min_tokens=80`; may be repeated [default: as the recipe says]
    #[arg(long, value_name = "STAGE.PARAM=VALUE")]
    pub(crate) set: Vec<Override>,
}

/// Runs a recipe over shards of text and writes a dataset.
///
///   quarry run
///   quarry run pipeline/recipes/cloze.toml --input 'shards/*.jsonl.gz' --input more/ --out dataset
///   quarry run --limit 100 --set long_enough.min_tokens=80 --out trial
///
/// The same command run again after a crash or Ctrl-C goes on where it stopped; run again after the end it does nothing.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct RunArgs {
    #[command(flatten)]
    pub(crate) recipe: RecipeArgs,

    #[command(flatten)]
    pub(crate) config: ConfigArgs,

    /// File, folder, glob or URL of shards; may be repeated
    /// [default: sample-data/shards] [env: QUARRY__INPUT__PATTERNS]
    #[arg(long, short, value_name = "GLOB")]
    pub(crate) input: Vec<String>,

    /// Output directory [default: out] [env: QUARRY__OUTPUT__DIR]
    #[arg(long, short, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,

    /// Output directory of a finished run, whose rows the input must not repeat where the recipe deduplicates; may be
    /// repeated [default: none] [env: QUARRY__INPUT__AGAINST]
    #[arg(long, value_name = "DIR")]
    pub(crate) against: Vec<String>,

    /// Reads no more than this many documents [default: all]
    #[arg(long, env = "QUARRY_LIMIT", hide_env_values = true, value_name = "N")]
    pub(crate) limit: Option<u64>,

    /// Decides rows again that an earlier run could not decide; all else is reused
    #[arg(long)]
    pub(crate) retry_failed: bool,

    /// Takes every reply of a model from this file, as `quarry ledger --export` writes it, and calls no model
    #[arg(long, value_name = "FILE")]
    pub(crate) replay: Option<PathBuf>,

    /// How progress is shown on stderr
    #[arg(long, value_enum, default_value_t, env = "QUARRY_PROGRESS", hide_env_values = true, value_name = "MODE")]
    pub(crate) progress: ProgressMode,
}

/// Checks a recipe and everything it names, and reports all problems at once.
///
///   quarry check pipeline/recipes/cloze.toml
///   quarry check my-recipe.toml --set long_enough.min_tokens=80
///   quarry check pipeline/recipes/cloze.toml --config configs/default.toml
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    pub(crate) recipe: RecipeArgs,

    #[command(flatten)]
    pub(crate) config: ConfigArgs,
}

/// Lists the operators that stages can run, or shows one with its params, columns and reasons.
///
///   quarry operators
///   quarry operators length_filter
///   quarry operators --json
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct OperatorsArgs {
    /// Operator to show [default: the list of all]
    pub(crate) name: Option<String>,

    /// Writes JSON [default: a table]
    #[arg(long)]
    pub(crate) json: bool,
}

/// Shows everything that happened to one document or pair.
///
///   quarry inspect out 3f9a1c
///   quarry inspect out wikipedia-12345
///   quarry inspect out 3f9a1c --json
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct InspectArgs {
    /// Output directory of a finished run
    pub(crate) out: PathBuf,

    /// Id of a document or pair, or its first six characters or more
    pub(crate) id: String,

    /// Writes one JSON object a row [default: text]
    #[arg(long)]
    pub(crate) json: bool,
}

/// Writes a complete project: recipe, personas, models, config and sample text.
///
///   quarry init demo && cd demo && quarry run
///   quarry init .
///   quarry init demo --force
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct InitArgs {
    /// Directory to write into; made if it is not there
    pub(crate) dir: PathBuf,

    /// Overwrites files that are there [default: refuse and name them]
    #[arg(long)]
    pub(crate) force: bool,
}

/// Tells how far the run of an output directory has come, also while it runs.
///
///   quarry status out
///   quarry status out --json
///   watch -n 10 quarry status out
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct StatusArgs {
    /// Output directory
    #[arg(default_value = "out")]
    pub(crate) out: PathBuf,

    /// Writes JSON [default: text]
    #[arg(long)]
    pub(crate) json: bool,
}

/// Trains a classifier head from labelled text and measures it on rows held out.
///
///   quarry train-head labels.jsonl --out pipeline/models/topic
///   quarry train-head 'labels/*.jsonl.zst' --out pipeline/models/topic --label-field topic
///   quarry train-head sample-data/labels/domain.jsonl.gz --out pipeline/models/domain --name domain
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct TrainHeadArgs {
    /// File, folder or glob of labelled rows: JSON Lines (plain, .gz, .zst) or parquet
    pub(crate) labels: String,

    /// Folder that the head is written to
    #[arg(long, short, value_name = "DIR")]
    pub(crate) out: PathBuf,

    /// Folder of the sentence encoder
    #[arg(long, default_value = "pipeline/models/minilm", value_name = "DIR")]
    pub(crate) encoder: PathBuf,

    /// Field that holds the text [default: text, content or raw_content]
    #[arg(long, value_name = "FIELD")]
    pub(crate) text_field: Option<String>,

    /// Field that holds the label
    #[arg(long, default_value = "label", value_name = "FIELD")]
    pub(crate) label_field: String,

    /// Name of the head [default: the name of the output folder]
    #[arg(long)]
    pub(crate) name: Option<String>,

    /// One line on what the head decides
    #[arg(long, default_value = "", hide_default_value = true, value_name = "LINE")]
    pub(crate) summary: String,

    /// Where the labelled texts come from, for `model.toml`
    #[arg(long, default_value = "", hide_default_value = true, value_name = "LINE")]
    pub(crate) source: String,

    /// Licence of the labelled texts, for `model.toml`
    #[arg(long, default_value = "", hide_default_value = true, value_name = "LINE")]
    pub(crate) licence: String,

    /// A label, to fix the order of the scores; may be repeated [default: by name]
    #[arg(long = "label", value_name = "LABEL")]
    pub(crate) label_order: Vec<String>,

    /// Share of each label's rows that is held out
    #[arg(long, default_value_t = 0.2, value_name = "SHARE")]
    pub(crate) held_out: f64,

    /// Weight of the penalty on large weights [default: the best of five on the training rows]
    #[arg(long, value_name = "WEIGHT")]
    pub(crate) l2: Option<f64>,

    /// Decides which rows are held out
    #[arg(long, default_value_t = 17)]
    pub(crate) seed: u64,

    #[command(flatten)]
    pub(crate) config: ConfigArgs,
}

/// Installs ONNX Runtime, or shows which engine models run on.
///
///   quarry runtime show
///   quarry runtime install
///   quarry runtime install --gpu --from onnxruntime_gpu.whl
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct RuntimeArgs {
    #[command(subcommand)]
    pub(crate) action: RuntimeAction,
}

/// What to do about the runtime.
#[derive(Debug, Subcommand)]
pub(crate) enum RuntimeAction {
    /// Brings ONNX Runtime, pinned by hash, into the user's cache
    Install {
        /// Brings the build with CUDA [default: the build for the CPU]
        #[arg(long)]
        gpu: bool,

        /// Takes it from a wheel or library at hand [default: the Python package index, by pip]
        #[arg(long, value_name = "FILE")]
        from: Option<PathBuf>,
    },
    /// Shows which engine and device models run on, and why
    Show {
        #[command(flatten)]
        config: ConfigArgs,
    },
}

/// Checks replies against typed answers, types raw answers, or writes the checker as Python.
///
///   quarry answers check --gold '1,234 km' --question 'How long is it?' --reply 'It is \boxed{1234000\text{ m}}'
///   quarry answers check rollouts.jsonl > verdicts.jsonl
///   quarry answers infer --gold '14 March 1879' --question 'When was he born?'
///   quarry answers reward > reward.py
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct AnswersArgs {
    #[command(subcommand)]
    pub(crate) action: AnswersAction,
}

/// What to do with answers.
#[derive(Debug, Subcommand)]
pub(crate) enum AnswersAction {
    Check(CheckAnswersArgs),
    Infer(InferAnswersArgs),
    /// Writes the checker as one Python file without dependencies to stdout
    Reward,
}

/// Says of each reply whether it is the answer: `correct`, `incorrect` or `unknown`, with the reason.
///
/// Reads lines of {"id", "spec" or "gold", "question", "answer_type", "reply"} and writes lines of {"id", "verdict",
/// "reason", "extracted"}; a `gold` without a spec is typed first. With flags it checks one reply.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct CheckAnswersArgs {
    /// JSON Lines to check [default: stdin]
    #[arg(conflicts_with_all = ["spec", "gold", "reply"])]
    pub(crate) file: Option<PathBuf>,

    /// Answer spec as JSON, as in the column `answer_spec`
    #[arg(long, value_name = "JSON", requires = "reply", conflicts_with_all = ["gold", "answer_type"])]
    pub(crate) spec: Option<String>,

    #[command(flatten)]
    pub(crate) gold: GoldArgs,

    /// Reply of a model; its final answer is found behind `<answer>`, `\boxed`, `####` or `Answer:`
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    pub(crate) reply: Option<String>,
}

/// Gives the type and spec of raw answers, or says why plain code could not check them.
///
/// Reads lines of {"id", "gold", "question", "answer_type"} and writes lines of {"id", "answer_type", "spec", "reason"}.
/// With flags it types one answer.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct InferAnswersArgs {
    /// JSON Lines to type [default: stdin]
    #[arg(conflicts_with = "gold")]
    pub(crate) file: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) gold: GoldArgs,
}

/// A raw gold answer.
#[derive(Debug, Args)]
pub(crate) struct GoldArgs {
    /// Gold answer as written
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    pub(crate) gold: Option<String>,

    /// Question of the gold answer; settles whether 1879 is a year or a number [default: none]
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    pub(crate) question: Option<String>,

    /// Type to read the gold answer as [default: the one it looks like]
    #[arg(long, value_name = "TYPE")]
    pub(crate) answer_type: Option<String>,
}

/// Writes a completion script for a shell.
///
///   quarry completions bash > ~/.local/share/bash-completion/completions/quarry
///   quarry completions zsh > ~/.zfunc/_quarry
///   quarry completions fish > ~/.config/fish/completions/quarry.fish
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct CompletionsArgs {
    /// Shell
    pub(crate) shell: clap_complete::Shell,
}

/// Explains a verb or a topic: exit-codes, config, config KEY, rules.
///
///   quarry help run
///   quarry help exit-codes
///   quarry help config run.memory
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct HelpArgs {
    /// A verb, or `exit-codes`, `config`, `config KEY`, `rules` [default: the overview]
    pub(crate) topic: Vec<String>,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::Cli;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_verb_shows_three_examples() {
        for verb in Cli::command().get_subcommands() {
            let about = verb.get_long_about().map(ToString::to_string).unwrap_or_default();
            let num_examples = about.lines().filter(|line| line.trim_start().contains("quarry ")).count();
            assert!(num_examples >= 3, "{}: {about}", verb.get_name());
        }
    }
}
