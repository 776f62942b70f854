//! The transaction around an event: waking the actor and its database, beginning, committing, rolling back.

use std::path::PathBuf;
use std::rc::Rc;

use domicile::Timestamp;
use domicile::platform::{CallFailure, Cost, Storage};
use domicile::resident::Verdict;

use super::Shard;
use crate::host::cell::{Cell, Home};
use crate::host::router::{failure, nothing_kept};
use crate::host::storage::{ActorStorage, Place};
use crate::host::vault::{Found, failed};
use crate::host::watch::{AtCommit, Ended};
use crate::tooth::{self, Tooth};

use super::fate::crashed;

impl Shard {
    /// Gives the actor, awake and with a database. With `arm`, the alarm that its file says is expected from now on.
    pub(super) async fn wake<'a>(
        self: &Rc<Self>,
        cell: &Cell,
        home: &'a mut Option<Home>,
        arm: bool,
    ) -> Result<&'a mut Home, CallFailure> {
        let home = match home {
            Some(home) => home,
            None => {
                let storage = Rc::new(ActorStorage::default());
                if let Some(watch) = self.watch.clone() {
                    let (actor, scanned) = (cell.actor.clone(), watch.clone());
                    let crashes = Box::new(move |step: &str, sql: &str| watch.migrates(&actor, step, sql));
                    let actor = cell.actor.clone();
                    storage.watch(crashes, Box::new(move |sql, rows| scanned.scans(&actor, sql, rows)));
                }
                let reside = self.site().reside(&cell.actor.kind, cell.actor.name.clone(), storage.clone());
                let residence = reside.map_err(|error| failure(error.to_string()))?;
                home.insert(Home { residence, storage, slot: None, kept: true })
            }
        };
        if home.storage.is_away()
            && let Some(path) = self.find(cell, home, arm)?
        {
            Box::pin(self.open(cell, home, path, arm)).await?;
        }
        Ok(home)
    }

    /// Gives the actor its database, or the file that it is in.
    fn find(&self, cell: &Cell, home: &Home, arm: bool) -> Result<Option<PathBuf>, CallFailure> {
        let (place, alarm) = match self.vault.find(&cell.actor)? {
            Found::Nothing(blank) => (Place::New(blank), None),
            Found::Here(db, alarm) => (Place::Kept(db), alarm),
            Found::File(path) => return Ok(Some(path)),
        };
        self.put_in(cell, home, place, alarm.filter(|_| arm));
        Ok(None)
    }

    /// Gives the actor the database in this file.
    async fn open(
        self: &Rc<Self>,
        cell: &Cell,
        home: &mut Home,
        path: PathBuf,
        arm: bool,
    ) -> Result<(), CallFailure> {
        // One that is left over from a database that was lost would make this wait for itself.
        home.slot = None;
        home.slot = self.slots.take(|rested| self.run(rested, true)).await;
        let opened = self.vault.open(path, &cell.actor).await;
        let (db, alarm) = opened.inspect_err(|_| home.slot = None)?;
        self.put_in(cell, home, Place::Kept(db), alarm.filter(|_| arm));
        Ok(())
    }

    fn put_in(&self, cell: &Cell, home: &Home, place: Place, alarm: Option<Timestamp>) {
        home.storage.replace(place);
        if let Some(at) = alarm {
            self.alarms.suggest(&cell.actor, at);
        }
    }

    pub(super) fn begin(&self, cell: &Cell, home: &Home) -> Result<(), CallFailure> {
        home.storage.begin(cell.fate.full.get()).map_err(|error| failed(&cell.actor, &error))
    }

    /// Runs `event` while its clock and that of SQL stand still.
    pub(super) fn at_event_time<T>(&self, event: impl FnOnce() -> T) -> T {
        let now = self.time.now();
        let stopped = tooth::bites(Tooth::StopsTheClock);
        self.vault.vfs().clock().set(if stopped { 0 } else { now.as_millis() });
        self.platform.at(now, event)
    }

    /// Ends the transaction of an event that has cost this, as its verdict says.
    pub(super) async fn end(
        &self,
        cell: &Cell,
        home: &mut Home,
        verdict: Verdict,
        cost: Cost,
    ) -> Result<(), CallFailure> {
        let ended = self.settle(cell, home, verdict).await;
        let told = if ended.is_ok() { Ended::With(verdict, cost) } else { Ended::Failed };
        self.end_watched(cell, told);
        ended
    }

    async fn settle(&self, cell: &Cell, home: &mut Home, verdict: Verdict) -> Result<(), CallFailure> {
        if home.storage.has_crashed() {
            cell.fate.crashed.set(true);
            home.storage.roll_back().map_err(|error| failed(&cell.actor, &error))?;
            return Err(crashed());
        }
        home.kept = verdict != Verdict::Rollback || tooth::bites(Tooth::KeepsWritesAfterError);
        home.kept &= !(verdict == Verdict::Commit && tooth::bites(Tooth::LosesWrites));
        if tooth::bites(Tooth::LosesAlarms) {
            home.storage.set_alarm(None).map_err(|error| failed(&cell.actor, &error))?;
        }
        if !home.kept {
            return home.storage.roll_back().map_err(|error| failed(&cell.actor, &error));
        }
        let at = self.at_commit(cell, home, verdict);
        if at == AtCommit::CrashBefore {
            home.storage.roll_back().map_err(|error| failed(&cell.actor, &error))?;
            return Err(crashed());
        }
        let committed = self.commit(cell, home).await;
        if let Err(failure) = &committed {
            tracing::error!(actor = %cell.actor, error = failure.message, "a commit failed");
            home.residence.forget();
        }
        if at == AtCommit::CrashAfter { committed.and(Err(crashed())) } else { committed }
    }

    pub(super) async fn commit(&self, cell: &Cell, home: &mut Home) -> Result<(), CallFailure> {
        let storage = &home.storage;
        let wrong = |error: &dyn std::fmt::Display| failed(&cell.actor, error);
        if let Err(error) = storage.check() {
            storage.roll_back().map_err(|error| wrong(&error))?;
            return Err(nothing_kept(wrong(&error)));
        }
        let changed = storage.changed_alarm();
        let wrote = storage.has_written();
        if wrote && (storage.is_new() || self.vault.is_slow()) {
            Box::pin(self.store(cell, storage, changed.flatten())).await?;
        } else {
            storage.commit().map_err(|error| wrong(&error))?;
        }
        if let Some(alarm) = changed {
            self.alarms.set(&cell.actor, alarm);
            self.vault.note(&cell.actor, alarm);
        }
        Ok(())
    }

    /// Commits what an event has written, where that takes its time.
    async fn store(
        &self,
        cell: &Cell,
        storage: &ActorStorage,
        alarm: Option<Timestamp>,
    ) -> Result<(), CallFailure> {
        let wrong = |error: &dyn std::fmt::Display| failed(&cell.actor, error);
        match storage.replace(Place::Away) {
            Place::Away => Err(wrong(&"the database is closed")),
            Place::New(blank) if cell.fate.full.get() => {
                let undone = blank.roll_back();
                storage.replace(Place::New(blank));
                undone.map_err(|error| wrong(&error))?;
                Err(nothing_kept(wrong(&"database or disk is full: SQLITE_FULL")))
            }
            Place::New(blank) => {
                blank.commit().map_err(|error| wrong(&error))?;
                // What has written has made it.
                if let Some(db) = blank.into_made() {
                    storage.replace(self.vault.keep(&cell.actor, db, alarm).await?);
                }
                Ok(())
            }
            Place::Kept(db) => {
                // The disk may take its time without holding up the other actors of this thread.
                let ended = tokio::task::spawn_blocking(move || (db.commit(), db)).await;
                let (committed, db) = ended.map_err(|error| wrong(&error))?;
                storage.replace(Place::Kept(db));
                committed.map_err(|error| wrong(&error))
            }
        }
    }

    /// After an event, drops the empty database of an actor of which nothing is stored; and the actor too, if nothing
    /// came of the event, so that guessing names costs no memory. One without a store may keep its memory.
    pub(super) fn tidy(&self, home: &mut Option<Home>) {
        if let Some(awake) = home
            && awake.storage.is_new()
        {
            awake.storage.replace(Place::Away);
            if !awake.kept {
                *home = None;
            }
        }
    }
}
