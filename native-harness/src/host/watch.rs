//! [`Watch`]: what a test sees of the actors of a thread, and does to them. A host that serves has none.
//!
//! It stands where the platform may fail: before an event, at its commit, and between the commit and the reply. What a
//! failure then does is the shard's own code, the same for every cause.

use domicile::platform::Cost;
use domicile::resident::Verdict;
use domicile::wire::{ActorRef, Event};

/// What an actor is about to do.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Doing<'a> {
    /// A message or a request.
    Event(&'a Event),
    /// The next piece of a body that this event returned.
    Page(&'a Event),
    /// Its alarm, which was tried this many times before.
    Alarm(u32),
}

/// What happens to an actor around something that it does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Around {
    /// It is evicted before.
    pub(crate) evict: bool,
    /// Its disk is full meanwhile.
    pub(crate) full: bool,
    /// The same is delivered once more afterwards.
    pub(crate) again: bool,
    /// Nothing is done any more, here or anywhere: the test has failed.
    pub(crate) stop: bool,
}

/// What happens at a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AtCommit {
    /// It is made.
    Made,
    /// The actor crashes before it.
    CrashBefore,
    /// The actor crashes after it, and before anything leaves.
    CrashAfter,
    /// It is made, and the actor that asked crashes before it has the reply.
    CrashAsker,
}

/// How something that an actor did has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// With this verdict, at this cost.
    With(Verdict, Cost),
    /// The host could not do it; said last, and of what has ended before it says nothing new.
    Failed,
}

/// Sees what actors do. All of it happens on one thread, and a later call about the same actor is about the same doing.
pub(crate) trait Watch {
    /// An actor is about to do something.
    fn begin(&self, actor: &ActorRef, doing: Doing<'_>) -> Around;

    /// What an actor did is to be committed; `wrote` where that changes its store.
    fn commit(&self, actor: &ActorRef, wrote: bool, verdict: Verdict) -> AtCommit;

    /// What an actor did has ended.
    fn end(&self, actor: &ActorRef, ended: Ended);

    /// An effect of an actor, which this event began, waits for something; whether the actor crashes then.
    fn waits(&self, actor: &ActorRef, event: &Event) -> bool;

    /// A store that has a schema is migrated, and this statement of this step comes next; whether the actor crashes
    /// before it.
    fn migrates(&self, actor: &ActorRef, step: &str, sql: &str) -> bool;

    /// A statement of a handler's has walked over this many rows of whole tables.
    fn scans(&self, actor: &ActorRef, sql: &str, rows: u64);

    /// How often others get their turn before this.
    fn turns(&self, doing: Doing<'_>) -> usize;
}
