//! Actors as a test reaches them: asked, looked into, evicted, crashed.

use std::marker::PhantomData;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use bytes::Bytes;
use domicile::address::AcceptedBy;
use domicile::platform::{Applied, Call, Target};
use domicile::wire::{ActorRef, Event, Header, HttpHead, RequestId, What};
use domicile::{Actor as IsActor, Address, CallError, Message, Name, Store, Timestamp, site};
use http::Method;
use serde::Serialize;

use super::host::Host;
use super::response::Response;
use super::session::{AsyncHost, bare, of_call, posted, whole};
use crate::host::Body;

/// What a message brought.
pub type Asked<M> = Result<<M as Message>::Reply, CallError<<M as Message>::Error>>;

/// An actor of an [`AsyncHost`].
pub struct AsyncActor<A> {
    host: AsyncHost,
    name: Name,
    kind: PhantomData<fn() -> A>,
}

/// An actor of a [`Host`].
pub struct Actor<'a, A> {
    host: &'a Host,
    actor: AsyncActor<A>,
}

impl<A: IsActor> AsyncActor<A> {
    pub(super) fn new(host: AsyncHost, name: Name) -> Self {
        Self { host, name, kind: PhantomData }
    }

    /// Sends `message` and gives the reply.
    ///
    /// # Errors
    /// As [`Address::ask`]. A call that meets a crash or a full disk is `Unreachable` or `Failed`.
    pub async fn ask<M: Message + AcceptedBy<A>>(&self, message: M) -> Asked<M> {
        let bytes = message.encode().map_err(|_| CallError::Codec)?;
        let id = self.host.begin();
        let mut sent = 0;
        loop {
            let message = M::decode(&bytes).map_err(|_| CallError::Codec)?;
            let asked = self.address(id).ask(message).await;
            sent += 1;
            match asked {
                Err(CallError::Unreachable { .. } | CallError::Failed(_) | CallError::TimedOut)
                    if self.host.is_to_be_repeated(id, sent) => {}
                // The test sees what no caller could: whether anything was kept.
                Err(CallError::Unreachable { retryable, .. }) if self.kept_nothing(id) => {
                    return Err(CallError::Unreachable { retryable, applied: Applied::No });
                }
                other => {
                    if other.is_ok() {
                        self.host.done();
                    }
                    return other;
                }
            }
        }
    }

    /// Sends a GET to the actor's own routes, past the app's entry.
    pub async fn get(&self, path: &str) -> Response {
        self.request(bare(Method::GET, path)).await
    }

    /// Sends a form to the actor's own routes, past the app's entry.
    pub async fn post(&self, path: &str, form: impl Serialize) -> Response {
        self.request(posted(path, form)).await
    }

    /// Sends a request to the actor's own routes, past the app's entry.
    pub async fn request(&self, request: http::Request<impl Into<Bytes>>) -> Response {
        let (parts, body) = request.into_parts();
        let body: Bytes = body.into();
        let headers = |(n, v): (&http::HeaderName, &http::HeaderValue)| {
            Header(n.as_str().to_owned(), v.as_bytes().to_owned())
        };
        let head = HttpHead {
            method: parts.method.as_str().to_owned(),
            target: parts.uri.path_and_query().map_or("/", |target| target.as_str()).to_owned(),
            prefix: String::new(),
            origin: "http://localhost".to_owned(),
            headers: parts.headers.iter().map(headers).collect(),
        };
        let id = self.host.begin();
        let mut sent = 0;
        loop {
            let event = Event::new(id, What::Http(head.clone()));
            let called =
                self.host.0.actors.call(Call { target: self.target(), event, body: body.clone() }).await;
            let response = match called {
                Ok(called) => of_call(called, id),
                Err(failure) => site::failure_response(&failure, id).map(|page| match page {
                    domicile::platform::ReplyBody::Whole(bytes) => Body::Whole(bytes),
                    _ => Body::Whole(Bytes::new()),
                }),
            };
            let response = whole(response).await;
            sent += 1;
            if !(response.status.is_server_error() && self.host.is_to_be_repeated(id, sent)) {
                self.host.answered(&response);
                return response;
            }
        }
    }

    /// Shows the actor's store to `with`, migrated and for reading only. Looking leaves nothing behind.
    ///
    /// # Panics
    /// The actor cannot be migrated or started, or `with` panics, which fails the test.
    pub async fn store<T>(&self, with: impl FnOnce(&Store) -> T) -> T {
        let mut with = Some(with);
        let mut seen = None;
        // A panic is the test's own, and no failure of the actor.
        let mut show = |store: &Store| {
            seen = with.take().map(|with| catch_unwind(AssertUnwindSafe(|| with(store))));
        };
        let looked = self.host.0.actors.look(&self.actor(), &mut show).await;
        match (looked, seen) {
            (Ok(()), Some(Ok(seen))) => seen,
            (_, Some(Err(panic))) => resume_unwind(panic),
            (Err(error), _) => panic!("the store of {} cannot be looked into: {error}", self.actor()),
            (Ok(()), None) => panic!("the store of {} was not shown", self.actor()),
        }
    }

    /// The time of the alarm that is set.
    pub async fn alarm(&self) -> Option<Timestamp> {
        self.host.0.actors.alarm(&self.actor()).await
    }

    /// Whether anything of the actor is stored.
    #[must_use]
    pub fn exists(&self) -> bool {
        self.host.actors().contains(&self.actor())
    }

    /// Evicts the actor: what it has only in memory is gone.
    pub async fn evict(&self) {
        self.host.0.rig.note(format!("{} is evicted", self.actor()));
        self.host.0.actors.evict(Some(&self.actor())).await;
    }

    /// Crashes the actor: its memory, what is not committed, and its effects are lost.
    pub fn crash(&self) {
        self.host.0.rig.note(format!("{} crashes", self.actor()));
        self.host.0.actors.crash(Some(&self.actor()));
    }

    /// The actor's kind and name.
    #[must_use]
    pub fn actor(&self) -> ActorRef {
        ActorRef { kind: A::KIND.to_owned(), name: self.name.clone() }
    }

    fn kept_nothing(&self, id: RequestId) -> bool {
        let progress = self.host.0.rig.progress(id);
        progress.met && progress.commits == 0
    }

    fn address(&self, id: RequestId) -> Address<A> {
        self.host.0.actors.outside(id).address(self.name.as_str())
    }

    fn target(&self) -> Target {
        Target {
            actor: self.actor(),
            binding: A::BINDING,
            location: A::LOCATION,
            jurisdiction: A::JURISDICTION,
        }
    }
}

impl<'a, A: IsActor> Actor<'a, A> {
    pub(super) fn new(host: &'a Host, actor: AsyncActor<A>) -> Self {
        Self { host, actor }
    }

    /// Sends `message` and gives the reply, that of its effect too: the clock moves where the effect waits.
    ///
    /// # Errors
    /// As [`Address::ask`]. A call that meets a crash or a full disk is `Unreachable` or `Failed`.
    #[track_caller]
    pub fn ask<M: Message + AcceptedBy<A>>(&self, message: M) -> Asked<M> {
        self.host.run(self.actor.ask(message))
    }

    /// Sends `message` and goes away before the reply: that is dropped, and an effect goes on. When this returns, all of
    /// it has happened that does not wait for a later time.
    #[track_caller]
    pub fn ask_and_disconnect<M: Message + AcceptedBy<A>>(&self, message: M) {
        self.host.disconnect(self.actor.ask(message));
    }

    /// Sends a GET to the actor's own routes, past the app's entry.
    #[track_caller]
    pub fn get(&self, path: &str) -> Response {
        self.host.run(self.actor.get(path))
    }

    /// Sends a form to the actor's own routes, past the app's entry.
    #[track_caller]
    pub fn post(&self, path: &str, form: impl Serialize) -> Response {
        self.host.run(self.actor.post(path, form))
    }

    /// Sends a request to the actor's own routes, past the app's entry.
    #[track_caller]
    pub fn request(&self, request: http::Request<impl Into<Bytes>>) -> Response {
        self.host.run(self.actor.request(request))
    }

    /// Shows the actor's store to `with`, migrated and for reading only. Looking leaves nothing behind.
    ///
    /// # Panics
    /// The actor cannot be migrated or started, or `with` panics, which fails the test.
    #[track_caller]
    pub fn store<T>(&self, with: impl FnOnce(&Store) -> T) -> T {
        self.host.run_unseen(self.actor.store(with))
    }

    /// The time of the alarm that is set.
    #[must_use]
    #[track_caller]
    pub fn alarm(&self) -> Option<Timestamp> {
        self.host.run_unseen(self.actor.alarm())
    }

    /// Whether anything of the actor is stored.
    #[must_use]
    pub fn exists(&self) -> bool {
        self.actor.exists()
    }

    /// Evicts the actor: what it has only in memory is gone.
    #[track_caller]
    pub fn evict(&self) {
        self.host.run(self.actor.evict());
    }

    /// Crashes the actor: its memory, what is not committed, and its effects are lost.
    #[track_caller]
    pub fn crash(&self) {
        self.host.run(async { self.actor.crash() });
    }
}
