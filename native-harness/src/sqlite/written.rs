//! Rows written, counted as workerd counts and Cloudflare bills them.
//!
//! workerd's SQLite is patched (`patches/sqlite/0001-row-counts-plain.patch`) to count each row that is put into a table
//! or an index, the schema's and `sqlite_sequence`'s among them, and each row that is deleted from a table, but not the
//! entries deleted from indexes. The bundled SQLite counts changed rows alone. So a statement's program, as EXPLAIN lists
//! it, is read once: it tells how many entries each changed row has. Where that is the same for all rows of a statement,
//! which it nearly always is, it is multiplied; elsewhere the rows are watched as they change.
//!
//! Inexact are, each of them above or below by at most the number of entries in question:
//! - rows that one statement writes twice into a table with a partial index, where the condition changes meanwhile;
//! - partial indexes of tables WITHOUT ROWID, whose condition is taken to hold;
//! - upserts into a table WITHOUT ROWID of more than 100 rows that has indexes of which the update touches not all, and
//!   into a smaller one where triggers fire, or where OR REPLACE is written or a constraint has ON CONFLICT REPLACE;
//! - an upsert with several DO UPDATE clauses, or triggers that update one table differently, where the clauses or
//!   triggers are not carried out equally often and touch indexes in different numbers;
//! - triggers that write to R*Tree tables, to FTS5 tables with `columnsize=0`, or commands such as `'optimize'`, and
//!   FTS5 tables of which a trigger updates rows in one step and inserts or deletes in another.

mod plan;
mod program;
mod rows;
mod schema;

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::sync::Arc;

use plan::Plan;
pub(super) use rows::Hook;
use rows::Watching;

use super::gate::Parts;
use super::{CACHED_SQL_BYTES, Database, SqlError, text};
use crate::tooth::{self, Tooth};

/// How many statements' plans are kept for each database. Those of longer texts are made anew, as their programs are.
const KEPT: usize = 64;

/// What is known of the statements of one database.
#[derive(Default)]
pub(super) struct Plans {
    known: RefCell<HashMap<Box<str>, Arc<Plan>>>,
    altered: Cell<bool>,
}

impl Plans {
    /// Forgets all, since the schema or a setting is another now.
    pub(super) fn changed(&self) {
        self.altered.set(true);
        self.known.borrow_mut().clear();
    }

    /// Forgets what was learnt of a schema that has been rolled back.
    pub(super) fn rolled_back(&self) {
        if self.altered.get() {
            self.known.borrow_mut().clear();
        }
    }

    /// Knows that the schema is now there to stay.
    pub(super) fn committed(&self) {
        self.altered.set(false);
    }
}

/// A statement whose rows are being counted.
pub(super) struct Counting<'a> {
    database: &'a Database,
    plan: Arc<Plan>,
    changes: u64,
    sequences: Vec<(String, i64)>,
    size: Option<u64>,
    watching: Option<Watching<'a>>,
}

impl<'a> Counting<'a> {
    /// Begins before the statement runs.
    ///
    /// # Errors
    ///
    /// As SQLite's.
    pub(super) fn begin(database: &'a Database, sql: &str) -> Result<Self, SqlError> {
        let plan = database.plan(sql)?;
        let sequences = if plan.sequence { database.sequences()? } else { Vec::new() };
        let size = plan.watch().map_or(Ok(None), |watch| watch.size(database))?;
        let watching = plan.watch().map(|watch| Watching::start(&database.hook, watch));
        let changes = database.connection.total_changes();
        Ok(Self { database, plan, changes, sequences, size, watching })
    }

    /// The rows written, after the statement has ended.
    ///
    /// # Errors
    ///
    /// As SQLite's.
    pub(super) fn end(self) -> Result<u64, SqlError> {
        let database = self.database;
        // FTS5 may write what earlier statements left it with, and those changes are in the total too.
        let changes = if self.plan.alone {
            database.connection.changes()
        } else {
            database.connection.total_changes() - self.changes
        };
        let rows = match &self.plan.rows {
            plan::Rows::None => 0,
            plan::Rows::Each(_) if tooth::bites(Tooth::CountsNoEntries) => changes,
            plan::Rows::Each(factor) => changes * factor,
            plan::Rows::Virtual => database.connection.changes(),
            plan::Rows::Watched(watch) => {
                let events = self.watching.map(Watching::end).unwrap_or_default();
                watch.count(database, &events, changes, self.size)?
            }
        };
        let sequences = if self.plan.sequence {
            database.sequences()?.iter().filter(|sequence| !self.sequences.contains(sequence)).count() as u64
        } else {
            0
        };
        let schema = match &self.plan.schema {
            Some(schema) => schema.count(database)?,
            None => 0,
        };
        Ok(rows + sequences + schema)
    }
}

impl Database {
    /// What the statement will write.
    fn plan(&self, sql: &str) -> Result<Arc<Plan>, SqlError> {
        if let Some(plan) = self.plans.known.borrow().get(sql) {
            return Ok(plan.clone());
        }
        let (program, parts) = self.program(sql)?;
        // workerd's SQLite finds this out when it compiles the statement, the bundled one when the triggers fire.
        if program.depth > self.limits.trigger_depth {
            return Err(SqlError::nested_too_deep());
        }
        let plan = Arc::new(Plan::new(self, sql, program, parts)?);
        if plan.schema.is_none() && sql.len() <= CACHED_SQL_BYTES {
            let mut known = self.plans.known.borrow_mut();
            if known.len() >= KEPT {
                known.clear();
            }
            known.insert(sql.into(), plan.clone());
        }
        Ok(plan)
    }

    /// The statement's program, and the parts of the schema that it is about.
    fn program(&self, sql: &str) -> Result<(program::Program, Parts), SqlError> {
        let _open = self.gate.open();
        self.gate.record();
        let read =
            self.connection.prepare(&format!("EXPLAIN {}", text::body(sql))).and_then(|mut statement| {
                let parts = self.gate.recorded();
                program::Program::read(&mut statement).map(|program| (program, parts))
            });
        self.gate.recorded();
        // A statement that was compiled before the schema changed is told what is wrong as it stands itself.
        read.or_else(|error| self.connection.prepare(sql).and(Err(error))).map_err(SqlError::from)
    }

    /// What AUTOINCREMENT remembers of each table. A statement writes to it only where a number has grown.
    fn sequences(&self) -> Result<Vec<(String, i64)>, SqlError> {
        self.privileged(|host| {
            host.all("SELECT name, ifnull(seq, 0) FROM sqlite_sequence", (), |row| {
                Ok((row.get(0)?, row.get(1).unwrap_or_default()))
            })
        })
    }

    /// A number that the schema or a table tells.
    fn number(&self, sql: &str, params: impl rusqlite::Params) -> Result<u64, SqlError> {
        let number = self.privileged(|host| host.first(sql, params, |row| row.get::<_, i64>(0)))?;
        Ok(number.and_then(|number| u64::try_from(number).ok()).unwrap_or_default())
    }
}
