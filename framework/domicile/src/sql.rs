//! What the framework knows of SQL before and after a statement runs: its class, and its errors.

mod error;
pub mod statement;

pub use error::{SqlError, SqlKind};

/// The start of a statement, for error messages: parameters are not in it, so it holds no user's data.
pub(crate) fn abbreviate(sql: &str) -> String {
    const KEEP: usize = 120;
    let mut line = sql.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((at, _)) = line.char_indices().nth(KEEP) {
        line.truncate(at);
        line.push('…');
    }
    line
}
