//! [`Databases`]: the D1 databases of a host, each a SQLite database with D1's rules, in a file or in memory.
//!
//! The local D1 of Cloudflare's tools, Miniflare's, is a Durable Object that runs each batch in one transaction and sends
//! all values as JSON; this answers as that does. Where that one differs from what is documented, it is followed:
//!
//! - The rowid of the last insert stays when its batch is undone, and from one statement to the next.
//! - A batch whose commit violates a deferred foreign key resets the object, and says `internal error`.
//! - Values may be as large as those of a Durable Object on one's own machine, with [`Limits::WORKERD`].

mod json;
mod migrate;
mod session;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use domicile::platform::{Meta, ResultSet, Statement};
use domicile::site::Site;
use domicile::sql::{SqlError, SqlKind};
use domicile::value::Value;
use domicile::{AppFn, Env};

use super::time::Time;
use crate::sqlite::{self, Limits, Param};
use crate::vfs::{Clock, Random, Vfs};

use json::{Gathered, keyed};
pub(super) use session::Local;

/// The folder of D1's files in the data folder.
const FOLDER: &str = "d1";

/// The D1 databases that an app declares. Clones are the same.
#[derive(Clone, Default)]
pub(super) struct Databases(Arc<HashMap<&'static str, Arc<Twin>>>);

/// How the databases of a host are made.
pub(super) struct Setup {
    /// The data folder; without one they are in memory.
    pub(super) folder: Option<PathBuf>,
    pub(super) limits: Limits,
    pub(super) time: Time,
    pub(super) random: Random,
}

/// One D1 database.
struct Twin {
    path: Option<PathBuf>,
    limits: Limits,
    time: Time,
    vfs: Vfs,
    open: Mutex<Option<Open>>,
}

struct Open {
    db: sqlite::Database,
    /// How many batches were run, for bookmarks.
    batches: u32,
}

impl Databases {
    /// Those that `app` declares, migrated.
    ///
    /// # Errors
    /// SQLite is out of memory, or a database cannot be migrated: the sentence names it and the migration.
    pub(super) fn of(app: AppFn, env: &Env, setup: &Setup) -> Result<Self, String> {
        let app = app(env);
        let twin = |name: &str| -> rusqlite::Result<_> {
            let path = setup.folder.as_ref().map(|folder| folder.join(FOLDER).join(format!("{name}.sqlite")));
            let vfs = Vfs::new(Clock::default(), setup.random.clone())?;
            let (limits, time) = (setup.limits, setup.time.clone());
            Ok(Arc::new(Twin { path, limits, time, vfs, open: Mutex::default() }))
        };
        let mut twins = HashMap::new();
        for declared in Site::databases(&app) {
            let name = declared.name();
            let twin = twin(name).map_err(|error| error.to_string())?;
            twin.migrate(name, declared.migrations())
                .map_err(|why| format!("the D1 database `{name}` cannot be migrated: {why}"))?;
            twins.insert(name, twin);
        }
        Ok(Self(Arc::new(twins)))
    }

    /// The database of a binding, for the caller's thread. With `inline` its statements run on that thread.
    pub(super) fn get(&self, binding: &str, inline: bool) -> domicile::Result<Local> {
        let twin = self.0.get(binding).ok_or_else(|| domicile::d1::missing(binding))?;
        Ok(Local::new(twin.clone(), inline))
    }
}

/// Whether `path` is the file of a D1 database: its name has no hash, as those of actors have.
pub(super) fn is_file(path: &Path) -> bool {
    let parent = path.parent().and_then(Path::file_name);
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let hashed = stem.len() >= 32 && stem.bytes().rev().take(32).all(|b| b.is_ascii_hexdigit());
    parent.is_some_and(|name| name == FOLDER) && !hashed
}

impl Twin {
    /// Runs statements in one transaction, and gives a bookmark besides. Where `alone`, there is one, which is asked for
    /// its rows and not for its counts.
    fn run(&self, statements: &[Statement], alone: bool) -> Result<(Vec<ResultSet>, String), SqlError> {
        self.run_each(statements, alone).map_err(|(_, error)| error)
    }

    /// As [`Self::run`]; an error comes with the place of its statement, which for the commit is behind all of them.
    fn run_each(
        &self,
        statements: &[Statement],
        alone: bool,
    ) -> Result<(Vec<ResultSet>, String), (usize, SqlError)> {
        let first = |error| (0, error);
        let mut slot = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let open = match &mut *slot {
            Some(open) => open,
            None => slot.insert(Open { db: self.open().map_err(first)?, batches: 0 }),
        };
        let now = self.time.now().as_millis();
        self.vfs.clock().set(now);
        let db = &open.db;
        // A panic may have left one open.
        if db.in_transaction() {
            told(db.rollback()).map_err(first)?;
        }
        told(db.begin_deferred()).map_err(first)?;
        let each = statements.iter().enumerate();
        let ran: Result<Vec<_>, _> =
            each.map(|(at, statement)| one(db, statement, alone).map_err(|error| (at, error))).collect();
        let results = match ran {
            Ok(results) => results,
            Err(failed) => {
                told(db.rollback()).map_err(first)?;
                return Err(failed);
            }
        };
        db.commit().map_err(|error| (statements.len(), reset(&error)))?;
        open.batches = open.batches.wrapping_add(1);
        // As of workerd's own D1: it sorts after all that were given before.
        Ok((results, format!("{now:012x}-{:08x}", open.batches)))
    }

    fn open(&self) -> Result<sqlite::Database, SqlError> {
        let Some(path) = &self.path else { return told(sqlite::Database::memory(&self.vfs, self.limits)) };
        let folder = path.parent().unwrap_or(path);
        std::fs::create_dir_all(folder).map_err(|error| {
            SqlError::new(SqlKind::Io, format!("the folder {} cannot be made: {error}", folder.display()))
        })?;
        told(sqlite::Database::open(path, &self.vfs, self.limits))
    }
}

fn one(db: &sqlite::Database, statement: &Statement, alone: bool) -> Result<ResultSet, SqlError> {
    let params: Vec<Param<'_>> = statement.params().iter().map(param).collect();
    let before = db.total_changes();
    let mut rows = Gathered::default();
    let ran = told(db.run(statement.sql(), &params, &mut rows))?;
    let Gathered { columns, cells } = rows;
    if alone {
        return Ok(ResultSet::new(columns, cells, None));
    }
    let (columns, cells) = keyed(columns, cells);
    let meta = Meta {
        changes: db.total_changes() - before,
        last_row_id: db.last_insert_rowid(),
        rows_read: ran.read,
        rows_written: ran.written,
    };
    Ok(ResultSet::new(columns, cells, Some(meta)))
}

fn param(value: &Value) -> Param<'_> {
    match value {
        Value::Null => Param::Null,
        Value::Number(number) => Param::Number(*number),
        Value::Text(text) => Param::Text(text),
        Value::Blob(bytes) => Param::Blob(bytes),
    }
}

fn told<T>(result: Result<T, sqlite::SqlError>) -> Result<T, SqlError> {
    result.map_err(|error| SqlError::from_d1(error.message()))
}

/// The answer to a commit that failed.
fn reset(error: &sqlite::SqlError) -> SqlError {
    let why = error.message();
    if error.rolled_back() || !why.starts_with("FOREIGN KEY") {
        return SqlError::from_d1(why);
    }
    let message = format!("internal error: the batch was undone when it was to be committed: {why}");
    SqlError::new(SqlKind::Unavailable, message)
}

#[cfg(test)]
mod tests;
