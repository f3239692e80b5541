//! The server from its first to its last moment: listening, the routes, the writing of log and report.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use axum::serve::Listener as _;

use super::doorway::{Connection, Door, Doorway};
use super::{Shared, chat, pages};
use crate::report::Report;
use crate::{Error, Settings};

/// The longest body that is read.
const MOST_BYTES: usize = 64 << 20;
/// How long a line of the log may wait to be written.
const FLUSH_EVERY: Duration = Duration::from_millis(100);

/// A server that listens.
pub struct Server {
    doorway: Doorway,
    address: SocketAddr,
    shared: Arc<Shared>,
}

impl Server {
    /// Begins to listen.
    ///
    /// # Errors
    /// A setting makes no sense, the address is taken, or the log cannot be made.
    pub async fn bind(settings: Settings) -> Result<Server, Error> {
        settings.check()?;
        let door = Arc::new(Door::default());
        let listen = |source| Error::Listen { address: settings.listen.clone(), source };
        let doorway = Doorway::open(&settings.listen, Arc::clone(&door)).await.map_err(listen)?;
        let address = doorway.local_addr().map_err(listen)?;
        Ok(Server { doorway, address, shared: Arc::new(Shared::new(settings, door)?) })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until `stop` is done, then writes the report. Requests in flight are broken off.
    ///
    /// # Errors
    /// The log or the report cannot be written, or the server broke off.
    pub async fn serve(self, stop: impl Future<Output = ()>) -> Result<Report, Error> {
        let shared = Arc::clone(&self.shared);
        let app = routes(Arc::clone(&shared)).into_make_service_with_connect_info::<Connection>();
        let serving = async { axum::serve(self.doorway, app).await.map_err(Error::Serve) };
        let ended = tokio::select! {
            ended = serving => ended,
            ended = write_log(&shared) => ended,
            () = shared.keep_time(), if shared.settings.machine.speed > 0.0 => Ok(()),
            () = stop => Ok(()),
        };
        shared.record().flush()?;
        let report = shared.report();
        if let Some(path) = &shared.settings.report {
            write(path, &format!("{:#}\n", report.json()))?;
        }
        ended.map(|()| report)
    }
}

fn routes(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/v1/chat/completions", post(chat::chat))
        .route("/v1/models", get(pages::models))
        .route("/metrics", get(pages::metrics))
        .route("/health", get(pages::health))
        .route("/version", get(pages::version))
        .route("/report", get(pages::report))
        .fallback(pages::not_found)
        .layer(DefaultBodyLimit::max(MOST_BYTES))
        .with_state(shared)
}

/// Writes the log every moment, so that it is whole whoever dies.
async fn write_log(shared: &Shared) -> Result<(), Error> {
    loop {
        tokio::time::sleep(FLUSH_EVERY).await;
        shared.record().flush()?;
        if let Some(source) = shared.failure() {
            let path = shared.settings.log.as_deref().map(|path| path.display().to_string()).unwrap_or_default();
            return Err(Error::Write { path, source });
        }
    }
}

fn write(path: &Path, text: &str) -> Result<(), Error> {
    std::fs::write(path, text).map_err(|source| Error::Write { path: path.display().to_string(), source })
}
