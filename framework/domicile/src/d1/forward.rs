//! Brings a database to its newest schema, for whoever manages the app and has no tool at hand.

use super::D1;
use crate::error::{Error, Kind, Result};
use crate::migration::{Batch, applied, batches};
use crate::platform::Statement;

impl D1 {
    /// Applies the migrations that the app declares for it and that have not been applied, each in a transaction of its own,
    /// and tells how many it applied. Of two that do so at once, each migration is applied by one.
    ///
    /// # Errors
    /// Of kind [`Kind::Migration`]: one failed, and those before it stay applied; or what is applied is not what the app
    /// declares.
    pub async fn migrate(&self) -> Result<usize> {
        let all = batches(self.declared.migrations())?;
        let mut own = 0;
        let mut done = self.applied(&all).await?;
        while let Some(next) = all.get(done) {
            let statements = next.statements().map(|sql| Statement::new(sql, ()));
            let outcome = self.database.batch(&statements.collect::<Result<Vec<_>>>()?).await;
            let now = match &outcome {
                Ok(_) => done + 1,
                Err(_) => self.applied(&all).await?,
            };
            match outcome {
                Ok(_) => own += 1,
                // Somebody else was faster.
                Err(_) if now > done => {}
                Err(error) => return Err(Error::new(Kind::Migration, next.failed(None, error.message()))),
            }
            done = now;
        }
        Ok(own)
    }

    /// How many of the migrations are applied.
    async fn applied(&self, all: &[Batch]) -> Result<usize> {
        if all.is_empty() {
            return Ok(0);
        }
        let there: i64 = self.query_one(Batch::THERE, ()).await?;
        let done: Vec<(String, String)> =
            if there == 0 { Vec::new() } else { self.query_all(Batch::APPLIED, ()).await? };
        applied(&done, all)
    }
}
