//! Traits that add nothing but what the compiler says: each stands before the one that is meant, and names the fix.
//!
//! `do_not_recommend` keeps the compiler from looking through them to the trait behind.

use bytes::Bytes;
use postcard_schema::Schema;
use postcard_schema::schema::NamedType;

use crate::actor::{Accepts, Actor};
use crate::address::Address;
use crate::d1::D1;
use crate::error::Result;

/// A field of a type that derives `Schema`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no schema, so nothing that holds it can travel between actors",
    label = "this has no schema",
    note = "add `#[derive(Serialize, Deserialize, Schema)]` to `{Self}`; where it belongs to another crate, \
            hold what it is made of instead"
)]
pub trait Described {
    /// The field's own.
    const SCHEMA: &'static NamedType;
}

#[diagnostic::do_not_recommend]
impl<T: Schema + ?Sized> Described for T {
    const SCHEMA: &'static NamedType = T::SCHEMA;
}

/// An actor without `start = …`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say how it starts",
    label = "this has no `Default`",
    note = "add `#[derive(Default)]` to `{Self}`, or name a `fn(&Cx) -> Result<{Self}>` with `#[actor(start = …)]`"
)]
pub trait StartsByDefault: Sized {
    /// The actor as it starts.
    fn by_default() -> Self;
}

#[diagnostic::do_not_recommend]
impl<T: Default> StartsByDefault for T {
    fn by_default() -> Self {
        Self::default()
    }
}

/// A message that the actor `A` accepts. With the actor as `Self` the compiler would take the message for the first
/// one that the actor accepts, and say that the types differ.
#[diagnostic::on_unimplemented(
    message = "`{A}` does not handle `{Self}`",
    label = "`{A}` does not handle this",
    note = "list `{Self}` in the actor's `#[actor(handles(…))]`, `reads(…)` or `defers(…)`"
)]
pub trait AcceptedBy<A> {}

#[diagnostic::do_not_recommend]
impl<M, A: Accepts<M>> AcceptedBy<A> for M {}

/// What an effect takes along.
#[diagnostic::on_unimplemented(
    message = "an effect runs after the commit and cannot take `cx` or its store along",
    label = "this takes `cx`, its store or something else along that is not `Send`",
    note = "read, decide and write before the effect; to write its results, send a message to the actor: \
            `outside.address::<MyActor>(name).ask(…).await?`",
    note = "what the effect shares with the actor by `Rc` can be shared by `Arc`"
)]
pub trait TakenOutside {}

#[diagnostic::do_not_recommend]
impl<T: Send> TakenOutside for T {}

/// Never implemented: what would have to be true for a handler to await.
#[diagnostic::on_unimplemented(
    message = "a handler runs inside a transaction, where nothing is awaited",
    label = "only an effect can do this",
    note = "list the message under `defers(…)`, implement `Deferring`, and return \
            `Ok(cx.effect(async move |outside| …))`: `outside` asks and fetches after the commit"
)]
pub trait OutsideTransaction<'a> {
    /// The address that there would be.
    fn lent_address<A: Actor>(&'a self, name: &str) -> Address<A>;
    /// The reply that there would be.
    fn lent_fetch(
        &'a self,
        request: http::Request<Bytes>,
    ) -> std::future::Ready<Result<http::Response<Bytes>>>;
}

/// Never implemented: what would have to be true for D1 to hold a transaction open.
#[diagnostic::on_unimplemented(
    message = "D1 has no transaction that stays open while something is awaited",
    label = "`D1` has no transactions, only batches",
    note = "run the writes as one `db.batch([Statement::new(…)?, …]).await?`, which is a transaction: all of them or none",
    note = "where they depend on what was read, make a `Changes` of them, whose conditions are checked inside of the batch"
)]
pub trait InteractiveTransaction<'a> {
    /// The transaction that there would be.
    fn in_transaction<T>(&'a self, body: impl FnOnce(&'a D1) -> T) -> T;
}
