//! [`Shard`]: a thread of actors. Each actor of the host lives on one of them, and its events run there in order.

mod alarm;
mod event;
mod fate;
mod thread;
mod transaction;

use std::cell::RefCell;
use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use domicile::platform::{Call, CallFailure};
use domicile::site::Site;
use domicile::wire::ActorRef;
use futures_util::FutureExt;
use tokio::sync::oneshot;
use tokio::task::spawn_local;

use super::Stats;
use super::alarms::{Alarms, Fault};
use super::cell::{Cell, Delivery, Home, Work, overloaded};
use super::platform::Native;
use super::router::{Answer, Router, stopped};
use super::slots::Slots;
use super::storage::Place;
use super::time::Time;
use super::vault::Vault;
use super::watch::Watch;

pub(super) use thread::{Setup, Started, carry, start};

/// Events after which an actor that is never at rest gives its open file up, if another one waits for a slot.
const TURN: u32 = 64;

/// What lives on a thread of actors.
pub(super) struct Shard {
    /// The app; a test may deploy another version of it.
    site: RefCell<Rc<Site>>,
    platform: Rc<Native>,
    /// Which of the host's threads it is.
    number: usize,
    time: Time,
    router: Router,
    vault: Vault,
    cells: RefCell<HashMap<ActorRef, Rc<Cell>>>,
    slots: Slots,
    alarms: Alarms,
    watch: Option<Rc<dyn Watch>>,
}

impl Shard {
    /// Puts `work` into the queue of its actor.
    fn put(self: &Rc<Self>, actor: ActorRef, work: Work) {
        let cell = self.cell(actor);
        match cell.queue.push(work) {
            Ok(()) => self.run(cell, false),
            Err(Work::Event(delivery)) => drop(delivery.reply.send(Err(overloaded()))),
            Err(Work::Page { pull, .. }) => {
                let _ = pull.send(Some(Err(domicile::Error::new(domicile::Kind::Unavailable, "overloaded"))));
            }
            // The queue takes every alarm.
            Err(Work::Alarm { .. }) => {}
        }
    }

    /// Whether the actor lives on this thread.
    pub(super) fn has(&self, actor: &ActorRef) -> bool {
        self.router.of(actor) == self.number
    }

    /// Takes in a call that comes from this thread.
    ///
    /// # Errors
    /// The host has stopped.
    pub(super) fn take_in(self: &Rc<Self>, call: Call) -> Result<oneshot::Receiver<Answer>, CallFailure> {
        let pass = self.router.pass().ok_or_else(stopped)?;
        let (reply, answer) = oneshot::channel();
        let Call { target, event, body } = call;
        self.put(target.actor, Work::Event(Box::new(Delivery { event, body, reply, pass })));
        Ok(answer)
    }

    /// The place of an actor, made where there is none.
    fn cell(&self, actor: ActorRef) -> Rc<Cell> {
        let mut cells = self.cells.borrow_mut();
        cells.entry(actor).or_insert_with_key(|actor| Rc::new(Cell::new(actor.clone()))).clone()
    }

    /// Lets a task work for `cell` unless one does; with `evict` it first closes what is open.
    fn run(self: &Rc<Self>, cell: Rc<Cell>, evict: bool) {
        if !cell.running.replace(true) {
            self.slots.wake(&cell);
            spawn_local(self.clone().work_through(cell, evict));
        }
    }

    /// Does all that waits for an actor, one after the other.
    async fn work_through(self: Rc<Self>, cell: Rc<Cell>, evict: bool) {
        let mut home = cell.home.take();
        // This is made for every event that finds its actor at rest, so what is rare in it has a place of its own.
        if evict {
            Box::pin(self.close(&cell, &mut home)).await;
        }
        let mut turn = 0;
        loop {
            let next = cell.queue.pop();
            let open = home.as_ref().is_some_and(|home| home.slot.is_some());
            // Others wait for a slot, and this actor rests or had its share.
            if open && self.slots.are_wanted() && (next.is_none() || turn >= TURN) {
                Box::pin(self.close(&cell, &mut home)).await;
                turn = 0;
                if next.is_none() && !cell.queue.is_empty() {
                    continue;
                }
            }
            let Some(work) = next else { break };
            turn += 1;
            self.take_turns(work.doing()).await;
            // Events that wait for nothing would else keep the thread from all other actors.
            tokio::task::coop::consume_budget().await;
            // Handlers' panics are caught where they run. This is for what else an app's code can do, such as to panic
            // when its actor is dropped: the actor is then lost, and not its queue.
            let alarm = if let Work::Alarm { ring, .. } = &work { Some(*ring) } else { None };
            // Pinned where it stands, since it would else be kept twice.
            let panicked = {
                let work = pin!(self.work(&cell, &mut home, work));
                AssertUnwindSafe(work).catch_unwind().await.is_err()
            };
            if panicked {
                self.lose(&cell, home.take());
                if let Some(ring) = alarm {
                    Box::pin(self.alarm_failed(&cell, &mut home, ring, Fault::Actor)).await;
                }
            }
        }
        self.rest(&cell, home);
    }

    /// Lets an actor rest that has nothing more to do.
    fn rest(&self, cell: &Rc<Cell>, home: Option<Home>) {
        cell.running.set(false);
        match home {
            // Its effects go on, and a crash is to find them.
            None if cell.fate.has_effects() => {}
            None => {
                self.cells.borrow_mut().remove(&cell.actor);
            }
            Some(home) => {
                self.slots.rest(cell, home.slot.is_some());
                cell.home.replace(Some(home));
            }
        }
    }

    /// Drops an actor's value and closes its database.
    async fn close(&self, cell: &Cell, home: &mut Option<Home>) {
        let Some(Home { residence, storage, slot, .. }) = home.take() else { return };
        if std::panic::catch_unwind(AssertUnwindSafe(|| drop(residence))).is_err() {
            tracing::error!(actor = %cell.actor, "an actor panicked when it was dropped");
        }
        if let Place::Kept(db) = storage.replace(Place::Away) {
            self.vault.close(&cell.actor, db).await;
        }
        // Only now is the file closed.
        drop(slot);
    }

    fn lose(&self, cell: &Cell, home: Option<Home>) {
        tracing::error!(actor = %cell.actor, "an actor panicked outside of its handlers; it starts anew");
        let Some(home) = home else { return };
        if let Place::Kept(db) = home.storage.replace(Place::Away) {
            self.vault.rescue(&cell.actor, db);
        }
        let _ = std::panic::catch_unwind(AssertUnwindSafe(|| drop(home)));
    }

    /// Evicts every actor that has rested for at least `idle`.
    fn evict(self: &Rc<Self>, idle: Duration) {
        for cell in self.slots.rested(idle) {
            self.run(cell, true);
        }
    }

    /// Evicts all actors that rest, and waits until they are closed.
    pub(super) async fn evict_all(self: &Rc<Self>) {
        let all = self.slots.rested(Duration::ZERO);
        let tasks: Vec<_> = all
            .into_iter()
            .filter(|cell| !cell.running.replace(true))
            .map(|cell| {
                self.slots.wake(&cell);
                spawn_local(self.clone().work_through(cell, true))
            })
            .collect();
        for task in tasks {
            // A task that panicked has closed nothing, which dropping its database does.
            let _ = task.await;
        }
    }

    fn stats(&self) -> Stats {
        let cells = self.cells.borrow();
        let open = |cell: &&Rc<Cell>| {
            cell.running.get() || cell.home.borrow().as_ref().is_some_and(|home| home.slot.is_some())
        };
        Stats { actors: cells.len(), open: cells.values().filter(open).count() }
    }
}
