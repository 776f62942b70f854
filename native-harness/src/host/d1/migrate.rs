//! Brings a D1 database to its newest schema when the host starts, before anything can ask it.

use domicile::migration::{Batch, applied, batches};
use domicile::platform::Statement;
use domicile::{Migration, SqlError};

use super::Twin;

impl Twin {
    /// Applies what is missing of `migrations` to the database that is bound as `binding`, each in a transaction of its own.
    ///
    /// # Errors
    /// What was applied is not what the app has; or a migration failed, which is undone, and those before it stay.
    pub(super) fn migrate(&self, binding: &str, migrations: &[Migration]) -> Result<(), String> {
        // A database that nobody has asked for has no file.
        if migrations.is_empty() {
            return Ok(());
        }
        let all = batches(migrations).map_err(|error| error.to_string())?;
        let done = applied(&self.done()?, &all).map_err(|error| error.to_string())?;
        for batch in all.iter().skip(done) {
            let statements: Result<Vec<_>, _> = batch.statements().map(statement).collect();
            self.run_each(&statements?, false)
                .map_err(|(at, error)| batch.failed(Some(at), error.message()))?;
            tracing::info!(database = binding, migration = batch.name, "applied to a D1 database");
        }
        Ok(())
    }

    /// The names and checksums of what is applied.
    fn done(&self) -> Result<Vec<(String, String)>, String> {
        let there: i64 = self.ask(Batch::THERE)?.one().map_err(|error| error.to_string())?;
        if there == 0 {
            return Ok(Vec::new());
        }
        self.ask(Batch::APPLIED)?.all().map_err(|error| error.to_string())
    }

    fn ask(&self, sql: &str) -> Result<domicile::platform::ResultSet, String> {
        let message = |error: SqlError| error.message().to_owned();
        let (mut results, _) = self.run(&[statement(sql)?], false).map_err(message)?;
        results.pop().ok_or_else(|| "a statement gave no result".to_owned())
    }
}

fn statement(sql: &str) -> Result<Statement, String> {
    Statement::new(sql, ()).map_err(|error| error.to_string())
}
