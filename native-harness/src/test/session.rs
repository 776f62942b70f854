//! [`AsyncHost`]: a host in memory for one test, as an `async` test has it. [`Host`](super::Host) is the same for tests
//! that await nothing.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::time::Duration;

use bytes::Bytes;
use domicile::platform::{Cost, Delivered, ReplyBody};
use domicile::wire::{ActorRef, RequestId};
use domicile::{Actor, AppFn, D1, Name, Timestamp, site};
use http::header::{CONTENT_TYPE, HOST};
use http::{HeaderValue, Method};
use serde::Serialize;

use super::actor::AsyncActor;
use super::atomic::Records;
use super::cost::FullScan;
use super::response::Response;
use super::rig::Rig;
use crate::host::{Actors, Body, Called, Time};

/// How often a call is sent that the fault of a run kept from being applied. One run has one fault.
const SENDS: usize = 3;

/// A host in memory, with its own stores, clock and randomness. Clones are the same host.
///
/// Calls made at the same time, as by `futures::join!`, run in an order that the seed decides when the test has
/// `seeds = N`. Where everything waits for a time, the clock moves to it by itself.
#[derive(Clone)]
pub struct AsyncHost(pub(super) Rc<Inner>);

pub(super) struct Inner {
    pub(super) actors: Actors,
    pub(super) rig: Rc<Rig>,
    pub(super) time: Time,
    pub(super) records: Rc<Records>,
    pub(super) answers: Rc<Answers>,
    /// How many calls there were.
    pub(super) requests: Cell<u64>,
    /// How many looks there were, which are numbered apart so that no run depends on them.
    looks: Cell<u64>,
    /// Whether calls are looks now.
    looking: Cell<bool>,
    pub(super) replies: Cell<Replies>,
}

/// How calls were answered.
#[derive(Clone, Copy, Default)]
pub(super) struct Replies {
    /// One was told that it is done.
    pub(super) done: bool,
    /// One got no reply, for what went wrong.
    pub(super) lost: bool,
}

/// What answers requests to elsewhere.
pub(super) type Answer = Box<dyn Fn(http::Request<Bytes>) -> domicile::Result<http::Response<Bytes>>>;

/// The network of a test.
#[derive(Default)]
pub(super) struct Answers {
    answer: RefCell<Option<Rc<Answer>>>,
    panic: RefCell<Option<Box<dyn Any + Send>>>,
}

impl Answers {
    /// Answers a request to elsewhere.
    pub(super) fn answer(&self, request: http::Request<Bytes>) -> domicile::Result<http::Response<Bytes>> {
        let answer = self.answer.borrow().clone();
        let Some(answer) = answer else {
            let why =
                format!("a test has no network: answer {} with `host.on_fetch(|request| …)`", request.uri());
            return Err(domicile::Error::new(domicile::Kind::Unsupported, why));
        };
        // An assertion that fails here is the test's, and nothing that an app could live with.
        catch_unwind(AssertUnwindSafe(|| answer(request))).unwrap_or_else(|panic| {
            self.panic.replace(Some(panic));
            Err(domicile::Error::internal("`on_fetch` panicked"))
        })
    }

    /// What the test panicked with.
    pub(super) fn panic(&self) -> Option<Box<dyn Any + Send>> {
        self.panic.take()
    }
}

impl AsyncHost {
    pub(super) fn new(
        actors: Actors,
        rig: Rc<Rig>,
        time: Time,
        records: Rc<Records>,
        answers: Rc<Answers>,
    ) -> Self {
        Self(Rc::new(Inner {
            actors,
            rig,
            time,
            records,
            answers,
            requests: Cell::new(0),
            looks: Cell::new(0),
            looking: Cell::new(false),
            replies: Cell::default(),
        }))
    }

    /// The actor `A` called `name`, whether it exists yet or not.
    ///
    /// # Panics
    /// The app has no such actor or the name is not valid, which fails the test.
    #[must_use]
    #[track_caller]
    pub fn actor<A: Actor>(&self, name: &str) -> AsyncActor<A> {
        assert!(
            self.0.actors.know(A::KIND),
            "the app has no actor `{0}`: give it one, with `.actor::<{0}>(…)` or `.hosts::<{0}>()`",
            A::KIND
        );
        match Name::new(name) {
            Ok(name) => AsyncActor::new(self.clone(), name),
            Err(error) => panic!("`{name}`: {error}"),
        }
    }

    /// Sends a GET to the app.
    pub async fn get(&self, path: &str) -> Response {
        self.request(bare(Method::GET, path)).await
    }

    /// Sends a form to the app with POST: anything that serde writes as pairs, such as `[("title", "Hello")]`.
    pub async fn post(&self, path: &str, form: impl Serialize) -> Response {
        self.request(posted(path, form)).await
    }

    /// Sends a request to the app. Without a `Host` header it is for `localhost`.
    pub async fn request(&self, request: http::Request<impl Into<Bytes>>) -> Response {
        let (mut parts, body) = request.into_parts();
        let body: Bytes = body.into();
        if !parts.headers.contains_key(HOST) {
            parts.headers.insert(HOST, HeaderValue::from_static("localhost"));
        }
        let id = self.begin();
        let mut sent = 0;
        loop {
            let request = http::Request::from_parts(parts.clone(), body.clone());
            let response = whole(self.0.actors.serve(request, id).await).await;
            sent += 1;
            if !(response.status.is_server_error() && self.is_to_be_repeated(id, sent)) {
                self.answered(&response);
                return response;
            }
        }
    }

    /// The time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.0.time.now()
    }

    /// Lets `time` pass: what waits for a moment on the way happens then, in order.
    ///
    /// # Panics
    /// The clock would be at a time that no store can hold, which fails the test.
    pub async fn advance(&self, time: Duration) {
        let at = self.now().after(time);
        assert!(
            is_time(at),
            "the clock cannot be advanced by {time:?}: a time is at most {LAST} ms after 1970, as a JavaScript Date is"
        );
        self.advance_to(at).await;
    }

    pub(super) async fn advance_to(&self, at: Timestamp) {
        self.0.rig.note("time passes");
        self.0.actors.advance_to(at).await;
    }

    /// Lets each alarm that is set go off: the earliest first, and the clock moves to each. Those that are set meanwhile
    /// wait for the next time, unless they are due before the last of these. Gives how many were set.
    pub async fn run_alarms(&self) -> usize {
        self.settle().await;
        let alarms = self.0.actors.alarms();
        for (at, _) in &alarms {
            self.advance_to(self.now().max(*at)).await;
        }
        alarms.len()
    }

    /// Runs what goes on by itself, such as the effect of a call whose caller has gone, until all of it waits for a
    /// later time.
    pub async fn settle(&self) {
        self.0.actors.settle().await;
    }

    /// Evicts all actors: what they have only in memory is gone.
    pub async fn evict(&self) {
        self.0.rig.note("all actors are evicted");
        self.0.actors.evict(None).await;
    }

    /// Crashes all actors: their memory, what is not committed, and their effects are lost.
    pub fn crash(&self) {
        self.0.rig.note("all actors crash");
        self.0.actors.crash(None);
    }

    /// Goes on with another version of the app, as a deployment does: all actors crash and start again from their stores,
    /// which the new version migrates.
    ///
    /// # Panics
    /// The app cannot start, which fails the test.
    pub fn deploy(&self, app: AppFn) {
        self.0.rig.note("another version is deployed");
        if let Err(error) = self.0.actors.deploy(app) {
            panic!("the app that is deployed cannot start: {error}");
        }
    }

    /// From here on every write finds the disk full.
    pub fn fill_disk(&self) {
        self.0.rig.fill_disk(true);
    }

    /// The disk has room again.
    pub fn free_disk(&self) {
        self.0.rig.fill_disk(false);
    }

    /// Answers the requests that effects and entry routes send elsewhere. A test has no network: without this they
    /// fail, and say so.
    pub fn on_fetch(
        &self,
        answer: impl Fn(http::Request<Bytes>) -> domicile::Result<http::Response<Bytes>> + 'static,
    ) {
        self.0.answers.answer.replace(Some(Rc::new(Box::new(answer))));
    }

    /// The D1 database that the app declares as `binding`, to be filled or looked at. It is in memory and this host's own;
    /// evictions and crashes of actors leave it as it is.
    ///
    /// # Panics
    /// The app declares no such database, which fails the test.
    #[must_use]
    #[track_caller]
    pub fn d1(&self, binding: &str) -> D1 {
        // Nothing about a database depends on whose request asks.
        match self.0.actors.outside(RequestId(0)).d1_named(binding) {
            Ok(database) => database,
            Err(error) => panic!("{error}"),
        }
    }

    /// The actors of which something is stored.
    #[must_use]
    pub fn actors(&self) -> Vec<ActorRef> {
        self.0.actors.stored()
    }

    /// The statements that have walked over whole tables so far.
    #[must_use]
    pub fn full_scans(&self) -> Vec<FullScan> {
        self.0.rig.scans()
    }

    /// What the handlers of all actors have cost so far.
    #[must_use]
    pub fn cost(&self) -> Cost {
        self.0.rig.cost()
    }

    /// What the actors did so far, a line for each event.
    #[must_use]
    pub fn journal(&self) -> String {
        self.0.rig.journal()
    }

    /// The number of a new call from outside.
    pub(super) fn begin(&self) -> RequestId {
        let look = self.0.looking.get();
        let id = if look {
            u64::MAX - self.0.looks.replace(self.0.looks.get() + 1)
        } else {
            self.0.requests.replace(self.0.requests.get() + 1) + 1
        };
        self.0.rig.begin_request(RequestId(id), look);
        RequestId(id)
    }

    /// Runs `look`, whose calls are no part of what the test does: nothing goes wrong in them.
    pub(super) fn looking<T>(&self, look: impl FnOnce() -> T) -> T {
        let before = self.0.looking.replace(true);
        let seen = look();
        self.0.looking.set(before);
        seen
    }

    /// Whether a call that failed is to be sent again: it met the fault of this run, and nothing of it was kept. It has
    /// the same number then, so that what the entry draws for it is the same.
    pub(super) fn is_to_be_repeated(&self, id: RequestId, sent: usize) -> bool {
        let progress = self.0.rig.progress(id);
        let repeat = progress.met && progress.commits == 0 && sent < SENDS;
        if repeat {
            self.0.rig.note("the call was not applied, and is sent again");
            self.0.rig.begin_request(id, false);
        } else if self.0.rig.has_cut_off() {
            self.0.replies.set(Replies { lost: true, ..self.0.replies.get() });
        }
        repeat
    }

    /// A request was answered; a status below 400 says that it is done.
    pub(super) fn answered(&self, response: &Response) {
        if !(response.status.is_client_error() || response.status.is_server_error()) {
            self.done();
        }
    }

    /// A call was told that it is done.
    pub(super) fn done(&self) {
        self.0.replies.set(Replies { done: true, ..self.0.replies.get() });
    }
}

/// The last time that a JavaScript Date has, in milliseconds since 1970, and the first one before it.
pub(super) const LAST: i64 = 8_640_000_000_000_000;

/// Whether the platform's clock could show this.
pub(super) fn is_time(at: Timestamp) -> bool {
    (-LAST..=LAST).contains(&at.as_millis())
}

pub(super) fn bare(method: Method, path: &str) -> http::Request<Bytes> {
    built(http::Request::builder().method(method).uri(path), Bytes::new())
}

#[track_caller]
pub(super) fn posted(path: &str, form: impl Serialize) -> http::Request<Bytes> {
    let form = match serde_urlencoded::to_string(form) {
        Ok(form) => form,
        Err(error) => panic!("this is no form: {error}; a form is pairs, such as `[(\"title\", \"Hello\")]`"),
    };
    let builder = http::Request::builder().method(Method::POST).uri(path);
    built(builder.header(CONTENT_TYPE, "application/x-www-form-urlencoded"), form.into())
}

#[track_caller]
fn built(builder: http::request::Builder, body: Bytes) -> http::Request<Bytes> {
    match builder.body(body) {
        Ok(request) => request,
        Err(error) => panic!("this is no request: {error}; a path begins with a slash and is encoded"),
    }
}

/// The response to a call of an actor's route.
pub(super) fn of_call(called: Called, id: RequestId) -> http::Response<Body> {
    let Called { reply, body } = called;
    let delivered = Delivered { reply, body: ReplyBody::Whole(Bytes::new()) };
    let response = site::response(delivered, id);
    let failed = !response.headers().is_empty() && response.status().is_server_error();
    response.map(|page| match page {
        ReplyBody::Whole(bytes) if failed && !bytes.is_empty() => Body::Whole(bytes),
        _ => body,
    })
}

/// Reads all of a response.
pub(super) async fn whole(response: http::Response<Body>) -> Response {
    let (parts, body) = response.into_parts();
    let read = body.bytes().await;
    Response {
        status: parts.status,
        headers: parts.headers,
        broken: read.is_err(),
        body: read.unwrap_or_default(),
    }
}
