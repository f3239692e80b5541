//! The params that every operator has that asks a model, and how its own are put behind them.

use quarry_engine::operator::{ParamDef, ParamKind, ParamValue};

/// What differs between operators in the params that all of them have.
#[derive(Clone, Copy)]
pub(crate) struct Defaults {
    /// The model's name in the config.
    pub(crate) model: &'static str,
    /// The prompt's file name.
    pub(crate) prompt: &'static str,
    /// The sampling temperature.
    pub(crate) temperature: f64,
    /// Tokens of one answer at most.
    pub(crate) max_tokens: i64,
}

/// How many params all operators have that ask a model.
pub(crate) const NUM_ASKING: usize = 8;

/// The place of a document in a prompt.
pub(super) const LAYOUTS: &[&str] = &["document_first", "instruction_first"];

/// The params of asking, then the operator's own. `N` is `NUM_ASKING + own.len()`.
pub(crate) const fn asking_params<const N: usize>(defaults: Defaults, own: &[ParamDef]) -> [ParamDef; N] {
    assert!(N == NUM_ASKING + own.len(), "N is the number of params");
    let asking = asking(defaults);
    let mut all = [asking[0]; N];
    let mut idx = 0;
    while idx < N {
        all[idx] = if idx < NUM_ASKING { asking[idx] } else { own[idx - NUM_ASKING] };
        idx += 1;
    }
    all
}

const fn asking(defaults: Defaults) -> [ParamDef; NUM_ASKING] {
    [
        ParamDef {
            name: "model",
            kind: ParamKind::Text,
            default: Some(ParamValue::Text(defaults.model)),
            doc: "the model that is asked, as the config names it",
        },
        ParamDef {
            name: "prompt",
            kind: ParamKind::Text,
            default: Some(ParamValue::Text(defaults.prompt)),
            doc: "the prompt, as the name of its file in `prompts/`",
        },
        ParamDef {
            name: "temperature",
            kind: ParamKind::Float { min: 0.0, max: 2.0 },
            default: Some(ParamValue::Float(defaults.temperature)),
            doc: "how freely tokens are drawn; 0 is greedy, the reference system has 1 in every stage",
        },
        ParamDef {
            name: "top_p",
            kind: ParamKind::Float { min: 0.0, max: 1.0 },
            default: Some(ParamValue::Float(1.0)),
            doc: "the share of probability that tokens are drawn from",
        },
        ParamDef {
            name: "top_k",
            kind: ParamKind::Int { min: 0, max: 1_000_000 },
            default: Some(ParamValue::Int(0)),
            doc: "the number of tokens that are drawn from; 0 leaves the field out, which hosted services refuse",
        },
        ParamDef {
            name: "max_tokens",
            kind: ParamKind::Int { min: 1, max: 1_000_000 },
            default: Some(ParamValue::Int(defaults.max_tokens)),
            doc: "tokens of one answer at most; one that is cut off is asked for again",
        },
        ParamDef {
            name: "layout",
            kind: ParamKind::Choice(LAYOUTS),
            default: Some(ParamValue::Text("document_first")),
            doc: "whether a prompt begins with the document, which all stages then share, or with the instruction",
        },
        ParamDef {
            name: "max_passage_tokens",
            kind: ParamKind::Int { min: 50, max: 1_000_000 },
            default: Some(ParamValue::Int(3_000)),
            doc: "longer documents are shown in passages, at three bytes a token; one value for all stages lets them \
                  share passages",
        },
    ]
}
