//! [`ActorStorage`]: one actor's database as its residence sees it, in the transaction of one event at a time.

use std::cell::{Cell, Ref, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use domicile::Timestamp;
use domicile::platform::{Query, Ran, Rows, Storage};
use domicile::sql::SqlError;
use domicile::value::ValueRef;

use super::blank::Blank;
use super::label;
use super::rows::Packed;
use crate::sqlite::{self, Database, Param};
use crate::tooth::{self, Tooth};

/// An actor's database, which the host puts in and takes out between events.
#[derive(Default)]
pub(crate) struct ActorStorage {
    place: RefCell<Place>,
    /// Why the transaction of this event can no longer be committed.
    trouble: RefCell<Option<String>>,
    /// The alarm before this event changed it, once it has.
    alarm_before: Cell<Option<Option<Timestamp>>>,
    /// The disk is full, as a test has it.
    full: Cell<bool>,
    /// The step of the migrations that is being applied.
    migrating: RefCell<Option<String>>,
    /// Whether the actor crashes before a statement of a migration, where a test wants to know.
    crashes: RefCell<Option<Crashes>>,
    crashed: Cell<bool>,
    /// Who is told of full scans, where a test wants to know.
    scans: RefCell<Option<Scans>>,
}

/// Told the step and the statement.
type Crashes = Box<dyn Fn(&str, &str) -> bool>;

/// Told the statement and the rows of whole tables that it stepped over.
type Scans = Box<dyn Fn(&str, u64)>;

/// Where the actor's database is.
#[derive(Default)]
pub(crate) enum Place {
    /// Not here: it is closed, or there is none.
    #[default]
    Away,
    /// Here, and what is committed to it is kept.
    Kept(Database),
    /// Here in memory, for an actor of which nothing is stored yet.
    New(Blank),
}

impl ActorStorage {
    /// Puts another database in, and gives what was there.
    pub(crate) fn replace(&self, place: Place) -> Place {
        self.place.replace(place)
    }

    pub(super) fn is_away(&self) -> bool {
        matches!(*self.place.borrow(), Place::Away)
    }

    pub(super) fn is_new(&self) -> bool {
        matches!(*self.place.borrow(), Place::New(_))
    }

    /// Begins the transaction of an event; with `full`, on a disk that takes no more.
    pub(crate) fn begin(&self, full: bool) -> Result<(), SqlError> {
        self.full.set(full);
        self.crashed.set(false);
        self.migrating.replace(None);
        self.trouble.replace(None);
        self.alarm_before.set(None);
        // There is one connection to a file, so no write lock is needed before the first write; and so it can be told
        // afterwards whether there was one.
        match &*self.place.borrow() {
            Place::New(blank) => runtime(blank.begin()),
            _ => runtime(self.db()?.begin_deferred()),
        }
    }

    /// Ends it and undoes all of it.
    pub(crate) fn roll_back(&self) -> Result<(), SqlError> {
        match &*self.place.borrow() {
            Place::New(blank) => runtime(blank.roll_back()),
            _ => runtime(self.db()?.rollback()),
        }
    }

    /// Ends it and keeps what was written.
    pub(super) fn commit(&self) -> Result<(), SqlError> {
        match &*self.place.borrow() {
            Place::New(blank) => runtime(blank.commit()),
            _ => runtime(self.db()?.commit()),
        }
    }

    /// Whether nothing has looked at the database, which is then not even made.
    fn is_blank(&self) -> bool {
        matches!(&*self.place.borrow(), Place::New(blank) if blank.made().is_none())
    }

    /// Whether the transaction can still be committed; if not, why.
    pub(crate) fn check(&self) -> Result<(), SqlError> {
        if let Some(trouble) = &*self.trouble.borrow() {
            return Err(SqlError::from_runtime(format!(
                "Cannot commit transaction due to an earlier SQL critical error: {trouble}"
            )));
        }
        if !self.is_blank() && !self.db()?.in_transaction() {
            return Err(SqlError::from_runtime(
                "the transaction of the event has ended before its handler has",
            ));
        }
        Ok(())
    }

    /// Whether the open transaction has written.
    pub(super) fn has_written(&self) -> bool {
        !self.is_blank() && self.db().is_ok_and(|db| db.has_written())
    }

    /// The alarm, if this event has changed it. The time that was set already is no change, as on the platform.
    pub(super) fn changed_alarm(&self) -> Option<Option<Timestamp>> {
        let before = self.alarm_before.get()?;
        Some(self.alarm()).filter(|after| *after != before)
    }

    /// The database. It is lent and not locked, since a row's reader may run statements of its own.
    pub(crate) fn db(&self) -> Result<Ref<'_, Database>, SqlError> {
        let place = self.place.borrow();
        if let Place::New(blank) = &*place {
            runtime(blank.make().map(drop))?;
        }
        Ref::filter_map(place, |place| match place {
            Place::Away => None,
            Place::Kept(db) => Some(db),
            Place::New(blank) => blank.made(),
        })
        .map_err(|_| SqlError::from_runtime("the database is closed"))
    }

    /// The database, unless SQLite has ended the transaction: a statement would then be one of its own.
    fn usable(&self) -> Result<Ref<'_, Database>, SqlError> {
        if self.trouble.borrow().is_some() {
            self.check()?;
        }
        self.db()
    }
}

impl ActorStorage {
    /// Asks from here on whether the actor crashes before a statement of a migration.
    pub(crate) fn watch(&self, crashes: Crashes, scans: Scans) {
        self.crashes.replace(Some(crashes));
        self.scans.replace(Some(scans));
    }

    /// Tells of a statement that walked over whole tables, unless it is one of a migration, which may.
    fn tell_of_scans(&self, db: &Database, sql: &str, counts: Ran) {
        if counts.scanned > 0
            && self.migrating.borrow().is_none()
            && let Some(scans) = &*self.scans.borrow()
            && db.walks_over_a_table(sql)
        {
            scans(sql, counts.scanned);
        }
    }

    /// Whether the actor has crashed in this event, of which nothing may be kept then.
    pub(super) fn has_crashed(&self) -> bool {
        self.crashed.get()
    }

    /// Ends all that the event does here and now, where a test says so: nothing between here and the host that could
    /// still do something learns of it but by unwinding. What is not stored yet has nothing to lose.
    fn crash_if_told(&self, sql: &str) {
        if self.is_new() {
            return;
        }
        let told = match (&*self.migrating.borrow(), &*self.crashes.borrow()) {
            (Some(step), Some(crashes)) => crashes(step, sql),
            _ => false,
        };
        if told {
            self.crashed.set(true);
            resume_unwind(Box::new("the actor crashes in a migration"));
        }
    }

    /// Does what SQLite does when a write finds no room: undoes the whole transaction, and lets nothing more happen in it.
    fn refuse_if_full(&self, db: &Database) -> Result<(), SqlError> {
        // What is not stored yet is in memory, and finds the disk full at its commit.
        if !self.full.get() || self.is_new() || !db.has_written() {
            return Ok(());
        }
        runtime(db.rollback())?;
        let error = SqlError::from_runtime("database or disk is full: SQLITE_FULL");
        self.trouble.replace(Some(error.message().to_owned()));
        Err(error)
    }
}

impl Storage for ActorStorage {
    fn run(&self, query: &Query<'_>, rows: &mut dyn Rows) -> Result<Ran, SqlError> {
        self.crash_if_told(query.sql);
        let db = self.usable()?;
        let params: Vec<Param<'_>> = query.params.iter().map(|value| param(*value)).collect();
        let mut sink = Packed::new(rows, query.names);
        match db.run(query.sql, &params, &mut sink) {
            Ok(counts) => {
                self.refuse_if_full(&db)?;
                self.tell_of_scans(&db, query.sql, counts);
                sink.hand_over();
                Ok(counts)
            }
            Err(error) => {
                if error.rolled_back() {
                    self.trouble.replace(Some(error.message().to_owned()));
                }
                Err(SqlError::from_runtime(error.message()))
            }
        }
    }

    fn nested(&self, body: &mut dyn FnMut() -> bool) -> Result<(), SqlError> {
        runtime(self.usable()?.savepoint())?;
        let ran = catch_unwind(AssertUnwindSafe(body));
        let left = self.alarm();
        let ended = self.usable().and_then(|db| match ran {
            Ok(false) if tooth::bites(Tooth::KeepsNestedWrites) => runtime(db.release()),
            Ok(true) => runtime(db.release()),
            _ => runtime(db.rollback_to_savepoint()),
        });
        if tooth::bites(Tooth::KeepsNestedAlarms) {
            self.set_alarm(left)?;
        }
        match (ran, ended) {
            (Ok(_), ended) => ended,
            (Err(panic), ended) => {
                // Where the handler catches the panic, it must not go on as if this were undone.
                if let Err(error) = ended {
                    self.trouble.replace(Some(error.message().to_owned()));
                }
                resume_unwind(panic)
            }
        }
    }

    fn migrating(&self, step: Option<&str>) {
        self.migrating.replace(step.map(str::to_owned));
    }

    fn alarm(&self) -> Option<Timestamp> {
        if self.is_blank() {
            return None;
        }
        let read = self.db().and_then(|db| runtime(label::alarm(&db)));
        read.unwrap_or_else(|error| {
            tracing::error!(%error, "the alarm cannot be read");
            None
        })
    }

    fn set_alarm(&self, at: Option<Timestamp>) -> Result<(), SqlError> {
        if at.is_none() && self.is_blank() {
            return Ok(());
        }
        let db = self.usable()?;
        let before = runtime(label::alarm(&db))?;
        if before != at {
            runtime(label::set_alarm(&db, at))?;
            self.refuse_if_full(&db)?;
            self.alarm_before.set(Some(self.alarm_before.get().unwrap_or(before)));
        }
        Ok(())
    }
}

fn runtime<T>(result: Result<T, sqlite::SqlError>) -> Result<T, SqlError> {
    result.map_err(|error| SqlError::from_runtime(error.message()))
}

fn param(value: ValueRef<'_>) -> Param<'_> {
    match value {
        ValueRef::Null => Param::Null,
        ValueRef::Number(1.0) if tooth::bites(Tooth::BindsBoolsAsText) => Param::Text("true"),
        ValueRef::Number(0.0) if tooth::bites(Tooth::BindsBoolsAsText) => Param::Text("false"),
        ValueRef::Number(number) => Param::Number(number),
        ValueRef::Text(text) => Param::Text(text),
        ValueRef::Blob(bytes) => Param::Blob(bytes),
    }
}
