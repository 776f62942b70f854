//! [`Scratch`]: a database in memory with the rules of an actor's, to try migrations on.

use std::cell::Ref;
use std::rc::Rc;
use std::time::Duration;

use bytes::Bytes;
use domicile::platform::{Call, CallFailure, Delivered, Platform, SharedPlatform};
use domicile::sql::statement::split;
use domicile::{Env, Migration, Timestamp, migration};
use futures_util::future::LocalBoxFuture;

use crate::Limits;
use crate::host::{ActorStorage, Place};
use crate::sqlite::Database;
use crate::vfs::{Clock, Random, Vfs};

/// A database that ends with the value.
pub(crate) struct Scratch {
    storage: Rc<ActorStorage>,
    platform: SharedPlatform,
}

impl Scratch {
    /// An empty one.
    ///
    /// # Errors
    /// When memory runs out.
    pub(crate) fn new(vfs: &Vfs) -> Result<Self, String> {
        let db = Database::memory(vfs, Limits::PRODUCTION).map_err(|error| error.message().to_owned())?;
        Ok(Self::on(db))
    }

    pub(super) fn on(db: Database) -> Self {
        let storage = Rc::new(ActorStorage::default());
        storage.replace(Place::Kept(db));
        Self { storage, platform: Rc::new(Still::default()) }
    }

    /// Is told of each statement of a migration before it runs.
    #[cfg(test)]
    pub(super) fn watch(&self, before: impl Fn(&str, &str) + 'static) {
        let crashes = Box::new(move |step: &str, sql: &str| {
            before(step, sql);
            false
        });
        self.storage.watch(crashes, Box::new(|_, _| {}));
    }

    /// What all scratches of one command share.
    ///
    /// # Errors
    /// When SQLite takes no more file systems.
    pub(crate) fn vfs() -> Result<Vfs, String> {
        let clock = Clock::default();
        clock.set(Still::NOW.as_millis());
        Vfs::new(clock, Random::seeded([0; 32])).map_err(|error| error.to_string())
    }

    /// Applies migrations as an actor does: all that is missing, or nothing.
    ///
    /// # Errors
    /// The engine's sentence.
    pub(crate) fn apply(&self, all: &[Migration]) -> Result<(), String> {
        self.transaction(|| {
            migration::apply_to(self.storage.clone(), &self.platform, all).map_err(|error| error.to_string())
        })
    }

    /// Runs statements, all or none.
    ///
    /// # Errors
    /// The statement that failed, and why.
    pub(crate) fn run(&self, sql: &str) -> Result<(), String> {
        self.transaction(|| {
            for piece in split(sql).map_err(|(line, refused)| format!("line {line}: {refused}"))? {
                let db = self.db()?;
                db.run(piece.text, &[], &mut ())
                    .map_err(|error| format!("{}: {}", piece.text, error.message()))?;
            }
            Ok(())
        })
    }

    /// The database.
    ///
    /// # Errors
    /// Never, as long as nobody takes it out.
    pub(crate) fn db(&self) -> Result<Ref<'_, Database>, String> {
        self.storage.db().map_err(|error| error.message().to_owned())
    }

    fn transaction(&self, body: impl FnOnce() -> Result<(), String>) -> Result<(), String> {
        let message = |error: domicile::SqlError| error.message().to_owned();
        self.storage.begin(false).map_err(message)?;
        let ran = body().and_then(|()| self.storage.check().map_err(message));
        if ran.is_err() {
            self.storage.roll_back().map_err(message)?;
            return ran;
        }
        self.db()?.commit().map_err(|error| error.message().to_owned())
    }
}

/// A platform on which nothing happens. Steps in Rust see one time and no randomness that differs, so that they come to
/// the same each time.
#[derive(Default)]
struct Still(Env);

impl Still {
    /// 1 January 2026, 12:00 UTC.
    const NOW: Timestamp = Timestamp::from_millis(1_767_268_800_000);
}

impl Platform for Still {
    fn now(&self) -> Timestamp {
        Self::NOW
    }

    fn monotonic(&self) -> Duration {
        Duration::ZERO
    }

    fn random(&self, bytes: &mut [u8]) {
        bytes.fill(7);
    }

    fn env(&self) -> &Env {
        &self.0
    }

    fn call(&self, _: Call) -> LocalBoxFuture<'static, Result<Delivered, CallFailure>> {
        Box::pin(async {
            Err(CallFailure {
                message: "a migration can call nobody".to_owned(),
                retryable: false,
                overloaded: false,
                timed_out: false,
                applied: domicile::platform::Applied::No,
            })
        })
    }

    fn database(&self, binding: &str) -> domicile::Result<Rc<dyn domicile::platform::Database>> {
        let why = format!("a migration cannot reach the database `{binding}`");
        Err(domicile::Error::new(domicile::Kind::Unsupported, why))
    }

    fn sleep(&self, _: Duration) -> LocalBoxFuture<'static, ()> {
        Box::pin(async {})
    }

    fn fetch(
        &self,
        _: http::Request<Bytes>,
    ) -> LocalBoxFuture<'static, domicile::Result<http::Response<Bytes>>> {
        Box::pin(async {
            Err(domicile::Error::new(domicile::Kind::Unsupported, "a migration has no network"))
        })
    }
}
