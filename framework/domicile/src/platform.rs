//! The seam: the few object-safe traits through which an actor reaches the world.
//!
//! Each is implemented exactly twice, by `native-harness` and by `domicile-workerd`. Comfort is written above the
//! seam, once: [`Store`](crate::Store), [`Outside`](crate::Outside), [`Address`](crate::Address), [`D1`](crate::D1).

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::LocalBoxFuture;

use crate::env::Env;
use crate::sql::SqlError;
use crate::timestamp::Timestamp;
use crate::value::ValueRef;
use crate::wire::{ActorRef, Event, Reply};

mod database;

pub use database::{Database, Meta, ResultSet, Statement};

/// What a host gives to everything that runs on it: the entry, actors and effects.
pub trait Platform {
    /// The time now. An actor sees the time of its event instead.
    fn now(&self) -> Timestamp;

    /// A clock that only goes forward, to measure durations with. On workerd it stands still while nothing is
    /// awaited, as the platform rules.
    fn monotonic(&self) -> Duration;

    /// Fills `bytes` with randomness that nobody can guess.
    fn random(&self, bytes: &mut [u8]);

    /// The variables, secrets and names of bindings.
    fn env(&self) -> &Env;

    /// Delivers `event` to an actor and gives its reply.
    fn call(&self, call: Call) -> LocalBoxFuture<'static, Result<Delivered, CallFailure>>;

    /// Ends after `time`.
    fn sleep(&self, time: Duration) -> LocalBoxFuture<'static, ()>;

    /// Sends a request over the network and gives the whole reply.
    fn fetch(
        &self,
        request: http::Request<Bytes>,
    ) -> LocalBoxFuture<'static, crate::Result<http::Response<Bytes>>>;

    /// The D1 database that is bound as `binding`.
    ///
    /// # Errors
    /// There is none: [`d1::missing`](crate::d1::missing).
    fn database(&self, binding: &str) -> crate::Result<Rc<dyn Database>>;
}

/// What a fetch may cost, as an extension of its request; without it a redirect is followed, and the whole body is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// The most bytes of the body; more are an error.
    pub max_bytes: usize,
    /// Whether redirects are followed; else they are the answer.
    pub follow: bool,
}

impl Bounds {
    /// The request within these bounds.
    #[must_use]
    pub fn of<B>(self, mut request: http::Request<B>) -> http::Request<B> {
        request.extensions_mut().insert(self);
        request
    }
}

/// An event on its way to an actor.
#[derive(Debug, Clone)]
pub struct Call {
    /// Which actor.
    pub target: Target,
    /// What is delivered.
    pub event: Event,
    /// The body of a request; empty for a message.
    pub body: Bytes,
}

/// Which actor a call goes to, and how the runtime finds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The actor's kind and name.
    pub actor: ActorRef,
    /// The name of the Durable Object binding.
    pub binding: &'static str,
    /// Where to create the object if it is new.
    pub location: Option<&'static str>,
    /// The jurisdiction that the object must stay in.
    pub jurisdiction: Option<&'static str>,
}

/// A reply as it reaches the caller: the packed head, and the body of an HTTP response.
pub struct Delivered {
    /// The reply.
    pub reply: Reply,
    /// The body of an HTTP reply.
    pub body: ReplyBody,
}

/// The body of a reply that crossed from an actor to its caller.
pub enum ReplyBody {
    /// All of it.
    Whole(Bytes),
    /// Piece by piece; an error breaks the connection off, so that a client never takes a part for the whole.
    Pieces(futures_util::stream::LocalBoxStream<'static, crate::Result<Bytes>>),
    /// A stream of the runtime's own, which the host that made it passes on without reading it.
    Host(Box<dyn std::any::Any>),
}

/// Why a call did not reach an actor or brought no reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallFailure {
    /// The runtime's text, for the log.
    pub message: String,
    /// The runtime says that the same call may work when it is sent again.
    pub retryable: bool,
    /// The actor has too much to do.
    pub overloaded: bool,
    /// It took too long.
    pub timed_out: bool,
    /// What is known of what the actor has kept.
    pub applied: Applied,
}

/// What the caller of an actor that gave no reply knows of what the actor has kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applied {
    /// Nothing: the message was not delivered, or all of it was rolled back.
    No,
    /// All of what the message does, or nothing: the reply may have been lost on its way.
    Unknown,
}

/// One actor's own storage: its SQLite database and its alarm, both inside the transaction of the event.
pub trait Storage {
    /// Runs the statements of `query`, and gives the rows of the last to `rows`.
    ///
    /// # Errors
    /// The statement's error. What earlier statements of the same text wrote stays until the transaction is rolled
    /// back.
    fn run(&self, query: &Query<'_>, rows: &mut dyn Rows) -> Result<Ran, SqlError>;

    /// Runs `body` in a transaction inside the current one; `false` rolls back what it wrote.
    ///
    /// # Errors
    /// The runtime could not begin or end the transaction.
    fn nested(&self, body: &mut dyn FnMut() -> bool) -> Result<(), SqlError>;

    /// The time of the alarm, if one is set.
    fn alarm(&self) -> Option<Timestamp>;

    /// Sets or clears the alarm; a rollback restores what was there.
    ///
    /// # Errors
    /// The runtime refuses the time.
    fn set_alarm(&self, at: Option<Timestamp>) -> Result<(), SqlError>;

    /// Says that what follows is this step of the migrations, or none of them again. Only a test wants to know, to let
    /// something go wrong in the middle of one.
    fn migrating(&self, step: Option<&str>) {
        let _ = step;
    }
}

/// What a statement is run with.
#[derive(Debug, Clone, Copy)]
pub struct Query<'a> {
    /// One statement or several.
    pub sql: &'a str,
    /// The parameters of the last one.
    pub params: &'a [ValueRef<'a>],
    /// Whether [`Rows::columns`] is wanted.
    pub names: bool,
    /// Whether [`Ran::changes`] is wanted.
    pub changes: bool,
}

/// Takes the rows of a statement.
pub trait Rows {
    /// Called once before the first row, if the query asked for names.
    ///
    /// # Errors
    /// The names do not suit the one who reads; the statement ends.
    fn columns(&mut self, names: &[&str]) -> crate::Result<()>;

    /// Called for each row, in order.
    ///
    /// # Errors
    /// The row does not suit the one who reads; no more are wanted.
    fn row(&mut self, cells: &[ValueRef<'_>]) -> crate::Result<()>;
}

/// What running a statement cost.
///
/// Of several statements in one text, [`written`](Ran::written) is that of the last, as workerd reports no other; the
/// runtime bills all of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ran {
    /// Rows read. Exact on workerd, for the last statement; on the native host an estimate: the rows that full scans
    /// stepped over, or the rows of the result where those are more.
    pub read: u64,
    /// Rows written: each row that is inserted, updated or deleted, each entry put into an index, and the rows of the
    /// schema. Both hosts count alike; `native-harness/src/sqlite/written.rs` lists the few exceptions.
    pub written: u64,
    /// Rows that the last statement inserted, updated or deleted, without those of triggers: `changes()` of SQLite. Only
    /// where [`Query::changes`] asked for it.
    pub changes: u64,
    /// Rows that full scans of tables stepped over (`SQLITE_STMTSTATUS_FULLSCAN_STEP`). Exact on the native host; 0 on
    /// workerd, which does not tell.
    pub scanned: u64,
    /// Sorts, which an index could have spared (`SQLITE_STMTSTATUS_SORT`). Exact on the native host; 0 on workerd.
    pub sorts: u64,
    /// Rows put into indexes that were made for one statement (`SQLITE_STMTSTATUS_AUTOINDEX`), which a lasting index
    /// could have spared. Exact on the native host; 0 on workerd.
    pub auto_indexed: u64,
}

/// The sum of what the statements of one event cost.
#[derive(Debug, Clone, Default)]
pub struct Meter {
    statements: Cell<u32>,
    sum: Cell<Ran>,
}

impl Meter {
    pub(crate) fn add(&self, ran: Ran) {
        self.statements.set(self.statements.get() + 1);
        let sum = self.sum.get();
        self.sum.set(Ran {
            read: sum.read + ran.read,
            written: sum.written + ran.written,
            changes: 0,
            scanned: sum.scanned + ran.scanned,
            sorts: sum.sorts + ran.sorts,
            auto_indexed: sum.auto_indexed + ran.auto_indexed,
        });
    }

    /// Statements run.
    pub fn statements(&self) -> u32 {
        self.statements.get()
    }

    /// Rows read, as [`Ran::read`] says.
    pub fn read(&self) -> u64 {
        self.sum.get().read
    }

    /// Rows written, as [`Ran::written`] says.
    pub fn written(&self) -> u64 {
        self.sum.get().written
    }

    /// Rows that full scans stepped over; 0 on workerd.
    pub fn scanned(&self) -> u64 {
        self.sum.get().scanned
    }

    /// Sorts; 0 on workerd.
    pub fn sorts(&self) -> u64 {
        self.sum.get().sorts
    }

    /// Rows put into indexes made for one statement; 0 on workerd.
    pub fn auto_indexed(&self) -> u64 {
        self.sum.get().auto_indexed
    }
}

/// What the statements of a handler cost, without those that started or migrated its actor.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cost {
    /// Statements run.
    pub statements: u32,
    /// Rows read: exact on workerd, an estimate on the native host.
    pub read: u64,
    /// Rows written, each index entry counted as workerd counts it.
    pub written: u64,
    /// Rows that full scans stepped over; 0 on workerd, which does not tell.
    pub scanned: u64,
    /// Sorts, which an index could have spared; 0 on workerd.
    pub sorts: u64,
    /// Rows put into indexes that were made for one statement; 0 on workerd.
    pub auto_indexed: u64,
}

impl Meter {
    /// All of it.
    #[must_use]
    pub fn cost(&self) -> Cost {
        let Ran { read, written, scanned, sorts, auto_indexed, .. } = self.sum.get();
        Cost { statements: self.statements(), read, written, scanned, sorts, auto_indexed }
    }
}

impl std::ops::Sub for Cost {
    type Output = Cost;

    fn sub(self, other: Cost) -> Cost {
        Cost {
            statements: self.statements - other.statements,
            read: self.read - other.read,
            written: self.written - other.written,
            scanned: self.scanned - other.scanned,
            sorts: self.sorts - other.sorts,
            auto_indexed: self.auto_indexed - other.auto_indexed,
        }
    }
}

impl std::ops::AddAssign for Cost {
    fn add_assign(&mut self, other: Cost) {
        self.statements += other.statements;
        self.read += other.read;
        self.written += other.written;
        self.scanned += other.scanned;
        self.sorts += other.sorts;
        self.auto_indexed += other.auto_indexed;
    }
}

/// A host's platform, shared by all that runs on one thread or in one Wasm instance.
pub type SharedPlatform = Rc<dyn Platform>;
