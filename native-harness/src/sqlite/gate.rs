//! The authorizer: what an application's SQL may do. SQLite asks it about each part of a statement as it compiles it.
//!
//! The rules and their order are those of workerd's `isAuthorized` in `util/sqlite.c++`.

use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};

use super::allowed;

/// Shared between a database and the callback inside its connection.
///
/// The two never run at the same time: the callback runs within a call on the connection. The fields are atomic
/// because the connection, and with it the callback, may move to another thread.
#[derive(Debug, Default)]
pub(super) struct Gate {
    privileged: AtomicBool,
    notes: AtomicU8,
    recording: AtomicBool,
    parts: Mutex<Parts>,
}

/// What a statement does to the schema.
#[derive(Debug, Default)]
pub(super) struct Parts {
    /// The table whose definition is changed, and how: if in none of these ways, by a further column.
    pub(super) altered: Option<String>,
    pub(super) renames_table: bool,
    pub(super) renames_column: bool,
    pub(super) drops_column: bool,
    /// What is created.
    pub(super) table: Option<String>,
    pub(super) index: Option<String>,
    /// Indexes that are built anew.
    pub(super) reindexed: Vec<String>,
    /// Statistics are gathered.
    pub(super) analyzed: bool,
    /// Something is dropped.
    pub(super) dropped: bool,
}

/// The statement begins, ends or nests a transaction.
pub(super) const TRANSACTION: u8 = 1;
/// The statement changes a table's definition.
pub(super) const ALTERS: u8 = 2;
/// The statement calls a function that workerd's SQLite does not have.
pub(super) const ABSENT_FUNCTION: u8 = 4;
/// The statement reads a table that workerd's SQLite does not have: this bit for the first of the list, and so on.
const ABSENT_TABLE: u8 = 8;
/// The statement changes the schema or a setting, on which the programs of others depend.
pub(super) const CHANGES: u8 = 32;

impl Gate {
    /// Puts a new gate into the connection. From here on SQL is refused unless a rule allows it.
    pub(super) fn install(connection: &mut Connection) -> rusqlite::Result<Arc<Self>> {
        let gate = Arc::new(Self::default());
        let callback = gate.clone();
        connection.authorizer(Some(move |context: AuthContext<'_>| callback.decide(&context)))?;
        Ok(gate)
    }

    /// Lets everything pass until the guard drops.
    pub(super) fn open(&self) -> Turned<'_> {
        self.turn(true)
    }

    /// Applies the rules until the guard drops, also inside of an open gate.
    pub(super) fn close(&self) -> Turned<'_> {
        self.turn(false)
    }

    fn turn(&self, privileged: bool) -> Turned<'_> {
        Turned { gate: self, before: self.privileged.swap(privileged, Ordering::Relaxed) }
    }

    /// Forgets what earlier statements did.
    pub(super) fn clear_notes(&self) {
        self.notes.store(0, Ordering::Relaxed);
    }

    /// Whether a statement compiled since [`Gate::clear_notes`] did this.
    pub(super) fn noted(&self, note: u8) -> bool {
        self.notes.load(Ordering::Relaxed) & note != 0
    }

    /// The table that workerd's SQLite does not have and a statement wanted to read.
    pub(super) fn absent_table(&self) -> Option<&'static str> {
        (0..)
            .zip(allowed::ABSENT_TABLES)
            .find(|(index, _)| self.noted(ABSENT_TABLE << *index))
            .map(|(_, name)| *name)
    }

    fn note(&self, note: u8) {
        self.notes.fetch_or(note, Ordering::Relaxed);
    }

    /// Begins to record what statements do to the schema.
    pub(super) fn record(&self) {
        self.recording.store(true, Ordering::Relaxed);
    }

    /// Ends the record, and gives it.
    pub(super) fn recorded(&self) -> Parts {
        self.recording.store(false, Ordering::Relaxed);
        std::mem::take(&mut *self.parts.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn decide(&self, context: &AuthContext<'_>) -> Authorization {
        if self.recording.load(Ordering::Relaxed) {
            self.parts.lock().unwrap_or_else(PoisonError::into_inner).add(&context.action);
        }
        // ANALYZE then leaves the host's own tables out, of which workerd has others.
        if let AuthAction::Analyze { table_name } = context.action
            && !allowed::name(table_name)
        {
            return Authorization::Ignore;
        }
        if self.privileged.load(Ordering::Relaxed) || self.allows(context) {
            Authorization::Allow
        } else {
            Authorization::Deny
        }
    }

    fn allows(&self, context: &AuthContext<'_>) -> bool {
        use AuthAction::{
            AlterTable, Analyze, CreateIndex, CreateTable, CreateTrigger, CreateView, CreateVtable, Delete,
            DropIndex, DropTable, DropTrigger, DropView, DropVtable, Function, Insert, Pragma, Read,
            Recursive, Reindex, Savepoint, Select, Transaction, Update,
        };
        if let AlterTable { database_name, table_name } = context.action {
            self.note(ALTERS | CHANGES);
            // The place of the database's name holds the column that is dropped. workerd takes it for a new name.
            let column = context.database_name.unwrap_or_default();
            return database_name == "main" && allowed::name(table_name) && allowed::name(column);
        }
        match (context.database_name, &context.action) {
            // What stands where others have the database is the column that DROP COLUMN is about.
            (column, AlterTable { database_name, table_name }) => {
                self.note(ALTERS);
                return *database_name == "main"
                    && allowed::name(table_name)
                    && column.is_none_or(allowed::name);
            }
            (Some("temp"), Read { table_name, .. } | Update { table_name, .. }) => {
                return allowed::name(table_name);
            }
            (Some("main") | None, _) => {}
            (Some(_), _) => return false,
        }
        match context.action {
            Select | Recursive | Analyze { .. } => true,
            Read { table_name, .. } => {
                let absent = allowed::ABSENT_TABLES.iter().position(|absent| *absent == table_name);
                if let Some(index) = absent {
                    self.note(ABSENT_TABLE << index);
                }
                absent.is_none() && allowed::name(table_name)
            }
            CreateTable { table_name } => {
                self.note(CHANGES);
                allowed::name(table_name)
            }
            Delete { table_name } | Insert { table_name } | Update { table_name, .. } => {
                if table_name == "sqlite_master" {
                    self.note(CHANGES);
                }
                allowed::name(table_name)
            }
            DropTable { table_name }
            | CreateView { view_name: table_name }
            | DropView { view_name: table_name }
            | Reindex { index_name: table_name } => allowed::name(table_name),
            CreateIndex { index_name: name, table_name }
            | DropIndex { index_name: name, table_name }
            | CreateTrigger { trigger_name: name, table_name }
            | DropTrigger { trigger_name: name, table_name } => {
                allowed::name(name) && allowed::name(table_name)
            }
            CreateVtable { table_name, module_name } | DropVtable { table_name, module_name } => {
                allowed::module(module_name) && allowed::name(table_name)
            }
            Pragma { pragma_name, pragma_value } => {
                self.note(CHANGES);
                allowed::pragma(pragma_name, pragma_value)
            }
            Function { function_name } => {
                // In a DEFAULT clause it comes as it is written.
                let name = function_name.to_ascii_lowercase();
                if allowed::ABSENT_FUNCTIONS.contains(&name.as_str()) {
                    self.note(ABSENT_FUNCTION);
                }
                allowed::function(&name)
            }
            Transaction { .. } | Savepoint { .. } => {
                self.note(TRANSACTION);
                false
            }
            // ATTACH, DETACH, everything temporary, and whatever a later SQLite may add.
            _ => false,
        }
    }
}

impl Parts {
    fn add(&mut self, action: &AuthAction<'_>) {
        match *action {
            AuthAction::AlterTable { table_name, .. } => self.altered = Some(table_name.to_owned()),
            AuthAction::Function { function_name } => match function_name {
                "sqlite_rename_table" => self.renames_table = true,
                "sqlite_rename_column" => self.renames_column = true,
                "sqlite_drop_column" => self.drops_column = true,
                _ => {}
            },
            AuthAction::CreateTable { table_name } => self.table = Some(table_name.to_owned()),
            AuthAction::CreateIndex { index_name, .. } => self.index = Some(index_name.to_owned()),
            AuthAction::Reindex { index_name } => self.reindexed.push(index_name.to_owned()),
            AuthAction::Analyze { .. } => self.analyzed = true,
            AuthAction::DropIndex { .. }
            | AuthAction::DropTable { .. }
            | AuthAction::DropTrigger { .. }
            | AuthAction::DropView { .. }
            | AuthAction::DropVtable { .. } => self.dropped = true,
            _ => {}
        }
    }
}

/// Puts the gate back as it was when dropped.
pub(super) struct Turned<'a> {
    gate: &'a Gate,
    before: bool,
}

impl Drop for Turned<'_> {
    fn drop(&mut self) {
        self.gate.privileged.store(self.before, Ordering::Relaxed);
    }
}
