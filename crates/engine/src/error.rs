//! The one error of this crate: something that stops the run. Rejects and failures are values, not errors.

use std::path::{Path, PathBuf};

/// What stops a run.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The recipe or its params are wrong; the report shows every problem with its place.
    #[error("{0}")]
    Recipe(String),
    /// The configuration or the command cannot be carried out as given.
    #[error("{0}")]
    Usage(String),
    /// An input is missing, corrupt or truncated.
    #[error("{path}: {message}")]
    Input {
        /// The input file or pattern.
        path: String,
        /// What is wrong with it, where, and what to do.
        message: String,
    },
    /// Something could not be written.
    #[error("{path}: {message}")]
    Output {
        /// The file at fault.
        path: String,
        /// What went wrong.
        message: String,
    },
    /// Another run holds the output directory.
    #[error("{path} is locked by {holder}; wait for that run to end, or write to another directory")]
    Locked {
        /// The output directory.
        path: String,
        /// Who holds it, as the lock file says.
        holder: String,
    },
    /// An operator reported something that concerns no single row.
    #[error("stage `{stage}` failed: {message}")]
    Stage {
        /// The stage.
        stage: String,
        /// The operator's message.
        message: String,
    },
    /// A library that an operator uses cannot go on; its error is the source.
    #[error("stage `{stage}` stopped")]
    Stopped {
        /// The stage.
        stage: String,
        /// The library's error.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The run was asked to stop; its state is saved.
    #[error("interrupted; run the same command again to go on")]
    Interrupted,
    /// A bug, or a library that failed for no reason of the user's.
    #[error("internal error: {0}")]
    Internal(String),
}

/// Who must act, and which exit code tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// Usage, configuration or recipe.
    Usage,
    /// Input missing or corrupt.
    Input,
    /// Disk or output.
    Output,
    /// Another run holds the directory.
    Locked,
    /// Asked to stop.
    Interrupted,
    /// Anything else.
    Internal,
}

impl Error {
    /// Who must act.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Error::Recipe(_) | Error::Usage(_) => ErrorKind::Usage,
            Error::Input { .. } => ErrorKind::Input,
            Error::Output { .. } => ErrorKind::Output,
            Error::Locked { .. } => ErrorKind::Locked,
            Error::Interrupted => ErrorKind::Interrupted,
            Error::Stage { .. } | Error::Stopped { .. } | Error::Internal(_) => ErrorKind::Internal,
        }
    }

    /// An input at fault.
    pub fn input(path: impl Into<String>, message: impl Into<String>) -> Error {
        Error::Input { path: path.into(), message: message.into() }
    }

    /// A file that could not be written.
    pub fn output(path: &Path, source: impl std::fmt::Display) -> Error {
        Error::Output { path: PathBuf::from(path).display().to_string(), message: source.to_string() }
    }

    /// A failure of a library that no user can mend.
    pub fn internal(source: impl std::fmt::Display) -> Error {
        Error::Internal(source.to_string())
    }
}
