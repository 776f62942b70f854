//! Domicile's native host: the same actors over rusqlite, with an HTTP server.

mod host;
mod server;
mod sqlite;
mod vfs;

pub use host::{Body, Called, Config, Data, Host, Pieces, StartError, Stats, Time};

/// Placeholder.
pub fn main(_: domicile::AppFn) -> std::process::ExitCode {
    std::process::ExitCode::SUCCESS
}
