//! [`Residence`]: an actor at home in a host. The one dispatch point that every event passes: it starts and migrates
//! the actor, runs the handler, and says what the host is to do with the transaction.
//!
//! **Invariant:** no event reaches an actor whose store is not migrated (`scenario: a read of an empty store`). After
//! an `Err` or a panic in a writing handler the actor value is dropped, so memory never disagrees with the store.

mod message;
mod route;

use std::cell::{Cell, OnceCell};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use bytes::Bytes;
use futures_util::future::LocalBoxFuture;

use crate::actor::{Actor, Run};
use crate::alarm::{Alarm, Ringing};
use crate::cx::Cx;
use crate::d1::Databases;
use crate::error::{Error, Kind, Result};
use crate::guard::{Access, Admission, Asked, Guard};
use crate::message::Message;
use crate::migration::{self, State};
use crate::platform::{Cost, SharedPlatform, Storage};
use crate::report::{Outcome as Reported, Report};
use crate::store::{Classes, Store, Surroundings};
use crate::timestamp::Timestamp;
use crate::tooth::{self, Tooth};
use crate::web::{Body, Found, Pages, Response, Routes, path};
use crate::wire::{ActorRef, Event, Fault, MAX_CHAIN, Reply, What};

/// What the host does with the transaction that it opened for the event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Commit it.
    Commit,
    /// Roll it back.
    Rollback,
    /// Commit it, and deliver the same event again: the store was migrated, or the account of who asks was made.
    Again,
}

/// What comes of an event.
pub struct Done {
    /// What to do with the transaction.
    pub verdict: Verdict,
    /// What to do once that is done.
    pub then: Then,
    /// What the handler's statements cost.
    pub cost: Cost,
}

/// What leaves an actor after the commit.
pub enum Then {
    /// The reply.
    Reply(Reply, Body),
    /// An effect that yields it.
    Effect(LocalBoxFuture<'static, (Reply, Body)>),
}

/// What is the same for all events of all actors of a host.
pub(crate) struct Kit<A> {
    pub(crate) routes: Rc<Routes<A>>,
    pub(crate) classes: Rc<Classes>,
    pub(crate) platform: SharedPlatform,
    pub(crate) databases: Databases,
    pub(crate) guard: Option<Rc<dyn Guard>>,
}

/// An actor of any kind at home in a host. The host opens a transaction, delivers, and does as the verdict says.
pub trait Residence {
    /// Whether the event may write: an event that may not never makes a store.
    fn may_write(&self, event: &Event) -> bool;

    /// Handles `event` inside the transaction that the host has opened.
    fn deliver(&mut self, event: &Event, body: Bytes) -> Done;

    /// Reads the next piece of a body that an earlier event returned, inside a transaction of its own. The event is
    /// the one that returned the body.
    fn page(&mut self, event: &Event, pages: &mut Pages) -> (Verdict, Cost, Result<Option<Bytes>>);

    /// Shows the store of the migrated and started actor to `with`, in a read that a test makes inside a transaction of
    /// its own.
    fn look(&mut self, event: &Event, with: &mut dyn FnMut(&Store)) -> (Verdict, Result<()>);

    /// Drops the actor value, as when the commit failed: the next event starts it anew.
    fn forget(&mut self);
}

/// An actor and its storage.
pub(crate) struct Resident<A> {
    kit: Kit<A>,
    storage: Rc<dyn Storage>,
    this: ActorRef,
    actor: Option<A>,
    state: Option<State>,
    /// What the event had cost before its handler ran.
    begun: Cost,
}

/// How the actor stands when the handler is to run.
enum Ready {
    Yes,
    /// It was only migrated; commit that first.
    Migrated,
}

impl<A: Actor> Resident<A> {
    pub(crate) fn new(kit: Kit<A>, storage: Rc<dyn Storage>, this: ActorRef) -> Self {
        Self { kit, storage, this, actor: None, state: None, begun: Cost::default() }
    }

    fn cx(&self, event: &Event, writable: bool) -> Cx {
        let now = self.kit.platform.now();
        let head = match &event.what {
            What::Http(head) => Some(head),
            What::Message { .. } | What::Alarm { .. } => None,
        };
        let surroundings = Surroundings { now, platform: self.kit.platform.clone(), models: A::MODELS };
        Cx {
            store: Store::new(self.storage.clone(), self.kit.classes.clone(), writable, surroundings),
            platform: self.kit.platform.clone(),
            databases: self.kit.databases.clone(),
            this: self.this.clone(),
            now,
            request: event.request,
            chain: event.chain.clone(),
            credential: event.credential.clone(),
            known: OnceCell::new(),
            fresh: Cell::new(false),
            issued: OnceCell::new(),
            prefix: head.map(|head| head.prefix.clone()).unwrap_or_default(),
            ringing: Ringing {
                kind: A::KIND,
                handled: A::DISPATCH.iter().any(|line| line.name == Alarm::NAME),
                scheduled: match &event.what {
                    What::Alarm { scheduled, .. } => Some(Timestamp::from_millis(*scheduled)),
                    What::Message { .. } | What::Http(_) => None,
                },
            },
        }
    }

    /// Migrates and starts the actor where that is still to be done.
    fn ready(&mut self, cx: &Cx) -> Result<Ready> {
        let state = match self.state {
            Some(State::Current) => State::Current,
            _ => migration::state(&cx.store, A::MIGRATIONS)?,
        };
        self.state = Some(state);
        if state != State::Current {
            cx.store.while_writable(|store| {
                let (platform, actor) = (&*cx.platform, Some(&cx.this));
                let place = migration::Place { store, platform, now: cx.now, actor };
                migration::apply(place, A::MIGRATIONS)
            })?;
            // A store that already had a schema keeps the new one, whatever comes of this event.
            if state == State::Behind {
                return Ok(Ready::Migrated);
            }
        }
        if self.actor.is_none() {
            let writable = cx.store.set_writable(false);
            let started = A::start(cx);
            cx.store.set_writable(writable);
            self.actor = Some(started.map_err(|e| e.context(format_args!("start of {}", A::KIND)))?);
        }
        Ok(Ready::Yes)
    }

    /// Makes the actor ready and lets in who asks, or says what becomes of the event instead.
    fn enter<T>(&mut self, cx: &Cx, door: Door<'_>) -> Result<Option<Stopped<T>>> {
        match self.ready(cx)? {
            Ready::Yes => self.admit(cx, door),
            Ready::Migrated => {
                self.state = None;
                Ok(Some(undelivered()))
            }
        }
    }

    /// Lets in who asks, or says what becomes of the event instead.
    fn admit<T>(&mut self, cx: &Cx, door: Door<'_>) -> Result<Option<Stopped<T>>> {
        let (Some(guard), Door::Guarded(asked)) = (self.kit.guard.clone(), door) else { return Ok(None) };
        let fresh = self.state != Some(State::Current);
        cx.fresh.set(fresh);
        let mut admission = guard.admit(cx, asked)?;
        if fresh && matches!(admission, Admission::Written) {
            // Of a store that is made by this event, everything is kept or nothing.
            admission = guard.admit(cx, asked)?;
        }
        match admission {
            Admission::Admitted => Ok(None),
            Admission::Refused(response) => {
                if fresh {
                    self.forget();
                }
                Ok(Some((Verdict::Rollback, Err(Failed::Refused(response)))))
            }
            Admission::Written if fresh => Err(Error::internal("the door of an actor goes on writing")),
            Admission::Written => Ok(Some(undelivered())),
        }
    }

    /// Runs `body` once the actor is ready, and settles what becomes of the transaction and of the actor value.
    fn event<T>(
        &mut self,
        cx: &Cx,
        writes: bool,
        door: Door<'_>,
        body: impl FnOnce(&mut A, &Cx) -> Ran<T>,
    ) -> (Verdict, Result<T, Failed>) {
        self.begun = Cost::default();
        match catch_unwind(AssertUnwindSafe(|| self.enter(cx, door))) {
            Ok(Ok(None)) => {}
            Ok(Ok(Some(stopped))) => return stopped,
            Ok(Err(error)) => {
                self.forget();
                return (Verdict::Rollback, Err(Failed::Error(error)));
            }
            Err(_) => {
                self.forget();
                return (Verdict::Rollback, Err(Failed::Panic));
            }
        }
        self.begun = cx.store.meter().cost();
        let fresh = self.state != Some(State::Current);
        cx.fresh.set(fresh);
        let Some(actor) = self.actor.as_mut() else {
            return (Verdict::Rollback, Err(Failed::Error(Error::internal("the actor did not start"))));
        };
        let ran = catch_unwind(AssertUnwindSafe(|| body(actor, cx)));
        let (keep, result) = match ran {
            Ok(Ran { keep, result }) => (keep, result.map_err(Failed::Error)),
            Err(_) => (false, Err(Failed::Panic)),
        };
        let verdict = if keep && (writes || !fresh) { Verdict::Commit } else { Verdict::Rollback };
        let panicked = matches!(result, Err(Failed::Panic));
        if (writes && !keep && !tooth::bites(Tooth::KeepsTheActor))
            || panicked
            || (fresh && verdict == Verdict::Rollback)
        {
            self.forget();
        } else if verdict == Verdict::Commit {
            self.state = Some(State::Current);
        }
        (verdict, result)
    }
}

impl<A: Actor> Residence for Resident<A> {
    fn may_write(&self, event: &Event) -> bool {
        match &event.what {
            What::Message { name, .. } => match self.kit.guard.as_ref().and_then(|guard| guard.takes(name)) {
                Some(access) => access == Access::Writes,
                None => A::DISPATCH.iter().any(|d| d.name == name && matches!(d.run, Run::Write(_))),
            },
            What::Alarm { .. } => true,
            What::Http(head) => {
                let Ok(request) = route::request(head, Bytes::new()) else { return false };
                let Ok(path) = path::normalise(request.path()) else { return false };
                match self.kit.routes.table().find(request.method(), &path) {
                    Found::Route { path, method, .. } => {
                        self.kit.routes.table().get(path, method).is_some_and(|route| route.writes)
                    }
                    _ => false,
                }
            }
        }
    }

    fn deliver(&mut self, event: &Event, body: Bytes) -> Done {
        if event.chain.len() > MAX_CHAIN {
            let chain = event.chain.iter().map(ToString::to_string).collect::<Vec<_>>().join(" → ");
            return refuse(Fault::TooDeep, event, &self.this, &chain);
        }
        match &event.what {
            What::Message { name, shape, payload } => self.message(event, name, *shape, payload),
            What::Http(head) => self.http(event, head, body),
            What::Alarm { retry, scheduled } => {
                self.alarm(event, Alarm { retry: *retry, scheduled: Timestamp::from_millis(*scheduled) })
            }
        }
    }

    fn page(&mut self, event: &Event, pages: &mut Pages) -> (Verdict, Cost, Result<Option<Bytes>>) {
        let cx = self.cx(event, false);
        let report = Report::start(&cx, "page");
        let (verdict, result) = report.within(|| {
            self.event(&cx, false, Door::Open, |_, cx| {
                let result = pages.next(cx);
                Ran { keep: result.is_ok(), result }
            })
        });
        let result = result.map_err(Error::from);
        if verdict != Verdict::Again {
            report.end(&cx, result.as_ref().map_or_else(Reported::Error, |_| Reported::Ok));
        }
        // What a migration costs is no part of it.
        let cost = if verdict == Verdict::Again { Cost::default() } else { self.cost(&cx) };
        (verdict, cost, result)
    }

    fn look(&mut self, event: &Event, with: &mut dyn FnMut(&Store)) -> (Verdict, Result<()>) {
        let cx = self.cx(event, false);
        let (verdict, result) = self.event(&cx, false, Door::Open, |_, cx| {
            with(cx.store());
            Ran { keep: true, result: Ok(()) }
        });
        let result = result.map_err(Error::from);
        (verdict, result)
    }

    fn forget(&mut self) {
        self.actor = None;
        self.state = None;
    }
}

impl<A> Resident<A> {
    /// What the handler's statements cost.
    fn cost(&self, cx: &Cx) -> Cost {
        cx.store.meter().cost() - self.begun
    }
}

/// What a handler's function gave: whether what it wrote is kept, and what follows.
struct Ran<T> {
    keep: bool,
    result: Result<T>,
}

enum Failed {
    Error(Error),
    Panic,
    /// The guard has answered.
    Refused(Box<Response>),
}

/// Whether who asks has to be let in.
#[derive(Clone, Copy)]
enum Door<'a> {
    /// They are, or it is the host that asks.
    Open,
    Guarded(Asked<'a>),
}

/// What becomes of an event whose handler does not run.
type Stopped<T> = (Verdict, Result<T, Failed>);

/// What is to be committed before the event is delivered again. A host that does not is told so.
fn undelivered<T>() -> Stopped<T> {
    (Verdict::Again, Err(Failed::Error(Error::internal("the host did not deliver again"))))
}

impl From<Failed> for Error {
    fn from(failed: Failed) -> Self {
        match failed {
            Failed::Error(error) => error,
            Failed::Panic => Error::internal("panic"),
            Failed::Refused(response) => Error::new(Kind::Refused(response.status().as_u16()), "refused"),
        }
    }
}

fn again() -> Done {
    // The host does not look at the reply of a delivery that it repeats.
    let then = Then::Reply(Reply::Failed(Fault::Migration), Body::empty());
    Done { verdict: Verdict::Again, then, cost: Cost::default() }
}

fn refuse(fault: Fault, event: &Event, this: &ActorRef, why: &str) -> Done {
    tracing::warn!(request = %event.request, actor = %this, ?fault, why, "refused");
    let then = Then::Reply(Reply::Failed(fault), Body::empty());
    Done { verdict: Verdict::Rollback, then, cost: Cost::default() }
}

fn fault_of(error: &Error) -> Fault {
    match error.kind() {
        Kind::Migration => Fault::Migration,
        Kind::TimedOut => Fault::TimedOut,
        _ => Fault::Error,
    }
}
