//! [`Router`]: sends each call to the thread that its actor lives on.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use domicile::Timestamp;
use domicile::platform::{Applied, Call, CallFailure};
use domicile::wire::{ActorRef, Reply};
use tokio::sync::{mpsc, oneshot};

use super::Stats;
use super::pieces::Body;

/// What a thread of actors is asked to do.
pub(super) enum Job {
    /// Deliver an event.
    Call { call: Call, reply: oneshot::Sender<Answer>, pass: Pass },
    /// Serve a request at the entry.
    Request { request: http::Request<Bytes>, reply: oneshot::Sender<http::Response<Body>>, pass: Pass },
    /// Wake an actor at this time, if it then still wants that.
    Arm { actor: ActorRef, at: Timestamp },
    /// Say when nothing is left to do.
    Idle(oneshot::Sender<()>),
    /// Evict every actor that rests.
    Evict(oneshot::Sender<()>),
    /// Count.
    Stats(oneshot::Sender<Stats>),
    /// Close all databases and end.
    Stop,
}

/// A reply that crossed to another thread.
pub(super) struct Carried {
    pub(super) reply: Reply,
    pub(super) body: Body,
}

pub(super) type Answer = Result<Carried, CallFailure>;

/// Held by everything that a shutdown waits for.
pub(super) type Pass = mpsc::Sender<()>;

/// Knows the threads. Clones share it.
#[derive(Clone)]
pub(super) struct Router {
    threads: Arc<[mpsc::UnboundedSender<Job>]>,
    passes: mpsc::WeakSender<()>,
    next: Arc<AtomicUsize>,
}

impl Router {
    pub(super) fn new(threads: Vec<mpsc::UnboundedSender<Job>>, passes: mpsc::WeakSender<()>) -> Self {
        Self { threads: threads.into(), passes, next: Arc::default() }
    }

    /// A pass for what a shutdown is to wait for; `None` once it waits no more.
    pub(super) fn pass(&self) -> Option<Pass> {
        self.passes.upgrade()
    }

    /// Sends `call` on its way.
    ///
    /// # Errors
    ///
    /// The host has stopped.
    pub(super) fn call(&self, call: Call) -> Result<oneshot::Receiver<Answer>, CallFailure> {
        let pass = self.pass().ok_or_else(stopped)?;
        let (reply, answer) = oneshot::channel();
        let thread = self.of(&call.target.actor);
        self.send(thread, Job::Call { call, reply, pass })?;
        Ok(answer)
    }

    /// Sends a request to the entry of some thread.
    ///
    /// # Errors
    ///
    /// The host has stopped.
    pub(super) fn request(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<oneshot::Receiver<http::Response<Body>>, CallFailure> {
        let pass = self.pass().ok_or_else(stopped)?;
        let (reply, response) = oneshot::channel();
        let thread = self.next.fetch_add(1, Ordering::Relaxed) % self.threads.len().max(1);
        self.send(thread, Job::Request { request, reply, pass })?;
        Ok(response)
    }

    /// Wakes an actor at `at`. A host that has stopped wakes nobody.
    pub(super) fn arm(&self, actor: ActorRef, at: Timestamp) {
        let _ = self.send(self.of(&actor), Job::Arm { actor, at });
    }

    /// Sends a job to every thread that still runs.
    pub(super) fn broadcast(&self, mut job: impl FnMut() -> Job) {
        for thread in &*self.threads {
            let _ = thread.send(job());
        }
    }

    /// The number of the thread that an actor lives on.
    pub(super) fn of(&self, actor: &ActorRef) -> usize {
        let mut hasher = DefaultHasher::new();
        actor.hash(&mut hasher);
        // The remainder is below the number of threads, which is a `usize`.
        usize::try_from(hasher.finish() % self.threads.len().max(1) as u64).unwrap_or_default()
    }

    fn send(&self, thread: usize, job: Job) -> Result<(), CallFailure> {
        self.threads.get(thread).and_then(|thread| thread.send(job).ok()).ok_or_else(stopped)
    }
}

/// The failure of a call that a stopped host did not take: nothing has happened.
pub(super) fn stopped() -> CallFailure {
    CallFailure { retryable: true, ..undelivered("the host is shutting down") }
}

/// The failure of a call whose actor gave no answer.
pub(super) fn no_answer() -> CallFailure {
    failure("the actor's thread dropped the call: its effect panicked, or the host stopped")
}

/// The failure of a call of which the actor has kept nothing.
pub(super) fn undelivered(message: impl Into<String>) -> CallFailure {
    nothing_kept(failure(message))
}

/// The same failure, of a call of which the actor has kept nothing.
pub(super) fn nothing_kept(failure: CallFailure) -> CallFailure {
    CallFailure { applied: Applied::No, ..failure }
}

/// A failure of which it is not known that a second try would help, nor what the actor has kept.
pub(super) fn failure(message: impl Into<String>) -> CallFailure {
    CallFailure {
        message: message.into(),
        retryable: false,
        overloaded: false,
        timed_out: false,
        applied: Applied::Unknown,
    }
}
