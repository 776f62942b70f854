//! [`Alarms`]: when which actor of a thread is to be woken, and how often a failed alarm is tried again.
//!
//! It only decides when to look: whether an alarm is due is read from the actor's file at that time. What it knows of
//! retries ends with the host, as it does on the platform (`server/alarm-scheduler.c++` of workerd keeps the times of
//! alarms in a file, and their tries in memory): after a restart an alarm that had failed is late and rings at once,
//! as its first try.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use domicile::Timestamp;
use domicile::wire::ActorRef;
use tokio::sync::Notify;

use super::time::Time;
use crate::vfs::Random;

/// The pause before the first retry; it doubles with each.
const PAUSE: Duration = Duration::from_secs(2);

/// The pause doubles no more after this many retries.
const DOUBLINGS: u32 = 9;

/// The retries after which an alarm that the actor fails is given up.
const RETRIES: u32 = 6;

/// A pause is longer by up to this part of it, so that what failed together is not tried again together.
const JITTER: u32 = 4;

/// The alarms of one thread.
pub(super) struct Alarms {
    known: RefCell<HashMap<ActorRef, Known>>,
    /// When each rings, and in which order those of one time were set.
    rings: RefCell<BTreeMap<(Timestamp, u64), ActorRef>>,
    next: Cell<u64>,
    random: Random,
    changed: Notify,
}

/// An alarm that waits for its time.
struct Known {
    scheduled: Timestamp,
    tries: Tries,
    rings: (Timestamp, u64),
}

/// An alarm that has gone off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Due {
    pub(super) actor: ActorRef,
    pub(super) ring: Ring,
}

/// One ringing of an alarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ring {
    /// The time that the alarm was set to, which retries keep.
    pub(super) scheduled: Timestamp,
    pub(super) tries: Tries,
}

/// What became of an alarm so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Tries {
    /// How many tries have failed by the actor's own fault.
    pub(super) counted: u32,
    /// How often the pause has doubled.
    doublings: u32,
    /// Whether the last failure was the actor's own.
    last_counted: bool,
}

/// Whose fault it is that an alarm failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// The actor's: its handler returned an error or panicked.
    Actor,
    /// The host's, as when the file cannot be opened or the commit fails. It does not count.
    Host,
}

impl Alarms {
    pub(super) fn new(random: Random) -> Self {
        Self {
            known: RefCell::default(),
            rings: RefCell::default(),
            next: Cell::default(),
            random,
            changed: Notify::new(),
        }
    }

    /// Sets or clears what is known of `actor`. A new time has no retries yet.
    pub(super) fn set(&self, actor: &ActorRef, at: Option<Timestamp>) {
        self.forget(actor);
        if let Some(at) = at {
            self.put(actor, at, Ring { scheduled: at, tries: Tries::default() });
        }
    }

    /// Sets it unless something is known, such as a retry.
    pub(super) fn suggest(&self, actor: &ActorRef, at: Timestamp) {
        if !self.known.borrow().contains_key(actor) {
            self.set(actor, Some(at));
        }
    }

    /// Lets a failed alarm ring again after its pause; gives false where it is to be given up.
    #[must_use]
    pub(super) fn retry(&self, actor: &ActorRef, now: Timestamp, ring: Ring, fault: Fault) -> bool {
        let Ring { scheduled, mut tries } = ring;
        if tries.counted >= RETRIES {
            return false;
        }
        if fault == Fault::Actor {
            tries.counted += 1;
            // What the host's failures have made of the pause is not the actor's.
            if !tries.last_counted {
                tries.doublings = 0;
            }
        }
        tries.last_counted = fault == Fault::Actor;
        let pause = PAUSE * 2_u32.pow(tries.doublings.min(DOUBLINGS));
        tries.doublings = tries.doublings.min(DOUBLINGS) + 1;
        self.forget(actor);
        self.put(actor, now.after(pause + self.jitter(pause)), Ring { scheduled, tries });
        true
    }

    /// Whether one is due.
    pub(super) fn any_due(&self, now: Timestamp) -> bool {
        self.rings.borrow().first_key_value().is_some_and(|((at, _), _)| *at <= now)
    }

    /// Waits until alarms are due, and takes them out.
    pub(super) async fn due(&self, time: &Time) -> Vec<Due> {
        loop {
            let first = self.rings.borrow().first_key_value().map(|((at, _), _)| *at);
            match first {
                Some(at) if at <= time.now() => return self.take(time.now()),
                Some(at) => tokio::select! {
                    () = time.until(at) => {}
                    () = self.changed.notified() => {}
                },
                None => self.changed.notified().await,
            }
        }
    }

    /// When each actor is to be woken, the earliest first.
    pub(super) fn all(&self) -> Vec<(Timestamp, ActorRef)> {
        self.rings.borrow().iter().map(|((at, _), actor)| (*at, actor.clone())).collect()
    }

    fn put(&self, actor: &ActorRef, at: Timestamp, ring: Ring) {
        let rings = (at, self.next.replace(self.next.get() + 1));
        let Ring { scheduled, tries } = ring;
        self.known.borrow_mut().insert(actor.clone(), Known { scheduled, tries, rings });
        self.rings.borrow_mut().insert(rings, actor.clone());
        self.changed.notify_one();
    }

    fn forget(&self, actor: &ActorRef) {
        if let Some(known) = self.known.borrow_mut().remove(actor) {
            self.rings.borrow_mut().remove(&known.rings);
        }
    }

    fn take(&self, now: Timestamp) -> Vec<Due> {
        let (mut known, mut rings) = (self.known.borrow_mut(), self.rings.borrow_mut());
        let mut taken = Vec::new();
        while let Some(first) = rings.first_entry().filter(|first| first.key().0 <= now) {
            let actor = first.remove();
            if let Some(Known { scheduled, tries, .. }) = known.remove(&actor) {
                taken.push(Due { actor, ring: Ring { scheduled, tries } });
            }
        }
        taken
    }

    /// From nothing to a quarter of `pause`, in whole milliseconds.
    fn jitter(&self, pause: Duration) -> Duration {
        let most = u64::try_from((pause / JITTER).as_millis()).unwrap_or(u64::MAX);
        Duration::from_millis(self.random.next_u64() % most.saturating_add(1))
    }
}

#[cfg(test)]
mod tests;
