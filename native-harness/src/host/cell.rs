//! [`Cell`]: one actor's place on its thread: what waits for it, and the actor itself while it is awake.

use std::cell::{self, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use bytes::Bytes;
use domicile::platform::CallFailure;
use domicile::resident::Residence;
use domicile::web::Pages;
use domicile::wire::{ActorRef, Event};
use tokio::sync::{OwnedSemaphorePermit, oneshot};
use tokio::task::AbortHandle;

use super::alarms::Ring;
use super::pieces::Pull;
use super::router::{Answer, Pass, undelivered};
use super::slots::Rank;
use super::storage::ActorStorage;
use super::watch::Doing;

/// The most that may wait for one actor. More is refused as overload: it could only time out.
const WAITING: usize = 4096;

/// The most bytes that may wait for one actor.
const WAITING_BYTES: usize = 128 << 20;

/// An actor's place on its thread.
pub(super) struct Cell {
    pub(super) actor: ActorRef,
    pub(super) queue: Queue,
    /// Whether a task works for this actor now. There is never more than one.
    pub(super) running: cell::Cell<bool>,
    /// The actor, while it rests awake.
    pub(super) home: RefCell<Option<Home>>,
    /// Its place among those that rest.
    pub(super) rests: cell::Cell<Option<Rank>>,
    /// What a test does to it.
    pub(super) fate: Fate,
}

/// What a test does to an actor; nothing on a host that serves.
#[derive(Default)]
pub(super) struct Fate {
    /// It has crashed in what it does now.
    pub(super) crashed: cell::Cell<bool>,
    /// The actor that asks it is to crash before it has the reply.
    pub(super) asker_crashes: cell::Cell<bool>,
    /// Its disk is full.
    pub(super) full: cell::Cell<bool>,
    /// It does nothing any more, for the test has failed.
    pub(super) stopped: cell::Cell<bool>,
    /// Its effects, which a crash ends.
    pub(super) effects: RefCell<Vec<AbortHandle>>,
}

/// An actor that is awake.
pub(super) struct Home {
    pub(super) residence: Box<dyn Residence>,
    pub(super) storage: Rc<ActorStorage>,
    /// Held while a file is open.
    pub(super) slot: Option<OwnedSemaphorePermit>,
    /// Whether its last event was committed.
    pub(super) kept: bool,
}

/// What waits for an actor.
pub(super) enum Work {
    Event(Box<Delivery>),
    Page { pages: Rc<Paged>, pull: Pull },
    Alarm { ring: Ring, pass: Pass },
}

/// An event that waits, and who waits for its reply.
pub(super) struct Delivery {
    pub(super) event: Event,
    pub(super) body: Bytes,
    pub(super) reply: oneshot::Sender<Answer>,
    pub(super) pass: Pass,
}

/// A body of pages that an event returned.
pub(super) struct Paged {
    pub(super) event: Event,
    pub(super) pages: RefCell<Pages>,
}

impl Fate {
    /// Whether an effect of the actor still runs, which a crash would end.
    pub(super) fn has_effects(&self) -> bool {
        self.effects.borrow().iter().any(|effect| !effect.is_finished())
    }
}

impl Cell {
    pub(super) fn new(actor: ActorRef) -> Self {
        Self {
            actor,
            queue: Queue::default(),
            running: cell::Cell::new(false),
            home: RefCell::default(),
            rests: cell::Cell::default(),
            fate: Fate::default(),
        }
    }
}

/// What waits for one actor, in order.
#[derive(Default)]
pub(super) struct Queue {
    waiting: RefCell<VecDeque<Work>>,
    bytes: cell::Cell<usize>,
}

impl Queue {
    /// Puts `work` at the end; gives it back when there is too much already. An alarm, of which there is one, is never
    /// too much.
    pub(super) fn push(&self, work: Work) -> Result<(), Work> {
        let mut waiting = self.waiting.borrow_mut();
        let bytes = self.bytes.get().saturating_add(work.bytes());
        // A single one is never too much: its body has passed the limit of the server.
        let full = waiting.len() >= WAITING || (bytes > WAITING_BYTES && !waiting.is_empty());
        if full && !matches!(work, Work::Alarm { .. }) {
            return Err(work);
        }
        self.bytes.set(bytes);
        waiting.push_back(work);
        Ok(())
    }

    pub(super) fn pop(&self) -> Option<Work> {
        let work = self.waiting.borrow_mut().pop_front()?;
        self.bytes.set(self.bytes.get().saturating_sub(work.bytes()));
        Some(work)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.waiting.borrow().is_empty()
    }
}

impl Work {
    /// What it is, for one who watches.
    pub(super) fn doing(&self) -> Doing<'_> {
        match self {
            Work::Event(delivery) => Doing::Event(&delivery.event),
            Work::Page { pages, .. } => Doing::Page(&pages.event),
            Work::Alarm { ring, .. } => Doing::Alarm(ring.tries.counted),
        }
    }

    fn bytes(&self) -> usize {
        match self {
            Work::Event(delivery) => delivery.body.len(),
            Work::Page { .. } | Work::Alarm { .. } => 0,
        }
    }
}

/// The answer to what does not get a place in the queue.
pub(super) fn overloaded() -> CallFailure {
    CallFailure { overloaded: true, ..undelivered("Durable Object is overloaded. Too many requests queued.") }
}
