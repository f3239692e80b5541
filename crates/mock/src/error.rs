//! What keeps the server from starting or going on.

/// What went wrong.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The address cannot be listened on.
    #[error("cannot listen on `{address}`: {source}")]
    Listen {
        /// The address as it was given.
        address: String,
        /// What the operating system says.
        source: std::io::Error,
    },
    /// A setting makes no sense.
    #[error("{0}")]
    Settings(String),
    /// The script of faults cannot be used.
    #[error("script of faults: {0}")]
    Faults(String),
    /// The log or the report cannot be written.
    #[error("cannot write `{path}`: {source}")]
    Write {
        /// The file.
        path: String,
        /// What the operating system says.
        source: std::io::Error,
    },
    /// The server broke off.
    #[error("the server broke off: {0}")]
    Serve(std::io::Error),
}
