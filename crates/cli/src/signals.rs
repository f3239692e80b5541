//! Ctrl-C and SIGTERM: the first asks the run to stop and save, the second ends the program on the spot.

use std::sync::{Arc, OnceLock};

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::exit::{Code, Signal};

/// Listens for signals until dropped.
pub(crate) struct Signals {
    caught: Arc<OnceLock<Signal>>,
    _listener: JoinSet<()>,
}

impl Signals {
    /// Starts to listen; the first signal cancels the token. Must be called within a tokio runtime.
    ///
    /// # Errors
    /// The operating system refuses a handler.
    pub(crate) fn listen(cancel: CancellationToken) -> std::io::Result<Signals> {
        let caught = Arc::new(OnceLock::new());
        let mut listener = JoinSet::new();
        let mut source = Source::new()?;
        let told = Arc::clone(&caught);
        listener.spawn(async move {
            let Some(first) = source.next().await else { return };
            told.get_or_init(|| first);
            tracing::warn!("{first}: stopping; what is committed stays (again to end at once)");
            cancel.cancel();
            if let Some(second) = source.next().await {
                std::process::exit(i32::from(Code::from(second).number()));
            }
        });
        Ok(Signals { caught, _listener: listener })
    }

    /// The first signal that came, if any.
    pub(crate) fn caught(&self) -> Option<Signal> {
        self.caught.get().copied()
    }
}

#[cfg(unix)]
struct Source {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Source {
    fn new() -> std::io::Result<Source> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Source { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    async fn next(&mut self) -> Option<Signal> {
        tokio::select! {
            caught = self.interrupt.recv() => caught.map(|()| Signal::Interrupt),
            caught = self.terminate.recv() => caught.map(|()| Signal::Terminate),
        }
    }
}

#[cfg(not(unix))]
struct Source;

#[cfg(not(unix))]
impl Source {
    fn new() -> std::io::Result<Source> {
        Ok(Source)
    }

    async fn next(&mut self) -> Option<Signal> {
        tokio::signal::ctrl_c().await.ok().map(|()| Signal::Interrupt)
    }
}
