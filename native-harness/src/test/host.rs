//! [`Host`]: a host in memory for one test that awaits nothing.

use std::cell::{Cell, RefCell};
use std::panic::resume_unwind;
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use bytes::Bytes;
use domicile::platform::Cost;
use domicile::wire::ActorRef;
use domicile::{Actor as IsActor, AppFn, D1, Timestamp};
use serde::Serialize;

use super::actor::Actor;
use super::cost::FullScan;
use super::response::Response;
use super::session::AsyncHost;
use crate::host::Local;

/// A host in memory, with its own stores, clock and randomness: all that a test needs.
///
/// A call returns when its reply is there, and the clock moves only where a test moves it or everything waits for a
/// time. A write that a fault of `crash_everywhere` kept from being applied is sent again, as a caller that knew would;
/// see [`atomic`](Host::atomic) for those whose reply was lost.
pub struct Host {
    pub(super) session: AsyncHost,
    local: Local,
    invariants: RefCell<Vec<Invariant>>,
    checking: Cell<bool>,
}

/// What must always hold.
type Invariant = Rc<dyn Fn(&Host)>;

impl Host {
    pub(super) fn new(local: Local, session: AsyncHost) -> Self {
        Self { session, local, invariants: RefCell::default(), checking: Cell::new(false) }
    }

    /// The actor `A` called `name`, whether it exists yet or not.
    ///
    /// # Panics
    /// The app has no such actor or the name is not valid, which fails the test.
    #[must_use]
    #[track_caller]
    pub fn actor<A: IsActor>(&self, name: &str) -> Actor<'_, A> {
        Actor::new(self, self.session.actor(name))
    }

    /// Sends a GET to the app.
    #[track_caller]
    pub fn get(&self, path: &str) -> Response {
        self.run(self.session.get(path))
    }

    /// Sends a form to the app with POST: anything that serde writes as pairs, such as `[("title", "Hello")]`.
    #[track_caller]
    pub fn post(&self, path: &str, form: impl Serialize) -> Response {
        self.run(self.session.post(path, form))
    }

    /// Sends a request to the app. Without a `Host` header it is for `localhost`.
    #[track_caller]
    pub fn request(&self, request: http::Request<impl Into<Bytes>>) -> Response {
        self.run(self.session.request(request))
    }

    /// Sends a request to the app and goes away before the response: that is dropped, and an effect goes on. When this
    /// returns, all of it has happened that does not wait for a later time.
    #[track_caller]
    pub fn request_and_disconnect(&self, request: http::Request<impl Into<Bytes>>) {
        self.disconnect(self.session.request(request));
    }

    /// The time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.session.now()
    }

    /// Lets `time` pass: what waits for a moment on the way happens then, in order.
    ///
    /// # Panics
    /// The clock would be at a time that no store can hold, which fails the test.
    #[track_caller]
    pub fn advance(&self, time: Duration) {
        self.run(self.session.advance(time));
    }

    /// Lets each alarm that is set go off: the earliest first, and the clock moves to each. Those that are set meanwhile
    /// wait for the next time, unless they are due before the last of these. Gives how many were set.
    #[track_caller]
    pub fn run_alarms(&self) -> usize {
        self.run(self.session.run_alarms())
    }

    /// Runs what goes on by itself, such as the effect of a call whose caller has gone, until all of it waits for a
    /// later time.
    #[track_caller]
    pub fn settle(&self) {
        self.run(self.session.settle());
    }

    /// Evicts all actors: what they have only in memory is gone.
    #[track_caller]
    pub fn evict(&self) {
        self.run(self.session.evict());
    }

    /// Crashes all actors: their memory, what is not committed, and their effects are lost.
    #[track_caller]
    pub fn crash(&self) {
        self.run(async { self.session.crash() });
    }

    /// Goes on with another version of the app, as a deployment does: all actors crash and start again from their stores,
    /// which the new version migrates.
    ///
    /// # Panics
    /// The app cannot start, which fails the test.
    #[track_caller]
    pub fn deploy(&self, app: AppFn) {
        self.run(async { self.session.deploy(app) });
    }

    /// From here on every write finds the disk full.
    pub fn fill_disk(&self) {
        self.session.fill_disk();
    }

    /// The disk has room again.
    pub fn free_disk(&self) {
        self.session.free_disk();
    }

    /// Answers the requests that effects and entry routes send elsewhere. A test has no network: without this they
    /// fail, and say so.
    pub fn on_fetch(
        &self,
        answer: impl Fn(http::Request<Bytes>) -> domicile::Result<http::Response<Bytes>> + 'static,
    ) {
        self.session.on_fetch(answer);
    }

    /// Gives `with` the D1 database that the app declares as `binding`, to be filled or looked at. It is in memory and
    /// this host's own; evictions and crashes of actors leave it as it is.
    ///
    /// # Panics
    /// The app declares no such database, which fails the test.
    #[track_caller]
    pub fn d1<T>(&self, binding: &str, with: impl AsyncFnOnce(D1) -> T) -> T {
        self.run_unseen(with(self.session.d1(binding)))
    }

    /// The actors of which something is stored.
    #[must_use]
    pub fn actors(&self) -> Vec<ActorRef> {
        self.session.actors()
    }

    /// The statements of handlers that have walked over whole tables so far, where an index could have led them: the lint for
    /// queries that grow slow with their tables. Those of migrations are not among them.
    ///
    /// ```no_run
    /// # fn t(host: native_harness::test::Host) {
    /// host.get("/blog/");
    /// assert_eq!(host.full_scans(), []);
    /// # }
    /// ```
    #[must_use]
    pub fn full_scans(&self) -> Vec<FullScan> {
        self.session.full_scans()
    }

    /// Runs `calls` and gives what their handlers cost besides, for [`assert_budget!`](crate::assert_budget).
    #[track_caller]
    pub fn measure<T>(&self, calls: impl FnOnce(&Self) -> T) -> (T, Cost) {
        let before = self.session.cost();
        let result = calls(self);
        (result, self.session.cost() - before)
    }

    /// What the actors did so far, a line for each event.
    #[must_use]
    pub fn journal(&self) -> String {
        self.session.journal()
    }

    /// Checks `invariant` now, and again after every call from here on. It asserts what must always hold, whatever goes
    /// wrong: it may look into stores, and what it does is no point at which anything goes wrong.
    #[track_caller]
    pub fn invariant(&self, invariant: impl Fn(&Self) + 'static) {
        self.invariants.borrow_mut().push(Rc::new(invariant));
        self.check();
    }

    /// Begins `call`, and drops it where it has not ended once all waits for a later time.
    #[track_caller]
    pub(super) fn disconnect(&self, call: impl Future) {
        let settled = self.session.settle();
        self.run(async { drop(futures_util::future::select(pin!(call), pin!(settled)).await) });
    }

    /// Runs `future` to its end, and then checks the invariants.
    #[track_caller]
    pub(super) fn run<F: Future>(&self, future: F) -> F::Output {
        let output = self.run_unseen(future);
        self.check();
        output
    }

    /// Runs `future` to its end.
    #[track_caller]
    pub(super) fn run_unseen<F: Future>(&self, future: F) -> F::Output {
        assert!(
            !self.local.is_driving(),
            "a call of the host inside of another one: inside of `store(|store| …)` and `on_fetch(…)` use what they \
             give, and call the host before or after"
        );
        let rig = &self.session.0.rig;
        rig.begin_pace();
        let driven = self.local.drive(future);
        if let Some(panic) = self.session.0.answers.panic() {
            resume_unwind(panic);
        }
        match (driven, rig.endless()) {
            (_, Some(why)) => panic!("{why}"),
            (Some(output), None) => output,
            (None, None) => panic!(
                "nothing is left that could answer this call: does an effect or an entry route wait for something that \
                 never comes? Where a test awaits something real, such as a thread, the host does not know of it"
            ),
        }
    }

    #[track_caller]
    fn check(&self) {
        if self.checking.replace(true) {
            return;
        }
        let invariants = self.invariants.borrow().clone();
        for invariant in invariants {
            self.session.looking(|| invariant(self));
        }
        self.checking.set(false);
    }
}
