//! [`Migration`]: the steps that bring an actor's store to its newest schema, as const data.
//!
//! An actor migrates itself when it starts, before anything else, on every kind of event. A step and its line in the
//! books are one transaction inside that of the event, so a store never has half of one. What the steps should be is
//! not known here: `makemigrations` compares the models with them, natively.

mod batch;
mod books;
mod keys;
mod run;

use std::fmt;
use std::rc::Rc;

pub(crate) use batch::mistakes;
pub use batch::{Batch, applied, batches};
pub(crate) use books::{State, state};

use crate::cx::random_array;
use crate::error::{Error, Kind, Result};
use crate::platform::{Platform, SharedPlatform, Storage};
use crate::store::{Classes, Store, Surroundings};
use crate::timestamp::Timestamp;
use crate::wire::ActorRef;

/// One step. Steps are applied in the order of the list, each once.
///
/// ```
/// use domicile::prelude::*;
/// use domicile::migration::Migrating;
///
/// const MIGRATIONS: &[Migration] = &[
///     Migration::sql("0001_initial", "CREATE TABLE post (id INTEGER PRIMARY KEY, title TEXT NOT NULL, slug TEXT) STRICT;"),
///     Migration::rust("0002_fill_slugs", fill_slugs),
/// ];
///
/// fn fill_slugs(step: &Migrating<'_>) -> Result<()> {
///     step.store().each("SELECT id, title FROM post", (), |(id, title): (i64, String)| {
///         let slug = title.to_lowercase().replace(' ', "-");
///         step.store().execute("UPDATE post SET slug = ? WHERE id = ?", (slug, id)).map(drop)
///     })
/// }
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    name: &'static str,
    step: Step,
    actions: bool,
    deferrable: bool,
}

/// What a step does.
#[derive(Debug, Clone, Copy)]
enum Step {
    Sql(&'static str),
    Rust { version: u32, run: fn(&Migrating<'_>) -> Result<()> },
}

impl Migration {
    /// A step of one or more statements, which are run one by one. Its name stays as it is: `0001_initial`.
    #[must_use]
    pub const fn sql(name: &'static str, sql: &'static str) -> Self {
        Self { name, step: Step::Sql(sql), actions: false, deferrable: false }
    }

    /// A step in Rust: what SQL cannot say of the data.
    ///
    /// It meets the tables as the steps before it have left them. So it uses SQL, or structs of its own: the app's models go
    /// on changing, and would ask a new store for columns that a later step adds.
    ///
    /// Code has no checksum, so a step that was changed is not noticed unless [`version`](Self::version) says so.
    #[must_use]
    pub const fn rust(name: &'static str, run: fn(&Migrating<'_>) -> Result<()>) -> Self {
        Self { name, step: Step::Rust { version: 1, run }, actions: false, deferrable: false }
    }

    /// Says which version of its code a step in Rust is; 1 unless said otherwise. It does nothing for a step of SQL.
    #[must_use]
    pub const fn version(mut self, version: u32) -> Self {
        if let Step::Rust { run, .. } = self.step {
            self.step = Step::Rust { version, run };
        }
        self
    }

    /// Lets the step make foreign keys with actions, such as ON DELETE CASCADE, that SQLite itself carries out.
    ///
    /// Without this they are refused: when a later step rebuilds the table that such a key points to, SQLite deletes the
    /// rows that point there or makes their keys NULL, and says nothing. `on_delete` of a model does the same by the data
    /// layer and has no such trap.
    #[must_use]
    pub const fn with_foreign_key_actions(mut self) -> Self {
        self.actions = true;
        self
    }

    /// Lets the step make DEFERRABLE foreign keys.
    ///
    /// Without this they are refused: a key that is violated is found only at the commit, after the handler said `Ok`,
    /// and Cloudflare then resets the object.
    #[must_use]
    pub const fn with_deferrable_keys(mut self) -> Self {
        self.deferrable = true;
        self
    }

    /// Its name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Its statements; nothing for a step in Rust.
    #[must_use]
    pub const fn statements(&self) -> Option<&'static str> {
        match self.step {
            Step::Sql(sql) => Some(sql),
            Step::Rust { .. } => None,
        }
    }

    /// FNV-1a of what it does, as far as that is known: enough to notice an edit, which is all it is for.
    fn checksum(&self) -> String {
        let hash = |hash: u64, bytes: &[u8]| {
            bytes
                .iter()
                .fold(hash, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3))
        };
        let start = 0xcbf2_9ce4_8422_2325;
        let sum = match self.step {
            Step::Sql(sql) => hash(start, sql.as_bytes()),
            Step::Rust { version, .. } => hash(hash(start, self.name.as_bytes()), &version.to_le_bytes()),
        };
        format!("{sum:016x}")
    }
}

/// A step that is being applied, as a step in Rust sees it.
pub struct Migrating<'a> {
    store: &'a Store,
    platform: &'a dyn Platform,
    now: Timestamp,
    actor: Option<&'a ActorRef>,
    name: &'static str,
}

impl Migrating<'_> {
    /// The store, as the steps before have left it.
    #[must_use]
    pub fn store(&self) -> &Store {
        self.store
    }

    /// The time of the event that the store is migrated for.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// `N` bytes that nobody can guess.
    #[must_use]
    pub fn random<const N: usize>(&self) -> [u8; N] {
        random_array(self.platform)
    }

    /// Writes a line to the log, with the names of the step and of the actor.
    pub fn log(&self, what: impl fmt::Display) {
        tracing::info!(migration = self.name, actor = self.actor.map(tracing::field::display), "{what}");
    }
}

/// Where steps are applied.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) store: &'a Store,
    pub(crate) platform: &'a dyn Platform,
    pub(crate) now: Timestamp,
    pub(crate) actor: Option<&'a ActorRef>,
}

/// Applies what is missing. The caller holds the transaction.
pub(crate) fn apply(place: Place<'_>, all: &[Migration]) -> Result<()> {
    books::open(place.store)?;
    for (position, migration) in all.iter().enumerate().skip(books::applied(place.store, all)?) {
        let Place { store, platform, now, actor } = place;
        let step = Migrating { store, platform, now, actor, name: migration.name };
        store.storage().migrating(Some(migration.name));
        let applied = store.transaction(|_| {
            migration.run(&step)?;
            books::enter(store, position, migration, now)
        });
        store.storage().migrating(None);
        applied.map_err(|e| broken(format!("migration `{}` failed: {e}", migration.name)))?;
    }
    Ok(())
}

/// Applies what is missing to a database that is no actor's, for tools that want to know what the steps come to. The
/// caller holds the transaction.
///
/// # Errors
/// Of kind [`Kind::Migration`], with the step and the statement that failed.
pub fn apply_to(storage: Rc<dyn Storage>, platform: &SharedPlatform, all: &[Migration]) -> Result<()> {
    let now = platform.now();
    let surroundings = Surroundings { now, platform: platform.clone(), models: &[] };
    let store = Store::new(storage, Rc::new(Classes::default()), true, surroundings);
    let place = Place { store: &store, platform: &**platform, now, actor: None };
    apply(place, all)
}

fn broken(why: String) -> Error {
    Error::new(Kind::Migration, why)
}
