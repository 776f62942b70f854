//! A host with nothing behind it: time stands still, nobody can be called, and the store gives one prepared row.

use std::rc::Rc;
use std::time::Duration;

use domicile::platform::{
    Applied, Call, CallFailure, Database, Delivered, Platform, Query, Ran, Rows, SharedPlatform, Storage,
};
use domicile::prelude::*;
use domicile::resident::{Residence, Then, Verdict};
use domicile::site::Site;
use domicile::value::ValueRef;
use domicile::wire::{Event, Fault, Reply, RequestId, What};
use domicile::{AppFn, Portable, SqlError};
use futures_util::FutureExt;
use futures_util::future::{LocalBoxFuture, ready};

/// The rows that the store gives to every statement: their names, and the one that there is.
pub(crate) type Table = (&'static [&'static str], &'static [ValueRef<'static>]);

pub(crate) struct Actors(Box<dyn Residence>);

impl Actors {
    /// The actor of `kind` called `main`.
    pub(crate) fn new(app: AppFn, kind: &str, table: Table) -> Result<Self> {
        let platform: SharedPlatform = Rc::new(Nowhere(Env::new([])));
        let name = Name::new("main").map_err(|e| Error::internal(e.to_string()))?;
        Ok(Self(Site::start(app, platform)?.reside(kind, name, Rc::new(Prepared(table)))?))
    }

    /// Sends a message, and gives its reply or its refusal.
    pub(crate) fn send<M: Message>(&mut self, message: &M) -> Result<Result<M::Reply, M::Error>, Fault> {
        let payload = message.encode().map_err(|_| Fault::Codec)?;
        let (_, reply) = self.deliver(What::Message { name: M::NAME.to_owned(), shape: M::SHAPE, payload });
        match reply {
            Reply::Message(bytes) => M::Reply::decode(&bytes).map(Ok).map_err(|_| Fault::Codec),
            Reply::Refused(bytes) => M::Error::decode(&bytes).map(Err).map_err(|_| Fault::Codec),
            Reply::Failed(fault) => Err(fault),
            Reply::Http { .. } | Reply::Alarm => Err(Fault::Codec),
        }
    }

    /// Delivers what happens, and runs the effect if that is what comes of it.
    pub(crate) fn deliver(&mut self, what: What) -> (Verdict, Reply) {
        let event = Event::new(RequestId(7), what);
        let done = self.0.deliver(&event, bytes::Bytes::new());
        let reply = match done.then {
            Then::Reply(reply, _) => reply,
            Then::Effect(effect) => {
                effect.now_or_never().map_or(Reply::Failed(Fault::TimedOut), |(reply, _)| reply)
            }
        };
        (done.verdict, reply)
    }

    /// Whether the message called `name` may write.
    pub(crate) fn may_write(&self, name: &str) -> bool {
        let what = What::Message { name: name.to_owned(), shape: 0, payload: Vec::new() };
        self.0.may_write(&Event::new(RequestId(7), what))
    }
}

struct Prepared(Table);

impl Storage for Prepared {
    fn run(&self, query: &Query<'_>, rows: &mut dyn Rows) -> Result<Ran, SqlError> {
        let (names, cells) = self.0;
        let names = if query.names { rows.columns(names) } else { Ok(()) };
        let read = names.and_then(|()| rows.row(cells));
        read.map(|()| Ran::default()).map_err(|e| SqlError::from_runtime(e.to_string()))
    }

    fn nested(&self, body: &mut dyn FnMut() -> bool) -> Result<(), SqlError> {
        body();
        Ok(())
    }

    fn alarm(&self) -> Option<Timestamp> {
        None
    }

    fn set_alarm(&self, _: Option<Timestamp>) -> Result<(), SqlError> {
        Ok(())
    }
}

struct Nowhere(Env);

impl Platform for Nowhere {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(0)
    }

    fn monotonic(&self) -> Duration {
        Duration::ZERO
    }

    fn random(&self, bytes: &mut [u8]) {
        bytes.fill(7);
    }

    fn env(&self) -> &Env {
        &self.0
    }

    fn call(&self, _: Call) -> LocalBoxFuture<'static, Result<Delivered, CallFailure>> {
        let message = "there is nobody to call".to_owned();
        ready(Err(CallFailure {
            message,
            retryable: false,
            overloaded: false,
            timed_out: false,
            applied: Applied::Unknown,
        }))
        .boxed_local()
    }

    fn sleep(&self, _: Duration) -> LocalBoxFuture<'static, ()> {
        std::future::pending().boxed_local()
    }

    fn fetch(
        &self,
        _: domicile::http::Request<bytes::Bytes>,
    ) -> LocalBoxFuture<'static, Result<domicile::http::Response<bytes::Bytes>>> {
        ready(Err(Error::internal("there is nothing to fetch"))).boxed_local()
    }

    fn database(&self, binding: &str) -> Result<Rc<dyn Database>> {
        Err(domicile::d1::missing(binding))
    }
}
