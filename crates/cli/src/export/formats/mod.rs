//! One file a trainer: its columns, its row, its scorers, and what lies beside the data.

mod columns;
pub(crate) mod nemo_rl;
pub(crate) mod open_instruct;
pub(crate) mod openai_batch;
pub(crate) mod openrlhf;
pub(crate) mod rllm;
pub(crate) mod sft;
pub(crate) mod skyrl;
pub(crate) mod slime;
pub(crate) mod trl;
pub(crate) mod verifiers;
pub(crate) mod verl;
pub(crate) mod webscale_rl;
