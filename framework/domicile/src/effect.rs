//! [`Effect`]: what happens after the commit, outside the transaction, and yields the reply.

use std::future::Future;
use std::time::Duration;

use futures_util::future::{Either, LocalBoxFuture, select};

use crate::error::{Error, Kind};
use crate::message::{Failure, Never};
use crate::outside::Outside;

/// How long an effect may run, unless it says otherwise.
pub const EFFECT_TIMEOUT: Duration = Duration::from_secs(30);

/// The async part of a deferring handler or route.
///
/// It runs after the commit and outside the transaction, while the actor takes other messages, and goes on when the
/// caller goes away. It holds no store and no actor: results go back as messages to its own actor. A crash after the
/// commit loses it, so it happens at most once. It has 30 s, or what [`Effect::timeout`] says.
pub struct Effect<R, E = Never> {
    future: LocalBoxFuture<'static, Result<R, Failure<E>>>,
    outside: Outside,
    timeout: Duration,
}

impl<R: 'static, E: 'static> Effect<R, E> {
    pub(crate) fn new<F>(outside: Outside, run: impl FnOnce(Outside) -> F) -> Self
    where
        F: Future<Output = Result<R, Failure<E>>> + 'static,
    {
        Self { future: Box::pin(run(outside.clone())), outside, timeout: EFFECT_TIMEOUT }
    }

    /// Lets it run for `time` at most; the caller gets `TimedOut` after that.
    #[must_use]
    pub fn timeout(mut self, time: Duration) -> Self {
        self.timeout = time;
        self
    }

    pub(crate) async fn run(self) -> Result<R, Failure<E>> {
        let limit = self.outside.platform().sleep(self.timeout);
        match select(self.future, limit).await {
            Either::Left((result, _)) => result,
            Either::Right(((), _)) => Err(Failure::Internal(Error::new(
                Kind::TimedOut,
                format!("an effect took longer than its {} s", self.timeout.as_secs_f64()),
            ))),
        }
    }
}
