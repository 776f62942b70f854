//! Opening the listening socket, with errors that name the port and the way out.

use std::io;
use std::net::{SocketAddr, TcpListener};

use rustix::process::{Resource, getrlimit};

/// Why a listening socket could not be opened.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BindError {
    #[error("port {} on {} is already in use: stop the program that uses it, or choose another port with --port", .0.port(), .0.ip())]
    InUse(SocketAddr),
    #[error("this user may not listen on port {} of {}: choose a port above 1023 with --port", .0.port(), .0.ip())]
    Denied(SocketAddr),
    #[error("this machine has no address {}: listen on one that it has, such as 127.0.0.1", .0.ip())]
    NoSuchAddress(SocketAddr),
    #[error("cannot listen on {0}: {1}")]
    Other(SocketAddr, #[source] io::Error),
}

/// Listens on `address`; port 0 takes a free one.
///
/// # Errors
///
/// A [`BindError`], whose text is a whole sentence for the user.
pub(crate) fn bind(address: SocketAddr) -> Result<TcpListener, BindError> {
    TcpListener::bind(address).map_err(|error| BindError::of(address, error))
}

/// How many files and sockets this process may have open; `usize::MAX` when there is no limit.
pub(crate) fn descriptors() -> usize {
    getrlimit(Resource::Nofile)
        .current
        .map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX))
}

impl BindError {
    pub(super) fn of(address: SocketAddr, error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::AddrInUse => Self::InUse(address),
            io::ErrorKind::PermissionDenied => Self::Denied(address),
            io::ErrorKind::AddrNotAvailable => Self::NoSuchAddress(address),
            _ => Self::Other(address, error),
        }
    }
}
