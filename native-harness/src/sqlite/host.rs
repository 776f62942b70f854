//! The host's own statements: transactions, and the hidden `_cf_` tables. No rule of the gate applies to them.

use rusqlite::{CachedStatement, Connection, MAIN_DB, Params, Row, TransactionState};

use super::{Database, SqlError};

/// Begins every statement of the host's in the statement cache. An application's text that begins like this never comes
/// into the cache nor out of it, so that no application runs a statement that was compiled with the host's rights.
pub(super) const MARK: &str = "/*host*/";

/// A connection on which everything is allowed.
pub(crate) struct Host<'a>(&'a Connection);

impl Host<'_> {
    /// Runs one statement and gives the number of rows it changed.
    ///
    /// # Errors
    ///
    /// As SQLite's.
    pub(crate) fn execute(&self, sql: &str, params: impl Params) -> Result<usize, SqlError> {
        Ok(self.prepare(sql)?.execute(params)?)
    }

    /// Runs statements without parameters and drops their rows.
    ///
    /// # Errors
    ///
    /// As SQLite's; the statements before the failing one have run.
    #[cfg(test)]
    pub(crate) fn batch(&self, sql: &str) -> Result<(), SqlError> {
        Ok(self.0.execute_batch(sql)?)
    }

    /// The first row of a result, or `None` when it is empty.
    ///
    /// # Errors
    ///
    /// As SQLite's, and what `read` gives.
    pub(crate) fn first<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, SqlError> {
        let mut statement = self.prepare(sql)?;
        let mut rows = statement.query(params)?;
        Ok(rows.next()?.map(read).transpose()?)
    }

    /// All rows of a result.
    ///
    /// # Errors
    ///
    /// As SQLite's, and what `read` gives.
    pub(crate) fn all<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, SqlError> {
        let mut statement = self.prepare(sql)?;
        Ok(statement.query_map(params, read)?.collect::<rusqlite::Result<_>>()?)
    }

    fn prepare(&self, sql: &str) -> Result<CachedStatement<'_>, SqlError> {
        Ok(self.0.prepare_cached(&format!("{MARK}{sql}"))?)
    }
}

impl Database {
    /// Whether a statement walks over a whole table, and not along an index, which a limit ends early.
    pub(crate) fn walks_over_a_table(&self, sql: &str) -> bool {
        let steps = self.privileged(|host| {
            host.all(&format!("EXPLAIN QUERY PLAN {sql}"), [], |row| row.get::<_, String>(3))
        });
        steps.is_ok_and(|steps| {
            steps.iter().any(|step| {
                step.starts_with("SCAN ") && !step.contains(" INDEX ") && !step.contains("VIRTUAL TABLE")
            })
        })
    }

    /// Runs the host's own statements, on which no rule of the platform applies but its limits.
    pub(crate) fn privileged<T>(&self, work: impl FnOnce(&Host<'_>) -> T) -> T {
        let _open = self.gate.open();
        work(&Host(&self.connection))
    }

    /// Begins a transaction that may write. It takes the write lock at once, so that no later statement finds it taken.
    ///
    /// # Errors
    ///
    /// When a transaction is already open, or another connection holds the lock for longer than the busy timeout.
    #[cfg(test)]
    pub(crate) fn begin_immediate(&self) -> Result<(), SqlError> {
        self.control("BEGIN IMMEDIATE")
    }

    /// Begins a transaction that only reads, or that will write nothing it keeps.
    ///
    /// # Errors
    ///
    /// When a transaction is already open.
    pub(crate) fn begin_deferred(&self) -> Result<(), SqlError> {
        self.control("BEGIN")
    }

    /// Commits. When this returns, what was written survives a power cut.
    ///
    /// It may run on another thread than the statements before: a slow disk need not hold up the actor's thread.
    ///
    /// # Errors
    ///
    /// The disk is full or broken: the transaction is then rolled back. After an error of a sync it is unknown whether
    /// it will be there after a restart.
    pub(crate) fn commit(&self) -> Result<(), SqlError> {
        self.control("COMMIT").inspect_err(|_| {
            // A failed commit may leave the transaction open. It must not be joined by the next message's writes.
            let _ = self.rollback();
        })?;
        self.plans.committed();
        Ok(())
    }

    /// Rolls back the transaction, if one is open.
    ///
    /// # Errors
    ///
    /// As SQLite's.
    pub(crate) fn rollback(&self) -> Result<(), SqlError> {
        self.plans.rolled_back();
        if self.in_transaction() { self.control("ROLLBACK") } else { Ok(()) }
    }

    /// Whether a transaction is open.
    pub(crate) fn in_transaction(&self) -> bool {
        !self.connection.is_autocommit()
    }

    /// Whether the open transaction has written, so that its commit touches the disk. One that took the write lock when
    /// it began counts as having written.
    pub(crate) fn has_written(&self) -> bool {
        // Only an unknown schema name makes this fail; taking it for a write is the safe side.
        self.connection
            .transaction_state(Some(MAIN_DB))
            .map_or(true, |state| state == TransactionState::Write)
    }

    /// Rows that were inserted, updated and deleted since the database was opened.
    pub(crate) fn total_changes(&self) -> u64 {
        self.connection.total_changes()
    }

    /// The rowid of the row that was inserted last, also where that was undone.
    pub(crate) fn last_insert_rowid(&self) -> i64 {
        self.connection.last_insert_rowid()
    }

    /// The bytes of a database file with the content of this one.
    ///
    /// # Errors
    ///
    /// When memory runs out.
    pub(crate) fn image(&mut self) -> Result<Vec<u8>, SqlError> {
        // It asks the database for its size in SQL.
        let _open = self.gate.open();
        Ok(self.connection.serialize(MAIN_DB)?.to_vec())
    }

    /// Begins a transaction inside the one that is open; they nest.
    ///
    /// # Errors
    ///
    /// As SQLite's.
    pub(crate) fn savepoint(&self) -> Result<(), SqlError> {
        self.control("SAVEPOINT _cf_nested")
    }

    /// Keeps what was written since the innermost savepoint, and ends it.
    ///
    /// # Errors
    ///
    /// When there is none.
    pub(crate) fn release(&self) -> Result<(), SqlError> {
        self.control("RELEASE _cf_nested")
    }

    /// Undoes what was written since the innermost savepoint, and ends it.
    ///
    /// # Errors
    ///
    /// When there is none.
    pub(crate) fn rollback_to_savepoint(&self) -> Result<(), SqlError> {
        self.plans.rolled_back();
        self.control("ROLLBACK TO _cf_nested")?;
        self.control("RELEASE _cf_nested")
    }

    fn control(&self, sql: &str) -> Result<(), SqlError> {
        self.privileged(|host| host.execute(sql, ())).map(drop)
    }
}
