//! What the framework knows of SQL before and after a statement runs: its class, and its errors.

mod error;
pub mod statement;

pub use error::{SqlError, SqlKind};
