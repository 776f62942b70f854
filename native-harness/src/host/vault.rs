//! [`Vault`]: where a thread's actors keep their databases while they are not awake, on disk or in memory.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::PathBuf;

use domicile::Timestamp;
use domicile::platform::CallFailure;
use domicile::wire::ActorRef;

use super::blank::Blank;
use super::file;
use super::index::Notes;
use super::label;
use super::router::failure;
use super::storage::Place;
use crate::sqlite::{Database, Limits};
use crate::vfs::Vfs;

/// Where the databases of one thread are.
pub(super) struct Vault {
    vfs: Vfs,
    limits: Limits,
    stores: Stores,
}

enum Stores {
    Memory(RefCell<HashMap<ActorRef, Database>>),
    Files { folder: PathBuf, notes: Notes },
}

/// What there is of an actor before it wakes.
pub(super) enum Found {
    /// Nothing; the database is an empty one in memory.
    Nothing(Blank),
    /// Its database.
    Here(Database, Option<Timestamp>),
    /// Its database is in this file, which is to be opened on another thread.
    File(PathBuf),
}

impl Vault {
    pub(super) fn memory(vfs: Vfs, limits: Limits) -> Self {
        Self { vfs, limits, stores: Stores::Memory(RefCell::default()) }
    }

    pub(super) fn files(vfs: Vfs, limits: Limits, folder: PathBuf, notes: Notes) -> Self {
        Self { vfs, limits, stores: Stores::Files { folder, notes } }
    }

    pub(super) fn vfs(&self) -> &Vfs {
        &self.vfs
    }

    /// Looks for what there is of `actor`.
    pub(super) fn find(&self, actor: &ActorRef) -> Result<Found, CallFailure> {
        match &self.stores {
            Stores::Memory(stores) => {
                if let Some(db) = stores.borrow_mut().remove(actor) {
                    let alarm = label::alarm(&db).map_err(|error| failed(actor, &error))?;
                    return Ok(Found::Here(db, alarm));
                }
            }
            Stores::Files { folder, .. } => {
                let path = folder.join(file::path(actor));
                if file::exists(&path).map_err(|error| failed(actor, &error))? {
                    return Ok(Found::File(path));
                }
            }
        }
        Ok(Found::Nothing(Blank::new(&self.vfs, self.limits, actor)))
    }

    /// Opens a file that [`Vault::find`] found.
    pub(super) async fn open(
        &self,
        path: PathBuf,
        actor: &ActorRef,
    ) -> Result<(Database, Option<Timestamp>), CallFailure> {
        let (vfs, limits, wanted) = (self.vfs.clone(), self.limits, actor.clone());
        let opened = tokio::task::spawn_blocking(move || file::open(&path, &vfs, limits, &wanted)).await;
        match opened {
            Ok(Ok((db, label))) => Ok((db, label.alarm)),
            Ok(Err(error)) => Err(failed(actor, &error)),
            Err(error) => Err(failed(actor, &error)),
        }
    }

    /// Keeps the first thing that `actor` has committed; gives the place of its database from then on.
    pub(super) async fn keep(
        &self,
        actor: &ActorRef,
        mut db: Database,
        alarm: Option<Timestamp>,
    ) -> Result<Place, CallFailure> {
        let Stores::Files { folder, notes } = &self.stores else { return Ok(Place::Kept(db)) };
        let (vfs, folder, path) = (self.vfs.clone(), folder.clone(), file::path(actor));
        let made = tokio::task::spawn_blocking(move || {
            let image = db.image().map_err(|error| error.to_string())?;
            drop(db);
            file::create(&folder, &path, image, &vfs).map_err(|error| error.to_string())
        });
        match made.await {
            Ok(Ok(())) => {
                notes.note(actor, alarm);
                // It is opened when it is next needed: many actors are made and then left alone.
                Ok(Place::Away)
            }
            Ok(Err(error)) => Err(failed(actor, &error)),
            Err(error) => Err(failed(actor, &error)),
        }
    }

    /// Puts the database of an actor back that goes to rest. Closing a file moves its log into it.
    pub(super) async fn close(&self, actor: &ActorRef, db: Database) {
        match &self.stores {
            Stores::Memory(stores) => {
                stores.borrow_mut().insert(actor.clone(), db);
            }
            Stores::Files { .. } => {
                if tokio::task::spawn_blocking(move || drop(db)).await.is_err() {
                    tracing::error!(%actor, "a database was not closed in order");
                }
            }
        }
    }

    /// Puts the database of an actor back whose task panicked.
    pub(super) fn rescue(&self, actor: &ActorRef, db: Database) {
        if let Stores::Memory(stores) = &self.stores
            && db.rollback().is_ok()
        {
            stores.borrow_mut().insert(actor.clone(), db);
        }
    }

    /// The actors whose databases are here, in memory.
    pub(super) fn kept(&self) -> Vec<ActorRef> {
        match &self.stores {
            Stores::Memory(stores) => stores.borrow().keys().cloned().collect(),
            Stores::Files { .. } => Vec::new(),
        }
    }

    /// Whether commits reach a disk, so that they are better made on another thread.
    pub(super) fn is_slow(&self) -> bool {
        matches!(self.stores, Stores::Files { .. })
    }

    /// Tells the index of an alarm.
    pub(super) fn note(&self, actor: &ActorRef, alarm: Option<Timestamp>) {
        if let Stores::Files { notes, .. } = &self.stores {
            notes.note(actor, alarm);
        }
    }
}

/// The failure of a call to an actor whose database cannot be used. What went wrong is for the log.
pub(super) fn failed(actor: &ActorRef, error: &dyn std::fmt::Display) -> CallFailure {
    failure(format!("the store of {actor}: {error}"))
}
