//! What a test does to the actors of a thread: crashes, evictions, looks inside. A host that serves does none of it.

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use domicile::outside::Outside;
use domicile::platform::{CallFailure, Storage};
use domicile::resident::Verdict;
use domicile::site::Site;
use domicile::wire::{ActorRef, Event, RequestId, What};
use domicile::{AppFn, Store, Timestamp};
use futures_util::future::LocalBoxFuture;
use tokio::task::{AbortHandle, spawn_local, yield_now};

use super::Shard;
use crate::host::cell::{Cell, Home, Work};
use crate::host::label;
use crate::host::router::failure;
use crate::host::storage::Place;
use crate::host::watch::{Around, AtCommit, Doing, Ended};

/// The failure of a call whose actor crashed: who called cannot know whether that was before or after the commit.
pub(super) fn crashed() -> CallFailure {
    failure("the actor crashed before it replied")
}

impl Shard {
    /// Puts `work` into the queue of its actor, perhaps after others had their turn.
    pub(super) fn put_in_turn(self: &Rc<Self>, actor: ActorRef, work: Work) {
        if self.watch.is_none() {
            return self.put(actor, work);
        }
        let shard = self.clone();
        spawn_local(async move {
            shard.take_turns(work.doing()).await;
            shard.put(actor, work);
        });
    }

    /// Lets others go first, as often as the test says.
    pub(super) async fn take_turns(&self, doing: Doing<'_>) {
        let turns = self.watch.as_ref().map_or(0, |watch| watch.turns(doing));
        for _ in 0..turns {
            yield_now().await;
        }
    }

    /// What happens around something that an actor is about to do.
    pub(super) fn begin_watched(&self, cell: &Cell, doing: Doing<'_>) -> Around {
        let around = self.watch.as_ref().map(|watch| watch.begin(&cell.actor, doing)).unwrap_or_default();
        cell.fate.full.set(around.full);
        cell.fate.stopped.set(around.stop);
        around
    }

    /// What happens at a commit that is about to be made.
    pub(super) fn at_commit(&self, cell: &Cell, home: &Home, verdict: Verdict) -> AtCommit {
        let Some(watch) = &self.watch else { return AtCommit::Made };
        let at = watch.commit(&cell.actor, home.storage.has_written(), verdict);
        match at {
            AtCommit::Made => {}
            AtCommit::CrashBefore | AtCommit::CrashAfter => cell.fate.crashed.set(true),
            AtCommit::CrashAsker => cell.fate.asker_crashes.set(true),
        }
        at
    }

    /// Tells how something has ended that an actor did.
    pub(super) fn end_watched(&self, cell: &Cell, ended: Ended) {
        if let Some(watch) = &self.watch {
            watch.end(&cell.actor, ended);
        }
    }

    /// Sets the alarm again that has just been handled, as when the platform did not learn of its success; unless its
    /// handler has set another.
    pub(super) async fn repeat_alarm(self: &Rc<Self>, cell: &Cell, home: &mut Option<Home>) {
        let Some(home) = home.as_mut().filter(|home| home.kept && !home.storage.is_away()) else { return };
        if home.storage.alarm().is_some() || self.begin(cell, home).is_err() {
            return;
        }
        if home.storage.set_alarm(Some(self.time.now())).is_ok() {
            // In memory a commit does not fail.
            let _ = self.commit(cell, home).await;
        }
    }

    /// Runs an effect of an actor that `event` began. A crash may meet it each time that it waits for something.
    pub(super) async fn run_effect<T>(
        self: Rc<Self>,
        actor: ActorRef,
        event: Event,
        mut effect: LocalBoxFuture<'static, T>,
    ) -> T {
        let Some(watch) = &self.watch else { return effect.await };
        poll_fn(|context| {
            let polled = effect.as_mut().poll(context);
            if polled.is_pending() && watch.waits(&actor, &event) {
                // It ends this effect too, once it has waited.
                self.crash(&actor);
            }
            polled
        })
        .await
    }

    /// Keeps hold of an effect of `cell`, which ends when the actor crashes.
    pub(super) fn watch_effect(&self, cell: &Cell, effect: &AbortHandle) {
        if self.watch.is_some() {
            let mut effects = cell.fate.effects.borrow_mut();
            effects.retain(|effect| !effect.is_finished());
            effects.push(effect.clone());
        }
    }

    /// Lets a crash happen that has been decided while `cell` worked.
    pub(super) fn settle_fate(
        self: &Rc<Self>,
        cell: &Rc<Cell>,
        home: &mut Option<Home>,
        asker: Option<&ActorRef>,
    ) {
        if cell.fate.asker_crashes.take()
            && let Some(asker) = asker
        {
            self.crash(asker);
        }
        if cell.fate.crashed.take() {
            self.fall(cell, home.take());
        }
    }

    /// Crashes an actor: its memory, its open transaction and its effects are lost. What waits for it is delivered to
    /// it once it has started again.
    pub(in crate::host) fn crash(self: &Rc<Self>, actor: &ActorRef) {
        let cell = self.cells.borrow().get(actor).cloned();
        let Some(cell) = cell else { return };
        if cell.running.get() {
            cell.fate.crashed.set(true);
        } else {
            self.slots.wake(&cell);
            let home = cell.home.take();
            self.fall(&cell, home);
            self.rest(&cell, None);
        }
    }

    fn fall(&self, cell: &Cell, home: Option<Home>) {
        for effect in cell.fate.effects.take() {
            effect.abort();
        }
        let Some(home) = home else { return };
        if let Place::Kept(db) = home.storage.replace(Place::Away) {
            let alarm = label::alarm(&db);
            self.vault.rescue(&cell.actor, db);
            // A host that starts again arms what its files say.
            if let Ok(alarm) = alarm {
                self.alarms.set(&cell.actor, alarm);
            }
        }
        let _ = catch_unwind(AssertUnwindSafe(|| drop(home)));
    }

    /// Goes on with another version of the app, in which all actors start again.
    pub(in crate::host) fn deploy(self: &Rc<Self>, app: AppFn) -> domicile::Result<()> {
        let site = Site::start(app, self.platform.clone())?;
        self.site.replace(Rc::new(site));
        self.crash_all();
        Ok(())
    }

    /// Crashes all actors.
    pub(in crate::host) fn crash_all(self: &Rc<Self>) {
        let mut all: Vec<_> = self.cells.borrow().keys().cloned().collect();
        all.sort_by(|a, b| (&a.kind, &a.name).cmp(&(&b.kind, &b.name)));
        for actor in all {
            self.crash(&actor);
        }
    }

    /// Evicts an actor once it rests.
    pub(in crate::host) async fn evict_one(self: &Rc<Self>, actor: &ActorRef) {
        let (cell, mut home) = self.take(actor).await;
        self.close(&cell, &mut home).await;
        self.release(cell, home);
    }

    /// Shows the store of an actor to `with`, in a read that keeps nothing.
    pub(in crate::host) async fn look(
        self: &Rc<Self>,
        actor: &ActorRef,
        with: &mut dyn FnMut(&Store),
    ) -> domicile::Result<()> {
        let (cell, mut home) = self.take(actor).await;
        let looked = self.look_at(&cell, &mut home, with).await;
        self.tidy(&mut home);
        self.release(cell, home);
        looked.unwrap_or_else(|failure| Err(domicile::Error::internal(failure.message)))
    }

    async fn look_at(
        self: &Rc<Self>,
        cell: &Cell,
        home: &mut Option<Home>,
        with: &mut dyn FnMut(&Store),
    ) -> Result<domicile::Result<()>, CallFailure> {
        let what = What::Message { name: "look".to_owned(), shape: 0, payload: Vec::new() };
        let event = Event::new(RequestId(0), what);
        let home = self.wake(cell, home, true).await?;
        loop {
            self.begin(cell, home)?;
            let (verdict, result) = self.at_event_time(|| home.residence.look(&event, with));
            if verdict == Verdict::Again {
                // A store that is behind is migrated by whatever comes first.
                self.commit(cell, home).await?;
                continue;
            }
            home.kept = verdict == Verdict::Commit;
            home.storage.roll_back().map_err(|error| failure(error.message()))?;
            return Ok(result);
        }
    }

    /// The time of an actor's alarm as its store has it.
    pub(in crate::host) async fn alarm_of(self: &Rc<Self>, actor: &ActorRef) -> Option<Timestamp> {
        let (cell, mut home) = self.take(actor).await;
        let awake = self.wake(&cell, &mut home, true).await;
        let alarm = awake.ok().and_then(|home| home.storage.alarm());
        self.tidy(&mut home);
        self.release(cell, home);
        alarm
    }

    /// Whether the app has actors of this kind.
    pub(in crate::host) fn knows(&self, kind: &str) -> bool {
        self.site().kinds().any(|known| known == kind)
    }

    /// The actors of which something is stored.
    pub(in crate::host) fn stored(&self) -> Vec<ActorRef> {
        let mut all = self.vault.kept();
        let kept = |cell: &&Rc<Cell>| {
            cell.home.borrow().as_ref().is_some_and(|home| !home.storage.is_away() && !home.storage.is_new())
        };
        all.extend(self.cells.borrow().values().filter(kept).map(|cell| cell.actor.clone()));
        all.sort_by(|a, b| (&a.kind, &a.name).cmp(&(&b.kind, &b.name)));
        all
    }

    /// The alarms that are set, the earliest first.
    pub(in crate::host) fn alarms_set(&self) -> Vec<(Timestamp, ActorRef)> {
        self.alarms.all()
    }

    /// The world outside of actors, as a request with this number sees it.
    pub(in crate::host) fn outside(&self, id: RequestId) -> Outside {
        self.site().outside(id)
    }

    /// Takes an actor for what is not an event, once it rests.
    async fn take(self: &Rc<Self>, actor: &ActorRef) -> (Rc<Cell>, Option<Home>) {
        let cell = loop {
            let cell = self.cell(actor.clone());
            if !cell.running.replace(true) {
                break cell;
            }
            if cell.fate.stopped.get() {
                std::future::pending::<()>().await;
            }
            yield_now().await;
        };
        self.slots.wake(&cell);
        let home = cell.home.take();
        (cell, home)
    }

    /// Gives an actor back, to what has come for it meanwhile.
    fn release(self: &Rc<Self>, cell: Rc<Cell>, home: Option<Home>) {
        if cell.queue.is_empty() {
            self.rest(&cell, home);
        } else {
            cell.home.replace(home);
            cell.running.set(false);
            self.run(cell, false);
        }
    }
}
