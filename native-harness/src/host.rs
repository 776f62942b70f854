//! [`Host`]: actors on threads of this process, each with a SQLite database of its own. It needs no HTTP.

mod alarms;
mod blank;
mod cell;
mod config;
mod d1;
mod entry;
mod fetch;
mod file;
mod index;
mod label;
mod local;
mod lock;
mod pieces;
mod platform;
mod router;
mod rows;
mod scan;
mod shard;
mod slots;
mod start;
mod storage;
#[cfg(test)]
mod tests;
mod time;
mod vault;
mod watch;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use bytes::Bytes;
use domicile::platform::{Call, CallFailure};
use domicile::wire::Reply;
use domicile::{AppFn, Env};
use tokio::sync::mpsc as async_mpsc;
use tokio::sync::{oneshot, watch as tokio_watch};

pub use config::{Config, Data};
use d1::Databases;
use index::Index;
pub(crate) use local::{Actors, Local, LocalConfig};
use lock::Lock;
pub use pieces::{Body, Pieces};
use router::{Job, Pass, Router, no_answer};
pub(crate) use storage::{ActorStorage, Place};
pub use time::Time;
pub(crate) use watch::{Around, AtCommit, Doing, Ended, Watch};

use crate::vfs::Random;
#[cfg(test)]
use crate::vfs::Vfs;

/// Actors on threads of this process. Dropping it stops it at once; [`shutdown`](Host::shutdown) lets it finish.
pub struct Host {
    remote: Remote,
    threads: Vec<JoinHandle<()>>,
    /// Ends when nothing is left that a shutdown waits for.
    running: Option<(Pass, async_mpsc::Receiver<()>)>,
    grace: Duration,
    stopping: Arc<AtomicBool>,
    disk: Option<Disk>,
    #[cfg(test)]
    vfs: Vec<Vfs>,
}

/// What a host with files has besides its threads.
struct Disk {
    index: Index,
    /// Gives whether the index knows all actors.
    scan: JoinHandle<bool>,
    /// Closes when that is over.
    scanned: tokio_watch::Receiver<()>,
    // Last, so that the folder is free only when all else is over.
    _lock: Lock,
}

/// A reply as it reaches one who called from outside.
pub struct Called {
    /// The reply.
    pub reply: Reply,
    /// The body of an HTTP reply.
    pub body: Body,
}

/// How much is awake.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stats {
    /// Actors that are awake, or of which something waits.
    pub actors: usize,
    /// Databases that are open, counting actors that are at work.
    pub open: usize,
}

/// Why a host could not start. It shows as one sentence that names the way out.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct StartError(String);

/// What other threads need to reach a host.
#[derive(Clone)]
pub(crate) struct Remote {
    router: Router,
    app: AppFn,
    env: Env,
    time: Time,
    seed: [u8; 32],
    databases: Databases,
    behind_proxy: bool,
}

impl Host {
    /// Delivers an event to an actor and gives its reply. It is on its way when this returns, whether the future is
    /// awaited or not.
    ///
    /// # Errors
    /// The actor could not be reached, or the host is stopping.
    pub fn call(&self, call: Call) -> impl Future<Output = Result<Called, CallFailure>> + Send + use<> {
        let sent = self.remote.router.call(call);
        async move {
            let carried = sent?.await.unwrap_or_else(|_| Err(no_answer()))?;
            Ok(Called { reply: carried.reply, body: carried.body })
        }
    }

    /// Serves a request as the HTTP server does: entry routes, naming, actors. It is on its way when this returns.
    ///
    /// # Errors
    /// The host is stopping, or the entry panicked.
    pub fn request(
        &self,
        request: http::Request<Bytes>,
    ) -> impl Future<Output = Result<http::Response<Body>, CallFailure>> + Send + use<> {
        let sent = self.remote.router.request(request);
        async move { sent?.await.map_err(|_| no_answer()) }
    }

    /// Ends when nothing is left to do but to wait: no event runs, and every alarm that is due has rung. An effect that
    /// waits for time or for the network is left to wait. It is for tests, which know what else they have begun.
    pub async fn idle(&self) {
        if let Some(disk) = &self.disk {
            // The alarms in the folder are known only then; nothing is ever sent.
            let _ = disk.scanned.clone().changed().await;
        }
        self.ask_all(Job::Idle).await;
    }

    /// Evicts all actors that rest now: their memory is dropped and their databases are closed.
    pub async fn evict(&self) {
        self.ask_all(Job::Evict).await;
    }

    /// How much is awake.
    pub async fn stats(&self) -> Stats {
        let all = self.ask_all(Job::Stats).await;
        all.into_iter().fold(Stats::default(), |sum, one| Stats {
            actors: sum.actors + one.actors,
            open: sum.open + one.open,
        })
    }

    /// Stops: takes nothing new, lets running events and effects finish for [`Config::grace`], closes the databases.
    pub fn shutdown(mut self) {
        self.stop(self.grace);
    }

    pub(crate) fn remote(&self) -> Remote {
        self.remote.clone()
    }

    async fn ask_all<T>(&self, job: impl Fn(oneshot::Sender<T>) -> Job) -> Vec<T> {
        let mut answers = Vec::new();
        self.remote.router.broadcast(|| {
            let (reply, answer) = oneshot::channel();
            answers.push(answer);
            job(reply)
        });
        let mut all = Vec::new();
        for answer in answers {
            // A thread that has ended has nothing awake.
            all.extend(answer.await.ok());
        }
        all
    }

    fn stop(&mut self, grace: Duration) {
        self.stopping.store(true, Ordering::Relaxed);
        if let Some((pass, passes)) = self.running.take() {
            drop(pass);
            if !grace.is_zero() {
                wait(passes, grace);
            }
        }
        self.remote.router.broadcast(|| Job::Stop);
        for thread in self.threads.drain(..) {
            if thread.join().is_err() {
                tracing::error!("a thread of actors panicked");
            }
        }
        if let Some(Disk { index, scan, scanned: _, _lock }) = self.disk.take() {
            match scan.join() {
                Ok(true) => index.finish(),
                // The next start looks at all files again.
                Ok(false) => {}
                Err(_) => tracing::error!("looking through the data folder panicked"),
            }
        }
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        self.stop(Duration::ZERO);
    }
}

impl Remote {
    /// The generator of the thread `number`, which no other thread has.
    fn random(&self, number: usize) -> Random {
        let mut seed = self.seed;
        for (byte, salt) in seed.iter_mut().zip(number.to_le_bytes()) {
            *byte ^= salt;
        }
        Random::seeded(seed)
    }
}

/// Waits until nothing runs any more, for `grace` at most.
fn wait(mut passes: async_mpsc::Receiver<()>, grace: Duration) {
    // A thread of its own, since the caller's may run an event loop in which nothing may block.
    let waiting = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
        let over = runtime.block_on(async { tokio::time::timeout(grace, passes.recv()).await.is_ok() });
        Ok::<_, std::io::Error>(over)
    });
    if !matches!(waiting.join(), Ok(Ok(true))) {
        tracing::warn!("events and effects that still ran at the end of the grace period were dropped");
    }
}
