//! [`Actor`]: what the derive macro says of a type, as a const table that dispatch reads.

use futures_util::future::LocalBoxFuture;

use crate::allow::Allow;
use crate::cx::Cx;
use crate::error::{Error, Result};
use crate::message::{Deferring, Failure, Handler, Message, Reader};
use crate::migration::Migration;
use crate::model::Schema;
use crate::portable::Portable;
use crate::web::Routes;
use crate::wire::Reply;

/// A type that lives in a Durable Object of its own, or in a file of its own on the native host.
///
/// Derive it:
/// `#[derive(Actor, Default)] #[actor(handles(Add), reads(Total), routes = routes, migrations = MIGRATIONS)]`.
/// Its fields are a cache: the store is the truth, and a failed event drops them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an actor",
    note = "add `#[derive(Actor)]` and `#[actor(handles(…), reads(…))]` to it"
)]
pub trait Actor: Sized + 'static {
    /// The kind, which is part of its identity on the wire: the type's name.
    const KIND: &'static str;
    /// The class that is exported to the runtime: `<Actor>DO`, or `class = "…"`.
    const CLASS: &'static str;
    /// The name of the Durable Object binding: `COUNTER_DO` for the class `CounterDO`, or `binding = "…"`.
    const BINDING: &'static str;
    /// Where new objects are created: `location = "weur"`.
    const LOCATION: Option<&'static str>;
    /// The jurisdiction that objects stay in: `jurisdiction = "eu"`.
    const JURISDICTION: Option<&'static str>;
    /// The messages it handles.
    const DISPATCH: &'static [Dispatch<Self>];
    /// The migrations of its store.
    const MIGRATIONS: &'static [Migration];
    /// The models whose tables are in its store: `models(Post, Author)`, and with `..` those of another crate:
    /// `models(Post, ..domicile_identity::MODELS)`.
    const MODELS: &'static [&'static Schema] = &[];

    /// Makes the value when the actor starts; the store is migrated by then. It may read and not write.
    ///
    /// # Errors
    /// The event that started it fails with the error, and the next one tries again.
    fn start(cx: &Cx) -> Result<Self>;

    /// Adds its routes.
    fn routes(routes: &mut Routes<Self>);
}

/// An actor that handles the message `M`, in whichever way.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not handle `{M}`",
    note = "list `{M}` in the actor's `#[actor(handles(…))]`, `reads(…)` or `defers(…)`"
)]
pub trait Accepts<M>: Actor {}

/// A line of an actor's table: a message by name, and how to run it.
pub struct Dispatch<A> {
    pub(crate) name: &'static str,
    pub(crate) shape: u64,
    pub(crate) allow: fn() -> Option<Allow>,
    pub(crate) run: Run<A>,
}

pub(crate) enum Run<A> {
    Write(fn(&mut A, &[u8], &Cx) -> Answer),
    Read(fn(&A, &[u8], &Cx) -> Answer),
}

/// What comes of a message.
pub(crate) enum Answer {
    Reply(Reply),
    Effect(LocalBoxFuture<'static, Result<Reply>>),
    Failed(Error),
    /// The payload is not the message, although its shape is.
    Codec,
}

/// Whether no two lines of a table have one name: only the first would be reached. The derive asks when it compiles.
#[doc(hidden)]
pub const fn distinct<A>(table: &[Dispatch<A>]) -> bool {
    let mut i = 0;
    while i < table.len() {
        let mut j = i + 1;
        while j < table.len() {
            if same(table[i].name.as_bytes(), table[j].name.as_bytes()) {
                return false;
            }
            j += 1;
        }
        i += 1;
    }
    true
}

/// Whether no two models have one table. The derive asks when it compiles.
#[doc(hidden)]
pub const fn distinct_tables(models: &[&Schema]) -> bool {
    let mut i = 0;
    while i < models.len() {
        let mut j = i + 1;
        while j < models.len() {
            // SQLite does not tell names apart by case.
            if models[i].table.eq_ignore_ascii_case(models[j].table) {
                return false;
            }
            j += 1;
        }
        i += 1;
    }
    true
}

/// How many schemas the lists have.
#[doc(hidden)]
#[must_use]
pub const fn total(lists: &[&[&Schema]]) -> usize {
    let (mut sum, mut i) = (0, 0);
    while i < lists.len() {
        sum += lists[i].len();
        i += 1;
    }
    sum
}

/// Stands in a list until its schemas do.
static NOTHING: Schema = Schema {
    name: "",
    table: "",
    verbose_name: "",
    verbose_name_plural: "",
    columns: &[],
    key: 0,
    indexes: &[],
    ordering: &[],
    search: None,
};

/// The schemas of all lists, of which there are `N`.
#[doc(hidden)]
#[must_use]
pub const fn concat<const N: usize>(lists: &[&[&'static Schema]]) -> [&'static Schema; N] {
    let mut all = [&NOTHING; N];
    let (mut at, mut i) = (0, 0);
    while i < lists.len() {
        let mut j = 0;
        while j < lists[i].len() {
            all[at] = lists[i][j];
            at += 1;
            j += 1;
        }
        i += 1;
    }
    all
}

const fn same(a: &[u8], b: &[u8]) -> bool {
    let mut i = 0;
    while i < a.len() && i < b.len() && a[i] == b[i] {
        i += 1;
    }
    a.len() == b.len() && i == a.len()
}

impl<A> Dispatch<A> {
    /// A message under `handles(…)`.
    #[must_use]
    pub const fn handles<M: Message>() -> Self
    where
        A: Handler<M>,
    {
        Self {
            name: M::NAME,
            shape: M::SHAPE,
            allow: M::allow,
            run: Run::Write(|actor, payload, cx| match M::decode(payload) {
                Ok(message) => answer::<M>(actor.handle(message, cx)),
                Err(_) => Answer::Codec,
            }),
        }
    }

    /// A message under `reads(…)`.
    #[must_use]
    pub const fn reads<M: Message>() -> Self
    where
        A: Reader<M>,
    {
        Self {
            name: M::NAME,
            shape: M::SHAPE,
            allow: M::allow,
            run: Run::Read(|actor, payload, cx| match M::decode(payload) {
                Ok(message) => answer::<M>(actor.read(message, cx)),
                Err(_) => Answer::Codec,
            }),
        }
    }

    /// A message under `defers(…)`.
    #[must_use]
    pub const fn defers<M: Message>() -> Self
    where
        A: Deferring<M>,
    {
        Self {
            name: M::NAME,
            shape: M::SHAPE,
            allow: M::allow,
            run: Run::Write(|actor, payload, cx| {
                let Ok(message) = M::decode(payload) else { return Answer::Codec };
                match actor.defer(message, cx) {
                    Ok(effect) => Answer::Effect(Box::pin(async move { reply::<M>(effect.run().await) })),
                    Err(failure) => answer::<M>(Err(failure)),
                }
            }),
        }
    }
}

fn answer<M: Message>(result: Result<M::Reply, Failure<M::Error>>) -> Answer {
    match reply::<M>(result) {
        Ok(reply) => Answer::Reply(reply),
        Err(error) => Answer::Failed(error),
    }
}

fn reply<M: Message>(result: Result<M::Reply, Failure<M::Error>>) -> Result<Reply> {
    match result {
        Ok(reply) => Ok(Reply::Message(reply.encode()?)),
        Err(Failure::Refused(refusal)) => Ok(Reply::Refused(refusal.encode()?)),
        Err(Failure::Internal(error)) => Err(error),
    }
}
