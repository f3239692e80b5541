//! Exit codes: a contract with whoever runs quarry unattended. Add, never renumber.
//!
//! Which code an error gives follows from who must act on it, as the library that made the error says.

use std::fmt;

/// What the program ended with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Code {
    /// Complete, or nothing to do.
    Success,
    /// A bug, or a library that failed for no reason of the user's.
    Internal,
    /// Usage, configuration or recipe.
    Usage,
    /// Finished, but more rows were rejected than the config allows.
    Rejects,
    /// The budget or the account of a model is spent.
    Budget,
    /// A model's endpoint cannot be reached.
    Endpoint,
    /// Input missing or corrupt.
    Input,
    /// Disk or output.
    Output,
    /// Another run holds the directory.
    Locked,
    /// Ctrl-C.
    Interrupted,
    /// SIGTERM.
    Terminated,
}

/// One line of the table of codes: code, meaning, whether to run the command again as it is.
pub(crate) const TABLE: &[(u8, &str, &str)] = &[
    (0, "complete, or nothing to do", "-"),
    (1, "internal error", "maybe"),
    (2, "usage or configuration invalid", "no"),
    (3, "finished, rejects above the threshold of `[limits]`", "no"),
    (4, "data test or quality gate failed (reserved)", "no"),
    (5, "budget or quota exhausted, state saved", "yes, after action"),
    (6, "endpoint unavailable, state saved", "yes"),
    (7, "input missing or corrupt", "no"),
    (8, "disk or output error, state saved", "yes"),
    (9, "locked by another run", "yes"),
    (130, "interrupted by Ctrl-C, state saved", "yes"),
    (143, "ended by SIGTERM, state saved", "yes"),
];

/// Something that stops a verb and is found here, not in a library.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Stop {
    /// The command, the config or a file named in them is at fault.
    #[error("{0}")]
    Usage(String),
    /// All problems of a config or recipe, already shown with their places.
    #[error("{0}")]
    Problems(String),
    /// A file that was to be read is at fault.
    #[error("{0}")]
    Input(String),
    /// Something could not be written.
    #[error("{0}")]
    Output(String),
    /// More rows were rejected than the config allows.
    #[error("{0}")]
    Rejects(String),
    /// A signal asked the program to stop.
    #[error("stopped by {0}")]
    Signal(Signal),
}

/// What was saved and what to type next: context around the error that stopped a run.
#[derive(Debug)]
pub(crate) struct Advice(pub(crate) String);

impl fmt::Display for Advice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether an error is a list of problems that are already shown with headings and places.
pub(crate) fn is_list_of_problems(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        matches!(cause.downcast_ref(), Some(Stop::Problems(_)))
            || matches!(cause.downcast_ref(), Some(quarry_engine::Error::Recipe(_)))
    })
}

/// A signal that asks the program to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Signal {
    /// Ctrl-C.
    Interrupt,
    /// SIGTERM.
    Terminate,
}

impl fmt::Display for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Signal::Interrupt => "Ctrl-C",
            Signal::Terminate => "SIGTERM",
        })
    }
}

impl Code {
    /// The number that the caller sees.
    pub(crate) fn number(self) -> u8 {
        match self {
            Code::Success => 0,
            Code::Internal => 1,
            Code::Usage => 2,
            Code::Rejects => 3,
            Code::Budget => 5,
            Code::Endpoint => 6,
            Code::Input => 7,
            Code::Output => 8,
            Code::Locked => 9,
            Code::Interrupted => 130,
            Code::Terminated => 143,
        }
    }

    /// The code that an error asks for.
    pub(crate) fn of(error: &anyhow::Error) -> Code {
        for cause in error.chain() {
            if let Some(stop) = cause.downcast_ref::<Stop>() {
                return of_stop(stop);
            }
            if let Some(error) = cause.downcast_ref::<quarry_llm::Error>() {
                return of_llm(error.kind);
            }
            if let Some(error) = cause.downcast_ref::<quarry_engine::Error>()
                && !matches!(error, quarry_engine::Error::Stopped { .. })
            {
                return of_engine(error.kind());
            }
            if let Some(error) = cause.downcast_ref::<quarry_onnx::Error>() {
                return of_onnx(error);
            }
        }
        Code::Internal
    }
}

impl From<Signal> for Code {
    fn from(signal: Signal) -> Code {
        match signal {
            Signal::Interrupt => Code::Interrupted,
            Signal::Terminate => Code::Terminated,
        }
    }
}

fn of_stop(stop: &Stop) -> Code {
    match stop {
        Stop::Usage(_) | Stop::Problems(_) => Code::Usage,
        Stop::Input(_) => Code::Input,
        Stop::Output(_) => Code::Output,
        Stop::Rejects(_) => Code::Rejects,
        Stop::Signal(signal) => Code::from(*signal),
    }
}

fn of_engine(kind: quarry_engine::ErrorKind) -> Code {
    use quarry_engine::ErrorKind;
    match kind {
        ErrorKind::Usage => Code::Usage,
        ErrorKind::Input => Code::Input,
        ErrorKind::Output => Code::Output,
        ErrorKind::Locked => Code::Locked,
        ErrorKind::Interrupted => Code::Interrupted,
        ErrorKind::Internal => Code::Internal,
    }
}

fn of_llm(kind: quarry_llm::ErrorKind) -> Code {
    use quarry_llm::ErrorKind;
    match kind {
        ErrorKind::Budget => Code::Budget,
        ErrorKind::Endpoint => Code::Endpoint,
        ErrorKind::Auth | ErrorKind::Request | ErrorKind::Settings => Code::Usage,
        ErrorKind::Ledger => Code::Output,
        ErrorKind::Stopped => Code::Interrupted,
        // Errors of single rows become rejects or failures and stop nothing.
        ErrorKind::TooLong | ErrorKind::Filtered | ErrorKind::Undecided => Code::Internal,
    }
}

fn of_onnx(error: &quarry_onnx::Error) -> Code {
    use quarry_onnx::{Error, ErrorKind};
    match (error, error.kind()) {
        (Error::Read { .. }, _) | (_, ErrorKind::Training) => Code::Input,
        (Error::Write { .. }, _) => Code::Output,
        // The index could not be reached, which no config mends.
        (Error::Install { .. }, _) => Code::Internal,
        (_, ErrorKind::Model | ErrorKind::Runtime) => Code::Usage,
        _ => Code::Internal,
    }
}

#[cfg(test)]
mod tests {
    use super::{Code, Signal, Stop, TABLE};

    #[test]
    fn every_code_is_in_the_table_and_no_code_twice() {
        let all = [
            Code::Success,
            Code::Internal,
            Code::Usage,
            Code::Rejects,
            Code::Budget,
            Code::Endpoint,
            Code::Input,
            Code::Output,
            Code::Locked,
            Code::Interrupted,
            Code::Terminated,
        ];
        for code in all {
            assert_eq!(TABLE.iter().filter(|(number, ..)| *number == code.number()).count(), 1, "{code:?}");
        }
    }

    #[test]
    fn the_library_that_failed_decides_the_code_through_any_context() {
        let locked = quarry_engine::Error::Locked { path: "out".to_owned(), holder: "process 1".to_owned() };
        let stopped = |kind| {
            let source = Box::new(quarry_llm::Error::new(kind, "so it is"));
            quarry_engine::Error::Stopped { stage: "ask".to_owned(), source }
        };
        let cases: [(anyhow::Error, u8); 10] = [
            (stopped(quarry_llm::ErrorKind::Budget).into(), 5),
            (anyhow::Error::from(stopped(quarry_llm::ErrorKind::Endpoint)).context("advice"), 6),
            (stopped(quarry_llm::ErrorKind::Auth).into(), 2),
            (stopped(quarry_llm::ErrorKind::Ledger).into(), 8),
            (quarry_engine::Error::Recipe(String::new()).into(), 2),
            (quarry_engine::Error::input("a.jsonl", "gone").into(), 7),
            (anyhow::Error::from(locked).context("could not start"), 9),
            (Stop::Rejects(String::new()).into(), 3),
            (Stop::Signal(Signal::Terminate).into(), 143),
            (anyhow::anyhow!("no one's fault"), 1),
        ];
        for (error, number) in cases {
            assert_eq!(Code::of(&error).number(), number, "{error}");
        }
    }
}
