//! Why a call has no reply, and who must act.

/// A call without a reply.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    /// Who must act.
    pub kind: ErrorKind,
    /// What happened and what to do: model, endpoint, the server's words (shortened and escaped), never a document or a key.
    pub message: String,
}

/// Who must act on an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The row: the prompt does not fit the model's context.
    TooLong,
    /// The row: the server's filter refused prompt or answer.
    Filtered,
    /// The row could not be decided: retries are spent.
    Undecided,
    /// The run: the cap on money or tokens is reached, or the account is empty.
    Budget,
    /// The run: the key is missing or refused.
    Auth,
    /// The run: the server does not understand what it is asked; its words say why.
    Request,
    /// The run: the endpoint cannot be reached.
    Endpoint,
    /// The run: the ledger cannot be written or read.
    Ledger,
    /// The run: the settings cannot be used.
    Settings,
    /// The run: it was asked to stop, so no new call is begun.
    Stopped,
}

impl Error {
    /// Makes an error.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Error {
        Error { kind, message: message.into() }
    }

    /// Whether the run must stop; otherwise the row alone is rejected or fails.
    pub fn stops_the_run(&self) -> bool {
        !matches!(self.kind, ErrorKind::TooLong | ErrorKind::Filtered | ErrorKind::Undecided)
    }
}
