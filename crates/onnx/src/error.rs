//! What can go wrong with a model, its engine or its files.

use std::path::{Path, PathBuf};

/// Any error of this crate; each stops the run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file could not be read.
    #[error("read `{}`: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// A file or folder could not be written.
    #[error("write `{}`: {source}", path.display())]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// A `model.toml`, tokenizer or weight file says something that cannot be.
    #[error("load model `{}`: {problem}", path.display())]
    Model {
        /// The file at fault.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// A file is not the one that `model.toml` describes.
    #[error(
        "load model `{}`: its sha256 is `{found}` but `model.toml` says `{expected}`; fetch the file again, or write the new \
         digest into `model.toml` if the change is yours",
        path.display()
    )]
    Digest {
        /// The file at fault.
        path: PathBuf,
        /// The digest in `model.toml`.
        expected: String,
        /// The digest of the file.
        found: String,
    },
    /// The engine that was asked for cannot be had.
    #[error("open the runtime: {problem}; {fix}")]
    Runtime {
        /// What is missing or wrong.
        problem: String,
        /// What the user can do.
        fix: String,
    },
    /// The device that was asked for cannot be had.
    #[error("use device `{device}`: {problem}; {fix}")]
    Device {
        /// The device as configured.
        device: String,
        /// What is missing or wrong.
        problem: String,
        /// What the user can do.
        fix: String,
    },
    /// The engine gave no usable answer.
    #[error("run model `{model}`: {problem}")]
    Inference {
        /// The model's name.
        model: String,
        /// What happened.
        problem: String,
    },
    /// A head and an encoder do not belong together.
    #[error("use head `{head}`: {problem}")]
    HeadMismatch {
        /// The head's name.
        head: String,
        /// What differs.
        problem: String,
    },
    /// A head could not be trained from the labels given.
    #[error("train the head: {problem}")]
    Train {
        /// What is wrong with the labels or the fit.
        problem: String,
    },
    /// ONNX Runtime could not be installed.
    #[error("install ONNX Runtime: {problem}; {fix}")]
    Install {
        /// What happened.
        problem: String,
        /// What the user can do.
        fix: String,
    },
}

/// Who has to act on an [`Error`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The files of a model, or its match with another.
    Model,
    /// The configured runtime or device.
    Runtime,
    /// The engine failed on an input.
    Inference,
    /// The labels given for training.
    Training,
    /// The file system.
    Io,
}

impl Error {
    /// Says who has to act.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Read { .. } | Self::Write { .. } => ErrorKind::Io,
            Self::Model { .. } | Self::Digest { .. } | Self::HeadMismatch { .. } => ErrorKind::Model,
            Self::Runtime { .. } | Self::Device { .. } | Self::Install { .. } => ErrorKind::Runtime,
            Self::Inference { .. } => ErrorKind::Inference,
            Self::Train { .. } => ErrorKind::Training,
        }
    }

    pub(crate) fn read(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Self::Read { path, source }
    }

    pub(crate) fn write(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Self::Write { path, source }
    }

    pub(crate) fn model(path: &Path, problem: impl std::fmt::Display) -> Self {
        Self::Model { path: path.to_path_buf(), problem: problem.to_string() }
    }

    pub(crate) fn inference(model: &str, problem: impl std::fmt::Display) -> Self {
        Self::Inference { model: model.to_owned(), problem: problem.to_string() }
    }
}
