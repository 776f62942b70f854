//! The HTTP/1 server of the native host: sockets, limits, timeouts and an orderly end.
//!
//! It knows nothing of actors: a [`Handler`] gets each request with its body read whole and gives
//! a reply. What a handler is given (path, query, headers, methods) is what workerd would give it:
//! see [`target`] and [`headers`].

mod accept;
mod answer;
mod bind;
mod body;
mod connection;
mod deadline;
mod headers;
mod reply;
mod shutdown;
mod socket;
mod target;
#[cfg(test)]
mod tests;

use std::future::Future;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};

pub(crate) use bind::{bind, descriptors};
pub(crate) use reply::ReplyBody;
pub(crate) use shutdown::Shutdown;
#[cfg(test)]
pub(crate) use shutdown::Trigger;

/// What answers requests. One handler lives on each thread and may hold what is not `Send`.
pub(crate) trait Handler: 'static {
    /// Answers `request`, whose target is a normalised path with its query.
    ///
    /// It runs to its end even when the client has gone. Should it panic, the client gets a 500.
    fn handle(&self, request: Request<Bytes>, peer: SocketAddr) -> impl Future<Output = Response<ReplyBody>>;
}

/// The limits of a server.
#[derive(Debug, Clone)]
pub(crate) struct Config {
    /// Threads that serve connections; at least one.
    pub(crate) threads: usize,
    /// Connections open at once; more clients wait in the listener's queue. No more requests than
    /// this run at once, as one whose client has gone keeps its connection's place.
    pub(crate) max_connections: usize,
    /// The longest request body in bytes; a longer one gets 413.
    pub(crate) body_limit: usize,
    /// The longest request line and headers together in bytes; longer ones get 431. At least 8 KiB.
    pub(crate) header_limit: usize,
    /// From the first byte of a request to the end of its headers; then the connection is closed.
    pub(crate) header_timeout: Duration,
    /// From the end of a reply to the next request's first byte; then the connection is closed.
    pub(crate) idle_timeout: Duration,
    /// How long a request body may bring no byte; then the client gets 408. A body slower than
    /// [`body::SLOWEST`] as a whole gets it too.
    pub(crate) body_timeout: Duration,
    /// How long a client may take no byte of its reply; then the connection is dropped.
    pub(crate) write_timeout: Duration,
    /// How long what a refused client still sends is read and thrown away, so that it gets to read
    /// the reason.
    pub(crate) linger: Duration,
    /// How long running requests may take to finish at shutdown.
    pub(crate) grace: Duration,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            threads: std::thread::available_parallelism().map_or(1, usize::from),
            // Half of the descriptors are left for the actors' database files.
            max_connections: (descriptors() / 2).clamp(16, 10_000),
            body_limit: 10 << 20,
            header_limit: 128 << 10,
            header_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(60),
            body_timeout: Duration::from_secs(30),
            write_timeout: Duration::from_secs(30),
            linger: Duration::from_secs(10),
            grace: Duration::from_secs(10),
        }
    }
}

/// How a server ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// All requests had finished.
    InOrder,
    /// Some had not at the end of the grace period, or at a second signal.
    AtOnce,
}

/// Serves `listener` until `shutdown`. Each connection stays on one thread, with the handler that
/// `make` built there. `ready` is called once, when a signal would end the server in order.
///
/// At shutdown it accepts no more, lets running requests finish for [`Config::grace`], and returns;
/// a second signal makes it return at once. A thread that is then still inside a handler is left
/// behind: it ends with the process.
///
/// # Errors
///
/// When the threads or their event loops cannot be made, or `make` panics.
pub(crate) fn serve<H: Handler>(
    listener: TcpListener,
    config: Config,
    shutdown: Shutdown,
    make: impl Fn() -> H + Send + Sync + 'static,
    ready: impl FnOnce(),
) -> io::Result<Ended> {
    accept::run(listener, config, shutdown, make, ready)
}
