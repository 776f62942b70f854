//! [`Blank`]: the database of an actor of which nothing is stored yet. Many events never look at it, such as those of an actor
//! that lives in memory alone, so it is made when something first does.

use std::cell::{Cell, OnceCell};

use domicile::wire::ActorRef;

use super::label;
use crate::sqlite::{Database, Limits, SqlError};
use crate::vfs::Vfs;

/// An empty database in memory, made or not.
pub(crate) struct Blank {
    made: OnceCell<Database>,
    vfs: Vfs,
    limits: Limits,
    actor: ActorRef,
    /// Whether it is in the transaction of an event, or will be once it is made.
    begun: Cell<bool>,
}

impl Blank {
    pub(super) fn new(vfs: &Vfs, limits: Limits, actor: &ActorRef) -> Self {
        Self {
            made: OnceCell::new(),
            vfs: vfs.clone(),
            limits,
            actor: actor.clone(),
            begun: Cell::new(false),
        }
    }

    /// The database, which is made now if it is not yet.
    ///
    /// # Errors
    /// SQLite's, such as one that memory has run out.
    pub(super) fn make(&self) -> Result<&Database, SqlError> {
        if let Some(db) = self.made.get() {
            return Ok(db);
        }
        let db = Database::memory(&self.vfs, self.limits)?;
        label::write(&db, &self.actor)?;
        if self.begun.get() {
            db.begin_deferred()?;
        }
        Ok(self.made.get_or_init(|| db))
    }

    /// The database, if it is made.
    pub(super) fn made(&self) -> Option<&Database> {
        self.made.get()
    }

    /// Begins the transaction of an event.
    pub(super) fn begin(&self) -> Result<(), SqlError> {
        self.begun.set(true);
        self.made().map_or(Ok(()), Database::begin_deferred)
    }

    /// Ends it and undoes all of it.
    pub(super) fn roll_back(&self) -> Result<(), SqlError> {
        self.begun.set(false);
        self.made().map_or(Ok(()), Database::rollback)
    }

    /// Ends it and keeps what was written.
    pub(super) fn commit(&self) -> Result<(), SqlError> {
        self.begun.set(false);
        self.made().map_or(Ok(()), Database::commit)
    }

    /// The database, to be kept; `None` where it was never made.
    pub(super) fn into_made(self) -> Option<Database> {
        self.made.into_inner()
    }
}
