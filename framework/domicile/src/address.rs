//! [`Address`]: where an actor is asked, typed end to end.

use std::marker::PhantomData;

use futures_util::future::LocalBoxFuture;

use crate::actor::Actor;
use crate::error::{Error, Kind};
pub use crate::hint::AcceptedBy;
use crate::message::{Message, Refusal, refused};
use crate::name::{Name, NameError};
use crate::outside::Outside;
use crate::platform::{Applied, Call, CallFailure, Target};
use crate::portable::Portable;
use crate::wire::{ActorRef, Event, Fault, Reply, What};

/// An actor of kind `A`, by name, whether it exists yet or not.
pub struct Address<A> {
    outside: Outside,
    name: Result<Name, NameError>,
    kind: PhantomData<fn() -> A>,
}

/// The reply to `M` while it is awaited. It is boxed, for a type of its own would repeat the bounds of
/// [`Address::ask`], and the compiler a mistake in them three times.
pub type Asked<'a, M> = LocalBoxFuture<'a, Result<<M as Message>::Reply, CallError<<M as Message>::Error>>>;

impl<A: Actor> Address<A> {
    pub(crate) fn new(outside: Outside, name: &str) -> Self {
        Self { outside, name: Name::new(name), kind: PhantomData }
    }

    /// Sends `message` and waits for the reply.
    ///
    /// # Errors
    /// The message's own refusal as [`CallError::Handler`], or why there is no reply.
    pub fn ask<M: Message + AcceptedBy<A>>(&self, message: M) -> Asked<'_, M> {
        Box::pin(self.send(message))
    }

    async fn send<M: Message>(&self, message: M) -> Result<M::Reply, CallError<M::Error>> {
        let name = self.name.clone().map_err(CallError::BadName)?;
        let call = Call {
            target: target::<A>(name),
            event: Event {
                request: self.outside.request_id(),
                chain: self.outside.chain().to_vec(),
                credential: self.outside.credential().clone(),
                what: What::Message {
                    name: M::NAME.to_owned(),
                    shape: M::SHAPE,
                    payload: message.encode().map_err(|_| CallError::Codec)?,
                },
            },
            body: bytes::Bytes::new(),
        };
        let delivered = self.outside.platform().call(call).await.map_err(CallError::from)?;
        match delivered.reply {
            Reply::Message(bytes) => M::Reply::decode(&bytes).map_err(|_| CallError::Codec),
            Reply::Refused(bytes) => {
                Err(M::Error::decode(&bytes).map_or(CallError::Codec, CallError::Handler))
            }
            Reply::Failed(fault) => Err(CallError::from(fault)),
            Reply::Http { .. } | Reply::Alarm => Err(CallError::Codec),
        }
    }
}

pub(crate) fn target<A: Actor>(name: Name) -> Target {
    Target {
        actor: ActorRef { kind: A::KIND.to_owned(), name },
        binding: A::BINDING,
        location: A::LOCATION,
        jurisdiction: A::JURISDICTION,
    }
}

/// Why a call brought no reply.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CallError<E> {
    /// The actor refused, with the message's own error. Nothing was written, unless the message is a deferring one
    /// and its effect refused.
    Handler(E),
    /// The handler failed or panicked. Nothing was written, unless it is the effect that failed; the log has the
    /// reason.
    Failed(Fault),
    /// The actor could not be reached, or its reply was lost on the way.
    Unreachable {
        /// The runtime says that the same call may work when it is sent again.
        retryable: bool,
        /// Whether it is certain that the actor has kept nothing of the message.
        applied: Applied,
    },
    /// The actor or its effect took too long.
    TimedOut,
    /// The actor has too much to do.
    Overloaded,
    /// Whoever it is asked for may not ask this: `#[message(allow = …)]`.
    Denied,
    /// The two sides run different versions of the app.
    VersionSkew,
    /// The bytes could not be written or read.
    Codec,
    /// The chain of actors that ask one another is longer than 16.
    TooDeep,
    /// The actor's name is not valid.
    BadName(NameError),
}

impl<E> CallError<E> {
    /// Whether it is certain that the actor wrote nothing, so that sending the message again cannot do it twice.
    #[must_use]
    pub fn is_safe_to_retry(&self) -> bool {
        match self {
            // An effect may refuse or fail after its handler has committed, and the caller cannot tell a refusal of
            // the one from one of the other.
            CallError::Handler(_) | CallError::Failed(Fault::Effect) => false,
            CallError::Failed(_) | CallError::Overloaded => true,
            CallError::Denied | CallError::VersionSkew | CallError::TooDeep | CallError::BadName(_) => true,
            CallError::Unreachable { applied, .. } => *applied == Applied::No,
            CallError::TimedOut | CallError::Codec => false,
        }
    }
}

impl<E> From<CallFailure> for CallError<E> {
    fn from(failure: CallFailure) -> Self {
        match failure {
            CallFailure { overloaded: true, .. } => CallError::Overloaded,
            CallFailure { timed_out: true, .. } => CallError::TimedOut,
            CallFailure { retryable, applied, .. } => CallError::Unreachable { retryable, applied },
        }
    }
}

impl<E> From<Fault> for CallError<E> {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Skew => CallError::VersionSkew,
            Fault::Codec => CallError::Codec,
            Fault::TimedOut => CallError::TimedOut,
            Fault::TooDeep => CallError::TooDeep,
            Fault::Denied => CallError::Denied,
            Fault::Error | Fault::Panic | Fault::Migration | Fault::Effect => CallError::Failed(fault),
        }
    }
}

impl<E: std::fmt::Debug> std::fmt::Display for CallError<E> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            CallError::Handler(refusal) => write!(f, "the actor refused: {refusal:?}"),
            CallError::Failed(Fault::Panic) => f.write_str("the actor's handler panicked"),
            CallError::Failed(Fault::Migration) => f.write_str("the actor's store could not be migrated"),
            CallError::Failed(Fault::Effect) => f.write_str("the actor's effect failed"),
            CallError::Failed(_) => f.write_str("the actor's handler failed"),
            CallError::Unreachable { applied: Applied::No, .. } => {
                f.write_str("the actor could not be reached, and kept nothing of the message")
            }
            CallError::Unreachable { .. } => f.write_str(
                "the actor could not be reached, and whether it has handled the message is unknown",
            ),
            CallError::TimedOut => f.write_str("the actor took too long"),
            CallError::Overloaded => f.write_str("the actor is overloaded"),
            CallError::Denied => f.write_str("whoever it is asked for may not ask this of the actor"),
            CallError::VersionSkew => f.write_str("the actor runs another version of the app"),
            CallError::Codec => f.write_str("the message or its reply could not be encoded"),
            CallError::TooDeep => {
                write!(f, "more than {} actors ask one another: is there a cycle?", crate::wire::MAX_CHAIN)
            }
            CallError::BadName(why) => write!(f, "{why}"),
        }
    }
}

impl<E: std::fmt::Debug> std::error::Error for CallError<E> {}

impl<E: Refusal> From<CallError<E>> for Error {
    fn from(error: CallError<E>) -> Self {
        match &error {
            CallError::Handler(refusal) => refused(refusal),
            CallError::TimedOut => Error::new(Kind::TimedOut, error.to_string()),
            CallError::Denied => Error::new(Kind::Forbidden, error.to_string()),
            CallError::BadName(why) => Error::new(Kind::NotFound, why.to_string()),
            _ => Error::new(Kind::Call, error.to_string()),
        }
    }
}

impl<E: Refusal, F> From<CallError<E>> for crate::message::Failure<F> {
    /// In an effect, what another actor refuses is internal to this one; match on it to pass it on.
    fn from(error: CallError<E>) -> Self {
        crate::message::Failure::Internal(error.into())
    }
}
