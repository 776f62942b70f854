//! Domicile's native host: the same actors over rusqlite, with an HTTP server.
//!
//! [`main`] is the whole program of an app. [`Host`] is the same without HTTP and without a command line.

mod cli;
mod command;
mod host;
mod log;
mod migrate;
mod server;
mod sqlite;
pub mod test;
#[cfg(feature = "teeth")]
pub mod tooth;
#[cfg(not(feature = "teeth"))]
mod tooth;
mod vars;
mod vfs;

pub use cli::{main, run};
pub use host::{Body, Called, Config, Data, Host, Pieces, StartError, Stats, Time};
pub use sqlite::Limits;
