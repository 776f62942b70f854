//! A SQLite connection that behaves like a Durable Object's: the same functions, rules, limits, types and error texts.
//!
//! What it is like was read in workerd's source (`util/sqlite.c++`, `api/sql.c++`) and measured on workerd; the tests
//! hold its answers to several hundred statements. It knows nothing of actors, files' names or events.
//!
//! It differs from workerd where the bundled SQLite does: `UPDATE` and `DELETE` with `ORDER BY` or `LIMIT` do not
//! parse.

mod allowed;
mod code;
mod error;
mod function;
mod gate;
mod host;
mod limit;
#[cfg(test)]
mod tests;
mod text;
mod value;
mod written;

use std::ops::{Deref, DerefMut};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use domicile::platform::Ran;
use rusqlite::{CachedStatement, OpenFlags, Statement, StatementStatus, ffi};

pub(crate) use error::SqlError;
use gate::Gate;
#[allow(unused_imports)]
pub(crate) use host::Host;
pub use limit::Limits;
#[allow(unused_imports)]
pub(crate) use value::{Cell, Names, Param, Sink};

use crate::tooth::{self, Tooth};
use crate::vfs::{Connected, Vfs};
use written::{Counting, Hook, Plans};

/// Statements kept compiled for each database.
const CACHED_STATEMENTS: usize = 32;

/// Longer texts are compiled anew each time: they are rare, and thousands of databases may be open.
const CACHED_SQL_BYTES: usize = 8 * 1024;

const NO_STATEMENT: &str = "SQL code did not contain a statement.";

/// How long a statement waits for another connection to the same file.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// What every database is set to. The cache is at most 512 KiB, so that thousands of open databases stay small.
const SETTINGS: &str = "PRAGMA foreign_keys = ON; PRAGMA cache_size = -512;";

/// What a file is set to besides. FULL syncs the log at each commit: what was acknowledged survives a power cut. A log
/// that has grown past 4 MiB is cut when it starts over. 10 GB, as on the platform, is 2,621,440 pages of 4 KiB.
const FILE_SETTINGS: &str = "PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 4194304; \
                             PRAGMA max_page_count = 2621440;";

/// One actor's database.
///
/// It is `Send` and not `Sync`: it may move between threads, and one uses it at a time.
pub(crate) struct Database {
    connection: Connected,
    gate: Arc<Gate>,
    limits: Limits,
    plans: Plans,
    hook: Arc<Hook>,
}

impl Database {
    /// Opens a file, and creates it when it is missing.
    ///
    /// # Errors
    ///
    /// The file cannot be opened, is no database, or lies on a file system without write-ahead logs.
    pub(crate) fn open(path: &Path, vfs: &Vfs, limits: Limits) -> Result<Self, SqlError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        // SQLite would read a path that begins like this as a URI.
        let connection = match path.to_str().filter(|path| path.starts_with("file:")) {
            Some(path) => vfs.connect(&Path::new(".").join(path), flags)?,
            None => vfs.connect(path, flags)?,
        };
        connection.busy_timeout(BUSY_TIMEOUT)?;
        let mode: String = connection.query_row("PRAGMA journal_mode = WAL", (), |row| row.get(0))?;
        if mode != "wal" {
            return Err(SqlError::fixed(format!(
                "{}: the file system has no write-ahead log",
                path.display()
            )));
        }
        connection.execute_batch(FILE_SETTINGS)?;
        Self::configured(connection, vfs, limits)
    }

    /// Opens an empty database that lives in memory and ends with the value.
    ///
    /// # Errors
    ///
    /// When memory runs out.
    pub(crate) fn memory(vfs: &Vfs, limits: Limits) -> Result<Self, SqlError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_MEMORY
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        Self::configured(vfs.connect(Path::new(":memory:"), flags)?, vfs, limits)
    }

    fn configured(mut connection: Connected, vfs: &Vfs, limits: Limits) -> Result<Self, SqlError> {
        connection.execute_batch(SETTINGS)?;
        if tooth::bites(Tooth::ForgetsForeignKeys) {
            connection.execute_batch("PRAGMA foreign_keys = OFF")?;
        }
        connection.set_prepared_statement_cache_capacity(CACHED_STATEMENTS);
        function::register(&connection, vfs.random(), limits)?;
        limits.apply(&connection)?;
        // Last, since the settings above would not pass it.
        let gate = Gate::install(&mut connection)?;
        let hook = Hook::install(&mut connection)?;
        Ok(Self { connection, gate, limits, plans: Plans::default(), hook })
    }

    /// Runs SQL of an application as `ctx.storage.sql.exec` does.
    ///
    /// Of several statements all but the last are run without parameters and their rows are dropped; the last gets the
    /// parameters and gives the rows. There is no transaction around them but the caller's.
    ///
    /// # Errors
    ///
    /// As SQLite's and the platform's. Statements before the failing one have run, and rows before the failing one were
    /// given to the sink.
    pub(crate) fn run(&self, sql: &str, params: &[Param<'_>], sink: &mut dyn Sink) -> Result<Ran, SqlError> {
        let _closed = self.gate.close();
        let in_transaction = self.in_transaction();
        let mut counts = Ran::default();
        let result = self.run_each(sql, params, sink, &mut counts);
        if self.gate.noted(gate::CHANGES) {
            self.plans.changed();
        }
        match result {
            Ok(()) => Ok(counts),
            Err(mut error) => {
                error.rolled_back = in_transaction && !self.in_transaction();
                Err(error)
            }
        }
    }

    fn run_each(
        &self,
        sql: &str,
        params: &[Param<'_>],
        sink: &mut dyn Sink,
        counts: &mut Ran,
    ) -> Result<(), SqlError> {
        if u32::try_from(sql.len()).is_ok_and(|length| length <= self.limits.sql_bytes)
            || tooth::bites(Tooth::ForgetsTexts)
        {
            let mut rest = sql;
            loop {
                let (length, any) = text::first_statement(rest);
                if !any {
                    return Err(SqlError::fixed(NO_STATEMENT));
                }
                let (text, tail) = rest.split_at(length);
                rest = tail.trim_start_matches(text::BLANKS);
                let mut statement = self.prepare(text)?;
                if rest.is_empty() {
                    return self.finish(&mut statement, text, params, sink, counts);
                }
                if tooth::bites(Tooth::RunsTheLastOnly) {
                    continue;
                }
                if statement.parameter_count() > 0 && !tooth::bites(Tooth::AllowsEarlierParameters) {
                    return Err(SqlError::fixed(
                        "When executing multiple SQL statements in a single call, only the last statement can have \
                         parameters.",
                    ));
                }
                // One step, as workerd does: a statement that writes has then written all.
                let stepped = statement.raw_query().next().map(drop);
                count_read(&statement, 0, counts);
                stepped?;
                if self.gate.noted(gate::CHANGES) {
                    self.plans.changed();
                }
            }
        }
        Err(SqlError::sqlite("statement too long", None, ffi::SQLITE_TOOBIG))
    }

    /// Runs the statement that has the parameters and the result.
    fn finish(
        &self,
        statement: &mut Statement<'_>,
        text: &str,
        params: &[Param<'_>],
        sink: &mut dyn Sink,
        counts: &mut Ran,
    ) -> Result<(), SqlError> {
        let missing = statement.parameter_count() > params.len();
        if statement.parameter_count() != params.len()
            && !(missing && tooth::bites(Tooth::AllowsMissingParameters))
        {
            return Err(SqlError::fixed("Wrong number of parameter bindings for SQL query."));
        }
        for (index, param) in params.iter().enumerate() {
            statement.raw_bind_parameter(index + 1, param)?;
        }
        let writes = !statement.readonly() && statement.is_explain() == 0;
        let writes = writes.then(|| Counting::begin(self, text)).transpose()?;
        let mut rows = 0;
        let result = step_all(statement, sink, &mut rows, text::is_optimize(text));
        count_read(statement, rows, counts);
        result.map_err(|error| self.locate(error, text))?;
        counts.changes = self.connection.changes();
        if let Some(writes) = writes {
            // The statement has done its work, which must not fail for want of a number.
            counts.written = writes.end().unwrap_or_else(|error| {
                tracing::warn!(%error, "rows written cannot be counted");
                0
            });
        }
        Ok(())
    }

    /// The same error with the place in the text, where a statement from the cache met another schema and could not be
    /// compiled again: SQLite then knows the place, and rusqlite tells it of a statement that is new.
    fn locate(&self, error: SqlError, text: &str) -> SqlError {
        if error.code != ffi::SQLITE_ERROR {
            return error;
        }
        self.prepare(text).err().filter(|again| again.is_located(&error)).unwrap_or(error)
    }

    fn prepare(&self, sql: &str) -> Result<Prepared<'_>, SqlError> {
        self.gate.clear_notes();
        let trimmed = sql.trim_matches(text::SPACES);
        // The cache trims more than SQLite knows as space, and must not see what only that makes a statement.
        let cached = sql.len() <= CACHED_SQL_BYTES
            && trimmed.len() == sql.trim().len()
            && !trimmed.starts_with(host::MARK);
        let (lead, prepared) = if cached {
            let lead = sql.len() - sql.trim_start().len();
            (lead, self.connection.prepare_cached(sql).map(Prepared::Cached))
        } else {
            (0, self.connection.prepare(sql).map(Prepared::Once))
        };
        let prepared = prepared.map_err(|error| self.explain(SqlError::from_rusqlite(error, lead)))?;
        // A text that is nothing to SQLite, such as a comment with a NUL in it, gives a null statement: it has no
        // columns, counts as read-only and has no text. Asking for the text last spares the copy.
        if prepared.column_count() == 0 && prepared.readonly() && prepared.expanded_sql().is_none() {
            return Err(SqlError::fixed(NO_STATEMENT));
        }
        if let Err(error) = self.check_definition(sql) {
            prepared.discard();
            return Err(error);
        }
        Ok(prepared)
    }

    /// Applies the rules that workerd's patched SQLite asks the authorizer about and the bundled one does not.
    fn check_definition(&self, sql: &str) -> Result<(), SqlError> {
        if self.gate.noted(gate::ALTERS) && text::renamed_to(sql).is_some_and(|name| !allowed::name(name)) {
            return Err(SqlError::sqlite("not authorized", None, ffi::SQLITE_AUTH));
        }
        Ok(())
    }

    /// Puts a refusal of the gate into workerd's words.
    fn explain(&self, error: SqlError) -> SqlError {
        if self.gate.noted(gate::TRANSACTION) {
            SqlError::transaction_refused()
        } else if let Some(table) = self.gate.absent_table() {
            SqlError::absent_table(table)
        } else if self.gate.noted(gate::ABSENT_FUNCTION) {
            error.absent_function()
        } else {
            error
        }
    }
}

/// A compiled statement that goes back to the cache, or does not.
enum Prepared<'a> {
    Cached(CachedStatement<'a>),
    Once(Statement<'a>),
}

impl Prepared<'_> {
    /// Drops the statement for good, so that it is compiled, and refused, again.
    fn discard(self) {
        if let Self::Cached(statement) = self {
            statement.discard();
        }
    }
}

impl<'a> Deref for Prepared<'a> {
    type Target = Statement<'a>;

    fn deref(&self) -> &Statement<'a> {
        match self {
            Self::Cached(statement) => statement,
            Self::Once(statement) => statement,
        }
    }
}

impl<'a> DerefMut for Prepared<'a> {
    fn deref_mut(&mut self) -> &mut Statement<'a> {
        match self {
            Self::Cached(statement) => statement,
            Self::Once(statement) => statement,
        }
    }
}

/// Steps to the end, or until the sink has enough. The statement is reset in either case.
///
/// The rows of `PRAGMA optimize` are statements that it would run, of which those for the host's own tables are no
/// concern of an app's: ANALYZE leaves these tables out.
fn step_all(
    statement: &mut Statement<'_>,
    sink: &mut dyn Sink,
    count: &mut u64,
    optimize: bool,
) -> Result<(), SqlError> {
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next()? {
        if optimize && row.get_ref(0)?.as_str().is_ok_and(|statement| statement.contains("\"_cf_")) {
            continue;
        }
        if *count == 0 {
            sink.columns(&Names(row.as_ref()));
        }
        *count += 1;
        for index in 0..row.as_ref().column_count() {
            sink.cell(value::cell(row, index)?);
        }
        if sink.end_row().is_break() || (*count == 10 && tooth::bites(Tooth::EndsEarly)) {
            break;
        }
    }
    drop(rows);
    if *count == 0 {
        sink.columns(&Names(statement));
    }
    Ok(())
}

/// Adds what a statement cost to read that gave this many rows.
fn count_read(statement: &Statement<'_>, rows: u64, counts: &mut Ran) {
    let status = |status| u64::try_from(statement.reset_status(status)).unwrap_or_default();
    let scanned = status(StatementStatus::FullscanStep);
    counts.scanned += scanned;
    counts.sorts += status(StatementStatus::Sort);
    counts.auto_indexed += status(StatementStatus::AutoIndex);
    counts.read += rows.max(scanned);
}
