//! Messages, and the three ways in which an actor handles one: it writes, it reads, or it decides and defers.

use std::fmt::Debug;
use std::marker::PhantomData;

use http::StatusCode;
use postcard_schema::Schema;
use postcard_schema::key::Key;
use serde::{Deserialize, Serialize};

use crate::allow::Allow;
use crate::cx::Cx;
use crate::effect::Effect;
use crate::error::{Error, Kind};
use crate::portable::Portable;

/// A message to an actor, with its reply and its error.
///
/// Derive it: `#[derive(Message, Serialize, Deserialize, Schema)] #[message(reply = i64, error = LimitReached)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a message",
    note = "add `#[derive(Message, Serialize, Deserialize, Schema)]` and `#[message(reply = …)]` to it"
)]
pub trait Message: Portable {
    /// What the actor replies.
    type Reply: Portable;
    /// What the actor may refuse with; [`Never`] where it does not refuse.
    type Error: Refusal;
    /// The name that the message has on the wire.
    const NAME: &'static str;
    /// The hash of the full types of the message, its reply and its error, nested types too.
    const SHAPE: u64 = shape::<Self, Self::Reply, Self::Error>();

    /// Who may send it, of those for whom the entry asks: `#[message(allow = staff())]`. Where it is not said, an app with
    /// identity takes it from other actors only.
    #[must_use]
    fn allow() -> Option<Allow> {
        None
    }
}

/// Gives postcard-schema's own trait to what is portable.
struct OfPortable<T>(PhantomData<T>);

impl<T: Portable> Schema for OfPortable<T> {
    const SCHEMA: &'static postcard_schema::schema::NamedType = T::SCHEMA;
}

const fn shape<M: Portable, R: Portable, E: Portable>() -> u64 {
    let parts = [
        Key::for_path::<OfPortable<M>>("message"),
        Key::for_path::<OfPortable<R>>("reply"),
        Key::for_path::<OfPortable<E>>("error"),
    ];
    // The three are mixed in order, each step a multiplication by the prime of FNV-1a.
    let mut mixed = 0xcbf2_9ce4_8422_2325_u64;
    let mut i = 0;
    while i < parts.len() {
        mixed = (mixed ^ u64::from_le_bytes(parts[i].to_bytes())).wrapping_mul(0x0000_0100_0000_01b3);
        i += 1;
    }
    mixed
}

/// A message's own error: a refusal that the caller gets as a typed value.
///
/// Derive it: `#[derive(Refusal, Serialize, Deserialize, Schema, Debug)]`, with `#[refusal(status = 429)]` for the
/// HTTP status that it becomes when it leaves a route (409 without).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an error of a message",
    note = "add `#[derive(Refusal, Serialize, Deserialize, Schema, Debug)]` to it"
)]
pub trait Refusal: Portable + Debug {
    /// The HTTP status that it becomes when it leaves a route.
    fn status(&self) -> StatusCode {
        StatusCode::CONFLICT
    }
}

/// The error of a message that has none of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Never {}

impl Schema for Never {
    const SCHEMA: &'static postcard_schema::schema::NamedType = &postcard_schema::schema::NamedType {
        name: "Never",
        ty: &postcard_schema::schema::DataModelType::Enum(&[]),
    };
}

impl Refusal for Never {}

/// Why a handler returns no reply. Either way, what it wrote is rolled back.
///
/// `?` turns an [`Error`] into `Internal` and the message's own error into `Refused`.
#[derive(Debug)]
pub enum Failure<E = Never> {
    /// The actor refuses, and tells its caller why.
    Refused(E),
    /// Something went wrong; the caller learns only that.
    Internal(Error),
}

impl<E> From<Error> for Failure<E> {
    fn from(error: Error) -> Self {
        Self::Internal(error)
    }
}

impl<E: Refusal> From<E> for Failure<E> {
    fn from(error: E) -> Self {
        Self::Refused(error)
    }
}

impl<E: Refusal> From<Failure<E>> for Error {
    /// As it leaves a route: a refusal keeps its status.
    fn from(failure: Failure<E>) -> Self {
        match failure {
            Failure::Internal(error) => error,
            Failure::Refused(refusal) => refused(&refusal),
        }
    }
}

pub(crate) fn refused<E: Refusal>(refusal: &E) -> Error {
    Error::new(Kind::Refused(refusal.status().as_u16()), format!("{refusal:?}"))
}

/// Handles a message that may write: `&mut self`, inside a transaction.
#[diagnostic::on_unimplemented(
    message = "`{Self}` lists `{M}` under `handles(…)` and does not handle it",
    label = "no `impl Handler<{M}> for {Self}`",
    note = "write `impl Handler<{M}> for {Self}`, or take `{M}` off the list"
)]
pub trait Handler<M: Message> {
    /// Handles `message`. `Ok` commits what was written; `Err` and a panic undo it.
    ///
    /// # Errors
    /// The message's own refusal, or what went wrong.
    fn handle(&mut self, message: M, cx: &Cx) -> Result<M::Reply, Failure<M::Error>>;
}

/// Answers a message that only reads: `&self`, and the store refuses to write.
#[diagnostic::on_unimplemented(
    message = "`{Self}` lists `{M}` under `reads(…)` and does not answer it",
    label = "no `impl Reader<{M}> for {Self}`",
    note = "write `impl Reader<{M}> for {Self}`, or take `{M}` off the list"
)]
pub trait Reader<M: Message> {
    /// Answers `message`.
    ///
    /// # Errors
    /// The message's own refusal, or what went wrong.
    fn read(&self, message: M, cx: &Cx) -> Result<M::Reply, Failure<M::Error>>;
}

/// The effect that yields the reply of `M`.
pub type EffectOf<M> = Effect<<M as Message>::Reply, <M as Message>::Error>;

/// Handles a message in two steps: it decides and writes inside a transaction, and after the commit an [`Effect`]
/// asks, fetches and yields the reply.
#[diagnostic::on_unimplemented(
    message = "`{Self}` lists `{M}` under `defers(…)` and does not handle it",
    label = "no `impl Deferring<{M}> for {Self}`",
    note = "write `impl Deferring<{M}> for {Self}`, or take `{M}` off the list"
)]
pub trait Deferring<M: Message> {
    /// Decides, and gives what is to happen after the commit.
    ///
    /// # Errors
    /// The message's own refusal, or what went wrong; then nothing is kept and no effect runs.
    fn defer(&mut self, message: M, cx: &Cx) -> Result<EffectOf<M>, Failure<M::Error>>;
}
