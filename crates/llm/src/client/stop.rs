//! Whether a run goes on, and why not.

use std::sync::OnceLock;

use tokio_util::sync::CancellationToken;

use crate::{Error, ErrorKind};

/// Told once; then no new call is begun.
#[derive(Default)]
pub(super) struct Stop {
    token: CancellationToken,
    error: OnceLock<Error>,
}

impl Stop {
    /// Stops for a reason, unless it has been stopped before.
    pub(super) fn stop(&self, error: Error) {
        self.error.get_or_init(|| error);
        self.token.cancel();
    }

    /// Whether it has stopped.
    pub(super) fn is_stopped(&self) -> bool {
        self.token.is_cancelled()
    }

    /// Waits until it stops.
    pub(super) async fn stopped(&self) {
        self.token.cancelled().await;
    }

    /// Why it has stopped.
    pub(super) fn error(&self) -> Error {
        self.error.get().cloned().unwrap_or_else(|| Error::new(ErrorKind::Stopped, "the run is being stopped"))
    }
}
