//! Rows that are watched as a statement changes them, since not all have the same number of index entries.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;
use rusqlite::hooks::Action;

use super::program::{Entries, Program};
use crate::sqlite::{Database, SqlError, text};

/// What is to be watched.
pub(super) struct Watch {
    sites: Arc<[Site]>,
    /// Entries of the rows of tables WITHOUT ROWID, which cannot be watched: what the other rows leave of the changes.
    keyed: Mean,
    upsert: Option<Upsert>,
    /// Virtual tables that triggers write to, if there are any.
    tables: Option<Tables>,
}

/// A table, and what is done to its rows.
struct Site {
    table: Box<str>,
    action: Action,
    entries: Mean,
    /// Counts a row's entries in partial indexes.
    partial: Option<Box<str>>,
}

/// An upsert into one table WITHOUT ROWID. Where the table is small, its growth tells the inserted rows from the updated.
struct Upsert {
    /// Counts the rows of the table, up to one more than [`SMALL`].
    size: Box<str>,
    inserted: Mean,
    updated: Mean,
}

/// The most rows of a table that are counted before and after a statement.
const SMALL: u64 = 100;

/// The entries of a row on average over several places that write it.
#[derive(Clone, Copy, Default)]
struct Mean {
    entries: u64,
    places: u64,
}

impl Mean {
    fn add(&mut self, entries: &Entries) {
        self.entries += entries.always;
        self.places += 1;
    }

    /// Adds a place whose partial indexes are taken to have all rows.
    fn add_all(&mut self, entries: &Entries) {
        self.add(entries);
        self.entries += entries.partial.len() as u64;
    }

    fn of(self, rows: u64) -> u64 {
        (rows * self.entries).checked_div(self.places).unwrap_or_default()
    }
}

/// What triggers do to virtual tables.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tables {
    /// FTS5 deletes and inserts a row's size for each row that it updates.
    Update,
    /// It inserts or deletes the row's size.
    InsertOrDelete,
}

/// A row that was changed.
#[derive(Clone, Copy)]
pub(super) enum Event {
    /// A row with this number, by the site.
    Row(usize, i64),
    /// The size of a row in an FTS5 table.
    Size,
}

impl Watch {
    pub(super) fn new(database: &Database, program: Program) -> Result<Self, SqlError> {
        let mut sites: Vec<Site> = Vec::new();
        for row in &program.rows {
            let action = if row.update { Action::SQLITE_UPDATE } else { Action::SQLITE_INSERT };
            let known = sites.iter().position(|site| site.is(action, &row.table));
            let at = known.unwrap_or(sites.len());
            if known.is_none() {
                sites.push(Site::new(&row.table, action));
            }
            sites[at].entries.add(&row.entries);
            if !row.entries.partial.is_empty() {
                sites[at].partial = Some(database.conditions(&row.table, &row.entries.partial)?);
            }
        }
        for table in &program.deletes {
            if !sites.iter().any(|site| site.is(Action::SQLITE_DELETE, table)) {
                sites.push(Site::new(table, Action::SQLITE_DELETE));
            }
        }
        let mut keyed = Mean::default();
        for (_, entries) in &program.keyed {
            keyed.add_all(entries);
        }
        let upsert = database.upsert(&program)?;
        let tables = (!program.tables.is_empty()).then(|| {
            if program.tables.iter().all(|table| table.updates) {
                Tables::Update
            } else {
                Tables::InsertOrDelete
            }
        });
        Ok(Self { sites: sites.into(), keyed, upsert, tables })
    }

    /// The size of the table before or after the statement, where that tells something.
    pub(super) fn size(&self, database: &Database) -> Result<Option<u64>, SqlError> {
        let Some(upsert) = &self.upsert else { return Ok(None) };
        Ok(Some(database.number(&upsert.size, ())?).filter(|size| *size <= SMALL))
    }

    /// The rows and entries behind the events, when so many rows were changed in all, and the table had this size.
    pub(super) fn count(
        &self,
        database: &Database,
        events: &[Event],
        changes: u64,
        before: Option<u64>,
    ) -> Result<u64, SqlError> {
        if let (Some(upsert), Some(before), Some(after)) = (&self.upsert, before, self.size(database)?) {
            let inserted = after.saturating_sub(before);
            let updated = changes.saturating_sub(inserted);
            return Ok(changes + upsert.inserted.of(inserted) + upsert.updated.of(updated));
        }
        let mut rows = vec![0_u64; self.sites.len()];
        let (mut partial, mut sizes) = (0, 0);
        for event in events {
            match *event {
                Event::Row(at, rowid) => {
                    rows[at] += 1;
                    if let Some(sql) = &self.sites[at].partial {
                        partial += database.number(sql, [rowid])?;
                    }
                }
                Event::Size => sizes += 1,
            }
        }
        let watched: u64 = rows.iter().sum();
        let entries: u64 = rows.iter().zip(&*self.sites).map(|(rows, site)| site.entries.of(*rows)).sum();
        let rest = match self.tables {
            Some(Tables::Update) => sizes / 2,
            Some(Tables::InsertOrDelete) => sizes,
            None => {
                let keyed = changes.saturating_sub(watched);
                keyed + self.keyed.of(keyed)
            }
        };
        Ok(watched + entries + partial + rest)
    }
}

impl Site {
    fn new(table: &str, action: Action) -> Self {
        Self { table: table.into(), action, entries: Mean::default(), partial: None }
    }

    fn is(&self, action: Action, table: &str) -> bool {
        self.action == action && *self.table == *table
    }
}

/// The hook that notes changed rows, which is on the connection all the time and mostly has nothing to do.
#[derive(Default)]
pub(in crate::sqlite) struct Hook {
    watching: AtomicBool,
    noted: Mutex<Noted>,
}

/// What the hook has to watch, and what it has seen.
#[derive(Default)]
struct Noted {
    sites: Option<Arc<[Site]>>,
    sizes: bool,
    events: Vec<Event>,
}

impl Hook {
    /// Puts a new one on the connection.
    pub(in crate::sqlite) fn install(connection: &mut Connection) -> rusqlite::Result<Arc<Self>> {
        let hook = Arc::new(Self::default());
        let inside = hook.clone();
        connection.update_hook(Some(move |action, _: &str, table: &str, rowid| {
            if inside.watching.load(Ordering::Relaxed) {
                inside.noted().see(action, table, rowid);
            }
        }))?;
        Ok(hook)
    }

    fn noted(&self) -> MutexGuard<'_, Noted> {
        self.noted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Noted {
    fn see(&mut self, action: Action, table: &str, rowid: i64) {
        let at = self.sites.iter().flat_map(|sites| sites.iter()).position(|site| site.is(action, table));
        match at {
            Some(at) => self.events.push(Event::Row(at, rowid)),
            None if self.sizes && table.ends_with("_docsize") => self.events.push(Event::Size),
            None => {}
        }
    }
}

/// Changed rows are noted until the value ends or is dropped.
pub(super) struct Watching<'a>(&'a Hook);

impl<'a> Watching<'a> {
    pub(super) fn start(hook: &'a Hook, watch: &Watch) -> Self {
        let sites = Some(watch.sites.clone());
        *hook.noted() = Noted { sites, sizes: watch.tables.is_some(), events: Vec::new() };
        hook.watching.store(true, Ordering::Relaxed);
        Self(hook)
    }

    pub(super) fn end(self) -> Vec<Event> {
        std::mem::take(&mut self.0.noted().events)
    }
}

impl Drop for Watching<'_> {
    fn drop(&mut self) {
        self.0.watching.store(false, Ordering::Relaxed);
        *self.0.noted() = Noted::default();
    }
}

impl Database {
    /// What an upsert's growth is told by, if the program is one.
    fn upsert(&self, program: &Program) -> Result<Option<Upsert>, SqlError> {
        let others = !program.rows.is_empty() || !program.deletes.is_empty() || program.clears > 0;
        // The code of the updates stands before that of the insertion, which runs where there is no conflict.
        let Some(((root, last), updates)) = program.keyed.split_last() else { return Ok(None) };
        let one = updates.iter().all(|(other, _)| other == root) && !updates.is_empty();
        if others || !one || program.triggers || program.replaces || !program.tables.is_empty() {
            return Ok(None);
        }
        let find = "SELECT name FROM sqlite_master WHERE rootpage = ? AND type = 'table'";
        let name = self.privileged(|host| host.first(find, [root], |row| row.get::<_, String>(0)))?;
        let Some(name) = name else { return Ok(None) };
        let (mut inserted, mut updated) = (Mean::default(), Mean::default());
        inserted.add_all(last);
        updates.iter().for_each(|(_, entries)| updated.add_all(entries));
        let name = text::quoted_name(&name);
        let size = format!("SELECT count(*) FROM (SELECT 1 FROM {name} LIMIT {SMALL} + 1)").into();
        Ok(Some(Upsert { size, inserted, updated }))
    }

    /// The entries of a row in the indexes with these root pages.
    pub(super) fn entries_of(&self, roots: &[i64]) -> Result<Entries, SqlError> {
        let mut entries = Entries::default();
        for root in roots {
            if self.condition(*root)?.is_some() {
                entries.partial.push(*root);
            } else {
                entries.always += 1;
            }
        }
        Ok(entries)
    }

    /// The condition of the partial index with this root page.
    fn condition(&self, root: i64) -> Result<Option<String>, SqlError> {
        let find = "SELECT sql FROM sqlite_master WHERE rootpage = ? AND type = 'index'";
        let sql = self.privileged(|host| host.first(find, [root], |row| row.get::<_, Option<String>>(0)))?;
        Ok(sql.flatten().as_deref().and_then(text::condition).map(str::to_owned))
    }

    /// A statement that tells in how many of these partial indexes a row of the table is.
    fn conditions(&self, table: &str, roots: &[i64]) -> Result<Box<str>, SqlError> {
        let mut terms = Vec::new();
        for root in roots {
            if let Some(condition) = self.condition(*root)? {
                terms.push(format!("(({condition}\n) IS TRUE)"));
            }
        }
        let mut number = "rowid";
        for name in ["rowid", "_rowid_", "oid"] {
            let taken = "SELECT count(*) FROM pragma_table_xinfo(?) WHERE name = ? COLLATE NOCASE";
            if self.number(taken, (table, name))? == 0 {
                number = name;
                break;
            }
        }
        terms.push("0".to_owned());
        let (sum, table) = (terms.join(" + "), text::quoted_name(table));
        Ok(format!("SELECT {sum} FROM {table} WHERE {number} = ?").into())
    }
}
