//! The listening socket: one that can be closed for a while, and connections that can be reset.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::time::Instant;

/// Says whether the server is closed.
#[derive(Default)]
pub(crate) struct Door {
    closed_until: Mutex<Option<Instant>>,
    changed: Notify,
}

impl Door {
    /// Refuses new connections for a while.
    pub(crate) fn close_for(&self, time: Duration) {
        *self.closed_until.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now() + time);
        self.changed.notify_one();
    }

    /// When the server opens again, if it is closed.
    pub(crate) fn closed_until(&self) -> Option<Instant> {
        let until = *self.closed_until.lock().unwrap_or_else(PoisonError::into_inner);
        until.filter(|until| *until > Instant::now())
    }
}

/// The listening socket.
pub(crate) struct Doorway {
    address: SocketAddr,
    listener: Option<TcpListener>,
    door: Arc<Door>,
}

impl Doorway {
    /// Listens on an address.
    pub(crate) async fn open(address: &str, door: Arc<Door>) -> io::Result<Doorway> {
        let listener = TcpListener::bind(address).await?;
        Ok(Doorway { address: listener.local_addr()?, listener: Some(listener), door })
    }
}

/// How soon a failed try to listen or accept is made again.
const AGAIN: Duration = Duration::from_millis(50);

impl Listener for Doorway {
    type Io = Line;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Line, SocketAddr) {
        loop {
            if let Some(until) = self.door.closed_until() {
                self.listener = None;
                tokio::time::sleep_until(until).await;
            }
            let Some(listener) = &self.listener else {
                match TcpListener::bind(self.address).await {
                    Ok(listener) => self.listener = Some(listener),
                    Err(_) => tokio::time::sleep(AGAIN).await,
                }
                continue;
            };
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                () = self.door.changed.notified() => continue,
            };
            match accepted {
                Ok((stream, address)) => {
                    // An answer is written at once and whole; waiting for more to send would only delay it.
                    if stream.set_nodelay(true).is_ok() {
                        return (Line { stream, connection: Connection::default() }, address);
                    }
                }
                // Mostly a lack of file descriptors, which passes.
                Err(_) => tokio::time::sleep(AGAIN).await,
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.address)
    }
}

/// A connection, for those who answer on it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Connection(Arc<AtomicU8>);

const WHOLE: u8 = 0;
const RESET_AT_END: u8 = 1;
const BROKEN: u8 = 2;

impl Connection {
    /// Has the connection end with a reset instead of a farewell.
    pub(crate) fn reset_at_end(&self) {
        self.0.store(RESET_AT_END, Ordering::Relaxed);
    }

    /// Has nothing more be written, and the connection be reset.
    pub(crate) fn break_off(&self) {
        self.0.store(BROKEN, Ordering::Relaxed);
    }

    fn state(&self) -> u8 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Connected<IncomingStream<'_, Doorway>> for Connection {
    fn connect_info(stream: IncomingStream<'_, Doorway>) -> Connection {
        stream.io().connection.clone()
    }
}

/// A connection's bytes.
pub(crate) struct Line {
    stream: TcpStream,
    connection: Connection,
}

impl Drop for Line {
    fn drop(&mut self) {
        if self.connection.state() != WHOLE {
            // A connection that lingers for no time is reset when it is closed. If that fails it ends politely.
            drop(self.stream.set_zero_linger());
        }
    }
}

impl AsyncRead for Line {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Line {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        if self.connection.state() == BROKEN {
            return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
        }
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if self.connection.state() == BROKEN {
            return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
        }
        Pin::new(&mut self.stream).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.connection.state() != WHOLE {
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
