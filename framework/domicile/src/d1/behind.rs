//! Tells a database that is behind its app, which on Cloudflare nothing migrates by itself, from a mistake in a statement.
//!
//! It is asked for only when a statement failed for want of a table or a column, so that it costs nothing while all is well.

use super::D1;
use crate::error::{Error, Kind};
use crate::migration::Batch;
use crate::platform::Statement;
use crate::sql::SqlError;

/// What SQLite says of a table or a column that is not there.
const WANTING: [&str; 3] = ["no such table", "no such column", "has no column named"];

impl D1 {
    /// The error of a statement, of kind [`Kind::Migration`] where the reason is that a migration has not been applied.
    pub(super) async fn told(&self, error: SqlError) -> Error {
        if !WANTING.iter().any(|wanting| error.message().contains(wanting)) {
            return error.into();
        }
        match self.missing().await {
            Some(name) => Error::new(
                Kind::Migration,
                format!(
                    "the D1 database `{}` is behind the app, as migration `{name}` has not been applied: run `cargo domicile \
                     migrate --d1`, with `--remote` for the one on Cloudflare ({error})",
                    self.declared.name()
                ),
            ),
            None => error.into(),
        }
    }

    /// The first migration that is not applied, if it can be known.
    async fn missing(&self) -> Option<&'static str> {
        let all = self.declared.migrations();
        let next = all.first()?;
        let query = async |sql| self.database.query(&Statement::new(sql, ()).ok()?).await.ok();
        let there: i64 = query(Batch::THERE).await?.one().ok()?;
        if there == 0 {
            return Some(next.name());
        }
        let done: Vec<(String, String)> = query(Batch::APPLIED).await?.all().ok()?;
        all.get(done.len()).map(|migration| migration.name())
    }
}
