//! [`Native`]: the platform as actors and the entry of one thread see it.

use std::cell::{Cell, OnceCell};
use std::rc::{Rc, Weak};
use std::time::{Duration, Instant};

use bytes::Bytes;
use domicile::platform::{Call, CallFailure, Database, Delivered, Platform};
use domicile::{Env, Timestamp};
use futures_util::future::{FutureExt, LocalBoxFuture};
use tokio::sync::oneshot;

use super::d1::Databases;
use super::fetch::Fetcher;
use super::router::{Answer, Router, no_answer};
use super::shard::Shard;
use super::time::Time;
use crate::tooth::{self, Tooth};
use crate::vfs::Random;

/// One thread's way to the world.
pub(super) struct Native {
    time: Time,
    event: Cell<Option<Timestamp>>,
    begun: Instant,
    random: Random,
    env: Env,
    router: Router,
    network: Network,
    databases: Databases,
    /// The actors of this thread, where it has some.
    beside: OnceCell<Weak<Shard>>,
}

/// Where requests to elsewhere go.
pub(super) enum Network {
    /// To the network.
    Real(Fetcher),
    /// To a function of a test's.
    Answered(Answers),
}

/// Answers requests to elsewhere.
pub(crate) type Answers = Rc<dyn Fn(http::Request<Bytes>) -> domicile::Result<http::Response<Bytes>>>;

impl Native {
    pub(super) fn new(
        time: Time,
        random: Random,
        env: Env,
        router: Router,
        network: Network,
        databases: Databases,
    ) -> Self {
        let (event, beside) = (Cell::new(None), OnceCell::new());
        Self { time, event, begun: Instant::now(), random, env, router, network, databases, beside }
    }

    /// Knows from here on the actors of its own thread, which are called without the way between threads.
    pub(super) fn stands_beside(&self, shard: &Rc<Shard>) {
        let _ = self.beside.set(Rc::downgrade(shard));
    }

    /// Sends a call on its way.
    fn send(&self, call: Call) -> Result<oneshot::Receiver<Answer>, CallFailure> {
        let beside = self.beside.get().and_then(Weak::upgrade);
        match beside.filter(|shard| shard.has(&call.target.actor)) {
            Some(shard) => shard.take_in(call),
            None => self.router.call(call),
        }
    }

    /// Runs `event` with the clock standing at `now`, where SQL's clock stands.
    pub(super) fn at<T>(&self, now: Timestamp, event: impl FnOnce() -> T) -> T {
        struct Reset<'a>(&'a Cell<Option<Timestamp>>);
        impl Drop for Reset<'_> {
            fn drop(&mut self) {
                self.0.set(None);
            }
        }
        self.event.set(Some(now));
        let _reset = Reset(&self.event);
        event()
    }
}

impl Platform for Native {
    fn now(&self) -> Timestamp {
        self.event.get().unwrap_or_else(|| self.time.now())
    }

    fn monotonic(&self) -> Duration {
        self.begun.elapsed()
    }

    fn random(&self, bytes: &mut [u8]) {
        if !tooth::bites(Tooth::RepeatsChance) {
            self.random.fill(bytes);
        }
    }

    fn env(&self) -> &Env {
        &self.env
    }

    fn call(&self, call: Call) -> LocalBoxFuture<'static, Result<Delivered, CallFailure>> {
        let sent = self.send(call);
        async move {
            let carried = sent?.await.unwrap_or_else(|_| Err(no_answer()))?;
            Ok(Delivered { reply: carried.reply, body: carried.body.local() })
        }
        .boxed_local()
    }

    fn sleep(&self, time: Duration) -> LocalBoxFuture<'static, ()> {
        self.time.sleep(time).boxed_local()
    }

    fn fetch(
        &self,
        request: http::Request<Bytes>,
    ) -> LocalBoxFuture<'static, domicile::Result<http::Response<Bytes>>> {
        match &self.network {
            Network::Real(fetcher) => fetcher.fetch(request).boxed_local(),
            Network::Answered(answer) => {
                let answer = answer.clone();
                // As from a network, the answer is not there at once.
                async move {
                    tokio::task::yield_now().await;
                    answer(request)
                }
                .boxed_local()
            }
        }
    }

    fn database(&self, binding: &str) -> domicile::Result<Rc<dyn Database>> {
        // A test's event loop knows of no other thread.
        let inline = matches!(self.network, Network::Answered(_));
        Ok(Rc::new(self.databases.get(binding, inline)?))
    }
}
