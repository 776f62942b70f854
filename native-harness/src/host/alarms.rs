//! [`Alarms`]: when which actor of a thread is to be woken.
//!
//! It only decides when to look: whether an alarm is due is read from the actor's file at that time.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use domicile::Timestamp;
use domicile::wire::ActorRef;
use tokio::sync::Notify;

use super::time::Time;

/// The pause before the first retry; it doubles with each.
const RETRY: Duration = Duration::from_secs(2);

/// The pause doubles no more after this many retries.
const DOUBLINGS: u32 = 9;

/// The alarms of one thread.
#[derive(Default)]
pub(super) struct Alarms {
    due: RefCell<BTreeMap<(Timestamp, u64), Due>>,
    of: RefCell<HashMap<ActorRef, (Timestamp, u64)>>,
    next: Cell<u64>,
    changed: Notify,
}

/// An alarm that has gone off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Due {
    pub(super) actor: ActorRef,
    /// How many times it was tried before.
    pub(super) retry: u32,
}

impl Alarms {
    /// Sets or clears what is known of `actor`.
    pub(super) fn set(&self, actor: &ActorRef, at: Option<Timestamp>) {
        self.put(actor, at, 0);
    }

    /// Sets it unless something is known, such as a retry.
    pub(super) fn suggest(&self, actor: &ActorRef, at: Timestamp) {
        if !self.of.borrow().contains_key(actor) {
            self.put(actor, Some(at), 0);
        }
    }

    /// Lets a failed alarm go off again after its pause.
    pub(super) fn retry(&self, actor: &ActorRef, now: Timestamp, tried: u32) {
        let pause = RETRY * 2_u32.pow(tried.min(DOUBLINGS));
        self.put(actor, Some(now.after(pause)), tried.saturating_add(1));
    }

    fn put(&self, actor: &ActorRef, at: Option<Timestamp>, retry: u32) {
        let (mut of, mut due) = (self.of.borrow_mut(), self.due.borrow_mut());
        if let Some(key) = of.remove(actor) {
            due.remove(&key);
        }
        if let Some(at) = at {
            let key = (at, self.next.replace(self.next.get() + 1));
            of.insert(actor.clone(), key);
            due.insert(key, Due { actor: actor.clone(), retry });
            self.changed.notify_one();
        }
    }

    /// Waits until alarms are due, and takes them out.
    pub(super) async fn due(&self, time: &Time) -> Vec<Due> {
        loop {
            let first = self.due.borrow().first_key_value().map(|((at, _), _)| *at);
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

    /// All of them, the earliest first.
    pub(super) fn all(&self) -> Vec<(Timestamp, ActorRef)> {
        self.due.borrow().iter().map(|((at, _), due)| (*at, due.actor.clone())).collect()
    }

    fn take(&self, now: Timestamp) -> Vec<Due> {
        let (mut of, mut due) = (self.of.borrow_mut(), self.due.borrow_mut());
        let mut taken = Vec::new();
        while let Some(first) = due.first_entry().filter(|first| first.key().0 <= now) {
            let first = first.remove();
            of.remove(&first.actor);
            taken.push(first);
        }
        taken
    }
}
