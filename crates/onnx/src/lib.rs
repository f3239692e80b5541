//! Small ONNX models: sentence encoders and the linear heads on top of them.
//!
//! A model is a folder with a `model.toml` that names its files, their sha256, its licence and what was measured of it;
//! nothing is loaded that does not match. Two engines run the graph behind one narrow trait: `rten`, pure Rust and always
//! there, and ONNX Runtime, a library loaded at run time, for speed and for CUDA. Which one and on what device is
//! decided once, by [`Runtime::open`], and is part of a model's identity, because last digits differ between engines.
//!
//! **A row's scores never depend on its company.** On the CPU one row goes in a call: a dynamically quantised model takes
//! its scales over the whole tensor, so that rows of one batch would change each other, and without padding a row costs
//! a third. On CUDA rows of like length share a batch, the model is in half precision, and scores are rounded.
//!
//! This crate reads no environment, knows no Arrow and no recipe, and writes only where it is told to ([`install`],
//! [`train_head`]).

mod batching;
mod config;
mod encoder;
mod engine;
mod error;
mod evaluate;
mod fit;
mod head;
mod install;
mod library;
mod manifest;
mod ort;
mod rten;
mod runtime;
mod tokens;
mod train;
mod workers;

pub use config::{Device, ParseSettingError, RuntimeChoice, RuntimeConfig};
pub use encoder::Encoder;
pub use error::{Error, ErrorKind};
pub use evaluate::{CutReport, Evaluation, LabelReport};
pub use head::Head;
pub use install::{InstallReport, install};
pub use library::installed_library;
pub use runtime::Runtime;
pub use train::{HeadReport, TrainOptions, train_head};
